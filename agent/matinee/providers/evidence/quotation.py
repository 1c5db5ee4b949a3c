"""What a reason quotes of what is written of a film at length: the sentence, or the tags, nearest to the request."""

from collections.abc import Iterable, Sequence

from matinee.grounding.claims import tellable_passages
from matinee.grounding.claims.lexicon import telling_stems
from matinee.grounding.claims.telling import TAGS
from matinee.models import Movie, Passage, Spoilers, Understanding
from matinee.providers.evidence.phrases import Said, fill, listed, phrases

_LONGEST = 28
"""Words of a sentence that is quoted."""

_SHARED = 2
"""Words that it has in common with the request, at the least."""

_TAGS = 2


def quotation(passages: Sequence[Passage], movie: Movie, request: Understanding, spoilers: Spoilers) -> Said | None:
    """Return a sentence that quotes what speaks of what the request asks for, with its source; None if nothing does."""
    told = list(tellable_passages(passages, spoilers, seen=request.intent == "identify"))
    asked = telling_stems(request.text)
    prose = [(len(asked & telling_stems(text)), source, text) for source, text in told if source != TAGS]
    for shared, source, text in sorted(prose, key=lambda one: -one[0]):
        if shared >= _SHARED and len(text.split()) <= _LONGEST and _fits_quotes(text) and text not in movie.overview:
            frame = phrases().quotation.review if source == "review" else phrases().quotation.plot
            return fill(frame, {"text": Said(text, ((source, text),))})
    row = {keyword.casefold() for keyword in movie.keywords}
    named = [t for s, t in told if s == TAGS and t.casefold() not in row and _fits_quotes(t) and _within(t, asked)]
    if not named:
        return None
    quoted = [fill(phrases().joins.quoted, {"text": Said(tag)}).text for tag in named[:_TAGS]]
    return fill(phrases().quotation.tags, {"tags": Said(listed(quoted), tuple((TAGS, tag) for tag in named[:_TAGS]))})


def _within(tag: str, asked: Iterable[str]) -> bool:
    return bool(own := telling_stems(tag)) and own <= frozenset(asked)


def _fits_quotes(text: str) -> bool:
    return not any(mark in text for mark in '\u201c\u201d"')
