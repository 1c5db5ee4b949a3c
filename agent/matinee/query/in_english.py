"""Makes a request ready to be read: without markup, glossed from other languages, without misspelt words."""

import re
from typing import NamedTuple

from matinee.language.glosses import gloss
from matinee.language.request import Request
from matinee.query.spelling import told_of_corrections
from matinee.query.titles import TitleLookup
from matinee.sanitize import plain

_MARKUP = re.compile(r"\b(?:https?://|www\.)\S+|<(script|style)\b[^>]{0,200}>.{0,2000}?</\1>|</?[a-z][^<>]{0,200}>")


class InEnglish(NamedTuple):
    """A request in English and without misspelt words, and what to say of that."""

    request: Request
    remarks: list[str]
    written: str = ""
    """The text as it was written, where that was in another language."""


def in_english(text: str, titles: TitleLookup) -> InEnglish:
    """Return a text glossed in English if it is in another language, else with its spelling corrected."""
    text = plain(text)
    request = without_markup(text)
    if glossed := gloss(request, titles.is_name):
        told = f"Read word by word from {glossed.language}: “{glossed.text}”."
        return InEnglish(Request.of(glossed.text), [told], text)
    spelled, corrections = titles.spelling.corrected(request)
    return InEnglish(without_markup(spelled) if corrections else request, list(told_of_corrections(corrections)))


def without_markup(text: str) -> Request:
    """Return the request of a text, blank where it is markup or a web address."""
    request = Request.of(text)
    return request.without(markup.span() for markup in _MARKUP.finditer(request.folded))
