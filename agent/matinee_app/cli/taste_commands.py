"""The commands `taste ...` and `ratings ...`: what viewers like, told or rated."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from matinee_app.cli.running import AsJson, BackendOption, User, fail, run

taste = typer.Typer(
    no_args_is_help=True,
    help="What a viewer likes: add, like, dislike, seen, wish, import, list, export, forget.",
)
ratings = typer.Typer(no_args_is_help=True, help="What many viewers' ratings say goes together.")


@ratings.command("ingest")
def ratings_ingest(
    path: Annotated[Path, typer.Argument(help="MovieLens folder (latest, 100k, 1M, 25M, ...) or its ratings file.")],
    as_json: AsJson = False,
    backend: BackendOption = None,
) -> None:
    """Learn which films go together. The former model serves until the new one is whole."""
    from matinee_app.cli import ratings

    run(lambda settings: ratings.ingest(settings, path, as_json=as_json), backend)


@taste.command("add")
def taste_add(
    statement: Annotated[str, typer.Argument(help="A sentence, as “I like sci-fi with good characters”.")],
    user: User,
    backend: BackendOption = None,
) -> None:
    """Remember a sentence about what a viewer likes."""
    from matinee_app.cli import taste

    run(lambda settings: taste.add(settings, user, statement), backend)


def _verdict_command(kind: str, help_text: str) -> None:
    @taste.command(kind, help=help_text)
    def command(title: str, user: User, backend: BackendOption = None) -> None:
        from matinee_app.cli import taste

        run(lambda settings: taste.judge(settings, user, kind, title), backend)


_verdict_command("like", "Remember that a viewer likes a film.")
_verdict_command("dislike", "Remember that a viewer dislikes a film; it never comes back.")
_verdict_command("seen", "Remember that a viewer has seen a film; it never comes back.")
_verdict_command("wish", "Remember that a viewer wishes to see a film; it comes a little earlier.")


@taste.command("import")
def taste_import(
    path: Annotated[
        Path, typer.Argument(help="What Letterboxd (ZIP or folder), IMDb, MovieLens, Trakt or others export.")
    ],
    user: User,
    columns: Annotated[
        str | None, typer.Option(help="What the file calls things, as title=Name,year=Jahr,rating=Note.")
    ] = None,
    as_: Annotated[
        Literal["like", "seen", "wish"] | None, typer.Option("--as", help="What rows without a rating say of a film.")
    ] = None,
    scale: Annotated[int | None, typer.Option(min=1, max=1000, help="The highest rating that can be given.")] = None,
    as_json: AsJson = False,
    backend: BackendOption = None,
) -> None:
    """Take in what a viewer rated, watched or wishes for elsewhere; films rated or watched count as seen."""
    from matinee_app.cli import ratings

    form = ratings.Form(_pairs(columns), as_, scale)
    run(lambda settings: ratings.import_(settings, user, path, form, as_json=as_json), backend)


def _pairs(columns: str | None) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in columns.split(",")] if columns else []
    if any(not (name.strip() and column.strip()) for name, _, column in pairs):
        fail(f"--columns takes pairs such as title=Name,year=Jahr; given was {columns!r}.", 2)
    return {name.strip(): column.strip() for name, _, column in pairs}


@taste.command("export")
def taste_export(
    user: User,
    format_: Annotated[Literal["json", "csv"], typer.Option("--format", help="One document of everything.")] = "json",
    backend: BackendOption = None,
) -> None:
    """Print everything that is stored for a viewer."""
    from matinee_app.cli import ratings

    run(lambda settings: ratings.export(settings, user, format_), backend)


@taste.command("list")
def taste_list(user: User, as_json: AsJson = False, backend: BackendOption = None) -> None:
    """List what is stored for a viewer."""
    from matinee_app.cli import taste

    run(lambda settings: taste.show(settings, user, as_json=as_json), backend)


@taste.command("forget")
def taste_forget(
    user: User,
    ids: Annotated[list[str] | None, typer.Argument(help="Ids as `taste list` shows them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget everything of this viewer.")] = False,
    backend: BackendOption = None,
) -> None:
    """Delete preferences of a viewer."""
    from matinee_app.cli import taste

    if bool(ids) == everything:
        fail("Give the ids to forget, or --all.", 2)
    run(lambda settings: taste.forget(settings, user, None if everything else ids), backend)
