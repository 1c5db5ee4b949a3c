"""Damage to the embedded index: told in a sentence at opening, never searched, and repaired from the payload."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matinee.encoders.embeddings import EmbeddingModel, QueryCache
from matinee.errors import IndexDamaged, IndexUnavailable
from matinee.index import Store, forms, open_store
from matinee.index.edge import EdgeClient
from matinee.index.edge_seal import SHARD
from matinee.index.forms import VIEWERS_COLLECTION as VIEWERS
from matinee.ratings.preferences import statement
from matinee.settings import Settings
from tests.support.command_line import CommandLine
from tests.support.copies import copy_home
from tests.support.damage import empty, flip, halve
from tests.support.fakes import CountedWords, filled, word_embedding
from tests.support.films import ARRIVAL, FILMS, HEAT

WORDS = {"MATINEE_EMBEDDINGS": "tests.support.fakes:WordEmbeddings"}
MOVIES, PREFERENCES = forms.FILMS.collection, forms.PREFERENCES.collection
RATED = [{"title": "Heat", "rating": 4.0}]

Damage = Callable[[Path], None]
VECTORS, SPARSE = "vector_storage/vectors/chunk_0.mmap", "vector_storage-langchain-sparse/store/page_0.dat"
MAPPINGS, VERSIONS = "mutable_id_tracker.mappings", "mutable_id_tracker.versions"
PAYLOAD, INDEXED = "payload_storage/page_0.dat", "payload_index/*/page_0.dat"
DAMAGES = [
    (part, damage)
    for part in (MAPPINGS, VERSIONS, VECTORS, SPARSE, PAYLOAD, INDEXED)
    for damage in (flip, empty, halve, Path.unlink)
    if (part, damage) != (VECTORS, halve)  # whose second half is a hole, and stays one
]
ids = [f"{part.split('/')[0]} {damage.__name__}" for part, damage in DAMAGES]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with films, a preference and a viewer's ratings; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("whole")
    asyncio.run(fill(folder))
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return copy_home(whole, tmp_path / "home")


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = opened(folder)
    yield store
    store.close()


async def fill(folder: Path) -> None:
    store = await filled(opened(folder))
    await store.preferences.add(statement("ana", "I like ships"))
    await store.ratings.replace("ana", RATED)
    await store.movies.optimize()
    store.close()


def opened(folder: Path) -> Store:
    return open_store(Settings(home=folder), word_embedding())


def file_of(folder: Path, collection: str, part: str) -> Path:
    return sorted((folder / "qdrant" / collection / SHARD / "segments").glob(f"*/{part}"))[0]


@pytest.mark.parametrize(("part", "damage"), DAMAGES, ids=ids)
async def test_films_whose_files_changed_are_not_searched_but_rebuilt_or_to_be_ingested_again(
    folder: Path, store: Store, part: str, damage: Damage
) -> None:
    damage(file_of(folder, MOVIES, part))
    for _ in range(2):
        with pytest.raises(IndexDamaged, match="run `matinee doctor --repair`"):
            await store.movies.search(ARRIVAL.overview, 3)
    with pytest.raises(IndexDamaged, match="run `matinee doctor --repair`"):
        await store.movies.count()
    repaired = await store.repair()
    (said,) = repaired.said
    assert ("all 8 entries were rebuilt" in said, "run `matinee ingest` again" in said) == (
        repaired.whole,
        not repaired.whole,
    )
    stored = {movie.movie_id: movie for movie in await store.movies.get([film.movie_id for film in FILMS])}
    assert stored == ({film.movie_id: film for film in FILMS} if repaired.whole else {})
    store.close()
    again = opened(folder)
    assert await again.movies.count() == len(stored)
    assert (await again.repair()).said == []
    again.close()


async def test_vectors_are_made_again_from_the_payload(folder: Path, store: Store) -> None:
    before = await store.movies.vectors([ARRIVAL.movie_id])
    store.close()
    flip(file_of(folder, MOVIES, VECTORS))
    assert (await store.repair()).whole
    assert await store.movies.vectors([ARRIVAL.movie_id]) == before
    assert not list((folder / "qdrant" / ".damaged").iterdir())


async def test_what_a_viewer_told_and_rated_is_rebuilt(folder: Path, store: Store) -> None:
    empty(file_of(folder, PREFERENCES, VECTORS))
    flip(file_of(folder, VIEWERS, "payload_index/*/config.json"))
    with pytest.raises(IndexDamaged):
        await store.preferences.of_user("ana")
    assert (await store.repair()).whole
    assert [p.text for p in await store.preferences.of_user("ana")] == ["I like ships"]
    assert await store.ratings.of_user("ana") == RATED


async def test_what_cannot_be_read_is_set_aside(folder: Path, store: Store) -> None:
    flip(file_of(folder, PREFERENCES, PAYLOAD))
    repaired = await store.repair()
    assert not repaired.whole
    assert "`matinee taste`" in repaired.said[0]
    assert await store.preferences.of_user("ana") == []
    assert (folder / "qdrant" / ".damaged" / PREFERENCES / "collection.json").exists()


@pytest.mark.parametrize("name", ["collection.json", "seal.json"])
@pytest.mark.parametrize("damage", [flip, empty, halve])
async def test_what_is_kept_beside_the_shard_is_checked_too(
    folder: Path, store: Store, name: str, damage: Damage
) -> None:
    damage(folder / "qdrant" / MOVIES / name)
    with pytest.raises(IndexDamaged):
        await store.movies.count()


async def test_a_collection_that_lost_its_configuration_is_not_taken_for_none(folder: Path, store: Store) -> None:
    (folder / "qdrant" / MOVIES / "collection.json").unlink()
    with pytest.raises(IndexDamaged):
        await store.movies.count()


@pytest.mark.parametrize("count", [0, 7, 9])
async def test_another_count_than_that_kept_is_damage(folder: Path, store: Store, count: int) -> None:
    change_seal(folder, points=count)
    with pytest.raises(IndexDamaged, match=f"8 of {count} entries"):
        await store.movies.count()


async def test_a_layout_of_a_later_version_is_not_read(folder: Path, store: Store) -> None:
    change_seal(folder, layout=99)
    with pytest.raises(IndexUnavailable, match=r"layout 99.*update matinee"):
        await store.movies.count()


async def test_an_index_of_a_former_version_opens_and_is_sealed(folder: Path, store: Store) -> None:
    seal = folder / "qdrant" / MOVIES / "seal.json"
    seal.unlink()
    assert [hit.movie.title for hit in await store.movies.search(ARRIVAL.overview, 1)] == ["Arrival"]
    store.close()
    assert json.loads(seal.read_text())["points"] == len(FILMS)


async def test_an_index_of_another_engine_is_sealed_anew(folder: Path, store: Store) -> None:
    change_seal(folder, engine="0.1")
    assert await store.movies.count() == len(FILMS)
    store.close()
    assert json.loads((folder / "qdrant" / MOVIES / "seal.json").read_text())["engine"] != "0.1"


@pytest.mark.parametrize(("part", "damage"), [(PAYLOAD, flip), (PAYLOAD, empty), (VECTORS, empty), (SPARSE, empty)])
async def test_without_a_seal_all_is_read_before_it_is_used(
    folder: Path, store: Store, part: str, damage: Damage
) -> None:
    (folder / "qdrant" / MOVIES / "seal.json").unlink()
    damage(file_of(folder, MOVIES, part))
    with pytest.raises(IndexDamaged):
        await store.movies.count()


async def test_searching_changes_no_file_and_writing_breaks_the_seal_until_it_is_closed(
    folder: Path, store: Store
) -> None:
    seal = folder / "qdrant" / MOVIES / "seal.json"
    before = seal.stat().st_mtime_ns
    assert await store.movies.search(ARRIVAL.overview, 3)
    store.close()
    assert seal.stat().st_mtime_ns == before
    await store.movies.add([])
    await filled(store, FILMS[:1])
    assert not seal.exists()
    store.close()
    assert seal.exists()
    assert await store.movies.count() == len(FILMS)


async def test_the_vectors_of_an_encoder_may_stand_in_any_order_in_the_engine_s_configuration(
    folder: Path, store: Store
) -> None:
    counted = EmbeddingModel("counted words", QueryCache(CountedWords()))
    await store.movies.by_encoder(counted, "l2")
    store.close()
    (written,) = (folder / "qdrant").glob(f"{MOVIES}_by_*/{SHARD}/edge_config.json")
    config = json.loads(written.read_text())
    assert len(config["vectors"]) == 2
    config["vectors"] = dict(reversed(config["vectors"].items()))
    written.write_text(json.dumps(config))
    index = await store.movies.by_encoder(counted, "l2")  # which raised IndexDamaged
    assert await index.vectors([HEAT.movie_id])


def test_a_damaged_index_ends_with_exit_3_and_the_doctor_repairs_it(folder: Path) -> None:
    matinee = CommandLine(folder)
    (folder.parent / "films.jsonl").write_text(HEAT.model_dump_json(include={"title", "year"}))
    flip(file_of(folder, MOVIES, PAYLOAD))
    for command in (["recommend", "a heist"], ["similar", "Heat"], ["ingest", str(folder.parent / "films.jsonl")]):
        ran = matinee(*command, **WORDS)
        assert (ran.code, ran.out) == (3, ""), ran.err
        assert ran.err.splitlines()[-1].endswith(
            "run `matinee doctor --repair`, which rebuilds it from what can still be read."
        )
    told = matinee("doctor", **WORDS)
    assert (told.code, told.out.splitlines()[0].split(", in ")[0]) == (
        1,
        "films not known, passages not known, preferences not known",
    )
    assert "matinee doctor --repair" in told.out
    assert "0 films" not in told.out
    repaired = matinee("doctor", "--repair", "--json", **WORDS)
    assert (repaired.code, repaired.document["films"], repaired.document["preferences"]) == (1, 0, 1)
    assert "run `matinee ingest` again" in repaired.err
    whole = matinee("doctor", "--repair", **WORDS)
    assert (whole.code, "Nothing in the index is damaged" in whole.err) == (0, True)


def test_the_doctor_does_not_count_what_another_process_holds(folder: Path) -> None:
    holder = EdgeClient(folder / "qdrant")
    told = CommandLine(folder)("doctor", "--json", **WORDS)
    holder.close()
    assert (told.code, told.document["films"], told.document["preferences"]) == (1, None, None)


def change_seal(folder: Path, **values: object) -> None:
    seal = folder / "qdrant" / MOVIES / "seal.json"
    seal.write_text(json.dumps({**json.loads(seal.read_text()), **values}))
