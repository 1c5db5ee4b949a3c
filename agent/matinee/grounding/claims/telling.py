"""What of a film's passages may be told in a reason, and quoted as evidence: whole sentences, and tags.

A plot told at length goes past its premise soon, so only its beginning may be told; all of it is searched. To a viewer
who looks for a film that they half remember the rest may be told, too, since they have seen it. Of reviews what is
said of the film as such may be told, not what happens in it. Endings and deaths are never told, and under `strict`
tags alone.
"""

from collections.abc import Iterable, Iterator, Sequence

from matinee.grounding.claims.premise import deaths_told, premise_sentences, tells_ending
from matinee.grounding.claims.text import sentences, tokens
from matinee.models import Passage, Spoilers

TAGS = "tags"


def tellable_passages(passages: Iterable[Passage], spoilers: Spoilers, *, seen: bool) -> Iterator[tuple[str, str]]:
    """Yield the source and the text of what may be told, a sentence or a tag each, word for word.

    `seen` says that the viewer looks for a film that they have seen.
    """
    for passage in passages:
        for text in _tellable(passage, spoilers, seen=seen):
            yield passage.source, text


def _tellable(passage: Passage, spoilers: Spoilers, *, seen: bool) -> Sequence[str]:
    if passage.source == TAGS:
        return [tag for tag in passage.text.split(", ") if tag and not tells_ending(tag)]
    if spoilers == "strict":
        return []
    if passage.source in ("plot", "overview") and seen:
        told = sentences(passage.text)
    elif passage.source == "plot" and passage.position == 0:
        told = premise_sentences(passage.text)
    elif passage.source == "review":
        told = [sentence for sentence in sentences(passage.text) if _of_film(sentence)]
    else:
        told = []
    return [sentence for sentence in told if _is_whole(sentence) and not _gives_away(sentence)]


def _of_film(sentence: str) -> bool:
    return any(token.low in _FILM for token in tokens(sentence))


def _gives_away(sentence: str) -> bool:
    return tells_ending(sentence) or any(True for _ in deaths_told(sentence))


def _is_whole(sentence: str) -> bool:
    """Tell whether it begins and ends as a sentence does: where a passage is cut, a part of one may stand."""
    return not sentence[0].islower() and sentence[-1] in ".!?\u2026\"'\u201d\u2019)"


_FILM = frozenset(
    """film films movie movies picture tone mood script screenplay pace pacing style director directing direction cast
    acting performance performances music score soundtrack photography cinematography dialogue editing""".split()
)
"""A sentence that has none of these words more likely tells what happens."""
