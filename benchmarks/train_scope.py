"""Learns which turns are for matinee: requests for films, questions about films, courtesies, or something else.

    python -m benchmarks.train_scope CLINC150 HWU64 --films FILE.jsonl ... [--save] [--json OUT.json]

CLINC150 is `data_full.json` of Larson et al., "An Evaluation Dataset for Intent Classification and Out-of-Scope
Prediction" (EMNLP 2019, CC BY 3.0): 150 intents of a voice assistant. HWU64 is a folder with `seq.in` and `label`, of
Liu et al., "Benchmarking Natural Language Understanding Services" (IWSDS 2019, CC BY 4.0): 64 more. `--films` are files
of requests for films, with the key `request`, `query` or `text`. Beside them stand phrases from `scope_phrases.toml`,
filled with titles, people and terms of the starter catalogue: the same sentence asks for a film or a book by one word.

Softmax regression over the vector of the turn (bge-small) and over what reading it finds; the folds are by intent and
phrase, so that the figures are of wordings that were not learned. The labelled requests in `requests/scope.jsonl` are
not learned from.
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tomllib import loads
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from benchmarks.measuring import report
from matinee.catalogue.readers import open_starter
from matinee.encoders.embeddings import open_encoder
from matinee.models import Movie, TitleEntry
from matinee.query.scope import FILE, SCOPES, Matrix, Scope, columns
from matinee.query.titles import TitleLookup
from matinee.query.turns import Reader
from matinee.reasons.support import Encoder
from matinee.settings import Settings

HERE = Path(__file__).parent
LABELLED = HERE / "requests" / "scope.jsonl"
_COURTESIES = frozenset(
    (
        "greeting goodbye thank_you yes no maybe are_you_a_bot what_is_your_name how_old_are_you what_can_i_ask_you "
        "what_are_your_hobbies where_are_you_from who_made_you who_do_you_work_for do_you_have_pets meaning_of_life"
    ).split()
)
_PER_INTENT = 70
_PER_PHRASE = 12
_PER_FILE = 1500
_PENALTY = 0.15
_FOLDS = 5
_BARE = 0.3
"""How often a phrase loses its mark, or begins with a capital."""
_SLOT = re.compile(r"[A-Z]{3,}")


class Example(NamedTuple):
    """A turn with its scope; those of one group are in one fold."""

    text: str
    scope: Scope
    group: str


def main() -> None:
    """Print the figures of the folds left out and of the labelled requests; `--save` writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clinc", type=Path)
    parser.add_argument("hwu", type=Path)
    parser.add_argument("--films", type=Path, nargs="*", default=[])
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    draw = random.Random(7)
    films = [row.movie for row in open_starter() if row.movie]
    examples = [*_assistant(options.clinc, draw), *_home(options.hwu), *_phrases(films, draw)]
    examples += [example for path in options.films for example in _requests(path, draw)]
    encoder = Encoder(open_encoder("bge-small", Settings()).embeddings.embed_documents)
    reader = Reader(TitleLookup(_entry(film) for film in films))
    vectors = _columns(encoder, reader, [example.text for example in examples])
    labels = np.array([SCOPES.index(example.scope) for example in examples])
    groups = sorted({example.group for example in examples})
    draw.shuffle(groups)
    fold_of = {group: n % _FOLDS for n, group in enumerate(groups)}
    folds = np.array([fold_of[example.group] for example in examples])
    guessed = np.zeros(len(examples), dtype=int)
    for fold in range(_FOLDS):
        weights = learned(vectors[folds != fold], labels[folds != fold])
        guessed[folds == fold] = np.argmax(vectors[folds == fold] @ weights[:-1] + weights[-1], axis=1)
    weights = learned(vectors, labels)
    asked = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    told = _columns(encoder, reader, [row["text"] for row in asked]) @ weights[:-1] + weights[-1]
    rows = {
        "left out": _figures(labels, guessed),
        "labelled": _figures(np.array([SCOPES.index(row["scope"]) for row in asked]), np.argmax(told, axis=1)),
    }
    if options.save:
        np.savez_compressed(str(FILE), weights=weights.astype(np.float16))
    report("scope", rows, {"examples": len(examples)}, options.json)


