"""Reads years, lengths, ratings and votes in a sentence and compares them with the film's row."""

import re
from collections.abc import Iterator

from matinee.language.lexicon import alternatives, any_of, forms, section
from matinee.reasons.facts import Fact, Statement, among, by_another

_said = forms("figures")
_GENRES = any_of(noun for nouns in section("genre_nouns").values() for noun in nouns)
FILM_NOUN = rf"(?:{_GENRES}|{alternatives('film', 'nouns')})"
"""What a film is called: `thriller`, `black comedy`, `classic`."""

_YEAR = r"(?P<year>(?:18[89]|19\d|20\d)\d)(?!\d|s\b|['\u2019]s\s+\d)"
_WORDS = r"(?:[\w\u2019'-]+,? ){0,4}?"
_OF_RELEASE = (
    re.compile(rf"{_YEAR}(?:['\u2019]s)?,? {_WORDS}{FILM_NOUN}(?!\w|[- ]set\b)", re.I),
    re.compile(
        rf"\b(?:{_said('released')})\b(?: \w+){{0,4}}? (?:{_said('released_when')})(?: \w+){{0,1}}? {_YEAR}",
        re.I,
    ),
    re.compile(
        rf"\b(?:{_said('dated')})(?:['\u2019]s| is| comes| hails)?,? (?:all the way )?(?:back )?from {_YEAR}",
        re.I,
    ),
    re.compile(rf"(?P<maker>[^\W\d_a-z][\w.-]+)['\u2019]s? {_YEAR} (?!novel|book|play|\w+ novel)[a-z]"),
    re.compile(rf"\bit was (?:\w+ )?{_YEAR} when [^.;]{{0,40}}?\b(?:made|shot|filmed|directed|released|sent)\b", re.I),
    re.compile(rf"^(?:back )?(?:from|in) {_YEAR},? (?:came|comes|there was)\b", re.I),
)
_ANOTHERS = re.compile(
    rf"\b(?:{_said('of_another')}) (?:{_said('determiners')})? ?(?:\w+ )?$",
    re.I,
)
_OWN = re.compile(r"\bthis (?:\w+ )?$", re.I)
_OTHER_FILM = re.compile(
    r"^(?:['\u2019]s)?,? (?:\w+ )?(?:original|version|remake|sequel|follow-up|novel|book|play|series)\b", re.I
)
_DECADE = re.compile(
    rf"\b(?:{_said('decade')})\b(?: \w+){{0,3}}? (?:in|from|to) the (?:early |mid-?|late |mid )?(?:19|"
    rf"20)?(?P<decade>\d0)s\b",
    re.I,
)


def years(statement: Statement) -> Iterator[Fact]:
    """Read years that are told as the film's own; its row may differ by one, as sources do."""
    year, text = statement.film.year, statement.text
    if year is None:
        return
    for pattern in _OF_RELEASE:
        for found in pattern.finditer(text):
            start, end = found.span("year")
            if (maker := found.groupdict().get("maker")) and not among(maker, statement.film.directors):
                continue
            if by_another(statement, found.start()) or _OTHER_FILM.match(text[end:]):
                continue
            if pattern is _OF_RELEASE[0] and _ANOTHERS.search(text[:start]) and not _OWN.search(text[:start]):
                continue
            holds = abs(int(found["year"]) - year) <= 1
            yield Fact("year", holds, "year", str(year), f"the film is of {year}")
    own = re.search(rf"{re.escape(statement.film.title)}[*_\"\u201d]* \({_YEAR}\)", text)
    if own:
        yield Fact("year", abs(int(own["year"]) - year) <= 1, "year", str(year), f"the film is of {year}")
    for found in _DECADE.finditer(text):
        yield Fact(
            "year", abs(year % 100 - int(found["decade"]) - 4.5) <= 5.5, "year", str(year), f"the film is of {year}"
        )


