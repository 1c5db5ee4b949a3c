"""Checks a reason claim by claim against the row, the request and the viewer, and says what bears each out.

A claim stands when everything that it says is borne out: names, figures, genres and the like by what the row has, the
rest by words that the row uses too. One that the row speaks against is contradicted; the reason is then written anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from matinee.grounding.claims import figures, genres, names, plot, quotes, ratings, repute, viewer
from matinee.grounding.claims.plot import Leeway, Scorer
from matinee.grounding.claims.ruling import Case, Fault, Ruling, Verdict
from matinee.grounding.claims.sources import Known, Source
from matinee.grounding.claims.split import Clause, claims, rejoined
from matinee.models import Evidence, Movie, Passage, Preference, Spoilers, Understanding


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict, what bears it out, and what speaks against it."""

    claim: str
    verdict: Verdict
    evidence: list[Evidence]
    faults: list[Fault]
    kinds: list[str]


@dataclass(frozen=True)
class Checked:
    """What is left of a reason: the claims that stand, what supports them, what was cut, what is plainly wrong."""

    text: str
    evidence: list[Evidence]
    cut: list[str]
    contradicted: list[str] = field(default_factory=list)


class ClaimChecker:
    """Checks reasons given for one request to one viewer."""

    def __init__(
        self,
        understanding: Understanding,
        preferences: Sequence[Preference] = (),
        *,
        told: Sequence[Source] = (),
        told_of: Mapping[str, Source] | None = None,
        spoilers: Spoilers = "premise",
        scorer: Scorer | None = None,
        leeway: Leeway | None = None,
        written: Mapping[str, Sequence[Passage]] | None = None,
    ) -> None:
        """Prepare to check.

        Args:
            understanding: the request.
            preferences: what the viewer told before; cited by id.
            told: further sources, as `rating:viewer`.
            told_of: further sources on one film each, as `rating:neighbours`, by film.
            spoilers: `strict` lets no reason rest on the overview.
            scorer: judges claims whose words the row bears out in part; without one they are cut.
            leeway: how large that part must be, and the score.
            written: passages of what is written of films at length, by film; they may be quoted.
        """
        self._understanding = understanding
        self._preferences = preferences
        self._told = told
        self._told_of = told_of or {}
        self._spoilers = spoilers
        self._scorer = scorer
        self._leeway = leeway or Leeway()
        self._written = written or {}

    def known(self, movie: Movie) -> Known:
        """Return all that a reason for this film may rest on."""
        written = self._written.get(movie.movie_id, ())
        told = [*self._told, self._told_of[movie.movie_id]] if movie.movie_id in self._told_of else self._told
        return Known(movie, self._understanding, self._preferences, told, self._spoilers, written)

    def check(self, reason: str, movie: Movie) -> Checked:
        """Return the reason without the claims that nothing bears out."""
        case = Case(self.known(movie))
        told: list[str] = []
        evidence: list[Evidence] = []
        cut: list[str] = []
        contradicted: list[str] = []
        for sentence, clauses in claims(reason):
            kept: list[Clause] = []
            borne: list[Evidence] = []
            dropped: list[str] = []
            for clause, judged, stands in self._in_turn(clauses, case):
                if judged.verdict == "contradicted":
                    contradicted.append(clause.text)
                if stands:
                    kept.append(clause)
                    borne.extend(judged.evidence)
                else:
                    dropped.append(clause.text)
            cut.extend(dropped if kept or not dropped else [sentence])
            if kept:
                text = rejoined(kept)
                told.append(text)
                evidence.extend(_of_sentence(text, borne))
        return Checked(" ".join(told), evidence, cut, contradicted)

    def judged(self, reason: str, movie: Movie) -> list[Judged]:
        """Return the verdict on each claim of a reason, as the sentence around it has it; what stands is supported."""
        case = Case(self.known(movie))
        return [
            replace(judged, verdict="supported") if stands else judged
            for _, clauses in claims(reason)
            for _, judged, stands in self._in_turn(clauses, case)
        ]

    def judge(self, claim: str, movie: Movie) -> Judged:
        """Return the verdict on one claim, not split further."""
        return self._judge(claim, Case(self.known(movie)))

    def _in_turn(self, clauses: Sequence[Clause], case: Case) -> Iterator[tuple[Clause, Judged, bool]]:
        """Yield the clauses of a sentence, each with its verdict and whether it may stay."""
        kept: list[Clause] = []
        broken = False
        for at, clause in enumerate(clauses):
            broken = broken and not clause.free
            judged = self._judge(clause.text, case)
            if viewer.is_bare_fit(clause.text) and at + 1 < len(clauses) and not judged.faults:
                judged = self._as_its_ground(judged, clauses[at + 1], case)
            if kept and not broken and (clause.leans or judged.faults):
                judged = self._with_its_like(clause, kept, judged, case)
            rides = bool(kept) and not judged.faults and not clause.free  # praise of what is borne out
            stands = not broken and (judged.verdict == "supported" or rides)
            if stands:
                kept.append(clause)
            broken = not stands
            yield clause, judged, stands

    def _with_its_like(self, clause: Clause, kept: Sequence[Clause], alone: Judged, case: Case) -> Judged:
        """Judge a clause together with those before it, if it leans on them or goes on with what they quote."""
        before = "".join(f"{c.joint}{c.text}" for c in kept[_last_free(kept) :])
        text = f"{before}{clause.joint}{clause.text}"
        whole = self._ruled(text, case)
        if not clause.leans and not whole.quotes(len(before), len(text)):
            return alone
        return Judged(clause.text, whole.verdict, whole.evidence, whole.faults, whole.kinds)

    def _as_its_ground(self, judged: Judged, ground: Clause, case: Case) -> Judged:
        """Let "it suits your request" stand where what follows "because" does, and the viewer asked for that."""
        ruling = self._ruled(ground.text, case) if viewer.is_ground(ground.text) else None
        if ruling is None or ruling.verdict != "supported" or (asked := viewer.asked_for(ruling)) is None:
            return judged
        source, quote = asked
        return replace(judged, verdict="supported", evidence=[Evidence(claim=judged.claim, source=source, quote=quote)])

    def _judge(self, claim: str, case: Case) -> Judged:
        ruling = self._ruled(claim, case)
        return Judged(claim, ruling.verdict, ruling.evidence, ruling.faults, ruling.kinds)

    def _ruled(self, claim: str, case: Case) -> Ruling:
        ruling = Ruling(claim, case)
        ratings.check(ruling)
        viewer.films(ruling)
        quotes.check(ruling)
        plot.endings(ruling)
        viewer.check(ruling)
        figures.check(ruling)
        repute.check(ruling)
        genres.check(ruling)
        names.check(ruling)
        quotes.tags(ruling)
        plot.check(ruling, self._scorer, self._leeway)
        viewer.echoes(ruling)
        return ruling


def _last_free(kept: Sequence[Clause]) -> int:
    return max((at for at, clause in enumerate(kept) if clause.free), default=0)


def _of_sentence(sentence: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    pairs = dict.fromkeys((e.source, e.quote) for e in evidence)
    return [Evidence(claim=sentence, source=source, quote=quote) for source, quote in pairs]
