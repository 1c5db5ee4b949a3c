"""What the list as a whole should be: not all alike, one film of a series, and if wanted one that few know."""

import re
from collections.abc import Iterable, Mapping, Sequence
from operator import mul

from matinee.models import Candidate, title_key

_NUMBERED = re.compile(
    r"\s*(?:[:\u2013\u2014-]|,)?\s*\b(?:(?:part|chapter|episode|vol(?:ume)?|no)\b\.?\s*)?"
    r"(?:\d{1,2}|[ivx]{1,4}|one|two|three|four|five|six|seven|eight)\s*$",
    re.I,
)
_SUBTITLE = re.compile(r"\s*(?::|\s[\u2013\u2014-]\s).*$")
_SHORTEST = 4
"""Letters of a series' name; a shorter one is rather chance."""

_LITTLE_KNOWN = 60
"""A deep cut has fewer votes than this (TMDB's numbers; 23,000 of IMDb's)."""


def series_of(title: str) -> str:
    """Return the name under which the films of a series meet: `Toy Story 2`, `Toy Story: ...` and `Toy Story`."""
    name = _NUMBERED.sub("", _SUBTITLE.sub("", _NUMBERED.sub("", title)))
    key = title_key(name, None) if name.strip() else ""
    return key if len(key) >= _SHORTEST else title_key(title, None)


def one_of_each_series(candidates: Sequence[Candidate], named: Iterable[str] = ()) -> list[Candidate]:
    """Return the candidates in order, the second and later ones of a series moved to the end.

    The titles `named` count as the first of theirs: who names The Godfather knows that there is a second part.
    """
    first: list[Candidate] = []
    later: list[Candidate] = []
    names = {series_of(title) for title in named}
    for candidate in candidates:
        name = series_of(candidate.movie.title)
        (later if name in names else first).append(candidate)
        names.add(name)
    return [*first, *later]


def diversified(
    candidates: Sequence[Candidate], vectors: Mapping[str, Sequence[float]], diversity: float, k: int
) -> list[Candidate]:
    """Return the candidates with the best `k` chosen by maximal marginal relevance, the others after them in order.

    Each next film maximises `(1 - diversity) * relevance - diversity * nearness`: its score as part of the best
    one's, and its greatest cosine to a film chosen before. Source: Carbonell and Goldstein, SIGIR 1998.
    """
    if not candidates or not diversity or not candidates[0].score:
        return list(candidates)
    best = candidates[0].score
    left = list(candidates)
    chosen: list[Candidate] = []
    nearest = {c.movie.movie_id: 0.0 for c in candidates}
    while left and len(chosen) < k:
        pick = max(left, key=lambda c: (1 - diversity) * c.score / best - diversity * nearest[c.movie.movie_id])
        left.remove(pick)
        chosen.append(pick)
        vector = vectors.get(pick.movie.movie_id)
        if vector is not None:
            for candidate in left:
                other = vectors.get(candidate.movie.movie_id)
                if other is not None:
                    cosine = sum(map(mul, vector, other))
                    nearest[candidate.movie.movie_id] = max(nearest[candidate.movie.movie_id], cosine)
    return [*chosen, *left]


def with_deep_cut(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """Return the candidates with the best one that few know in the last place of the `limit` best, if none is there."""
    shown = candidates[:limit]
    if limit < 2 or any(_is_little_known(c) for c in shown):
        return list(candidates)
    cut = next((c for c in candidates[limit:] if _is_little_known(c)), None)
    if cut is None:
        return list(candidates)
    return [*shown[:-1], cut, shown[-1], *(c for c in candidates[limit:] if c is not cut)]


def _is_little_known(candidate: Candidate) -> bool:
    return candidate.movie.votes < _LITTLE_KNOWN
