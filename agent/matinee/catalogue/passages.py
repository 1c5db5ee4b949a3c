"""A film's passages: what is written of it at length, and what of its own text the encoder would not read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from matinee.catalogue.readers.texts import LongText
from matinee.catalogue.text import embedding_text
from matinee.encoders.token_window import TokenWindow
from matinee.models import Movie, Passage

MOST = 200
"""Passages of one source that a film has; forty thousand words, or so."""

_OVERVIEW, _FACTS = "overview", "facts"
_OF_ROW = (_OVERVIEW, _FACTS)


class Told(NamedTuple):
    """A film with what the rows of a batch write of it at length."""

    movie: Movie
    texts: list[LongText]


def renewed(
    stored: Sequence[Passage], told: Told, window: TokenWindow, *, is_new_row: bool, going_on: Collection[str] = ()
) -> list[Passage]:
    """Return the passages that a film has by now, given those that are stored.

    Those of a source that the texts speak of take the place of the stored ones of that source, or follow them where the
    source goes on; those of the film's own row are made anew if the row is new, and the others stay.
    """
    by_source = dict(_grouped(p for p in stored if not (is_new_row and p.source in _OF_ROW)))
    if is_new_row:
        by_source |= _of_row(told.movie, window)
    said: dict[str, list[str]] = {}
    for text in told.texts:
        said.setdefault(text.source, []).append(text.text)
    for source, parts in said.items():
        before = by_source.get(source, []) if source in going_on else []
        by_source[source] = _cut(source, parts, window, before)
    return [passage for source in sorted(by_source) for passage in by_source[source]]


def _of_row(movie: Movie, window: TokenWindow) -> dict[str, list[Passage]]:
    """Return passages of the row whose text the encoder does not read to its end: the overview, and then the facts."""
    if window.fits(embedding_text(movie)):
        return {}
    # What comes after the overview is cut off first, however short it is.
    facts = embedding_text(movie.model_copy(update={"overview": ""})).replace("\n", ". ")
    parts = {_OVERVIEW: [movie.overview] if movie.overview else [], _FACTS: [facts]}
    return {source: _cut(source, texts, window) for source, texts in parts.items()}


def _cut(source: str, texts: Iterable[str], window: TokenWindow, before: Iterable[Passage] = ()) -> list[Passage]:
    pieces = dict.fromkeys([passage.text for passage in before])
    for text in texts:
        if len(pieces) < MOST:
            pieces.update(dict.fromkeys(window.passages(text, MOST)))
    return [Passage(source=source, position=n, text=piece) for n, piece in enumerate(islice(pieces, MOST))]


def _grouped(passages: Iterable[Passage]) -> Mapping[str, list[Passage]]:
    grouped: dict[str, list[Passage]] = {}
    for passage in passages:
        grouped.setdefault(passage.source, []).append(passage)
    return grouped