_NUMBERS = section("numbers")
_TENS = any_of(word for word, value in _NUMBERS.items() if 20 <= value < 100)
_UNITS = any_of(word for word, value in _NUMBERS.items() if value < 10)
_SMALL = any_of(word for word, value in _NUMBERS.items() if value < 20)
_SPELT = (
    rf"(?:(?:{_TENS})(?:[- ](?:{_UNITS}))?|(?:a|one|two) hundred(?: and)?(?: (?:(?:{_TENS})(?:[- ](?:{_UNITS})"
    rf")?|{_SMALL}))?|{_SMALL})"
)
_COUNT = rf"(?:\d{{1,3}}(?:\.\d)?|{_SPELT})"
_LENGTH = re.compile(
    rf"(?<![\w.:/-])(?:(?P<hours>{_COUNT}|an?)(?:[- ](?P<half>and[- ]a[- ](?:half|quarter)))?[- ]?(?:hours?|"
    rf"hrs?|h)\b(?P<half_after> and a (?:half|quarter))?"
    rf"(?:,? ?(?:and )?(?P<more>{_COUNT})(?:[- ]?(?:minutes?|mins?|m))?\b(?! (?:and|or|more|of|"
    rf"\w+s)\b))?|(?P<minutes>{_COUNT})[- ]?(?:minutes?|mins?|minuter)\b)",
    re.I,
)
_HALF_AN_HOUR = {"half": 30, "quarter": 15}
_NOT_THE_FILM = re.compile(
    rf"\b(?:{_said('not_the_film')})(?: the)?(?: \w+)? $",
    re.I,
)
_OF_THE_FILM = re.compile(
    rf"\b(?:{_said('of_the_film')}) (?:\w+[ -]){{0,5}}$|^\W*(?:\w+[ -]){{0,4}}$",
    re.I,
)
_RUNS = re.compile(r"\b(?:runs|running time|lasts|clocks in|goes on|runtime)\b[^.;]{0,25}$", re.I)
_AFTER_LENGTH = re.compile(
    rf"^[ -]*(?:{_said('after_length')})",
    re.I,
)
_PART = re.compile(
    rf"^[ -]*(?:{_said('part')})",
    re.I,
)
_LESS = re.compile(
    rf"\b(?:{_said('less')})(?: of)? (?:\w+ )?$",
    re.I,
)
_MORE = re.compile(
    r"\b(?:over|more than|above|past|upwards of|exceeds|longer than|beyond|at least|north of)(?: of)? (?:the )?$", re.I
)
_ABOUT = re.compile(
    rf"\b(?:{_said('about')})(?: an?)? $",
    re.I,
)
_SHORTEST = 61
"""Minutes below which a length is seldom that of a film."""


def lengths(statement: Statement) -> Iterator[Fact]:
    """Read how long the film is said to be, in minutes; hours are told roundly."""
    runtime, text = statement.film.runtime, statement.text
    if not runtime:
        return
    for found in _LENGTH.finditer(text):
        minutes = _minutes(found)
        before, after = text[: found.start()], text[found.end() :]
        if minutes < _SHORTEST or minutes > 400 or _PART.match(after):
            continue
        bounded = _LESS.search(before) or _MORE.search(before) or _ABOUT.search(before)
        if (
            not bounded
            and not _RUNS.search(before)
            and (_NOT_THE_FILM.search(before) or not (_OF_THE_FILM.search(before) and _AFTER_LENGTH.match(after)))
        ):
            continue
        yield Fact(
            "length",
            _fits(minutes, runtime, before, rough=not found["minutes"]),
            "runtime",
            str(runtime),
            f"it runs {runtime} minutes",
        )


def _minutes(found: re.Match[str]) -> float:
    if found["minutes"]:
        return number(found["minutes"])
    hours = 1.0 if found["hours"].casefold() in ("a", "an") else number(found["hours"])
    half = found["half"] or found["half_after"] or ""
    extra = 30 if "half" in half else 15 if "quarter" in half else 0
    return 60 * hours + extra + (number(found["more"]) if found["more"] else 0)


def number(spelt: str) -> float:
    """Return the number that digits or English words spell."""
    low = spelt.casefold().replace("-", " ")
    if low[:1].isdigit():
        return float(low.replace(",", ""))
    total = 0
    for word in low.split():
        value = 1 if word == "a" else _NUMBERS.get(word, 0)
        total = total * 100 if word == "hundred" else total + value
    return float(total)


def _fits(said: float, runtime: int, before: str, *, rough: bool) -> bool:
    slack = 12 if rough else 3
    if _ABOUT.search(before):
        return abs(runtime - said) <= (15 if rough else 8)
    if _LESS.search(before):
        return runtime <= said + (2 if rough else 0)
    if _MORE.search(before):
        return said - 2 <= runtime <= said + (40 if rough else 20)
    return abs(runtime - said) <= slack


