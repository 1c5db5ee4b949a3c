"""What a claim quotes word for word: the viewer's own words, a keyword, the beginning of the premise."""

import re

from matinee.grounding.claims.ruling import Ruling

_QUOTED = re.compile(r"\u201c([^\u201c\u201d]+)\u201d|\"([^\"]+)\"")
_FEWEST = 5
"""So many words from the beginning of a sentence of the premise are its quotation."""


def check(ruling: Ruling) -> None:
    """Take what is quoted as borne out by what it quotes."""
    for found in _QUOTED.finditer(ruling.text):
        said = (found[1] or found[2]).strip(" .,!?")
        for shelf in (*ruling.case.viewer, *ruling.case.film):
            if said and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", shelf.source.text, re.I):
                ruling.quote(shelf.source.name, shelf.source.text, *found.span())
                break
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
