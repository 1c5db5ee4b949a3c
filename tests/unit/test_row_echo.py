"""What only copies the prompt's list is no reason, wherever in a line it stands."""

import pytest

from matinee.grounding.row_echo import without_row

PLOT = "Having witnessed a massacre, two musicians escape in disguise."
ROW = "directed by Billy Wilder; with Marilyn Monroe, Tony Curtis; 121 minutes; IMDb 8.2; keywords screwball, witty"


@pytest.mark.parametrize(
    "line",
    [
        f"Facts: Comedy, Music; {ROW}",
        f"[Facts: Comedy, Music; {ROW}]",
        f"Comedy, Music; {ROW}.",
        ROW.capitalize(),
        "[Facts: Comedy, Music]",
        "Keywords: screwball, witty",
    ],
)
def test_a_line_of_facts_is_left_out(line: str) -> None:
    assert without_row(line) == ""


@pytest.mark.parametrize("row", [f"Reasons: Comedy; {ROW}.", f"[Facts: Comedy; {ROW}]", f"Comedy, Music; {ROW};", ROW])
def test_facts_after_a_plot_are_left_out(row: str) -> None:
    assert without_row(f"{PLOT} {row}") == PLOT


@pytest.mark.parametrize(
    "line",
    [
        PLOT,
        f"{PLOT} Directed by Billy Wilder, it is a comedy of disguise; the ending is famous.",
        "It is directed by Billy Wilder; with Marilyn Monroe it sparkles.",
        "With 121 minutes; it flies by.",
    ],
)
def test_sentences_about_the_same_things_stay(line: str) -> None:
    assert without_row(line) == line
