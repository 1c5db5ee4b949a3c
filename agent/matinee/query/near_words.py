"""Words that are spelled nearly alike, with how many letters differ."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

_MOST, _MOST_IN_SHORT, _LONG = 3, 1, 7
"""Letters that may differ, in words of so many letters and in shorter ones."""

_ALIKE, _LEFT_OUT = 0.45, 0.25
"""Edits that do not count when the consonants are the same or letters change places ("tarentino", "wnat"), and when one
letter is left out: these are the slips that people make most."""

_GROWS = 0.2
"""How much more a second letter that differs counts than the first."""

_SILENT = re.compile(r"(?<!^)[aeiouyh]")
_REPEATED = re.compile(r"(.)\1+")
_SOUNDS = str.maketrans("ckqzj", "kkksg")


class NearWords:
    """Words with their weights, grouped by first letter and length, to be found by near spelling."""

    def __init__(self, weights: Mapping[str, float], never: float) -> None:
        """Take the words; those of the weight `never` are not found."""
        self.weights = weights
        self._groups: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word, weight in weights.items():
            if weight > never:
                self._groups[word[0], len(word)].append(word)

    def near(self, word: str) -> dict[str, float]:
        """Return the words spelled nearly like this one, with their edits as `edits_between` counts them.

        They begin with its first letter, or with its first two in the other order.
        """
        most = _MOST if len(word) >= _LONG else _MOST_IN_SHORT
        lengths = range(len(word) - most, len(word) + most + 1)
        pool = [found for length in lengths for found in self._groups.get((word[0], length), ())]
        swapped = word[1] + word[0]
        pool += [found for found in self._groups.get((word[1], len(word)), ()) if found.startswith(swapped)]
        alike = process.extract(word, pool, scorer=OSA.distance, score_cutoff=most, limit=None)
        return {found: cost for found, _, _ in alike if (cost := edits_between(word, found)) < _MOST}


def edits_between(word: str, found: str) -> float:
    """Return how many letters differ (optimal string alignment), less for the slips that are made most."""
    edits = OSA.distance(word, found)
    if _is_alike(word, found, edits):
        cost = edits - _ALIKE
    elif edits == 1 and len(found) > len(word):
        cost = edits - _LEFT_OUT
    else:
        cost = edits * (1 + _GROWS * (edits - 1))
    return cost + (word[0] != found[0])


def _is_alike(word: str, found: str, edits: int) -> bool:
    return (
        (_sound(word) == _sound(found) and (len(found) >= len(word) or _ends_alike(word, found)))
        or _REPEATED.sub(r"\1", word) == _REPEATED.sub(r"\1", found)
        or found == word + "g"
        or (edits == 1 and sorted(word) == sorted(found))
    )


def _ends_alike(word: str, found: str) -> bool:
    return len(word) >= _LONG and word[-1] == found[-1]


@lru_cache(maxsize=10_000)
def _sound(word: str) -> str:
    return _REPEATED.sub(r"\1", _SILENT.sub("", word.replace("ph", "f").translate(_SOUNDS)))
