"""What a film's row says of the film by itself: its kind, its people, its moods and themes, as fields for frames."""

from collections.abc import Collection, Sequence

from matinee.models import Movie
from matinee.providers.evidence.phrases import (
    Said,
    Support,
    clean,
    distinct,
    listed,
    phrases,
    with_article,
    within_quotes,
)

_MOST_NAMES = 3
_LONG_KIND = 2
"""From so many words on, a kind takes one mood instead of two."""


def genre_items(movie: Movie) -> dict[str, str]:
    """Return the row's genres that have words of their own, by the name under which `phrases.toml` knows them."""
    known = {name.casefold(): name for name in phrases().genres}
    return {known[item.casefold()]: item for item in movie.genres if item.casefold() in known}


def kind(movie: Movie, *, asked: Collection[str] = (), moods: Sequence[str] = (), year: bool = False) -> Said | None:
    """Return what sort of film it is, as `tense 1995 crime thriller`, or None when nothing is known of it.

    Args:
        movie: the row.
        asked: genres that the request names; they come first in the choice of words.
        moods: keywords of the row to put in front.
        year: whether to put the year in front.
    """
    items = genre_items(movie)
    words, named = _genre_words(list(items), asked)
    year = year and movie.year is not None
    if not (words or moods or year):
        return None
    support: list[Support] = [("genres", items[name]) for name in named]
    if year:
        words = f"{movie.year} {words or phrases().kinds.film}"
        support.append(("year", str(movie.year)))
    moods = moods[: 1 if len(words.split()) > _LONG_KIND else 2]
    front = phrases().joins.comma.join(adjective(mood) for mood in moods)
    support += [("keywords", mood) for mood in moods]
    return Said(" ".join(filter(None, (front, words or phrases().kinds.film))), distinct(support))


def _genre_words(names: Sequence[str], asked: Collection[str]) -> tuple[str, list[str]]:
    if not names:
        return "", []
    genres, kinds = phrases().genres, phrases().kinds
    ranked = sorted(names, key=lambda name: (name not in asked, genres[name].order))
    heads = sorted(
        (name for name in names if genres[name].head is not None),
        key=lambda name: (name not in asked, genres[name].head or 0),
    )
    head = heads[0] if heads else names[0] if len(names) == 1 else None
    chosen: list[str] = []
    for name in ranked:
        if name == head or not genres[name].adjective or len(chosen) == 2:
            continue
        if chosen and not (_goes_with(name, chosen[0]) or (head is None and name == "Action")):
            continue
        chosen.append(name)
    if head == "Comedy" and not chosen and "Drama" in names:
        return kinds.comedy_drama, ["Comedy", "Drama"]
    chosen.sort(key=lambda name: genres[name].order)
    noun = genres[head].noun if head else kinds.film
    return " ".join([*(genres[name].adjective for name in chosen), noun]), [*chosen, *([head] if head else [])]


def _goes_with(name: str, other: str) -> bool:
    kinds = phrases().kinds
    proper = [n in kinds.proper for n in (name, other)]
    return (name in kinds.paired and other in kinds.paired) or sum(proper) == 1


def genre_noun(name: str) -> str:
    """Return the genre as a noun with its article, as `a thriller`."""
    return with_article(phrases().genres[name].noun)


def genre_label(name: str) -> str:
    """Return the genre as it stands in a list, as `sci-fi`."""
    return phrases().genres[name].label


def adjective(mood: str) -> str:
    """Return a mood keyword as an adjective, as `family-friendly`; one with an adverb needs no hyphen."""
    words = clean(mood).split()
    return " ".join(words) if words[0].endswith("ly") and words[0] != "family" else "-".join(words)


def moods(movie: Movie, *, before_noun: bool = False) -> list[str]:
    """Return the row's keywords that are adjectives; with `before_noun` those that can stand before a genre."""
    lists = phrases().keywords
    return [
        item
        for item in movie.keywords
        if item.casefold() in lists.moods and not (before_noun and item.casefold() in lists.after_verb_only)
    ]


def themes(movie: Movie) -> list[str]:
    """Return the row's keywords that can follow "about"."""
    return [item for item in movie.keywords if item.casefold() in phrases().keywords.themes]


def telling_keywords(movie: Movie) -> list[str]:
    """Return the row's keywords without those that mean nothing to a viewer."""
    dull = phrases().words.dull_keywords
    return [item for item in movie.keywords if clean(item) and item.casefold() not in dull]


def names(items: Sequence[str], source: str, most: int = _MOST_NAMES) -> Said:
    """Return up to `most` names as a list in prose, each supported by its item of `source`."""
    kept = [item for item in dict.fromkeys(items) if clean(item)][:most]
    return Said(listed([clean(item) for item in kept]), tuple((source, item) for item in kept))


def adjectives(items: Sequence[str]) -> Said:
    """Return mood keywords as a list in prose."""
    return Said(listed([adjective(item) for item in items]), tuple(("keywords", item) for item in items))


def plain(items: Sequence[str]) -> Said:
    """Return keywords as they stand, as a list in prose."""
    return Said(listed([clean(item) for item in items]), tuple(("keywords", item) for item in items))


def tags(items: Sequence[str]) -> Said:
    """Return keywords in quotes, as a list in prose."""
    quoted = [phrases().joins.quoted.replace("{text}", within_quotes(item)) for item in items]
    return Said(listed(quoted), tuple(("keywords", item) for item in items))


def places(items: Sequence[str]) -> Said:
    """Return countries as a list in prose, with an article where English wants one."""
    with_the = phrases().kinds.with_the
    kept = [item for item in items if clean(item)][:_MOST_NAMES]
    shown = [f"the {clean(item)}" if item in with_the else clean(item) for item in kept]
    return Said(listed(shown), tuple(("countries", item) for item in kept))


def people(movie: Movie, *, without: Collection[str] = (), most: int = 2) -> dict[str, Said]:
    """Return the fields about people: `directors`, `director`, `self`, `cast`, `stars`, as far as known.

    Args:
        movie: the row.
        without: names that another sentence has already given; they are left out.
        most: how many of the cast to name.
    """
    fields: dict[str, Said] = {}
    directors = list(dict.fromkeys(item for item in movie.directors if clean(item)))
    told = bool(directors) and set(directors) <= set(without)
    if directors and not told:
        fields["directors"] = names(directors, "directors")
    if len(directors) == 1 and not told:
        fields["director"] = fields["directors"]
        if directors[0] in movie.stars:
            fields["self"] = Said(clean(directors[0]), (("directors", directors[0]), ("stars", directors[0])))
    cast = [item for item in dict.fromkeys(movie.stars) if clean(item) and item not in {*directors, *without}][:most]
    if cast:
        fields["cast"] = names(cast, "stars")
    if len(cast) > 1:
        fields["stars"] = fields["cast"]
    return fields
