"""Words for reasons: bits of sentences with what supports them, how a keyword is told, what a request asks for."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from matinee.language.lexicon import section, words
from matinee.language.tokens import Token, tokens
from matinee.understanding.phrases import load

Support = tuple[tuple[str, str], ...]
"""Pairs of a source, named as in `models.Evidence`, and what stands there word for word."""

_AN = re.compile(r"(?!(?i:uni|use|eu|one\b))[aeiouAEIOU]|(?i:hono|hour|heir)|8|1[18](?!\d)|1[18]\d\d\b|[FHLMNRSX][A-Z]")
_PAUSE = re.compile(r"[,.;:!?()\n\u2013\u2014]")
_PLURAL = re.compile(r"[^s'ui]s$")
_ACTS = re.compile(r"(?:s|ed|ing|ly)$")


@dataclass(frozen=True)
class Bit:
    """A piece of a sentence, and what supports it."""

    text: str
    support: Support = ()


def put(form: str, *bits: Bit) -> Bit:
    """Return the form with the bits in its braces, supported by all that supports them."""
    return Bit(form.format(*(b.text for b in bits)), tuple(dict.fromkeys(pair for b in bits for pair in b.support)))


def and_(bits: Sequence[Bit]) -> Bit:
    """Return a list of one or more bits: "a", "a and b", "a, b and c"."""
    return put("{}, " * (len(bits) - 2) + "{} and {}" if len(bits) > 1 else "{}", *bits)


def an(bit: Bit) -> Bit:
    """Return the bit behind "a" or "an"."""
    return put("an {}" if _AN.match(bit.text) else "a {}", bit)


def fold(text: str) -> str:
    """Return the text without case and hyphens."""
    return text.casefold().replace("-", " ").strip()


def whole(said: str) -> re.Pattern[str]:
    """Return a pattern that finds the words as whole words, blind to case."""
    return re.compile(rf"(?<!\w){re.escape(said)}(?!\w)", re.I)


@cache
def mood_rows() -> list[dict[str, Any]]:
    """Return the table of moods; `all` has the words and the tags of a row, folded."""
    return [{**row, "all": {fold(w) for w in (*row["words"], *row["tags"])}} for row in load("nudges")["mood"]]


@cache
def adjectives() -> frozenset[str]:
    """Return the words of the table of moods, folded, that may stand before a noun."""
    nouns = {*section("mood_phrases"), *load("nudges")["reading"]["things"]} - {"moving", "deep", "personal", "easy"}
    return frozenset(word for row in mood_rows() for word in row["all"] if word not in nouns)


@cache
def settings() -> dict[str, str]:
    """Return how a place or time is told, as `{"new york": "set in New York"}`."""
    placed = {fold(name): f"set {how} {name}" for how, names in section("settings").items() for name in names}
    return placed | {other: placed[name] for other, name in section("setting_names").items()}


@cache
def peoples() -> dict[str, str]:
    """Return the adjective of each country, as `{"France": "French"}`; a country's own row comes before a region's."""
    rows = [row for row in load("places")["place"] if row.get("names") and row.get("adjectives")]
    rows.sort(key=lambda row: len(row["countries"]), reverse=True)
    return {country: row["adjectives"][0].title() for row in rows for country in row["countries"]}


def wanted(text: str, blanked: Iterable[str]) -> list[Token | None]:
    """Return the words of a text; None for a pause, and for those that are refused or belong to a name."""
    spans = [m.span() for said in blanked if said for m in whole(said).finditer(text)]
    found, refused, end = list[Token | None](), 0, 0
    for token in tokens(text):
        if _PAUSE.search(text[end : token.start]):
            refused = 0
            found.append(None)
        end = token.end
        refused = 4 if token.low in words("request_words", "negations") else 0 if token.low == "but" else refused - 1
        named = any(start <= token.start < stop for start, stop in spans)
        found.append(None if refused > 0 or named else token)
    return found


def capitals(keyword: str) -> str:
    """Return a keyword with the capitals of peoples and places."""
    return " ".join(word.title() if word in _proper() else word for word in keyword.split(" "))


@cache
def _proper() -> frozenset[str]:
    peoples_ = (name for row in load("places")["place"] if row.get("names") for name in row.get("adjectives", ()))
    return words("proper", "words") | frozenset(peoples_)


def tells(token: Token) -> bool:
    """Tell whether a word of a request says what is wanted."""
    return len(token.low) > 2 and not any(token.low in words("request_words", key) for key in ("joints", "empty"))


def telling_stems(found: Iterable[Token | None]) -> set[str]:
    """Return the stems of the words that say what is wanted."""
    return {token.stem for token in found if token and tells(token)}


def subject(keyword: str) -> tuple[str, str]:
    """Return how a keyword is told: `about` with its words, `set` with where, `kind` with an adjunct of the noun."""
    low = fold(keyword)
    if low in settings():
        return "set", settings()[low]
    head = low.split()[-1]
    if low.startswith(("anti ", "neo ")):
        return "kind", keyword
    bare = low in section("themes")["phrases"] or head in words("themes", "words") or _PLURAL.search(head)
    if bare:
        return "about", keyword
    agent = re.search(r"(?:er|or|ist|ian|man|ee)$", head) and head not in words("things", "no_agents")
    if agent or head in words("things", "words"):
        return "about", an(Bit(keyword)).text
    if re.search(r"(?:ness|ity|ism|ship|hood|ance|ence|dom|[ts]ion)$", head):
        return "about", keyword
    joined = any(word in words("request_words", "joints") for word in low.split())
    return "kind", keyword.replace(" ", "-") if joined else keyword


def plural(noun: str) -> str:
    """Return the plural of what a film is called."""
    return noun[:-1] + "ies" if noun.endswith("y") else noun if noun.endswith("s") else noun + "s"


def phrases_within(found: Sequence[Token | None], told: Collection[str]) -> Iterator[list[Token]]:
    """Yield the noun phrases and clauses of a request whose telling words are all in `told`."""
    within, articles = words("request_words", "within"), words("request_words", "determiners")
    run: list[Token] = []
    start = True
    for token in [*found, None]:
        free = run or start
        glue = articles | within if run else articles
        if token and ((free and token.stem in told) or token.low in glue):
            run.append(token)
        else:
            if run and _is_whole(run, token):
                yield run
            run = []
        start = token is None


def _is_whole(run: list[Token], following: Token | None) -> bool:
    """Cut the loose end off a phrase, and tell whether it is one: "a dead" (couple) is none."""
    joints, articles = words("request_words", "joints"), words("request_words", "determiners")
    loose = following
    while run and (run[-1].low in joints or run[-1].text.endswith(("'s", "\u2019s")) or _is_participle(run)):
        loose = run.pop()
    if len(run) > 2 and run[-2].low in ("who", "which", "that", "where", "and"):
        del run[-2:]
    if run and _ends_in_verb(run, loose, articles):
        run.pop()
    several = bool(run) and run[0].low in words("request_words", "numerals")
    if several and not _PLURAL.search(run[-1].low):
        return any(token.low in joints for token in run[1:]) or len(run) > 3
    if len(run) < 2 or (loose and loose.low not in joints and not _ACTS.search(loose.low)):
        return False
    return run[0].low in articles or (len(run) < 4 and _PLURAL.search(run[-1].low) is not None)


def _ends_in_verb(run: Sequence[Token], loose: Token | None, articles: Collection[str]) -> bool:
    """Tell whether the last word is a verb that lacks its object: "a girl works" (in), "an assassin hired" (to)."""
    single = run[0].low in ("a", "an")
    if len(run) > 2 and _PLURAL.search(run[-2].low) and not single:
        return True
    simple = not any(token.low in words("request_words", "joints") for token in run[1:-1])
    if len(run) > 1 and simple and _PLURAL.search(run[-1].low):
        return single or (loose is not None and loose.low in articles)
    return False


def _is_participle(run: Sequence[Token]) -> bool:
    return len(run) > 2 and run[-1].low.endswith("ed")
