"""Years, lengths, ratings, votes and other numbers: a figure is the row's own, or told by the overview, or wrong."""

import re

from matinee.grounding.claims.lexicon import LEXICON, any_of
from matinee.grounding.claims.ruling import Ruling, Verdict

_NUM = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_WORDS = "|".join(sorted(LEXICON.numbers, key=len, reverse=True))
_YEAR = re.compile(r"(?<![\d.,])(1[89]\d\d|20\d\d)(?![\d%]|s\b|,\d|\.\d)")
_DECADE = re.compile(rf"(?<!\d)['\u2019]?((?:1[89]|20)?\d0)[\u2019']?s\b|\b({'|'.join(LEXICON.decades)})\b", re.I)
_SET = re.compile(
    r"\b(?:set|takes? place|taking place|unfolds?|happens?|begins?|opens?|(?<!-)back) (?:\w+ ){0,3}"
    r"(?:in|of|during)?\s*(?:the )?(?:\w+ )?$",
    re.I,
)
_RELEASED = re.compile(
    r"\b(?:made|released|out|dates? (?:from|to|back to)|dating from|shown|premiered|produced|filmed|shot|"
    r"(?:film|movie|picture) (?:of|from))"
    r"(?: (?:in|of|from|back|to|the|first|cinemas|\w+ly))*\s+$",
    re.I,
)
_SCORE = any_of(
    rf"\b({_NUM})\s*(?:/\s*10\b|out of (?:10|ten)\b|stars?\b|points?\b)",
    r"(?:imdb\b[^.;\d]{0,40}|\brat(?:ed|ing)\b[^.;\d]{0,25}?|\bscore[sd]?\b[^.;\d]{0,15}?)"
    r"(\d(?:\.\d)?)(?![\d%]|,\d|\.\d|\s*(?:/|out of|votes))",
    r"\b(\d\.\d) (?:on|at|from|by|according to) IMDb",
)
_SCORE_BOUND = re.compile(
    r"\b(above|over|more than|higher than|at least|no less than|below|under|less than)\s+(?:an? )?$", re.I
)
_METASCORE = any_of(
    r"\bmeta(?:score|critic)\b[^.;\d]{0,25}(\d{1,3})(?!\d|\.\d)",
    r"\b(\d{1,3})\s*(?:/\s*100|out of 100|percent|%|on metacritic)",
)
_VOTES = re.compile(
    rf"((?:more than|over|above|some|about|around|nearly|almost)\s+)?(half a|{_NUM}|{_WORDS})\s*(k|thousand|million)?"
    r"\s+(?:\w+\s+){0,2}?(?:votes|voters|ratings|viewers|users|people (?:have )?(?:voted|rated)(?: for it)?)\b",
    re.I,
)
_MINUTES = re.compile(rf"\b({_NUM}|{_WORDS})[- ]?(?:minutes?|mins?)\b", re.I)
_HOURS = re.compile(
    rf"\b(?:(?P<hours>an|one|a|{_NUM}|{_WORDS})(?: and a (?P<half>half|quarter))?[- ]hours?"
    rf"(?: and (?:(?P<part>a half|a quarter|three quarters)|(?P<minutes>{_NUM}|{_WORDS}) minutes?))?"
    r"|(?P<less>half an) hour|(?P<h>\d)h ?(?P<m>\d\d)?(?:m|min)?)\b",
    re.I,
)
_BELOW = ("under", "less than", "below", "short of", "shy of", "shorter than")
_AT_MOST = ("inside", "into", "in", "within", "at most", "no more than", "no longer than", "up to")
_ABOVE = ("over", "more than", "above", "longer than", "past")
_AT_LEAST = ("at least", "no less than", "no shorter than")
_NEARLY = ("nearly", "almost", "close to")
_ABOUT = ("about", "around", "roughly", "some", "approximately")
_BOUNDS = "|".join((*_BELOW, *_AT_MOST, *_ABOVE, *_AT_LEAST, *_NEARLY, *_ABOUT))
_BOUND = re.compile(rf"\b(?:lasts )?(?:(just|a little|slightly)\s+)?(?:({_BOUNDS})\s+)?(?:just\s+)?(?:a\s+)?$", re.I)
SET_LENGTH = re.compile(rf"\byou (?:set|asked for|wanted|said|gave)\s+(?:(?:{_BOUNDS})\s+)?", re.I)
_ENOUGH = re.compile(r"\s+(?:will do|will suffice|(?:is|are) enough)\b", re.I)
_LENGTH = re.compile(
    r"\b(?:runs?|running|long|length|runtime|clocks?|lasts?|takes?|minutes|sit|whole|tight|brisk|lean|short)\b", re.I
)
_WIDE = 10
"""Minutes by which a length in whole or half hours may be out."""
_JUST = 15
"""Minutes by which a length is "just over" or "just under" another, at most."""


