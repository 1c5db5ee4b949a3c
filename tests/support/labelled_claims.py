"""The labelled claims of `tests/unit/data/claims.jsonl`, with the films of the starter catalogue that they speak of.

Each line has a claim that somebody might make of a film, the request that it answers, what the viewer told
before, and whether the row, the request and the viewer's words bear it out: `supported`, `unsupported`
(nothing bears it out, though it may be true) or `contradicted`. Claims `by` smollm2 are sentences that
SmolLM2-135M wrote; the others were written by hand after the manner of small models. Those with `split: fresh` speak
of films that no other claim speaks of, and were labelled before any checker had read them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

from matinee.grounding.claims import ClaimChecker
from matinee.models import Movie, Preference, Understanding, title_key

DATA = Path(__file__).parents[1] / "unit" / "data" / "claims.jsonl"


@dataclass(frozen=True)
class LabelledClaim:
    """A claim with its label; `half` is `dev` for tuning, `test` for the report, `fresh` for what nobody tuned on."""

    claim: str
    label: str
    kind: str
    by: str
    movie: Movie
    request: Understanding
    preferences: Sequence[Preference]
    split: str = ""

    @property
    def half(self) -> str:
        """Return the part of the set that it belongs to: the one marked, else a half by a hash of its text and film."""
        if self.split:
            return self.split
        text = f"{self.movie.movie_id}\0{self.claim}".encode()
        return "dev" if blake2b(text, digest_size=1).digest()[0] % 2 == 0 else "test"

    def stands(self, **options: Any) -> bool:
        """Tell whether a checker with these options lets the whole claim through."""
        checked = ClaimChecker(self.request, self.preferences, **options).check(self.claim, self.movie)
        return bool(checked.text) and not checked.cut


@cache
def starter_movies() -> dict[str, Movie]:
    """Return the films of the starter catalogue by id."""
    text = files("matinee.catalogue").joinpath("data", "starter.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    movies = [
        Movie.model_validate({**row, "movie_id": row.get("imdb_id") or title_key(row["title"], row["year"])})
        for row in rows
    ]
    return {movie.movie_id: movie for movie in movies}


@cache
def labelled_claims() -> list[LabelledClaim]:
    """Return all labelled claims."""
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    return [_claim(row) for row in rows]


def _claim(row: dict[str, Any]) -> LabelledClaim:
    told = []
    if statement := row.get("preference"):
        told.append(Preference(preference_id="p1", user_id="ana", text=statement))
    if liked := row.get("liked"):
        told.append(Preference(preference_id="p2", user_id="ana", kind="like", text=liked, title=liked))
    return LabelledClaim(
        claim=row["claim"],
        label=row["label"],
        kind=row["kind"],
        by=row["by"],
        movie=starter_movies()[row["movie_id"]],
        request=Understanding(text=row["request"]),
        preferences=told,
        split=row.get("split", ""),
    )
