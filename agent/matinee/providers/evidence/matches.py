"""What a film's row shares with another film, and with a sentence that the viewer once told."""

from collections.abc import Mapping, Sequence

from matinee.models import Movie
from matinee.providers.evidence import portrait
from matinee.providers.evidence.phrases import Fields, Said, asks, clean, fill, listed, phrases, within_quotes
from matinee.providers.evidence.wording import Span, Wording, says_little

_SURNAME = 5
"""A shorter surname is not looked for by itself: it is too often a common word."""

_TELLING = 5
"""A shorter word of an overview is not taken for something that the viewer cares about."""


def in_common(movie: Movie, other: Movie) -> list[tuple[str, Fields]]:
    """Return what two films share, the most telling first: director, star, keyword, genre.

    Each comes with the fields `both` ("Denis Villeneuve directed both"), `too` ("is directed by Denis
    Villeneuve"). Common genres count only beside another one.
    """
    found: list[tuple[str, Fields]] = []
    for name, source in (("director", "directors"), ("star", "stars")):
        items = _shared(getattr(movie, source), getattr(other, source))[:1]
        if items:
            found.append((name, _both_and_too(name, {"person": portrait.names(items, source)})))
    items = _shared(portrait.telling_keywords(movie), other.keywords)
    if items:
        name, fields = keyword_fields(movie, items)
        found.append((name, _both_and_too(name, fields)))
    own, others = portrait.genre_items(movie), portrait.genre_items(other)
    genres = [name for name in own if name in others]
    if any(name not in phrases().kinds.plain for name in genres) or len(genres) > 2:
        genres.sort(key=lambda name: (name in phrases().kinds.plain, phrases().genres[name].order))
        found.append(("genre", _genre_fields(genres[:2], own)))
    return found


def _genre_fields(genres: Sequence[str], items: Mapping[str, str]) -> dict[str, Said]:
    support = tuple(("genres", items[name]) for name in genres)
    if len(genres) > 1:
        return _both_and_too("genres", {"genres": Said(listed([portrait.genre_label(g) for g in genres]), support)})
    words = phrases().genres[genres[0]]
    plural = Said(words.plural or f"{words.noun}s", support)
    return _both_and_too("genre", {"plural": plural, "a_genre": Said(portrait.genre_noun(genres[0]), support)})


def keyword_fields(movie: Movie, items: Sequence[str]) -> tuple[str, Fields]:
    """Return how some of the row's keywords are best told, and their field: `theme`, `mood`, or else `keyword`."""
    for name, field, known, told in (
        ("theme", "themes", portrait.themes(movie), portrait.plain),
        ("mood", "found", portrait.moods(movie), portrait.adjectives),
    ):
        if kept := [item for item in items if item in known][:2]:
            return name, {field: told(kept)}
    return "keyword", {"tags": portrait.tags(items[:2])}


def _both_and_too(name: str, fields: Fields) -> dict[str, Said]:
    frames = phrases().in_common[name]
    return {"both": fill(frames.both, fields), "too": fill(frames.too, fields)}


def _shared(items: Sequence[str], others: Sequence[str]) -> list[str]:
    theirs = {clean(other).casefold() for other in others}
    return [item for item in dict.fromkeys(items) if clean(item).casefold() in theirs and clean(item)]


def met(told: Wording, movie: Movie) -> tuple[Span, Said] | None:
    """Return where the row supports what the viewer told: the words, and a clause that says what supports them.

    People come first, then keywords, moods, genres and telling words of the overview. What the viewer refuses
    ("but no musicals") is never taken for support; None when nothing is left.
    """
    for kind, span, fields in _supports(told, movie):
        return span, fill(phrases().shared[kind], fields)
    return None


def _supports(told: Wording, movie: Movie) -> list[tuple[str, Span, Fields]]:
    found: list[tuple[str, Span, Fields]] = []
    for kind, source in (("director", "directors"), ("star", "stars")):
        for item in getattr(movie, source):
            if span := _named(told, item):
                found.append((kind, span, {"person": portrait.names([item], source)}))
    for item in portrait.telling_keywords(movie):
        if not says_little(item) and (span := told.asks(item)):
            name, fields = keyword_fields(movie, [item])
            found.append((name, span, fields))
    for ask, answers in asks().items():
        items = [item for item in portrait.moods(movie) if item.casefold() in answers][:2]
        if items and (span := told.asks(ask)):
            found.append(("mood", span, {"found": portrait.adjectives(items)}))
    for name, item in portrait.genre_items(movie).items():
        for word in (*phrases().genres[name].said, item):
            if span := told.asks(word):
                found.append(("genre", span, {"a_genre": Said(portrait.genre_noun(name), (("genres", item),))}))
    return found or _in_overview(told, movie)


def _named(told: Wording, person: str) -> Span | None:
    if span := told.asks(person):
        return span
    surname = clean(person).split()[-1:] or [""]
    span = told.asks(surname[0]) if len(surname[0]) >= _SURNAME else None
    return span if span and span.start and span.text[0].isupper() else None


def _in_overview(told: Wording, movie: Movie) -> list[tuple[str, Span, Fields]]:
    overview = Wording(movie.overview)
    for span in told.content():
        word = overview.has(span)
        if len(word) >= _TELLING:
            return [("overview", span, {"found": Said(within_quotes(word), (("overview", word),))})]
    return []
