"""Learns the weights by which sentences are judged, and writes them to `agent/matinee/reasons/data/support.toml`.

    python -m benchmarks.train_support

Two logistic regressions (L2, Newton's method), both over the reasons of `benchmarks/labelled`: whether a film's text
carries a sentence, and whether a sentence tells another film's plot. For the second, sentences that one film's text
carries are told of a film near to it. Nothing here is needed to run matinee.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.labelled_reasons import TRAINING, Films, Reason, films_of, read_reasons
from benchmarks.logistic_regression import Matrix, fit
from matinee.reasons.facts import Statement, Viewer, facts_in
from matinee.reasons.kinds import KINDS
from matinee.reasons.support import (
    OTHER_PLOT,
    SUPPORT,
    Weights,
    nearest,
    other_plot_features,
    stray_names,
    support_features,
)

WRITTEN_TO = Path(__file__).parent.parent / "agent" / "matinee" / "reasons" / "data" / "support.toml"

SUPPORT_THRESHOLD = 0.72
OTHER_PLOT_THRESHOLD = 0.8
"""Chosen by `python -m benchmarks.reasons` on the training files, cross-validated: see docs/grounding.md."""

_L2 = 3.0
_SWAPPED = 2
_NEAR = 12
_PLOT = 0.55
"""Cosine to the overview from which a carried sentence tells of the plot rather than of figures or people."""


@dataclass(frozen=True)
class Examples:
    """Features of sentences, `(n, features)`, with what is to be learned of each and which reason it is from."""

    features: Matrix
    target: Matrix
    reasons: NDArray[np.str_]

    def without(self, left_out: set[str]) -> "Examples":
        """Return the examples of all other reasons."""
        kept = ~np.isin(self.reasons, list(left_out))
        return Examples(self.features[kept], self.target[kept], self.reasons[kept])


def learn(examples: Examples, threshold: float) -> Weights:
    """Return the weights of a logistic regression over standardised features."""
    mean, deviation = examples.features.mean(0), examples.features.std(0) + 1e-9
    beta = fit((examples.features - mean) / deviation, examples.target, _L2)
    return Weights(tuple(mean), tuple(deviation), tuple(beta[:-1]), float(beta[-1]), threshold)


def support_examples(reasons: Sequence[Reason], films: Films) -> Examples:
    """Return what the support of a sentence is learned from: those that facts and names leave open."""
    features, target, ids = [], [], []
    for reason in reasons:
        viewer = Viewer(reason.request)
        for sentence in reason.sentences:
            statement = Statement(sentence.text, reason.film, viewer, films.names, films.encoder.cosine)
            facts = facts_in(statement, KINDS)
            if all(fact.holds for fact in facts) and not stray_names(statement):
                near = nearest(films.encoder, sentence.text, reason.film)
                features.append(support_features(statement, near, facts))
                target.append(float(sentence.label == "supported"))
                ids.append(reason.reason_id)
    return Examples(np.array(features), np.array(target), np.array(ids))


def other_plot_examples(reasons: Sequence[Reason], films: Films) -> Examples:
    """Return what is learned of sentences that tell another film's plot."""
    features, target, ids = [], [], []
    for number, reason in enumerate(reasons):
        others = films.neighbours(reason.film, _NEAR)
        for sentence in reason.sentences:
            if sentence.label == "lie":
                continue
            near = nearest(films.encoder, sentence.text, reason.film)
            told_of = [(reason.film, 0.0)]
            if sentence.label == "supported" and near.best > _PLOT:
                told_of += [(others[(number + step * 5) % len(others)], 1.0) for step in range(_SWAPPED)]
            for film, swapped in told_of:
                here = nearest(films.encoder, sentence.text, film)
                pairs = [(nearest(films.encoder, sentence.text, o), o) for o in films.others(sentence.text, film)]
                best, other = max(pairs, key=lambda pair: pair[0].best)
                features.append(other_plot_features(sentence.text, film, here, other, best))
                target.append(swapped)
                ids.append(reason.reason_id)
    return Examples(np.array(features), np.array(target), np.array(ids))


def written(name: str, features: Sequence[str], weights: Weights) -> str:
    """Return the weights as a table of TOML."""
    lines = [f"[{name}]", f"threshold = {weights.threshold}", f"bias = {weights.bias:.5f}", f"[{name}.features]"]
    for feature, mean, deviation, weight in zip(features, weights.mean, weights.deviation, weights.weight, strict=True):
        lines.append(f"{feature} = {{ mean = {mean:.5f}, deviation = {deviation:.5f}, weight = {weight:.5f} }}")
    return "\n".join(lines)


def main() -> None:
    """Learn from all labelled reasons, and write the weights."""
    films = films_of(None)
    reasons = [reason for path in TRAINING for reason in read_reasons(path, films)]
    support = learn(support_examples(reasons, films), SUPPORT_THRESHOLD)
    other_plot = learn(other_plot_examples(reasons, films), OTHER_PLOT_THRESHOLD)
    head = "# Learned from benchmarks/labelled by `python -m benchmarks.train_support`; do not edit by hand."
    tables = [written("support", SUPPORT, support), written("other_plot", OTHER_PLOT, other_plot)]
    WRITTEN_TO.write_text("\n\n".join([head, *tables]) + "\n", encoding="utf-8")
    print(f"{len(reasons)} reasons; written to {WRITTEN_TO.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
