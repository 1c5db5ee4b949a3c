"""What goes before a turn: kept by the checkpointer, else read from the messages given, by the same reader."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.messages import AnyMessage

from matinee.language.folding import fold
from matinee.models import Movie
from matinee.query import TitleLookup
from matinee.query.references import Lists, Shown
from matinee.query.title_forms import Film, title_words
from matinee.query.turns import Conversation, Reader
from matinee.state import RecommendState
from matinee.understanding import Understanding

MAX_TURNS = 40
"""Earlier turns that are read from messages, the newest."""
MAX_SHOWN = 200
"""Films shown that are kept, the newest."""
_MOST_READ = 4000
"""Characters of an earlier message that are read."""
_SAME = 0.95
"""Likeness of a title to one of the catalogue from which it is taken for that."""
_PICK = re.compile(
    r"^(?:\W*\d+[.)\]]\s+|[-#>\s]+)?(?P<title>[^\s\u201c\"][^\n]{0,120}?) \((?P<year>\d{4})\)", re.MULTILINE
)


class Exchange(NamedTuple):
    """What a viewer said, and the films that the answer to it showed."""

    said: str
    shown: Sequence[Shown]


def kept(state: RecommendState) -> Conversation | None:
    """Return the conversation that a checkpointer kept; None where it kept none."""
    understood, shown = state.get("understanding"), state.get("shown")
    if not (understood or shown):
        return None
    spoken: Mapping[str, Any] = state.get("spoken") or {}
    return Conversation(
        Understanding.model_validate(understood) if understood and understood.get("text") is not None else None,
        Lists([Shown(**film) for film in shown or []], spoken.get("films", ())),
        spoken.get("people", ()),
        spoken.get("asked", ()),
    )


def exchanges(state: RecommendState, titles: TitleLookup) -> list[Exchange]:
    """Return the turns before this one, as the messages tell of them."""
    messages: Sequence[AnyMessage] = state.get("messages") or []
    asked = [i for i, message in enumerate(messages) if message.type == "human" and message.text.strip()]
    ends = [*asked[1:], len(messages)]
    turns = list(zip(asked, ends, strict=False))
    if not state.get("query"):
        turns = turns[:-1]
    found = []
    for begins, end in turns[-MAX_TURNS:]:
        answer = "\n".join(m.text[:_MOST_READ] for m in messages[begins:end] if m.type == "ai")
        found.append(Exchange(messages[begins].text[:_MOST_READ], _named(answer, titles)))
    return found


def replayed(before: Sequence[Exchange], reader: Reader, rows: Mapping[str, Movie]) -> Conversation:
    """Return what the turns before come to, read one after the other; `rows` are those of the films shown."""
    conversation = Conversation()
    for exchange in before:
        conversation = reader.turn(exchange.said, conversation, rows).after
        if exchange.shown:
            conversation = conversation._replace(lists=Lists(with_list(conversation.lists.shown, exchange.shown)))
    return conversation


def with_list(shown: Sequence[Shown], films: Sequence[Shown]) -> list[Shown]:
    """Return the films shown with those of another list; of very many the newest."""
    turn = shown[-1].turn + 1 if shown else 1
    return [*shown, *(film._replace(turn=turn) for film in films)][-MAX_SHOWN:]


def dumped_conversation(conversation: Conversation) -> dict[str, Any]:
    """Return what `kept` reads, but for the understanding."""
    lists = conversation.lists
    spoken = {"films": [*lists.focus], "people": [*conversation.people], "asked": [*conversation.asked]}
    told = {key: values for key, values in spoken.items() if values}
    return {"shown": [film._asdict() for film in lists.shown], "spoken": told}


def _named(answer: str, titles: TitleLookup) -> list[Shown]:
    """Return the films whose title and year begin a line of an answer, as this graph's own answers have them."""
    shown: dict[str, Shown] = {}
    for match in _PICK.finditer(answer.replace("*", "").replace("_", "")):
        title, year = match["title"], int(match["year"])
        same = [film for film in titles.dated(title_words(fold(title)), year) if film.year == year]
        near = same[:1] or [Film(*one[:3]) for one in titles.closest(title, year, limit=1) if one.score > _SAME]
        for film in near:
            shown.setdefault(film.movie_id, Shown(*film))
    return list(shown.values())
