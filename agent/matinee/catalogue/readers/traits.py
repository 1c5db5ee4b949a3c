"""What a catalogue says of a film in the vocabulary of `language/words/vocabulary.toml`."""

from functools import cache, lru_cache
from typing import Any, get_args

from pydantic import ValidationError

from matinee.catalogue.readers.values import clean_names, clean_text
from matinee.language.lexicon import load
from matinee.models import title_key
from matinee.traits import Provenance, Traits

_TEXTS = ("series", "studio", "based_on")


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """Return the terms that each list of a film's traits may hold, in the file's order."""
    return {name: tuple(terms) for name, terms in load("vocabulary").items()}


@cache
def _spellings() -> dict[str, dict[str, str]]:
    """Return each list's terms by what all their spellings share: `Feel good` is `feel-good`."""
    return {name: {title_key(term, None): term for term in terms} for name, terms in vocabulary().items()}


@lru_cache(maxsize=2**12)
def _meant(name: str, term: str) -> str | None:
    return _spellings()[name].get(title_key(term, None))


def read_traits(raw: object) -> tuple[Traits, str | None]:
    """Return the traits in a JSON object, and what of it was left out; None and text hold no traits.

    They are the viewer's, unless the object names another `provenance`.
    """
    if not isinstance(raw, dict):
        return Traits(), None
    said: dict[str, Any] = {name: value for name, value in raw.items() if name in Traits.model_fields}
    said["similar"] = clean_names(said.get("similar"))
    said |= {name: clean_text(said.get(name)) or None for name in _TEXTS}
    unknown: list[str] = []
    for name in vocabulary():
        given = {term: _meant(name, term) for term in clean_names(said.get(name))}
        said[name] = list(dict.fromkeys(filter(None, given.values())))
        unknown += [term for term, meant in given.items() if meant is None]
    by = said.pop("provenance", None)
    try:
        traits = Traits.model_validate(said)
    except ValidationError as error:
        fault = error.errors()[0]
        return Traits(), f"traits left out: `{fault['loc'][0]}` is {fault['input']!r:.40}, but {fault['msg'].lower()}"
    if traits.described:
        traits = traits.said_by(by if by in get_args(Provenance) else "viewer")
    return traits, f"terms that the vocabulary lacks, left out: {', '.join(unknown)[:80]}" if unknown else None
