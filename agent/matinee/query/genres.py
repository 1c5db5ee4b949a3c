"""Genres wanted and refused, in IMDb's vocabulary; `genres.toml` of the lexicon says which words mean which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from matinee.language.lexicon import word_set
from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.models import Genre
from matinee.query.meaning import meant
from matinee.query.places_and_content import content
from matinee.query.terms import Term, link, runs
from matinee.understanding import Constraint, ConstraintField

_NOUN, _MOOD = 0.9, 0.6
_FORM: Genre = "Documentary"
_ALTERNATIVE = 4
"""How many words back an "or" is looked for."""
_LONGEST_QUOTE = 6
"""How many words two wishes may be apart and still be quoted as one."""


@dataclass(frozen=True)
class _Wish:
    first: int
    last: int
    genres: tuple[Genre, ...]
    op: Literal["any_of", "all_of"]
    certainty: float
    said_to: int = 0
    """The word up to which the wish is quoted; 0: all of it."""

    def constraints(self, request: Request) -> Iterator[Constraint]:
        """Yield the demand; what a documentary is about is doubtful, for few are counted as of that genre, too."""
        subject = tuple(genre for genre in self.genres if genre != _FORM)
        parted = self.op == "all_of" and 0 < len(subject) < len(self.genres)
        kinds = [((_FORM,), self.certainty), (subject, _MOOD)] if parted else [(self.genres, self.certainty)]
        for genres, certainty in kinds:
            yield Constraint(
                field=ConstraintField.GENRES,
                op=self.op if len(genres) > 1 else "any_of",
                value=list(genres),
                certainty=certainty,
                **request.said(self.first, self.said_to or self.last),
            )


def read_genres(request: Request, terms: Sequence[Term]) -> Iterator[Constraint]:
    """Yield what the request says about genres."""
    said = meant(request, [t for t in terms if t.kind != "avoid"], "genre")
    wishes = list(_wishes(request, [t for t in said if t.stance is Stance.WANTED]))
    named = {genre for wish in wishes if wish.certainty > _MOOD for genre in wish.genres}
    for wish in wishes:
        if wish.certainty > _MOOD or not named.issuperset(wish.genres):
            yield from wish.constraints(request)
    for term in said:
        if term.stance is Stance.WANTED and "languages" in term.row:
            yield Constraint(
                field=ConstraintField.LANGUAGES,
                op="any_of",
                value=term.row["languages"],
                certainty=_NOUN,
                **request.said(term.first, term.last),
            )
    refused = [t for t in said if t.stance.refuses]
    for phrase in runs(request, refused, "tight"):
        yield from _refused(request, phrase, named)


def _wishes(request: Request, terms: Sequence[Term]) -> Iterator[_Wish]:
    """Join wanted terms into wishes: phrases ("crime thriller") need all, lists ("comedy or drama") any."""
    main: list[_Wish] = []
    moods: list[_Wish] = []
    for listed in runs(request, terms, "tight", "or", "and", "comma"):
        joins = {link(request, a, b) for a, b in pairwise(listed)}
        phrases = list(runs(request, listed, "tight"))
        if "or" in joins:
            main.append(_together(listed, "any_of"))
        elif _mixed(request, listed):
            main.append(_together(listed, "all_of"))
        else:
            nouns = []
            for phrase in phrases:
                moods += [_together([t], "all_of") for t in phrase if not _counts_fully(t)]
                full = [t for t in phrase if _counts_fully(t)]
                if full and full[-1].manner == "adjective":
                    moods.append(_together(full, "all_of"))
                elif full:
                    nouns.append(full)
            if len(nouns) == 1:
                main.append(_together(nouns[0], "all_of"))
            elif nouns:
                main.append(_together([t for phrase in nouns for t in phrase], "any_of"))
    if any(_is_alternative(request, wish.first) for wish in (*main, *moods)):
        main, moods = sorted([*main, *moods], key=lambda wish: wish.first), []
    yield from moods
    yield from _joined(request, main)


def _is_alternative(request: Request, first: int) -> bool:
    """Tell whether "or" is before a wish that stands apart: "something funny but not silly, or a war film"."""
    at = first
    while at > 0 and (request.flows(at) or at == first) and first - at < _ALTERNATIVE:
        at -= 1
        if request.norms[at] == "or":
            return True
    return False


def _joined(request: Request, wishes: Sequence[_Wish]) -> Iterator[_Wish]:
    """Join wishes that stand apart: "a thriller with some romance" needs both, two sentences about taste either."""
    kept: _Wish | None = None
    for wish in wishes:
        if kept is None:
            kept = wish
            continue
        between = range(kept.last, wish.first)
        added = (
            any(request.norms[i] in word_set("genres", "adding") for i in between)
            and not any(request.ends_sentence(i) for i in [*between, wish.first])
            and not _is_alternative(request, wish.first)
        )
        conjunct = "any_of" not in (_op(kept), _op(wish))
        if added and not conjunct:
            yield kept
            kept = wish
            continue
        kept = _Wish(
            kept.first,
            wish.last,
            tuple(dict.fromkeys((*kept.genres, *wish.genres))),
            "all_of" if added else "any_of",
            min(kept.certainty, wish.certainty),
            kept.said_to or (kept.last if len(between) > _LONGEST_QUOTE else 0),
        )
    if kept:
        yield kept


def _op(wish: _Wish) -> str:
    return wish.op if len(wish.genres) > 1 else "all_of"


def _counts_fully(term: Term) -> bool:
    return term.manner in ("alone", "adjective", "asked", "beside")


def _mixed(request: Request, listed: Sequence[Term]) -> bool:
    said = request.norms[max(0, listed[0].first - 3) : listed[-1].first]
    return not word_set("genres", "mixing").isdisjoint(said)


def _together(terms: Sequence[Term], op: Literal["any_of", "all_of"]) -> _Wish:
    genres = dict.fromkeys(genre for t in terms for genre in t.row["wanted"])
    certainty = min(_NOUN if _counts_fully(t) else _MOOD for t in terms)
    return _Wish(terms[0].first, terms[-1].last, tuple(genres), op, certainty)


def _refused(request: Request, phrase: Sequence[Term], named: set[Genre]) -> Iterator[Constraint]:
    # To keep out films that are both of "crime thriller" one of the two is enough, and the first is the narrower.
    term = phrase[0]
    said = request.said(phrase[0].first, phrase[-1].last)
    softly = term.stance is Stance.SPARINGLY
    limits = list(content(term.row.get("refused", {}), more=int(softly), **said))
    yield from limits
    if softly and term.manner == "mood" and not limits:
        return  # "not too romantic" says how much of it, and not which films
    certainty = 0.7 if len(phrase) > 1 else _NOUN if _counts_fully(term) else 0.8
    unless = next((c.field for c in limits if c.op == "at_most"), None)
    for genre in term.row.get("unwanted", term.row["wanted"]):
        if not (genre in named and term.manner == "mood"):
            yield Constraint(
                field=ConstraintField.GENRES,
                op="none_of",
                value=[genre],
                certainty=certainty,
                unless_known=unless,
                **said,
            )
