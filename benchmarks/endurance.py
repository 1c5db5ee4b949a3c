"""Whether memory stays flat: one graph over thousands of requests, some of which fail, are cancelled or wait.

    python -m benchmarks.endurance --requests 10000 --out benchmarks/results/endurance.json

The embedding and the cross-encoder are stand-ins of the tests, so that what is measured is the graph, the chat path
over a socket to a server without a model, the queue, the breaker and the store's in-memory client.
"""

import argparse
import asyncio
import gc
import json
import resource
import time
import warnings
from pathlib import Path
from typing import Any

import psutil

from matinee.context import Context
from matinee.settings import Settings
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.misbehaving_ollama import Fault, MisbehavingOllama

TEXT = (
    "[1] Arrival (2016): A linguist is called in by the army to learn the language of visitors.\n\n"
    "[2] Moon (2009): A lone worker near the end of three years at a lunar mine begins to doubt what he has been told."
)
FAULTS: list[Fault] = ["scripted", "scripted", "cut_mid_stream", "http_500", "garbage", "empty"]
"""What the server does, in turn, for blocks of requests."""
BLOCK = 20


async def endured(requests: int, warm_up: int, samples: int) -> dict[str, Any]:
    """Return resident memory in MB after a warm-up and at the end, and what it was in between."""
    with MisbehavingOllama("scripted", text=TEXT) as server:
        settings = Settings(ollama_url=server.url, chat_concurrency=4, chat_queue=8)
        graph = build_recommend_graph(await parts_with(settings=settings))
        began = time.monotonic()
        await _run(graph, server, warm_up)
        resident = [_resident()]
        for _ in range(samples):
            await _run(graph, server, requests // samples)
            resident.append(_resident())
        seconds = time.monotonic() - began
        still_open = server.open_streams
        tasks = len(asyncio.all_tasks()) - 1
    return {
        "requests": requests,
        "warm_up": warm_up,
        "resident_mb": resident,
        "growth_mb": round(resident[-1] - resident[0], 1),
        "growth_kb_a_request": round((resident[-1] - resident[0]) * 1024 / requests, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "seconds": round(seconds, 1),
        "streams_left_open": still_open,
        "tasks_left": tasks,
    }


async def _run(graph: RecommendGraph, server: MisbehavingOllama, requests: int) -> None:
    for block in range(0, requests, BLOCK):
        server.requests.clear()  # the server runs in this process, and its memory of requests is not what is measured
        server.fault = FAULTS[block // BLOCK % len(FAULTS)]
        await asyncio.gather(*(_one(graph, block + n) for n in range(min(BLOCK, requests - block))))


async def _one(graph: RecommendGraph, number: int) -> None:
    run = asyncio.create_task(graph.ainvoke({"query": f"quiet film number {number}"}, context=Context(limit=2)))
    if number % 10 == 0:
        await asyncio.sleep(0.02)
        run.cancel()
        await asyncio.wait([run])
        return
    assert len((await run)["recommendations"]) == 2


def _resident() -> float:
    gc.collect()
    resident: int = psutil.Process().memory_info().rss
    return round(resident / 2**20, 1)


def main() -> None:
    """Print the figures, and keep them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--warm-up", type=int, default=500)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    result = asyncio.run(endured(options.requests, options.warm_up, options.samples))
    result["command"] = f"python -m benchmarks.endurance --requests {options.requests}"
    print(json.dumps(result, indent=2))
    if options.out:
        options.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
