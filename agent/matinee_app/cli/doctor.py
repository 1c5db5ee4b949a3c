"""The doctor command: what is reachable, which models are in use, what to do about the rest; it repairs and cleans."""

import asyncio
import shlex
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, replace
from typing import Any

import httpx

from matinee.catalogue.lacking_films import LackingFilms
from matinee.catalogue.titles import split_year
from matinee.encoders.cross_encoder import open_cross_encoder
from matinee.encoders.embeddings import EmbeddingModel, open_compared, open_embeddings
from matinee.errors import MatineeError, UnreadableAddress
from matinee.index import IndexInfo, Repaired, Store
from matinee.index.postgres_outside import OutsideServer, remove_outside, servers_outside
from matinee.index.postgres_server import outside_folder
from matinee.llm.ollama import ollama_models
from matinee.query import TitleLookup
from matinee.query.title_linking import linked
from matinee.ratings import model as ratings_model
from matinee.ratings.collaborative import open_collaborative
from matinee.settings import Settings
from matinee_app.cli.console import err, out, plain, print_json
from matinee_app.cli.store import opened

_SHOWN = 5
"""Films named in advice."""


@dataclass(frozen=True)
class Check:
    """One thing that was tried."""

    name: str
    what: str
    ok: bool = False
    needed: bool = False
    todo: str = ""


async def doctor(settings: Settings, *, as_json: bool, repair: bool = False) -> int:
    """Try every part and print a report; 1 when a needed part does not work, or could not be repaired whole."""
    repaired = await _repair(settings) if repair else Repaired([], True)
    for sentence in repaired.said:
        err.print(plain(sentence))
    report, checks = await examine(settings)
    if as_json:
        print_json({**report, "services": [asdict(check) for check in checks]})
    else:
        counts = ", ".join(f"{name} {_known(report[name])}" for name in ("films", "passages", "preferences"))
        out.print(f"{counts}, in {plain(report['location'])}")
        for check in checks:
            mark = "ok  " if check.ok else "FAIL" if check.needed else "no  "
            out.print(
                plain(f"{mark} {check.name:<14} {check.what}" + (f"\n     -> {check.todo}" if check.todo else ""))
            )
    return 0 if repaired.whole and all(check.ok for check in checks if check.needed) else 1


async def _repair(settings: Settings) -> Repaired:
    async with opened(settings) as store:
        repaired = await store.repair()
    return repaired if repaired.said else Repaired(["Nothing in the index is damaged."], True)


async def clean(settings: Settings, *, as_json: bool) -> int:
    """Remove the embedded PostgreSQL of this data folder that lies outside of it, and say so."""
    removed = await asyncio.to_thread(remove_outside, settings.home)
    if as_json:
        print_json({"removed": str(removed.folder) if removed else None})
    elif removed:
        err.print(plain(f"{removed.folder} removed, {removed.bytes >> 20} MB."))
    else:
        err.print(plain(f"No embedded PostgreSQL of {settings.home} lies outside of it."))
    return 0


def _known(count: int | None) -> str:
    return "not known" if count is None else str(count)


async def examine(settings: Settings) -> tuple[dict[str, Any], list[Check]]:
    """Return the report, and one check a part."""
    embedding, dimension, embedded = await _embedding(settings)
    info, indexed = await _index(settings, embedding)
    outside = await asyncio.to_thread(servers_outside)
    checks = [
        embedded,
        *indexed,
        await _tried(Check("compared", settings.compare), _compared(settings, info)),
        await _tried(Check("cross-encoder", settings.reranker), _cross_encoder(settings)),
        await chat_check(settings),
        *(_outside(settings, server) for server in outside),
    ]
    report = {
        "films": info.films if info else None,
        "passages": info.passages if info else None,
        "preferences": info.preferences if info else None,
        "backend": info.backend if info else settings.backend,
        "location": info.location if info else _location(settings),
        "embedding": {"name": embedding.name if embedding else settings.embeddings, "dimension": dimension},
        "encoders_beside": [encoder._asdict() for encoder in info.encoders] if info else [],
        "index_embedding": {"name": info.embedding, "dimension": info.dimension} if info else None,
        "cross_encoder": settings.reranker,
        "ratings": _learned(settings),
        "chat_model": settings.chat_model,
        "postgres_outside": [
            {"folder": str(server.folder), "home": str(server.home or ""), "bytes": server.bytes} for server in outside
        ],
        "ok": all(check.ok for check in checks if check.needed),
    }
    return report, checks


async def _tried(check: Check, trial: Coroutine[Any, Any, Check]) -> Check:
    """Return what a trial finds; where it raises, the check with what is wrong."""
    try:
        return await trial
    except MatineeError as error:
        return replace(check, todo=str(error))


async def _embedding(settings: Settings) -> tuple[EmbeddingModel | None, int | None, Check]:
    try:
        model = open_embeddings(settings)
        dimension = await asyncio.to_thread(lambda: model.dimension)
    except MatineeError as error:
        return None, None, Check("embedding", settings.embeddings, needed=True, todo=str(error))
    return model, dimension, Check("embedding", f"{model.name}, {dimension} dimensions", True, needed=True)


