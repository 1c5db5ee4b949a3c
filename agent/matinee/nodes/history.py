"""What a turn of a conversation may go on from: kept by the checkpointer, else read from the messages given."""

import re

from matinee.query import TitleLookup, understand
from matinee.query.followup import Earlier, Shown
from matinee.state import RecommendState
from matinee.understanding import Understanding

_PICK = re.compile(r"^(?:\W*\d+\W+)?(?P<title>[^\n]{1,120}?) \((?P<year>\d{4})\)", re.MULTILINE)
_MOST_READ = 4000
"""Characters of an earlier message that are read."""


def earlier_of(state: RecommendState, titles: TitleLookup) -> Earlier | None:
    """Return what was understood and shown before this turn; None at the beginning of a conversation."""
    if dumped := state.get("understanding"):
        shown = [Shown(**film) for film in state.get("shown") or []]
        return Earlier(Understanding.model_validate(dumped), shown)
    messages = list(state.get("messages") or [])
    asked = [i for i, message in enumerate(messages) if message.type == "human"]
    if state.get("query") or len(asked) < 2:
        return None
    before = messages[asked[-2]].text[:_MOST_READ]
    answers = [m.text[:_MOST_READ] for m in messages[asked[-2] : asked[-1]] if m.type == "ai"]
    return Earlier(understand(before, titles), _named("\n".join(answers), titles))


def _named(answer: str, titles: TitleLookup) -> list[Shown]:
    """Return the films whose title and year begin a line of an answer, as this graph's own answers have them."""
    shown: dict[str, Shown] = {}
    for match in _PICK.finditer(answer):
        near = titles.closest(match["title"], int(match["year"]), limit=1)
        if near and near[0].score > 0.95:
            shown.setdefault(near[0].movie_id, Shown(near[0].movie_id, near[0].title, near[0].year))
    return list(shown.values())
