"""How well films that a request names are told from everyday words, and what the viewer thinks of them.

    python -m benchmarks.named_films --catalogue FILE ... [--save] [--json OUT.json]

`labelled/named_films.jsonl` holds requests in which the words that name a film are marked, with the roles that a reader
takes it to have (several where either will do, none where it was not judged), and words of which the reader is not
sure. What speaks for a title (`matinee.query.title_evidence`) is weighed by a logistic regression, learned from half of
the requests, from those of `tests/support/query_cases`, and from some that were `written` for it; the other half
reports. `--save` learns once more, from all of them, and writes the weights.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np

from benchmarks.logistic_regression import fit
from benchmarks.measuring import report
from matinee.catalogue.known_traits import with_traits
from matinee.catalogue.readers import open_catalogue, open_starter
from matinee.language.folding import fold
from matinee.models import TitleEntry
from matinee.query.entity_linking import Entities, link_entities
from matinee.query.in_english import in_english
from matinee.query.lists import read_lists
from matinee.query.series import read_series
from matinee.query.terms import read_terms
from matinee.query.title_evidence import Candidate, Evidence, Judge, weighed
from matinee.query.title_forms import title_words
from matinee.query.titles import TitleLookup
from tests.support import query_cases

LABELLED = Path(__file__).parent / "labelled" / "named_films.jsonl"
WRITTEN_TO = Path(__file__).parent.parent / "agent" / "matinee" / "query" / "data" / "titles.toml"

_L2 = 1.0
_LEAST = 6
"""Examples in which something must be observed to get a weight."""
_CASES = 2
"""How often the cases of the tests count: they name films of a small catalogue, of which neither votes nor texts are
known."""
_SURE = 20.0
_NOTHING = 0.02
_YEAR = re.compile(r"\(\d{4}\)")


@dataclass(frozen=True)
class Labelled:
    """A request with the words that name films, each with the roles that it may have."""

    request: str
    films: dict[str, list[str]]
    unsure: list[str] = field(default_factory=list)
    written: bool = False

    @property
    def reports(self) -> bool:
        """Whether it is in the half that reports."""
        return not self.written and bool(crc32(self.request.encode()) % 2)


@dataclass(frozen=True)
class Example:
    """What is observed of words that spell a title, and whether they name the film."""

    evidence: Evidence
    named: bool


def read_labelled(path: Path = LABELLED) -> list[Labelled]:
    """Return the requests of a file."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Labelled(
            row["request"],
            {film["words"]: film["roles"] for film in row["films"]},
            row.get("unsure", []),
            row.get("written", False),
        )
        for row in rows
    ]


def cases() -> list[Labelled]:
    """Return the requests of the tests; the title stands for the words that name it."""
    return [
        Labelled(case.request, {title: [role] for title, _, role in case.mentions})
        for case in query_cases.cases()
        if not case.gap
    ]


def opened(path: Path | None) -> TitleLookup:
    """Return the titles of a catalogue; None is the one that comes along."""
    rows = open_starter() if path is None else open_catalogue(path)
    return TitleLookup(TitleEntry.of(with_traits(row.movie)) for row in rows if row.movie)


def entities_of(text: str, titles: TitleLookup, judge: Judge) -> Entities:
    """Return what `understand` would link in a request where this judges titles."""
    request = in_english(text, titles).request
    terms = read_terms(request)
    listed, series = read_lists(request, titles), read_series(request, titles, terms)
    found = (*listed.demands, *listed.hints, *([series.demand] if series else ()))
    return link_entities(request.without(one.span for one in found if one.span), titles, terms, judge)


def label_of(row: Labelled, said: str, films: Sequence[str]) -> str | None:
    """Return the label of words that spell the titles of these films; None where the reader takes them for no name."""
    keys = {key(said), *map(key, films)}
    for label in row.films:
        if key(label) in keys and (label not in row.request or label in said or said in label):
            return label
    return None


