"""The eval command: ranks the requests under each strategy and with each signal switched off, and tells how good."""

import statistics
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from matinee.context import Context
from matinee.settings import Settings
from matinee_app.cli.console import err, out, print_json, progress
from matinee_app.evaluation.metrics import NAMES, interval, mean, per_request
from matinee_app.evaluation.opening import opened
from matinee_app.evaluation.report import write_report
from matinee_app.evaluation.requests import Answers, EvaluationRequest, halves, read_requests
from matinee_app.evaluation.running import Ranked, Runner, failures

STRATEGIES = ("fused", "cross_encoder", "imdb", "none")
_OFF = "without "


class Wanted(NamedTuple):
    """What is asked for: figures of the ranking on these requests."""

    requests: Path
    catalogue: Path | None = None
    """Where the films are; None: the catalogue in use."""
    ratings: Path | None = None
    breakdown: bool = True
    """Whether to rank by each strategy, too, and with each signal switched off."""


async def evaluate(settings: Settings, wanted: Wanted, *, as_json: bool, report: Path | None = None) -> int:
    """Print the figures; 0 if there are requests whose answers the catalogue has, else 1."""
    requests = read_requests(wanted.requests)
    alone = settings.model_copy(update={"chat_model": "none"})  # what a model names differs from run to run
    parts, answers = await opened(alone, wanted.catalogue, wanted.ratings)
    try:
        judged = [request for request in requests if answers.gold(request)]
        if not judged:
            err.print("None of the requests' answers is in the catalogue.")
            return 1
        runner = Runner(parts, answers)
        contexts = _contexts(wanted.breakdown)
        runs: dict[str, list[Ranked]] = {}
        done, total = count(1), len(judged) * len(contexts)
        with progress() as show:
            await runner.run(judged[:1], Context(), lambda: None)  # loads the weights
            for name, context in contexts.items():
                runs[name] = await runner.run(judged, context, lambda: show("Ranking", next(done), total))
    finally:
        parts.store.close()
    document = _document(runs, judged, answers)
    document["command"] = _command()
    document["skipped"] = len(requests) - len(judged)
    if report is not None:
        write_report(report, document)
    if as_json:
        print_json(document)
    else:
        _show(document)
    return 0


def _contexts(breakdown: bool) -> dict[str, Context]:
    contexts = {"fused": Context()}
    if breakdown:
        contexts |= {name: Context.of({"rerank": name}) for name in STRATEGIES if name != "fused"}
        contexts |= {
            f"{_OFF}{signal}": Context.of({"weights": {signal: 0.0}})
            for signal, weight in Context().weights.model_dump().items()
            if weight and signal not in ("taste", "model")  # nobody is named, and no model is asked
        }
    return contexts


def _document(runs: dict[str, list[Ranked]], requests: Sequence[EvaluationRequest], answers: Answers) -> dict[str, Any]:
    gold = {request.id: answers.gold(request) for request in requests}
    values = {name: per_request(gold, {r.request.id: r.films for r in ranked}) for name, ranked in runs.items()}
    means = {name: _rounded({m: mean(of_run[m]) for m in NAMES}) for name, of_run in values.items()}
    parts = dict(zip(("first", "second"), halves(requests), strict=True))
    fused, ranked = values["fused"], runs["fused"]
    seconds = sorted(r.seconds for r in ranked)
    shown = sum(r.shown for r in ranked)
    return {
        "requests": len(requests),
        **_figures(fused),
        "halves": {
            name: {"requests": len(part), **_figures({m: _of(fused[m], part) for m in NAMES})}
            for name, part in parts.items()
        },
        "constraints_satisfied": round(1 - sum(r.broken for r in ranked) / shown, 4) if shown else None,
        "requests_relaxed": sum(bool(r.understood.relaxed) for r in ranked),
        "latency_ms": {
            "p50": round(1000 * statistics.median(seconds), 1),
            "p95": round(1000 * seconds[int(0.95 * (len(seconds) - 1))], 1),
        },
        "strategies": {name: figures for name, figures in means.items() if _OFF not in name},
        "signals_off": {name.removeprefix(_OFF): figures for name, figures in means.items() if _OFF in name},
        "failures": failures(ranked, gold),
    }


def _figures(values: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Return each metric's mean and interval over the requests that there are values of."""
    return {
        "metrics": _rounded({name: mean(of_metric) for name, of_metric in values.items()}),
        "intervals": {name: _rounded(interval(of_metric)) for name, of_metric in values.items()},
    }


def _of(values: dict[str, float], part: Sequence[EvaluationRequest]) -> dict[str, float]:
    return {request.id: values[request.id] for request in part}


def _rounded(figures: Any) -> Any:
    if isinstance(figures, dict):
        return {name: round(value, 4) for name, value in figures.items()}
    return [round(value, 4) for value in figures]


def _command() -> str:
    return "matinee " + " ".join(Path(a).name if "/" in a else a for a in sys.argv[1:])


def _show(document: dict[str, Any]) -> None:
    low_high = document["intervals"]
    out.print(f"{document['requests']} requests, {document['skipped']} without an answer in the catalogue")
    for name, value in document["metrics"].items():
        low, high = low_high[name]
        halves = " / ".join(f"{document['halves'][half]['metrics'][name]:.3f}" for half in ("first", "second"))
        out.print(f"  {name:<11} {value:.3f}  [{low:.3f}, {high:.3f}]   halves {halves}")
    if document["constraints_satisfied"] is not None:
        out.print(
            f"  demands met {document['constraints_satisfied']:.1%} of the first ten; "
            f"{document['requests_relaxed']} requests had one relaxed, announced"
        )
    out.print(f"  latency     p50 {document['latency_ms']['p50']} ms, p95 {document['latency_ms']['p95']} ms")
    for title, rows in (("by strategy", document["strategies"]), ("with a signal off", document["signals_off"])):
        if len(rows) > 1:
            out.print(
                f"recall@10 {title}: " + ", ".join(f"{name} {row['recall@10']:.3f}" for name, row in rows.items())
            )
    out.print("missed: " + ", ".join(f"{kind} {len(ids)}" for kind, ids in document["failures"].items()))
