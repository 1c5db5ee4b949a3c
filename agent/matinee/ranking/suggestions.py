"""How much a chat model's naming a film speaks for it.

The figure adds to the score of the learned order, which is a log-odds as far as trees give one: two sources of evidence
that are independent given whether the film fits add up so (naive Bayes). It falls with the place in the model's list as
reciprocal ranks do. Its one weight was chosen on simulated lists: docs/quality.md.
"""

from collections.abc import Iterable

_K = 10
"""Places after which half of what speaks for a film is gone."""


def spoken_for(named: Iterable[str], weight: float) -> dict[str, float]:
    """Return what its being named adds for each film, by id: `weight` for the first, less for those after it."""
    return {film: weight * _K / (_K + place) for place, film in enumerate(dict.fromkeys(named))}
