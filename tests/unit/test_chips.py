"""What was understood, as pieces to take out or turn round."""

from matinee.understanding import Constraint, ConstraintField, Critique, Mention, Understanding
from matinee_app.web.chips import Chip, chips

TEXT = "a dark french film from the 60s under two hours, nothing gory, like Heat"


def found(words: str) -> dict[str, object]:
    start = TEXT.index(words)
    return {"words": words, "span": (start, start + len(words))}


READ = Understanding(
    text=TEXT,
    constraints=[
        Constraint(field=ConstraintField.LANGUAGES, op="any_of", value=["French"], **found("french")),
        Constraint(field=ConstraintField.YEAR, op="at_least", value=1960.0, **found("60s")),
        Constraint(field=ConstraintField.YEAR, op="at_most", value=1969.0, **found("60s")),
        Constraint(field=ConstraintField.RUNTIME, op="at_most", value=119.0, **found("under two hours")),
        Constraint(field=ConstraintField.GORE, op="at_most", value=1.0, **found("gory")),
    ],
    mentions=[Mention(movie_id="tt0113277", title="Heat", year=1995, **found("Heat"))],
    moods=[Critique(toward="dark, bleak", **found("dark"))],
)


def test_each_piece_can_be_taken_out_and_turned_round() -> None:
    assert chips(READ) == [
        Chip(
            "dark",
            "a french film from the 60s under two hours, nothing gory, like Heat",
            "a french film from the 60s under two hours, nothing gory, like Heat, not dark",
        ),
        Chip(
            "French",
            "a dark film from the 60s under two hours, nothing gory, like Heat",
            "a dark film from the 60s under two hours, nothing gory, like Heat, not french",
        ),
        Chip("1960–1969", "a dark french film under two hours, nothing gory, like Heat", ""),
        Chip(
            "up to 119 min",
            "a dark french film from the 60s, nothing gory, like Heat",
            "a dark french film from the 60s, nothing gory, like Heat, over 119 minutes",
        ),
        Chip(
            "not gory",
            "a dark french film from the 60s under two hours, like Heat",
            "a dark french film from the 60s under two hours, like Heat, gory",
        ),
        Chip(
            "like Heat (1995)",
            "a dark french film from the 60s under two hours, nothing gory",
            "a dark french film from the 60s under two hours, nothing gory, not like Heat",
        ),
    ]


def test_pieces_whose_words_are_gone_make_a_request_of_their_own() -> None:
    read = Understanding(
        text="forget the action",
        constraints=[
            Constraint(field=ConstraintField.GENRES, op="any_of", value=["Western"], words="western"),
            Constraint(field=ConstraintField.STARS, op="any_of", value=["Clint Eastwood"], words="Clint Eastwood"),
        ],
    )
    assert [chip.without for chip in chips(read)] == ["Clint Eastwood", "western"]


def test_where_nothing_would_be_left_nothing_is_offered() -> None:
    western = Constraint(field=ConstraintField.GENRES, op="any_of", value=["Western"], words="western", span=(0, 7))
    assert chips(Understanding(text="western", constraints=[western])) == [Chip("Western", "", "not western")]
