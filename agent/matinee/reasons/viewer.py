"""Reads what the viewer is said to have asked, liked, watched or told, and compares it with what they did say."""

from collections.abc import Iterator, Sequence

from matinee.language.lexicon import words
from matinee.language.tokens import Token, tokens
from matinee.reasons import slots
from matinee.reasons.facts import Lookup, Slot, Statement

_CLOSE, _FAR, _FARTHEST = 0.66, 0.62, 0.52
"""Cosines of bge-small: from which two texts say much the same, and up to which they do not; a wish is told freely."""


def sayings(statement: Statement) -> Iterator[Slot]:
    """Yield where the viewer is said to have said something: what they said, or what was said before "as you said"."""
    for name, who, later in (("viewer:told", "viewer:who", 0), ("viewer:taste", "you", 0), ("viewer:fan", "you", 12)):
        for slot in statement.find(slots.phrases(name)):
            if you := statement.before(who, slot, 4) or statement.behind(who, slot, later):
                first, end = _behind(statement, slot.end)
                if first == end and statement.before("viewer:as", you, 1):  # ..., as you told me
                    first, end = _before(statement, you[0])
                yield slot._replace(value=(first, end))


def _behind(statement: Statement, start: int) -> tuple[int, int]:
    """Return the words up to the next stop, or to the comma behind which another clause begins."""
    opens = {at for at, _ in statement.cues.get("viewer:then", ())}
    for at in range(start, len(statement.words)):
        gap = statement.distance(at - 1, at)
        if gap > _CLAUSE or (gap > 1 and (at in opens or at == start)):
            return start, at
    return start, len(statement.words)


def _before(statement: Statement, end: int) -> tuple[int, int]:
    """Return the words of the clause before the one that ends there."""
    begins = (at for at in range(end - 1, 0, -1) if statement.distance(at - 1, at) > _CLAUSE)
    return next(begins, 0), end - 1


_CLAUSE = 100


def compare(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare what the viewer is said to have said with all that they did say."""
    said = [w for w in statement.words[slice(*slot.value)] if w.low not in words("small", "empty")]
    if not said or (statement.before("viewer:condition", slot, 6) and not statement.before("viewer:since", slot, 3)):
        return None
    content = statement.said(slot.value)
    texts = [
        (_shared(said, text), statement.nearness(content, text), source, text)
        for source, text in statement.viewer.texts
    ]
    shared, near, source, text = max(texts, key=lambda found: found[0] + found[1])
    known = " ".join(text for _, text in statement.viewer.texts).casefold()
    stray = any(word.capital and word.low not in known for word in said)
    if not stray and (shared >= 0.34 or near >= _CLOSE):
        return Lookup(True, source, text)
    wished = any(slot.first <= at < slot.end for at, _ in statement.cues.get("viewer:wish", ()))
    far = shared == 0 and near < _FARTHEST if wished else shared < 0.2 and near < _FAR
    return Lookup(False, fault=f"the viewer did not say so: {content}") if far or stray else None


def _shared(said: Sequence[Token], text: str) -> float:
    own = {token.stem for token in tokens(text)}
    return sum(word.stem in own for word in said) / len(said)
