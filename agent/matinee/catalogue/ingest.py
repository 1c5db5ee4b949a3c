"""Films from a catalogue into the index: idempotent and resumable; of the rows no more is held than their ids.

Between runs nothing is remembered but what the index holds: a film that is stored already, with the same facts, is left
alone, so running again after a crash goes on where it stopped.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from matinee.catalogue.distinct_ids import DistinctIds
from matinee.catalogue.known_traits import FirstTraits, with_traits
from matinee.catalogue.passages import Told, renewed
from matinee.catalogue.readers import Row
from matinee.catalogue.text import embedding_text
from matinee.encoders.token_window import TokenWindow, window_of
from matinee.index import Entry, MovieIndex
from matinee.models import Movie, Passage, title_key

BATCH = 64
_REMARKS_KEPT = 10


@dataclass
class IngestReport:
    """What became of the rows of a catalogue."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    passages: int = 0
    """Passages of long texts that were stored, new ones and changed ones."""
    remarks: list[str] = field(default_factory=list)
    """The first ten faults, with their line numbers."""
    further_remarks: int = 0

    def remark(self, line: int, fault: str | None) -> None:
        """Keep the first few faults, count the others."""
        if fault and len(self.remarks) < _REMARKS_KEPT:
            self.remarks.append(f"line {line}: {fault}")
        elif fault:
            self.further_remarks += 1


async def ingest(
    rows: Iterable[Row], movies: MovieIndex, on_progress: Callable[[IngestReport], None] = lambda report: None
) -> IngestReport:
    """Store the films of the rows, and return what became of them; `on_progress` is called after each batch."""
    report = IngestReport()
    window = window_of(movies.passages.encoder)
    heard: set[tuple[str, str]] = set()
    """Films with sources that were read in this run: what comes later of the same, a review a row, adds to it."""
    ids, first_traits = DistinctIds(), FirstTraits()
    for batch in _batches(rows):
        fresh: dict[str, Movie] = {}
        told: dict[str, Told] = {}
        same: list[str] = []
        found: list[tuple[Row, Movie]] = []
        for row in batch:
            report.read += 1
            report.remark(row.line, row.fault)
            film, clash = ids.film(row)
            report.remark(row.line, clash)
            if film is None:
                report.skipped += 1
            else:
                found.append((row, with_traits(film)))
        stored = Shelf(await movies.known([film for _, film in found])) if found else Shelf([])
        for row, film in found:
            known = stored.find(film)
            film, clash = first_traits.film(row.line, film, known)
            report.remark(row.line, clash)
            merged = merge(known, film) if known else film
            if merged == known:
                same.append(merged.movie_id)
            else:
                report.updated += known is not None
                report.added += known is None
                stored.put(merged)
                fresh[merged.movie_id] = merged
            if row.texts or merged != known:
                before = told.get(merged.movie_id)
                told[merged.movie_id] = Told(merged, [*(before.texts if before else ()), *row.texts])
        # Passages first: a film that is stored already and the same is left alone when this is run again.
        changed = await _changed(told, fresh, heard, movies, window) if told else {}
        heard.update((movie_id, text.source) for movie_id, one in told.items() for text in one.texts)
        report.passages += await movies.passages.put(list(changed.values()))
        report.updated += sum(movie_id in changed for movie_id in same)
        report.unchanged += sum(movie_id not in changed for movie_id in same)
        if fresh:
            await movies.add([Entry(film, embedding_text(film)) for film in fresh.values()])
        on_progress(report)
    if report.added or report.updated:
        await movies.optimize()
    return report


async def _changed(
    told: Mapping[str, Told],
    fresh: Collection[str],
    heard: Collection[tuple[str, str]],
    movies: MovieIndex,
    window: TokenWindow,
) -> dict[str, tuple[Movie, list[Passage]]]:
    """Return the films whose passages are others than those stored, with the passages that they should have."""
    stored = await movies.passages.of(told)

    def cut() -> dict[str, tuple[Movie, list[Passage]]]:
        return {movie_id: (one.movie, passages(movie_id, one)) for movie_id, one in told.items()}

    def passages(movie_id: str, one: Told) -> list[Passage]:
        going_on = {text.source for text in one.texts if (movie_id, text.source) in heard}
        before = stored.get(movie_id, [])
        return renewed(before, one, window, is_new_row=movie_id in fresh, going_on=going_on)

    wanted = await asyncio.to_thread(cut)
    return {movie_id: one for movie_id, one in wanted.items() if one[1] != stored.get(movie_id, [])}


class Shelf:
    """Films by id and by title, to find the stored film that a row speaks of."""

    def __init__(self, films: Iterable[Movie]) -> None:
        self._by_id: dict[str, Movie] = {}
        self._by_key: dict[str, list[str]] = {}
        for film in films:
            self.put(film)

    def put(self, film: Movie) -> None:
        """Add a film, or replace the one with its id."""
        self._by_id[film.movie_id] = film
        for key in film.keys:
            ids = self._by_key.setdefault(key, [])
            if film.movie_id not in ids:
                ids.append(film.movie_id)

    def find(self, film: Movie) -> Movie | None:
        """Return the same film under another id or another of its titles, or None."""
        if film.movie_id in self._by_id:
            return self._by_id[film.movie_id]
        namesakes = (self._by_id[movie_id] for key in film.keys for movie_id in self._by_key.get(key, []))
        return next((other for other in namesakes if _same(film, other)), None)


def _same(film: Movie, namesake: Movie) -> bool:
    """Tell whether two films of one title are one: by id, else by year, else (a year unknown) by director."""
    if film.imdb_id and namesake.imdb_id:
        return film.imdb_id == namesake.imdb_id
    if film.tmdb_id and namesake.tmdb_id:
        return film.tmdb_id == namesake.tmdb_id
    if film.year and namesake.year:
        return film.year == namesake.year
    return bool(set(film.directors) & set(namesake.directors))


def merge(known: Movie, film: Movie) -> Movie:
    """Return the known film with what the other says of it; its id and title stay, other titles add up."""
    said = {name: value for name, value in film if value not in (None, "", [])}
    traits = film.traits.joined(known.traits)
    stale = {*film.traits.terms, *known.traits.terms} - set(traits.terms)
    keywords = [keyword for keyword in film.keywords or known.keywords if keyword not in stale]
    own = title_key(known.title, None)
    titles = dict.fromkeys([*known.aka, film.title, *film.aka])
    aka = [title for title in titles if title_key(title, None) != own or title in known.aka]
    own_facts = {"movie_id": known.movie_id, "title": known.title, "aka": aka, "keywords": keywords}
    return known.model_copy(update={**said, **own_facts}).described_by(traits)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        # Rows that go on about one film stay together, so that its texts are stored once.
        if len(batch) >= BATCH and (len(batch) >= 2 * BATCH or not _goes_on(batch[-1], row)):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _goes_on(row: Row, other: Row) -> bool:
    return bool(row.movie and other.movie and other.texts and row.movie.movie_id == other.movie.movie_id)
