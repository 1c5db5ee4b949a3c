"""What a claim says of the viewer: it was asked or told, word for word or in kin words."""

import re

from matinee.grounding.claims.lexicon import LEXICON, any_of
from matinee.grounding.claims.ruling import Ruling
from matinee.grounding.claims.sources import Source
from matinee.grounding.claims.text import Token

_END = any_of(
    r"[;:.!?]",
    r",\s",
    r"\s(?:which|because|while|since|although|though|so this|so it|this|it|both)\s",
    r"\s[\u2013\u2014-]\s",
)
_OWN_END = any_of(_END.pattern, r"\s(?:is|are|will|would|should|makes?|fits?|suits?|finds?|gets?|with|by)\s")
_FITS = any_of(
    r"\b(?:fits?|fitting|suits?|suited|match(?:es)?|satisf(?:y|ies)|meets?|answers?|delivers?|aligns?|fulfil(?:s|ls)?)\b",
    r"\b(?:perfect (?:for|fit|match)|ideal (?:for|fit)|in line with|right up|ticks|great for|speaks? to|appeals? to)\b",
    r"\b(?:just|exactly) (?:the|what)\b",
)
_NEIGHBOURS = any_of(
    r"\b(?:viewers|people|others|users|audiences) (?:like you|with (?:your|similar|like|a similar)(?: tastes?)?)\b",
    r"\b(?:viewers|people|others|users|audiences) who (?:share|like|liked|love|loved|enjoy|enjoyed|rated)\b",
)


def check(ruling: Ruling) -> None:
    """Judge every statement about the viewer, and those about viewers of like taste."""
    promised = LEXICON.pattern("viewer", "promised")
    if found := _NEIGHBOURS.search(ruling.text):
        _neighbours(ruling, found)
        return
    for cue in LEXICON.pattern("viewer", "told").finditer(ruling.text):
        if promised.match(ruling.text, cue.start()) or ruling.text[: cue.start()].casefold().rstrip().endswith("if"):
            continue
        _told(ruling, cue)


def _neighbours(ruling: Ruling, found: re.Match[str]) -> None:
    if not ruling.case.neighbours:
        ruling.object("unsupported", "viewer", "no ratings of others are at hand", *found.span())
        return
    source = ruling.case.neighbours[0].source
    ruling.kinds.append("viewer")
    ruling.bear(source.name, source.text, *found.span())


def _told(ruling: Ruling, cue: re.Match[str]) -> None:
    ruling.kinds.append("viewer")
    own = cue.group().casefold().startswith("your")
    ending = (_OWN_END if own else _END).search(ruling.text, cue.end())
    end = ending.start() if ending else len(ruling.text)
    region = [t for t in ruling.tokens if cue.end() <= t.start < end]
    said = [t for t in region if t.low not in LEXICON.viewer_gap and (not LEXICON.empty(t.low) or _heard(ruling, t))]
    fits = bool(_FITS.search(ruling.text[: cue.start()]))
    borne = False
    for token in said:
        source = _heard(ruling, token)
        if source is None and LEXICON.empty(token.low):
            continue
        if source is None:
            why = f"the viewer has not spoken of {token.text}"
            if ruling.case.bears(token) is None or not borne:
                ruling.object("unsupported", "viewer", why, token.start, token.end)
            continue
        borne = True
        ruling.bear(source.name, source.text, token.start, token.end)
        if fits and not LEXICON.empty(token.low) and not _holds(ruling, token):
            ruling.object("unsupported", "viewer", f"the row does not bear out {token.text}")
    ruling.settle(cue.start(), cue.end())


def _heard(ruling: Ruling, token: Token) -> Source | None:
    """Return where the viewer has used the word or a kin one."""
    for shelf in ruling.case.viewer:
        if token.stem in shelf.stems:
            return shelf.source
    groups = LEXICON.kin.get(token.stem, frozenset())
    for shelf in ruling.case.viewer:
        if any(groups & LEXICON.kin.get(word, frozenset()) for word in shelf.stems):
            return shelf.source
    return None


def _holds(ruling: Ruling, token: Token) -> bool:
    """Tell whether the film has what the viewer's word asks for: by its row, or by a demand that it meets."""
    if ruling.case.bears(token) is not None:
        return True
    demands = ruling.case.known.request.constraints
    return any(token.text.casefold() in c.words.casefold() and c.holds(ruling.case.movie) for c in demands)