def learned(vectors: Matrix, labels: Matrix) -> Matrix:
    """Return the weights of a softmax regression, `(dimensions + 1, scopes)`, the last row the biases.

    Each scope counts alike, however many examples it has.
    """
    counts = Counter(labels.tolist())
    each = np.array([len(labels) / len(counts) / counts[label] for label in labels.tolist()])
    rows = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)]).astype(np.float64)
    shape = (rows.shape[1], len(SCOPES))
    wanted = np.eye(len(SCOPES))[labels]

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(shape)
        logits = rows @ weights
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=1, keepdims=True)
        told = -(each * np.log(np.maximum((shares * wanted).sum(axis=1), 1e-12))).sum()
        slope = rows.T @ ((shares - wanted) * each[:, None])
        return float(told + _PENALTY * (weights[:-1] ** 2).sum()), (
            slope + 2 * _PENALTY * np.vstack([weights[:-1], np.zeros((1, shape[1]))])
        ).ravel()

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x.reshape(shape), dtype=np.float32)


def _columns(encoder: Encoder, reader: Reader, texts: Sequence[str]) -> Matrix:
    return columns(encoder.vectors([text[:400] for text in texts]), [reader.features(text[:400]) for text in texts])


def _entry(film: Movie) -> TitleEntry:
    people = (film.directors, film.stars, film.votes, film.runtime)
    return TitleEntry(film.movie_id, film.title, film.year, film.aka, *people)


def _figures(labels: Matrix, guessed: Matrix) -> dict[str, Any]:
    """Return precision and recall of each scope."""
    told: dict[str, Any] = {}
    for n, scope in enumerate(SCOPES):
        hit = int(((labels == n) & (guessed == n)).sum())
        told[f"{scope} precision"] = round(hit / max(1, int((guessed == n).sum())), 4)
        told[f"{scope} recall"] = round(hit / max(1, int((labels == n).sum())), 4)
    return told


def _assistant(path: Path, draw: random.Random) -> Iterator[Example]:
    data = json.loads(path.read_text(encoding="utf-8"))
    by_intent: dict[str, list[str]] = {}
    for text, intent in (pair for key in sorted(data) for pair in data[key]):
        by_intent.setdefault(intent, []).append(text)
    for intent, texts in by_intent.items():
        scope: Scope = "smalltalk" if intent in _COURTESIES else "other"
        kept = [text for text in texts if not set(text.split()) & {"movie", "movies", "film", "films", "watch"}]
        draw.shuffle(kept)
        many = 1000 if intent == "oos" else 2 * _PER_INTENT if scope == "smalltalk" else _PER_INTENT
        yield from (Example(text, scope, f"intent {intent}") for text in kept[:many])


def _home(folder: Path) -> Iterator[Example]:
    """Yield turns of a home assistant; its general turns answer what it said, and are of no scope here."""
    lines = [(folder / name).read_text(encoding="utf-8").splitlines() for name in ("label", "seq.in")]
    for intent, text in zip(*lines, strict=True):
        if intent == "general_praise" or (intent != "recommendation_movies" and not intent.startswith("general_")):
            yield Example(text, "smalltalk" if intent == "general_praise" else "other", f"home {intent}")


def _phrases(films: Sequence[Movie], draw: random.Random) -> Iterator[Example]:
    written = loads((HERE / "scope_phrases.toml").read_text(encoding="utf-8"))
    slots: dict[str, list[str]] = {key: [one.strip() for one in of.split(",")] for key, of in written["slots"].items()}
    known = sorted(films, key=lambda film: -film.votes)[:1500]
    slots["TITLE"] = [film.title for film in known]
    slots["PERSON"] = [person for film in known for person in film.people[:3]]
    slots["THEME"] = sorted({term for film in known for term in (*film.traits.themes, *film.keywords)})
    slots["PLOT"] = [film.overview.split(". ")[0][:200] for film in known if film.overview]
    slots["DECADE"] = [f"{year}s" for year in (*range(1930, 2030, 10), 60, 70, 80, 90)]
    for scope in SCOPES:
        for phrase in written["phrases"].get(scope, []):
            many = _PER_PHRASE * (5 if {"THEME", "PLOT"} & {*_SLOT.findall(phrase)} else 1)
            said = {_filled(phrase, slots, draw) for _ in range(many)}
            yield from (Example(text, scope, f"phrase {phrase}") for text in sorted(said))


def _filled(phrase: str, slots: dict[str, list[str]], draw: random.Random) -> str:
    text = _SLOT.sub(lambda found: draw.choice(slots[found[0]]), phrase)
    if draw.random() < _BARE:
        text = text.rstrip("?.!")
    return text[0].upper() + text[1:] if draw.random() < _BARE else text


def _requests(path: Path, draw: random.Random) -> list[Example]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    texts = [str(next(row[key] for key in ("request", "query", "text", "say") if key in row)) for row in rows]
    draw.shuffle(texts)
    return [Example(text[:1000], "films", f"request {text[:80]}") for text in texts[:_PER_FILE]]


if __name__ == "__main__":
    main()
