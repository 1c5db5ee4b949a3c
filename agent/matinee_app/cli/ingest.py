"""Films into the catalogue, and out of it by their titles: ingest, and what other commands need of it."""

import dataclasses
from pathlib import Path

from matinee.catalogue import starter
from matinee.catalogue.ingest import IngestReport
from matinee.catalogue.ingest import ingest as ingest_rows
from matinee.catalogue.readers import Catalogue, open_catalogue
from matinee.encoders.embeddings import open_embeddings
from matinee.errors import UnknownTitle
from matinee.index import Store, open_store
from matinee.models import Movie
from matinee.query import TitleLookup
from matinee.settings import Settings
from matinee_app.cli.console import counted, err, ingest_progress, out, plain, print_json


async def ingest(settings: Settings, path: Path | None, format_: str | None, *, rebuild: bool, as_json: bool) -> int:
    """Store a catalogue's films and print what became of its rows."""
    store = open_store(settings, open_embeddings(settings))
    try:
        if rebuild:
            err.print("Embedding everything stored again ...")
            await store.rebuild()
            if path is None:
                films = (await store.info()).films
                err.print(f"{films} films embedded again.")
                return 0
        if path:
            report = await ingest_shown(store, open_catalogue(path, format_))
        else:
            report = await starter.store_starter(settings, store, ingest_shown)
    finally:
        store.close()
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        _print_report(report)
    return 0 if report.read > report.skipped else 1


async def ingest_shown(store: Store, catalogue: Catalogue) -> IngestReport:
    """Ingest with a progress bar."""
    with ingest_progress(f"Ingesting {catalogue.path.name}", catalogue.total) as progress:
        report = await ingest_rows(catalogue, store.movies, progress)
    report.remarks[:0] = catalogue.remarks
    return report


async def ensure_films(settings: Settings, store: Store) -> None:
    """Store the starter catalogue where films are missing, and show that it takes a while."""
    await starter.ensure_films(settings, store, ingest_with=ingest_shown, tell=err.print)


async def find_film(store: Store, title: str) -> Movie:
    """Return the film that a title names, misspelt too; says on standard error what was taken for it.

    Raises:
        UnknownTitle: no film of the catalogue has a title like it.
    """
    lookup = TitleLookup(await store.movies.titles())
    close = lookup.closest(title, limit=3)
    if not close or close[0][3] < _ALIKE:
        hint = f" Did you mean {' or '.join(_label(c) for c in close)}?" if close else ""
        raise UnknownTitle(f"No film of the catalogue is called “{plain(title)}”.{hint}")
    movie_id, _, _, likeness = close[0]
    if likeness < 1:
        err.print(f"“{plain(title)}” was taken for {_label(close[0])}.")
    return (await store.movies.get([movie_id]))[0]


_ALIKE = 0.8
"""How alike a title must be to be taken for another spelling of it, 0..1."""


def _label(found: tuple[str, str, int | None, float]) -> str:
    _, title, year, _ = found
    return plain(f"{title} ({year})" if year else title)


def _print_report(report: IngestReport) -> None:
    parts = {
        "rows read": report.read,
        "new": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": report.skipped,
        **({"passages": report.passages} if report.passages else {}),
    }
    out.print(", ".join(f"{count} {name}" for name, count in parts.items()))
    for remark in report.remarks:
        err.print(f"  {plain(remark)}")
    if report.further_remarks:
        err.print(f"  and {counted(report.further_remarks, 'further remark')} of such kinds")