_SCORE = (
    r"(?P<score>10(?:\.0)?|\d(?:\.\d)?)(?!\d|[.,]\d|%| ?percent| ?stars?|-star|['\u2019]s|[- ](?:year|"
    r"minute|hour|million))"
)
_RATING_BEFORE = re.compile(
    rf"\b(?:{_said('rating_before')})\b(?:[^.\d]|\.(?=\d)){{0,70}}?(?<![\w.]){_SCORE}",
    re.I,
)
_RATING_AFTER = re.compile(rf"(?<![\w.]){_SCORE}(?: ?/ ?10| out of (?:10|ten))?[^.\d]{{0,25}}\b(?:IMDb|rating)\b", re.I)
_OUT_OF_TEN = re.compile(rf"(?<![\w.]){_SCORE} ?(?:/ ?10|out of (?:10|ten))", re.I)
_META = re.compile(
    r"\b(?:Metascore|Metacritic)\b[^.\d]{0,30}(?P<score>\d{2,3})\b|\b(?P<before>\d{2,3})(?:/100)"
    r"?[^.\d]{0,15}\b(?:Metascore|Metacritic)\b",
    re.I,
)
_RATING_OVER = re.compile(r"\b(?:over|above|more than|better than|north of|at least|higher than)(?: an?)? $", re.I)
_RATING_NEAR = re.compile(
    r"\b(?:about|around|nearly|almost|close to|roughly|just (?:under|shy of|over))(?: an?)? $", re.I
)
_THEIR_RATING = re.compile(r"\byou(?:r|['\u2019]ve)?\b", re.I)


def ratings(statement: Statement) -> Iterator[Fact]:
    """Read the film's rating by IMDb's viewers (0 to 10) and its Metascore (0 to 100)."""
    film, text = statement.film, statement.text
    seen: set[int] = set()
    for pattern in (_RATING_BEFORE, _RATING_AFTER, _OUT_OF_TEN):
        for found in pattern.finditer(text):
            start = found.start("score")
            if (
                film.imdb_rating is None
                or start in seen
                or _THEIR_RATING.search(text[max(0, start - 25) : start])
                or _META.search(found[0])
            ):
                continue
            seen.add(start)
            said, before = float(found["score"]), text[:start]
            near = 0.35 if _RATING_NEAR.search(before) else 0.15
            holds = (
                said - 0.05 <= film.imdb_rating <= said + 1
                if _RATING_OVER.search(before)
                else abs(film.imdb_rating - said) <= near
            )
            yield Fact("rating", holds, "imdb_rating", str(film.imdb_rating), f"IMDb has {film.imdb_rating}")
    for found in _META.finditer(text):
        if film.metascore is not None:
            holds = abs(int(found["score"] or found["before"]) - film.metascore) <= 1
            yield Fact("rating", holds, "metascore", str(film.metascore), f"its Metascore is {film.metascore}")


_VOTES = re.compile(
    rf"\b(?P<count>\d[\d,.]*|an?|{_SPELT}|half a|a quarter of a)[ -]?(?P<unit>million|thousand|"
    rf"k|m)?\+?(?: \w+)? (?:IMDb )?(?:votes?|voters|ratings|reviews by users)\b",
    re.I,
)
_SCALE = {"million": 1e6, "m": 1e6, "thousand": 1e3, "k": 1e3, "": 1.0}


def votes(statement: Statement) -> Iterator[Fact]:
    """Read how many are said to have voted on IMDb."""
    known, text = statement.film.imdb_votes, statement.text
    for found in _VOTES.finditer(text):
        count, unit = found["count"].casefold(), (found["unit"] or "").casefold()
        if not known or (not unit and not count[:1].isdigit()):
            continue
        said = {"half a": 0.5, "a quarter of a": 0.25, "a": 1.0, "an": 1.0}.get(count) or number(count.rstrip(".,"))
        said *= _SCALE[unit]
        before = text[: found.start()]
        least, most = (0.95, 1.6) if _MORE.search(before) else (0.4, 1.02) if _LESS.search(before) else (0.75, 1.3)
        if said >= 100:
            yield Fact("votes", said * least <= known <= said * most, "imdb_votes", str(known), f"{known} voted")
