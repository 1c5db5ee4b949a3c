"""Learns the order of films for everyday requests, and reports it on requests that it was not learned from.

    python -m benchmarks.train_ranker FILE.jsonl=CATALOGUE ... [--ratings DIR] [--intent identify] [--pools FILE.npz]
        [--save] [--json OUT.json]

Files are as in `benchmarks.fits`, or for half-remembered films (`--intent identify`) as for `matinee eval`, each with
the catalogue that its films are found in (`FILE.jsonl=starter`: the one that comes along). Posts about one film are in
one fold. `--pools` keeps the candidates collected, and takes them from there when they are.

In five folds by request the adapters and the prior are learned by a softmax over sampled films
(`benchmarks.query_adapters`), the graph's own searches then collect candidates for the fold that was left out, and
LambdaMART (Burges, "From RankNet to LambdaRank to LambdaMART", MSR-TR-2010-82; the implementation is LightGBM) learns
to order them, again from the other folds. Printed are the figures of `benchmarks.fits` on the folds left out. `--save`
learns once more from everything and writes the files that `matinee.ranking.learned` reads.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.fits import Ranked, Request, figures, film_finder, read_requests
from benchmarks.measuring import report
from benchmarks.query_adapters import Example, Shelf, learn_fit
from matinee import Context, Settings
from matinee.encoders.embeddings import open_embeddings
from matinee.models import Movie
from matinee.nodes.candidate_search import CandidateQuery, Searches
from matinee.nodes.retrieve import retrieve
from matinee.query import understand
from matinee.query.query_text import search_text
from matinee.ranking.boosted_trees import BoostedTrees
from matinee.ranking.film_phrases import film_phrases
from matinee.ranking.fusion import Scores
from matinee.ranking.learned import (
    COLUMNS,
    FOLDER,
    Fit,
    Learned,
    Placed,
    columns,
    packed,
    packed_terms,
    vocabulary,
)
from matinee.ranking.request_memory import RequestMemory
from matinee.ranking.vocabulary import FilmTerms, Vocabulary, terms_of
from matinee.understanding import Intent, Understanding
from matinee_app.evaluation.opening import opened
from matinee_app.evaluation.requests import read_requests as read_posts
from matinee_graphs.parts import Parts

FOLDS = 5
LEAST_FILMS = 5
"""Of which a term must be known to stand in the vocabulary."""
TREES, LEAVES = 200, 15
_MOST = float(np.finfo(np.float32).max)
GAINS = [0.0, 0.1, 1.0]
"""What a near miss, any other film and a film that fits are worth."""


@dataclass
class Corpus:
    """A catalogue with requests for its films."""

    parts: Parts
    films: list[Movie]
    requests: list[Request]
    asks: list[CandidateQuery]
    folds: NDArray[np.int64]
    pools: list["Pool"]


class Pool(NamedTuple):
    """What the searches found for a request: ids, and what the trees decide by."""

    films: list[str]
    rows: NDArray[np.float32]


async def read_corpus(file: Path, catalogue: Path | None, options: argparse.Namespace) -> Corpus:
    """Return the requests that have fits in the catalogue, read as the graph reads them."""
    parts, answers = await opened(Settings(chat_model="none"), catalogue, options.ratings if catalogue else None)
    movies, titles = parts.store.movies, await parts.titles.lookup()
    if options.intent == "identify":
        posts = [(post, frozenset(answers.gold(post))) for post in read_posts(file)]
        requests = [Request(post.query, "identify", gold, frozenset()) for post, gold in posts if gold]
    else:
        requests = read_requests(file, film_finder(await movies.references()))
    asks = []
    for request in requests:
        understood = understand(request.text, titles).model_copy(update={"intent": options.intent})
        seeds = await movies.get([m.movie_id for m in understood.mentions if m.role == "like"])
        asks.append(CandidateQuery(understood, search_text(understood, seeds)))
    folds = np.random.default_rng(0).permutation(len(requests)) % FOLDS
    if options.intent == "identify":
        films = sorted({min(request.fits) for request in requests})
        of_film = dict(zip(films, np.random.default_rng(0).permutation(len(films)) % FOLDS, strict=True))
        folds = np.array([of_film[min(request.fits)] for request in requests])
    return Corpus(parts, await movies.described(), requests, asks, folds, [])


def terms_known_of(corpora: Sequence[Corpus]) -> Vocabulary:
    """Return the terms of enough films, each with its vector less the mean of all; the rarer, the more it counts."""
    films = [film for corpus in corpora for film in corpus.films]
    counts = Counter(term for film in films for term in terms_of(film))
    names = sorted(term for term, count in counts.items() if count >= LEAST_FILMS)
    vectors = np.array(open_embeddings(Settings()).embeddings.embed_documents([_said(n) for n in names]), np.float32)
    weights = np.sqrt(np.log(len(films) / np.array([counts[name] for name in names])))
    return Vocabulary(names, vectors - vectors.mean(axis=0), weights.astype(np.float32))


def _said(term: str) -> str:
    kind, _, value = term.partition(": ")
    return {
        "genre": f"{value} film",
        "language": f"in {value}",
        "country": f"from {value}",
        "decade": f"{value} film",
    }.get(kind, term)


async def shelf_of(corpus: Corpus, terms: Vocabulary) -> Shelf:
    """Return the corpus as what the adapters are learned from."""
    ids = [film.movie_id for film in corpus.films]
    vectors = await corpus.parts.store.movies.vectors(ids)
    place = {movie_id: n for n, movie_id in enumerate(ids)}
    embed = corpus.parts.embedding.embeddings.embed_query
    asked = [
        Example(np.array(embed(ask.text), np.float32), np.array(sorted(place[i] for i in request.fits)), int(fold))
        for request, ask, fold in zip(corpus.requests, corpus.asks, corpus.folds, strict=True)
    ]
    texts = np.array([vectors[movie_id] for movie_id in ids], np.float32)
    phrases = film_phrases().of_films(corpus.films)
    return Shelf(corpus.films, texts, FilmTerms(terms, corpus.films).vectors(), phrases, asked)


@dataclass(frozen=True)
class Recording(Learned):
    """Orders by the fit, and keeps what the trees would have seen."""

    seen: list[Pool] = field(default_factory=list)

    def ordered(
        self, films: Sequence[Movie], signals: Mapping[str, Scores], understood: Understanding, k: int | None = None
    ) -> list[Placed]:
        """Return the order by the fit alone."""
        self.seen.append(Pool([film.movie_id for film in films], columns(films, signals, understood)))
        return super().ordered(films, signals, understood, k)


async def collect(corpus: Corpus, terms: Vocabulary, learned: tuple[Fit, RequestMemory], fold: int) -> dict[int, Pool]:
    """Return what the searches find for the requests of a fold."""
    parts, found = corpus.parts, {}
    recording = Recording(*learned, None)
    searches = Searches(parts.store.movies, parts.embedding, parts.collaborative, terms=terms, by=recording)
    for n in np.flatnonzero(corpus.folds == fold).tolist():
        recording.seen.clear()
        await retrieve(searches, corpus.asks[n], Context())
        found[n] = recording.seen[-1] if recording.seen else Pool([], np.empty((0, len(COLUMNS)), np.float32))
    return found


def grow(corpora: Sequence[Corpus], left_out: int | None) -> Any:
    """Return LightGBM's model of the pools but those of a fold."""
    import lightgbm

    rows, labels, groups = [], [], []
    for corpus in corpora:
        for request, pool, fold in zip(corpus.requests, corpus.pools, corpus.folds, strict=True):
            if fold != left_out and request.fits & {*pool.films}:
                rows.append(pool.rows)
                labels += [2 if f in request.fits else 0 if f in request.near else 1 for f in pool.films]
                groups.append(len(pool.films))
    settings = {
        "objective": "lambdarank", "label_gain": GAINS, "num_leaves": LEAVES, "learning_rate": 0.05,
        "min_data_in_leaf": 50, "lambda_l2": 5.0, "feature_fraction": 0.5, "bagging_fraction": 0.7, "bagging_freq": 1,
        "lambdarank_truncation_level": 20, "verbosity": -1, "seed": 1, "num_threads": 2, "deterministic": True,
    }  # fmt: skip
    data = lightgbm.Dataset(np.concatenate(rows), np.array(labels), group=groups)
    return lightgbm.train(settings, data, TREES)


