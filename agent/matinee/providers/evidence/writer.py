"""Composes reasons why a film fits a request from the catalogue's own facts, when no chat model is at hand.

Nothing is invented: each sentence is a frame of `phrases.toml` filled from the film's row, the request or a stored
preference, and carries what supports it. What is said of a film is the business of `fits` (why it fits)
and `portrait` (what it is); here it is chosen, ordered and kept from repeating itself.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matinee.grounding.claims import Source, tellable
from matinee.models import Evidence, Movie, Passage, Preference, Spoilers, Understanding
from matinee.providers.evidence.clauses import Fit, colours
from matinee.providers.evidence.draft import Composer, Draft
from matinee.providers.evidence.fits import FitFinder
from matinee.providers.evidence.phrases import (
    Said,
    clean,
    fill,
    listed,
    number_word,
    phrases,
    sentence_case,
    within_quotes,
)
from matinee.providers.evidence.premise import MAX_WORDS
from matinee.providers.evidence.quotation import quotation

FEWEST_WORDS = 25
MOST_WORDS = 60

_QUOTED_REQUEST = 14
"""A longer request is restated by its demands."""

_REPEATED = 6
"""How much later a fit is named for each film of the answer that has named it."""

_ROOMY = 40
"""A reason without a fit says one thing more of the film as long as it is shorter than this."""

_SIZES = (
    (3, MAX_WORDS, 2),
    (3, 22, 2),
    (3, MAX_WORDS, 1),
    (3, 22, 0),
    (2, MAX_WORDS, 1),
    (2, 22, 0),
    (1, MAX_WORDS, 1),
    (1, 22, 0),
    (0, 22, 0),
)
"""How many fits, words of plot, and names of the cast: tried in turn until the reason is short enough."""

_MOST_FITS = 3
_ADDED = 2
"""Fits that complete a reason by somebody else."""

_OPTIONAL = 50
"""Clauses from this rank on are left out when the request makes several demands."""

_FILLERS = 75
"""Clauses from this rank on only fill a reason that would be too short."""


@dataclass(frozen=True)
class WrittenReason:
    """A reason, and what supports each of its claims.

    Attributes:
        text: two or three sentences, 25 to 60 words; fewer when the row knows little.
        evidence: one for each thing that a sentence claims; `claim` is the sentence as written.
    """

    text: str
    evidence: list[Evidence]


class EvidenceWriter:
    """Writes the reasons of one answer.

    A writer remembers what it has written: no sentence frame comes twice in an answer while others are left, and
    a film that is asked for again gets the same reason. The choice among frames is derived from the film and the
    request, so that two runs give the same text.
    """

    def __init__(
        self,
        understanding: Understanding,
        preferences: Sequence[Preference] = (),
        seeds: Sequence[Movie] = (),
        spoilers: Spoilers = "premise",
        written: Mapping[str, Sequence[Passage]] | None = None,
        others: Mapping[str, Source] | None = None,
    ) -> None:
        """Prepare to write.

        Args:
            understanding: the request.
            preferences: the viewer's, most relevant first; cited where a film's row supports them.
            seeds: rows of films that the request mentions or the viewer liked; without its row a film is not
                compared with.
            spoilers: how much of a plot may be told; under `strict` none of it.
            written: passages of what is written of films at length, by film; quoted where they answer the request.
            others: what other viewers' ratings say of films, by film.
        """
        self._passages = written or {}
        self._spoilers: Spoilers = spoilers
        self._request = understanding
        self._finder = FitFinder(understanding, preferences, seeds, others)
        self._composer = Composer(self._finder, understanding.text)
        self._written: dict[str, WrittenReason] = {}

    def reason(self, movie: Movie) -> WrittenReason:
        """Return why the film fits, from what its row supports; a row that knows little gives a short reason."""
        if movie.movie_id not in self._written:
            draft = self._with_quotation(movie)
            self._composer.used.update(draft.used)
            self._written[movie.movie_id] = _reasoned(draft.sentences)
        return self._written[movie.movie_id]

    def why(self, movie: Movie, said: str) -> WrittenReason | None:
        """Return a sentence on why the film suits the request, or None where what is said tells it or nothing does."""
        told = tellable(movie, self._spoilers)
        fits = [fit for fit in self._finder.fits(told) if fit.due or fit.rank < _OPTIONAL]
        if any(_is_told(fit, said) for fit in fits):
            return None
        sentence = self._composer.fit(told, self._ranked(fits)[:_ADDED])
        return _reasoned([sentence]) if sentence else None

    def answer(self, picks: Sequence[tuple[int, Movie]]) -> str:
        """Return the whole answer: a line that restates the request, then `[number] Title (year): reason` a pick.

        Paragraphs are separated by a blank line.
        """
        paragraphs = [f"[{number}] {clean(movie.label)}: {self.reason(movie).text}" for number, movie in picks]
        return "\n\n".join([self.opening([movie for _, movie in picks]), *paragraphs])

    def opening(self, movies: Sequence[Movie]) -> str:
        """Return the line that restates the request, and names its demands that some of the films do not meet."""
        frames, request = phrases().answer, within_quotes(self._request.text).rstrip(".!; ")
        short = bool(request) and len(request.split()) <= _QUOTED_REQUEST
        if not movies:
            return fill(frames.none if short else frames.none_bare, {"request": Said(request)}).text
        single, count = len(movies) == 1, number_word(len(movies))
        demands = [c for c in self._request.constraints if self._finder.said(c.words)]
        broken = [c.words for c in demands if not all(c.holds(movie) for movie in movies)]
        caveat = fill(frames.caveat_one if single else frames.caveat, {"broken": _quoted(broken)})
        fields = {
            "request": Said(request),
            "demands": _quoted([c.words for c in demands]),
            "caveat": caveat if broken else Said(""),
            "count": Said(sentence_case(count)),
            "count_small": Said(count),
        }
        if short:
            choices = frames.one if single else frames.several
        elif demands:
            choices = frames.one_demands if single else frames.several_demands
        else:
            choices = frames.one_bare if single else frames.several_bare
        return fill(choices[self._composer.turn("opening") % len(choices)], fields).text

    def _with_quotation(self, movie: Movie) -> Draft:
        told = tellable(movie, self._spoilers)
        passages = self._passages.get(movie.movie_id, ())
        quoted = quotation(passages, movie, self._request, self._spoilers) if passages else None
        if quoted is not None:
            draft = self._fitting_draft(told, MOST_WORDS - len(quoted.text.split()))
            draft.sentences.append(quoted)
            if draft.words() <= MOST_WORDS:
                return draft
        return self._fitting_draft(told, MOST_WORDS)

    def _fitting_draft(self, movie: Movie, most_words: int) -> Draft:
        fits = self._ranked(self._finder.fits(movie))
        for most_fits, plot_words, cast in _SIZES:
            told = fits[:most_fits]
            draft = self._composer.draft(movie, told, plot_words, cast)
            if draft.words() <= most_words:
                break
        shunned = self._finder.shunned(movie)
        for colour in colours(movie):
            roomy = not told and colour.rank < _FILLERS and draft.words() < _ROOMY
            if len(told) == _MOST_FITS or not (roomy or draft.words() < FEWEST_WORDS):
                break
            if colour.spent & shunned or any(fit.about == colour.about or fit.spent & colour.spent for fit in told):
                continue
            longer = self._composer.draft(movie, [*told, colour], plot_words, cast)
            if draft.words() < longer.words() <= most_words:
                draft, told = longer, [*told, colour]
        return draft

    def _ranked(self, fits: Sequence[Fit]) -> list[Fit]:
        used = self._composer.used
        fresh = [fit for fit in fits if not (fit.personal and used[fit.key])]
        kept: list[Fit] = []
        for fit in sorted(fresh or fits, key=lambda fit: fit.rank + _REPEATED * used[fit.key] * (not fit.due)):
            if not any(_overlap(fit, other) for other in kept):
                kept.append(fit)
        # What the request demands outright comes before the rest, but leaves the rest one place.
        due, rest = [fit for fit in kept if fit.due], [fit for fit in kept if not fit.due]
        if len(due) > 1:
            rest = [fit for fit in rest if fit.rank < _OPTIONAL]
        ordered = [*due[:1], *rest[:1], *due[1:], *rest[1:]]
        return ordered[: _MOST_FITS if len(due) > 1 else _MOST_FITS - 1]


def _reasoned(sentences: Sequence[Said]) -> WrittenReason:
    return WrittenReason(
        text=" ".join(said.text for said in sentences),
        evidence=[
            Evidence(claim=said.text, source=source, quote=quote)
            for said in sentences
            for source, quote in said.support
        ],
    )


def _is_told(fit: Fit, said: str) -> bool:
    """Tell whether what is said of a film has any of the words on which the fit rests."""
    quotes = {quote for field in fit.fields.values() for _, quote in field.support if len(quote) > 1}
    return any(re.search(rf"(?<!\w){re.escape(quote)}(?!\w)", said, re.I) for quote in quotes)


def _quoted(words: Sequence[str]) -> Said:
    frame = phrases().joins.quoted
    return Said(listed([fill(frame, {"text": Said(within_quotes(text))}).text for text in dict.fromkeys(words)]))


def _overlap(fit: Fit, other: Fit) -> bool:
    return fit.about == other.about or bool(fit.spent & other.spent) or (fit.personal and other.personal)
