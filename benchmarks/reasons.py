"""What becomes of reasons whose sentences are labelled: what is kept, which lies are removed, what is marked.

    python -m benchmarks.reasons FILE.jsonl [--catalogue PATH] [--json] [--show]

A line of the file is one reason: `id`, `request`, `movie_id`, `title`, `year`, and `sentences` with `text`, `label`
(supported, outside, opinion, lie) and `kind` (of a lie). Films are looked up by id, else by title and year. Of reasons
that the shipped weights were learned from, each is judged by weights learned without its fold (five folds).
"""

import argparse
import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.labelled_reasons import TRAINING, Films, Reason, Sentence, films_of, read_reasons
from benchmarks.train_support import (
    OTHER_PLOT_THRESHOLD,
    SUPPORT_THRESHOLD,
    learn,
    other_plot_examples,
    support_examples,
)
from matinee.reasons.checker import Checker, Grounding, Judged, Paragraph
from matinee.reasons.facts import Viewer
from matinee.reasons.support import Weights, shipped

FOLDS = 5


@dataclass(frozen=True)
class Outcome:
    """A labelled sentence and what became of it, by mode."""

    reason: Reason
    sentence: Sentence
    marked: Judged
    strict: Judged
    seconds: float


def judged(reasons: Iterable[Reason], films: Films, support: Weights, other_plot: Weights) -> list[Outcome]:
    """Return what becomes of each sentence."""
    found = []
    for reason in reasons:
        modes: dict[Grounding, tuple[Checker, Paragraph]] = {
            mode: (
                Checker(
                    Viewer(reason.request),
                    films.names,
                    films.encoder,
                    grounding=mode,
                    support=support,
                    other_plot=other_plot,
                ),
                Paragraph(),
            )
            for mode in ("marked", "strict")
        }
        for sentence in reason.sentences:
            others = films.others(sentence.text, reason.film)
            began = perf_counter()
            results = {m: p.add(c.judge(sentence.text, reason.film, others)) for m, (c, p) in modes.items()}
            took = (perf_counter() - began) / len(modes)
            found.append(Outcome(reason, sentence, results["marked"], results["strict"], took))
    return found


def cross_validated(reasons: Sequence[Reason], films: Films) -> list[Outcome]:
    """Return what becomes of each sentence by weights that were learned without its fold, from all labelled files."""
    everything = {r.reason_id: r for path in TRAINING for r in read_reasons(path, films)}
    support = support_examples(list(everything.values()), films)
    other_plot = other_plot_examples(list(everything.values()), films)
    ids = sorted(everything)
    found = []
    for fold in range(FOLDS):
        left_out = set(ids[fold::FOLDS])
        here = [reason for reason in reasons if reason.reason_id in left_out]
        weights = learn(support.without(left_out), SUPPORT_THRESHOLD)
        found += judged(here, films, weights, learn(other_plot.without(left_out), OTHER_PLOT_THRESHOLD))
    return found


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the shares that the docs quote, 0..1."""
    honest = [o for o in outcomes if o.sentence.label != "lie"]
    lies = [o for o in outcomes if o.sentence.label == "lie"]
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in lies:
        by_kind[outcome.sentence.kind].append(outcome)
    supported = [o for o in honest if o.sentence.label == "supported"]
    return {
        "kept": {
            label: _share(o.marked.shown for o in honest if o.sentence.label == label)
            for label in ("supported", "outside", "opinion")
        }
        | {"all": _share(o.marked.shown for o in honest)},
        "lies_removed": {"all": _share(not o.marked.shown for o in lies)}
        | {kind: _share(not o.marked.shown for o in found) for kind, found in sorted(by_kind.items())},
        "lies_marked_supported": _share(o.marked.shown and o.marked.support != "model" for o in lies),
        "honest_reasons_with_two_sentences": _share(_two_kept(outcomes)),
        "strict": {
            "supported_kept": _share(o.strict.shown for o in supported),
            "lies_kept": _share(o.strict.shown for o in lies),
        },
        "sentences": {"honest": len(honest), "lies": len(lies)},
        "milliseconds_a_sentence": round(1000 * statistics.median(o.seconds for o in outcomes), 1),
    }


def _two_kept(outcomes: Sequence[Outcome]) -> Iterable[bool]:
    by_reason: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_reason[outcome.reason.reason_id].append(outcome)
    whole = (found for found in by_reason.values() if found[0].reason.honest and len(found) > 1)
    return (sum(o.marked.shown for o in found) >= 2 for found in whole)


def _share(held: Iterable[bool]) -> float | None:
    all_of = list(held)
    return round(sum(all_of) / len(all_of), 3) if all_of else None


def main() -> None:
    """Judge a file and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path, nargs="+", help="labelled reasons, one JSON object a line")
    parser.add_argument("--catalogue", type=Path, help="the catalogue that has the films; by default the starter's")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--show", action="store_true", help="print honest sentences left out and lies let through")
    given = parser.parse_args()
    films = films_of(given.catalogue)
    reasons = [reason for path in given.file for reason in read_reasons(path, films)]
    known = {_text(r) for path in TRAINING for r in read_reasons(path, films)}
    if any(_text(reason) in known for reason in reasons):
        outcomes = cross_validated(reasons, films)
    else:
        outcomes = judged(reasons, films, shipped("support"), shipped("other_plot"))
    if given.show:
        _show(outcomes)
    result = figures(outcomes)
    if given.json:
        print(json.dumps(result, indent=2))
    else:
        for name, value in result.items():
            print(f"{name}: {value}")


def _text(reason: Reason) -> str:
    return " ".join(sentence.text for sentence in reason.sentences)


def _show(outcomes: Sequence[Outcome]) -> None:
    for o in outcomes:
        lie = o.sentence.label == "lie"
        if lie == o.marked.shown or (lie and o.strict.shown):
            support = f"{o.marked.support} " if o.marked.shown else "left out "
            label = f"{o.reason.reason_id} {o.sentence.kind or o.sentence.label}"
            print(f"{label}: {support}{o.marked.why_not} | {o.sentence.text}")


if __name__ == "__main__":
    main()
