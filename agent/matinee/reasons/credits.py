"""Reads who is said to have directed a film and who is said to play in it, and compares them with what is known.

Everybody whom a sentence names is looked up. Somebody whom the catalogue knows as a director or as an actor, who had no
part in this film, and whom the sentence neither compares it with nor credits with something else, is said to have
made it or to play in it: that is false.
"""

import re
from collections.abc import Iterator

from matinee.language.lexicon import alternatives
from matinee.models import title_key
from matinee.reasons.facts import (
    NAME,
    SURNAME,
    Fact,
    Statement,
    among,
    compared,
    of_another_film,
    same_person,
    unpossessed,
)
from matinee.reasons.figures import FILM_NOUN
from matinee.reasons.records import performers

_WHO = rf"(?P<who>{NAME}|{SURNAME})"
_POSSESSED = r"(?:['\u2019]s|['\u2019](?= ))"
_NAME = re.compile(NAME)
# What says outright that somebody directed the film, whoever that is.
_DIRECTED = re.compile(
    rf"\b(?:(?i:direct(?:ed|ion) by|helmed by|directors?|filmmakers?) (?:the )?)(?P<after>{NAME})"
    rf"|(?P<before>{NAME}),? (?:\w+ )?(?:directs|directed|helms|helmed)\b(?! by)"
    rf"|(?P<chair>{NAME})\b[^.;:]{{0,60}}?\b(?:directed (?:it|the film|this)|the director['\u2019]s chair|"
    rf"behind the camera|at the helm)\b"
    rf"|(?:^|[;:] )(?P<teller>{NAME}) (?:\w+ly )?[a-z]+s (?:it|this|the (?:film|story|tale|picture|movie)|everything)\b"
    rf"|(?P<owner>{NAME}){_POSSESSED} (?:(?:18|19|20)\d\d )?(?:[\w\u2019-]+,? ){{0,3}}?(?i:{FILM_NOUN})(?!\w)"
)
# A family name alone is read as a director's only where one would stand: "Fincher's 1995 thriller", "Mann shoots ...".
_FAMILY_NAME = re.compile(
    rf"(?:^|[;:\u2014\u2013] ?)(?P<subject>{SURNAME}) (?:\w+ly )?[a-z]+(?:s|ed|t|de|ew|ld)\b"
    rf"|(?P<owner>{SURNAME}){_POSSESSED} (?:(?:18|19|20)\d\d )?(?:[\w\u2019-]+,? ){{0,3}}?(?i:{FILM_NOUN})(?!\w)"
    rf"|(?i:{FILM_NOUN}),? (?:from|by) (?P<maker>{SURNAME})\b(?! [A-Z])"
)
_ASIDE = re.compile(rf"(?<!\w){alternatives('cues', 'other_parts')}(?!\w)", re.I)
_TELLS = re.compile(r"\b(?:tells|films|stages|handles|treats) ")
_ROLE = re.compile(
    r"\b(?:(?:plays?|playing|portrays?) (?:the|an?|his|her|their)|as (?:his|her|their))(?: [\w\u2019'-]+){1,2}"
)
"""Whom somebody plays is nothing else that they have to do with the film: "plays his wife", "as her brother"."""
_BEFORE, _AFTER = 45, 60
"""Characters before and after a name in which stands what else somebody has to do with a film."""
_CLAUSE = re.compile(r"[;:.!?\u2014\u2013]")


def directors(statement: Statement) -> Iterator[Fact]:
    """Read who is said to have directed the film."""
    text, known = statement.text, statement.film.directors
    right = next((director for director in known if _names(text, director)), None)
    if right:
        yield Fact("director", True, "directors", right)
    if right or not known:
        return
    for found in _DIRECTED.finditer(text):
        person = unpossessed(found["after"] or found["before"] or found["chair"] or found["owner"] or found["teller"])
        if found["owner"] and not (statement.record or statement.names.directs(person)):
            continue  # a source's author, as far as is known
        if found["teller"] and _ASIDE.search(found[0]):
            continue
        if found["teller"] and not (_TELLS.search(found[0]) or statement.names.directs(person)):
            continue  # who lights, scores or carries a film need not direct it
        if not _has_part(statement, person) and not compared(text, found.start()):
            yield Fact("director", False, fault=f"directed by {', '.join(known)}, not {person}")
            return
    for start, person in _people(statement):
        if statement.names.directs(person) and not _by_the_way(statement, start, person):
            yield Fact("director", False, fault=f"directed by {', '.join(known)}, not {person}")
            return


def actors(statement: Statement) -> Iterator[Fact]:
    """Read who is said to play in the film.

    That somebody does not is taken as known only where the film's whole cast is on record, and only of people who are
    known as actors: a writer, a composer or a character may stand where an actor would.
    """
    for star in statement.film.stars:
        if _names(statement.text, star):
            yield Fact("actor", True, "stars", star)
    if statement.record is None:
        return
    for start, person in _people(statement):
        known = statement.names.acts(person) or title_key(person, None) in performers()
        if " " in person and known and not _by_the_way(statement, start, person):
            yield Fact("actor", False, fault=f"{person} is not in its cast")


def _people(statement: Statement) -> Iterator[tuple[int, str]]:
    """Yield where the sentence names somebody who had no part in the film, as far as is known."""
    for found in _NAME.finditer(statement.text):
        whole = unpossessed(found[0])
        person = next((part for part in _within(whole) if _is_known(statement, part)), whole)
        if not _has_part(statement, person):
            yield found.start() + whole.find(person), person
    for found in _FAMILY_NAME.finditer(statement.text):
        person = unpossessed(found["subject"] or found["owner"] or found["maker"])
        if not _has_part(statement, person) and statement.names.directs(person):
            yield found.start(found.lastgroup or 0), person


def _within(name: str) -> list[str]:
    """Return the names that words with capital letters may hold: all of them, the first two, the last two."""
    words = name.split()
    return list(dict.fromkeys(" ".join(part) for part in (words, words[:3], words[:2], words[-2:])))


def _is_known(statement: Statement, person: str) -> bool:
    names = statement.names
    return names.directs(person) or names.acts(person) or title_key(person, None) in performers()


def _has_part(statement: Statement, person: str) -> bool:
    source = statement.record.based_on if statement.record else ""
    return bool(among(person, statement.crew)) or statement.told(person) or person.casefold() in source.casefold()


def _by_the_way(statement: Statement, start: int, person: str) -> bool:
    """Tell whether the person is only compared with, credited with another part, or named for another film."""
    text, end = statement.text, start + len(person)
    begins = max((found.end() for found in _CLAUSE.finditer(text, 0, start)), default=0)
    ends = next((found.start() for found in _CLAUSE.finditer(text, end)), len(text))
    beside = f"{text[max(begins, start - _BEFORE) : start]}\n{text[end : min(ends, end + _AFTER)]}"
    if compared(text, start) or _ASIDE.search(_ROLE.sub("", beside)):
        return True
    films = of_another_film(statement)
    return films is not None and (not films or any(among(person, (*f.directors, *f.stars)) for f in films))


def _names(text: str, person: str) -> bool:
    """Tell whether the text names the person, by family name at least and not with somebody else's given name."""
    family = re.sub(r",? (?:Jr|Sr)\.?$", "", person).rpartition(" ")[2]
    for found in re.finditer(rf"(?:([^\W\d_a-z][\w.\u2019'-]*) )?(?<!\w){re.escape(family)}(?!\w)", text):
        if found[1] is None or found[1][0] == person[0] or found.start() == 0 or same_person(found[0], person):
            return True
    return False