def trees_of(model: Any) -> BoostedTrees:
    """Return LightGBM's model as one table."""
    nodes: list[tuple[int, float, bool, int, int, float]] = []
    depth = 0

    def add(node: dict[str, Any], level: int) -> int:
        nonlocal depth
        at, depth = len(nodes), max(depth, level)
        if "leaf_value" in node:
            nodes.append((0, 0.0, True, at, at, node["leaf_value"]))
            return at
        missing_left = node["default_left"] if node["missing_type"] == "NaN" else node["threshold"] >= 0
        nodes.append((0, 0.0, True, at, at, 0.0))
        left, right = add(node["left_child"], level + 1), add(node["right_child"], level + 1)
        nodes[at] = (
            node["split_feature"], node["threshold"], missing_left, left, right, node["internal_value"],
        )  # fmt: skip
        return at

    roots = [add(tree["tree_structure"], 0) for tree in model.dump_model()["tree_info"]]
    feature, threshold, missing, left, right, value = (np.array(column) for column in zip(*nodes, strict=True))
    ints, floats = np.int32, np.float32
    return BoostedTrees(
        np.array(roots, ints), feature.astype(ints), np.clip(threshold, -_MOST, _MOST).astype(floats),
        missing.astype(np.bool_), left.astype(ints), right.astype(ints), value.astype(floats), depth,
    )  # fmt: skip


