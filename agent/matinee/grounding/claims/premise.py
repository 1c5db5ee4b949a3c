"""What of an overview is its premise, and what gives an ending away."""

import re
from collections.abc import Iterator

from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.text import sentences
from matinee.models import Movie, Spoilers

PREMISE_SENTENCES = 2
"""An overview sets out its premise in its first two sentences; what follows may lie past it."""


def premise_sentences(overview: str) -> list[str]:
    """Return the overview's leading sentences that may be told: two at most, and none from where an ending is told."""
    kept: list[str] = []
    for sentence in sentences(overview)[:PREMISE_SENTENCES]:
        if _gives_away(sentence):
            break
        kept.append(sentence)
    return kept


def premise_text(overview: str) -> str:
    """Return the part of the overview that `premise_sentences` are, as it stands there."""
    kept = premise_sentences(overview)
    return overview[overview.index(kept[0]) : overview.index(kept[-1]) + len(kept[-1])] if kept else ""


def tellable(movie: Movie, spoilers: Spoilers) -> Movie:
    """Return the row without what must not be told: all but the premise; under `strict` the premise as well."""
    return movie.model_copy(
        update={
            "overview": premise_text(movie.overview) if spoilers == "premise" else "",
            "tagline": "" if tells_ending(movie.tagline) else movie.tagline,
            "keywords": [keyword for keyword in movie.keywords if not tells_ending(keyword)],
        }
    )


def tells_ending(text: str) -> bool:
    """Tell whether the text speaks of an ending, a twist, or who did it."""
    return any(True for _ in endings_told(text))


def endings_told(text: str) -> Iterator[re.Match[str]]:
    """Return where the text speaks of an ending, a twist, or who did it."""
    return LEXICON.pattern("spoilers", "endings").finditer(text)


def _gives_away(sentence: str) -> bool:
    # An overview may say "finally" of a beginning; a reason that says so is more often past it.
    return bool(LEXICON.pattern("spoilers", "plain").search(sentence))


def deaths_told(text: str) -> Iterator[re.Match[str]]:
    """Return where the text tells of somebody's death as something that happens."""
    # Case matters here: a capital letter begins the name of whoever dies.
    return LEXICON.pattern("spoilers", "deaths").finditer(text)
