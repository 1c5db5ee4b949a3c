"""Writes the reason for a film without a chat model: one or two sentences, made of what ranked the film up.

`matches` finds what of a film answers the request; here that is put into words: a sentence with all that describes the
film, and one with what relates it to other films and to the viewer.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matinee.models import Candidate, Evidence, Movie, Preference, ReasonSentence, Spoilers, Support
from matinee.reasons.matches import Match, Seed, Wants, seeds_of, stated
from matinee.reasons.wording import Piece, and_, film, fold, put, whole
from matinee.understanding import Understanding

_LEADS = {
    "mood": "{}, this is {}",
    "directors": "{} directed {}",
    "tail": "{}, this is {}",
    "stars": "{} star(s) in {}",
    "about": "about {}: {}",
    "year": "made in {}: {}",
}
"""Places whose bits may begin a sentence, and how it goes on."""
_KINDS: dict[str, Support] = {"request": "request", "rating": "history", "preference": "history"}


class Composed(NamedTuple):
    """A reason: at most two sentences, and evidence for every fact that they tell."""

    sentences: list[ReasonSentence]
    evidence: list[Evidence]

    @property
    def text(self) -> str:
        """Return the sentences as one text."""
        return " ".join(said.text for said in self.sentences)


class Composer:
    """Composes the reasons of one answer.

    The same film gets the same reason again. The first sentence begins as none of the last nine, and is of another form
    than the last three, where there is enough to say of the film.
    """

    def __init__(
        self,
        understood: Understanding,
        *,
        preferences: Sequence[Preference] = (),
        seeds: Sequence[Movie] = (),
        ratings: Sequence[str] = (),
        spoilers: Spoilers = "premise",
    ) -> None:
        """Prepare to compose.

        Args:
            understood: the request.
            preferences: what the viewer told before.
            seeds: rows of films that the request names, or that the viewer liked; others are not compared with.
            ratings: the viewer's own, as "Rated Alien (1979) 4.5 of 5".
            spoilers: under `strict` nothing of a plot is told, moods, genres, people and figures only.
        """
        self._request, self._spoilers = Wants(understood), spoilers
        self._wants = [self._request, *stated(preferences)]
        self._seeds = list(seeds_of(self._request, preferences, seeds, ratings))
        self._openings, self._forms = deque[str](maxlen=9), deque[str](maxlen=3)
        self._composed: dict[str, Composed] = {}

    def reason(self, candidate: Candidate) -> Composed:
        """Return why the film suits, from what ranked it up; a row that knows little gives a short sentence."""
        movie = candidate.movie
        if movie.movie_id not in self._composed:
            match = Match(candidate, self._wants, self._seeds, self._spoilers)
            forms = list(_forms(match, fold(self._request.text)))
            form, first = min(forms, key=lambda f: (_opening(f[1]) in self._openings, self._age(f[0])))
            self._forms = deque([*(f for f in self._forms if f != form), form], maxlen=3)
            self._openings.append(_opening(first))
            bits = [first, *_related(match.clauses, self._seeds, len(self._composed))]
            if len(bits) > 1 and first.text == "a film":
                del bits[0]
            self._composed[movie.movie_id] = _composed(bits, movie)
        return self._composed[movie.movie_id]

    def _age(self, form: str) -> int:
        """Return how lately a form was taken: 0 is not among the last ones."""
        return 1 + self._forms.index(form) if form in self._forms else 0


def _forms(match: Match, asked: str) -> Iterator[tuple[str, Piece]]:
    """Yield sentences with all that describes the film, each with the name of its form, the most fitting first."""
    bits = match.bits
    if not match.clauses and film(bits).text == "a film":
        yield "unknown", Piece("not much is known of this one", (("title", match.movie.title),))
        return
    yield "film", film(bits)
    more = {name: match.row(name, 2) for name in ("directors", "stars", "year")} | {"mood": match.moods()}
    for place, form in _LEADS.items():
        lead = bits[place][:1] if place == "tail" else bits[place] or more.get(place, [])
        literal = place == "mood" and all(whole(bit.text).search(asked) for bit in lead)
        if lead and (literal or place != "mood" or len(lead) > 1):
            told = {bit.text for bit in lead}  # who directs a film and plays in it is named once
            rest = {key: [bit for bit in found if bit.text not in told] for key, found in bits.items()}
            before = "{}, as you asked, this is {}" if literal else form
            yield place, put(before.replace("(s)", "" if lead[1:] else "s"), and_(lead), film(rest, _article(form)))


def _article(form: str) -> str:
    return "this" if form.endswith(("directed {}", "in {}")) else "a"


def _related(clauses: Sequence[Piece], seeds: Sequence[Seed], turn: int) -> list[Piece]:
    """Join two clauses to a sentence, in turns another one first; a film named twice is "that film"."""
    joined, kept = list[Piece](), [*clauses[:2]]
    turn %= len(kept) or 1
    for said, support in [*kept[turn:], *kept[:turn]]:
        for movie, title, _ in seeds if len(seeds) == 1 and len(seeds[0][0].title) > 3 else ():
            if any(whole(movie.title).search(bit.text) for bit in joined):
                said = whole(movie.title).sub("that film", whole(title.text).sub("that film", said))
        joined.append(Piece(said, support))
    return [and_(joined, ", and ")] if joined else []


def _opening(sentence: Piece) -> str:
    return " ".join(re.findall(r"[\w'\u2019-]+", sentence.text.casefold())[:2])


def _composed(sentences: Sequence[Piece], movie: Movie) -> Composed:
    said, evidence = list[ReasonSentence](), list[Evidence]()
    for sentence in sentences:
        text = sentence.text[0].upper() + sentence.text[1:]
        text += "" if text[-1] in ".!?" else "."
        support = sentence.support or (("title", movie.title),)
        kinds = [_KINDS.get(source.partition(":")[0], "catalogue") for source, _ in support]
        kind, (source, quote) = min(zip(kinds, support, strict=True), key=lambda pair: (pair[0] == "history", pair[0]))
        said.append(ReasonSentence(text=text, support=kind, source=source, quote=quote))
        evidence += [Evidence(claim=text, source=source, quote=quote) for source, quote in support]
    return Composed(said, evidence)
