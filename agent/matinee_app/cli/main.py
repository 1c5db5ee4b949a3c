"""The command line: thin above a library that does the same from Python.

Exit codes: 0 done, 1 nothing found or a check failed, 2 usage, 3 a needed service is missing,
130 interrupted, 143 terminated.
Heavy modules are imported inside the commands, so that `--help` answers at once.
"""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from matinee_app.cli.running import AsJson, BackendOption, fail, overrides, run
from matinee_app.cli.taste_commands import ratings, taste

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="What should I watch tonight? A movie recommender that runs on your own machine.",
)
app.add_typer(taste, name="taste")
app.add_typer(ratings, name="ratings")


def _print_version(wanted: bool) -> None:
    if wanted:
        from matinee import __version__

        typer.echo(f"matinee {__version__}")
        raise typer.Exit


@app.callback()
def _before(
    log_level: Annotated[
        Literal["off", "debug", "info", "warning", "error"] | None,
        typer.Option("--log-level", case_sensitive=False, help="Log on standard error; debug shows requests, too."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    if log_level is not None:
        overrides["log_level"] = log_level


@app.command()
def recommend(
    ctx: typer.Context,
    request: Annotated[str, typer.Argument(help="What you are in the mood for, in your own words.")],
    user_id: Annotated[str | None, typer.Option("--user", "-u", help="Whose preferences to use.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many picks, 1 to 50.")] = 4,
    as_json: AsJson = False,
    backend: BackendOption = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="Chat model as ollama:llama3.1:8b, or none to compose reasons without one."),
    ] = None,
    rerank: Annotated[
        Literal["fused", "cross_encoder", "imdb", "llm", "none"],
        typer.Option("--rerank", help="How candidates are ordered."),
    ] = "fused",
    suggest: Annotated[
        bool, typer.Option("--suggest/--no-suggest", help="Whether the chat model names films that come to its mind.")
    ] = True,
    retrieval: Annotated[
        Literal["hybrid", "sql"], typer.Option("--retrieval", help="Candidates by search, or by SQL (pgvector only).")
    ] = "hybrid",
    spoilers: Annotated[
        Literal["premise", "strict"],
        typer.Option("--spoilers", help="How much of a plot to tell: its premise, or none."),
    ] = "premise",
    grounding: Annotated[
        Literal["marked", "strict"],
        typer.Option("--grounding", help="strict: only sentences that the catalogue or what you said bears out."),
    ] = "marked",
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
    why: Annotated[
        bool, typer.Option("--why", help="Also show what each step did, and what ranked each film and bears it out.")
    ] = False,
    trace: Annotated[
        Path | None, typer.Option("--trace", help="Append what happens, counted and timed, to this JSONL file.")
    ] = None,
    trace_texts: Annotated[
        bool, typer.Option("--trace-texts", help="The trace holds the request, preferences and answers, too.")
    ] = False,
) -> None:
    """Recommend films for a request, with reasons, while the words stream."""
    from matinee.context import Context
    from matinee_app.cli import recommend

    given = {name: value for name, value in ctx.params.items() if name in Context.model_fields and value is not None}
    if no_spoilers:
        given["spoilers"] = "strict"
    if system_prompt is not None:
        given["system_prompt"] = _text_of(system_prompt)
    if trace_texts and trace is None:
        fail("--trace-texts says what --trace FILE holds; give both.", 2)
    shown = recommend.Shown(as_json, why, trace, trace_texts)
    run(lambda settings: recommend.recommend(settings, request, given, shown), backend)


@app.command()
def chat(
    ctx: typer.Context,
    user_id: Annotated[
        str | None, typer.Option("--user", "-u", help="Whose preferences to use, and to add to.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many picks at a time, 1 to 50.")] = 3,
    model: Annotated[str | None, typer.Option("--model", help="Chat model as ollama:llama3.1:8b, or none.")] = None,
    backend: BackendOption = None,
) -> None:
    """Talk about what to watch, turn by turn; the conversation is kept until /new."""
    from matinee.context import Context
    from matinee_app.cli import chat

    given = {name: value for name, value in ctx.params.items() if name in Context.model_fields and value is not None}
    run(lambda settings: chat.chat(settings, given), backend)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Where to listen; others can reach it beyond 127.0.0.1.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free.")] = 8000,
    model: Annotated[str | None, typer.Option("--model", help="Chat model as ollama:llama3.1:8b, or none.")] = None,
    backend: BackendOption = None,
) -> None:
    """Serve the API, an endpoint for chat programs, and MCP over HTTP, from one process with everything loaded."""
    from matinee_app.cli import serve

    if model is not None:
        overrides["chat_model"] = model
    run(lambda settings: serve.serve(settings, host, port), backend)


