"""Judges what a model writes of a film, sentence by sentence, and says what bears each out.

A sentence is contradicted where something that it states is false by the catalogue or the records, or where it tells
another film's plot; it is supported where its facts agree and the film's text carries it; everything else is the
model's own. Nothing is cut inside a sentence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from matinee.language.cues import says
from matinee.language.detection import is_foreign
from matinee.language.sentences import sentences
from matinee.language.tokens import content, stems, tokens
from matinee.models import Evidence, Movie, Passage, Spoilers, Support
from matinee.reasons.facts import Fact, Statement, Viewer, facts_in
from matinee.reasons.kinds import KINDS
from matinee.reasons.names import CatalogueNames
from matinee.reasons.spoilers import gives_away, tellable_passages
from matinee.reasons.support import (
    Encoder,
    Nearest,
    Weights,
    nearest,
    other_plot_features,
    shipped,
    stray_names,
    support_features,
)

Verdict = Literal["contradicted", "supported", "own"]
Grounding = Literal["marked", "strict"]


@dataclass(frozen=True)
class Judged:
    """A sentence with its verdict.

    Attributes:
        text: the sentence as written.
        verdict: `own` is the model's own: neither borne out nor contradicted.
        support: where the support comes from; `model` without any.
        evidence: what bears it out, the strongest first; quotes stand in their sources word for word.
        shown: whether it may be shown in this run.
        why_not: for the log, why it is left out.
    """

    text: str
    verdict: Verdict
    support: Support = "model"
    evidence: tuple[Evidence, ...] = ()
    shown: bool = True
    why_not: str = ""


class Paragraph:
    """The sentences of one reason in their order: one whose subject was left out falls with the one before it."""

    def __init__(self) -> None:
        self._gap = False

    def add(self, judged: Judged) -> Judged:
        """Return the sentence as it is to be shown, or left out, after those before it."""
        if judged.shown and self._gap and says(judged.text, "pronoun", opens=True):
            judged = replace(judged, shown=False, why_not="the sentence that it goes on from was left out")
        self._gap = not judged.shown
        return judged


@dataclass(frozen=True)
class Checker:
    """Judges reasons given in one run.

    Attributes:
        viewer: what the viewer said.
        names: the catalogue's titles and people.
        encoder: vectors of sentences.
        grounding: `strict` shows supported sentences only.
        spoilers: `strict` shows nothing of the plot.
        written: passages of what is written of films at length, by film; they may be quoted.
        half_remembered: the viewer looks for a film that they have seen.
    """

    viewer: Viewer
    names: CatalogueNames
    encoder: Encoder
    grounding: Grounding = "marked"
    spoilers: Spoilers = "premise"
    written: Mapping[str, Sequence[Passage]] = field(default_factory=dict)
    half_remembered: bool = False
    support: Weights = field(default_factory=lambda: shipped("support"))
    other_plot: Weights = field(default_factory=lambda: shipped("other_plot"))

    def judge(self, text: str, film: Movie, others: Sequence[Movie] = ()) -> Judged:
        """Return the verdict on a sentence about the film.

        `others` are films that it may be about instead: those on offer, and those of the catalogue nearest to it.
        Takes a few milliseconds of CPU for each text that is new: call it in a thread.
        """
        if len(text) > _LONGEST:
            return Judged(text[:_LONGEST], "own", shown=False, why_not="it does not come to an end")
        statement = Statement(text, film, self.viewer, self.names, self.encoder.cosine)
        passages = tellable_passages(self.written.get(film.movie_id, ()), self.spoilers, seen=self.half_remembered)
        facts = facts_in(statement, KINDS)
        false = [fact.fault for fact in facts if not fact.holds]
        if false:
            return Judged(text, "contradicted", shown=False, why_not="; ".join(false))
        near = nearest(self.encoder, text, film, [told for _, told in passages])
        if other := self._other_plot(text, film, near, others):
            return Judged(text, "contradicted", shown=False, why_not=f"this is told of {other.label}")
        if why := self._withheld(text, film):
            return Judged(text, "own", shown=False, why_not=why)
        judged = self._supported(statement, facts, near, passages)
        if self.spoilers == "strict" and self._tells_plot(judged, film):
            return Judged(text, judged.verdict, shown=False, why_not="it tells of the plot")
        if self.grounding == "strict" and judged.verdict != "supported":
            return Judged(text, judged.verdict, shown=False, why_not="nothing bears it out")
        return judged

    def prepare(self, films: Sequence[Movie]) -> None:
        """Embed what sentences about these films will be compared with."""
        for film in films:
            nearest(self.encoder, film.title, film)

    def _withheld(self, text: str, film: Movie) -> str:
        """Return why a sentence that is not false is left out all the same, or nothing."""
        if gives_away(text, film):
            return "it gives the ending away"
        if is_foreign(text) and not (self.viewer.written or is_foreign(self.viewer.request)):
            return "it is in another language"
        if set(stems(text)) <= _NAMING | set(stems(film.label)):
            return "it says nothing but the title"
        return ""

    def _tells_plot(self, judged: Judged, film: Movie) -> bool:
        """Tell whether a sentence tells of the plot, also of what may not be quoted of it."""
        if judged.evidence[:1] and judged.evidence[0].source in _PLOT:
            return True
        plot = [told for p in self.written.get(film.movie_id, ()) if p.source in _PLOT for told in sentences(p.text)]
        return nearest(self.encoder, judged.text, film, plot).best >= _TELLS_PLOT

    def _other_plot(self, text: str, film: Movie, near: Nearest, others: Sequence[Movie]) -> Movie | None:
        """Return the film whose plot the sentence tells, if that is another one."""
        if near.best >= _OWN_PLOT or len(content(text)) < _TELLING:
            return None
        nearer = [(nearest(self.encoder, text, other), other) for other in others if other.movie_id != film.movie_id]
        if not nearer:
            return None
        best, other = max(nearer, key=lambda pair: pair[0].best)
        named = set(stems(other.title)) - set(stems(f"{film.title} {film.overview}"))
        if any((token.capital or token.text.isdigit()) and token.stem in named for token in tokens(text)):
            return None  # it only compares the two
        told = self.other_plot.probability(other_plot_features(text, film, near, other, best))
        return other if told >= self.other_plot.threshold else None

    def _supported(
        self, statement: Statement, facts: Sequence[Fact], near: Nearest, passages: Sequence[tuple[str, str]]
    ) -> Judged:
        text, written = statement.text, " ".join(told for _, told in passages)
        cited = [Evidence(claim=text, source=f.source, quote=f.quote) for f in facts if f.quote]
        film = [evidence for evidence in cited if not _of_viewer(evidence.source)]
        carried = self.support.probability(support_features(statement, near, facts, written)) >= self.support.threshold
        if carried and not stray_names(statement, written):
            if near.quote and near.sentence >= _QUOTED:
                source = next((name for name, told in passages if told == near.quote), "overview")
                film = [Evidence(claim=text, source=source, quote=near.quote), *film]
            if film:
                return Judged(text, "supported", "catalogue", tuple(film))
        told = [evidence for evidence in cited if _of_viewer(evidence.source)]
        if told:
            support: Support = "request" if told[0].source == "request" else "history"
            return Judged(text, "supported", support, (*told, *film))
        return Judged(text, "own", evidence=tuple(film))


_LONGEST = 800
"""Characters of a sentence, some 130 words; what goes on is none, and reading it would take ever longer."""
_NAMING = frozenset(stems("it this that is a the film movie one here called named titled"))
"""What a sentence may hold beside the title and say nothing all the same."""
_OWN_PLOT = 0.66
"""Cosine from which a sentence is near enough to the film's own plot not to be asked whether it tells another's."""
_TELLING = 7
"""Words that a sentence has at least in which a plot can be told from another."""
_PLOT = frozenset(("overview", "plot", "review"))
_QUOTED = 0.5
"""Cosine from which a sentence of the film's text is quoted as what bears a reason out."""
_TELLS_PLOT = 0.62
"""Cosine from which a sentence tells of what the film's texts tell."""


def _of_viewer(source: str) -> bool:
    return source == "request" or re.match(r"preference:|rating:", source) is not None
