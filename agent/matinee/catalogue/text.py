"""The text of a film that gets embedded, and the shorter one that the cross-encoder reads."""

from collections.abc import Sequence
from itertools import pairwise

from matinee.language.sentences import sentences
from matinee.language.tokens import content
from matinee.models import Movie, Passage


def embedding_text(movie: Movie) -> str:
    """Return what a search may find the film by: titles, facts, plot, keywords.

    The terms of its traits are left out: they are compared by themselves, and blur what the text says of this one film.
    """
    terms = frozenset(movie.traits.terms)
    own = [keyword for keyword in movie.keywords if keyword not in terms]
    lines = [
        _titled(movie),
        movie.tagline,
        movie.overview,
        _listed("Keywords", own),
        _listed("Genres", movie.genres),
        _listed("Directed by", movie.directors),
        _listed("Starring", movie.stars),
        _listed("Language", movie.languages),
        _listed("From", movie.countries),
    ]
    return "\n".join(line for line in lines if line)


def rerank_text(movie: Movie, passages: Sequence[Passage] = (), request: str = "") -> str:
    """Return what the cross-encoder reads: it costs by the token, so people and places are left out.

    Where a passage has two sentences that say more of what the request says than the overview does, these stand in the
    overview's place.
    """
    lines = [
        f"{movie.label}: {', '.join(movie.genres)}" if movie.genres else movie.label,
        _nearest(movie.overview, passages, request),
        ", ".join(movie.keywords),
    ]
    return "\n".join(line for line in lines if line)


def _nearest(overview: str, passages: Sequence[Passage], request: str) -> str:
    prose = [passage.text for passage in passages if passage.source in ("plot", "review", "overview")]
    if not prose:
        return overview
    asked = frozenset(content(request))
    pairs = [pair for text in prose for pair in pairwise([*sentences(text), ""])]

    def shared(text: str) -> int:
        return len(asked & frozenset(content(text)))

    best = max(pairs, key=lambda pair: (shared(" ".join(pair)), shared(pair[0])))
    nearest = " ".join(best).strip()
    return nearest if shared(nearest) > shared(overview) else overview


def _titled(movie: Movie) -> str:
    return f"{movie.label} ({'; '.join(movie.aka)})" if movie.aka else movie.label


def _listed(name: str, items: list[str]) -> str:
    return f"{name}: {', '.join(items)}" if items else ""
