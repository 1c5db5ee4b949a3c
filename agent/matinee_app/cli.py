"""The command line: thin above a library that does the same from Python.

Exit codes: 0 done, 1 nothing found or a check failed, 2 usage, 3 a needed service is missing.
Heavy modules are imported inside the commands, so that `--help` answers at once.
"""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="What should I watch tonight? A movie recommender that runs on your own machine.",
)
taste = typer.Typer(no_args_is_help=True, help="What a viewer likes: add, like, dislike, seen, list, forget.")
app.add_typer(taste, name="taste")

_overrides: dict[str, Any] = {}
"""Settings by options that come before the command."""


@app.callback()
def _before(
    log_level: Annotated[
        Literal["off", "debug", "info", "warning", "error"] | None,
        typer.Option("--log-level", case_sensitive=False, help="Log on standard error; debug shows requests, too."),
    ] = None,
) -> None:
    if log_level is not None:
        _overrides["log_level"] = log_level


User = Annotated[str, typer.Option("--user", "-u", help="Whose preferences.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
BackendOption = Annotated[
    Literal["qdrant", "pgvector"] | None, typer.Option("--backend", help="Storage; default MATINEE_BACKEND.")
]


@app.command()
def recommend(
    request: Annotated[str, typer.Argument(help="What you are in the mood for, in your own words.")],
    user: Annotated[str | None, typer.Option("--user", "-u", help="Whose preferences to use.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many picks, 1 to 50.")] = 4,
    as_json: AsJson = False,
    backend: BackendOption = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Chat model as ollama:llama3.1:8b, or none for the evidence writer.")
    ] = None,
    rerank: Annotated[
        Literal["fused", "cross_encoder", "imdb", "none"], typer.Option("--rerank", help="How candidates are ordered.")
    ] = "fused",
    retrieval: Annotated[
        Literal["hybrid", "sql"], typer.Option("--retrieval", help="Candidates by search, or by SQL (pgvector only).")
    ] = "hybrid",
    spoilers: Annotated[
        Literal["premise", "strict"],
        typer.Option("--spoilers", help="How much of a plot to tell: its premise, or none."),
    ] = "premise",
    no_spoilers: Annotated[bool, typer.Option("--no-spoilers", help="The same as --spoilers strict.")] = False,
    temperature: Annotated[float | None, typer.Option(help="Sampling temperature, 0 to 2.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Nucleus sampling, 0 to 1.")] = None,
    top_k: Annotated[int | None, typer.Option(help="Sample among the k likeliest tokens.")] = None,
    num_predict: Annotated[int | None, typer.Option(help="Most tokens of the answer.")] = None,
    num_ctx: Annotated[int | None, typer.Option(help="Context window in tokens.")] = None,
    repeat_penalty: Annotated[float | None, typer.Option(help="Penalty on repeated tokens.")] = None,
    frequency_penalty: Annotated[float | None, typer.Option(help="Penalty by how often a token came, -2 to 2.")] = None,
    presence_penalty: Annotated[float | None, typer.Option(help="Penalty if a token came at all, -2 to 2.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sampling.")] = None,
    rewrite: Annotated[bool, typer.Option("--rewrite", help="Have the chat model condense a long request.")] = False,
    system_prompt: Annotated[
        Path | None, typer.Option(help="A text file to use instead of the shipped system prompt.")
    ] = None,
    trace: Annotated[
        Path | None, typer.Option("--trace", help="Append what happens, counted and timed, to this JSONL file.")
    ] = None,
    trace_texts: Annotated[
        bool, typer.Option("--trace-texts", help="The trace holds the request, preferences and answers, too.")
    ] = False,
) -> None:
    """Recommend films for a request, with reasons, while the words stream."""
    from matinee_app import recommending

    options = {
        "limit": limit,
        "user_id": user,
        "model": model,
        "rerank": rerank,
        "spoilers": "strict" if no_spoilers else spoilers,
        "retrieval": retrieval,
        "temperature": temperature,
        "top_p": top_p,
        "top_k": top_k,
        "num_predict": num_predict,
        "num_ctx": num_ctx,
        "repeat_penalty": repeat_penalty,
        "frequency_penalty": frequency_penalty,
        "presence_penalty": presence_penalty,
        "seed": seed,
        "rewrite": rewrite,
        "system_prompt": _text_of(system_prompt),
    }
    given = {name: value for name, value in options.items() if value is not None}
    if trace_texts and trace is None:
        _fail("--trace-texts says what --trace FILE holds; give both.", 2)
    tracing = recommending.Tracing(trace, trace_texts)
    _run(
        lambda settings: recommending.recommend(settings, request, given, as_json=as_json, tracing=tracing),
        backend,
    )


@app.command()
def ingest(
    path: Annotated[Path | None, typer.Argument(help="Catalogue file or folder; none: the starter catalogue.")] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="imdb-csv, movielens, jsonl or french-json; default: by content.")
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="First embed everything stored again.")] = False,
    as_json: AsJson = False,
    backend: BackendOption = None,
) -> None:
    """Store the films of a catalogue. Running it again changes nothing; after a crash it goes on."""
    from matinee_app import collecting

    _run(lambda settings: collecting.ingest(settings, path, format_, rebuild=rebuild, as_json=as_json), backend)


