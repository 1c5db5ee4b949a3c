"""Words of a request that may name a person of the catalogue, each with a score: how much speaks for it."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from matinee.language.english import is_word
from matinee.language.lexicon import word_set
from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.query.name_context import SIDES, Left, everyday
from matinee.query.people import PeopleLookup, Person, Side
from matinee.query.person_context import Around
from matinee.query.sentence_mode import is_film_word
from matinee.query.title_candidates import ENOUGH

Manner = Literal["full", "surname", "family"]

_LONGEST = 4
_LONGEST_PLAIN = 7
_FAMOUS = 8
"""Films of somebody who is sooner meant than a title of the same words."""

_WEIGHTS = {
    "full name": 4.25,
    "family": 5.0,
    "single name": 2.0,
    "capital": 1.0,
    "common word": -1.0,
    "rare name": 2.0,
    "famous": 3.0,
    "director or star": 2.0,
    "people's words": 1.0,
    "films follow": 2.0,
    "part of a longer name": -6.0,
    "person is meant": 4.0,
}
"""What each observation adds to the score of a person."""


class Named(NamedTuple):
    """People named at words `first` up to `last`, how, what leads to them, and the score."""

    first: int
    last: int
    people: tuple[Person, ...]
    manner: Manner
    left: Left
    score: float
    sure: bool = False
    """Whether the name means this person wherever it stands."""


class PersonCandidates:
    """The people that words of one request may name."""

    def __init__(self, request: Request, people: PeopleLookup, around: Around) -> None:
        self._request = request
        self._people = people
        self._around = around

    def best(self, i: int, left: Left, *, listed: bool) -> Named | None:
        """Return the longest name from word i that enough speaks for.

        Args:
            i: index of a word.
            left: what leads to it.
            listed: whether another person stands before it in a list.
        """
        if not self._may_begin(i, left):
            return None
        room = 1
        while room < _LONGEST and i + room < len(self._around.keys) and self._around.flows(i + room):
            room += 1
        for length in range(room, 1, -1):
            if people := self._people.called(self._around.keys[i : i + length]):
                named = self._around.capitals(i, i + length) or self.is_meant(i, i + length, left)
                famous = _is_famous(people[0]) and not everyday().issuperset(self._around.keys[i : i + length])
                plain = named or famous or not all(map(self._common, range(i, i + length)))
                return self._named(i, i + length, (people[0],), "full", left) if plain else None
        if room > 1 and self._around.keys[i + 1] in word_set("names", "family"):
            people = self._people.family(self._around.keys[i])
            return self._named(i, i + 2, tuple(people), "family", left) if people else None
        if plural := self._plural(i):
            return self._named(i, i + 1, plural, "family", left)
        return self._alone(i, room, left, listed=listed)

    def is_meant(self, first: int, last: int, left: Left) -> bool:
        """Tell whether the words around say that a person is named, and no title that spells the same."""
        around = self._around
        if left.kind in SIDES or around.films_follow(last) or around.acts(last):
            return True
        if around.possessive(last - 1) and left.kind != "love":
            return True
        return around.stance(first, last).refuses

    def _named(self, first: int, last: int, people: tuple[Person, ...], manner: Manner, left: Left) -> Named:
        score = _WEIGHTS["family" if manner == "family" else "full name"]
        if self.is_meant(first, last, left):
            score += _WEIGHTS["person is meant"]
        if any(map(_is_famous, people)):
            score += _WEIGHTS["famous"]
        words = range(first, last)
        sure = len(words) > 1 and (self._around.capitals(first, last) or not all(map(self._common, words)))
        return Named(first, last, people, manner, left, score, sure)

    def _may_begin(self, i: int, left: Left) -> bool:
        """Tell whether it is worth looking for a name at word i; at most words of a request it is not."""
        cued = left.close or left.kind != "none"
        keys = self._around.keys[i : i + 2]
        likened = len(keys[0]) > _LONGEST_PLAIN and keys[0].endswith(tuple(word_set("names", "likening")))
        return self._request.words[i].capital or cued or likened or not self._people.words.isdisjoint(keys)

    def _common(self, i: int) -> bool:
        key = self._around.keys[i]
        return len(key) == 1 or key in everyday() or is_word(key)

    def _plural(self, i: int) -> tuple[Person, ...]:
        """Return those of a family name with an s after an article: "the Coens"."""
        key = self._around.keys[i]
        capital = i > 0 and self._request.words[i].capital and self._request.norms[i - 1] == "the"
        return tuple(self._people.family(key[:-1])) if capital and key.endswith("s") else ()

    def _alone(self, i: int, room: int, left: Left, *, listed: bool) -> Named | None:
        """Return the person whom a single name means: a family name, a rare given name, or all the name there is."""
        last = i + 2 if room > 1 and self._around.keys[i] in word_set("names", "particles") else i + 1
        key = " ".join(self._around.keys[i:last])
        capital, common = self._request.words[last - 1].capital, self._common(last - 1)
        if len(key) < 3 or (common and not capital):
            return None
        side = SIDES.get(left.kind)
        person, likened = self._single(key, side, rare=capital and not common)
        score = sum(_WEIGHTS[observed] for observed in self._of_alone(i, last, left, listed=listed))
        famous = person is not None and _is_famous(person)
        sure = person is not None and not common and (likened or famous or capital)
        score += _WEIGHTS["rare name"] * sure + _WEIGHTS["famous"] * (sure and famous)
        if score < ENOUGH:
            return None
        if person:
            return Named(i, last, (person,), "surname", left._replace(kind="like") if likened else left, score, sure)
        people = self._people.called([key]) if side and left.close and capital else []
        if side and people and people[0].films(side) >= (1 if left.kind in ("director", "star") else 3):
            return Named(i, last, (people[0],), "full", left, score)
        return None

    def _single(self, key: str, side: Side | None, *, rare: bool) -> tuple[Person | None, bool]:
        """Return the one whom a name means, and whether it is the name of a likeness: "hitchcockian"."""
        if person := self._people.known_by(key, side or "either", least=1 if rare else None):
            return person, False
        endings = (ending for ending in word_set("names", "likening") if key.endswith(ending))
        likened = (self._people.known_by(key.removesuffix(ending), "directed") for ending in endings)
        person = next(filter(None, likened), None)
        return person, person is not None

    def _of_alone(self, i: int, last: int, left: Left, *, listed: bool) -> Iterator[str]:
        around = self._around
        yield "single name"
        if around.capitals(i, last) or around.capitals(last - 1, last):
            yield "capital"
        if self._common(last - 1) and last == i + 1:
            yield "common word"
        if self._part_of_longer_name(i, last, left):
            yield "part of a longer name"
        if left.kind in ("director", "star"):
            yield "director or star"
        elif around.films_follow(last) or around.possessive(last - 1):
            yield "films follow"
        elif (
            left.kind in SIDES
            or listed
            or left.exhausted
            or left.kind == "unlike"
            or around.stance(i, last) is Stance.REFUSED
            or (around.asked(i) and around.ends_clause(last))
        ):
            yield "people's words"

    def _part_of_longer_name(self, first: int, last: int, left: Left) -> bool:
        """Tell whether other capitals join it, so that somebody else is named ("Angelina Lee", "Lee County")."""
        words, request = self._request.words, self._request
        if not request.capitals_tell:
            return False
        begins = first < 2 or left.close or request.ends_sentence(first - 1)
        before = request.flows(first) and words[first - 1].capital and not begins
        after = request.flows(last) and words[last].capital
        return before or (after and not (is_film_word(request, last) or self._around.described(last)))


def _is_famous(person: Person) -> bool:
    return person.films("either") >= _FAMOUS
