"""The page of an evaluation: its figures, its plots, and that what it shows cannot be more than text."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from matinee.errors import CatalogueError
from matinee_app.evaluation.metrics import NAMES
from matinee_app.evaluation.report import page, write_report

SVG = re.compile(r"<svg.*?</svg>", re.S)


def document(**changed: Any) -> dict[str, Any]:
    metrics = {name: 0.1 * place for place, name in enumerate(NAMES, start=1)}
    half = {"requests": 2, "metrics": metrics}
    return {
        "requests": 4,
        "command": "matinee eval dev.jsonl",
        "metrics": metrics,
        "intervals": {name: [value - 0.05, value + 0.05] for name, value in metrics.items()},
        "halves": {"first": half, "second": half},
        "strategies": {"fused": {"recall@10": 0.3}, "imdb": {"recall@10": 0.15}},
        "signals_off": {"dense": {"recall@10": 0.2}, "bm25": {"recall@10": 0.25}},
        "failures": {"ranked low": ["1", "2"], "refused": []},
        **changed,
    }


def plots(html: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(found) for found in SVG.findall(html)]


def bars(plot: ElementTree.Element) -> dict[str, float]:
    """The length of each bar by its label."""
    labels = [text.text or "" for text in plot.findall("text")][::2]
    return dict(zip(labels, (float(r.attrib["width"]) for r in plot.findall("rect")), strict=True))


def test_the_tables_hold_every_metric_with_its_interval_and_every_kind_of_miss() -> None:
    html = page(document())
    for name, value in document()["metrics"].items():
        assert f"<td>{name}</td><td>{value:.3f}</td><td>{value - 0.05:.3f} to {value + 0.05:.3f}</td>" in html
    assert "<td>ranked low</td><td>2</td>" in html
    assert "<td>refused</td><td>0</td>" in html


def test_each_plot_is_well_formed_and_its_bars_are_as_long_as_its_figures() -> None:
    metrics, strategies, signals = plots(page(document()))
    lengths = bars(metrics)
    assert list(lengths) == list(NAMES)
    assert lengths["recall@5"] / lengths["recall@1"] == pytest.approx(2, abs=0.02)
    assert bars(strategies)["fused"] / bars(strategies)["imdb"] == pytest.approx(2, abs=0.02)
    assert set(bars(signals)) == {"dense", "bm25"}


def test_nothing_is_drawn_beside_the_plot() -> None:
    for plot in plots(page(document())):
        _, _, width, height = map(float, plot.attrib["viewBox"].split())
        for bar in plot.findall("rect"):
            assert float(bar.attrib["x"]) + float(bar.attrib["width"]) <= width
            assert float(bar.attrib["y"]) + float(bar.attrib["height"]) <= height
        for line in plot.findall("line"):
            assert 0 <= float(line.attrib["x1"]) <= float(line.attrib["x2"]) <= width


def test_figures_that_are_all_zero_are_drawn() -> None:
    zero = dict.fromkeys(NAMES, 0.0)
    nothing = document(metrics=zero, intervals={name: [0.0, 0.0] for name in NAMES})
    assert set(bars(plots(page(nothing))[0]).values()) == {0.0}


def test_without_a_breakdown_there_is_one_plot() -> None:
    assert len(plots(page(document(strategies={"fused": {"recall@10": 0.3}}, signals_off={})))) == 1


def test_one_signal_switched_off_is_drawn_too() -> None:
    (_, signals) = plots(page(document(strategies={}, signals_off={"dense": {"recall@10": 0.2}})))
    assert set(bars(signals)) == {"dense"}


@pytest.mark.parametrize("evil", ['<script>alert("x")</script>', "</table><img src=x onerror=y>", "&amp;", "' \" <!--"])
def test_what_is_shown_is_text_and_nothing_else(evil: str) -> None:
    html = page(
        document(command=f"matinee eval {evil}", failures={evil: ["1"]}, signals_off={evil: {"recall@10": 0.2}})
    )
    bare = page(document(command="matinee eval x", failures={"x": ["1"]}, signals_off={"x": {"recall@10": 0.2}}))
    assert re.findall(r"</?[a-z!][a-z0-9]*", html) == re.findall(r"</?[a-z!][a-z0-9]*", bare)
    assert set(bars(plots(html)[-1])) == {evil}


def test_the_page_fetches_and_runs_nothing() -> None:
    assert not re.search(r"<script|<link|<img|<iframe|url\(|\b(?:src|href)=|https?:", page(document()))


def test_the_page_is_written_and_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", document())
    assert (tmp_path / "report.html").read_text("utf-8") == page(document())
    with pytest.raises(CatalogueError, match="cannot be written"):
        write_report(tmp_path / "no" / "report.html", document())
