"""Small letters without accents, in which spellings of one word are equal and every character keeps its place."""

import unicodedata

_PLAIN = dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'") | dict.fromkeys("\u201c\u201d", '"')
_PLAIN |= dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        parts = unicodedata.normalize("NFKD", char)
        base = parts[0] if all(map(unicodedata.combining, parts[1:])) else char
        lower = base.casefold()
        self[code] = _PLAIN.get(char) or (lower if len(lower) == 1 else char)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return the text in small letters, without accents, with plain quotes and dashes; its length stays the same."""
    return text.lower() if text.isascii() and "`" not in text else text.translate(_FOLDING)
