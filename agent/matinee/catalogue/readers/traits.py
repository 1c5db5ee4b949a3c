"""What a catalogue says of a film in the vocabulary of `Traits`."""

from typing import Any

from pydantic import ValidationError

from matinee.catalogue.readers.values import clean_names, clean_text
from matinee.models import Traits

_LISTS = ("moods", "themes", "settings", "occasions", "similar")
_TEXTS = ("series", "based_on")


def read_traits(raw: object) -> tuple[Traits, str | None]:
    """Return the traits in a JSON object, with a fault where it is none that can be used; None and text hold none."""
    if not isinstance(raw, dict):
        return Traits(), None
    said: dict[str, Any] = {name: value for name, value in raw.items() if name in Traits.model_fields}
    said |= {name: clean_names(said.get(name)) for name in _LISTS}
    said |= {name: clean_text(said.get(name)) or None for name in _TEXTS}
    try:
        return Traits.model_validate(said), None
    except ValidationError as error:
        fault = error.errors()[0]
        return Traits(), f"traits left out: `{fault['loc'][0]}` is {fault['input']!r:.40}, but {fault['msg'].lower()}"