@app.command()
def similar(
    titles: Annotated[list[str], typer.Argument(help="One or several films.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many neighbours.")] = 10,
    rating: Annotated[
        list[float] | None,
        typer.Option(
            "--rating",
            min=0.5,
            max=5,
            help="Stars for the titles, one each, in their order: 5 weighs most, below 2.5 pushes away.",
        ),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="By several encoders side by side: the main one and MATINEE_COMPARE.")
    ] = False,
    metric: Annotated[
        Literal["cosine", "l2"],
        typer.Option("--metric", help="The order differs only for encoders whose vectors differ in length."),
    ] = "cosine",
    as_json: AsJson = False,
    backend: BackendOption = None,
) -> None:
    """Show the films nearest to one film, to the mean of several, or to several weighted by ratings, by their plots."""
    from matinee_app import comparing

    _run(
        lambda settings: comparing.similar(
            settings, titles, limit, rating or [], metric=metric, compare=compare, as_json=as_json
        ),
        backend,
    )


@app.command()
def sql(
    question: Annotated[str | None, typer.Argument(help="A question about films, answered by one SELECT.")] = None,
    check: Annotated[str | None, typer.Option("--check", help="Only say whether this statement may run.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Most rows of the parametrised query.")] = 10,
    model: Annotated[str | None, typer.Option("--model", help="Chat model that writes the statement, or none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question by SQL over the pgvector home, through the guard; or check a statement."""
    from matinee_app import querying

    if (question is None) == (check is None):
        _fail("Give a question, or --check and a statement.", 2)
    if check is not None:
        sys.exit(querying.check(check, as_json=as_json))
    options = {"limit": limit, **({"model": model} if model else {})}
    _run(lambda settings: querying.answer(settings, question or "", options, as_json=as_json), "pgvector")


@app.command()
def schema(what: Annotated[Literal["events"], typer.Argument(help="events: what a run streams.")]) -> None:
    """Print the JSON schema of what other programs read."""
    from matinee.events.schema import json_schema
    from matinee_app.console import print_json

    print_json(json_schema())


@app.command()
def doctor(as_json: AsJson = False, backend: BackendOption = None) -> None:
    """Tell what is reachable, which models are in use, and what to do about the rest."""
    from matinee_app import checking

    _run(lambda settings: checking.doctor(settings, as_json=as_json), backend)


@taste.command("add")
def taste_add(
    statement: Annotated[str, typer.Argument(help="A sentence, as “I like sci-fi with good characters”.")],
    user: User,
    backend: BackendOption = None,
) -> None:
    """Remember a sentence about what a viewer likes."""
    from matinee_app import tasting

    _run(lambda settings: tasting.add(settings, user, statement), backend)


def _verdict_command(kind: str, help_text: str) -> None:
    @taste.command(kind, help=help_text)
    def command(title: str, user: User, backend: BackendOption = None) -> None:
        from matinee_app import tasting

        _run(lambda settings: tasting.judge(settings, user, kind, title), backend)


_verdict_command("like", "Remember that a viewer likes a film.")
_verdict_command("dislike", "Remember that a viewer dislikes a film; it never comes back.")
_verdict_command("seen", "Remember that a viewer has seen a film; it never comes back.")


@taste.command("list")
def taste_list(user: User, as_json: AsJson = False, backend: BackendOption = None) -> None:
    """List what is stored for a viewer."""
    from matinee_app import tasting

    _run(lambda settings: tasting.show(settings, user, as_json=as_json), backend)


@taste.command("forget")
def taste_forget(
    user: User,
    ids: Annotated[list[str] | None, typer.Argument(help="Ids as `taste list` shows them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget everything of this viewer.")] = False,
    backend: BackendOption = None,
) -> None:
    """Delete preferences of a viewer."""
    from matinee_app import tasting

    if bool(ids) == everything:
        _fail("Give the ids to forget, or --all.", 2)
    _run(lambda settings: tasting.forget(settings, user, None if everything else ids), backend)


def main() -> None:
    """Run the command line."""
    app()


def _run(command: Any, backend: Literal["qdrant", "pgvector"] | None) -> NoReturn:
    """Run a command with the settings, and turn what it raises into one sentence and an exit code."""
    from pydantic import ValidationError

    from matinee.context import first_fault
    from matinee.errors import CatalogueError, InvalidRequest, MatineeError, UnknownTitle
    from matinee.settings import Settings
    from matinee_app.observing import observed

    try:
        settings = Settings(**_overrides) if backend is None else Settings(**_overrides, backend=backend)
        with observed(settings):
            work: Coroutine[Any, Any, int] = command(settings)
            code = asyncio.run(work)
        sys.exit(code)
    except ValidationError as error:
        _fail(f"Settings (MATINEE_*): {first_fault(error)}", 2)
    except (InvalidRequest, CatalogueError) as error:
        _fail(str(error), 2)
    except UnknownTitle as error:
        _fail(str(error), 1)
    except MatineeError as error:
        _fail(str(error), 3)
    except KeyboardInterrupt:
        _fail("Interrupted.", 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(code)


def _text_of(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"The system prompt {path} cannot be read: {error}", 2)
