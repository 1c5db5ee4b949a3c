"""Words for reasons: pieces of sentences with what supports them, how a keyword is told, what a film is called."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from matinee.language.lexicon import load, phrase_lists, section, words

Support = tuple[tuple[str, str], ...]
"""Pairs of a source, named as in `models.Evidence`, and what stands there word for word."""
_AN = re.compile(r"(?!(?i:uni|use|eu|one\b))[aeiouAEIOU]|(?i:hono|hour|heir)|8|1[18](?!\d)|1[18]\d\d\b|[FHLMNRSX][A-Z]")
_PERSON = re.compile(r"(?:er|or|ist|ian|man|ee)$")
_NO_ARTICLE = re.compile(r"(?:ness|ity|ism|ship|hood|ance|ence|dom|ment|[ts]ion|[^s'ui]s)$")


class Piece(NamedTuple):
    """A piece of a sentence, and what supports it."""

    text: str
    support: Support = ()


class Pieces(defaultdict[str, list[Piece]]):
    """What is told of a film, at most three bits in each place of a noun phrase."""

    def add(self, place: str, text: str, support: Support) -> None:
        """Put what is new in its place, as long as there is room."""
        if len(self[place]) < 3 and all(text != other.text for other in self[place]):
            self[place].append(Piece(text, support))


def put(form: str, *bits: Piece) -> Piece:
    """Return the form with the bits in its braces, supported by all that supports them."""
    return Piece(form.format(*(b.text for b in bits)), tuple(dict.fromkeys(pair for b in bits for pair in b.support)))


def and_(bits: Sequence[Piece], last: str = " and ", comma: str = ", ") -> Piece:
    """Return a list of bits: "a", "a and b", "a, b and c"."""
    return put(comma.join(["{}"] * (len(bits) - 1)) + (last if bits[1:] else "") + "{}" * bool(bits), *bits)


def an(text: str) -> str:
    """Return the words behind "a" or "an"."""
    return f"an {text}" if _AN.match(text) else f"a {text}"


def fold(text: str) -> str:
    """Return the text without case and hyphens."""
    return text.casefold().replace("-", " ").strip()


def whole(said: str) -> re.Pattern[str]:
    """Return a pattern that finds the words as whole words, blind to case."""
    return re.compile(rf"(?<!\w){re.escape(said)}(?!\w)", re.I)


@cache
def genre_words() -> frozenset[str]:
    """Return what films are called by their genres, folded."""
    return frozenset(fold(word) for forms in section("film_words").values() for word in forms)


@cache
def mood_rows() -> list[dict[str, Any]]:
    """Return the table of moods; `all` has the words and the tags of a row, folded."""
    return [{**row, "all": {fold(w) for w in (*row["words"], *row["tags"])}} for row in load("critiques")["mood"]]


@cache
def adjectives() -> frozenset[str]:
    """Return the words of the table of moods, folded, that may stand before a noun."""
    nouns = {*_behind(), *load("critiques")["reading"]["things"], "tearjerker", "spoof"}
    nouns -= {"moving", "deep", "personal", "easy"}
    return frozenset(word for row in mood_rows() for word in row["all"] if word not in nouns)


@cache
def _behind() -> dict[str, str]:
    lists = phrase_lists("behind_nouns")
    return {fold(phrase): f"{how} {phrase}" for how, listed in lists.items() for phrase in listed}


@cache
def _peoples() -> dict[str, str]:
    """Return the adjective of each country, as `{"France": "French"}`; a country's own row comes before a region's."""
    rows = [row for row in load("places")["place"] if row.get("names") and row.get("adjectives")]
    rows.sort(key=lambda row: len(row["countries"]), reverse=True)
    return {country: row["adjectives"][0].title() for row in rows for country in row["countries"]}


def placed(source: str, item: str, own: Sequence[str]) -> tuple[str, str]:
    """Return the place of what a row lists, and its words there: "partly French-language" before the noun."""
    if source not in ("languages", "countries"):
        return source, item
    partly = "partly " if item != own[0] or (source == "countries" and len(own) > 1) else ""
    return "people", partly + (f"{item}-language" if source == "languages" else _peoples().get(item, item))


def told_as(keyword: str, overview: str = "") -> tuple[str, str]:
    """Return the place of a keyword, and its words there, with the capitals of the overview, of peoples and places.

    Places are `mood` and `kind` before the noun, `about` behind it, and `tail` behind a comma.
    """
    proper = words("proper", "words") | {*map(str.casefold, _peoples().values())}
    spelt = re.search(rf"(?<=\w ){re.escape(keyword)}(?!\w)", overview, re.I)
    keyword = spelt[0] if spelt else " ".join(w.title() if w in proper else w for w in keyword.split(" "))
    low = fold(keyword)
    head = low.split()[-1]
    if low in adjectives():
        return "mood", low.replace(" ", "-")
    if low in _behind():
        how, _, subject = _behind()[low].partition("about ")
        return ("tail", how) if how else ("about", subject)
    if "-" in keyword:
        return "kind", keyword
    if low in phrase_lists("themes")["phrases"] or head in words("themes", "words"):
        return "about", keyword
    if head in words("things", "words") or (_PERSON.search(head) and head not in words("things", "no_people")):
        return "about", an(keyword)
    if low.count(" ") > 1:
        return "about", an(keyword)
    if _NO_ARTICLE.search(head):
        return "about", keyword
    return "kind", keyword.replace(" ", "-") if words("small", "empty") & {*low.split()} else keyword


def film(bits: Mapping[str, Sequence[Piece]], article: str = "a") -> Piece:
    """Return the film as a noun phrase: "a tense 1974 heist thriller by X with Y about Z, set in Paris"."""
    told = {place: found for place, found in bits.items() if found}
    front = [and_(told["mood"], ", ")] if "mood" in told else []
    for place in ("year", "people", "kind"):
        if place in told and not (front and _repeats(front[-1], told[place][0])):
            front.append(told[place][0])
    noun = and_([*front, *_called(told.get("genres", []), fold(and_(front, " ", " ").text).split())], " ", " ")
    parts = [Piece(an(noun.text) if article == "a" else f"{article} {noun.text}", noun.support)]
    for place, form in (("directors", "by {}"), ("stars", "with {}"), ("about", "about {}")):
        parts += [put(form, and_(told[place]))] if place in told else []
    phrase = and_(parts, " ", " ")
    return put("{}, {}", phrase, and_(told["tail"])) if "tail" in told else phrase


def _repeats(before: Piece, piece: Piece) -> bool:
    return fold(before.text).split()[-1] == fold(piece.text).split()[0]


def _called(genres: Sequence[Piece], said: Sequence[str]) -> list[Piece]:
    table = section("film_words")
    known = [bit for genre in table for bit in genres if bit.text == genre and table[genre][1] not in said]
    front = [Piece(table[bit.text][1], bit.support) for bit in known[:0:-1] if table[bit.text][1]]
    noun = Piece(table[known[0].text][0], known[0].support) if known else Piece("film")
    return [] if {noun.text, "film", "movie"} & {*said} else [*front, noun]
