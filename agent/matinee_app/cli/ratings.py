"""The commands around ratings: learning from many viewers', taking in and giving out one viewer's."""

import asyncio
import csv
import dataclasses
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from matinee.ratings.collaborative import open_collaborative
from matinee.ratings.export_file import Said
from matinee.ratings.model import FOLDER, About
from matinee.ratings.training import Learned, install, learn
from matinee.ratings.user_ratings import open_viewer_ratings
from matinee.ratings.user_ratings_import import ImportReport, exported, import_ratings
from matinee.settings import Settings
from matinee_app.cli.console import counted, err, films_said, out, plain, print_json, progress
from matinee_app.cli.store import ensure_films, opened


def ingest(settings: Settings, path: Path, *, as_json: bool) -> Coroutine[Any, Any, int]:
    """Read and learn at once, in this thread, so that an interrupt ends it; return what tells of it."""
    asyncio.run(_reached(settings))  # what takes minutes is not begun for a store that does not answer
    with progress() as on_progress:
        learned = learn(path, settings.home / FOLDER, on_progress)
    return _report(settings, learned, install(learned, settings.home / FOLDER), as_json=as_json)


async def _reached(settings: Settings) -> None:
    async with opened(settings) as store:
        await store.movies.count()


async def _report(settings: Settings, learned: Learned, about: About, *, as_json: bool) -> int:
    async with opened(settings) as store:
        in_catalogue = len(await open_collaborative(settings, store).popularity())
        stored_films = await store.movies.count()
    report = learned.report
    if as_json:
        print_json(
            {
                **{name: value for name, value in dataclasses.asdict(about).items() if name != "own_numbers"},
                "format": learned.form,
                "in_catalogue": in_catalogue,
                "unchanged": learned.ease is None,
                "rows": dataclasses.asdict(report),
                "film_files": learned.film_files,
            }
        )
    else:
        _print_learned(about, learned, in_catalogue)
    for remark in (*learned.remarks, *report.reasons, *_unmatched(learned, in_catalogue, stored_films)):
        err.print(f"  {plain(remark)}")
    return 0


def _print_learned(about: About, learned: Learned, in_catalogue: int) -> None:
    again = ", the same as before" if learned.ease is None else ""
    out.print(f"{about.ratings:,} ratings of {about.films:,} films by {about.viewers:,} viewers{again}")
    report = learned.report
    _print_left_out(
        {
            "not readable": report.unreadable,
            "out of range": report.out_of_range,
            "rated again later": report.duplicates,
        }
    )
    out.print(f"{about.learned_films:,} films have enough ratings to tell what goes with them")
    out.print(f"{in_catalogue:,} films of the catalogue have ratings")


def _print_left_out(counts: dict[str, int]) -> None:
    if said := _listed(counts):
        out.print(f"rows left out: {said}")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def _unmatched(learned: Learned, in_catalogue: int, stored_films: int) -> Iterator[str]:
    if in_catalogue:
        return
    if not stored_films:
        yield "No film is stored yet, so nothing can be recommended from these ratings: run `matinee ingest`."
    elif learned.note.own_numbers and not learned.film_files:
        yield (
            "None of these films can be told: 100k has film numbers of its own, and u.item, which names them, is not "
            "beside u.data. Put it there and run this again; until then ratings stay without effect."
        )
    elif not learned.film_files:
        yield (
            "None of these films is in the catalogue: no movies.csv, movies.dat or links.csv beside the ratings names "
            "them. Put it there and run this again, or ingest the catalogue of the same MovieLens folder."
        )
    else:
        yield "None of these films is in the catalogue; ingest one that has them, as the same folder's movies."


class Form(NamedTuple):
    """What the viewer says of their export, where it does not tell."""

    columns: dict[str, str]
    says: Literal["like", "seen", "wish"] | None
    scale: int | None


_SAYS: dict[str, Said] = {"like": "liked", "seen": "seen", "wish": "wished"}


async def import_(settings: Settings, user: str, path: Path, form: Form, *, as_json: bool) -> int:
    """Store what a viewer brings and print what became of it."""
    ratings = open_viewer_ratings(path, columns=form.columns, says=_SAYS.get(form.says or ""), scale=form.scale)
    async with opened(settings) as store:
        await ensure_films(settings, store)
        collaborative = open_collaborative(settings, store)
        report = await import_ratings(user, ratings, store, collaborative)
        is_ready = await collaborative.ready()
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        _print_imported(report)
    for remark in (*report.remarks, *report.rows.reasons):
        err.print(f"  {plain(remark)}")
    if report.unknown:
        err.print(f"Not in the catalogue, kept for when it has them: {counted(report.unknown, 'film')}")
        for film in report.unknown_films:
            err.print(f"  {plain(film)}")
    if report.said.get("rated") and not is_ready:
        err.print("These films count as seen. To recommend by ratings, run `matinee ratings ingest` on MovieLens data.")
    elif report.said.get("rated") and not report.told:
        err.print("These films count as seen; the ratings' model knows none of them, so no taste can be told by them.")
    return 0 if report.matched else 1


def _print_imported(report: ImportReport) -> None:
    said = _listed({"new": report.added, "changed": report.changed, "as before": report.unchanged})
    out.print(f"{films_said(report.said)} of {plain(report.user)} read ({report.format}): {said}")
    rows = report.rows
    _print_left_out(
        {
            "not readable": rows.unreadable,
            "out of range": rows.out_of_range,
            "rated again later" if report.said.keys() == {"rated"} else "told more than once": rows.duplicates,
            "without a rating": rows.unrated,
            **{f"{plain(kind)} (no film)": count for kind, count in rows.no_films.items()},
        }
    )
    out.print(f"{report.matched:,} of these films are in the catalogue; stored: {counted(report.stored, 'film')}")


async def export(settings: Settings, user: str, form: Literal["json", "csv"]) -> int:
    """Print everything stored for a viewer as one document."""
    async with opened(settings) as store:
        document = await exported(user, store, open_collaborative(settings, store))
    if form == "json":
        print_json(document)
    else:
        _print_csv(document)
    if not document["preferences"] and not document["ratings"]:
        err.print(f"Nothing is stored for {plain(user)}.")
        return 1
    return 0


_COLUMNS = ("kind", "rating", "title", "year", "movie_id", "imdb_id", "movielens_id", "tmdb_id", "text", "created_at")
_KINDS = {"rated": "rating", "liked": "like", "seen": "seen", "wished": "wish"}


def _print_csv(document: dict[str, Any]) -> None:
    table = csv.DictWriter(sys.stdout, _COLUMNS, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(document["preferences"])
    table.writerows({**rating, "kind": _KINDS[rating["said"]]} for rating in document["ratings"])
