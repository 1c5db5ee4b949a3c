"""Puts one reason together: which sentences, in which order, in which of the frames that are left."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from matinee.models import Movie
from matinee.providers.evidence import portrait
from matinee.providers.evidence.clauses import Fit
from matinee.providers.evidence.fits import FitFinder
from matinee.providers.evidence.phrases import (
    Said,
    clean,
    distinct,
    fill,
    phrases,
    placeholders,
    sentence_case,
    usable,
    with_article,
    within_quotes,
)
from matinee.providers.evidence.premise import premise

_GROUPS = ({"kind", "a_kind"}, {"directors", "director", "self"}, {"cast", "stars", "self"})
"""What a portrait should tell: of the frames that can be filled, those that tell most of these are used."""


@dataclass
class Draft:
    """A reason in the making, and the frames and fits that it would use up."""

    sentences: list[Said] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    starts: set[str] = field(default_factory=set)

    def words(self) -> int:
        """Return how many words it has."""
        return sum(len(said.text.split()) for said in self.sentences)


class Composer:
    """Writes drafts for one answer; `used` counts the frames and fits that the answer has used up so far."""

    def __init__(self, finder: FitFinder, request: str) -> None:
        self._finder = finder
        self._request = request
        self.used: Counter[str] = Counter()

    def turn(self, *subject: str) -> int:
        """Return a number that depends on the subject and the request alone, the same in every run."""
        text = "\0".join((*subject, self._request)).encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(text, digest_size=8).digest())

    def fit(self, movie: Movie, fits: Sequence[Fit]) -> Said | None:
        """Return one sentence that names these fits, if there are any, and count what it uses up."""
        draft = Draft(used=[fit.key for fit in fits])
        for said in self._fit_sentence(movie, sorted(fits, key=lambda fit: fit.rank), draft):
            self.used.update(draft.used)
            return Said(sentence_case(said.text), said.support)
        return None

    def draft(self, movie: Movie, fits: Sequence[Fit], plot_words: int, cast: int) -> Draft:
        """Return a reason that names these fits, with so many words of plot, and of cast and moods, at most."""
        draft = Draft(used=[fit.key for fit in fits])
        fit = self._fit_sentence(movie, sorted(fits, key=lambda fit: fit.rank), draft)
        fields = self._portrait_fields(movie, fits, cast) | _plot_fields(movie, plot_words, joined=not fits)
        word = self._premise_word(fields, fits)
        fields |= word
        draft.used += [f"premise:{said.text}" for said in word.values()]
        merged = [] if word or "plot" not in fields else self._fullest(phrases().sentences.both, fields)
        # Two sentences have more frames to offer than one that holds both, so none of those is worn out first.
        merged = [frame for frame in merged if not self.used[frame]]
        frames = phrases().sentences
        choices = {
            "portrait+plot": merged,
            "portrait": self._fullest(frames.portrait, fields),
            "plot": self._fullest(frames.plot_asked if word else frames.plot, fields),
        }
        plan = self._plan(movie, bool(fit), bool(merged), draft)
        sentences = {"fit": fit}
        for role in plan:
            if choices.get(role):
                sentences[role] = [self._choose(movie, role, choices[role], fields, draft)]
        if not any(sentences.get(role) for role in plan if role != "fit"):
            sentences["title"] = [self._title_sentence(movie, draft)]
            plan = ["title", "fit"]
        told = [said for role in plan for said in sentences.get(role, [])]
        draft.sentences = [Said(sentence_case(said.text), said.support) for said in told]
        return draft

    def _plan(self, movie: Movie, has_fit: bool, can_merge: bool, draft: Draft) -> list[str]:
        plans = [plan for plan in phrases().orders.plans if can_merge or "+" not in plan]
        leads = {plan: _roles(plan)[0] for plan in plans}

        def worn(plan: str) -> tuple[int, int]:
            return self.used[f"lead:{leads[plan]}"], self.used[plan]

        if not has_fit:
            plans = [plan for plan in plans if leads[plan] != "fit"]
        plan = min(self._rotated(movie, "plan", plans), key=worn)
        draft.used += [plan, f"lead:{leads[plan]}"]
        return _roles(plan)

    def _fit_sentence(self, movie: Movie, fits: Sequence[Fit], draft: Draft) -> list[Said]:
        clauses = []
        for fit in fits:
            frames = usable(phrases().clauses[fit.clause].frames, fit.fields)
            clauses.append(self._choose(movie, fit.about, frames, fit.fields, draft))
        if not clauses:
            return []
        joins = phrases().joins
        heavy = len(clauses) > 2 or any(joins.comma.strip() in clause.text for clause in clauses)
        text = (joins.clauses_heavy if heavy else joins.clauses).join(clause.text for clause in clauses)
        return [Said(f"{text}.", distinct(pair for clause in clauses for pair in clause.support))]

    def _portrait_fields(self, movie: Movie, fits: Sequence[Fit], cast: int) -> dict[str, Said]:
        spent = self._finder.shunned(movie).union(*(fit.spent for fit in fits))
        asked = self._finder.asked_genres(movie)
        # A reason that has no room for the cast has none for moods either.
        moods = [item for item in portrait.moods(movie, before_noun=True) if item not in spent][:cast]
        year = self._finder.asks_year(movie) and not any(fit.about == "year" for fit in fits)
        fields = portrait.people(movie, without=spent, most=cast)
        if kind := portrait.kind(movie, asked=asked, moods=moods, year=year):
            fields["kind"] = kind
            fields["a_kind"] = Said(with_article(kind.text), kind.support)
        in_kind = {quote for said in fields.values() for _, quote in said.support}
        if themes := [item for item in portrait.themes(movie) if item not in spent | in_kind][:2]:
            fields["themes"] = portrait.plain(themes)
        words = [said for said in asked.values() if said]
        if words:
            together = self._finder.said(" ".join(said.text for said in words))
            fields["asked_genre"] = together or words[0]
        return fields

    def _fullest(self, frames: Sequence[str], fields: Mapping[str, Said]) -> list[str]:
        if "plot" in fields and ":" in fields["plot"].text:
            frames = [frame for frame in frames if not ("{plot" in frame and ":" in frame)]
        frames = usable(frames, fields)
        told = {frame: sum(bool(group & set(placeholders(frame))) for group in _GROUPS) for frame in frames}
        return [frame for frame in frames if told[frame] == max(told.values())]

    def _premise_word(self, fields: Mapping[str, Said], fits: Sequence[Fit]) -> dict[str, Said]:
        plot = fields.get("plot")
        if plot is None or ":" in plot.text:
            return {}
        heard = [fit.fields["asked"].text for fit in fits if "asked" in fit.fields]
        word = self._finder.premise_word(plot.text, heard)
        return {"asked": word} if word and not self.used[f"premise:{word.text}"] else {}

    def _title_sentence(self, movie: Movie, draft: Draft) -> Said:
        sentences = phrases().sentences
        title = ("title", movie.title)
        request = within_quotes(self._request).rstrip(".!; ")
        frames = sentences.title_only if request and len(request.split()) < 20 else sentences.title_only_bare
        said = self._choose(movie, "title", frames, {"request": Said(request, (("request", self._request),))}, draft)
        return Said(said.text, (*said.support, title))

    def _choose(
        self, movie: Movie, subject: str, frames: Sequence[str], fields: Mapping[str, Said], draft: Draft
    ) -> Said:
        def worn(frame: str) -> tuple[int, bool]:
            # The bare plot is the overview's own sentence: it repeats no pattern.
            times = self.used[frame] // (2 if frame == "{plot}" else 1) + draft.used.count(frame)
            return times, frame.split()[0].casefold() in draft.starts

        frame = min(self._rotated(movie, subject, frames), key=worn)
        draft.used.append(frame)
        draft.starts.add(frame.split()[0].casefold())
        return fill(frame, fields)

    def _rotated(self, movie: Movie, subject: str, choices: Sequence[str]) -> list[str]:
        start = self.turn(movie.movie_id, subject) % len(choices)
        return [*choices[start:], *choices[:start]]


def _roles(plan: str) -> list[str]:
    return [role.strip() for role in plan.split(",")]


def _plot_fields(movie: Movie, most: int, *, joined: bool) -> dict[str, Said]:
    quote = premise(movie.overview, most, joined=joined) or premise(movie.overview, joined=joined)
    text = clean(quote).rstrip(",;:")
    if not text:
        return {}
    if not re.search(r"[.!?…][\"'”’)\]]*$", text):
        text += "."
    support = (("overview", quote),)
    fields = {"plot": Said(text, support)}
    first = text.split()[0]
    titled = text.casefold().startswith(clean(movie.title).casefold())
    if not titled and first.capitalize() == first and first.casefold() in phrases().words.numerals:
        fields["plot_inside"] = Said(text[0].lower() + text[1:], support)
    return fields
