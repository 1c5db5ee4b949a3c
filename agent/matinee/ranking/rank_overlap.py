"""How far two rankings agree."""

from collections.abc import Sequence

_PERSISTENCE = 0.9  # the first ten ranks then carry 86% of the weight (Webber et al., eq. 21)


def rank_biased_overlap(first: Sequence[str], second: Sequence[str], p: float = _PERSISTENCE) -> float:
    """Return the rank-biased overlap of two rankings without ties, 0..1: their overlap where early ranks count more.

    Extrapolated from the depth that both have: what is seen is taken to go on at the same rate. Webber, Moffat and
    Zobel, "A similarity measure for indefinite rankings", 2010, eq. 30. Two empty rankings give 0.
    """
    depth = min(len(first), len(second))
    if not depth:
        return 0.0
    agreement = [len({*first[:d]} & {*second[:d]}) / d for d in range(1, depth + 1)]
    seen = sum(share * p**d for d, share in enumerate(agreement, start=1))
    return agreement[-1] * p**depth + (1 - p) / p * seen
