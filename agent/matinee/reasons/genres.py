"""Reads which genre a film is said to be of, and compares it with the genres, keywords and overview of its row."""

import re
from collections.abc import Iterator

from matinee.language.lexicon import any_of, forms, section
from matinee.language.tokens import stems
from matinee.reasons.facts import NAME, SURNAME, Fact, Statement, among, compared

_said = forms("genres")
_NOUNS: dict[str, str] = {noun: genre for genre, nouns in section("genre_nouns").items() for noun in nouns}
_HEAD = re.compile(rf"(?<![\w-])(?P<noun>{any_of(_NOUNS)})(?![\w-]|['\u2019]s? \w+ers?\b)", re.I)
# What another genre of the row makes arguable: IMDb lists three genres at most.
_NEAR: dict[str, frozenset[str]] = {genre: frozenset(near) for genre, near in section("near_genres").items()}
_OF_THIS = re.compile(
    rf"(?:\bthis|(?:\b(?:{_said('of_this')})(?: both)?|^) ?(?:an?|one of the|one))(?:,? [\w\u2019'-]+){{0,5}}? ?$",
    re.I,
)
_HEDGED = re.compile(
    rf"\b(?:{_said('hedged')})\b[^.;:\u2014\u2013]{{0,30}}$",
    re.I,
)
_OWNER = re.compile(rf"(?P<who>{NAME}|{SURNAME})['\u2019]s?(?: (?:18|19|20)\d\d)?(?:,? [\w\u2019-]+){{0,3}}? ?$")
_DEFINITE = re.compile(r"(?<!one of )\bthe (?:[\w\u2019'-]+ )?$", re.I)
_COMMON_NOUN = re.compile(
    rf"s?\b ?(?:{_said('common_noun')})\b",
    re.I,
)
_PEOPLE = re.compile(r"(?:romance|love story|drama|adventure|tragedy|mystery) (?:between|with)\b", re.I)
"""What may go on in the story of a film of any genre."""
_DENIED = re.compile(
    rf"\b(?:{_said('denies')})(?: (?:{_said('at_all')}))*(?: \w+)? $",
    re.I,
)
_ANY = re.compile(r"\b(?:any|at all|whatsoever|a single|a trace of|devoid of|zero|in it|in sight|to be found)\b", re.I)


def genres(statement: Statement) -> Iterator[Fact]:
    """Read genres that are said of the film as such ("this western", "it's a light family adventure")."""
    film, text = statement.film, statement.text
    if not film.genres:
        return
    told = set(stems(" ".join((film.overview, *film.keywords, *film.genres))))
    for found in _HEAD.finditer(text):
        genre, before = _NOUNS[_spelt(found["noun"])], text[: found.start()]
        if compared(text, found.start()) or _DEFINITE.search(before) or _COMMON_NOUN.match(text, found.end()):
            continue
        if _PEOPLE.match(text, found.start()):
            continue
        if _DENIED.search(before):
            if genre in film.genres and _ANY.search(text):
                yield Fact("genre", False, fault=f"its genres are {', '.join(film.genres)}")
        elif genre in film.genres:
            yield Fact("genre", True, "genres", genre)
        elif (
            (_OF_THIS.search(before) or _of_their(statement, before))
            and not _HEDGED.search(before)
            and not _arguable(genre, film.genres, told, found["noun"])
        ):
            yield Fact("genre", False, fault=f"its genres are {', '.join(film.genres)}")


def _of_their(statement: Statement, before: str) -> bool:
    """Tell whether the noun is said of a work of the film's own director: "Kaufman's documentary"."""
    owner = _OWNER.search(before)
    return owner is not None and among(owner["who"], statement.film.directors) is not None


def _spelt(noun: str) -> str:
    low = noun.casefold().replace("\u2019", "'")
    return low if low in _NOUNS else next(known for known in _NOUNS if known.replace("-", " ") == low.replace("-", " "))


def _arguable(genre: str, known: list[str], told: set[str], noun: str) -> bool:
    return (
        bool(_NEAR.get(genre, frozenset()) & set(known))
        or genre == "Drama"
        or bool(set(stems(noun)) & told - set(stems("film movie drama story")))
    )
