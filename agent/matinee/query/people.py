"""Directors and stars that a request asks for or refuses; `words/people.toml` holds the words around their names.

A name is easily something else, so a person is read only where the words around say that the films are meant: after
"directed by" or "with", before "movie", behind a refusal, or as the whole clause. "Like Wes Anderson" asks for a
likeness, which the search finds by the name itself; it is no demand.
"""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Literal, NamedTuple

from matinee.language.lexicon import load, word_set
from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.models import Constraint, ConstraintField
from matinee.query.name_context import Around, Cue, Left
from matinee.query.people_lookup import PeopleLookup, Person, Side
from matinee.query.sentence_mode import is_film_word
from matinee.query.terms import Term
from matinee.query.titles import Scan, TitleLookup

Manner = Literal["full", "misspelt", "surname", "family"]

_SIDES: dict[Cue, Side] = {"director": "directed", "by": "directed", "star": "starred", "with": "starred"}
_FIELDS = {
    "directed": ConstraintField.DIRECTORS,
    "starred": ConstraintField.STARS,
    "either": ConstraintField.PEOPLE,
}
_MAINLY = 5
"""Somebody with this many times the films on one side is known for that side."""

_MOST_GUESSES = 8
_SURELY = {"full": 1.0, "misspelt": 0.8, "surname": 0.8, "family": 0.8}
_JOINING = frozenset(("and", "or", "nor", "plus"))

_words = partial(word_set, "people")


class Named(NamedTuple):
    """People named at words `first` up to `last`, and how."""

    first: int
    last: int
    people: tuple[Person, ...]
    manner: Manner


class PeopleRead(NamedTuple):
    """A demand, where the words that lead to it begin (an offset), the span of the names, and if they are a model."""

    constraint: Constraint | None
    begins: int
    span: tuple[int, int]
    likened: bool = False


def read_people(request: Request, titles: TitleLookup, terms: Sequence[Term]) -> list[PeopleRead]:
    """Return what the request says about people, and the spans of all names that are no titles."""
    return list(_Reader(request, titles, terms).read()) if len(titles.people) else []