@app.command()
def mcp(
    user_id: Annotated[str | None, typer.Option("--user", "-u", help="Whose taste where a call names nobody.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="Chat model as ollama:llama3.1:8b, or none.")] = None,
    backend: BackendOption = None,
) -> None:
    """Give the models of other programs tools, by the Model Context Protocol over standard input and output."""
    from matinee_app.cli import mcp

    if model is not None:
        overrides["chat_model"] = model
    run(lambda settings: mcp.mcp(settings, user_id), backend)


@app.command()
def ingest(
    path: Annotated[Path | None, typer.Argument(help="Catalogue file or folder; none: the starter catalogue.")] = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", help="movielens, imdb-tsv, csv, jsonl or json; default: by content."),
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="First embed everything stored again.")] = False,
    as_json: AsJson = False,
    backend: BackendOption = None,
) -> None:
    """Store the films of a catalogue. Running it again changes nothing; after a crash it goes on."""
    from matinee_app.cli import ingest

    run(lambda settings: ingest.ingest(settings, path, format_, rebuild=rebuild, as_json=as_json), backend)


@app.command()
def enrich(
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="How many films, the best known first.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="Chat model as ollama:llama3.1:8b.")] = None,
    as_json: AsJson = False,
    backend: BackendOption = None,
) -> None:
    """Have the chat model describe films of which no moods and themes are known. Run it again to go on."""
    from matinee_app.cli import enrich

    run(lambda settings: enrich.enrich(settings, limit, model, as_json=as_json), backend)


@app.command()
def similar(
    titles: Annotated[list[str], typer.Argument(help="One or several films.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many neighbours.")] = 10,
    by: Annotated[
        Literal["plot", "taste"],
        typer.Option("--by", help="What near means: like plots, or liked by the same viewers."),
    ] = "plot",
    rating: Annotated[
        list[float] | None,
        typer.Option(
            "--rating",
            min=0.5,
            max=5,
            help="Stars for the titles, one each, in their order: 5 weighs most; by plot, below 2.5 pushes away.",
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
    """Show the films nearest to one film, to the mean of several, or to several weighted by ratings."""
    from matinee_app.cli import similar

    if by == "taste" and (compare or metric != "cosine"):
        fail("--compare and --metric are about plots; leave them out with --by taste.", 2)
    wanted = similar.Wanted(titles, limit, rating or [], by, metric, compare)
    run(lambda settings: similar.similar(settings, wanted, as_json=as_json), backend)


@app.command()
def sql(
    question: Annotated[str | None, typer.Argument(help="A question about films, answered by one SELECT.")] = None,
    check: Annotated[str | None, typer.Option("--check", help="Only say whether this statement may run.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Most rows of the parametrised query.")] = 10,
    model: Annotated[str | None, typer.Option("--model", help="Chat model that writes the statement, or none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question by SQL over the pgvector home, through the guard; or check a statement."""
    from matinee_app.cli import sql

    if (question is None) == (check is None):
        fail("Give a question, or --check and a statement.", 2)
    if check is not None:
        sys.exit(sql.check(check, as_json=as_json))
    options = {"limit": limit, **({"model": model} if model else {})}
    run(lambda settings: sql.answer(settings, question or "", options, as_json=as_json), "pgvector")


@app.command()
def schema(what: Annotated[Literal["events"], typer.Argument(help="events: what a run streams.")]) -> None:
    """Print the JSON schema of what other programs read."""
    from matinee.events.schema import json_schema
    from matinee_app.cli.console import print_json

    print_json(json_schema())


@app.command("eval")
def evaluate(
    requests: Annotated[Path, typer.Argument(help="Requests with their answers, one JSON object a line.")],
    catalogue: Annotated[
        Path | None, typer.Option(help="Catalogue to search, stored apart; none: the one in use.")
    ] = None,
    ratings: Annotated[Path | None, typer.Option(help="A MovieLens folder to learn from first.")] = None,
    breakdown: Annotated[
        bool, typer.Option(help="Also rank by each strategy, and with each signal switched off.")
    ] = True,
    as_json: AsJson = False,
    report: Annotated[Path | None, typer.Option(help="Write a page with the plots there.")] = None,
    backend: BackendOption = None,
) -> None:
    """Tell how good the ranking is: recall, nDCG and MRR with intervals, on requests whose answers are known."""
    from matinee_app.evaluation import command

    wanted = command.Wanted(requests, catalogue, ratings, breakdown)
    run(lambda settings: command.evaluate(settings, wanted, as_json=as_json, report=report), backend)


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild a damaged index from what can still be read of it.")
    ] = False,
    clean: Annotated[
        bool,
        typer.Option(
            "--clean",
            help="Only remove the embedded PostgreSQL of this data folder that lies outside of it, with all it stores.",
        ),
    ] = False,
    as_json: AsJson = False,
    backend: BackendOption = None,
) -> None:
    """Tell what is reachable, which models are in use, and what to do about the rest."""
    from matinee_app.cli import doctor

    if clean:
        run(lambda settings: doctor.clean(settings, as_json=as_json), backend)
    run(lambda settings: doctor.doctor(settings, as_json=as_json, repair=repair), backend)


def main() -> None:
    """Run the command line."""
    app()


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"The system prompt {path} cannot be read: {error}", 2)
