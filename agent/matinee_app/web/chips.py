"""What was understood of a request, in pieces that a viewer can take out or turn round.

A click on one asks the request again, with that piece's words left out or denied: what the page says is what could be
typed. Where the words do not stand in the text, as after earlier demands were taken back, the pieces' own words make a
request.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from matinee.language.lexicon import load
from matinee.understanding import Constraint, ConstraintField, Critique, Mention, Understanding

_LOOSE_END = re.compile(r"\s+(?=[,.;])|(?<=[,;])\s*(?=[,;.]|$)")


class Chip(NamedTuple):
    """A piece of what was understood."""

    label: str
    without: str
    """The request that leaves it out; empty where nothing would be left."""
    opposite: str
    """The request that asks for the contrary; empty where there is none."""


class _Piece(NamedTuple):
    label: str
    words: str
    span: tuple[int, int] | None
    denied: str
    """What to ask for instead."""


def chips(understood: Understanding) -> list[Chip]:
    """Return the pieces of a reading, in the order of their words."""
    pieces = _pieces(understood)
    return [
        Chip(piece.label, _asked(understood, pieces, piece), _denied(understood, pieces, piece)) for piece in pieces
    ]


def _pieces(understood: Understanding) -> list[_Piece]:
    found: dict[tuple[str, str], list[Constraint]] = {}
    for constraint in [*understood.constraints, *(h for h in understood.hints if h.words)]:
        found.setdefault((constraint.words.casefold(), str(constraint.span)), []).append(constraint)
    pieces = [_of_demands(demands) for demands in found.values()]
    pieces += [_of_film(mention) for mention in understood.mentions if mention.words and mention.role != "shown"]
    told = {piece.words.casefold() for piece in pieces}
    moods = [*understood.moods, *understood.critiques]
    pieces += [_of_mood(mood) for mood in moods if mood.words and mood.words.casefold() not in told]
    ordered = sorted(pieces, key=lambda piece: piece.span or (len(understood.text), 0))
    return list({piece.label: piece for piece in ordered}.values())


def _of_demands(demands: Sequence[Constraint]) -> _Piece:
    first = demands[0]
    label = _years(demands) or _label(first)
    denied = ""
    if _is_refused(first):
        denied = first.words
    elif first.op in ("any_of", "all_of") and first.words:
        denied = f"not {first.words}"
    elif first.op == "none_of":
        denied = first.words
    elif len(demands) == 1:
        denied = _other_side(first)
    return _Piece(label, first.words, first.span, denied)


def _of_film(mention: Mention) -> _Piece:
    label = f"{mention.title} ({mention.year})" if mention.year else mention.title
    said = {"like": "like ", "unlike": "unlike ", "seen": "seen: "}[mention.role]
    turned = f"not like {mention.title}" if mention.role == "like" else f"like {mention.title}"
    return _Piece(said + label, mention.words, mention.span, turned)


def _of_mood(mood: Critique) -> _Piece:
    return _Piece(mood.words, mood.words, mood.span, f"not {mood.words}")


def _years(demands: Sequence[Constraint]) -> str:
    years = {d.op: d.value for d in demands if d.field is ConstraintField.YEAR and isinstance(d.value, float)}
    if len(years) < 2:
        return ""
    first, last = years["at_least"], years["at_most"]
    return f"{first:.0f}" if first == last else f"{first:.0f}–{last:.0f}"


def _is_refused(demand: Constraint) -> bool:
    """Tell whether it refuses content by a word for it, as “nothing gory” does."""
    return demand.is_limit and demand.field is not ConstraintField.AGE and demand.op == "at_most" and bool(demand.words)


def _label(demand: Constraint) -> str:
    value = demand.value
    if _is_refused(demand):
        return f"not {demand.words}"
    if isinstance(value, list):
        if demand.op == "none_of":
            return f"not {demand.words or ', '.join(value)}"
        if demand.told or demand.field in (ConstraintField.KEYWORDS, ConstraintField.TEXT, ConstraintField.MOVIE_ID):
            return demand.words or demand.told
        return (" + " if demand.op == "all_of" else " or ").join(value[:4])
    if demand.field is ConstraintField.YEAR:
        return f"{value:.0f} or earlier" if demand.op == "at_most" else f"{value:.0f} or later"
    if demand.field is ConstraintField.RUNTIME:
        return f"{'up to' if demand.op == 'at_most' else 'at least'} {value:.0f} min"
    if demand.field is ConstraintField.IMDB_RATING:
        return f"IMDb {value:g} or {'more' if demand.op == 'at_least' else 'less'}"
    return demand.told or demand.words or demand.label


def _other_side(demand: Constraint) -> str:
    if demand.field is ConstraintField.RUNTIME:
        return f"{'over' if demand.op == 'at_most' else 'under'} {demand.value:.0f} minutes"
    if demand.field is ConstraintField.YEAR:
        return f"{'after' if demand.op == 'at_most' else 'before'} {demand.value:.0f}"
    return ""


def _asked(understood: Understanding, pieces: Sequence[_Piece], left_out: _Piece) -> str:
    if all(piece.span for piece in pieces):
        return _without(understood.text, left_out)
    return ", ".join(piece.words for piece in pieces if piece is not left_out)


def _denied(understood: Understanding, pieces: Sequence[_Piece], piece: _Piece) -> str:
    if not piece.denied:
        return ""
    return ", ".join(filter(None, (_asked(understood, pieces, piece).rstrip(" .,;"), piece.denied)))


def _without(text: str, piece: _Piece) -> str:
    """Return the text without a piece's words, and without what would then lead nowhere."""
    assert piece.span
    start, end = piece.span
    leading, joining = _remainders()
    before, after = leading.sub("", text[:start].rstrip()), text[end:]
    if not re.match(r"\s*\w", after):
        before = joining.sub("", before)
    return _LOOSE_END.sub("", " ".join(f"{before} {after}".split())).strip(" .,;")


@cache
def _remainders() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what leads to the words that follow, and what joins them, at the end of a text."""
    leading, joining, articles = (
        "|".join(load("remainders")[key].split()) for key in ("leading", "joining", "articles")
    )
    begins = r"(?:^|[\s,;]+)"
    return (
        re.compile(rf"(?:{begins}(?:{leading})(?:\s+(?:{articles}))?)+$", re.IGNORECASE),
        re.compile(rf"(?:{begins}(?:{joining}|{articles}))+$", re.IGNORECASE),
    )
