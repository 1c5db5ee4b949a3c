"""Hours of hostile answers against the parser of what models write: some events, and plain text in each."""

import re
import time
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from matinee.reasons.parser import AnswerParser, Heading, Sentence
from tests.support.fuzzing import HANG, MEMORY, batches, memory

DATA = Path(__file__).parents[1] / "unit" / "data" / "reasons" / "answers.toml"
ANSWERS = [answer["text"] for answer in tomllib.loads(DATA.read_text(encoding="utf-8"))["answer"]]
LONGEST = 10_000
"""Characters of an answer, twice as many as a model may write."""
MARKS = """
<think> </think> <thinking> <|im_start|> <|assistant|> <b> </b> <table><tr><td> &lt; &#x1b; &amp;amp; <!-- --> ```
```json ** * _ | |---| - # > [ ] { } [1] [99999999999] 1. 2) "title": "reason": "Up" (2009) (20 : , " ' \\ \\u00 \\n
Confidence: 0.9 Facts: Why: [[ ((( {{ J. Dr. St. ... … 1️⃣ ★ ½ é 日本 \u202e \u200b \x1b[1m \x00 \ud800 \r \t I a
""".split(" ")
_WORDS = st.sampled_from(MARKS) | st.text(max_size=6)
_CUT = st.sampled_from(ANSWERS).flatmap(
    lambda text: st.tuples(st.integers(0, len(text)), st.integers(1, 200)).map(lambda at: text[at[0] : sum(at)])
)
_REPEATED = st.tuples(_WORDS | _CUT, st.sampled_from([1, 1, 1, 2, 40, 3000])).map(lambda part: part[0] * part[1])
_TEXTS = st.lists(_REPEATED, max_size=12).map("".join).map(lambda text: text[:LONGEST])
_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u202e]|\*\*|```|<[a-z]")


def _parsed(text: str, step: int, *, broken: bool) -> tuple[list[Any], float]:
    """Return what is read of a text in chunks of so many characters, and the seconds of this thread that it took."""
    started = time.thread_time()
    parser, events = AnswerParser(), list[Any]()
    for start in range(0, len(text), step):
        events += parser.feed(text[start : start + step])
    events += parser.finish(broken=broken)
    return events, time.thread_time() - started


def test_no_answer_makes_the_parser_fail_hang_or_grow() -> None:
    before = memory()

    def tried(answer: tuple[str, int, bool]) -> None:
        text, step, broken = answer
        events, took = _parsed(text, step, broken=broken)
        if took > HANG:  # once may be a collection of garbage; what hangs does so again
            events, took = _parsed(text, step, broken=broken)
        assert took < HANG
        for event in events:
            shown = event.text if isinstance(event, Sentence) else event.title if isinstance(event, Heading) else ""
            assert not _SHOWN.search(shown)
            assert shown == " ".join(shown.split())

    batches(st.tuples(_TEXTS, st.sampled_from([1, 3, 80, LONGEST]), st.booleans()), tried)
    assert memory() - before < MEMORY
