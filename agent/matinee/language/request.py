"""A request as its readers see it: cleaned text, a folded copy of the same length, and words with their places.

Because folding keeps every character's place, whatever a reader finds in the folded copy can be quoted from the text.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from matinee.language.folding import fold
from matinee.language.tokens import Token, tokens

MASK = "\u00a4"

FLOWING = frozenset((" ", "-", "", " -", "- ", "' "))


@dataclass(frozen=True)
class Request:
    """A cleaned request with its words.

    `gaps[i]` is what stands between word i-1 and word i; the first and the last hold what is outside.
    """

    text: str
    folded: str
    words: list[Token]
    gaps: list[str]

    @classmethod
    def of(cls, text: str) -> "Request":
        """Return the request of a text that `sanitize.plain` gave."""
        folded = fold(text)
        words = tokens(text, folded)
        ends = [0, *(w.end for w in words)]
        starts = [*(w.start for w in words), len(text)]
        return cls(text, folded, words, [folded[a:b] for a, b in zip(ends, starts, strict=True)])

    def memory(self, subject: str) -> dict[Any, Any]:
        """Return what was found out about its words before, to be added to: a request is read, never changed."""
        return self._memories.setdefault(subject, {})

    @cached_property
    def _memories(self) -> dict[str, dict[Any, Any]]:
        return {}

    @cached_property
    def norms(self) -> list[str]:
        """The folded words alone."""
        return [w.norm for w in self.words]

    @cached_property
    def shown(self) -> list[Token]:
        """The words, of which those that are blanked show nothing."""
        return [word._replace(text=MASK) if word.norm == MASK else word for word in self.words]

    @cached_property
    def capitals_tell(self) -> bool:
        """Whether a capital says something: not in a request that is shouted or In Title Case Throughout."""
        lettered = [w for w in self.words[1:] if w.norm[0].isalpha() and w.norm != "i"]
        if len(lettered) > 1 and all(self.text[w.start : w.end].isupper() for w in lettered):
            return False
        return len(lettered) < 6 or sum(w.capital for w in lettered) < 0.8 * len(lettered)

    @cached_property
    def _joined(self) -> list[bool]:
        return [False, *(gap in FLOWING for gap in self.gaps[1:-1]), False]

    def flows(self, i: int) -> bool:
        """Tell whether word i follows the word before it without punctuation (a hyphen is none)."""
        return self._joined[i]

    def breaks(self, i: int) -> bool:
        """Tell whether a clause ends before word i; a comma ends none."""
        return not self._joined[i] and (i in (0, len(self.words)) or _ends_clause(self.gaps[i]))

    def ends_sentence(self, i: int) -> bool:
        """Tell whether a sentence ends before word i."""
        return not self._joined[i] and (i in (0, len(self.words)) or any(c in ".!?" for c in self.gaps[i]))

    def quote(self, first: int, last: int) -> str:
        """Return the text from word `first` up to, not including, word `last`."""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def word_at(self, offset: int) -> int:
        """Return the index of the first word that begins at this offset or after it."""
        return bisect_left(self.words, offset, key=lambda word: word.start)

    def said(self, first: int, last: int) -> dict[str, Any]:
        """Return these words and their span, as a `models.Finding` has them."""
        return self.said_at(self.words[first].start, self.words[last - 1].end)

    def said_at(self, start: int, end: int) -> dict[str, Any]:
        """Return the text between two offsets and its span, without the blanks and commas around it."""
        words = self.text[start:end]
        start += len(words) - len(words.lstrip(" ,"))
        words = words.strip(" ,")
        return {"words": words, "span": (start, start + len(words))}

    def without(self, spans: Iterable[tuple[int, int]]) -> "Request":
        """Return the request with these spans of text blanked in the folded copy and in the words."""
        spans = sorted(spans)
        folded, at = [], 0
        for start, end in spans:
            if end > at:
                folded += [self.folded[at:start], MASK * (end - max(at, start))]
                at = end
        folded.append(self.folded[at:])
        masked = "".join(folded)
        words = [w if masked[w.start] != MASK else w._replace(norm=MASK) for w in self.words]
        return Request(self.text, masked, words, self.gaps)


def _ends_clause(gap: str) -> bool:
    return gap not in FLOWING and (any(c in '.;:!?()[]"|' for c in gap) or " - " in gap or "\u2026" in gap)
