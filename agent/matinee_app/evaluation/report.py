"""The evaluation as one page: tables and plots in plain SVG, no script and nothing fetched."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from matinee.errors import CatalogueError

_WIDTH, _ROW, _LEFT, _PLOT = 720, 26, 190, 430

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}"
    "td:first-child,th:first-child{text-align:left}svg{width:100%;height:auto}code{background:#f3f3f3}"
)


def write_report(path: Path, document: Mapping[str, Any]) -> None:
    """Write the page.

    Raises:
        CatalogueError: the file cannot be written.
    """
    try:
        path.write_text(page(document), encoding="utf-8")
    except OSError as error:
        raise CatalogueError(f"The report {path} cannot be written: {error}") from error


def page(document: Mapping[str, Any]) -> str:
    """Return the page of an evaluation's document."""
    metrics, intervals = document["metrics"], document["intervals"]
    halves = document["halves"]
    rows = [
        [
            name,
            f"{metrics[name]:.3f}",
            "{:.3f} to {:.3f}".format(*intervals[name]),
            f"{halves['first']['metrics'][name]:.3f}",
            f"{halves['second']['metrics'][name]:.3f}",
        ]
        for name in metrics
    ]
    parts = [
        "<h1>How good the ranking is</h1>",
        f"<p>{document['requests']} requests. Made by <code>{escape(str(document.get('command', '')))}</code>.</p>",
        _table(["metric", "mean", "95% interval", "first half", "second half"], rows),
        "<h2>Metrics with their intervals</h2>",
        _bars({name: (metrics[name], *intervals[name]) for name in metrics}),
    ]
    for key, title in (("strategies", "recall@10 by strategy"), ("signals_off", "recall@10 with a signal off")):
        figures = {name: (row["recall@10"],) * 3 for name, row in document[key].items()}
        if figures.keys() - {"fused"}:
            parts += [f"<h2>{title}</h2>", _bars(figures)]
    parts += [
        "<h2>What was missed</h2>",
        _table(["kind", "requests"], [[kind, str(len(ids))] for kind, ids in document["failures"].items()]),
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>matinee: evaluation</title>'
        f"<style>{_STYLE}</style>{''.join(parts)}</html>\n"
    )


def _table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _bars(figures: Mapping[str, tuple[float, float, float]]) -> str:
    """Return bars from 0 to 1's part that is needed, each with a line from its low to its high figure."""
    most = max((high for _, _, high in figures.values()), default=0.0) or 1.0
    height = _ROW * len(figures) + 8
    drawn = []
    for number, (name, (value, low, high)) in enumerate(figures.items()):
        y = 4 + number * _ROW
        width, begin, end = (_PLOT * x / most for x in (value, low, high))
        drawn.append(
            f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end" font-size="13">{escape(name)}</text>'
            f'<rect x="{_LEFT}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 10}" fill="#4a7"/>'
            f'<line x1="{_LEFT + begin:.1f}" x2="{_LEFT + end:.1f}" y1="{y + 12}" y2="{y + 12}" stroke="#222"/>'
            f'<text x="{_LEFT + _PLOT + 12}" y="{y + 16}" font-size="13">{value:.3f}</text>'
        )
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img">{"".join(drawn)}</svg>'
