"""What the doctor says of films that the chat model named and the catalogue lacks."""

from pathlib import Path

from matinee.catalogue.lacking_films import LackingFilms
from matinee.settings import Settings
from matinee_app.cli.doctor import _lacking
from tests.support.fakes import filled, memory_store


async def test_films_named_and_lacking_are_told_most_often_named_first(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    store = await filled(memory_store())
    assert await _lacking(settings, store) == []
    LackingFilms(tmp_path).add(["Solaris (1972)", "Stalker (1979)"])
    LackingFilms(tmp_path).add(["Stalker (1979)", "Moon (2009)"])  # the catalogue has this one by now
    (check,) = await _lacking(settings, store)
    assert check.ok
    assert check.what.startswith("2 films") and check.what.endswith("“Stalker (1979)”, “Solaris (1972)”")
    assert "docs/catalogues.md" in check.todo