def key(said: str) -> str:
    """Return words without signs, an article at the beginning and a year in brackets."""
    return title_words(fold(_YEAR.sub("", said))).removeprefix("the ")


def examples(labelled: Sequence[Labelled], titles: TitleLookup) -> list[Example]:
    """Return what is observed of each title that is spelled, where all before it was read as labelled."""
    found: list[Example] = []

    def judge(row: Labelled, candidate: Candidate, evidence: Evidence) -> float:
        if key(candidate.words) in map(key, row.unsure):
            return -_SURE
        named = label_of(row, candidate.words, [film.title for film in candidate.films]) is not None
        found.append(Example(evidence, named))
        return _SURE if named else -_SURE

    for row in labelled:
        entities_of(row.request, titles, partial(judge, row))
    return found


def learn(given: Sequence[Example]) -> dict[str, float]:
    """Return what each observation counts, by name."""
    often = Counter(name for example in given for name in example.evidence)
    names = sorted(name for name, times in often.items() if times >= _LEAST)
    rows = np.array([[example.evidence.get(name, 0.0) for name in names] for example in given])
    weights = fit(rows, np.array([example.named for example in given], dtype=float), _L2)
    return dict(zip([*names, "bias"], map(float, weights), strict=True))


def figures(labelled: Sequence[Labelled], titles: TitleLookup, weights: Mapping[str, float]) -> dict[str, float | int]:
    """Return how many of the films named are read, how many of those read are named, and how many roles are right."""
    counts: Counter[str] = Counter()
    for row in labelled:
        read = entities_of(row.request, titles, partial(weighed, weights)).mentions
        roles: dict[str, str] = {}
        for mention in read:
            if mention.words and key(mention.words) not in map(key, row.unsure):  # a person's films have no words
                label = label_of(row, mention.words, [mention.title])
                counts["wrong"] += label is None and mention.words not in roles
                roles.setdefault(label or mention.words, mention.role)
        for label, right in row.films.items():
            if titles.named(title_words(fold(label))) or label in roles:
                counts["named"] += 1
                counts["read"] += label in roles
                counts["judged"] += label in roles and bool(right)
                counts["right"] += roles.get(label) in right
    shares = {
        "recall": counts["read"] / counts["named"],
        "precision": counts["read"] / (counts["read"] + counts["wrong"]),
        "roles": counts["right"] / counts["judged"],
    }
    return {"requests": len(labelled), "named": counts["named"], **{k: round(v, 4) for k, v in shares.items()}}


def write(weights: Mapping[str, float], path: Path = WRITTEN_TO) -> None:
    """Write the file that `matinee.query.title_evidence` reads; what counts next to nothing is left out."""
    lines = [
        f"{json.dumps(name)} = {weight:.3f}" for name, weight in sorted(weights.items()) if abs(weight) >= _NOTHING
    ]
    head = "# Learned from benchmarks/labelled by `python -m benchmarks.named_films --save`; do not edit by hand."
    path.write_text("\n".join([head, "", "[named]", *lines, ""]), encoding="utf-8")


def main() -> None:
    """Learn, report, and write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, action="append", default=[], help="beside the one that comes along")
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    catalogues = {path.stem if path else "starter": opened(path) for path in (*options.catalogue, None)}
    labelled = read_labelled()
    kept_back = [row for row in labelled if row.reports]
    given = _CASES * examples(cases(), query_cases.title_lookup())
    for titles in catalogues.values():
        given += examples([row for row in labelled if not row.reports], titles)
    weights = learn(given)
    rows = {name: figures(kept_back, titles, weights) for name, titles in catalogues.items()}
    report("named films", rows, {"metrics": next(iter(rows.values()))}, options.json)
    if options.save:
        for titles in catalogues.values():
            given += examples(kept_back, titles)
        write(learn(given))


if __name__ == "__main__":
    main()
