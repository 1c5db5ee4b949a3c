"""Words of the vocabulary in a request: where they stand, how they are linked, and whether they are wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from matinee.language.lexicon import load, word_set
from matinee.language.negation import Stance, new_wish, stance_of
from matinee.language.phrases import Phrases
from matinee.language.request import Request

Kind = Literal["genre", "avoid", "place", "vague"]
Link = Literal["tight", "or", "and", "comma", "apart"]

_LISTS: dict[Kind, tuple[str, tuple[str, ...]]] = {
    "vague": ("vague", ("beside", "freely", "anywhere")),
    "place": ("places", ("adjectives", "prefix", "names", "anywhere", "refused")),
    "avoid": ("avoid", ("says", "always")),
    "genre": ("genres", ("alone", "adjective", "asked", "beside", "mood", "hint")),
}
"""The word list of each kind, and the manners in which its rows give their phrases."""


@dataclass(frozen=True, eq=False)
class Term:
    """A phrase of the vocabulary at words `first` up to, not including, `last`, with its row of the word list."""

    first: int
    last: int
    kind: Kind
    manner: str
    row: dict[str, Any]
    stance: Stance = Stance.WANTED


@cache
def _vocabulary() -> Phrases[tuple[Kind, str, dict[str, Any]] | None]:
    rows = [
        (phrase, (kind, manner, row))
        for kind, (name, manners) in _LISTS.items()
        for row in load(name)[kind]
        for manner in manners
        for phrase in row.get(manner, ())
    ]
    ignored = [(phrase, None) for name in ("genres", "places", "vague") for phrase in load(name)["ignored"]]
    return Phrases([*rows, *ignored])


def read_terms(request: Request) -> list[Term]:
    """Return the terms of the request from left to right, each with its stance."""
    found = [(i, last, value) for i, last, value in _vocabulary().scan(request) if value]
    terms = [Term(first, last, *value) for first, last, value in found]
    return list(with_stances(request, terms))


def link(request: Request, before: Term, after: Term) -> Link:
    """Return how two neighbouring terms are joined: "tight" for a phrase, "or", "and", "comma", or "apart"."""
    # Many a reader asks it of the same two.
    known: dict[tuple[int, int], Link] = request.memory("links")
    between = (before.last, after.first)
    if between not in known:
        known[between] = _link(request, *between)
    return known[between]


def _link(request: Request, last: int, first: int) -> Link:
    if last == first:
        gap = request.gaps[first]
        if request.flows(first):
            return "tight"
        return "or" if "/" in gap else "comma" if gap.strip() in (",", "") else "apart"
    if first - last > 5 or any(request.breaks(i) for i in range(last, first + 1)):
        return "apart"
    words = request.norms[last:first]
    glue, films = word_set("common", "glue"), word_set("common", "film")
    if not all(word in glue or word in films for word in words):
        return "apart"
    if "or" in words or "nor" in words:
        return "or"
    if "and" in words or "plus" in words:
        return "and"
    return "comma" if any("," in request.gaps[i] for i in range(last, first + 1)) else "and"


def runs(request: Request, terms: Sequence[Term], *links: Link) -> Iterator[list[Term]]:
    """Yield the terms in runs of neighbours that are joined by one of these links."""
    run: list[Term] = []
    for term in terms:
        if run and link(request, run[-1], term) not in links:
            yield run
            run = []
        run.append(term)
    if run:
        yield run


def with_stances(request: Request, terms: Sequence[Term]) -> Iterator[Term]:
    """Yield the terms, in order, with what the words around each think of it, and of the list that it stands in."""
    covered = {i for term in terms for i in range(term.first, term.last)}
    for run in runs(request, terms, "tight", "or", "and", "comma"):
        stances = [stance_of(request, term.first, term.last, covered) for term in run]
        joins = [link(request, a, b) for a, b in pairwise(run)]
        bare, carried = _is_bare_list(request, run, joins), False
        for at, (a, b) in enumerate(pairwise(run)):
            refused = stances[at].refuses
            carries = (bare or (carried and joins[at] == "and")) and _says_alike(request, a, b)
            carried = False
            if refused and joins[at] == "tight" and a.kind != b.kind and stances[at + 1] is not Stance.WANTED:
                stances[at + 1] = Stance.OPEN  # "no French comedies": refusing the one is enough
            elif refused and stances[at + 1] is Stance.WANTED and (carries or _goes_on(request, joins, at, a, b)):
                stances[at + 1], carried = stances[at], joins[at] == "comma"
        for term, stance in zip(run, stances, strict=True):
            yield Term(term.first, term.last, term.kind, term.manner, term.row, stance)


def _is_bare_list(request: Request, run: Sequence[Term], joins: Sequence[Link]) -> bool:
    """Tell whether nothing but commas joins a list that is refused as one.

    It has three items or more ("no A, B, C") or stands behind a verb ("avoid A, B"), and closes its clause: in "I hate
    A, B is fine" the second item begins another.
    """
    first, end = run[0].first, run[-1].last
    while request.flows(end) and request.norms[end] in word_set("common", "film"):
        end += 1
    if set(joins) != {"comma"} or request.flows(end):
        return False
    while first > 0 and request.norms[first - 1] in word_set("common", "glue"):
        first -= 1
    verb = first > 0 and request.norms[first - 1] in word_set("refusal", "verbs")
    kinds = {term.kind for term in run}
    return (verb and kinds <= {"genre", "avoid"}) or (len(kinds) == 1 and (verb or len(run) > 2))


def _says_alike(request: Request, before: Term, after: Term) -> bool:
    between = range(before.last, after.first + 1)
    wished = new_wish(request, range(before.first, before.last), between)
    return not wished and not any(request.norms[i] in ("a", "an") for i in between)


def _goes_on(request: Request, joins: Sequence[Link], at: int, before: Term, after: Term) -> bool:
    """Tell whether a refusal reaches the next item: "no A, B or C" and "no A/B" go on, "no A, a B" does not."""
    between = range(before.last, after.first + 1)
    if new_wish(request, range(before.first, before.last), between):
        return False
    if joins[at] != "or" and any(request.norms[i] in ("a", "an") for i in between):
        return False
    if joins[at] == "tight":
        return before.kind == after.kind and request.norms[before.first - 1] != "non"
    rest = joins[at:]
    return joins[at] == "or" or ("or" in rest and "tight" not in rest) or rest[-2:] == ["comma", "and"]
