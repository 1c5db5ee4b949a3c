"""Why a statement is refused, with the closest allowed name."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

CLOSE = 78  # of 100


class Rejection(Exception):
    """A statement is outside the lists; `code` is a short stable word, `reason` one sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def unknown(code: str, what: str, name: str, allowed: Iterable[str]) -> Rejection:
    """Return a refusal of a name, with the closest allowed one, or with all of them when none is close."""
    names = sorted(n for n in set(allowed) if "\0" not in n)
    shown = shorten(name)
    if not names:
        return Rejection(code, f"unknown {what} `{shown}`: none is in scope here")
    best = process.extractOne(name[:64], names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=CLOSE)
    if best:
        return Rejection(code, f"unknown {what} `{shown}`: did you mean `{best[0]}`?")
    listed = ", ".join(names[:24]) + (", ..." if len(names) > 24 else "")
    return Rejection(code, f"unknown {what} `{shown}`: allowed are {listed}")


def shorten(text: str, most: int = 60) -> str:
    """Return the text on one line, cut to at most `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."
