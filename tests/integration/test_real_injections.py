"""Text from outside against a real small model; `python -m benchmarks.injections` runs all the cases."""

import pytest

from matinee.settings import Settings
from tests.support.injected_runs import faults, injected, run
from tests.support.injections import Injection, injections
from tests.support.ollama_emulation import OllamaEmulation

SMOL = "ollama:smollm2:135m"
SOME = list({case.where: case for case in injections()}.values())
"""One of each place."""


@pytest.mark.parametrize("case", SOME, ids=lambda case: f"{case.id}-{case.kind}".replace(" ", "-"))
async def test_no_text_from_outside_changes_what_is_recommended_by_a_real_model(
    case: Injection, ollama_emulation: OllamaEmulation
) -> None:
    settings = Settings(ollama_url=ollama_emulation.url)
    done = await injected(case, None, settings=settings, model=SMOL, num_predict=60, seed=7)
    assert done.drafts or done.picks == []  # the model was asked, unless no film meets the request
    assert faults(case, done, await run(None)) == []
