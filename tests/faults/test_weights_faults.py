"""Cross-encoder weights that are missing or not the ones recorded: the ranking does without, and says so."""

import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from matinee.context import Context
from matinee.encoders import weights
from matinee.encoders.cross_encoder import OnnxCrossEncoder
from matinee.encoders.weights import MINILM_RERANKER, weights_folder
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.impatience import REQUEST

pytestmark = pytest.mark.usefixtures("copied")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packaged weights, which takes the package's place."""
    folder = tmp_path / "weights" / MINILM_RERANKER.folder
    shutil.copytree(weights_folder(MINILM_RERANKER), folder)
    monkeypatch.setattr(weights, "_package_root", lambda _: folder.parent)
    return folder


async def recommended(**context: Any) -> dict[str, Any]:
    parts = await parts_with()
    graph = build_recommend_graph(type(parts)(**{**vars(parts), "cross_encoder": OnnxCrossEncoder()}))
    final: dict[str, Any] = await graph.ainvoke({"query": REQUEST}, context=Context.of({"limit": 2, **context}))
    return final


async def test_the_copy_serves_as_the_package_does() -> None:
    final = await recommended()
    assert all("cross_encoder" in pick["receipt"] for pick in final["recommendations"])


async def test_missing_weights_are_done_without(copied: Path, caplog: pytest.LogCaptureFixture) -> None:
    (copied / "model.onnx").unlink()
    with caplog.at_level(logging.WARNING):
        final = await recommended()
    assert len(final["recommendations"]) == 2
    assert all("cross_encoder" not in pick["receipt"] for pick in final["recommendations"])
    assert any("is missing; reinstall it" in notice for notice in final["notices"])
    assert any(r.levelname == "WARNING" and r.name == "matinee.nodes.rerank" for r in caplog.records)
    assert REQUEST not in caplog.text


@pytest.mark.parametrize("place", [0, 1_000_000, -1])
async def test_weights_of_which_one_byte_is_another_are_not_used(copied: Path, place: int) -> None:
    model = copied / "model.onnx"
    content = bytearray(model.read_bytes())
    content[place] ^= 1
    model.write_bytes(content)
    final = await recommended()
    assert len(final["recommendations"]) == 2
    assert any("SHA-256" in notice and "reinstall" in notice for notice in final["notices"])


async def test_weights_that_are_put_back_serve_the_next_request(copied: Path) -> None:
    aside = (copied / "model.onnx").rename(copied / "aside")
    parts = await parts_with()
    graph = build_recommend_graph(type(parts)(**{**vars(parts), "cross_encoder": OnnxCrossEncoder()}))
    assert any("is missing" in n for n in (await graph.ainvoke({"query": REQUEST}))["notices"])
    aside.rename(copied / "model.onnx")
    assert not any("is missing" in n for n in (await graph.ainvoke({"query": REQUEST}))["notices"])
