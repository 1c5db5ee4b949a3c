"""Reads which prize a film or its people are said to have won, and looks it up in the lists of winners."""

import re
from collections.abc import Iterator, Sequence

from matinee.language.lexicon import forms
from matinee.reasons.facts import NAME, SURNAME, Fact, Statement, among, of_another_film
from matinee.reasons.records import Prize, newest, prizes_of

_said = forms("prizes")
_WON = re.compile(
    rf"\b(?:{_said('won')})\b",
    re.I,
)
_NOT_WON = re.compile(
    rf"{_said('not_won')}",
    re.I,
)
_NEVER_WON = re.compile(
    r"(?:\b(?:should|could|would|might|ought to) ?(?:have|['\u2019]ve)|"
    r"\b(?:never|not|nearly|almost|without)|n['\u2019]t)(?: \w+)? $",
    re.I,
)
"""What before a verb of winning says that it did not come to that."""
_AFTER_PRIZE = re.compile(r"^s?(?:[- ]winn(?:ing|er)\b| went to\b| in hand\b| for )", re.I)
_CLAUSE = 70
"""Characters before a prize in which the verb stands that says whether it was won."""
_BODIES = {
    "oscar": (
        r"\bOscars?\b|(?<!Japanese )(?<!British )(?<!European )(?<!Film )\bAcademy Awards?\b|\bthe Academy\b|"
        r"\bstatuettes?\b"
    ),
    "palme_dor": rf"{_said('body')}",
    "golden_lion": (
        r"\bGolden Lion\b|\btop (?:prize|award|honou?r) (?:at|in) Venice\b|\bVenice['\u2019]?s? (?:top|"
        r"highest|main) (?:prize|award)\b"
    ),
    "golden_bear": (
        r"\bGolden Bear\b|\btop (?:prize|award|honou?r) (?:at|in) Berlin\b|\bBerlin['\u2019]?s? (?:top|"
        r"highest|main) (?:prize|award)\b"
    ),
    "bafta_film": r"\bBAFTAs?\b(?=.*\bbest (?:film|picture)\b)|\bbest (?:film|picture)\b(?=.{0,25}\bBAFTAs?\b)",
}
_OTHER_BODY = re.compile(
    rf"{_said('other_body')}",
    re.I,
)
_CATEGORIES = {
    "oscar_picture": r"\bbest (?:picture|film)\b",
    "oscar_director": rf"{_said('director')}",
    "oscar_supporting_actor": r"\bsupporting actor\b",
    "oscar_supporting_actress": r"\bsupporting actress\b",
    "oscar_actor": r"\bbest actor\b|\b(?:leading|lead) actor\b",
    "oscar_actress": r"\bbest actress\b|\b(?:leading|lead) actress\b",
    "oscar_adapted_screenplay": r"\badapted screenplay\b",
    "oscar_original_screenplay": r"\boriginal screenplay\b",
    "oscar_screenplay": r"\b(?:screenplay|script|writing)\b",
    "oscar_animated": r"\banimated (?:feature|film)\b",
    "oscar_international": (
        r"\b(?:international|foreign)(?:[- ]language)?(?: feature)?(?: film| picture| Oscar| Academy)"
        r"?\b(?=.{0,30}|$)"
    ),
    "oscar_documentary": r"\bdocumentary(?: feature)?\b",
    "oscar_acting": (
        rf"\bfor (?:his|her|their|the) (?:\w+ )?(?:{_said('acting')})\b|\bfor playing\b|\b(?:acting|"
        rf"performance)\b|\bas best (?:actor|actress)\b"
    ),
}
_COVERS = {
    "oscar_acting": ("oscar_actor", "oscar_actress", "oscar_supporting_actor", "oscar_supporting_actress"),
    "oscar_screenplay": ("oscar_adapted_screenplay", "oscar_original_screenplay"),
}
_PERSONS = frozenset(
    "oscar_director oscar_actor oscar_actress oscar_supporting_actor oscar_supporting_actress oscar_acting".split()
)
_NEXT_CLAUSE = re.compile(
    r"[;:\u2014]|, (?:and |but |while |as |which )?(?=(?:the (?:film|score|script|music) )?[A-Z\u00c0-\u00de][\w.'-]+ )"
    r"|,? and (?=(?:the|it|its|he|she|they) )"
)
_OF_A_PERSON = re.compile(
    rf"\b(?:Oscar|Academy Award|BAFTA)[- ]winn(?:er|ing)s? (?:(?:\w+ )?(?:{_said('of_a_person')})"
    rf"\b|{NAME}|{SURNAME}(?! (?:for|in)))|\b(?:Oscar|Academy Award)[- ]winner\b(?! (?:for|of))"
)
_UNLISTED = re.compile(
    rf"\b(?:{_said('unlisted')})\w*\b",
    re.I,
)


