"""Whether a request asks for something to watch, or for one film that the viewer half remembers."""

import re
from functools import cache

from matinee.language.lexicon import load


def is_identifying(folded: str) -> bool:
    """Tell whether a request (in small letters, quotes and dashes plain) describes one film from memory.

    What is remembered may be wrong: years, places and genres are hints then, no demands.
    """
    said, (certain, likely, advice) = folded.replace("'", ""), _patterns()
    return certain.search(said) is not None or (likely.search(said) is not None and advice.search(said) is None)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    said = load("turns")["identify"]
    certain, likely, advice = (
        rf"\b(?:{'|'.join(said[key])})\b".replace("FILM", said["film"]) for key in ("certain", "likely", "advice")
    )
    return re.compile(certain), re.compile(rf"{said['opening'].strip()}|{likely}"), re.compile(advice)
