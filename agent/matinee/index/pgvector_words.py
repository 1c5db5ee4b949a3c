"""Which words of a request the full-text search asks for: all of them, unless they stand in too many texts.

PostgreSQL ranks every text that matches, some 7 µs each, and a word that stands in every fifth film tells little.
How often a word occurs is known from the planner's statistics, which cost nothing to read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from py_rust_stemmers import SnowballStemmer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from matinee.index.pgvector_schema import WORDS, Layout

_BUDGET = 2000  # texts to rank for one request


@dataclass(frozen=True)
class WordCounts:
    """How many texts there are, and in what share of them each common word stem stands."""

    texts: float = 0
    shares: dict[str, float] = field(default_factory=dict)

    def telling(self, query: str) -> list[str]:
        """Return the words of a request in their order, without the commonest where they match too many texts."""
        words = list(dict.fromkeys(re.findall(r"[^\W_]+", query.lower())))
        stem = SnowballStemmer("english").stem_word
        rare = min(self.shares.values(), default=0)
        shares = {word: self.shares.get(stem(word), rare) for word in words}
        kept: set[str] = set()
        left = _BUDGET / self.texts if self.texts > _BUDGET else len(words)
        for word in sorted(words, key=lambda w: shares[w]):
            left -= shares[word]
            if left >= 0 or not kept:
                kept.add(word)
        return [word for word in words if word in kept]


async def read_counts(connection: AsyncConnection, layout: Layout) -> WordCounts:
    """Return the counts from the planner's statistics; empty ones where none have been taken."""
    texts = await connection.scalar(
        text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)"), {"name": layout.table}
    )
    rows = await connection.execute(
        text(
            "SELECT word, share FROM pg_stats, "
            "unnest(CAST(CAST(most_common_elems AS text) AS text[]), most_common_elem_freqs) AS common(word, share) "
            "WHERE schemaname = :schema AND tablename = :table AND attname = :column AND word IS NOT NULL"
        ),
        {"schema": layout.schema, "table": layout.form.table, "column": WORDS},
    )
    return WordCounts(max(0.0, float(texts or 0)), {str(word): float(share) for word, share in rows})


def alternatives(words: Sequence[str]) -> str:
    """Return the text by which `websearch_to_tsquery` asks for any of the words."""
    return " or ".join(word for word in words if word not in ("or", "and")) or " "  # empty would mean: do not ask
