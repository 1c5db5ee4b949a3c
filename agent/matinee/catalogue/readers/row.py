"""A row of a catalogue as a film: every reader hands over what it found, here it is cleaned, checked and named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matinee.catalogue.readers.texts import LongText, read_texts
from matinee.catalogue.readers.traits import read_traits
from matinee.catalogue.readers.values import (
    FIGURES,
    TEXT_MAX,
    TITLE_MAX,
    clean_names,
    clean_prose,
    clean_text,
    read_genres,
    read_id,
    read_imdb_id,
)
from matinee.catalogue.titles import distinct_titles, natural_title, split_year
from matinee.models import Movie, title_key

_NAMES = ("directors", "stars", "languages", "countries", "keywords", "streaming_services")


@dataclass(frozen=True)
class Row:
    """A row of a catalogue: without a film it is skipped, with a film and a fault it is kept, with a remark."""

    line: int
    """The line of the file on which the row begins; the first is 1."""
    movie: Movie | None
    fault: str | None = None
    texts: tuple[LongText, ...] = ()
    """What is written of the film at length."""
    number: str | None = None
    """What the file alone calls the film by: an id that no catalogue is known to have given."""


def film_row(line: int, raw: Mapping[str, Any]) -> Row:
    """Return the row of a film from raw values under the names of `Movie`'s fields, of which only `title` must be.

    What is written at length stands under the names of `texts.COLUMNS`. Values may be texts, figures or lists as the
    file had them. A value that cannot be used is left out and named in the fault.
    """
    faults: list[str] = []
    written, year_in_title = split_year(clean_text(raw.get("title")))
    if not written:
        return Row(line, None, "no title")
    title, others = natural_title(_cut(written, TITLE_MAX, "title", faults))

    fields: dict[str, Any] = {}
    for figure in FIGURES:
        fields[figure.field], fault = figure.read(raw.get(figure.field))
        if fault and not (figure.field == "year" and year_in_title):
            faults.append(fault)
    year = fields["year"] = fields["year"] or year_in_title
    for name in _NAMES:
        fields[name] = clean_names(raw.get(name))
    for name in ("overview", "tagline"):
        fields[name] = _cut(clean_prose(raw.get(name)), TEXT_MAX, name, faults)

    own_id = read_id(raw.get("movie_id"))
    imdb_id = read_imdb_id(raw.get("imdb_id")) or (read_imdb_id(own_id) if own_id and own_id[:2] == "tt" else None)
    if raw.get("imdb_id") and not imdb_id:
        faults.append(f"{clean_text(raw['imdb_id'])[:40]!r} is not an IMDb id, kept without it")
    traits, fault = read_traits(raw.get("traits"))
    if fault:
        faults.append(fault)
    movie = Movie(
        movie_id=imdb_id or own_id or title_key(title, year),
        title=title,
        genres=read_genres(raw.get("genres")),
        aka=distinct_titles(title, [*others, *clean_names(raw.get("aka"))]),
        imdb_id=imdb_id,
        movielens_id=read_id(raw.get("movielens_id")),
        tmdb_id=read_id(raw.get("tmdb_id")),
        poster=raw.get("poster"),
        traits=traits,
        **fields,
    )
    texts = read_texts(raw, faults)
    return Row(line, movie.described_by(traits), "; ".join(faults) or None, texts)


def _cut(text: str, limit: int, name: str, faults: list[str]) -> str:
    if len(text) <= limit:
        return text
    faults.append(f"{name} of {len(text):,} characters, cut at {limit:,}")
    return text[:limit].rstrip()
