"""Words of a request that may name a person of the catalogue, each with a score: how much speaks for it."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from matinee.language.lexicon import word_set
from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.query.name_context import SIDES, Left, everyday
from matinee.query.people import PeopleLookup, Person
from matinee.query.person_context import Around
from matinee.query.sentence_mode import is_film_word
from matinee.query.title_candidates import ENOUGH

Manner = Literal["full", "surname", "family"]

_LONGEST = 4

_WEIGHTS = {
    "full name": 4.25,
    "family": 5.0,
    "single name": 2.0,
    "capital": 1.0,
    "common word": -1.0,
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
                plain = self._around.capitals(i, i + length) or not all(map(self._common, range(i, i + length)))
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
        score = _WEIGHTS["family" if manner == "family" else "full name"] + (
            _WEIGHTS["person is meant"] if self.is_meant(first, last, left) else 0
        )
        return Named(first, last, people, manner, left, score)

    def _may_begin(self, i: int, left: Left) -> bool:
        """Tell whether it is worth looking for a name at word i; at most words of a request it is not."""
        cued = left.close or left.kind != "none"
        return self._request.words[i].capital or cued or not self._people.words.isdisjoint(self._around.keys[i : i + 2])

    def _common(self, i: int) -> bool:
        key = self._around.keys[i]
        return len(key) == 1 or key in everyday() or key in word_set("names", "surnames")

    def _plural(self, i: int) -> tuple[Person, ...]:
        """Return those of a family name with an s after an article: "the Coens"."""
        key = self._around.keys[i]
        capital = i > 0 and self._request.words[i].capital and self._request.norms[i - 1] == "the"
        return tuple(self._people.family(key[:-1])) if capital and key.endswith("s") else ()

    def _alone(self, i: int, room: int, left: Left, *, listed: bool) -> Named | None:
        """Return the person whom a single name means (a family name, or all the name there is), if the words cue it."""
        last = i + 2 if room > 1 and self._around.keys[i] in word_set("names", "particles") else i + 1
        key = " ".join(self._around.keys[i:last])
        capital, common = self._request.words[last - 1].capital, self._common(last - 1)
        if len(key) < 3 or (common and not capital) or self._around.elsewhere(last):
            return None
        score = sum(_WEIGHTS[observed] for observed in self._of_alone(i, last, left, listed=listed))
        if score < ENOUGH:
            return None
        side = SIDES.get(left.kind)
        if person := self._people.known_by(key, side or "either"):
            return Named(i, last, (person,), "surname", left, score)
        people = self._people.called([key]) if side and left.close and capital else []
        if side and people and people[0].films(side) >= (1 if left.kind in ("director", "star") else 3):
            return Named(i, last, (people[0],), "full", left, score)
        return None

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
