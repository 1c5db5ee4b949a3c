"""Films from a catalogue into the index: idempotent, resumable, constant in memory.

Nothing is remembered but what the index holds: a film that is stored already, with the same facts, is left
alone, so running again after a crash goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from matinee.catalogue.readers import Row
from matinee.catalogue.text import embedding_text
from matinee.index import Entry, MovieIndex
from matinee.models import Movie, title_key

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
    remarks: list[str] = field(default_factory=list)

    def remark(self, row: Row) -> None:
        """Keep the first few faults, with their line numbers."""
        if row.fault and len(self.remarks) < _REMARKS_KEPT:
            self.remarks.append(f"line {row.line}: {row.fault}")


async def ingest(
    rows: Iterable[Row], movies: MovieIndex, on_progress: Callable[[IngestReport], None] = lambda report: None
) -> IngestReport:
    """Store the films of the rows, and return what became of them; `on_progress` is called after each batch."""
    report = IngestReport()
    for batch in _batches(rows):
        fresh: dict[str, Movie] = {}
        for row in batch:
            report.read += 1
            report.remark(row)
            if row.movie is None:
                report.skipped += 1
        films = [row.movie for row in batch if row.movie]
        stored = Shelf(await movies.known(films)) if films else Shelf([])
        for film in films:
            known = stored.find(film)
            merged = merge(known, film) if known else film
            if merged == known:
                report.unchanged += 1
                continue
            report.updated += known is not None
            report.added += known is None
            stored.put(merged)
            fresh[merged.movie_id] = merged
        if fresh:
            await movies.add([Entry(film, embedding_text(film)) for film in fresh.values()])
        on_progress(report)
    if report.added or report.updated:
        await movies.settle()
    return report


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
    """Tell whether two films of one title are one: by IMDb id, else by year, else (a year unknown) by director."""
    if film.imdb_id and namesake.imdb_id:
        return film.imdb_id == namesake.imdb_id
    if film.year and namesake.year:
        return film.year == namesake.year
    return bool(set(film.directors) & set(namesake.directors))


def merge(known: Movie, film: Movie) -> Movie:
    """Return the known film with what the other says of it; its id and title stay, other titles add up."""
    said = {name: value for name, value in film.model_dump().items() if value not in (None, "", [])}
    own = title_key(known.title, None)
    titles = dict.fromkeys([*known.aka, film.title, *film.aka])
    aka = [title for title in titles if title_key(title, None) != own or title in known.aka]
    return known.model_copy(update={**said, "movie_id": known.movie_id, "title": known.title, "aka": aka})


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
