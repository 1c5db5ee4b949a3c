"""The doctor command: what is reachable, which models are in use, what to do about the rest."""

import asyncio
import shlex
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from matinee.encoders.cross_encoder import open_cross_encoder
from matinee.encoders.embeddings import EmbeddingModel, open_compared, open_embeddings
from matinee.errors import MatineeError, UnreadableAddress
from matinee.index import IndexInfo, Repaired, Store, open_store
from matinee.index.postgres_outside import OutsideServer, servers_outside
from matinee.index.postgres_server import outside_folder
from matinee.llm.ollama import ollama_models
from matinee.ratings import model as ratings_model
from matinee.ratings.collaborative import open_collaborative
from matinee.settings import Settings
from matinee_app.cli.console import err, out, plain, print_json


@dataclass(frozen=True)
class Check:
    """One thing that was tried."""

    name: str
    what: str
    ok: bool
    needed: bool
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
    store = open_store(settings, open_embeddings(settings))
    try:
        repaired = await store.repair()
    finally:
        store.close()
    return repaired if repaired.said else Repaired(["Nothing in the index is damaged."], True)


def _known(count: int | None) -> str:
    return "not known" if count is None else str(count)


async def examine(settings: Settings) -> tuple[dict[str, Any], list[Check]]:
    """Return the report, and one check a part."""
    checks: list[Check] = []
    embedding, dimension = await _embedding(settings, checks)
    info = await _index(settings, embedding, checks)
    await _compared(settings, info, checks)
    await _cross_encoder(settings, checks)
    checks.append(await _chat(settings))
    outside = await asyncio.to_thread(servers_outside)
    checks += [_outside(settings, server) for server in outside]
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


async def _embedding(settings: Settings, checks: list[Check]) -> tuple[EmbeddingModel | None, int | None]:
    try:
        model = open_embeddings(settings)
        dimension = await asyncio.to_thread(lambda: model.dimension)
    except MatineeError as error:
        checks.append(Check("embedding", settings.embeddings, False, True, str(error)))
        return None, None
    checks.append(Check("embedding", f"{model.name}, {dimension} dimensions", True, True))
    return model, dimension


async def _index(settings: Settings, embedding: EmbeddingModel | None, checks: list[Check]) -> IndexInfo | None:
    if embedding is None:
        checks.append(Check("index", settings.backend, False, True, "needs the embedding first"))
        return None
    store: Store | None = None
    info: IndexInfo | None = None
    try:
        store = open_store(settings, embedding)
        info = await store.info()
        if info.films:
            await store.movies.search("film", 1)
        todo = "" if info.films else "run `matinee ingest` for the starter catalogue"
        checks.append(Check("index", f"{info.backend} at {info.location}", True, True, todo))
        checks.append(await _ratings(settings, store))
    except MatineeError as error:
        checks.append(Check("index", _location(settings), False, True, str(error)))
    finally:
        if store is not None:
            store.close()
    return info


def _location(settings: Settings) -> str:
    """Return where the index should be, for what is said when it cannot be opened."""
    try:
        server = settings.qdrant if settings.backend == "qdrant" else settings.postgres
    except UnreadableAddress:
        return f"{settings.backend} (server)"
    return str(server or settings.home)


async def _compared(settings: Settings, info: IndexInfo | None, checks: list[Check]) -> None:
    """Check the encoders that `similar --compare` puts beside the main one, and count their films."""
    stored = {encoder.name: encoder.films for encoder in info.encoders} if info else {}
    try:
        models = open_compared(settings)[1:]
        for model in models:
            await asyncio.to_thread(lambda model=model: model.dimension)  # type: ignore[misc]
    except MatineeError as error:
        checks.append(Check("compared", settings.compare, False, False, str(error)))
        return
    said = [
        f"{model.name}, {model.dimension} dimensions, vectors of {stored.pop(model.name, 0)} films" for model in models
    ]
    said += [f"{name}, vectors of {films} films, not in MATINEE_COMPARE" for name, films in stored.items()]
    todo = "" if info and info.encoders else "`matinee similar TITLE --compare` stores them when first asked"
    checks.append(Check("compared", "; ".join(said) or "no encoder beside the main one", True, False, todo))


async def _ratings(settings: Settings, store: Store) -> Check:
    learn = "run `matinee ratings ingest` on a MovieLens folder"
    try:
        about = await asyncio.to_thread(ratings_model.about, settings.home / ratings_model.FOLDER)
        if about is None:
            return Check("ratings", "none: films are not recommended by taste", False, False, learn)
        collaborative = open_collaborative(settings, store)
        if fault := await collaborative.fault():
            return Check("ratings", about.source, False, False, fault)
        in_catalogue = len(await collaborative.popularity())
    except MatineeError as error:
        return Check("ratings", "the model cannot be used", False, False, str(error))
    what = (
        f"{about.source}, learned {about.made[:16].replace('T', ' ')} UTC: {about.ratings:,} ratings of "
        f"{about.films:,} films ({in_catalogue:,} in the catalogue) by {about.viewers:,} viewers, "
        f"{about.learned_films:,} films learned"
    )
    todo = "" if in_catalogue else "none of the rated films is in the catalogue: ingest one that has them"
    return Check("ratings", what, bool(in_catalogue), False, todo)


def _learned(settings: Settings) -> dict[str, Any] | None:
    try:
        about = ratings_model.about(settings.home / ratings_model.FOLDER)
    except MatineeError:
        return None  # the check says what is wrong
    return asdict(about) if about else None


async def _cross_encoder(settings: Settings, checks: list[Check]) -> None:
    try:
        model = open_cross_encoder(settings)
        if model is None:
            checks.append(Check("cross-encoder", "none", True, False))
            return
        await asyncio.to_thread(model.score, "a film", ["a film"])
        checks.append(Check("cross-encoder", model.name, True, False))
    except MatineeError as error:
        checks.append(Check("cross-encoder", settings.reranker, False, False, str(error)))


def _outside(settings: Settings, server: OutsideServer) -> Check:
    if server.folder == outside_folder(settings.home):
        whose, todo = "of this data folder", "`matinee doctor --clean` removes it, with all that it stores"
    elif server.home is None:
        whose, todo = "never made in full", "delete the folder"
    else:
        gone = "" if server.home.exists() else ", which is gone"
        whose = f"of the data folder {server.home}{gone}"
        todo = f"`MATINEE_HOME={shlex.quote(str(server.home))} matinee doctor --clean` removes it" if gone else ""
    return Check("outside", f"PostgreSQL in {server.folder}, {server.bytes >> 20} MB, {whose}", True, False, todo)


async def _chat(settings: Settings) -> Check:
    name = settings.chat_model
    provider, _, model = name.partition(":")
    if name == "none":
        return Check("chat model", "none: reasons are composed from the catalogue's facts", True, False)
    if provider != "ollama":
        return Check("chat model", f"{name} (not asked: it may cost money)", True, False)
    try:
        what = f"{model} on Ollama at {settings.ollama}"
        names = await ollama_models(settings)
    except UnreadableAddress as error:
        return Check("chat model", f"{model} on Ollama", False, False, str(error))
    except (httpx.HTTPError, ValueError) as error:
        todo = f"start it with `ollama serve`, then `ollama pull {model}` ({type(error).__name__})"
        return Check("chat model", what, False, False, todo)
    if model in names or f"{model}:latest" in names:
        return Check("chat model", what, True, False)
    return Check("chat model", what, False, False, f"run `ollama pull {model}`; it has {', '.join(names) or 'none'}")
