"""What a claim quotes word for word: the viewer's own words, a keyword or tag, a sentence of premise or passage."""

import re

from matinee.grounding.claims.lexicon import LEXICON, spoken
from matinee.grounding.claims.ruling import Ruling
from matinee.grounding.claims.telling import TAGS

_QUOTED = re.compile(r"\u201c([^\u201c\u201d]+)\u201d|\"([^\"]+)\"")
_DENIES = re.compile(r"\b(?:not|no|never|nor|hardly|without|lacks?|less|far from|anything but)\b|n['\u2019]t\b", re.I)
_TAGGED = re.compile(
    r"\b(?:tagged(?: it)?(?: as)?|tags it|keywords? (?:include|includes|name|names|are|have|has))\s+"
    r"(?:[\u201c\"][^\u201c\u201d\"]+[\u201d\"],?\s+(?:and\s+)?)*$",
    re.I,
)
_REVIEWED = re.compile(
    r"\breview(?:s|er|ers)?(?: (?:says?|said|writes?|wrote|(?:puts|calls|finds) it))?[:,]?\s*$", re.I
)
_FEWEST = 5
"""So many words from the beginning of a sentence of the premise are its quotation."""
_PROSE = ("overview", "plot", "review")


def check(ruling: Ruling) -> None:
    """Take what is quoted as borne out by what it quotes."""
    for found in _QUOTED.finditer(ruling.text):
        said = (found[1] or found[2]).strip(" .,!?")
        keywords = [s for s in (*ruling.case.film, *ruling.case.passages) if s.source.name in ("keywords", TAGS)]
        tagged = bool(_TAGGED.search(ruling.text[: found.start()]))
        whole = re.compile(rf"(?<!\w){re.escape(said)}(?!\w)", re.I)
        case = ruling.case
        among = [keywords] if tagged else [[*case.viewer, *case.film], keywords, case.passages]
        for shelves in among if said else ():
            if shelf := next((shelf for shelf in shelves if whole.search(shelf.source.text)), None):
                ruling.quote(shelf.source.name, shelf.source.text, *found.span())
                if shelf.source.name == "review" and (said_by := _REVIEWED.search(ruling.text[: found.start()])):
                    ruling.settle(*said_by.span())
        if tagged and not ruling.is_settled(*found.span()):
            ruling.object("unsupported", "plot", f"no keyword is {said}", *found.span())
    _empty_keywords(ruling)
    lows = [token.low for token in ruling.tokens]
    for shelf in (*ruling.case.film, *ruling.case.passages):
        if shelf.source.name not in _PROSE or len(shelf.tokens) < _FEWEST:
            continue
        opening = [token.low for token in shelf.tokens]
        for at in range(len(lows)):
            same = next((n for n, (a, b) in enumerate(zip(lows[at:], opening, strict=False)) if a != b), None)
            length = min(len(lows) - at, len(opening)) if same is None else same
            if length >= _FEWEST:
                start, end = ruling.tokens[at].start, ruling.tokens[at + length - 1].end
                ruling.quote(shelf.source.name, shelf.source.text, start, end)
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


def tags(ruling: Ruling) -> None:
    """Take words that nothing else has judged as borne out by a tag that viewers gave in just these words.

    Viewers tag as they like, so a tag bears out no kin word, no name, and nothing that a claim denies.
    """
    given = [shelf for shelf in ruling.case.passages if shelf.source.name == TAGS]
    if not given or _DENIES.search(ruling.text):
        return
    for shelf in given:
        for found in spoken([shelf.source.text]).finditer(ruling.text):
            if found[0].islower() and not ruling.is_settled(*found.span()) and not _DENIES.search(found[0]):
                ruling.bear(TAGS, shelf.source.text, *found.span())