def prizes(statement: Statement) -> Iterator[Fact]:
    """Read prizes said to be won; only those of which all winners are listed are judged."""
    text, year = statement.text, statement.film.year
    if _OF_A_PERSON.search(text) or year is None or of_another_film(statement) is not None:
        return
    won = prizes_of(statement.film)
    for body, pattern in _BODIES.items():
        found = re.search(pattern, text, re.I)
        if not found:
            continue
        if not _is_won(text, found):
            return
        if year > newest(body):
            return
        if body == "oscar":
            yield from _oscars(statement, _clause(text, found), won)
        else:
            yield _fact(statement, [p for p in won if p.prize == body], body)
        return
    if _OTHER_BODY.search(text):
        return
    found = re.search(
        r"\bBest (?:Picture|Director|Actor|Actress|Supporting|Original Screenplay|Adapted Screenplay|"
        r"Animated|International|Foreign)",
        text,
    )
    if found and _is_won(text, found) and year <= newest("oscar"):
        yield from _oscars(statement, _clause(text, found), won)


def _clause(text: str, prize: re.Match[str]) -> str:
    """Return the clause in which a prize stands: what is said after "and" of somebody else is another one."""
    begins = max((found.end() for found in _NEXT_CLAUSE.finditer(text, 0, prize.start())), default=0)
    ends = next((found.start() for found in _NEXT_CLAUSE.finditer(text, prize.end())), len(text))
    return text[begins:ends]


def _is_won(text: str, prize: re.Match[str]) -> bool:
    """Tell whether the words before a prize, or right after it, say that it was won rather than missed."""
    if re.match(r"s?['\u2019]?,?(?:[- ]\w+){0,2}?[- ](?:nominat|nod\b|nods\b|contend|buzz)", text[prize.end() :], re.I):
        return False
    before = text[max(0, prize.start() - _CLAUSE) : prize.start()]
    won = [found.end() for found in _WON.finditer(before) if not _NEVER_WON.search(before[: found.start()])]
    missed = [found.end() for found in _NOT_WON.finditer(before)]
    if won or missed:
        return bool(won) and (not missed or won[-1] > missed[-1])
    after = _AFTER_PRIZE.match(text[prize.end() :])
    return after is not None and not _NOT_WON.search(text)


def _oscars(statement: Statement, text: str, won: Sequence[Prize]) -> Iterator[Fact]:
    named = [key for key, pattern in _CATEGORIES.items() if re.search(pattern, text, re.I)]
    if any(key.startswith("oscar_supporting") for key in named) or {"oscar_actor", "oscar_actress"} & set(named):
        named = [key for key in named if key != "oscar_acting"]
    if {"oscar_adapted_screenplay", "oscar_original_screenplay"} & set(named):
        named = [key for key in named if key != "oscar_screenplay"]
    winners = _people_named(statement, text)
    if not named:
        if _UNLISTED.search(text):
            return
        if mine := [
            p
            for p in won
            if p.prize.startswith("oscar") and (not winners or not p.people or any(among(w, p.people) for w in winners))
        ]:
            yield _fact(statement, mine, "oscar")
        elif winners and not any(among(winner, statement.film.directors) for winner in winners):
            yield _fact(statement, [], "oscar_acting")
        return
    for key in named:
        listed = [p for p in won if p.prize in _COVERS.get(key, (key,))]
        if winners and key in _PERSONS and not any(among(winner, p.people) for winner in winners for p in listed):
            listed = []
        if not listed and key in ("oscar_acting", "oscar_screenplay") and len(named) > 1:
            continue
        yield _fact(statement, listed, key)


def _people_named(statement: Statement, text: str) -> list[str]:
    """Return the people of the film whom the clause names, by family name at least."""
    families = {person: re.sub(r",? (?:Jr|Sr)\.?$", "", person).rpartition(" ")[2] for person in statement.crew}
    return [p for p, name in families.items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]


def _fact(statement: Statement, listed: Sequence[Prize], claimed: str) -> Fact:
    if listed:
        return Fact("prize", True, "records", listed[0].prize)
    return Fact("prize", False, fault=f"the winners of {claimed} do not include it")
