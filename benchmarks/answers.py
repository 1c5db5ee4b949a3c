"""What becomes of twenty answers that a good model might give, in the forms that models use.

    python -m benchmarks.answers [--show] [--json OUT.json]

The answers were written by hand to the prompts of twenty everyday requests on the starter catalogue
(`labelled/answers.jsonl`); five hold a false sentence. A scripted model gives them, and the graph does the rest.
"""

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.labelled_reasons import LABELLED
from matinee.catalogue.ingest import ingest
from matinee.catalogue.readers import open_starter
from matinee.context import Context
from matinee.llm.chat import Chat
from matinee.reasons.parser import AnswerParser, Sentence
from matinee.settings import Settings
from matinee_graphs.parts import open_parts
from matinee_graphs.recommend import build_recommend_graph
from tests.support.scripted import ScriptedChat


async def measure(show: bool) -> dict[str, Any]:
    """Return how many of the answers' sentences reach the viewer, and how many of the false ones."""
    written, shown, false, false_shown, reasons = 0, 0, 0, 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), chat_model="none")
        parts = open_parts(settings)
        await ingest(open_starter(), parts.store.movies)
        for line in (LABELLED / "answers.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            model = ScriptedChat(script=lambda messages, call, text=row["answer"]: text)
            graph = build_recommend_graph(replace(parts, chat=Chat(settings, model)))
            final = await graph.ainvoke({"query": row["request"]}, context=Context())
            told = {s["text"] for pick in final["recommendations"] for s in pick["sentences"]}
            said = _sentences(row["answer"])
            written += len(said)
            shown += sum(sentence in told for sentence in said)
            false += len(row["false"])
            false_shown += sum(sentence in told for sentence in row["false"])
            reasons.update(pick["reasoning_kind"] for pick in final["recommendations"])
            if show:
                _show(row, said, told)
        parts.store.close()
    return {
        "sentences written": written,
        "shown": shown,
        "of them false": false,
        "false and shown": false_shown,
        "reasons": dict(sorted(reasons.items())),
    }


def _sentences(answer: str) -> list[str]:
    parser = AnswerParser()
    return [e.text for e in (*parser.feed(answer), *parser.finish()) if isinstance(e, Sentence)]


def _show(row: dict[str, Any], said: list[str], told: set[str]) -> None:
    for sentence in said:
        if sentence not in told:
            kind = "false" if sentence in row["false"] else "left out"
            print(f"{row['request']} | {kind}: {sentence}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print the sentences that are left out")
    parser.add_argument("--json", type=Path, help="write the result here")
    given = parser.parse_args()
    result = json.dumps(asyncio.run(measure(given.show)), indent=2)
    print(result)
    if given.json:
        given.json.write_text(result + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
