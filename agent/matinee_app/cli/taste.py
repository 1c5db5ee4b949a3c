"""The taste commands: what a viewer told, stored beside the catalogue."""

from collections import Counter
from collections.abc import Collection
from typing import cast

from matinee.models import Preference
from matinee.ratings.collaborative import open_collaborative
from matinee.ratings.preferences import Verdict, checked_user, statement, verdict
from matinee.settings import Settings
from matinee_app.cli.console import counted, err, films_said, out, plain, print_json
from matinee_app.cli.store import ensure_films, find_film, opened


async def add(settings: Settings, user: str, text: str) -> int:
    """Store a sentence."""
    preference = statement(user, text)
    async with opened(settings) as store:
        await store.preferences.add(preference)
    _told(preference)
    return 0


async def judge(settings: Settings, user: str, kind: str, title: str) -> int:
    """Store a verdict on a film."""
    checked_user(user)
    async with opened(settings) as store:
        await ensure_films(settings, store)
        preference = verdict(user, cast(Verdict, kind), await find_film(store, title))
        await store.preferences.add(preference)
    _told(preference)
    return 0


async def show(settings: Settings, user: str, *, as_json: bool) -> int:
    """List what is stored."""
    async with opened(settings) as store:
        stored = await store.preferences.of_user(checked_user(user))
        collaborative = open_collaborative(settings, store)
        brought = await collaborative.stored(checked_user(user))
        films = [film for film in await collaborative.films_of(brought) if film is not None]
    if as_json:
        print_json([p.model_dump(mode="json", exclude={"similarity"}) for p in stored])
    else:
        for preference in stored:
            out.print(f"{preference.preference_id}  {preference.kind:<9}  {plain(preference.label)}")
    if brought:
        said = films_said(Counter(one.said for one in brought))
        (err if as_json else out).print(f"{said}, {len(films):,} of them of films in the catalogue")
    if not stored and not brought:
        err.print(f"Nothing is stored for {plain(user)}.")
    return 0 if stored or brought else 1


async def forget(settings: Settings, user: str, ids: Collection[str] | None) -> int:
    """Delete preferences; all of them means the ratings, too."""
    async with opened(settings) as store:
        gone = await store.preferences.forget(checked_user(user), ids)
        ratings = await store.ratings.forget(checked_user(user)) if ids is None else 0
        await store.purge()  # also where nothing was stored: a former version may have left its bytes
    said = [counted(count, thing) for count, thing in ((gone, "preference"), (ratings, "rating")) if count]
    err.print(
        f"{' and '.join(said)} forgotten."
        if said
        else f"Nothing of {plain(user)} matches; `matinee taste list` shows the ids."
    )
    return 0 if gone or ratings else 1


def _told(preference: Preference) -> None:
    out.print(f"{preference.preference_id}  {preference.kind}  {plain(preference.label)}")
