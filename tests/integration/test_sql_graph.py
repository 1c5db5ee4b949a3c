"""The sql graph over a real PostgreSQL, with writers that say what the test wants."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import json
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from sqlalchemy import text

from matinee.context import Context
from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import ChatModelUnavailable, IndexMismatch, IndexUnavailable, InvalidRequest
from matinee.index import Store
from matinee.index.pgvector import PgvectorStore
from matinee.llm.chat import Chat
from matinee.settings import Settings
from matinee_graphs.parts import open_parts
from matinee_graphs.sql import build_sql_graph
from tests.support.embedded_postgres_store import (
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    postgres_settings,  # noqa: F401
    store,  # noqa: F401
)
from tests.support.fakes import SharedWords, filled, memory_store, saying, word_embedding
from tests.support.films import FILMS, film

GOOD = "SELECT movie_id, title, year FROM movies WHERE year < 2000 ORDER BY embedding <=> $1 LIMIT 5"
DOWN = "http://127.0.0.1:9"


async def ask(store: Store, question: str, *answers: str, settings: Settings | None = None, **context: Any) -> Any:
    settings = settings or Settings(chat_model="none")
    parts = open_parts(
        settings,
        store=store,
        embedding=embedding_of(store),
        cross_encoder=SharedWords(),
        chat=Chat(settings, saying(*answers) if answers else None),
    )
    options = Context.model_validate({"limit": 5, **context})
    return await build_sql_graph(parts).ainvoke({"question": question}, context=options)


def embedding_of(store: Any) -> EmbeddingModel:
    embedding: EmbeddingModel = store.movies.table.encoder
    return embedding


def titles(final: Any) -> set[str]:
    place = final["columns"].index("title")
    return {row[place] for row in final["rows"]}


async def test_a_statement_that_passes_answers_with_the_database_s_rows(store: Store) -> None:
    final = await ask(store, "old films about crime", f"```sql\n{GOOD};\n```")
    assert final["answered_by"] == "sql"
    assert final["sql"] == GOOD
    assert titles(final) == {"Heat", "Fargo"}
    assert [attempt["reason"] for attempt in final["attempts"]] == [None]


async def test_a_synchronous_caller_is_answered_and_sees_the_stages(store: Store) -> None:
    settings = Settings(chat_model="none")
    graph: Any = build_sql_graph(open_parts(settings, store=store, embedding=embedding_of(store)))
    parts = list(graph.stream({"question": "films from the 90s"}, stream_mode=["custom", "values"]))
    assert [payload["stage"] for mode, payload in parts if mode == "custom" and payload["event"] == "status"]
    assert {"Heat", "Fargo"} <= titles(parts[-1][1])


async def test_the_guard_s_reason_goes_back_to_the_writer(store: Store) -> None:
    final = await ask(store, "old films", "SELECT titel FROM movies LIMIT 5", GOOD)
    assert final["answered_by"] == "sql"
    first, second = final["attempts"]
    assert "did you mean `title`" in first["reason"]
    assert (first["by"], second["reason"]) == ("guard", None)


async def test_postgresql_s_own_error_goes_back_to_the_writer(store: Store) -> None:
    final = await ask(store, "old films", "SELECT title, 1 / (year - year) FROM movies LIMIT 5", GOOD)
    first, _ = final["attempts"]
    assert first["by"] == "postgresql"
    assert "division by zero" in first["reason"]
    assert titles(final) == {"Heat", "Fargo"}


@pytest.mark.parametrize(
    "answer",
    [
        f"SQLQuery: {GOOD}\nSQLResult: Heat\nAnswer: Heat",
        f"<think>DROP TABLE movies? No.</think>\n{GOOD};",
        json.dumps({"sql": GOOD}),
        f"Here it is:\n\n```sql\n-- old films\n{GOOD};\n```\n\nNearest first.",
    ],
)
async def test_a_statement_answers_whatever_is_wrapped_around_it(store: Store, answer: str) -> None:
    final = await ask(store, "old films about crime", answer)
    assert (final["answered_by"], final["sql"], len(final["attempts"])) == ("sql", GOOD, 1)


async def test_films_without_a_rating_do_not_come_before_the_best(store: PgvectorStore) -> None:
    await filled(store, [film("Unrated", 1970)])
    final = await ask(store, "best films", "SELECT title, imdb_rating FROM movies ORDER BY imdb_rating DESC LIMIT 50")
    assert "DESC NULLS LAST" in final["sql"]
    assert final["rows"][0][1] is not None
    assert final["rows"][-1] == ["Unrated", None]


async def test_best_rated_first_is_an_order_and_leaves_no_film_out(store: Store) -> None:
    final = await ask(store, "films from the 90s, best rated first")
    assert final["answered_by"] == "parametrised query"
    ratings = [row[final["columns"].index("imdb_rating")] for row in final["rows"]]
    assert ratings == sorted(ratings, reverse=True)
    assert titles(final) == titles(await ask(store, "films from the 90s"))


async def test_every_value_is_one_that_strict_json_holds(store: Store) -> None:
    odd = (
        "SELECT round(avg(imdb_rating)::numeric, 2), avg(year), now(), now() - now(), current_date, 'NaN'::float8, "
        "B'101', array_agg(title), min('Infinity'::numeric) FROM movies"
    )
    final = await ask(store, "figures", odd)
    assert final["answered_by"] == "sql"
    json.dumps(final["rows"], allow_nan=False)
    (row,) = final["rows"]
    assert (row[5], row[6], row[8]) == (None, "101", None)


async def test_after_three_refusals_the_parametrised_query_answers_and_says_so(store: Store) -> None:
    hostile = ["DROP TABLE movies", "SELECT pg_sleep(60)", "SELECT title FROM movies; DELETE FROM movies"]
    final = await ask(store, "films from the 90s", *hostile)
    assert final["answered_by"] == "parametrised query"
    assert titles(final) == {"Heat", "Fargo"}
    assert len(final["attempts"]) == 3
    assert any("no statement that was written could run" in notice for notice in final["notices"])
    assert await store.movies.count() == len(FILMS)


@pytest.mark.parametrize(
    "answer", ["I am sorry, I cannot do that.", "WITH RECURSIVE x AS (SELECT 1) SELECT 1", "``` ```"]
)
async def test_a_writer_that_writes_no_statement_is_replaced(store: Store, answer: str) -> None:
    final = await ask(store, "films from the 90s", answer, answer, answer)
    assert final["answered_by"] == "parametrised query"
    assert titles(final) == {"Heat", "Fargo"}


async def test_without_a_chat_model_the_parametrised_query_answers(store: Store) -> None:
    final = await ask(store, "crime films rated above 8.2")
    assert final["answered_by"] == "parametrised query"
    assert titles(final) == {"Heat"}
    assert "imdb_rating >= 8.2" in final["sql"]


async def test_a_film_that_the_question_names_is_not_its_own_neighbour(store: Store) -> None:
    nearest = "SELECT movie_id, title FROM movies ORDER BY embedding <=> $1 LIMIT 8"
    assert "Arrival" not in titles(await ask(store, "films like Arrival", nearest))
    assert "Arrival" not in titles(await ask(store, "films like Arrival"))


async def test_an_unreachable_default_writer_is_a_notice_and_a_named_one_an_error(store: Store) -> None:
    settings = Settings(chat_model="ollama:llama3.1:8b", ollama_url=DOWN)
    final = await ask(store, "films from the 90s", settings=settings)
    assert titles(final) == {"Heat", "Fargo"}
    assert any("ollama serve" in notice for notice in final["notices"])
    with pytest.raises(ChatModelUnavailable):
        await ask(store, "films from the 90s", settings=settings, model="ollama:llama3.1:8b")


async def test_a_quote_in_a_demand_stays_a_value(store: Store) -> None:
    final = await ask(store, "films with '); DROP TABLE movies; -- in the title, not too violent")
    assert await store.movies.count() == len(FILMS)
    assert final["rows"]


async def test_a_table_of_another_embedding_is_refused_with_what_to_do(store: Store) -> None:
    parts = open_parts(Settings(chat_model="none"), store=store, embedding=word_embedding("other words"))
    with pytest.raises(IndexMismatch, match=r"embedded with words .*matinee ingest --backend pgvector --rebuild"):
        await build_sql_graph(parts).ainvoke({"question": "films from the 90s"})


async def test_a_column_of_another_encoder_is_refused_for_the_question_s_vector(store: PgvectorStore) -> None:
    await store.movies.by_encoder(word_embedding("more words"))
    beside = "SELECT movie_id, title FROM movies ORDER BY embedding_more_words <=> $1 LIMIT 5"
    final = await ask(store, "old films", beside, GOOD)
    assert "$1 is a vector of words, not of more words" in final["attempts"][0]["reason"]
    assert titles(final) == {"Heat", "Fargo"}


@pytest.mark.parametrize("question", ["", "   ", "x" * 1001, 5, None])
async def test_a_question_has_words_and_an_end(store: Store, question: Any) -> None:
    with pytest.raises(InvalidRequest):
        await ask(store, question)


def test_only_postgresql_speaks_sql() -> None:
    parts = open_parts(Settings(chat_model="none"), store=memory_store(), embedding=word_embedding())
    with pytest.raises(IndexUnavailable, match="MATINEE_BACKEND=pgvector"):
        build_sql_graph(parts)


async def test_no_log_record_above_debug_holds_the_question_or_a_refused_statement(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    mark = "zyzzyva"
    caplog.set_level("DEBUG")
    refused_by_guard, refused_by_server = f"SELECT {mark} FROM movies", f"SELECT 1 / 0 AS {mark} FROM movies LIMIT 1"
    await ask(store, f"old films about {mark}", refused_by_guard, refused_by_server, refused_by_guard)
    with pytest.raises(InvalidRequest):
        await ask(store, mark * 1000, GOOD)
    for record in caplog.records:
        said = caplog.handler.format(record)
        assert record.levelname == "DEBUG" or mark not in said
    assert mark in caplog.text  # at DEBUG it is said: the statements were tried


def graph_with(store: Store, *answers: str) -> Any:
    settings = Settings(chat_model="none")
    chat = Chat(settings, saying(*answers) if answers else None)
    parts = open_parts(settings, store=store, embedding=embedding_of(store), cross_encoder=SharedWords(), chat=chat)
    return build_sql_graph(parts, checkpointer=InMemorySaver())


async def test_a_question_has_no_attempts_or_notices_of_the_thread_s_earlier_ones(store: Store) -> None:
    graph = graph_with(store, "SELECT titel FROM movies LIMIT 5", GOOD, GOOD)
    thread = {"configurable": {"thread_id": "one"}}
    first = await graph.ainvoke({"question": "old films"}, thread)
    assert [bool(attempt["reason"]) for attempt in first["attempts"]] == [True, False]
    second = await graph.ainvoke({"question": "old films about crime"}, thread)
    assert [bool(attempt["reason"]) for attempt in second["attempts"]] == [False]

    nobody = graph_with(store)
    for _ in range(2):
        final = await nobody.ainvoke({"question": "old films"}, thread)
        assert final["notices"] == ["The parametrised query answered: no chat model wrote SQL."]


async def test_the_parametrised_query_gives_no_more_rows_than_the_limit(store: Store) -> None:
    final = await ask(store, "from the 1990s, nothing like Arrival", limit=1)
    assert final["answered_by"] == "parametrised query"
    assert len(final["rows"]) == 1


async def test_a_film_without_genres_is_none_of_those_that_a_question_rules_out(store: PgvectorStore) -> None:
    await filled(store, [film("Untold", 1970)])
    await store.postgres.transaction(
        lambda connection: connection.execute(text("UPDATE movies SET genres = NULL WHERE title = 'Untold'"))
    )
    final = await ask(store, "old films, no horror", limit=50)
    assert "NOT" in final["sql"]
    assert "Untold" in titles(final)
