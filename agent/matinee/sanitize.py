"""Text from outside is data: here it is made plain, once, at each door that it comes in by.

The doors are the catalogue's readers, rows that others stored, what a viewer tells, requests, and what a model
writes. Letters stay as they are, those that look like others too: a film whose title is spelt with a Cyrillic А is
another film than its namesake, and is matched as one. Prompts mark off what they quote besides (`nodes.prompting`).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

TITLE_MAX = 300
"""Characters of a title, a name or a keyword."""
TEXT_MAX = 10_000
"""Characters of an overview or a tagline."""
LONG_MAX = 100_000
"""Characters of a film's plot as told at length, of all its reviews, and of all its tags."""
LIST_MAX = 100
_MARKS_MAX = 4
"""Combining marks on one letter; no writing system needs more, and heaps of them run over the lines beside."""

# CSI, then OSC/DCS/APC/PM/SOS with what they carry, then two-byte escapes: ECMA-48, 7-bit and 8-bit openings.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_JOINERS = "\u200c\u200d"
_DROPPED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
# Variation selectors and fillers: no control characters by category, but as invisible as those.
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f") | frozenset(map(chr, range(0xFE00, 0xFE10)))
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# What `str.isprintable` lets through all the same.
_HIDDEN = re.compile(f"[{''.join(sorted(_INVISIBLE))}]|[{_MARKS}]{{{_MARKS_MAX + 1}}}")

_NESTED = 20
"""Layers of markup within markup that are taken off one by one; of what goes deeper only the brackets are."""
_BRACKETS = str.maketrans(dict.fromkeys("<>{}[]`", " "))

_SUSPECT = re.compile(r"[<{`]|\*\*|##|\]\(|\[/?INST")
_LINK = re.compile(
    r"!?\[([^\[\]]{0,300})\]\(\s*(?:[a-z][a-z0-9+.-]*:|//|www\.)(?:[^()]|\([^()]{0,99}\)){0,300}\)", re.I
)
_MARKUP = (
    # Tokens with which chat templates mark turns: <|im_start|>, </s>, <<SYS>>, [INST], <start_of_turn>.
    (re.compile(r"<\|[^<>|]{0,60}\|>|</?s>|<</?SYS>>|\[/?INST\]|</?(?:start|end)_of_turn>", re.I), " "),
    (re.compile(r"<(script|style)\b[^<>]{0,300}>.{0,2000}?</\1\s*>", re.I | re.S), " "),
    (re.compile(r"<!--.*?(?:-->|$)|<!\[CDATA\[|\]\]>", re.S), " "),
    (re.compile(r"</?[a-z!?][^<>]{0,300}>", re.I), ""),
    (re.compile(r"<(?:script|style|iframe|img|svg|object|embed)\b[^<>]*$", re.I), ""),
    (re.compile(r"\{{2,9}[^{}]{0,200}\}\}+|\{%.{0,200}?%\}"), ""),
    (re.compile(r"\{\{+|\}\}+"), ""),
    (
        re.compile(
            r"!?\[([^\[\]]{0,300})\]\(\s*(?:[a-z][a-z0-9+.-]*:|//|www\.)(?:[^()]|\([^()]{0,99}\)){0,300}\)", re.I
        ),
        r"\1",
    ),
    (re.compile(r"```+\w*|~~~~+"), ""),
    (re.compile(r"\*\*(?=\S)([^*]{1,300}?)\*\*"), r"\1"),
    (re.compile(r"(?:(?<=\s)|^)#{2,}\s*"), ""),
)


def without_controls(text: str) -> str:
    """Return the text without terminal escapes, control and invisible characters; line breaks and tabs stay."""
    if text.isprintable() and (text.isascii() or not _HIDDEN.search(text)):
        return text
    kept: list[str] = []
    marks = 0
    bare = _ESCAPES.sub(" ", text) if not text.isprintable() else text
    for i, char in enumerate(bare):
        category = unicodedata.category(char)
        marks = marks + 1 if category == "Mn" or category == "Me" else 0
        if char in "\n\t":
            kept.append(char)
        elif char.isspace():
            kept.append("\n" if char in "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029" else " ")
        elif char in _JOINERS:
            # Persian and the scripts of India need these between letters; elsewhere they only hide something.
            beside = bare[max(0, i - 1) : i] + bare[i + 1 : i + 2]
            if len(beside) == 2 and all(c >= "\u0590" and unicodedata.category(c)[0] in "LM" for c in beside):
                kept.append(char)
        elif category not in _DROPPED and char not in _INVISIBLE and marks <= _MARKS_MAX:
            kept.append(char)
    return "".join(kept)


def plain(text: str) -> str:
    """Return the text on one line (NFC), without what `uncontrolled` takes out, and without markup.

    Markup is HTML, chat-template tokens, mustache, code fences, and Markdown that would link, embed or set bold;
    what it enclosed stays, but for scripts and styles.
    """
    text = without_controls(text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    for _ in range(_NESTED):
        before = text
        if _SUSPECT.search(text):
            for pattern, instead in _MARKUP:
                text = pattern.sub(instead, text)
        if text == before:
            break  # again while it changes: `<scr<b>ipt>` leaves a tag behind
    else:
        text = text.translate(_BRACKETS)
    return " ".join(text.split())


def plain_names(names: object) -> list[str]:
    """Return the texts of a list, each plain, cut to `TITLE_MAX` characters and once, without empty ones."""
    items = names if isinstance(names, list) else []
    cleaned = [_plain_name(item[: 4 * TITLE_MAX]) for item in items[:LIST_MAX] if isinstance(item, str)]
    return [name for name in dict.fromkeys(cleaned) if name]


@lru_cache(maxsize=2**16)
def _plain_name(name: str) -> str:
    """Return a name or keyword plain; many films share them, so what was found is remembered."""
    return plain(name)[:TITLE_MAX].rstrip()


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored row with its texts plain and within bounds: it may be one that others wrote."""
    return {name: _plain_value(name, value) for name, value in row.items()}


def _plain_value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        most = TEXT_MAX if name in ("overview", "tagline", "text") else TITLE_MAX
        return plain(value[: 4 * most])[:most].rstrip()
    if isinstance(value, list) and any(isinstance(item, str) for item in value):
        return plain_names(value)
    return value