def crossed(corpora: Sequence[Corpus]) -> list[list[Ranked]]:
    """Return each corpus' requests ranked by trees that were grown without their fold."""
    ranked: list[list[Ranked]] = [[] for _ in corpora]
    for fold in range(FOLDS):
        trees = trees_of(grow(corpora, fold))
        for corpus, of_corpus in zip(corpora, ranked, strict=True):
            for n in np.flatnonzero(corpus.folds == fold).tolist():
                pool = corpus.pools[n]
                order = np.argsort(-trees.score(pool.rows), kind="stable").tolist()
                of_corpus.append(Ranked(corpus.requests[n], [pool.films[i] for i in order]))
    return ranked


def _by_fit(pool: Pool) -> list[str]:
    return [pool.films[n] for n in np.argsort(-pool.rows[:, COLUMNS.index("fit")], kind="stable")]


async def measure(options: argparse.Namespace) -> None:
    """Learn, report, and save if that is asked for."""
    files = [given.partition("=") for given in options.files]
    corpora = [
        await read_corpus(Path(file), None if catalogue == "starter" else Path(catalogue), options)
        for file, _, catalogue in files
    ]
    terms = vocabulary() if options.intent == "identify" else terms_known_of(corpora)
    shelves = [await shelf_of(corpus, terms) for corpus in corpora]
    if options.pools and options.pools.exists():
        load_pools(options.pools, corpora)
    else:
        await fill_pools(corpora, shelves, terms, options.intent)
        if options.pools:
            save_pools(options.pools, corpora)
    rows: dict[str, dict[str, Any]] = {}
    for (file, _, _), corpus, ranked in zip(files, corpora, crossed(corpora), strict=True):
        name = Path(file).stem
        rows[f"{name}, fit alone"] = figures(
            [Ranked(r, _by_fit(p)) for r, p in zip(corpus.requests, corpus.pools, strict=True)]
        )
        rows[name] = figures(ranked)
        for kind in sorted({request.kind for request in corpus.requests}):
            rows[f"{name}: {kind}"] = figures([one for one in ranked if one.request.kind == kind])
    if options.save:
        folder = Path(str(FOLDER))
        folder.mkdir(exist_ok=True)
        memory = memory_of(shelves, None, options.intent)
        whole = Learned(learn_fit(shelves, None), memory, trees_of(grow(corpora, None)))
        np.savez_compressed(folder / f"{options.intent}.npz", **packed(whole))  # type: ignore[arg-type]
        if options.intent == "recommend":
            np.savez_compressed(folder / "terms.npz", **packed_terms(terms))  # type: ignore[arg-type]
    for corpus in corpora:
        corpus.parts.store.close()
    report("train_ranker", rows, {"metrics": rows[Path(files[0][0]).stem]}, options.json)


async def fill_pools(corpora: Sequence[Corpus], shelves: Sequence[Shelf], terms: Vocabulary, intent: Intent) -> None:
    """Collect candidates for every request by what was learned without its fold."""
    pools: list[dict[int, Pool]] = [{} for _ in corpora]
    for fold in range(FOLDS):
        learned = learn_fit(shelves, fold), memory_of(shelves, fold, intent)
        for corpus, found in zip(corpora, pools, strict=True):
            found |= await collect(corpus, terms, learned, fold)
        print(f"fold {fold}: candidates collected", flush=True)
    for corpus, found in zip(corpora, pools, strict=True):
        corpus.pools = [found[n] for n in range(len(corpus.requests))]


def memory_of(shelves: Sequence[Shelf], left_out: int | None, intent: Intent) -> RequestMemory:
    """Return the requests of every fold but the one left out; nothing is to be learned from who else sought a film."""
    kept = [(one, shelf) for shelf in shelves for one in shelf.asked if intent == "recommend" and one.fold != left_out]
    named = [[shelf.films[place].label for place in one.fits.tolist()] for one, shelf in kept]
    width = shelves[0].texts.shape[1]
    return RequestMemory.of(np.array([one.vector for one, _ in kept], np.float32).reshape(-1, width), named)


def save_pools(path: Path, corpora: Sequence[Corpus]) -> None:
    """Write the candidates to a file."""
    pools = [pool for corpus in corpora for pool in corpus.pools]
    np.savez_compressed(
        path,
        films=np.array([film for pool in pools for film in pool.films]),
        rows=np.concatenate([pool.rows for pool in pools]),
        ends=np.cumsum([len(pool.films) for pool in pools]),
    )


def load_pools(path: Path, corpora: Sequence[Corpus]) -> None:
    """Read the candidates that `save_pools` wrote for the same requests."""
    with np.load(path, allow_pickle=False) as arrays:
        films, rows, ends = arrays["films"].tolist(), arrays["rows"], arrays["ends"].tolist()
    pools = iter([Pool(films[a:b], rows[a:b]) for a, b in pairwise([0, *ends])])
    for corpus in corpora:
        corpus.pools = [next(pools) for _ in corpus.requests]


def main() -> None:
    """Run by the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE=CATALOGUE")
    parser.add_argument("--ratings", type=Path)
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--pools", type=Path, help="an .npz")
    parser.add_argument("--intent", choices=("recommend", "identify"), default="recommend")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
