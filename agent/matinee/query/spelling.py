"""Corrects misspelt words of a request before it is read: to English words, and to titles and names of the catalogue.

Words that are known are left alone. An unknown one is read as the known word that is most probably meant, by how few
letters differ, how common the word is, and whether it makes a title or a name together with the word beside it (the
noisy channel of Kernighan, Church and Gale, "A spelling correction program based on a noisy channel model", 1990).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from math import log
from typing import NamedTuple

from matinee.language.detection import is_foreign
from matinee.language.english import english_words, is_derived
from matinee.language.lexicon import every_word, word_lists, word_set
from matinee.language.request import Request
from matinee.language.tokens import Token, tokens
from matinee.query.near_words import NearWords, edits_between

_SHORTEST, _SHORT = 4, 6
"""Letters of a word that is corrected; those with fewer than the second are corrected to no rare English word."""

_PER_EDIT = {4: 7.5, 5: 5.4, 6: 4.2}
"""What a letter that differs takes from the logarithm of a word's probability, by the word's length: in short words
more, for they have more neighbours."""

_PER_EDIT_OF_LONGER = 3.4
_SPLIT = 4.5  # the same, of a space left out
_LEAST = -14.0
"""The least logarithm with which a word is corrected."""

_FREQUENT, _SELDOM, _LEXICON, _RAREST, _NEVER = -8.0, -9.3, -7.2, -12.0, -20.0
"""Logarithms: of a frequent and a rare word, of one of the lexicon and a title's at the least, of no candidate."""

_TOGETHER = 5.0
"""What a word gains that makes a title or a name with the one beside it."""

_MOST_PARTNERS, _MOSTLY = 400, 0.5
"""With how many words one may make titles and names to tell something of them; the share of votes that tells more."""

_COMMON, _EVERYDAY, _FAMILIAR, _USUAL = 300, 1_000, 5_000, 10_000
"""Ranks of English words: such as stand beside any other, are never slips, are seldom slips, and take endings."""

_WELL_KNOWN = 2_000
"""Votes on the films of a name or a title that another known word is taken for."""

_WITH_PARTICLE = 3


class Correction(NamedTuple):
    """A word as it is written, and as it is read; `start` is the offset of the first."""

    said: str
    read: str
    start: int


class Phrase(NamedTuple):
    """A title or a name, and the votes on the film."""

    text: str
    votes: int


