"""The recommend graph with `retrieval="sql"`, over a real PostgreSQL: what the statement gives, and what it cannot."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

from typing import Any

import asyncpg
import pytest
from langchain_core.messages import AIMessageChunk

from matinee.context import Context
from matinee.errors import ChatModelUnavailable, InvalidRequest
from matinee.index import Store
from matinee.index.pgvector import PgvectorStore
from matinee.llm.chat import Chat
from matinee.ratings.preferences import verdict
from matinee.settings import Settings
from matinee_graphs.parts import Parts, open_parts
from matinee_graphs.recommend import build_recommend_graph
from tests.support.embedded_postgres_store import (
    dsn_settings,
    opened,
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    postgres_settings,  # noqa: F401
    sql,  # noqa: F401
    store,  # noqa: F401
)
from tests.support.fakes import SharedWords, filled, memory_store, saying, word_embedding
from tests.support.films import AMELIE, FILMS, HEAT, film

BY_RATING = "SELECT movie_id, title, year FROM movies WHERE imdb_rating > 0 ORDER BY imdb_rating DESC LIMIT 8"
UNREADABLE = "I have nothing to say."  # of the writer of reasons, whose picks then come from the ranking


def parts_over(store: Store, *answers: str, settings: Settings | None = None) -> Parts:
    settings = settings or Settings(chat_model="none")
    return open_parts(
        settings,
        store=store,
        embedding=word_embedding(),
        cross_encoder=SharedWords(),
        chat=Chat(settings, saying(*answers, UNREADABLE, UNREADABLE) if answers else None),
    )


class Ran:
    """What a run gave: the final output, the candidates, and everything that was streamed."""

    def __init__(self, final: dict[str, Any], streamed: list[tuple[tuple[str, ...], str, Any]]) -> None:
        self.final = final
        self.streamed = streamed

    @property
    def candidates(self) -> list[str]:
        return [c["movie"]["title"] for c in self.final["candidates"]]

    @property
    def notices(self) -> str:
        return "\n".join(self.final["notices"])

    @property
    def tokens(self) -> str:
        return "".join(p[0].text for _, mode, p in self.streamed if mode == "messages")

    def events(self, stage: str) -> list[dict[str, Any]]:
        return [
            p
            for place, mode, p in self.streamed
            if mode == "custom" and not place and stage in (p["event"], p.get("stage"))
        ]


async def run(parts: Parts, query: str, **context: Any) -> Ran:
    graph: Any = build_recommend_graph(parts)
    final: dict[str, Any] = {}
    left: dict[str, Any] = {}  # by the nodes before the last, which clears it
    streamed: list[tuple[tuple[str, ...], str, Any]] = []
    stream = graph.astream(
        {"query": query},
        context=Context.model_validate({"retrieval": "sql", "rerank": "none", "limit": 2, **context}),
        stream_mode=["messages", "custom", "debug", "values"],
        subgraphs=True,
    )
    async for place, mode, payload in stream:
        if mode == "debug" and not place and payload["type"] == "task_result":
            left |= dict(payload["payload"]["result"]) if payload["payload"]["name"] != "validate" else {}
        elif mode == "values" and not place:
            final = payload
        else:
            streamed.append((place, mode, payload))
    return Ran({**final, **left, "notices": final["notices"]}, streamed)


async def test_the_statement_s_rows_are_the_candidates_in_their_order(store: PgvectorStore) -> None:
    ran = await run(parts_over(store, BY_RATING), "a film", limit=4)
    assert ran.candidates == ["Amélie", "Heat", "Fargo", "The Martian", "Arrival", "Moon", "Paddington 2"]
    assert [pick["title"] for pick in ran.final["recommendations"]] == ["Amélie", "Heat", "Fargo", "The Martian"]
    assert "filled up" not in ran.notices


async def test_films_that_break_a_demand_never_come_out_whatever_the_statement_gives(store: PgvectorStore) -> None:
    ran = await run(parts_over(store, BY_RATING), "crime films from the 90s")
    assert set(ran.candidates) == {"Heat", "Fargo"}
    assert {pick["title"] for pick in ran.final["recommendations"]} == {"Heat", "Fargo"}
    assert "5 films of the SQL's rows left out" in ran.notices


async def test_films_named_and_films_rejected_are_no_candidates(store: PgvectorStore) -> None:
    await store.preferences.add(verdict("ana", "seen", HEAT))
    ran = await run(parts_over(store, BY_RATING), "films like Fargo", user_id="ana", limit=4)
    assert not {"Heat", "Fargo"} & set(ran.candidates)
    assert "Amélie" in ran.candidates


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT title, year FROM movies WHERE year < 2002 ORDER BY year LIMIT 8",
        "SELECT upper(title) AS title, imdb_rating FROM movies WHERE year < 2002 ORDER BY year LIMIT 8",
        "SELECT unnest(genres) AS genre, movie_id FROM movies WHERE year < 2002 ORDER BY year LIMIT 8",
    ],
)
async def test_rows_are_brought_back_to_films_each_once(store: PgvectorStore, statement: str) -> None:
    ran = await run(parts_over(store, statement), "a film", limit=3)
    assert ran.candidates == ["Heat", "Fargo", "Amélie"]


async def test_of_films_with_one_title_the_year_tells_which(store: PgvectorStore) -> None:
    await filled(store, [film("Heat", 1986, overview="A bodyguard in Las Vegas.")])
    statement = "SELECT title, year FROM movies WHERE title = 'Heat' AND year = 1986 LIMIT 3"
    ran = await run(parts_over(store, statement), "a film", limit=1)
    assert [c["movie"]["year"] for c in ran.final["candidates"]] == [1986]


async def test_ids_that_are_no_film_s_name_none(store: PgvectorStore) -> None:
    statement = "SELECT 'tt0000000' AS movie_id, title FROM movies LIMIT 8"
    ran = await run(parts_over(store, statement), "a film")
    assert "The SQL gave no film within the demands; the ordinary search filled up." in ran.notices
    known = [film.title for film in FILMS if film.votes]  # “a film” describes nothing: what is well known answers it
    assert sorted(ran.candidates) == sorted(known)


async def test_too_few_rows_are_filled_up_by_the_ordinary_search_which_is_said(store: PgvectorStore) -> None:
    statement = "SELECT movie_id FROM movies WHERE title = 'Moon' LIMIT 5"
    ran = await run(parts_over(store, statement), "contemplative films about language", limit=4)
    assert ran.candidates[0] == "Moon"
    assert "Arrival" in ran.candidates
    assert len(ran.candidates) == len(set(ran.candidates)) == len(FILMS)
    assert "The SQL gave 1 film within the demands; the ordinary search filled up." in ran.notices


async def test_a_statement_that_names_no_film_is_answered_by_the_ordinary_search(store: PgvectorStore) -> None:
    ran = await run(parts_over(store, "SELECT count(*) AS n FROM movies"), "crime films from the 90s")
    assert set(ran.candidates) == {"Heat", "Fargo"}
    assert "filled up" in ran.notices


async def test_a_refused_statement_is_said_and_the_corrected_one_answers(store: PgvectorStore) -> None:
    ran = await run(parts_over(store, "SELECT titel FROM movies LIMIT 5", BY_RATING), "a film")
    assert ran.candidates[0] == "Amélie"
    assert "1 SQL statement was refused, the last by the guard: unknown column `titel`" in ran.notices


async def test_after_three_refusals_the_parametrised_query_gives_the_candidates(store: PgvectorStore) -> None:
    hostile = ["DROP TABLE movies", "DELETE FROM movies", "SELECT title FROM movies; DROP TABLE movies"]
    ran = await run(parts_over(store, *hostile), "crime films from the 90s")
    assert set(ran.candidates) == {"Heat", "Fargo"}
    assert "3 SQL statements were refused" in ran.notices
    assert "The parametrised query answered" in ran.notices
    assert await store.movies.count() == len(FILMS)


async def test_without_a_chat_model_the_parametrised_query_gives_the_candidates(store: PgvectorStore) -> None:
    ran = await run(parts_over(store), "French films", limit=1)
    assert ran.candidates == [AMELIE.title]
    assert "no chat model wrote SQL" in ran.notices
    (asked,) = ran.events("statement")
    assert "languages && ARRAY['French']" in asked["sql"]


async def test_the_vector_is_that_of_what_the_ordinary_search_would_look_for(store: PgvectorStore) -> None:
    """A film is searched for by what it is about, not by the words of its title."""
    nearest = "SELECT movie_id FROM movies ORDER BY embedding <=> $1 LIMIT 8"
    ran = await run(parts_over(store, nearest), "films like Arrival", limit=4)
    hits = await store.movies.table.nearest(ran.final["search"], 8)
    assert ran.candidates == [row.fields["title"] for row in hits if row.fields["title"] != "Arrival"]


async def test_demands_that_leave_too_few_films_give_way_as_they_do_without_sql(store: PgvectorStore) -> None:
    statement = "SELECT movie_id FROM movies ORDER BY embedding <=> $1 LIMIT 8"
    request = "a crime film of about 100 minutes from the 90s"
    by_sql = await run(parts_over(store, statement), request, limit=4)
    ordinary = await run(parts_over(store, UNREADABLE), request, limit=4, retrieval="hybrid")
    assert set(by_sql.candidates) == set(ordinary.candidates)
    assert by_sql.final["understanding"] == ordinary.final["understanding"]


async def test_the_statement_s_tokens_are_none_of_the_answer_s(store: PgvectorStore) -> None:
    ran = await run(parts_over(store, BY_RATING), "a film")
    assert ran.tokens == ran.final["messages"][-1].text
    assert "SELECT" not in ran.tokens
    assert UNREADABLE not in ran.tokens
    assert any(isinstance(p[0], AIMessageChunk) for _, mode, p in ran.streamed if mode == "messages")


async def test_events_tell_the_statements_and_the_verdicts(store: PgvectorStore) -> None:
    ran = await run(parts_over(store, "SELECT titel FROM movies LIMIT 5", BY_RATING), "a film")
    first, second = ran.events("statement")
    assert (first["sql"], first["by"]) == ("SELECT titel FROM movies LIMIT 5", "guard")
    assert (second["sql"], second["reason"]) == (BY_RATING, None)
    (found,) = ran.events("retrieve")
    assert found["counts"]["candidates"] == 7


async def test_a_request_longer_than_a_question_is_cut(store: PgvectorStore) -> None:
    ran = await run(parts_over(store, BY_RATING), "a film about " + "trains and " * 200)
    assert ran.candidates[0] == "Amélie"


async def test_a_named_model_that_does_not_answer_is_an_error(store: PgvectorStore) -> None:
    settings = Settings(chat_model="ollama:llama3.1:8b", ollama_url="http://127.0.0.1:9")
    with pytest.raises(ChatModelUnavailable):
        await run(parts_over(store, settings=settings), "a film", model="ollama:llama3.1:8b")


async def test_a_role_that_cannot_be_made_leaves_the_ordinary_search(
    store: PgvectorStore, sql: asyncpg.Connection, postgres_dsn: str
) -> None:
    await sql.execute("DROP ROLE IF EXISTS bea; CREATE ROLE bea LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO bea")
    as_bea = opened(dsn_settings(postgres_dsn.replace("postgres:@", "bea:@")))
    try:
        ran = await run(parts_over(as_bea, BY_RATING), "crime films from the 90s")
        assert set(ran.candidates) == {"Heat", "Fargo"}
        assert "The ordinary search answered: The role matinee_reader cannot be" in ran.notices
        assert 'GRANT "matinee_reader" TO "bea"' in ran.notices
    finally:
        as_bea.close()
        await sql.execute("DROP OWNED BY bea; DROP ROLE bea")


async def test_a_home_that_is_not_postgresql_says_what_to_set() -> None:
    with pytest.raises(InvalidRequest, match="MATINEE_BACKEND=pgvector"):
        await run(parts_over(await filled(memory_store())), "a film")


async def test_an_empty_home_says_what_to_run(postgres_settings: Settings) -> None:
    empty = opened(postgres_settings)
    ran = await run(parts_over(empty, BY_RATING), "a film")
    empty.close()
    assert "matinee ingest" in ran.notices
