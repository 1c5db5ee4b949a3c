"""How the words of a request spell titles: exactly, in quotes, in capitals, or nearly."""

import re
from collections.abc import Iterator
from functools import cache, partial

from matinee.language.english import english_words
from matinee.language.lexicon import abbreviations, load, word_set
from matinee.language.request import Request
from matinee.query.name_context import everyday
from matinee.query.title_forms import Film, key_word
from matinee.query.titles import TitleLookup

_QUOTED = re.compile(
    r"\"([^\"]{1,80})\"|(?<!\w)'((?:[^']|(?<=\w)'(?=\w)){1,80})'(?!\w)"
    r"|(?<!\w)\*([^*]{1,80})\*(?!\w)|(?<!\w)_([^_]{1,80})_(?!\w)"
)
_MOST_TRIES = 60
_COMMON = 1_500
"""Rank of English words up to which they mean themselves as a rule."""

_LONGEST_GUESS = 6

_words = partial(word_set, "common")


@cache
def descriptive() -> frozenset[str]:
    """Return the single words that describe a film, and so are no title by themselves: "horror", "movies", "French"."""
    rows = [*load("genres")["genre"], *load("places")["place"], *load("vague")["vague"]]
    keys = ("alone", "adjective", "asked", "beside", "mood", "adjectives", "freely")
    phrases = (phrase for row in rows for key in keys for phrase in row.get(key, ()))
    return frozenset(word for phrase in phrases for word in phrase.split()) | _words("film")


@cache
def unremarkable() -> frozenset[str]:
    """Return the words that describe films or mean themselves as a rule."""
    return descriptive() | everyday() | {word for word, rank in english_words().items() if rank < _COMMON}


@cache
def _endings() -> frozenset[str]:
    return (_words("after") | _words("verbs") | _words("film")) - {"of"}


