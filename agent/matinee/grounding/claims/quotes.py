"""What a claim quotes word for word: the viewer's own words, a keyword, the beginning of the premise."""

import re

from matinee.grounding.claims.lexicon import LEXICON, spoken
from matinee.grounding.claims.ruling import Ruling

_QUOTED = re.compile(r"\u201c([^\u201c\u201d]+)\u201d|\"([^\"]+)\"")
_DENIES = re.compile(r"\b(?:not|no|never|nor|hardly|without|lacks?|less|far from|anything but)\b|n['\u2019]t\b", re.I)
_TAGGED = re.compile(
    r"\b(?:tagged|tags it|keywords? (?:include|includes|name|names|are|have|has))\s+"
    r"(?:[\u201c\"][^\u201c\u201d\"]+[\u201d\"],?\s+(?:and\s+)?)*$",
    re.I,
)
_FEWEST = 5
"""So many words from the beginning of a sentence of the premise are its quotation."""


def check(ruling: Ruling) -> None:
    """Take what is quoted as borne out by what it quotes."""
    for found in _QUOTED.finditer(ruling.text):
        said = (found[1] or found[2]).strip(" .,!?")
        keywords = [shelf for shelf in ruling.case.film if shelf.source.name == "keywords"]
        tagged = bool(_TAGGED.search(ruling.text[: found.start()]))
        whole = re.compile(rf"(?<!\w){re.escape(said)}(?!\w)", re.I)
        among = [keywords] if tagged else [[*ruling.case.viewer, *ruling.case.film], keywords]
        for shelves in among if said else ():
            if shelf := next((shelf for shelf in shelves if whole.search(shelf.source.text)), None):
                ruling.quote(shelf.source.name, shelf.source.text, *found.span())
        if tagged and not ruling.is_settled(*found.span()):
            ruling.object("unsupported", "plot", f"no keyword is {said}", *found.span())
    _empty_keywords(ruling)
    lows = [token.low for token in ruling.tokens]
    for shelf in ruling.case.film:
        if shelf.source.name != "overview" or len(shelf.tokens) < _FEWEST:
            continue
        opening = [token.low for token in shelf.tokens]
        for at in range(len(lows)):
            same = next((n for n, (a, b) in enumerate(zip(lows[at:], opening, strict=False)) if a != b), None)
            length = min(len(lows) - at, len(opening)) if same is None else same
            if length >= _FEWEST:
                start, end = ruling.tokens[at].start, ruling.tokens[at + length - 1].end
                ruling.quote("overview", shelf.source.text, start, end)
                break


def _empty_keywords(ruling: Ruling) -> None:
    """Take a keyword of two or more words that assert nothing by themselves ("feel-good") as a word of the row."""
    if _DENIES.search(ruling.text):
        return
    for shelf in ruling.case.film:
        if (
            shelf.source.name == "keywords"
            and len(shelf.tokens) > 1
            and all(LEXICON.empty(t.low) for t in shelf.tokens)
        ):
            for found in spoken([shelf.source.text]).finditer(ruling.text):
                ruling.bear("keywords", shelf.source.text, *found.span())
