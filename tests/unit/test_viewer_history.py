"""What a viewer told and brought: verdicts, ratings from elsewhere, and what a run says and makes of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from matinee.context import Context
from matinee.nodes.viewer import history_of
from matinee.ratings.preferences import statement, verdict
from matinee.ratings.user_ratings import open_viewer_ratings
from matinee.ratings.user_ratings_import import import_ratings
from matinee_graphs.parts import Parts
from matinee_graphs.ranking import build_ranking_graph
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import AMELIE, ARRIVAL, FARGO, FILMS, HEAT, MOON

EXPORT = "Name,Year,Rating\nHeat,1995,1\nMoon,2009,4.5\nNowhere,1999,3\n"


async def bring(parts: Parts, folder: Path, text: str = EXPORT) -> None:
    (folder / "export.csv").write_text(text)
    assert parts.collaborative is not None
    await import_ratings("ana", open_viewer_ratings(folder / "export.csv"), parts.store, parts.collaborative)


async def run(parts: Parts, query: str, **context: Any) -> dict[str, Any]:
    final: dict[str, Any] = await build_recommend_graph(parts).ainvoke(
        {"query": query}, context=Context.model_validate({"user_id": "ana", **context})
    )
    return final


async def test_a_film_liked_long_ago_speaks_for_others_with_fewer_stars(tmp_path: Path) -> None:
    parts = await parts_with()
    await bring(parts, tmp_path)
    long_ago = (datetime.now(UTC) - timedelta(days=2 * 730)).isoformat()
    await parts.store.preferences.add(verdict("ana", "like", ARRIVAL).model_copy(update={"created_at": long_ago}))
    await parts.store.preferences.add(verdict("ana", "dislike", FARGO))
    await parts.store.preferences.add(verdict("ana", "seen", AMELIE))
    history = await history_of(parts.store.preferences, parts.collaborative, "ana")
    assert history.liked == {
        HEAT.movie_id: 1.0,
        MOON.movie_id: 4.5,
        ARRIVAL.movie_id: pytest.approx(5.0 / 4, rel=1e-3),
    }
    assert history.rejected == {HEAT.movie_id, MOON.movie_id, FARGO.movie_id, AMELIE.movie_id}
    assert history.notices == []


async def test_films_watched_elsewhere_were_seen_and_wishes_are_for_what_was_not(tmp_path: Path) -> None:
    parts = await parts_with()
    await bring(parts, tmp_path, "Date,Name,Year,Letterboxd URI\n2024-01-01,Heat,1995,u\n")
    for wished in (ARRIVAL, HEAT):
        await parts.store.preferences.add(verdict("ana", "wish", wished))
    history = await history_of(parts.store.preferences, parts.collaborative, "ana")
    assert (history.rejected, history.liked, history.wished) == ({HEAT.movie_id}, {}, {ARRIVAL.movie_id})
    assert await parts.store.preferences.recall("ana", ARRIVAL.overview, 5) == []
    await parts.store.preferences.add(verdict("ana", "seen", ARRIVAL))
    history = await history_of(parts.store.preferences, parts.collaborative, "ana")
    assert (history.rejected, history.wished) == ({HEAT.movie_id, ARRIVAL.movie_id}, set())


async def test_who_only_wishes_is_not_told_that_nothing_is_stored() -> None:
    parts = await parts_with()
    await parts.store.preferences.add(verdict("ana", "wish", ARRIVAL))
    assert not any("Nothing is stored" in notice for notice in (await run(parts, "a film"))["notices"])


async def test_of_nobody_and_of_a_stranger_nothing_is_known() -> None:
    parts = await parts_with()
    for user in (None, "ben"):
        assert await history_of(parts.store.preferences, parts.collaborative, user) == (set(), {}, set(), [])


async def test_rated_films_never_come_back(tmp_path: Path) -> None:
    parts = await parts_with()
    await bring(parts, tmp_path)
    final = await run(parts, "a contemplative film or a heist", limit=8)
    picked = {pick["title"] for pick in final["recommendations"]}
    assert picked == {film.title for film in FILMS} - {"Heat", "Moon"}


@pytest.mark.parametrize("text", [EXPORT, "Name,Year,Rating\nNowhere,1999,3\n"], ids=["known films", "unknown films"])
async def test_who_brought_ratings_is_not_told_that_nothing_is_stored(text: str, tmp_path: Path) -> None:
    parts = await parts_with()
    assert any("Nothing is stored for ana" in notice for notice in (await run(parts, "a film"))["notices"])
    await bring(parts, tmp_path, text)
    assert not any("Nothing is stored" in notice for notice in (await run(parts, "a film"))["notices"])
    ranked = await build_ranking_graph(parts).ainvoke({"query": "a film"}, context=Context(user_id="ana"))
    assert not any("Nothing is stored" in notice for notice in ranked["notices"])


async def test_without_a_store_of_ratings_preferences_alone_are_looked_at() -> None:
    parts = await parts_with()
    alone = replace(parts, collaborative=None)
    assert any("Nothing is stored for ana" in notice for notice in (await run(alone, "a film"))["notices"])
    await parts.store.preferences.add(statement("ana", "I like snow"))
    assert not any("Nothing is stored" in notice for notice in (await run(alone, "a film"))["notices"])


async def test_the_viewer_s_taste_does_not_bear_on_a_half_remembered_film() -> None:
    parts = await parts_with()
    await parts.store.preferences.add(statement("ana", "I love snow and kidnapping"))
    graph = build_ranking_graph(parts)
    signals = {}
    for request in ("a film about a thief", "what was that film where a thief is hunted"):
        found = await graph.ainvoke({"query": request}, context=Context(user_id="ana"))
        assert found["preferences"]
        signals[request] = {name for candidate in found["ranked"] for name in candidate["receipt"]}
    with_taste, without = signals.values()
    assert "taste" in with_taste
    assert without <= {"dense", "bm25", "hints", "cross_encoder", "retrieval"}
