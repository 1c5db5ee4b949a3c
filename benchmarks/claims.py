"""Which claims the checker lets stand, against labels, and what shared words or a cross-encoder would do in its place.

    python -m benchmarks.claims [--json benchmarks/results/claims.json]

Of the labelled claims (`tests/unit/data/claims.jsonl`) the half `dev` is for tuning, thresholds included; the half
`test` is only reported, and so are the `fresh` ones, labelled before any rule had seen them. A claim stands when the
whole of it is let through. A threshold is the lowest that lets at most 2% of the wrong claims of the dev half pass;
for claims about the plot alone it is set by those of the dev half.
"""

import argparse
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import in_milliseconds, report, timed
from matinee.grounding.claims import ClaimChecker, Leeway, tellable
from matinee.grounding.claims.text import stems
from matinee.providers.cross_encoder import open_cross_encoder
from matinee.settings import Settings
from tests.support.labelled_claims import LabelledClaim, labelled_claims

PARTS = ("dev", "test", "fresh")
LABELS = ("supported", "unsupported", "contradicted")
_MOST_WRONG = 0.02
_SHARE = 0.4
"""Share of a claim's words that the row may lack, where the cross-encoder has a say."""


def told(claim: LabelledClaim) -> str:
    """Return what the row tells of the film, as one text."""
    movie = tellable(claim.movie, "premise")
    facts = [*movie.genres, *movie.keywords, *movie.directors, *movie.stars]
    return f"{movie.title}. {movie.overview} {', '.join(facts)}. {movie.year}, {movie.runtime} minutes."


def shared_words(claim: LabelledClaim) -> float:
    """Return which share of the claim's longer words stands in the row or the request."""
    known = {*stems(told(claim)), *stems(claim.request.text)}
    words = [word for word in stems(claim.claim) if len(word) > 3]
    return statistics.fmean(word in known for word in words) if words else 0.0


def above(claims: Sequence[LabelledClaim], scores: Sequence[float]) -> list[bool]:
    """Return which claims stand by a score, with the threshold that the dev half gives."""
    scored = list(zip(claims, scores, strict=True))
    wrong = sorted((s for c, s in scored if c.half == "dev" and c.label != "supported"), reverse=True)
    least = wrong[int(_MOST_WRONG * len(wrong))] if wrong else 0.0
    return [score > least for score in scores]


def row(claims: Sequence[LabelledClaim], stand: Sequence[bool], half: str) -> dict[str, Any]:
    """Return how many claims of each label stand, of how many."""
    counts: dict[str, Any] = {}
    for label in LABELS:
        chosen = [s for c, s in zip(claims, stand, strict=True) if (c.half, c.label) == (half, label)]
        counts[label] = f"{sum(chosen)}/{len(chosen)} ({sum(chosen) / len(chosen):.1%})" if chosen else "-"
    return counts


def standing(claims: Sequence[LabelledClaim], ways: Mapping[str, Sequence[bool]]) -> dict[str, dict[str, Any]]:
    """Return a row for each way and each part of the set."""
    return {f"{way}, {half}": row(claims, stand, half) for way, stand in ways.items() for half in PARTS}


def plots(claims: Sequence[LabelledClaim], rules: Sequence[bool], relevance: Sequence[float]) -> dict[str, Any]:
    """Return how rules and cross-encoder do on claims about the plot, the latter with a threshold of its own."""
    chosen = [(c, r, s) for c, r, s in zip(claims, rules, relevance, strict=True) if c.kind == "plot"]
    alone = [claim for claim, _, _ in chosen]
    scored = above(alone, [score for _, _, score in chosen])
    return standing(alone, {"cross-encoder": scored, "rules": [stands for _, stands, _ in chosen]})


def by_kind(claims: Sequence[LabelledClaim], stand: Sequence[bool]) -> dict[str, dict[str, Any]]:
    """Return precision and recall of "may stand" for each kind of claim of the test half."""
    kinds: dict[str, list[tuple[bool, bool]]] = {}
    for claim, stands in zip(claims, stand, strict=True):
        if claim.half == "test":
            kinds.setdefault(claim.kind, []).append((claim.label == "supported", stands))
    rows = {}
    for kind, pairs in sorted(kinds.items()):
        true, standing = sum(t for t, _ in pairs), sum(s for _, s in pairs)
        right = sum(t and s for t, s in pairs)
        rows[kind] = {
            "claims": len(pairs),
            "precision": round(right / standing, 2) if standing else "-",
            "recall": round(right / true, 2) if true else "-",
        }
    return rows


def costs(claims: Sequence[LabelledClaim]) -> dict[str, float]:
    """Return what checking a reason of three claims takes."""
    seconds = []
    for one, *rest in zip(claims[::3], claims[1::3], claims[2::3], strict=False):
        checker = ClaimChecker(one.request, one.preferences)
        reason = " ".join(claim.claim for claim in (one, *rest))
        seconds.append(timed(lambda c=checker, r=reason, m=one.movie: c.check(r, m)))  # type: ignore[misc]
    return in_milliseconds(seconds)


class _Always:
    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        return [1.0 for _ in texts]


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the result here")
    target = parser.parse_args().json
    claims = labelled_claims()
    encoder = open_cross_encoder(Settings())
    if encoder is None:
        parser.error("MATINEE_RERANKER is none; this compares with the cross-encoder")
    relevance = [encoder.score(claim.claim, [told(claim)])[0] for claim in claims]
    rules = [claim.stands() for claim in claims]
    partly = [
        not r and c.stands(scorer=_Always(), leeway=Leeway(_SHARE, 0)) for c, r in zip(claims, rules, strict=True)
    ]
    rest = [score if part else -1e9 for score, part in zip(relevance, partly, strict=True)]
    ways = {
        "shared words": above(claims, [shared_words(claim) for claim in claims]),
        "cross-encoder": above(claims, relevance),
        "rules": rules,
        "rules, then cross-encoder": [r or s for r, s in zip(rules, above(claims, rest), strict=True)],
    }
    more = {
        "plot_claims": plots(claims, rules, relevance),
        "reason_of_three_claims": costs(claims),
        "kinds_of_the_test_half": by_kind(claims, rules),
    }
    report("standing", standing(claims, ways), more, target)


if __name__ == "__main__":
    main()