class TitleSpelling:
    """The words of one request as spellings of titles. `keys` are its words as titles are looked up.

    `quotes` are the words in quotes: the index of the first word, and the index after the last.
    """

    def __init__(self, request: Request, titles: TitleLookup) -> None:
        self._request = request
        self._titles = titles
        self.keys = [key_word(norm) for norm in request.norms]
        self.quotes = _quotes(request)
        self._reach = _reach(request)
        self._tries = _MOST_TRIES

    def spelled(self, i: int) -> Iterator[tuple[int, int, tuple[Film, ...]]]:
        """Yield the titles that begin with word i, longest first: index after the last word, form, films."""
        room = self._reach[i] - i
        most = min(room, self._titles.most_words(self.keys[i], self.keys[i + 1])) if room > 1 else 0
        for length in (*range(most, 1, -1), 1):
            named = self._titles.named(" ".join(self.keys[i : i + length]))
            if named:
                yield i + length, *named

    def guess(self, first: int, *, firm: bool) -> tuple[int, tuple[Film, ...]] | None:
        """Return the film whose title the words after a cue begin to spell, and the index after them."""
        if self._tries <= 0 or not (firm or self._request.words[first].capital):
            return None
        self._tries -= 1
        reach = min(self._reach[first], first + _LONGEST_GUESS)
        for last in range(reach, first, -1):
            capitals = not self.goes_on(last) and self.capitalised(first, last)
            if not capitals and not (firm and self._ends_well(last) and not self._is_described(first)):
                continue
            if films := self._begun(first, last):
                return last, films
        return None

    def _begun(self, first: int, last: int) -> tuple[Film, ...]:
        keys = self.keys[first:last]
        if _words("small") & {keys[0], keys[-1]} or everyday().issuperset(self._request.norms[first:last]):
            return ()
        films = self._titles.beginning_with(" ".join(keys)) or self._titles.beginning_with("the " + " ".join(keys))
        if len(keys) == 1:
            single = len({f.movie_id for f in films}) == 1 and len(keys[0]) >= 5 and keys[0] not in descriptive()
            if not single or not (self._request.words[first].capital or self._ends_strictly(last)):
                return ()
        return tuple(films[:1]) if len(films) <= 15 else ()

    def spelled_like(self, first: int, last: int) -> tuple[Film, ...]:
        """Return the film whose title words `first` up to `last` nearly spell."""
        key = " ".join(self.keys[first:last])
        return self._titles.spelled_like(key) if len(key) >= 5 else ()

    def capitals_to(self, first: int, small: frozenset[str]) -> int | None:
        """Return where a run of capitalised words, with these small ones among them, ends; None if none begins here."""
        words, gaps = self._request.words, self._request.gaps
        if not self._request.capitals_tell or not words[first].capital or words[first].norm == "i":
            return None
        last = end = first + 1
        while last < len(words) and gaps[last] in (" ", "-", ": ", " & ", "'", ", ") and last - first < 10:
            if words[last].capital and words[last].norm != "i" and gaps[last] != ", ":
                end = last + 1
            elif words[last].norm not in small and not words[last].norm.isdigit():
                break
            last += 1
        return end

    def capitalised(self, first: int, last: int) -> bool:
        """Tell whether words `first` up to `last` are written as titles are."""
        words = self._request.words[first:last]
        content = [w for w in words if w.norm not in _words("small")] or words
        written = all(w.capital or w.norm[0].isdigit() for w in content) and any(w.capital for w in content)
        return self._request.capitals_tell and written

    def goes_on(self, last: int) -> bool:
        """Tell whether the name goes on after what spells a title: "Frozen" in "Frozen Planet"."""
        if last >= len(self._request.words) or self._request.gaps[last] not in (" ", "-"):
            return False
        word = self._request.words[last]
        if word.norm.isdigit():
            return len(word.norm) < 3 and self._request.norms[last + 1 : last + 2] != ["times"]
        if word.norm == "of" and last + 1 < len(self._request.words):
            word = self._request.words[last + 1]
        if (
            not (word.capital and self._request.capitals_tell)
            or word.norm in ("i", "im", "ive")
            or word.norm in _words("film")
        ):
            return False
        return not any(end - last > 1 and self.capitalised(last, end) for end, _, _ in self.spelled(last))

    def _ends_well(self, last: int) -> bool:
        """Tell whether a title in small letters may end before word `last`."""
        return not self._request.flows(last) or self._request.norms[last] in _endings()

    def _ends_strictly(self, last: int) -> bool:
        """Tell whether a title that could be anything else may end before word `last`."""
        return not self._request.flows(last) or self._request.norms[last] in _words("ends")

    def _is_described(self, first: int) -> bool:
        """Tell whether the word before makes a common noun of what follows: "a game"."""
        return first > 0 and self._request.norms[first - 1] in _words("describing")


def _quotes(request: Request) -> dict[int, int]:
    """Return the words that are in quotes: the index of the first word, and the index after the last."""
    starts = {w.start: i for i, w in enumerate(request.words)}
    ends = {w.end: i + 1 for i, w in enumerate(request.words)}
    quotes = {}
    for match in _QUOTED.finditer(request.folded):
        start, end = match.span(match.lastindex or 0)
        inner = match[match.lastindex or 0]
        first = starts.get(start + len(inner) - len(inner.lstrip()))
        last = ends.get(end - len(inner) + len(inner.rstrip(" .,!?\u2026")))
        if first is not None and last is not None:
            quotes[first] = last
    return quotes


def _reach(request: Request) -> list[int]:
    reach, last = [0] * len(request.words), len(request.words)
    for i in range(len(request.words) - 1, -1, -1):
        reach[i] = last
        if i and not _within_title(request.gaps[i], request.words[i - 1].norm):
            last = i
    return reach


def _within_title(gap: str, before: str) -> bool:
    if any(c in '"()[];|\u2026' for c in gap):
        return False
    ends = gap.rstrip() != gap and gap[:1] in (".", "!", "?")
    return len(gap) <= 3 and (not ends or (gap[0] == "." and (before in abbreviations() or len(before) == 1)))
