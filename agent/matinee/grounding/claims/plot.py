"""Everything else that a claim says: it is told by the row, in the same or kin words, or by a scorer's judgement."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.premise import tells_ending, told_death
from matinee.grounding.claims.ruling import Ruling, Shelf
from matinee.grounding.claims.text import Token

_NEGATORS = frozenset(
    "not never no without nobody none neither nor cannot nothing lack lacks lacking can't don't doesn't didn't won't "
    "isn't wasn't aren't hardly absence free avoids avoid devoid dares refuses refusal refuse ignored ignores fails "
    "unable".split()
)
_REACH = 6
_WHERE = frozenset("in at on near during inside outside aboard".split())
_BREAKS = frozenset("and but to while who which that by with from for is are was must has".split())
_PATHS = 64
_RELATIVE = frozenset("that who which whose whom".split())
_PRONOUNS = frozenset("he she they it who".split())


class Scorer(Protocol):
    """Scores how well texts fit a query; the cross-encoder is one."""

    def score(self, query: str, texts: list[str]) -> list[float]:
        """Return one figure a text, higher for a better fit."""
        ...


def endings(ruling: Ruling) -> None:
    """Object to what gives the ending away, and to a death that the premise does not tell."""
    if tells_ending(ruling.text):  # even where the row tells it
        ruling.object("unsupported", "ending", "it speaks of how the film ends")
    elif death := told_death(ruling.text):
        overviews = [s for s in ruling.case.film if s.source.name == "overview"]
        event = [t for t in ruling.tokens if death.start() <= t.start < death.end()]
        lows = {t.low for s in overviews for t in s.tokens}
        if not any(t.low in lows for t in event if not LEXICON.empty(t.low) or t.low in lows):
            ruling.object("unsupported", "ending", "the premise tells of no such death")


def check(ruling: Ruling, scorer: Scorer | None, leeway: "Leeway") -> None:
    """Judge the words that are left: which the row bears out, and whether those that it does not may pass."""
    left = ruling.left()
    borne: list[Token] = []
    foreign: list[Token] = []
    for token in left:
        source = ruling.case.bears(token)
        if source is None:
            foreign.append(token)
            continue
        borne.append(token)
        ruling.bear(source.name, source.text, token.start, token.end)
    if left:
        ruling.kinds.append("plot")
    _opposed(ruling, foreign)
    _polarity(ruling, borne)
    _order(ruling)
    if foreign and not (len(borne) and leeway.allows(ruling, borne, foreign, scorer)):
        words = ", ".join(token.text for token in foreign)
        ruling.object("unsupported", "plot", f"nothing tells of {words}")


class Leeway:
    """How much of a claim may go without support: set by measurement, see `docs/grounding.md`."""

    def __init__(self, share: float = 0.0, score: float = 0.0) -> None:
        self.share = share
        self.score = score

    def allows(self, ruling: Ruling, borne: list[Token], foreign: list[Token], scorer: Scorer | None) -> bool:
        """Tell whether the words that nothing bears out are few enough, and the scorer thinks the claim told."""
        if scorer is None or len(foreign) / (len(foreign) + len(borne)) > self.share:
            return False
        overview = " ".join(s.source.text for s in ruling.case.film if s.source.name in ("overview", "keywords"))
        return bool(overview) and scorer.score(ruling.text, [overview])[0] >= self.score


def _opposed(ruling: Ruling, foreign: list[Token]) -> None:
    for token in foreign:
        for opposite in LEXICON.opposites.get(token.stem, ()):
            if opposite in ruling.case.by_stem and not _negated(ruling.tokens, token):
                ruling.object("contradicted", "tone", f"the row says {opposite}", token.start, token.end)


def _negated(tokens: list[Token], token: Token) -> bool:
    at = tokens.index(token)
    return any(_is_negator(t) for t in tokens[max(0, at - _REACH) : at])


def _is_negator(token: Token) -> bool:
    return token.low in _NEGATORS or token.low.endswith("n't")


def _polarity(ruling: Ruling, borne: list[Token]) -> None:
    """Object when the claim denies what the row tells, or tells what the row denies."""
    words = ruling.tokens
    negators = [
        t for i, t in enumerate(words) if i not in ruling.settled and (t.low in _NEGATORS or t.low.endswith("n't"))
    ]
    if negators and re.search(r"\bnot (?:only|just|merely)\b|\bno (?:matter|less|wonder)\b", ruling.text, re.I):
        return
    for negator in negators:
        at = words.index(negator)
        denied = [t for t in words[at + 1 : at + 1 + _REACH + 2] if not LEXICON.empty(t.low)]
        if not denied:
            continue
        if not any(_denies(shelf, t) for t in denied for shelf in ruling.case.film):
            told = any(ruling.case.by_stem.get(t.stem) for t in denied[:1])
            ruling.object("contradicted" if told else "unsupported", "negation", f"nothing denies {denied[0].text}")
            return
    if not negators:
        for token in borne:
            holding = [s for s in ruling.case.film if token.stem in s.stems]
            if holding and all(_denies(s, token) for s in holding):
                ruling.object("unsupported", "negation", f"the row denies {token.text}")
                return


def _denies(shelf: Shelf, token: Token) -> bool:
    for at, word in enumerate(shelf.tokens):
        same = LEXICON.akin(token.stem, word.stem)
        if same and any(_negates(t, word, shelf.source.text) for t in shelf.tokens[max(0, at - _REACH) : at]):
            return True
    return False


def _negates(token: Token, other: Token, text: str) -> bool:
    between = text[token.end : other.start]
    return _is_negator(token) and not re.search(r"[,;:.]", between)


def _order(ruling: Ruling) -> None:
    """Object when the claim ties the overview's words together as the overview does not: roles may be swapped.

    The words must come in the overview's order, and neighbours must belong together there. Words that a keyword or a
    name of the row bears out by itself are free, and so is what only says where.
    """
    text = Telling(ruling)
    words = [ruling.tokens[i] for i in sorted(ruling.told - _aside(ruling)) if not LEXICON.empty(ruling.tokens[i].low)]
    path = text.path(words)
    if path is None:
        ruling.object("unsupported", "plot", "the overview tells it in another order")
    elif loose := next((p for p in pairwise(path) if text.loose(*p)), None):
        ruling.object("unsupported", "plot", f"the overview does not tie {loose[1][0].text} to {loose[0][0].text}")


def _aside(ruling: Ruling) -> set[int]:
    """Return the words that only say where or when: they may stand anywhere."""
    found: set[int] = set()
    for at, token in enumerate(ruling.tokens):
        if token.low in _WHERE:
            for follower in range(at + 1, min(at + 6, len(ruling.tokens))):
                word = ruling.tokens[follower]
                if word.low in _BREAKS or re.search(
                    r"[,;:]", ruling.text[ruling.tokens[follower - 1].end : word.start]
                ):
                    break
                found.add(follower)
    return found


class Telling:
    """The premise as one row of words, with where its parts begin."""

    def __init__(self, ruling: Ruling) -> None:
        self._ruling = ruling
        self._words: list[Token] = []
        self._part: list[int] = []
        self._sentence: list[int] = []
        part = 0
        for number, shelf in enumerate(s for s in ruling.case.film if s.source.name == "overview"):
            part += 1
            end = 0
            for token in shelf.tokens:
                part += bool(re.search(r"[,;:.\u2013\u2014]", shelf.source.text[end : token.start]))
                self._words.append(token)
                self._part.append(part)
                self._sentence.append(number)
                end = token.end

    def path(self, words: Sequence[Token]) -> list[tuple[Token, int]] | None:
        """Return the words with rising places in the telling, or None when they come in another order."""
        placed = [(word, places) for word in words if (places := self._places(word))]
        tails: list[tuple[int, ...]] = [()]
        for _, places in placed:
            tails = [(*tail, p) for tail in tails for p in places if not tail or p >= tail[-1]][:_PATHS]
        return [(word, at) for (word, _), at in zip(placed, tails[0], strict=True)] if tails else None

    def loose(self, one: tuple[Token, int], other: tuple[Token, int]) -> bool:
        """Tell whether two neighbours of the claim belong to different parts of the telling."""
        (first, start), (second, end) = one, other
        between = self._ruling.text[first.end : second.start]
        if self._part[start] == self._part[end] or re.search(r",|\band\b|\bor\b", between):
            return False
        if start + 1 < len(self._words) and self._words[start + 1].low in _RELATIVE:
            return True
        before = [at for at in range(start + 1, end) if self._part[at] == self._part[end]]
        if any(self._words[at].low in _PRONOUNS for at in before[-3:]):
            return False
        claimed = [t.stem for t in self._ruling.tokens]
        return any(
            not LEXICON.empty(self._words[at].low) and not any(LEXICON.akin(c, self._words[at].stem) for c in claimed)
            for at in before
        )

    def _places(self, token: Token) -> list[int]:
        same = [at for at, word in enumerate(self._words) if word.stem == token.stem]
        return same or [at for at, word in enumerate(self._words) if LEXICON.akin(token.stem, word.stem)]
