"""Commands of these tests are forked from a process that has done their imports: they do what cold ones do."""

import pytest

from tests.support.command_line import CommandLine
from tests.support.warm_start import FORKS


@pytest.mark.skipif(FORKS is None, reason="nothing is forked here")
@pytest.mark.parametrize(
    "arguments",
    [
        ("recommend", "a heist gone wrong", "--json"),
        ("taste", "list", "--user", "ana"),
        ("recommend", "x", "--limit", "0"),
    ],
    ids=["a document", "nothing found", "usage"],
)
def test_a_forked_command_prints_and_ends_as_a_cold_one(matinee: CommandLine, arguments: tuple[str, ...]) -> None:
    assert matinee(*arguments) == matinee.cold(*arguments)
