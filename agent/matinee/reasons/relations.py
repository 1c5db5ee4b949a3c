"""Reads how a film is said to relate to other films, and whether it is said to tell what really happened."""

import re
from collections.abc import Iterator, Sequence

from matinee.language.lexicon import forms
from matinee.models import title_key
from matinee.reasons.facts import Fact, NamedFilm, Statement, among, named_at

_said = forms("relations")
_CONTINUES = frozenset(("sequel", "follow-up", "continuation"))
_HYPOTHETICAL = re.compile(
    rf"(?:\b(?:{_said('hypothetical')})|n['\u2019]t)\b[^.;,]{{0,25}}$",
    re.I,
)
_KIND = rf"(?P<kind>{_said('kind')})"
_RELATION = re.compile(rf"\b{_KIND} (?:to|of|from|for) (?P<rest>[^.;!?]+)", re.I)
_BARE_RELATION = re.compile(
    rf"\b(?:this|it['\u2019]s (?:a|the)|is (?:a|the)|as (?:a|the))(?: [\w\u2019'-]+){{0,3}}? {_KIND}\b(?! (?:to|"
    rf"of|from|for)\b)",
    re.I,
)
_GOES_ON = re.compile(
    r"\b(?:pick(?:s|ing)? up|tak(?:es|ing) up|follows on|carr(?:ies|ying)(?: straight)? on|continu(?:es|ing))\b"
    r"(?: (?:right|exactly|straight|directly|on|(?:[\w-]+ ){1,3}?(?:years?|months?|weeks?|days?|hours?|moments)))?"
    r" (?:where|after|from|(?:with )?the (?:story|adventures|tale)(?: of [^.;,A-Z]{0,40})? (?:from|in|of))"
    r" (?P<rest>[^.;!?]+)",
    re.I,
)
_DIRECTOR_OF = re.compile(
    rf"\b(?:(?:{_said('shares')}) )?(?:the |its )?(?:same )?(?P<who>{_said('makers')})"
    rf"(?: \w+){{0,2}}? (?:{_said('makers_of')}) (?P<rest>[^.;!?]+)",
    re.I,
)
_ALSO_MADE = re.compile(
    rf"\b(?:who|he|she|they)(?: had)?(?: \w+ly)?(?:{_said('also_made')})+ (?:directed?|helm(?:ed)?) (?P<rest>[^.;!?]+)",
    re.I,
)


def relations(statement: Statement) -> Iterator[Fact]:
    """Read sequels, remakes and the like; a film of the starter catalogue has all of its own on record."""
    for pattern in (_RELATION, _GOES_ON):
        for found in pattern.finditer(statement.text):
            if _HYPOTHETICAL.search(statement.text[: found.start()]) or _of_somebody_else(statement, found.start()):
                continue
            kind = (found.groupdict().get("kind") or "sequel").casefold()
            title, films = _recorded(statement, found["rest"]) or named_at(statement, found["rest"])
            if title is None and statement.record and not (statement.record.series or statement.record.remake_of):
                yield Fact("relation", False, fault=f"it is no {kind}")
            if title is None or title_key(title, None) in statement.film.keys:
                continue
            if (holds := _related(statement, kind, title, films)) is not None:
                yield Fact("relation", holds, "records", title, f"it is no {kind} of {title}")
    if statement.record is not None:
        for found in _BARE_RELATION.finditer(statement.text):
            others = (*statement.record.series, *statement.record.remake_of)
            if not others and not _HYPOTHETICAL.search(statement.text[: found.start()]):
                yield Fact("relation", False, fault=f"it is no {found['kind'].casefold()}")


def _recorded(statement: Statement, text: str) -> tuple[str, Sequence[NamedFilm]] | None:
    """Return the title of a related film on record that the text names, however it leads up to it."""
    related = (*statement.record.series, *statement.record.remake_of) if statement.record else ()
    return next(((other.title, ()) for other in related if other.title in text), None)


def _of_somebody_else(statement: Statement, start: int) -> bool:
    owner = re.search(r"([^\W\d_a-z][\w-]*)['\u2019]s(?: \w+)? $", statement.text[:start])
    return owner is not None and owner[1] != "It" and among(owner[1], statement.film.directors) is None