class _Reader:
    def __init__(self, request: Request, titles: TitleLookup, terms: Sequence[Term]) -> None:
        self._request = request
        self._people: PeopleLookup = titles.people
        self._scan = Scan(request, titles)
        self._around = Around(request, terms)
        self._guesses = _MOST_GUESSES

    def read(self) -> Iterator[PeopleRead]:
        for group in self._groups():
            read = self._judged(group)
            if read.constraint or not self._spells_title(group):
                yield read

    def _groups(self) -> Iterator[list[Named]]:
        group: list[Named] = []
        i = 0
        while i < len(self._request.words):
            found = self._name_at(i, listed=bool(group))
            if found is None:
                i += 1
                continue
            if group and not self._joined(group[-1].last, found.first):
                yield group
                group = []
            group.append(found)
            i = found.last
        if group:
            yield group

    def _joined(self, last: int, first: int) -> bool:
        request = self._request
        if any(request.breaks(i) for i in range(last, first + 1)):
            return False
        if first == last:
            return any(c in ",/" for c in request.gaps[first])
        return first - last == 1 and request.norms[last] in _JOINING

    def _may_begin(self, i: int) -> bool:
        """Tell whether it is worth looking for a name at word i; at most words of a request it is not."""
        return (
            self._request.words[i].capital
            or self._around.cued(i)
            or not self._people.words.isdisjoint(self._around.keys[i : i + 2])
        )

    def _name_at(self, i: int, *, listed: bool) -> Named | None:
        if not self._may_begin(i):
            return None
        room = 1
        while room < 4 and i + room < len(self._around.keys) and self._around.flows(i + room):
            room += 1
        for length in range(room, 1, -1):
            if people := self._people.called(self._around.keys[i : i + length]):
                return Named(i, i + length, (people[0],), "full") if self._may_be_name(i, i + length) else None
        if (family := self._family_at(i, room)) is not None:
            return family
        left = self._around.left_of(i)
        if room > 1 and (found := self._misspelt(i, room, left)):
            return found
        return self._alone(i, room, left, listed=listed)

    def _may_be_name(self, first: int, last: int) -> bool:
        """Tell whether words that make up a name are one: in small letters not when all of them are everyday words."""
        keys = self._around.keys[first:last]
        if self._around.capitals(first, last):
            return True
        common = word_set("common", "everyday") | _words("words")
        return not all(key in common or len(key) == 1 for key in keys)

    def _family_at(self, i: int, room: int) -> Named | None:
        key, words = self._around.keys[i], self._request.words
        if room > 1 and self._around.keys[i + 1] in _words("family"):
            people = self._people.family(key)
            return Named(i, i + 2, tuple(people), "family") if people else None
        plural = key.removesuffix("s")
        if i and plural != key and words[i].capital and self._request.norms[i - 1] == "the":
            people = self._people.family(plural)
            return Named(i, i + 1, tuple(people), "family") if people else None
        return None

    def _misspelt(self, i: int, room: int, left: Left) -> Named | None:
        firm = left.cue in ("director", "by", "star", "with")
        for length in (3, 2):
            if (
                length > room
                or self._guesses <= 0
                or any(len(k) < 3 for k in self._around.keys[i : i + length : length - 1])
            ):
                continue
            keys = self._around.keys[i : i + length]
            capitals = self._around.capitals(i, i + length)
            if not capitals and not (firm or self._around.films_follow(i + length)):
                continue
            if not capitals and any(k in word_set("common", "everyday") | word_set("common", "film") for k in keys):
                continue
            if any(last > i + 1 for last, _, _ in self._scan.at(i)):
                return None  # a title of the catalogue begins here
            person = self._people.spelled_like(keys, widely=firm or capitals)
            self._guesses -= 1
            if person:
                return Named(i, i + length, (person,), "misspelt")
        return None

    def _alone(self, i: int, room: int, left: Left, *, listed: bool) -> Named | None:
        """Return the person whom a single name means (a family name, or all the name there is), if the words cue it."""
        two = room > 1 and self._around.keys[i] in _words("particles")
        last = i + 2 if two else i + 1
        key = " ".join(self._around.keys[i:last])
        if len(key) < 3:
            return None
        capital = self._around.capitals(i, last) or (two and self._around.capitals(last - 1, last))
        common = key in word_set("common", "everyday") or key in _words("words")
        if common and not capital:
            return None
        side = _SIDES.get(left.cue)
        followed = self._around.films_follow(last) or self._around.possessive(last - 1)
        if self._part_of_longer_name(i, last):
            return None
        if common and not (left.cue in ("director", "star") or (followed and i)):
            return None
        if not capital and not (followed or left.cue == "director"):
            return None
        refused = self._around.stance(i, last) is Stance.REFUSED
        cued = side or followed or refused or listed or left.cue in ("exhausted", "asking", "unlike")
        if not cued or self._around.followed_by(last, "other", "style"):
            return None
        if left.cue == "asking" and not followed and not (left.close and self._around.ends_clause(last)):
            return None
        if person := self._people.known_by(key, side or "either"):
            return Named(i, last, (person,), "surname")
        firm = left.cue == "director" or (capital and left.close and left.cue in ("by", "star", "with"))
        if firm and not common and side and (person := self._people.surname_like(key, side)):
            return Named(i, last, (person,), "misspelt")
        people = self._people.called([key]) if side and left.close and capital else []
        if people and people[0].films(side or "either") >= (1 if left.cue in ("director", "star") else 3):
            return Named(i, last, (people[0],), "full")
        return None

    def _part_of_longer_name(self, first: int, last: int) -> bool:
        """Tell whether other capitals join it, so that somebody else is named ("Angelina Lee", "Lee County")."""
        words, request = self._request.words, self._request
        if not request.capitals_tell:
            return False
        before = first > 0 and request.flows(first) and words[first - 1].capital
        if before and not (first == 1 or request.ends_sentence(first - 1) or self._around.left_of(first).close):
            return True
        after = last < len(words) and request.flows(last) and words[last].capital
        return after and not (is_film_word(request, last) or self._around.described(last))

    def _judged(self, group: Sequence[Named]) -> PeopleRead:
        request, first, last = self._request, group[0].first, group[-1].last
        span = (request.words[first].start, request.words[last - 1].end)
        left = self._around.left_of(first)
        stance = self._around.stance(first, last)
        exhausted = left.cue == "exhausted" or self._around.exhausted(left.begins)
        refused = stance.refuses or exhausted or left.cue == "unlike"
        begins = request.words[min(left.begins, first)].start
        if self._around.hedged(first, last):
            return PeopleRead(None, begins, span)
        if stance is Stance.OPEN or not (refused or self._is_asked(group, left, last)):
            return PeopleRead(None, begins, span, likened=left.cue == "like")
        if refused and left.cue == "source":
            return PeopleRead(None, begins, span)
        return PeopleRead(self._constraint(group, left, refused=refused), begins, span)

    def _is_asked(self, group: Sequence[Named], left: Left, last: int) -> bool:
        first = group[0].first
        if left.cue in ("like", "source") or self._around.followed_by(last, "style", "other"):
            return False
        author = " ".join(self._around.keys[first:last]) in _authors()
        if left.cue in _SIDES and not (author and left.cue in ("by", "with")):
            return True
        if author:
            return False
        if self._around.films_follow(last) or self._around.acts(last):
            return True
        if self._around.possessive(last - 1) and left.cue != "love":
            return True
        if left.cue == "love" or self._spells_title(group):
            return False
        if left.cue == "asking":
            return self._around.ends_clause(last)
        return self._around.ends_clause(last) and self._around.opens_clause(first)

    def _spells_title(self, group: Sequence[Named]) -> bool:
        return any(end == group[-1].last for end, _, _ in self._scan.at(group[0].first))

    def _constraint(self, group: Sequence[Named], left: Left, *, refused: bool) -> Constraint:
        request, first, last = self._request, group[0].first, group[-1].last
        people = list({p.name: p for named in group for p in named.people}.values())
        acts = self._around.acts(last)
        wanted: Side | None = "starred" if acts else _SIDES.get(left.cue)
        sides = {_side(person, wanted) for person in people}
        side = sides.pop() if len(sides) == 1 else "either"
        between = {request.norms[i] for a, b in pairwise(group) for i in range(a.last, b.first)}
        together = len(group) > 1 and side != "directed" and "and" in between and wanted == "starred"
        certainty = min(_SURELY[named.manner] for named in group)
        if left.cue not in _SIDES and not acts:
            certainty = min(certainty, 0.7 if left.cue == "love" else 0.9)
        return Constraint(
            field=_FIELDS[side],
            op="none_of" if refused else "all_of" if together else "any_of",
            value=[person.name for person in people],
            certainty=min(certainty, 0.9) if together or self._is_near(group) else certainty,
            **request.said(first, last),
        )

    def _is_near(self, group: Sequence[Named]) -> bool:
        return any(named.manner != "full" for named in group)


@cache
def _authors() -> frozenset[str]:
    return frozenset(load("people")["authors"])


def _side(person: Person, wanted: Side | None) -> Side:
    """Return what a person's films are looked for by: what the words say, else what the person is known for."""
    if wanted and person.films(wanted):
        return wanted
    if person.directed >= _MAINLY * person.starred:
        return "directed"
    return "starred" if person.starred >= _MAINLY * person.directed else "either"
