"""The enrich command: films that nobody has described, described by the chat model."""

from matinee.catalogue import enrich as enrichment
from matinee.catalogue.enrich import EnrichReport
from matinee.llm.chat import Chat
from matinee.settings import Settings
from matinee_app.cli.console import counted, err, out, plain, print_json, progress
from matinee_app.cli.store import opened


async def enrich(settings: Settings, limit: int | None, model: str | None, *, as_json: bool) -> int:
    """Describe films and print what became of them; 1 when the model described none of those asked about.

    Raises:
        ChatModelUnavailable: the model did not answer; what it had described before is stored and printed.
    """
    async with opened(settings) as store:
        with progress() as show:
            report = await enrichment.enrich(
                store.movies,
                Chat(settings),
                model,
                limit,
                lambda so_far: show("Describing films", so_far.done, min(so_far.films, limit or so_far.films)),
            )
    if as_json:
        print_json(_document(report))
    else:
        _print_report(report)
    if report.gave_up:
        raise report.gave_up
    return 1 if report.done and report.done == report.skipped.total() else 0


def _document(report: EnrichReport) -> dict[str, object]:
    counts = {"described": report.described, "known": report.known, "unknown": report.unknown}
    return {**counts, "skipped": dict(report.skipped), "left": report.left}


def _print_report(report: EnrichReport) -> None:
    if not report.films:
        err.print("Every film is described, or none is stored.")
    parts = {
        "described": report.described,
        "described by the starter catalogue": report.known,
        "that the model does not know": report.unknown,
        "skipped": report.skipped.total(),
    }
    out.print(", ".join(f"{count} {name}" for name, count in parts.items() if count or name == "described"))
    for fault, count in report.skipped.items():
        err.print(f"  {counted(count, 'film')} skipped: {plain(fault)}")
    if report.left:
        err.print(f"{counted(report.left, 'film')} not described yet; run it again to go on.")
