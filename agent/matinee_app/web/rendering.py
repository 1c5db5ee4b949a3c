"""The page's templates, and the words in which they tell what they are given."""

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from matinee.models import Signal
from matinee_app.web.posters import drawn

STATIC = Path(__file__).parent / "static"
_SIGNALS = {
    "dense": "what it is about",
    "adapted": "what people name for such a wish",
    "terms": "its moods and themes",
    "phrases": "what viewers would say who want it",
    "remembered": "named before for wishes like this",
    "bm25": "words in common",
    "cross_encoder": "read beside the wish",
    "alike": "moods and themes of the films named",
    "neighbours": "story near the films named",
    "collaborative": "liked by people with such taste",
    "popularity": "how many know it",
    "quality": "how well it is liked",
    "recency": "how new it is",
    "hints": "what is remembered of it",
    "wish": "it is on the wish list",
    "taste": "what the viewer likes",
    "model": "the chat model thought of it",
    "fit": "all that was asked, together",
    "retrieval": "how it was found",
}
_SOURCES = {
    "request": "You asked",
    "overview": "Its plot",
    "plot": "Its plot",
    "tagline": "Its tagline",
    "year": "Its year",
    "runtime": "Its length, in minutes",
    "genres": "Its genres",
    "keywords": "What it is known for",
    "directors": "Directed by",
    "stars": "With",
    "review": "A review",
    "tags": "Viewers’ tags",
    "rating": "Ratings",
    "preference": "You told",
}
_LEAST = 0.005
"""The smallest share that is shown as a bar."""


@cache
def templates() -> Environment:
    """Return the templates; what they are given is text, and stays it."""
    environment = Environment(
        loader=PackageLoader("matinee_app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(drawn=drawn, static=_static)
    environment.filters.update(duration=_duration, source=_source, shares=_shares)
    return environment


def parts() -> Any:
    """Return the pieces of a conversation, as functions that give HTML."""
    return _parts()


@cache
def _parts() -> Any:
    return templates().get_template("parts.html").module


@cache
def _static(name: str) -> str:
    """Return the address of a file, which is another one when its content is."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def _source(name: str) -> str:
    return _SOURCES.get(name.partition(":")[0], name.replace("_", " ").capitalize()) + ":"


def _shares(receipt: Mapping[str, Signal]) -> list[tuple[str, int]]:
    """Return what made up a film's score, the largest share first, in per cent."""
    said: Iterable[tuple[str, float]] = ((name, signal.share) for name, signal in receipt.items())
    ordered = sorted(said, key=lambda one: -one[1])
    return [(_SIGNALS.get(name, name), round(share * 100)) for name, share in ordered if share >= _LEAST]
