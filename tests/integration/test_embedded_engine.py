"""The embedded Qdrant engine: one process at a time, crash-safe, and open to plain LangChain stores."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_qdrant import QdrantVectorStore, RetrievalMode
from qdrant_client import QdrantClient, models

from matinee.encoders.bm25 import Bm25Embeddings
from matinee.errors import IndexInUse, IndexUnavailable
from matinee.index import edge_folder, forms, open_store
from matinee.index.edge import EdgeClient
from matinee.index.qdrant import QdrantStore
from matinee.ratings.preferences import statement
from matinee.settings import Settings
from tests.support.fakes import LastingClient, WordEmbeddings, filled, memory_store, word_embedding
from tests.support.films import ARRIVAL, FILMS, HEAT

MOVIES = forms.FILMS.collection
Client = QdrantClient | EdgeClient


@pytest.fixture(params=["embedded", "in memory"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Client:
    return EdgeClient(tmp_path) if request.param == "embedded" else LastingClient()


def plain_store(client: Client, mode: RetrievalMode) -> QdrantVectorStore:
    """What anybody writes who opens a collection with LangChain."""
    return QdrantVectorStore(
        client=client,  # type: ignore[arg-type]
        collection_name=MOVIES,
        embedding=WordEmbeddings(),
        sparse_embedding=Bm25Embeddings(),
        retrieval_mode=mode,
    )


@pytest.mark.parametrize("mode", list(RetrievalMode))
async def test_a_collection_written_here_opens_with_a_plain_store(client: Client, mode: RetrievalMode) -> None:
    await filled(QdrantStore(lambda: client, word_embedding(), location="test"))
    (found,) = plain_store(client, mode).similarity_search(ARRIVAL.overview, k=1)
    assert (found.metadata["title"], found.metadata["year"]) == ("Arrival", 2016)
    client.close()


@pytest.mark.parametrize("hybrid", [True, False])
async def test_a_collection_written_by_a_plain_store_opens_here(client: Client, hybrid: bool) -> None:
    client.create_collection(
        MOVIES,
        vectors_config=models.VectorParams(size=64, distance=models.Distance.COSINE),
        sparse_vectors_config={"langchain-sparse": models.SparseVectorParams(modifier=models.Modifier.IDF)}
        if hybrid
        else None,
    )
    langchain_store = plain_store(client, RetrievalMode.HYBRID if hybrid else RetrievalMode.DENSE)
    langchain_store.add_documents(
        [
            Document("Arrival. A linguist meets visitors.", metadata={"title": "Arrival", "year": 2016}),
            Document("A note without any metadata about a train."),
        ]
    )
    store = QdrantStore(lambda: client, word_embedding(), location="test")
    (first, *_) = await store.movies.search("a linguist meets visitors", 2)
    assert (first.movie.title, first.movie.year) == ("Arrival", 2016)
    (other, *_) = await store.movies.search("a note about a train", 2)
    assert other.movie.title == "A note without any metadata about a train."
    assert await store.movies.get([other.movie.movie_id]) == [other.movie]
    by_words = [c.movie.title for c in await store.movies.lexical("a linguist", 5)]
    assert by_words == (["Arrival"] if hybrid else [])
    client.close()


async def test_a_second_process_is_told_who_holds_the_index(tmp_path: Path) -> None:
    holder = EdgeClient(tmp_path)
    code = (
        "import sys; from pathlib import Path; from matinee.index.edge import EdgeClient\n"
        "from matinee.errors import IndexInUse\n"
        "try: EdgeClient(Path(sys.argv[1]))\n"
        "except IndexInUse as error: print(error)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    holder.close()
    assert f"process {os.getpid()}" in said.stdout
    assert "MATINEE_QDRANT_URL" in said.stdout


def test_the_index_is_free_again_after_closing(tmp_path: Path) -> None:
    EdgeClient(tmp_path).close()
    EdgeClient(tmp_path).close()


OPENS = """
import sys
from pathlib import Path
from matinee.errors import IndexInUse
from matinee.index.edge import EdgeClient
try:
    EdgeClient(Path(sys.argv[1])).close()
    print("free")