class Spelling:
    """What is known of spellings: English words, and those of a catalogue with the titles and names that they form."""

    def __init__(self, phrases: Iterable[Phrase] = (), counts: Mapping[str, int] | None = None) -> None:
        """Take the titles and names of the catalogue, and how often each word is in its overviews and keywords."""
        self._votes: Counter[str] = Counter()
        self._after: dict[str, Counter[str]] = defaultdict(Counter)
        self._before: dict[str, Counter[str]] = defaultdict(Counter)
        self._joined: dict[str, str] = {}
        for phrase in phrases:
            self._enter(phrase)
        weights = {word: _weight(votes) for word, votes in self._votes.items()}
        total = sum((counts or {}).values())
        for word, count in (counts or {}).items():
            weights[word] = max(weights.get(word, _NEVER), log(count / total) if count > 1 else _NEVER)
        english = _english().weights
        self._own = NearWords(
            {word: weight for word, weight in weights.items() if weight > english.get(word, -99)}, _NEVER
        )

    def _enter(self, phrase: Phrase) -> None:
        words = [_letters(word) or word.norm for word in tokens(phrase.text)]
        for word in words:
            self._votes[word] += phrase.votes
        for one, other in pairwise(words):
            self._after[one][other] += phrase.votes
            self._before[other][one] += phrase.votes
        if len(words) == _WITH_PARTICLE:
            joined = words[1] + words[2]
            self._joined[joined] = f"{words[1]} {words[2]}"
            self._after[words[0]][joined] += phrase.votes

    def corrected(self, request: Request) -> tuple[str, list[Correction]]:
        """Return the text with its misspelt words corrected, and what was corrected, in order."""
        corrections = [] if is_foreign(request.text) else list(self._corrections(request))
        text, at = [], 0
        for said, read, start in corrections:
            text += [request.text[at:start], read]
            at = start + len(said)
        return "".join([*text, request.text[at:]]), corrections

    def _corrections(self, request: Request) -> Iterator[Correction]:
        for i, word in enumerate(request.words):
            letters = _letters(word)
            acronym = word.text.isupper() and request.capitals_tell and len(word.text) < _SHORT
            if letters is None or acronym or len(letters) < _SHORTEST:
                continue
            before = request.norms[i - 1] if i and request.flows(i) else ""
            after = request.norms[i + 1] if i + 1 < len(request.words) and request.flows(i + 1) else ""
            if before + letters in self._votes:
                continue  # "di caprio"
            together = self._together(before, after, letters)
            if self._is_known(letters):
                read = self._named_instead(letters, together)
            else:
                begins = i == 0 or request.ends_sentence(i)
                name = word.capital and request.capitals_tell and not begins
                read = self._most_probable(letters, together, name=name)
            if read:
                yield Correction(word.text[: len(letters)], _cased(read, word), word.start)

    def _is_known(self, word: str) -> bool:
        return self._log(word) is not None or word in word_set("spelling", "slang")

    def _log(self, word: str) -> float | None:
        """Return the logarithm of a word's probability; None for an unknown one."""
        return self._own.weights.get(word) or _english().weights.get(word)

    def _together(self, before: str, after: str, word: str) -> Counter[str]:
        """Return the words that make a title or a name with a word beside this one; none if this one does."""
        found: Counter[str] = Counter()
        for side, beside in ((self._after, before), (self._before, after)):
            partners = side.get(beside, Counter()) if english_words().get(beside, _COMMON) >= _COMMON else Counter()
            if word in partners:
                return Counter()
            if len(partners) <= _MOST_PARTNERS:
                found.update(partners)
        return found

    def _named_instead(self, word: str, together: Counter[str]) -> str | None:
        """Return the part of a well-known name or title that a known word is written for: "wes andersen"."""
        rank = english_words().get(word, _USUAL)
        if rank < _EVERYDAY:
            return None
        least = max(_WELL_KNOWN, _MOSTLY * together.total() if rank < _FAMILIAR else 0)
        near = [f for f in together if together[f] > least and f[0] == word[0] and edits_between(word, f) < 1]
        return max(near, key=together.__getitem__, default=None)

    def _most_probable(self, word: str, together: Counter[str], *, name: bool) -> str | None:
        """Return what an unknown word is written for.

        Args:
            word: its letters.
            together: words that make titles and names with those beside it.
            name: whether it is written as a name is, and so is no slip for a rare word.
        """
        derived = is_derived(word, self._takes_endings)
        per_edit = _PER_EDIT.get(len(word), _PER_EDIT_OF_LONGER)
        scored = {} if derived or name else dict(_split(word))
        for near, edits in {**self._own.near(word), **_english().near(word), **_beside(word, together)}.items():
            joined, known = near in together, self._log(near)
            weight = _weight(together[near]) + _TOGETHER if joined else known or _NEVER
            catalogued = near in self._votes
            doubtful = (
                (derived and (edits >= 1 or weight < _FREQUENT))
                or (
                    name
                    and not joined
                    and (edits > 1 or len(word) == _SHORTEST or not (catalogued or (edits < 1 and weight > _FREQUENT)))
                )
                or (len(word) < _SHORT and not catalogued and weight < _SELDOM)
            )
            if not doubtful:
                scored[self._joined.get(near, near) if joined else near] = weight - per_edit * edits
        best = max(scored, key=scored.__getitem__, default=None)
        return best if best and scored[best] >= _LEAST else None

    def _takes_endings(self, word: str) -> bool:
        return self._log(word) is not None and (len(word) >= _SHORTEST or english_words().get(word, _USUAL) < _USUAL)


def told_of_corrections(corrections: Iterable[Correction]) -> Iterator[str]:
    """Yield the sentence that tells what was corrected, if anything was."""
    read = {correction.said.casefold(): f"“{correction.said}” as “{correction.read}”" for correction in corrections}
    if read:
        yield f"Read {', '.join(read.values())}."


def _weight(votes: int) -> float:
    return _RAREST + 0.8 * log(1 + votes / 100)


def _beside(word: str, together: Iterable[str]) -> dict[str, float]:
    """Return the words that make a name with the one beside it and differ in a third of the letters at most."""
    edits = {found: edits_between(word, found) for found in together if found[0] == word[0]}
    return {found: cost for found, cost in edits.items() if cost <= max(1, len(word) // 3)}


def _split(word: str) -> Iterator[tuple[str, float]]:
    """Yield the word as two, if it begins or ends with a small one, with its score: "forkids"."""
    small = word_lists("english")["small"]
    for at in range(2, len(word) - 2):
        one, other = word[:at], word[at:]
        told = other if one in small else one if other in small else ""
        if len(told) >= _SHORTEST and told in english_words():
            yield f"{one} {other}", _english().weights[told] - _SPLIT


@cache
def _english() -> NearWords:
    weights = {word: -log(rank + _COMMON) for word, rank in english_words().items()}
    foreign = frozenset[str]().union(*word_lists("other_languages").values()) - weights.keys()
    weights |= {word: max(weights.get(word, _LEXICON), _LEXICON) for word in every_word()}
    weights |= dict.fromkeys(foreign, _NEVER)
    return NearWords(weights, _NEVER)


def _letters(word: Token) -> str | None:
    """Return the letters of a word that may be misspelt, without the possessive s; None for one with other signs."""
    letters = word.norm if "'" not in word.low else ""
    letters = letters[: len(word.low)]
    return letters if letters.isascii() and letters.isalpha() and word.text[: len(letters)].isalpha() else None


def _cased(read: str, word: Token) -> str:
    if word.text.isupper():
        return read.upper()
    return read.title() if word.capital else read
