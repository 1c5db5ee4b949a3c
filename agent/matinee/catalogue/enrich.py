"""Has the chat model describe, in the catalogue's vocabulary, the stored films of which nothing is known in it.

Between runs nothing is remembered but what the index holds: traits are marked as the model's (`Traits.provenance`),
also those of a film of which it knows nothing, so that each film is asked about once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict

from matinee.catalogue.known_traits import with_traits
from matinee.catalogue.readers.traits import read_traits, vocabulary
from matinee.catalogue.text import embedding_text
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.index import Entry, MovieIndex
from matinee.llm.chat import Chat
from matinee.models import Movie
from matinee.traits import Traits
from matinee_prompts import render

_PATIENCE = 3
"""Films in a row without an answer after which the model is given up."""
_TEXT = 1500
"""Characters of a film's text that the model reads."""
_MOST = {"moods": 5, "themes": 6, "settings": 4, "occasions": 4}
"""Terms of each list; without a bound a small model writes them all."""
_LEVELS = ("violence", "gore", "sex", "frightening", "sad")
_CHOICES: dict[str, Sequence[object]] = {
    "pace": ("slow", "steady", "fast"),
    **dict.fromkeys(_LEVELS, range(4)),
    "age": range(19),
}
_NOT_WHOLE = "The chat model wrote no description, or not a whole one."
_REPEATED = "The chat model wrote of it exactly what it had written of another film."
_ANGLES = str.maketrans("<>", "()")

Answer = Traits | ChatModelUnavailable | str
"""What the model says of a film, or what was wrong."""


def _constrain(schema: dict[str, Any]) -> None:
    # Lists come last: of an answer that breaks off there, every number is whole.
    lists = {
        name: {"type": "array", "items": {"enum": list(vocabulary()[name])}, "maxItems": most}
        for name, most in _MOST.items()
    }
    choices = {name: {"enum": [*values, None]} for name, values in _CHOICES.items()}
    schema |= {"properties": choices | lists, "required": [*choices, *lists], "additionalProperties": False}


class Description(BaseModel):
    """A film in the vocabulary. Its schema holds the terms; an answer that breaks it is read all the same."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_constrain)

    def traits(self) -> Traits | None:
        """Return what of it the vocabulary knows, marked as the model's; None where a part is missing."""
        said = self.model_dump()
        if not said.keys() >= {*_CHOICES, *_MOST}:
            return None
        chosen = {name: said[name] if said[name] in values else None for name, values in _CHOICES.items()}
        read, _ = read_traits({**chosen, **{name: said[name] for name in _MOST}})
        short = {name: getattr(read, name)[:most] for name, most in _MOST.items()}
        return read.model_copy(update={**short, "provenance": "model"})


@dataclass
class EnrichReport:
    """What became of the films without traits."""

    films: int = 0
    """How many there were."""
    described: int = 0
    known: int = 0
    """Films that the starter catalogue describes, by their ids."""
    unknown: int = 0
    """Films of which the model knew nothing that the vocabulary has; they are not asked about again."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Films without a usable answer, by what was wrong; they are asked about again."""
    gave_up: ChatModelUnavailable | None = None
    """Why the model was asked no further."""

    @property
    def left(self) -> int:
        """Return how many films are still to be asked about in another run."""
        return self.films - self.described - self.known - self.unknown

    @property
    def done(self) -> int:
        """Return how many films have been looked at."""
        return self.described + self.known + self.unknown + self.skipped.total()


async def enrich(
    movies: MovieIndex,
    chat: Chat,
    model: str | None = None,
    limit: int | None = None,
    on_progress: Callable[[EnrichReport], None] = lambda report: None,
) -> EnrichReport:
    """Describe films without traits, the best known first, and return what became of them.

    Answers are stored as they come, so that a run that is broken off loses no more than those being written.

    Args:
        movies: the films.
        chat: the model.
        model: which one, where it is not that of the settings.
        limit: how many films to ask about; None: all of them.
        on_progress: called each time that films have been asked about.
    """
    context = Context(model=model, temperature=0.2, num_predict=500)
    system = SystemMessage(render("enrich_system", _lists()))
    ids = await movies.undescribed()
    report = EnrichReport(films=len(ids))
    failures: list[ChatModelUnavailable] = []
    written: set[str] = set()
    wanted = ids[:limit]
    for start in range(0, len(wanted), chat.at_once):
        films = await movies.get(wanted[start : start + chat.at_once])
        asked = (_described([system, _question(film)], film, chat, context) for film in films)
        answers = dict(zip((film.movie_id for film in films), await asyncio.gather(*asked), strict=True))
        for answer in answers.values():
            failures = [*failures, answer] if isinstance(answer, ChatModelUnavailable) else []
        await _store(_without_repeats(answers, written), movies, report)
        on_progress(report)
        if len(failures) >= _PATIENCE:
            break
    if len(failures) >= _PATIENCE or len(failures) == report.done > 0:
        report.gave_up = failures[-1]
    if report.done > report.skipped.total():
        await movies.optimize()
    return report


def _lists() -> dict[str, Any]:
    return {name: {"most": most, "terms": ", ".join(vocabulary()[name])} for name, most in _MOST.items()}


def _question(film: Movie) -> BaseMessage:
    return HumanMessage(render("enrich_film", {"film": embedding_text(film)[:_TEXT].translate(_ANGLES)}))


async def _described(messages: Sequence[BaseMessage], film: Movie, chat: Chat, context: Context) -> Answer:
    """Return the film's traits, the starter catalogue's where it has them; else why there are none."""
    if (lent := with_traits(film).traits).described:
        return lent
    try:
        answer = await chat.structured(messages, Description, context)
    except ChatModelUnavailable as error:
        return error
    return (answer and answer.traits()) or _NOT_WHOLE


def _without_repeats(answers: Mapping[str, Answer], written: set[str]) -> dict[str, Answer]:
    """Return the answers without those that were `written` before in this run, to which the others are added."""
    kept: dict[str, Answer] = {}
    for movie_id, answer in answers.items():
        text = answer.model_dump_json() if isinstance(answer, Traits) and answer.described else ""
        kept[movie_id] = _REPEATED if text in written else answer
        written |= {text} - {""}
    return kept


async def _store(answers: Mapping[str, Answer], movies: MovieIndex, report: EnrichReport) -> None:
    """Store the films with their traits; those that others have described meanwhile stay as they are."""
    traits = {movie_id: answer for movie_id, answer in answers.items() if isinstance(answer, Traits)}
    films = [film for film in await movies.get(traits) if not film.traits.described]
    described = [film.described_by(traits[film.movie_id]) for film in films]
    if described:
        await movies.add([Entry(film, embedding_text(film)) for film in described])
    for answer in answers.values():
        if not isinstance(answer, Traits):
            report.skipped[str(answer)] += 1
        elif answer.provenance == "starter":
            report.known += 1
        else:
            report.described += answer.described
            report.unknown += not answer.described
