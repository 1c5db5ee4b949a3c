"""Film titles as catalogues write them, `Matrix, The (1999)`, turned into titles as people say them."""

import re
from collections.abc import Iterable

from matinee.models import title_key

_ARTICLES = (
    "The A An "  # English
    "Le La Les L' Un Une Des "  # French
    "El Los Las Lo Unos Unas "  # Spanish
    "Il Gli Gl' I Uno Una Un' "  # Italian
    "Der Die Das Ein Eine "  # German
    "Het De Een "  # Dutch
    "Den Det En Ett Et "  # Scandinavian
    "O Os As Um Uma "  # Portuguese
    "Az Da"  # Hungarian; `Hip Hop Witch, Da`
).split()
_LIST_WORDS = {"Die", "Den", "As", "O"}
"""Articles that are English words too: after an earlier comma they close a list, as in `Run, Hide, Die`."""

_INVERTED = re.compile(
    rf"(?P<head>.*\S), (?P<article>the|{'|'.join(a.replace(chr(39), '[' + chr(39) + '’]') for a in _ARTICLES)})"
    r"(?P<tail>: .+)?"
)
_ITALIAN_PLURAL = re.compile(r"\w\wi\b")
_YEAR = re.compile(
    r"\((?P<year>18[7-9]\d|19\d\d|20\d\d)"
    r"(?:/[IVX]+|\s*[-–—]\s*(?:\d{4}|\d\d)?)?\)"  # IMDb's counter, or the rest of a range
    r"(?:\s*\((?:TV|V|VG)\))?\s*$"
)
_NOT_A_TITLE = re.compile(r"(?:TV|V|VG|Part \d.*|\d{4}\s*[-–—]?\s*\d*)$")
_ALSO_KNOWN_AS = re.compile(r"(?:a\.k\.a\.?|aka|AKA):?\s+")
_GOES_ON = re.compile(r"(?:et|and|or|und|&)\s")
_UNFINISHED = re.compile(r"(?:\b(?:or|and|et|und)|[:&–-])$", re.IGNORECASE)


def split_year(raw: str) -> tuple[str, int | None]:
    """Return a title without the year that closes it, and the year, a range's first; None where there is none.

    `Death Note (2006–2007)` gives `("Death Note", 2006)`. A title that is nothing but a year in brackets is kept.
    """
    found = _YEAR.search(raw)
    title = raw[: found.start()].strip() if found else ""
    return (title, int(found["year"])) if found and title else (raw.strip(), None)


def natural_title(raw: str) -> tuple[str, list[str]]:
    """Return a title with its article in front, and the film's other titles, which catalogues put in brackets.

    `Postman, The (Postino, Il)` gives `("The Postman", ["Il Postino"])`. Brackets that are part of the title stay
    (`(500) Days of Summer`, `Birdman or (The Unexpected Virtue of Ignorance)`), and so do commas that are
    (`Paris, Texas`). A title given twice, but for accents and punctuation, is given once.
    """
    title, groups = _split_groups(" ".join(raw.split()))
    title = _article_first(title)
    others = [
        _article_first(_ALSO_KNOWN_AS.sub("", group, count=1)) for group in groups if not _NOT_A_TITLE.match(group)
    ]
    return title, distinct_titles(title, others)


def distinct_titles(title: str, others: Iterable[str]) -> list[str]:
    """Return the other titles that differ from the title and from each other in more than accents and punctuation."""
    kept: dict[str, str] = {}
    for other in others:
        kept.setdefault(title_key(other, None), other)
    if kept:
        kept.pop(title_key(title, None), None)
    return list(kept.values())


def _article_first(title: str) -> str:
    found = _INVERTED.fullmatch(title)
    if not found or not _is_article(found["article"], found["head"]):
        return title
    article = found["article"].replace("’", "'").capitalize()
    space = "" if article.endswith("'") else " "
    return f"{article}{space}{found['head']}{found['tail'] or ''}"


def _is_article(word: str, head: str) -> bool:
    if word == "I":
        # Else the English pronoun; Italian's article goes with a plural, and few English words end in -i.
        return bool(_ITALIAN_PLURAL.search(head))
    return word not in _LIST_WORDS or "," not in head


def _split_groups(title: str) -> tuple[str, list[str]]:
    """Return the title and what stood in brackets after it, in order, without the brackets."""
    groups: list[str] = []
    while title.endswith(")") and (start := _opening(title)) > 0:
        head, group = title[:start], title[start + 1 : -1].strip()
        belongs = not head.endswith(" ") or _UNFINISHED.search(head.rstrip()) or _GOES_ON.match(group)
        if belongs or not group:
            break
        groups.insert(0, group)
        title = head.rstrip()
    return title, groups


def _opening(title: str) -> int:
    """Return where the bracket that closes the title was opened, or -1."""
    depth = 0
    for at in range(len(title) - 1, -1, -1):
        depth += (title[at] == ")") - (title[at] == "(")
        if depth == 0:
            return at
    return -1
