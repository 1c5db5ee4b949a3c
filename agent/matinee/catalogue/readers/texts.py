"""What is written of a film at length, wherever a catalogue has it: plots, reviews, tags. `catalogue.passages` cuts it.

None of it goes into the film's row, which every search hands about.
"""

import html
from collections.abc import Mapping
from typing import Any, NamedTuple

from matinee.catalogue.readers.values import LIST_MAX, TITLE_MAX, clean_names, clean_prose
from matinee.sanitize import LONG_MAX, plain

PLOT, REVIEW, TAGS = "plot", "review", "tags"

COLUMNS = {
    "Plot": "plot",
    "Wiki Plot": "wiki_plot",
    "Full Plot": "full_plot",
    "Synopsis": "synopsis",
    "Plot Synopsis": "plot_synopsis",
    "Review": "review",
    "Reviews": "reviews",
    "Tags": "tags",
}
"""Columns of a table that hold such texts, whatever their case and punctuation, and their names in a JSON object."""

_NAMES = {
    PLOT: ("wiki_plot", "full_plot", "plot", "plot_synopsis", "synopsis"),
    REVIEW: ("reviews", "review"),
}
_INSIDE = ("text", "content", "review", "body")
"""Where a review has its text that is a JSON object."""


class LongText(NamedTuple):
    """A text about a film: what it is (`plot`, `review`, `tags`), and what it says, on one line."""

    source: str
    text: str


def read_texts(raw: Mapping[str, Any], faults: list[str]) -> tuple[LongText, ...]:
    """Return what a row says at length, each text once; what is beyond `LONG_MAX` characters a source is cut."""
    found: list[LongText] = []
    for source, names in _NAMES.items():
        left, cut = LONG_MAX, False
        texts = (text for name in names for text in _items(raw.get(name)))
        for text in dict.fromkeys(map(_clean, texts)):
            if text and text.casefold() != clean_prose(raw.get("overview")).casefold():
                cut = cut or len(text) > left
                text = text[:left].rstrip()
                left -= len(text)
                found += [LongText(source, text)] if text else []
        if cut:
            faults.append(f"{source} of more than {LONG_MAX:,} characters, cut there")
    tags = read_tags(raw.get("tags"))
    return (*found, LongText(TAGS, tags)) if tags else tuple(found)


def read_tags(raw: object) -> str:
    """Return tags, `dark comedy|heist` or a list, as one text, `dark comedy, heist`; each once."""
    if isinstance(raw, str):
        separator = next((s for s in "|;" if s in raw), ",")
        raw = raw[: 4 * LONG_MAX].split(separator)
    if not isinstance(raw, list):
        return ""
    each = {
        name.casefold(): name for start in range(0, len(raw), LIST_MAX) for name in _tags(raw[start : start + LIST_MAX])
    }
    text = ", ".join(each.values())
    return text if len(text) <= LONG_MAX else text[:LONG_MAX].rpartition(", ")[0]


def _tags(raw: list[object]) -> list[str]:
    return [name for name in clean_names(raw) if len(name) < TITLE_MAX]


def _items(raw: object) -> list[object]:
    if isinstance(raw, list):
        return [one for item in raw[:LIST_MAX] for one in _items(item)]
    if isinstance(raw, dict):
        return [next((raw[name] for name in _INSIDE if isinstance(raw.get(name), str)), None)]
    return [raw]


def _clean(raw: object) -> str:
    if not isinstance(raw, str):
        return ""
    text = plain(html.unescape(raw[: 2 * LONG_MAX]))
    return text if clean_prose(text[:TITLE_MAX]) else ""
