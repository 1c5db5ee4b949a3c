"""The text of a film that gets embedded, and the shorter one that the cross-encoder reads."""

from matinee.models import Movie


def embedding_text(movie: Movie) -> str:
    """Return what a search may find the film by: titles, facts, plot, keywords."""
    lines = [
        _titled(movie),
        movie.tagline,
        movie.overview,
        _listed("Keywords", movie.keywords),
        _listed("Genres", movie.genres),
        _listed("Directed by", movie.directors),
        _listed("Starring", movie.stars),
        _listed("Language", movie.languages),
        _listed("From", movie.countries),
    ]
    return "\n".join(line for line in lines if line)


def rerank_text(movie: Movie) -> str:
    """Return what the cross-encoder reads: it costs by the token, so people and places are left out."""
    lines = [
        f"{movie.label}: {', '.join(movie.genres)}" if movie.genres else movie.label,
        movie.overview,
        ", ".join(movie.keywords),
    ]
    return "\n".join(line for line in lines if line)


def _titled(movie: Movie) -> str:
    return f"{movie.label} ({'; '.join(movie.aka)})" if movie.aka else movie.label


def _listed(name: str, items: list[str]) -> str:
    return f"{name}: {', '.join(items)}" if items else ""