except IndexInUse:
    print("in use")
"""


def seen_from_outside(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", OPENS, str(folder)], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


async def test_two_homes_of_a_process_share_the_index_until_the_last_closes(tmp_path: Path) -> None:
    first = await filled(open_store(Settings(home=tmp_path), word_embedding()))
    (tmp_path / "link").symlink_to(tmp_path)
    second = open_store(Settings(home=tmp_path / "link"), word_embedding())
    assert await second.movies.count() == len(FILMS)
    await second.preferences.add(statement("ana", "I like ships"))
    assert [p.text for p in await first.preferences.of_user("ana")] == ["I like ships"]
    first.close()
    first.close()
    assert seen_from_outside(tmp_path / "qdrant") == "in use"
    assert [hit.movie.title for hit in await second.movies.search(ARRIVAL.overview, 1)] == ["Arrival"]
    second.close()
    assert seen_from_outside(tmp_path / "qdrant") == "free"


async def test_a_home_that_was_closed_opens_the_index_anew(tmp_path: Path) -> None:
    store = await filled(open_store(Settings(home=tmp_path), word_embedding()))
    assert await store.movies.search("a linguist", 1)
    store.close()
    assert [hit.movie.title for hit in await store.movies.search(ARRIVAL.overview, 1)] == ["Arrival"]
    assert seen_from_outside(tmp_path / "qdrant") == "in use"
    store.close()
    assert seen_from_outside(tmp_path / "qdrant") == "free"


def test_a_client_that_was_closed_opens_nothing_behind_the_lock_s_back(tmp_path: Path) -> None:
    client = EdgeClient(tmp_path)
    client.create_collection("films", vectors_config=models.VectorParams(size=4, distance=models.Distance.COSINE))
    client.close()
    with pytest.raises(IndexUnavailable, match="closed"):
        client.count("films")


FORKED = """
import os, sys
from pathlib import Path
from matinee.errors import IndexInUse
from matinee.index.edge import EdgeClient
folder = Path(sys.argv[1])
client = EdgeClient(folder)
parent = os.getpid()
if not (child := os.fork()):
    try:
        EdgeClient(folder)
    except IndexInUse as error:
        os._exit(0 if f"process {parent}" in str(error) else 1)
    os._exit(2)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_process_is_another_one(tmp_path: Path) -> None:
    quiet = [sys.executable, "-W", "ignore::DeprecationWarning"]  # of forks beside threads, from Python 3.12 on
    done = subprocess.run(
        [*quiet, "-c", FORKED, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_number_that_is_our_own_is_not_given_as_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = EdgeClient(tmp_path)
    monkeypatch.setattr(edge_folder, "_opened", {})  # as if the same number were a process of another container
    with pytest.raises(IndexInUse, match="open in another process;"):
        EdgeClient(tmp_path)
    monkeypatch.undo()
    holder.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(IndexUnavailable, match="MATINEE_HOME"):
        EdgeClient(tmp_path / "inner")


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnavailable, match="MATINEE_HOME"):
        EdgeClient(tmp_path / "file")


async def test_a_torn_collection_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    store = await filled(open_store(Settings(home=tmp_path), word_embedding()))
    store.close()
    (tmp_path / "qdrant" / MOVIES / "collection.json").write_text("{")
    with pytest.raises(IndexUnavailable, match="doctor --repair"):
        await open_store(Settings(home=tmp_path), word_embedding()).movies.search("anything", 1)


WRITER = """
import asyncio, sys
from pathlib import Path
from matinee.catalogue.text import embedding_text
from matinee.index import Entry, open_store
from matinee.models import Movie
from matinee.settings import Settings
from tests.support.fakes import word_embedding

async def main():
    store = open_store(Settings(home=Path(sys.argv[1])), word_embedding())
    for n in range(100_000):
        film = Movie(movie_id=f"film-{n}", title=f"Film {n}", overview=f"plot number {n}")
        await store.movies.add([Entry(film, embedding_text(film))])
        print(n + 1, flush=True)

asyncio.run(main())
"""


async def test_what_was_written_before_a_kill_is_there_afterwards(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert writer.stdout is not None
    with writer.stdout:
        written = 0
        end = time.monotonic() + 60
        while written < 200 and time.monotonic() < end:
            written = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
        writer.wait()
    confirmed = max([written, *(int(line) for line in rest[:-1])])

    store = open_store(Settings(home=tmp_path), word_embedding())
    stored = {entry.title for entry in await store.movies.titles()}
    assert {f"Film {n}" for n in range(confirmed)} <= stored
    assert await store.movies.count() == len(stored)
    store.close()


async def test_the_embedded_engine_and_the_in_memory_client_find_the_same_films(tmp_path: Path) -> None:
    embedded = await filled(open_store(Settings(home=tmp_path), word_embedding()))
    memory = await filled(memory_store())
    for query in ("a linguist", "thief and detective", "bear in prison", "paris"):
        ours = [c.movie.title for c in await embedded.movies.search(query, len(FILMS))]
        theirs = [c.movie.title for c in await memory.movies.search(query, len(FILMS))]
        assert set(ours) == set(theirs)
        assert ours[0] == theirs[0]
    embedded.close()


async def test_a_query_that_the_adapter_does_not_carry_is_refused_not_guessed(tmp_path: Path) -> None:
    store = await filled(open_store(Settings(home=tmp_path), word_embedding()))
    assert isinstance(store, QdrantStore)
    client = store.connection.client
    with pytest.raises(NotImplementedError, match="Qdrant server"):
        client.query_points(MOVIES, query=models.SampleQuery(sample=models.Sample.RANDOM))
    with pytest.raises(NotImplementedError, match="Qdrant server"):
        somewhere = models.GeoRadius(center=models.GeoPoint(lon=0, lat=0), radius=1)
        client.count(MOVIES, models.Filter(must=[models.FieldCondition(key="x", geo_radius=somewhere)]))
    store.close()


async def test_a_filter_may_ask_for_some_of_its_conditions(tmp_path: Path) -> None:
    store = await filled(open_store(Settings(home=tmp_path), word_embedding()))
    assert isinstance(store, QdrantStore)
    about = [
        models.FieldCondition(key="metadata.title", match=models.MatchValue(value="Heat")),
        models.FieldCondition(key="metadata.year", range=models.Range(gte=1990, lte=1999)),
    ]
    least = models.MinShould(conditions=about, min_count=2)
    assert store.connection.client.count(MOVIES, models.Filter(min_should=least)).count == 1
    store.close()


async def test_mmr_runs_through_the_plain_store(tmp_path: Path) -> None:
    client = EdgeClient(tmp_path)
    await filled(QdrantStore(lambda: client, word_embedding(), location="test"))
    found = plain_store(client, RetrievalMode.DENSE).max_marginal_relevance_search(HEAT.overview, k=3, fetch_k=8)
    assert found[0].metadata["title"] == "Heat"
    assert len({document.metadata["title"] for document in found}) == 3
    client.close()


def test_closing_waits_for_searches_that_go_on_after_their_callers(tmp_path: Path) -> None:
    class Searched:
        tried = 0

        def close(self) -> None:
            self.tried += 1
            if self.tried < 3:
                raise RuntimeError("Already borrowed")  # as the engine says while a thread is in it

    folder = edge_folder.hold(tmp_path)
    folder.shards["films"] = shard = Searched()  # type: ignore[assignment]
    edge_folder.release(folder)
    assert shard.tried == 3
    edge_folder.release(edge_folder.hold(tmp_path))