def _related(statement: Statement, kind: str, title: str, films: Sequence[NamedFilm]) -> bool | None:
    record = statement.record
    if record is None:
        shared = any(_shares(statement, film) for film in films)
        return None if shared or not films else False
    others = [other for other in (*record.series, *record.remake_of) if _alike(title, other.title)]
    if kind in _CONTINUES and statement.film.year:
        return any(other.year is None or other.year <= statement.film.year for other in others)
    return bool(others)


def _alike(title: str, other: str) -> bool:
    one, two = _key(title), _key(other)
    return one == two or one in two or two in one


def _shares(statement: Statement, film: NamedFilm) -> bool:
    crew = statement.crew
    words = set(_key(film.title).split("-")) & set(_key(statement.film.title).split("-"))
    return bool(words) or any(among(person, crew) for person in (*film.directors, *film.stars))


def _key(title: str) -> str:
    return title_key(title, None).removeprefix("the-").removeprefix("a-")


def directors_of(statement: Statement) -> Iterator[Fact]:
    """Read "from the director of ...": it holds where a film of that title has a director in common with this one."""
    directors = statement.film.directors
    for pattern in (_DIRECTOR_OF, _ALSO_MADE):
        for found in pattern.finditer(statement.text):
            title, films = named_at(statement, found["rest"])
            if title is None or not films or not directors or title_key(title, None) in statement.film.keys:
                continue
            shared = next((d for film in films for d in film.directors if among(d, directors)), None)
            if shared:
                yield Fact("likeness", True, "directors", among(shared, directors) or shared)
            elif not any(_shares_people(statement, film) for film in films) or "director" in found[0].casefold():
                yield Fact("likeness", False, fault=f"directed by {', '.join(directors)}, who did not direct {title}")


def _shares_people(statement: Statement, film: NamedFilm) -> bool:
    return any(among(person, statement.crew) for person in (*film.directors, *film.stars))


_REAL = r"(?:true|real|actual|real-life|true-life|historical)"
_TRUE = re.compile(
    rf"\b(?:{_said('true')}|based (?:\w+ )?on (?:the )?(?:\w+ ){{0,2}}{_REAL}\b)",
    re.I,
)
_FICTION = re.compile(
    rf"\b(?:{_said('fiction')})\b",
    re.I,
)
# These tell of reality only where nothing of it is on record: "the real-life fisherman", "she was a real novelist".
_WEAKLY_TRUE = re.compile(
    rf"\b(?:{_said('weakly_true')})",
    re.I,
)
_FEELS = re.compile(
    rf"(?:\b(?:{_said('feels')})|n['\u2019]t have to be)\b[^.;,]{{0,30}}$",
    re.I,
)
_NOT = re.compile(
    rf"(?:\b(?:{_said('not')}))\b[^.;,]{{0,25}}$",
    re.I,
)
_SAID_TRUE = (
    "true story",
    "true stories",
    "based on true story",
    "based on a true story",
    "true crime",
    "real events",
    "biography",
    "historical figure",
)


def true_stories(statement: Statement) -> Iterator[Fact]:
    """Read whether the film is said to tell what really happened, or to be invented."""
    quote = next((k for k in statement.film.keywords if k.casefold() in _SAID_TRUE), "")
    record = statement.record
    known = (
        record.true_story
        if record
        else "yes"
        if quote or {"Biography", "Documentary"} & set(statement.film.genres)
        else None
    )
    if known is None:
        return
    source = ("keywords", quote) if quote else ("records", f"true story: {known}")
    invented = record is not None and known == "no" and "memoir" not in record.based_on and not quote
    for pattern, affirms in ((_TRUE, True), (_FICTION, False), *(((_WEAKLY_TRUE, True),) if invented else ())):
        for found in pattern.finditer(statement.text):
            before = statement.text[: found.start()]
            if _FEELS.search(before):
                continue
            said = affirms != bool(_NOT.search(before))
            holds = known == "loosely" or said == (known == "yes") or (bool(quote) and said)
            yield Fact("true_story", holds, *source, f"on record as a true story: {known}")
            return
