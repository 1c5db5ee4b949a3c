"""Everything else that a claim says: it is told by the row, in the same or kin words, or by a scorer's judgement."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.premise import deaths_told, endings_told
from matinee.grounding.claims.ruling import Ruling, Shelf
from matinee.grounding.claims.text import Token, stems

_NEGATORS = frozenset(
    "not never no without nobody none neither nor cannot nothing lack lacks lacking can't don't doesn't didn't won't "
    "isn't wasn't aren't hardly absence avoids avoid devoid dares refuses refusal refuse ignored ignores fails "
    "unable".split()
)
_REACH = 6
_WHERE = frozenset("in at on near during inside outside aboard".split())
_BREAKS = frozenset("and but to while who which that by with from for is are was must has".split())
_IS = re.compile(r"\b(?:is|are|was|were|becomes|became)\b", re.I)
_PREPOSITIONS = frozenset("in at on near of from to across off for by with into through".split())
_ABOUT = re.compile(r"\b(?:about|themes?|explor\w+|deals? with|tagged)\b", re.I)
_PATHS = 64
_FAR = 6
"""Words of the telling between two that a claim puts side by side."""
_RELATIVE = frozenset("that who which whose whom".split())
_PRONOUNS = frozenset("he she they it who".split())


class Scorer(Protocol):
    """Scores how well texts fit a query; the cross-encoder is one."""

    def score(self, query: str, texts: list[str]) -> list[float]:
        """Return one figure a text, higher for a better fit."""
        ...


def endings(ruling: Ruling) -> None:
    """Object to what gives the ending away, and to a death that the premise does not tell."""
    found = [*endings_told(ruling.text)]
    if any(not ruling.quotes(*m.span()) for m in found):  # even where the row tells it, unless in its very words
        ruling.object("unsupported", "ending", "it speaks of how the film ends")
        return
    lows = {t.low for s in ruling.case.film if s.source.name == "overview" for t in s.tokens}
    for death in deaths_told(ruling.text):
        if ruling.quotes(death.end() - 1, death.end()):
            continue  # as in a title, or in the premise's very words
        event = [t for t in ruling.tokens if death.start() <= t.start < death.end()]
        if not any(t.low in lows for t in event if not LEXICON.empty(t.low) or t.low in lows):
            ruling.object("unsupported", "ending", "the premise tells of no such death")
            return


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
    _outcome(ruling)
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
    told = {i for i in ruling.told if ruling.asserts(i)}
    aside = {i for i in told & _aside(ruling) if text.is_place(ruling.tokens[i])}
    firm = [ruling.tokens[i] for i in told - aside]
    aside = {i for i in aside if text.sets_scene(ruling.tokens[i]) or text.near(ruling.tokens[i], firm)}
    themes = {word for shelf in ruling.case.film if shelf.source.name == "keywords" for word in shelf.stems}
    if ruling.quoted:
        themes |= {stem for genre in ruling.case.movie.genres for stem in stems(genre)}
        told -= {i for i in told - ruling.quoted if ruling.tokens[i].stem in themes}
    themes = themes if _ABOUT.search(ruling.text) else set()
    words = [ruling.tokens[i] for i in sorted(told - aside) if ruling.tokens[i].stem not in themes]
    path = text.path(words)
    quoted = {ruling.tokens[i] for i in ruling.quoted}
    if path is None:
        ruling.object("unsupported", "plot", "the overview tells it in another order")
    elif loose := next((p for p in pairwise(path) if not quoted >= {p[0][0], p[1][0]} and text.loose(*p)), None):
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


def _outcome(ruling: Ruling) -> None:
    """Object when the claim tells as done what somebody in the overview only sets out to do."""
    for index in ruling.told - ruling.quoted:
        token = ruling.tokens[index]
        meant = any(t.low in LEXICON.meant for t in ruling.tokens[max(0, index - 3) : index])
        if token.low in LEXICON.outcomes and not meant and Telling(ruling).only_meant(token):
            ruling.object("unsupported", "ending", f"the overview does not tell whether it comes to “{token.text}”")


class Telling:
    """The premise as one row of words, with where its parts begin."""

    def __init__(self, ruling: Ruling) -> None:
        self._ruling = ruling
        self._words: list[Token] = []
        self._part: list[int] = []
        self._unit: list[int] = []
        part = unit = 0
        for shelf in (s for s in ruling.case.film if s.source.name == "overview"):
            part, unit = part + 1, unit + 1
            end = 0
            for token in shelf.tokens:
                between = shelf.source.text[end : token.start]
                part += bool(re.search(r"[,;:.\u2013\u2014]", between))
                unit += bool(re.search(r"[;:\u2013\u2014]", between))
                self._words.append(token)
                self._part.append(part)
                self._unit.append(unit)
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
        if re.search(r",|\band\b|\bor\b", between):
            return False
        if end - start > _FAR or self._is_of_another(end, between) or self._heads_another(start, end):
            return True
        if any(self._is_subject(at) for at in range(start + 1, end)):
            return True
        if self._part[start] == self._part[end]:
            return False
        if start + 1 < len(self._words) and self._words[start + 1].low in _RELATIVE:
            return True
        division = self._part if self._unit[start] == self._unit[end] else self._unit
        before = [at for at in range(start + 1, end) if division[at] == division[end]]
        if any(self._words[at].low in _PRONOUNS for at in before[-3:]):
            return False
        return any(not LEXICON.empty(self._words[at].low) and not self._claimed(self._words[at]) for at in before)

    def _foreign_after(self, at: int) -> bool:
        """Tell whether a word that the claim lacks follows at once: what stands there may belong to it."""
        if at + 1 >= len(self._words) or self._part[at + 1] != self._part[at]:
            return False
        word = self._words[at + 1]
        return not (LEXICON.empty(word.low) or word.capital or self._claimed(word))

    def _is_of_another(self, at: int, between: str) -> bool:
        """Tell whether the claim says "is" of what the telling says of somebody else ("with her pregnant mother")."""
        return bool(_IS.search(between)) and self._foreign_after(at)

    def _heads_another(self, start: int, end: int) -> bool:
        """Tell whether the first word only goes with one that the claim lacks ("a Nazi Party member profits")."""
        return end > start + 1 and self._foreign_after(start)

    def _is_subject(self, at: int) -> bool:
        """Tell whether a name stands there that the claim lacks, and no preposition before it makes it a place."""
        first = at
        while first and self._words[first - 1].capital:
            first -= 1
        before = self._words[first - 1].low if first else ""
        return self._words[at].capital and before not in _PREPOSITIONS and not self._claimed(self._words[at])

    def _claimed(self, word: Token) -> bool:
        return any(LEXICON.akin(token.stem, word.stem) for token in self._ruling.tokens)

    def only_meant(self, token: Token) -> bool:
        """Tell whether the telling has the word only as what somebody means to do."""
        places = self._places(token)
        return bool(places) and all(
            any(w.low in LEXICON.meant for w in self._words[max(0, at - 3) : at]) for at in places
        )

    def is_place(self, token: Token) -> bool:
        """Tell whether the telling has the word as a place: after "in" or the like, as a name, or to set the scene."""
        for at in self._places(token):
            near = self._words[max(0, at - 3) : at]
            if self._words[at].capital or any(word.low in _WHERE for word in near):
                return True
        return False

    def sets_scene(self, token: Token) -> bool:
        """Tell whether the word is a name in the first part of the telling."""
        places = self._places(token)
        return any(self._part[at] == self._part[0] and self._words[at].capital for at in places)

    def near(self, token: Token, others: Sequence[Token]) -> bool:
        """Tell whether the word stands in one part with one of the others."""
        parts = {self._part[at] for other in others for at in self._places(other)}
        return any(self._part[at] in parts for at in self._places(token))

    def _places(self, token: Token) -> list[int]:
        same = [at for at, word in enumerate(self._words) if word.stem == token.stem]
        return same or [at for at, word in enumerate(self._words) if LEXICON.akin(token.stem, word.stem)]
