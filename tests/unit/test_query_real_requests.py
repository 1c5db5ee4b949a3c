"""Real requests against a real catalogue, where the data folder is at hand (`MATINEE_DATA`)."""

import json
import os
import re
from pathlib import Path

import pytest

from matinee.query import TitleLookup, understand

FOLDER = os.environ.get("MATINEE_DATA")
pytestmark = pytest.mark.skipif(not FOLDER, reason="MATINEE_DATA is not set")


def rows(name: str) -> list[dict[str, object]]:
    assert FOLDER
    return [json.loads(line) for line in (Path(FOLDER) / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def titles() -> TitleLookup:
    films = rows("catalogue_ml_small.jsonl")
    return TitleLookup([(str(f["movieId"]), str(f["title"]), f["year"], []) for f in films])


def test_titles_that_seekers_mention_with_their_year_are_found(titles: TitleLookup) -> None:
    known = found = 0
    for row in rows("requests/redial_dev.jsonl"):
        words = {m.words for m in understand(str(row["query"]), titles).mentions}
        for mentioned in map(str, row["mentioned"]):  # type: ignore[call-overload]
            title = re.sub(r"\s+", " ", mentioned)
            near = titles.closest(title, limit=1)
            if near and near[0].score > 0.95:
                known += 1
                found += any(title.casefold() in w.casefold() or w.casefold() in title.casefold() for w in words)
    assert found / known >= 0.95
