"""What may be told of a film: its premise, not its ending."""

import re
from collections.abc import Iterable, Sequence

from matinee.language.cues import says
from matinee.language.lexicon import phrases
from matinee.language.sentences import sentences
from matinee.models import Movie, Passage, Spoilers

TAGS = "tags"
PREMISE_SENTENCES = 2
"""An overview sets out its premise in its first two sentences; what follows may lie past it."""

_OUTCOME = re.compile("|".join(f"(?:{pattern})" for pattern in phrases("spoilers", "outcomes")), re.I)
_DEATH = re.compile("|".join(f"(?:{pattern})" for pattern in phrases("spoilers", "deaths")))
_HINT = re.compile("|".join(f"(?:{pattern})" for pattern in phrases("spoilers", "hints")), re.I)


def gives_away(text: str, film: Movie) -> bool:
    """Tell whether a sentence tells how the film ends or who dies, unless the premise itself tells as much."""
    told = premise(film.overview)
    if _OUTCOME.search(text) and not _OUTCOME.search(told):
        return True
    return _DEATH.search(text) is not None and not says(film.overview, "deadly")


def premise(overview: str) -> str:
    """Return the part of an overview that may be told, as it stands there: two sentences, none that tells an ending."""
    kept: list[str] = []
    for sentence in sentences(overview)[:PREMISE_SENTENCES]:
        if _OUTCOME.search(sentence):
            break
        kept.append(sentence)
    return overview[overview.index(kept[0]) : overview.index(kept[-1]) + len(kept[-1])] if kept else ""


def tellable(film: Movie, spoilers: Spoilers) -> Movie:
    """Return the row without what must not be told: all but the premise; under `strict` the premise as well."""
    return film.model_copy(
        update={
            "overview": premise(film.overview) if spoilers == "premise" else "",
            "tagline": "" if hints_at_ending(film.tagline) else film.tagline,
            "keywords": [keyword for keyword in film.keywords if not hints_at_ending(keyword)],
        }
    )


def hints_at_ending(text: str) -> bool:
    """Tell whether a keyword or a tagline speaks of an ending, a twist or who did it."""
    return _HINT.search(text) is not None or _OUTCOME.search(text) is not None


def tellable_passages(passages: Iterable[Passage], spoilers: Spoilers, *, seen: bool) -> list[tuple[str, str]]:
    """Return the source and text of what may be told of a film's passages, a sentence or a tag each, word for word.

    A plot told at length goes past its premise soon, so only its beginning may be told; to a viewer who looks for a
    film that they half remember (`seen`) all of it. Of reviews what is said of the film as such may be told. Under
    `strict` tags alone.
    """
    return [(p.source, text) for p in passages for text in _tellable(p, spoilers, seen=seen)]


def _tellable(passage: Passage, spoilers: Spoilers, *, seen: bool) -> Sequence[str]:
    if passage.source == TAGS:
        return [tag for tag in passage.text.split(", ") if tag and not hints_at_ending(tag)]
    if spoilers == "strict":
        return []
    told: Sequence[str] = ()
    if passage.source in ("plot", "overview") and seen:
        told = sentences(passage.text)
    elif passage.source == "plot" and passage.position == 0:
        told = sentences(premise(passage.text))
    elif passage.source == "review":
        told = [sentence for sentence in sentences(passage.text) if says(sentence, "of_film")]
    return [sentence for sentence in told if _is_whole(sentence) and not hints_at_ending(sentence)]


def _is_whole(sentence: str) -> bool:
    return sentence[:1].isupper() and sentence.rstrip("\"'\u201d\u2019)")[-1:] in (".", "!", "?", "\u2026")