def check(ruling: Ruling) -> None:
    """Judge every figure of the claim."""
    _ratings(ruling)
    _lengths(ruling)
    _years(ruling)
    _others(ruling)


def _ratings(ruling: Ruling) -> None:
    movie = ruling.case.movie
    for found in _VOTES.finditer(ruling.text):
        said = 0.5 if found[2].casefold() == "half a" else _number(found[2])
        said *= {"k": 1e3, "thousand": 1e3, "million": 1e6}.get((found[3] or "").casefold(), 1)
        if said < 100:
            continue
        votes, above = movie.imdb_votes, (found[1] or "").strip().casefold() in ("more than", "over", "above")
        right = votes is not None and (said <= votes <= 1.5 * said if above else abs(votes - said) <= 0.05 * votes)
        _settle(ruling, "votes", "imdb_votes", votes, right, found)
    for found in _METASCORE.finditer(ruling.text):
        said = float(found[1] or found[2])
        _settle(ruling, "rating", "metascore", movie.metascore, movie.metascore == said, found)
    for found in _SCORE.finditer(ruling.text):
        group = next(n for n in (1, 2, 3) if found[n])
        if ruling.is_settled(*found.span(group)):
            continue
        number, rating = float(found[group]), movie.imdb_rating
        bound = _SCORE_BOUND.search(ruling.text[: found.start(group)])
        if bound and "critic" in ruling.text.casefold():
            ruling.object("unsupported", "rating", "IMDb's ratings are not the critics'", *found.span())
            continue
        right = rating is not None and _rated(rating, number, bound[1].casefold() if bound else "")
        _settle(ruling, "rating", "imdb_rating", rating, right, found)


def _rated(rating: float, said: float, bound: str) -> bool:
    if bound in ("at least", "no less than"):
        return rating >= said
    if bound in ("below", "under", "less than"):
        return rating < said
    return rating > said if bound else abs(rating - said) < 0.05


def _settle(ruling: Ruling, kind: str, field: str, value: float | None, right: bool, found: re.Match[str]) -> None:
    ruling.kinds.append(kind)
    if right:
        ruling.bear(field, str(value), *found.span())
    else:
        verdict: Verdict = "unsupported" if value is None else "contradicted"
        ruling.object(verdict, kind, f"{field} is {value}", *found.span())


def _lengths(ruling: Ruling) -> None:
    runtime = ruling.case.movie.runtime
    for pattern in (_HOURS, _MINUTES):
        for found in pattern.finditer(ruling.text):
            if ruling.is_settled(*found.span()):
                continue
            minutes = _minutes(found) if pattern is _HOURS else _number(found[1])
            if source := ruling.in_prose(found.group()):
                ruling.bear(*source, *found.span())
                continue
            if not 40 <= minutes <= 400 and not _LENGTH.search(ruling.text):
                ruling.object("unsupported", "number", f"nothing tells of {found.group()}", *found.span())
                continue
            bound = _BOUND.search(ruling.text[: found.start()])
            word = bound[2].casefold() if bound and bound[2] else ""
            if _ENOUGH.match(ruling.text, found.end()):
                word = word or "within"
            exact = pattern is _MINUTES or bool(found["minutes"])
            right = runtime is not None and _holds(runtime, minutes, word, exact=exact)
            if right and runtime is not None and bound and bound[1]:
                right = word not in (*_BELOW, *_ABOVE) or abs(runtime - minutes) <= _JUST
            _settle(ruling, "runtime", "runtime", runtime, right, found)
            if bound:
                ruling.settle(bound.start(), found.start())


