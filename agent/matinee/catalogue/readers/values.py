"""Single values of a catalogue's row, cleaned: text, names, genres, ids, figures."""

import html
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from matinee.models import GENRES, Genre
from matinee.sanitize import LIST_MAX, TEXT_MAX, TITLE_MAX, plain

__all__ = ["LIST_MAX", "TEXT_MAX", "TITLE_MAX"]

_NOTHING = {"n/a", "\\n"}
"""How tables write that a text is not known."""

_GENRE_NAMES: dict[str, Genre] = {
    **{re.sub(r"\W", "", genre).casefold(): genre for genre in GENRES},
    "sciencefiction": "Sci-Fi",
    "children": "Family",
    "childrens": "Family",
    "sports": "Sport",
    "noir": "Film-Noir",
    "animated": "Animation",
    "historical": "History",
    "suspense": "Thriller",
    "biopic": "Biography",
}
_NO_GENRES = {"", "nogenreslisted", "unknown", "other", "tvmovie", "foreign", "imax", "liveaction"}
"""What catalogues write among genres that tells nothing of the film."""
_GENRE_MAX = 30


def clean_text(raw: object) -> str:
    """Return the text of a cell: HTML entities resolved, then plain as `outside.plain` says."""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        return ""
    if "&" in raw:
        raw = html.unescape(raw)
    return plain(raw[: 4 * TEXT_MAX])


def clean_prose(raw: object) -> str:
    """Return the text of a cell, or nothing where it says `N/A`."""
    text = clean_text(raw)
    return "" if text.casefold() in _NOTHING else text


def clean_names(raw: object) -> list[str]:
    """Return the names in a list, or the one name, each once, without empty ones; at most `LIST_MAX`."""
    items = raw if isinstance(raw, list) else [raw]
    read = [
        _clean_name(item[: 4 * TITLE_MAX]) if isinstance(item, str) else clean_text(item) for item in items[:LIST_MAX]
    ]
    return [name for name in dict.fromkeys(read) if name]


@lru_cache(maxsize=2**16)
def _clean_name(raw: str) -> str:
    """Return a name or keyword clean; many films share them, so what was found is remembered."""
    return clean_prose(raw)[:TITLE_MAX].rstrip()


def read_genres(raw: object) -> list[Genre]:
    """Return the genres that a list, or a text such as `Crime, Drama` or `Crime|Drama`, names, in our vocabulary.

    Other catalogues' names are translated (`Children` is Family); a name that is no genre (`IMAX`) is left out.
    """
    items = re.split(r"[,|;/]", raw) if isinstance(raw, str) else raw
    folded = (re.sub(r"\W", "", name).casefold() for name in clean_names(items))
    return list(dict.fromkeys(_GENRE_NAMES[name] for name in folded if name in _GENRE_NAMES))


def genres_and_others(names: Iterable[str]) -> tuple[list[Genre], list[str]]:
    """Return the genres of our vocabulary, and what else is named among them (`Martial Arts`), as keywords."""
    each = [name.strip() for one in names for name in re.split(r"[/,]", one)]
    genres = read_genres(each)
    others = (n for n in each if (key := re.sub(r"\W", "", n).casefold()) not in _NO_GENRES and key not in _GENRE_NAMES)
    return genres, [clean_prose(name).casefold() for name in others if len(name) <= _GENRE_MAX]


def read_imdb_id(raw: object) -> str | None:
    """Return an IMDb id as `tt0114709` from that, from `114709` or from 114709; None for anything else."""
    found = re.fullmatch(r"(?:tt)?0*([1-9]\d{0,8})(?:\.0)?", clean_text(raw))
    return f"tt{found[1]:0>7}" if found else None


def read_id(raw: object) -> str | None:
    """Return another catalogue's id as text; `862.0`, as tables with gaps have it, is `862`."""
    return clean_prose(raw)[:TITLE_MAX].removesuffix(".0") or None


@dataclass(frozen=True)
class Figure:
    """A figure of a film: the field it goes to, its bounds (inclusive), its name in a remark, how its text is read."""

    field: str
    low: int
    high: int
    called: str
    parse: Callable[[str], float]
    whole: bool = True

    def read(self, raw: object) -> tuple[float | None, str | None]:
        """Return the figure, and what is wrong with it if it cannot be used; two Nones for an empty cell."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None, None
        value = self._number(raw)
        if math.isnan(value):
            wrong = "is not a number"
        elif not self.low <= value <= self.high:
            wrong = f"is outside {self.low}..{self.high}"
        elif self.whole and value != int(value):
            wrong = "is not a whole number"
        else:
            return (int(value) if self.whole else value), None
        shown = repr(clean_text(raw)) if isinstance(raw, str) else str(raw)
        return None, f"{self.called.split()[-1]} {shown[:40]} {wrong}, kept without {self.called}"

    def _number(self, raw: object) -> float:
        try:
            if isinstance(raw, str):
                return self.parse(raw.strip())
            return float(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else math.nan
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf


_YEARS = re.compile(r"(\d{4})\s*[-–—]\s*(?:\d{4}|\d\d)?")
_DATE = re.compile(r"(?<![\d.])(1[89]\d\d|20\d\d)(?:(?=-\d\d?-\d\d?)|(?<=[-/. ]....)(?=$|\s\())")
"""The year of a date: `1995-10-30`, `30/10/1995`, `October 30, 1995 (USA)`."""
_MINUTES = re.compile(r"(?:(\d{1,3})\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,6})\s*m(?:in(?:utes|s)?)?)?\.?", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)[,\s'](?=\d{3}(?!\d))")


def _year(text: str) -> float:
    dated = _YEARS.fullmatch(text) or _DATE.search(text)
    return float(dated[1] if dated else text)


def _minutes(text: str) -> float:
    found = _MINUTES.fullmatch(text)
    if found and (found[1] or found[2]):
        return int(found[1] or 0) * 60 + int(found[2] or 0)
    return float(text)


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))


def _count(text: str) -> float:
    return float(_THOUSANDS.sub("", text))


FIGURES = (
    Figure("year", 1870, 2100, "a year", _year),
    Figure("runtime", 1, 1440, "a runtime", _minutes),
    Figure("imdb_rating", 1, 10, "a rating", _decimal, whole=False),
    Figure("imdb_votes", 0, 1_000_000_000, "votes", _count),
    Figure("metascore", 0, 100, "a metascore", _count),
    Figure("tmdb_rating", 1, 10, "a rating", _decimal, whole=False),
    Figure("tmdb_votes", 0, 1_000_000_000, "votes", _count),
)
