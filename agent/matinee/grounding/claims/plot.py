"""Everything else that a claim says: it is told by the row, in the same or kin words, or by a scorer's judgement."""

import re
from collections.abc import Sequence
from typing import Protocol

from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.premise import deaths_told, endings_told
from matinee.grounding.claims.roles import crossed, tied
from matinee.grounding.claims.ruling import Ruling, Shelf
from matinee.grounding.claims.text import Token, stems

_NEGATORS = frozenset(
    "not never no without nobody none neither nor cannot nothing lack lacks lacking can't don't doesn't didn't won't "
    "isn't wasn't aren't hardly absence avoids avoid devoid dares refuses refusal refuse ignored ignores fails "
    "unable".split()
)
_OF_PHRASE = frozenset("no without".split())
"""Deny the phrase that follows ("a woman with no memory hides"), not what is done."""
_REACH = 6
_ABOUT = re.compile(r"\b(?:about|themes?|explor\w+|deals? with|tagged)\b", re.I)


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
    _ties(ruling)
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
        before = shelf.tokens[max(0, at - _REACH) : at]
        if same and any(_negates(t, word, shelf.source.text) for t in before):
            return True
    return False


def _negates(token: Token, other: Token, text: str) -> bool:
    between = text[token.end : other.start]
    words_between = 1 if token.low in _OF_PHRASE else _REACH
    return _is_negator(token) and not re.search(r"[,;:.]", between) and len(between.split()) <= words_between


def _ties(ruling: Ruling) -> None:
    """Object when the claim ties the overview's words together as the overview does not: roles may be swapped.

    Either every phrase and verb is tied as there, or the words stand in a row there. What a keyword bears out by itself
    is free in a claim of what the film is about, and next to a quotation.
    """
    themes = {word for shelf in ruling.case.film if shelf.source.name == "keywords" for word in shelf.stems}
    if ruling.quoted:
        themes |= {stem for genre in ruling.case.movie.genres for stem in stems(genre)}
    if not (ruling.quoted or _ABOUT.search(ruling.text)):
        themes = set()
    free = {i for i in ruling.told - ruling.quoted if not ruling.asserts(i) or ruling.tokens[i].stem in themes}
    if ruling.told - free <= ruling.quoted:
        return
    words = [ruling.tokens[i] for i in sorted(ruling.told - free) if ruling.asserts(i)]
    if tied(ruling, words):
        return
    if verb := crossed(ruling, words):
        ruling.object("unsupported", "plot", f"the overview does not have “{verb}” of the same people")
    elif not Telling(ruling).has_in_a_row(words):
        ruling.object("unsupported", "plot", f"the overview does not tie {', '.join(w.text for w in words)} together")


def _outcome(ruling: Ruling) -> None:
    """Object when the claim tells as done what somebody in the overview only sets out to do."""
    for index in ruling.told - ruling.quoted:
        token = ruling.tokens[index]
        meant = any(t.low in LEXICON.meant for t in ruling.tokens[max(0, index - 3) : index])
        if token.low in LEXICON.outcomes and not meant and Telling(ruling).only_meant(token):
            ruling.object("unsupported", "ending", f"the overview does not tell whether it comes to “{token.text}”")


class Telling:
    """The premise as one row of words."""

    def __init__(self, ruling: Ruling) -> None:
        self._words = [t for s in ruling.case.film if s.source.name == "overview" for t in s.tokens]

    def has_in_a_row(self, words: Sequence[Token]) -> bool:
        """Tell whether the words stand there in this order, with none between them that says something."""
        ends = self._places(words[0]) if words else [0]
        for word in words[1:]:
            ends = [at for at in self._places(word) if any(self._follows(end, at) for end in ends)]
        return bool(ends)

    def _follows(self, end: int, at: int) -> bool:
        return end <= at and all(LEXICON.empty(word.low) for word in self._words[end + 1 : at])

    def only_meant(self, token: Token) -> bool:
        """Tell whether the telling has the word only as what somebody means to do."""
        places = self._places(token)
        return bool(places) and all(
            any(w.low in LEXICON.meant for w in self._words[max(0, at - 3) : at]) for at in places
        )

    def _places(self, token: Token) -> list[int]:
        same = [at for at, word in enumerate(self._words) if word.stem == token.stem]
        return same or [at for at, word in enumerate(self._words) if LEXICON.akin(token.stem, word.stem)]
