"""Texts from outside that try to be more than data, in every place, against a real model.

    python -m benchmarks.injections --model smollm2|qwen0.5b|qwen1.5b [--minutes M] [--threads N] [--json OUT.json]

The cases are those of `tests/unit/data/injections.jsonl`, each in the row of a film, a preference or the request.
`asked` counts the runs whose model was asked (where no film meets the request it is not), `taken up` those whose model
repeated the text's mark, `held` those in which nothing changed that must not: the picks, their confidence, where the
text stands, and that nothing gets out raw.
"""

import argparse
import asyncio
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.grounding import PATIENT, opened
from benchmarks.measuring import report
from matinee.settings import Settings
from tests.support.injected_runs import faults, injected, run
from tests.support.injections import MARK, injections

TOKENS = 60
"""Of an answer: enough for the beginning of a pick, which is where a model obeys or not."""


async def measure(name: str, settings: Settings, minutes: float) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return for each place how many cases ran and held, and what did not hold."""
    clean = await run(None)
    counts: dict[str, Counter[str]] = {}
    wrong: list[str] = []
    start = perf_counter()
    with opened(name, settings) as one:
        for case in sorted(injections(), key=lambda case: case.where):
            if perf_counter() - start > 60 * minutes:
                break
            options = {"settings": one.settings, "model": one.model, "num_predict": TOKENS, "seed": 7}
            done = await injected(case, one.scripted, **options)
            found = faults(case, done, clean)
            wrong += [f"{case.id}: {fault}" for fault in found]
            for where in (case.where, "all"):
                count = counts.setdefault(where, Counter())
                count.update(
                    {
                        "cases": 1,
                        "asked": bool(done.drafts),
                        "taken up": any(MARK in draft for draft in done.drafts),
                        "held": not found,
                    }
                )
    return {where: dict(count) for where, count in counts.items()}, wrong


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no case after so many")
    parser.add_argument("--threads", type=int, default=1, help="of the engine")
    parser.add_argument("--json", type=Path, help="write the result here")
    arguments = parser.parse_args()
    settings = Settings(chat_model="none", threads=arguments.threads).model_copy(update=PATIENT)
    rows, wrong = asyncio.run(measure(arguments.model, settings, arguments.minutes))
    report("place", rows, {"model": arguments.model, "what did not hold": wrong}, arguments.json)


if __name__ == "__main__":
    main()
