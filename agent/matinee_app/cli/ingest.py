"""The ingest command: a catalogue's films into the store."""

import dataclasses
from pathlib import Path

from matinee.catalogue.ingest import IngestReport
from matinee.catalogue.readers import open_catalogue
from matinee.catalogue.starter import store_starter
from matinee.settings import Settings
from matinee_app.cli.console import counted, err, out, plain, print_json
from matinee_app.cli.store import ingest_shown, opened


async def ingest(settings: Settings, path: Path | None, format_: str | None, *, rebuild: bool, as_json: bool) -> int:
    """Store a catalogue's films and print what became of its rows."""
    async with opened(settings) as store:
        if rebuild:
            err.print("Embedding everything stored again ...")
            await store.rebuild()
            if path is None:
                films = (await store.info()).films
                if as_json:
                    print_json({"films": films})
                else:
                    err.print(f"{films} films embedded again.")
                return 0
        if path:
            report = await ingest_shown(store, open_catalogue(path, format_))
        else:
            report = await store_starter(settings, store, ingest_shown)
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        _print_report(report)
    return 0 if report.read > report.skipped else 1


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
