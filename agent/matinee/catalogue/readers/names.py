"""The names in a cell, however it lists them: with commas or bars, as JSON or Python text, as nested objects."""

import json
import re
from collections.abc import Iterable, Mapping

from matinee.catalogue.readers.values import LIST_MAX, TITLE_MAX
from matinee.sanitize import TEXT_MAX

_INSIDE = ("name", "__text", "acteur", "title")
"""Where an object in a list has its name."""
_DEEP = 8
_CELL_MAX = 20 * TEXT_MAX
_QUOTED = r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')"""
_PYTHON_TEXT = re.compile(_QUOTED, re.DOTALL)
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV", re.IGNORECASE)

LANGUAGES = dict(
    pair.split("=")
    for pair in (
        "ar=Arabic bn=Bengali bs=Bosnian ca=Catalan cn=Cantonese cs=Czech da=Danish de=German el=Greek en=English "
        "es=Spanish et=Estonian eu=Basque fa=Persian fi=Finnish fr=French ga=Irish he=Hebrew hi=Hindi hr=Croatian "
        "hu=Hungarian id=Indonesian is=Icelandic it=Italian ja=Japanese ka=Georgian ko=Korean la=Latin lt=Lithuanian "
        "lv=Latvian ml=Malayalam mr=Marathi ms=Malay nb=Norwegian nl=Dutch no=Norwegian pa=Punjabi pl=Polish "
        "pt=Portuguese ro=Romanian ru=Russian sk=Slovak sl=Slovenian sr=Serbian sv=Swedish ta=Tamil te=Telugu th=Thai "
        "tl=Tagalog tr=Turkish uk=Ukrainian ur=Urdu vi=Vietnamese zh=Mandarin zu=Zulu"
    ).split()
)
"""ISO 639-1 codes, with TMDB's own `cn`, and the names that requests know."""

COUNTRIES = {"united states of america": "USA", "united states": "USA", "united kingdom": "UK"}


def names_in(cell: object, key: str | None = None) -> list[str]:
    """Return the names in a cell; of objects the one under `key`, where they have it, else under `name`."""
    if isinstance(cell, str) and cell.lstrip()[:1] in ("[", "{"):
        cell = _parsed(cell[:_CELL_MAX], key)
    if isinstance(cell, str):
        separator = next((s for s in "|;" if s in cell), ",")
        return _joined(cell[:_CELL_MAX].split(separator))
    return list(_names(cell, key, _DEEP))[:LIST_MAX]


def _names(value: object, key: str | None, deep: int) -> Iterable[str]:
    if isinstance(value, str) and any(c.isalnum() for c in value):
        yield value.strip()[: 2 * TITLE_MAX]
    elif isinstance(value, list) and deep:
        for one in value[:LIST_MAX]:
            yield from _names(one, key, deep - 1)
    elif isinstance(value, Mapping) and deep:
        inside = next((value[name] for name in (key, *_INSIDE) if name in value), None)
        yield from _names(inside, key, deep - 1)


def _parsed(text: str, key: str | None) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # Python's own writing, which takes either quote. `ast` would read it, with warnings and without bounds.
        for name in (key, "name"):
            if name and (named := re.findall(rf"['\"]{name}['\"]\s*:\s*{_QUOTED}", text, re.DOTALL)):
                return [_unescaped(one or other) for one, other in named]
        return [_unescaped(one or other) for one, other in _PYTHON_TEXT.findall(text)]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text) if "\\" in text else text


def _joined(parts: Iterable[str]) -> list[str]:
    """Return names that were separated, with what belongs to the name before it, as in `Robert Downey, Jr.`."""
    names: list[str] = []
    for part in parts:
        name = part.strip()
        if names and _SUFFIX.fullmatch(name):
            names[-1] += f", {name}"
        elif name and name.casefold() != "unknown" and len(names) < LIST_MAX:
            names.append(name)
    return names