async def _index(settings: Settings, embedding: EmbeddingModel | None) -> tuple[IndexInfo | None, list[Check]]:
    if embedding is None:
        return None, [Check("index", settings.backend, needed=True, todo="needs the embedding first")]
    info: IndexInfo | None = None
    try:
        async with opened(settings, embedding) as store:
            info = await store.info()
            if info.films:
                await store.movies.search("film", 1)
            todo = "" if info.films else "run `matinee ingest` for the starter catalogue"
            check = Check("index", f"{info.backend} at {info.location}", True, needed=True, todo=todo)
            ratings = Check("ratings", "the model cannot be used")
            return info, [check, *await _lacking(settings, store), await _tried(ratings, _ratings(settings, store))]
    except MatineeError as error:
        return info, [Check("index", _location(settings), needed=True, todo=str(error))]


async def _lacking(settings: Settings, store: Store) -> list[Check]:
    """Return advice on a larger catalogue, where the chat model named films that this one lacks."""
    named = LackingFilms(settings.home).counts()
    if not named:
        return []
    titles = TitleLookup(await store.movies.titles())
    lacking = [label for label, _ in named.most_common() if not linked(*split_year(label), titles)]
    if not lacking:
        return []
    shown = ", ".join(f"“{label}”" for label in lacking[:_SHOWN])
    what = f"{len(lacking)} films that the chat model named are not in the catalogue, most often {shown}"
    return [Check("catalogue", what, True, todo="`matinee ingest FILE` adds films: docs/catalogues.md says from where")]


def _location(settings: Settings) -> str:
    """Return where the index should be, for what is said when it cannot be opened."""
    try:
        server = settings.qdrant if settings.backend == "qdrant" else settings.postgres
    except UnreadableAddress:
        return f"{settings.backend} (server)"
    return str(server or settings.home)


async def _compared(settings: Settings, info: IndexInfo | None) -> Check:
    """Check the encoders that `similar --compare` puts beside the main one, and count their films."""
    stored = {encoder.name: encoder.films for encoder in info.encoders} if info else {}
    said = []
    for model in open_compared(settings)[1:]:
        dimension = await asyncio.to_thread(lambda model=model: model.dimension)  # type: ignore[misc]
        films = f"vectors of {stored.pop(model.name, 0)} films" if info else "films not known"
        said.append(f"{model.name}, {dimension} dimensions, {films}")
    said += [f"{name}, vectors of {films} films, not in MATINEE_COMPARE" for name, films in stored.items()]
    todo = "" if info is None or info.encoders else "`matinee similar TITLE --compare` stores them when first asked"
    return Check("compared", "; ".join(said) or "no encoder beside the main one", True, todo=todo)


async def _ratings(settings: Settings, store: Store) -> Check:
    about = await asyncio.to_thread(ratings_model.about, settings.home / ratings_model.FOLDER)
    if about is None:
        learn = "run `matinee ratings ingest` on a MovieLens folder"
        return Check("ratings", "none: films are not recommended by taste", todo=learn)
    collaborative = open_collaborative(settings, store)
    if fault := await collaborative.fault():
        return Check("ratings", about.source, todo=fault)
    in_catalogue = len(await collaborative.popularity())
    what = (
        f"{about.source}, learned {about.made[:16].replace('T', ' ')} UTC: {about.ratings:,} ratings of "
        f"{about.films:,} films ({in_catalogue:,} in the catalogue) by {about.viewers:,} viewers, "
        f"{about.learned_films:,} films learned"
    )
    todo = "" if in_catalogue else "none of the rated films is in the catalogue: ingest one that has them"
    return Check("ratings", what, bool(in_catalogue), todo=todo)


def _learned(settings: Settings) -> dict[str, Any] | None:
    try:
        about = ratings_model.about(settings.home / ratings_model.FOLDER)
    except MatineeError:
        return None  # the check says what is wrong
    return asdict(about) if about else None


async def _cross_encoder(settings: Settings) -> Check:
    model = open_cross_encoder(settings)
    if model is not None:
        await asyncio.to_thread(model.score, "a film", ["a film"])
    return Check("cross-encoder", model.name if model else "none", True)


def _outside(settings: Settings, server: OutsideServer) -> Check:
    if server.folder == outside_folder(settings.home):
        whose, todo = "of this data folder", "`matinee doctor --clean` removes it, with all that it stores"
    elif server.home is None:
        whose, todo = "never made in full", "delete the folder"
    else:
        gone = "" if server.home.exists() else ", which is gone"
        whose = f"of the data folder {server.home}{gone}"
        todo = f"`MATINEE_HOME={shlex.quote(str(server.home))} matinee doctor --clean` removes it" if gone else ""
    return Check("outside", f"PostgreSQL in {server.folder}, {server.bytes >> 20} MB, {whose}", True, todo=todo)


async def chat_check(settings: Settings) -> Check:
    """Ask whether the chat model of the settings is there."""
    name = settings.chat_model
    provider, _, model = name.partition(":")
    if name == "none":
        return Check("chat model", "none: reasons are composed from the catalogue's facts", True)
    if provider != "ollama":
        return Check("chat model", f"{name} (not asked: it may cost money)", True)
    what = f"{model} on Ollama"
    try:
        what += f" at {settings.ollama}"
        names = await ollama_models(settings)
    except UnreadableAddress as error:
        return Check("chat model", what, todo=str(error))
    except (httpx.HTTPError, ValueError) as error:
        todo = f"start it with `ollama serve`, then `ollama pull {model}` ({type(error).__name__})"
        return Check("chat model", what, todo=todo)
    if model in names or f"{model}:latest" in names:
        return Check("chat model", what, True)
    return Check("chat model", what, todo=f"run `ollama pull {model}`; it has {', '.join(names) or 'none'}")
