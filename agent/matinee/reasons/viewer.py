"""Reads what the viewer is said to have asked, liked, watched or told, and compares it with what they did say."""

import re
from collections.abc import Iterator, Sequence

from matinee.language.lexicon import forms, words
from matinee.language.tokens import Token, tokens
from matinee.reasons.facts import Fact, Statement

_said = forms("viewer")
_ADVERB = rf"(?:(?:{_said('adverb')}) )*"
_TOLD = re.compile(
    rf"\byou(?:['\u2019]ve| have| had|['\u2019]d)? {_ADVERB}(?P<verb>{_said('told')})\b",
    re.I,
)
_YOURS = re.compile(
    rf"\b(?:(?:{_said('given')}) )?your {_ADVERB}(?:\w+ )?(?P<verb>{_said('taste')})\b(?: (?:{_said('taste_for')}))?",
    re.I,
)
_FAN = re.compile(
    rf"\b(?:(?:{_said('being')}) {_ADVERB}(?:a|an|such a)(?: \w+)? (?P<verb>fan|lover|admirer|devotee|"
    rf"enthusiast)(?: of| who)?|(?:as|for) (?:someone|somebody|a viewer) (?P<who>who))\b",
    re.I,
)
_CONDITION = re.compile(
    rf"\b(?:{_said('condition')})\b[^.;:!?]{{0,40}}$",
    re.I,
)
_SINCE = re.compile(r"\b(?:since|because|as|given that|seeing as|seeing that|knowing)\b[^.;:!?,]{0,12}$", re.I)
_CAPITAL = re.compile(r"(?<=\w )[^\W\d_a-z][\w\u2019'-]{2,}|^[^\W\d_a-z][\w\u2019'-]{2,}")
"""A name within what the viewer is said to have said."""
_TOLD_BEFORE = re.compile(
    r"(?:^|[.;:] )(?:(?:since|as|because|given|knowing|seeing) (?:that )?)?(?P<content>[^.;:]{8,120}), as $", re.I
)
_CLAUSE_END = re.compile(
    rf"[.;:!?\u2014\u2013]|, (?:{_said('clause_end')})\b|, and (?-i:[A-Z])| (?:so|and) (?:this|here|I|you)\b| - "
)
_CLOSE, _FAR, _FARTHEST = 0.66, 0.62, 0.52
"""Cosines of bge-small: from which two texts say much the same, and up to which they do not; a wish is told freely."""
_WISHES = frozenset("asked wanted requested specified wished were are 're want prefer hoping".split())


def viewers(statement: Statement) -> Iterator[Fact]:
    """Read what the viewer is said to have said; what nothing of theirs is near to was invented."""
    for pattern in (_TOLD, _YOURS, _FAN):
        for found in pattern.finditer(statement.text):
            before = statement.text[: found.start()]
            if _CONDITION.search(before) and not _SINCE.search(before):
                continue
            content = _content(statement.text[found.end() :])
            if not content and (told := _TOLD_BEFORE.search(before)):
                content = told["content"]
            if (
                fact := _judged(statement, (found.groupdict().get("verb") or "who").split()[0].casefold(), content)
            ) is not None:
                yield fact


def _content(rest: str) -> str:
    end = _CLAUSE_END.search(rest)
    return rest[: end.start()].strip(" ,") if end else rest.strip(" ,.!?")


def _judged(statement: Statement, verb: str, content: str) -> Fact | None:
    said = [t for t in tokens(content) if t.low not in words("small", "empty")]
    if not said:
        return None
    best = max(
        (
            (_shared(said, text), statement.nearness(content, text), source, text)
            for source, text in statement.viewer.texts
        ),
        key=lambda b: b[0] + b[1],
    )
    shared, near, source, text = best
    stray = any(not _says(statement, name) for name in _CAPITAL.findall(content))
    if not stray and (shared >= 0.34 or near >= _CLOSE):
        return Fact("viewer", True, source, text)
    wish = verb.partition("'")[0].partition("\u2019")[0] in _WISHES or verb in _WISHES
    if verb == "who":
        return Fact("viewer", False, fault=f"the viewer did not say so: {content}") if stray else None
    far = shared == 0 and near < _FARTHEST if wish else shared < 0.2 and near < _FAR
    return Fact("viewer", False, fault=f"the viewer did not say so: {content}") if far or stray else None


def _shared(said: Sequence[Token], text: str) -> float:
    own = {token.stem for token in tokens(text)}
    return sum(token.stem in own for token in said) / len(said)


def _says(statement: Statement, name: str) -> bool:
    return any(name.casefold() in text.casefold() for _, text in statement.viewer.texts)
