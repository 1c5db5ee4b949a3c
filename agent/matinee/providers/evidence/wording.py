"""Reads a viewer's sentence word by word: what it asks for, what it refuses, and who watches along."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from matinee.providers.evidence.phrases import phrases

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PAUSE = re.compile(r"[,.;:!?\n()]")
_WIDEST = 3
_NOUNS = ("film", "movy", "picture")
_REACH = 4
"""A negation holds for so many words, or up to the end of its clause."""


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return a word's form without case, accents, possessive and plural: `Zombies` and `zombie` meet."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c)).replace("’", "'").removesuffix("'s")
    if len(plain) > 4 and plain.endswith(("ies", "ie")):
        return plain.removesuffix("s").removesuffix("ie") + "y"
    if plain.endswith(("sses", "ches", "shes", "xes")):
        return plain[:-2]
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is")) else plain


@lru_cache(maxsize=8192)
def stems(text: str) -> tuple[str, ...]:
    """Return the stems of a text's words; hyphens part words."""
    return tuple(stem(match.group()) for match in _WORD.finditer(text))


@dataclass(frozen=True)
class Word:
    """One word of a sentence: where it stands, and whether it is negated or speaks of something else."""

    start: int
    end: int
    stem: str
    refused_from: int | None = None
    apart: bool = False


@dataclass(frozen=True)
class Span:
    """Some words in a row, by their place in the text."""

    start: int
    end: int
    text: str


class Wording:
    """A sentence of the viewer's, in which words can be looked up.

    Words of `names` (titles, mostly) and of the company ("with my grandmother") are set apart: they ask
    nothing of a film.
    """

    def __init__(self, text: str, names: Iterable[str] = ()) -> None:
        self.text = text
        words = [Word(m.start(), m.end(), stem(m.group())) for m in _WORD.finditer(text)]
        self.company, self.company_keywords, apart = _company(text, words)
        for name in filter(None, names):
            apart += [m.span() for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)]
        self._words = [
            replace(word, apart=any(start <= word.start < end for start, end in apart))
            for word in _with_refusals(text, words)
        ]
        self._refuses = any(word.refused_from is not None for word in self._words)
        self._places: dict[str, list[int]] = {}
        for at, word in enumerate(self._words):
            self._places.setdefault(word.stem, []).append(at)

    def asks(self, phrase: str) -> Span | None:
        """Return where the sentence asks for the word or phrase, a "more" before it included."""
        return self._find(phrase, refused=False)

    def refuses(self, phrase: str) -> Span | None:
        """Return where the sentence refuses the word or phrase, from the negation on."""
        return self._find(phrase, refused=True)

    def with_noun(self, span: Span) -> Span:
        """Return the span with a "film" or "movie" after it, if there is one."""
        follower = next((word for word in self._words if word.start > span.end), None)
        if follower is None or follower.stem not in _NOUNS or self.text[span.end : follower.start].strip():
            return span
        return self._span(span.start, follower.end)

    def widened(self, span: Span, told: str) -> Span:
        """Return the span with its neighbours that another text has beside it too: "francisco" as "san francisco"."""
        other = f" {' '.join(stems(told))} "
        at = next(index for index, word in enumerate(self._words) if word.start == span.start)
        for length in range(_WIDEST, 1, -1):
            for start in range(max(at - length + 1, 0), at + 1):
                words = self._words[start : start + length]
                short = len(words) < length or any(len(word.stem) < 3 or word.apart for word in words)
                if not short and f" {' '.join(word.stem for word in words)} " in other:
                    return self._span(words[0].start, words[-1].end)
        return span

    def content(self) -> list[Span]:
        """Return the words asked for that say something about a film."""
        ignored = _ignored()
        return [
            self._span(word.start, word.end)
            for word in self._words
            if not word.apart
            and word.refused_from is None
            and word.stem not in ignored
            and len(word.stem) > 3
            and not any(c.isdigit() for c in word.stem)
        ]

    def has(self, other: Span) -> str:
        """Return the word of this text that is the other's, or "": a name is met by a name only."""
        for word in self._words:
            if word.stem == stem(other.text):
                text = self.text[word.start : word.end]
                if text[0].isupper() or not (other.start and other.text[0].isupper()):
                    return text
        return ""

    def _find(self, phrase: str, *, refused: bool) -> Span | None:
        wanted = stems(phrase)
        if refused and not self._refuses:
            return None
        for at in self._places.get(wanted[0], ()) if wanted else ():
            found = self._words[at : at + len(wanted)]
            if tuple(word.stem for word in found) != wanted or any(word.apart for word in found):
                continue
            if (found[-1].refused_from is not None) is not refused:
                continue
            start = found[0].start
            if refused:
                start = min(start, start if found[-1].refused_from is None else found[-1].refused_from)
            elif at and self._words[at - 1].stem == "more":
                start = self._words[at - 1].start
            return self._span(start, found[-1].end)
        return None

    def _span(self, start: int, end: int) -> Span:
        return Span(start, end, self.text[start:end])


@cache
def _ignored() -> frozenset[str]:
    return frozenset(stem(word) for word in phrases().words.ignored)


def says_little(phrase: str) -> bool:
    """Tell whether all words of a phrase are too common to mean anything about a film."""
    return all(word in _ignored() or len(word) < 3 for word in stems(phrase))


def _with_refusals(text: str, words: list[Word]) -> list[Word]:
    vocabulary = phrases().words
    marked: list[Word] = []
    for clause in _clauses(text, words):
        plain = [text[word.start : word.end].casefold().replace("’", "'") for word in clause]
        refused: list[int | None] = [None] * len(clause)
        since: int | None = None
        for at, word in enumerate(plain):
            if word in vocabulary.negators:
                since = at if since is None or at - since > _REACH else since
            elif since is not None and at - _last_negator(plain, at) <= _REACH:
                refused[at] = clause[since].start
            if _refuses_before(plain, at):
                refused[:at] = [before.start for before in clause[:at]]
        marked += [replace(word, refused_from=start) for word, start in zip(clause, refused, strict=True)]
    return marked


def _clauses(text: str, words: list[Word]) -> Iterable[list[Word]]:
    enders = phrases().words.ends_negation
    clause: list[Word] = []
    for word in words:
        paused = clause and _PAUSE.search(text[clause[-1].end : word.start])
        if paused or text[word.start : word.end].casefold() in enders:
            yield clause
            clause = []
        clause.append(word)
    yield clause


def _last_negator(plain: list[str], at: int) -> int:
    return max(index for index in range(at) if plain[index] in phrases().words.negators)


def _refuses_before(plain: list[str], at: int) -> bool:
    vocabulary = phrases().words
    if plain[at] not in vocabulary.negates_before or not at or set(plain[:at]) & set(vocabulary.affirms):
        return False
    return plain[at] not in ("not", "never") or plain[at - 1] in vocabulary.before_not


def _company(text: str, words: list[Word]) -> tuple[Span | None, list[str], list[tuple[int, int]]]:
    vocabulary, company = phrases().words, phrases().company
    matters = {stem(person): group.keywords for group in company.groups for person in group.people}
    people = matters.keys() | {stem(person) for person in company.others}
    for index, word in enumerate(words):
        if text[word.start : word.end].casefold() not in vocabulary.company_before:
            continue
        for follower in words[index + 1 : index + 5]:
            if follower.stem in people:
                span = Span(word.start, follower.end, text[word.start : follower.end])
                return span, matters.get(follower.stem, []), [(span.start, span.end)]
            if text[follower.start : follower.end].casefold() not in vocabulary.company_gap:
                break
    return None, [], []
