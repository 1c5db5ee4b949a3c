"""What a catalogue says of a film in the vocabulary of `language/words/vocabulary.toml`."""

from functools import cache
from typing import Any

from pydantic import ValidationError

from matinee.catalogue.readers.values import clean_names, clean_text
from matinee.language.lexicon import load
from matinee.traits import Traits

_TEXTS = ("series", "based_on")


@cache
def vocabulary() -> dict[str, frozenset[str]]:
    """Return the terms that each list of a film's traits may hold."""
    return {name: frozenset(terms) for name, terms in load("vocabulary").items()}


def read_traits(raw: object) -> tuple[Traits, str | None]:
    """Return the traits in a JSON object, and what of it was left out; None and text hold no traits."""
    if not isinstance(raw, dict):
        return Traits(), None
    said: dict[str, Any] = {name: value for name, value in raw.items() if name in Traits.model_fields}
    said["similar"] = clean_names(said.get("similar"))
    said |= {name: clean_text(said.get(name)) or None for name in _TEXTS}
    unknown: list[str] = []
    for name, known in vocabulary().items():
        given = clean_names(said.get(name))
        said[name] = [term for term in given if term in known]
        unknown += [term for term in given if term not in known]
    try:
        traits = Traits.model_validate(said)
    except ValidationError as error:
        fault = error.errors()[0]
        return Traits(), f"traits left out: `{fault['loc'][0]}` is {fault['input']!r:.40}, but {fault['msg'].lower()}"
    return traits, f"terms that the vocabulary lacks, left out: {', '.join(unknown)[:80]}" if unknown else None