def _holds(runtime: int, said: float, bound: str, *, exact: bool) -> bool:
    if bound in _BELOW:
        return runtime < said
    if bound in _AT_MOST:
        return runtime <= said
    if bound in _ABOVE:
        return runtime > said
    if bound in _AT_LEAST:
        return runtime >= said
    if bound in _NEARLY:
        return said - 20 <= runtime <= said
    if bound in _ABOUT:
        return abs(runtime - said) <= _WIDE
    return runtime == said if exact else abs(runtime - said) <= _WIDE


def _minutes(found: re.Match[str]) -> float:
    if found["less"]:
        return 30
    if found["h"]:
        return 60 * int(found["h"]) + int(found["m"] or 0)
    hours = 1 if found["hours"].casefold() in ("a", "an") else _number(found["hours"])
    part = {"half": 30, "quarter": 15, "quarters": 45}.get(
        (found["half"] or found["part"] or "").split(" ")[-1].casefold(), 0
    )
    return 60 * hours + part + (_number(found["minutes"]) if found["minutes"] else 0)


def said_length(text: str, start: int) -> tuple[float, int] | None:
    """Return the minutes that the length at this place of the text says, and where it ends."""
    if found := _HOURS.match(text, start):
        return _minutes(found), found.end()
    found = _MINUTES.match(text, start)
    return (_number(found[1]), found.end()) if found else None


def _number(said: str) -> float:
    low = said.casefold()
    return LEXICON.numbers[low] if low in LEXICON.numbers else float(low.replace(",", ""))


def _years(ruling: Ruling) -> None:
    movie = ruling.case.movie
    for found in _YEAR.finditer(ruling.text):
        if ruling.is_settled(*found.span()):
            continue
        before = ruling.text[: found.start()]
        setting, released = bool(_SET.search(before)), bool(_RELEASED.search(before))
        if released or (not setting and movie.year == int(found[1])):
            _settle(ruling, "year", "year", movie.year, movie.year == int(found[1]), found)
        elif source := ruling.in_prose(found[1]):
            ruling.bear(*source, *found.span())
        elif setting:
            ruling.object("unsupported", "year", f"nothing tells of {found[1]}", *found.span())
        else:
            _settle(ruling, "year", "year", movie.year, False, found)
    for found in _DECADE.finditer(ruling.text):
        if ruling.is_settled(*found.span()):
            continue
        decade = found[1] or LEXICON.decades[found[2].casefold()]
        before = ruling.text[: found.start()]
        setting, released = bool(_SET.search(before)), bool(_RELEASED.search(before))
        within = movie.year is not None and str(movie.year - movie.year % 10).endswith(decade)
        if released or (not setting and within):
            _settle(ruling, "year", "year", movie.year, within, found)
        elif source := ruling.in_prose(found.group().strip("'\u2019")):
            ruling.bear(*source, *found.span())
        elif setting or decade in ruling.case.known.request.text:
            if not setting and not _asked(ruling, found):
                _settle(ruling, "year", "year", movie.year, False, found)
            elif setting:
                ruling.object("unsupported", "year", f"nothing tells of {found.group()}", *found.span())
        else:
            _settle(ruling, "year", "year", movie.year, False, found)


def _asked(ruling: Ruling, found: re.Match[str]) -> bool:
    return bool(LEXICON.pattern("viewer", "told").search(ruling.text[: found.start()]))


def _others(ruling: Ruling) -> None:
    for index, token in enumerate(ruling.tokens):
        if index in ruling.settled or not (token.text[0].isdigit() or LEXICON.numbers.get(token.low, 1) > 1):
            continue
        if source := ruling.in_prose(token.text):
            ruling.bear(*source, token.start, token.end)
        elif not _asked_number(ruling, token.text):
            ruling.object("unsupported", "number", f"nothing tells of {token.text}", token.start, token.end)


def _asked_number(ruling: Ruling, text: str) -> bool:
    viewer = LEXICON.pattern("viewer", "told").search(ruling.text)
    return bool(viewer) and any(text in shelf.source.text for shelf in ruling.case.viewer)
