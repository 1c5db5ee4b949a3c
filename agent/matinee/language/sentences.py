"""Takes a text apart into sentences, whole or while it is being written.

A sentence may end where a stop, the quotes and brackets that close behind it, and a space have been read. Whether it
does is told by the word before (an initial, an abbreviation, an open quotation) and by as much of the next word as is
needed. All decisions rest on what has been read, so the result is the same however the text is cut into chunks.
"""

import re
import unicodedata
from itertools import pairwise

from matinee.language.lexicon import word_lists

_STOPS = ".!?\u2026\u0964\u0965\u06d4\u061f"
_SPACELESS_STOPS = "\u3002\uff01\uff1f\uff61"
"""Stops of scripts that put no space behind them."""
_CLOSERS = "\u00ab\u2039\"'\u201c\u201d\u2019\u00bb\u203a)]}*_`~\u300d\u300f\uff09\u3011"
_OPENERS = "\u00bb\u203a\"'\u201c\u201d\u201e\u2018\u00ab\u2039([{*_`~\u00a1\u00bf\u300c\u300e\uff08\u3010"
_PAIRS = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u00ab": "\u00bb", "(": ")", "[": "]"}
_BULLETS = ("-", "*", "+", "\u2022", "\u2013", "\u2014", "\u25aa", "\u25e6")

_ENDED = re.compile(rf"([{_STOPS}{_SPACELESS_STOPS}]+)[{re.escape(_CLOSERS)}]*$")
_LIST_NUMBER = re.compile(r"[(\[*_]*\d{1,3}[.)\]]+[*_]*")
_POINT = re.compile(r"[:;,]\s+[(\[*_]*\d{1,2}\.[*_]*$")
"""The number of a point within a sentence: `for two reasons: 1. ...`"""
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_YEAR_IN_BRACKETS = re.compile(r"[*_]*[(\[](?:1[89]|20)\d\d\b")
_ROMAN = re.compile(r"(?:[IVXL]{2,}|[VX])\b")

_LOOK_BACK = 48
"""Characters before a stop that may tell what it is."""
_LOOK_AHEAD = 40
"""Characters of the next word that are waited for."""
_QUOTATION = 60
"""Characters that an open quotation or bracket may hold without being taken for one that nobody closed."""


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in order, each as it is written there, without the space around it."""
    splitter = SentenceSplitter()
    return [*splitter.feed(text), *splitter.finish()]


def is_whole(sentence: str) -> bool:
    """Tell whether the text ends as a sentence does, and not at an initial or within an abbreviation."""
    end = _ENDED.search(sentence[-_LOOK_BACK:])
    if end is None:
        return False
    word = _last_word(sentence[-_LOOK_BACK:], end.start())
    return end[1] != "." or _kind(word) in ("", "either")


class SentenceSplitter:
    """Takes in a text piece by piece and returns each sentence as soon as its end is certain."""

    def __init__(self) -> None:
        self._start_anew()

    @property
    def pending(self) -> str:
        """The text of the sentence that has not ended yet."""
        return "".join(self._text).strip()

    @property
    def empty(self) -> bool:
        """Whether no sentence is under way."""
        return not self._text

    def feed(self, text: str) -> list[str]:
        """Take in more text; return the sentences that have ended in it."""
        done: list[str] = []
        for char in text:
            if char.isspace():
                self._read_space(char, done)
            else:
                self._read(char, done)
        return done

    def ends_before(self, word: str) -> bool:
        """Tell whether the sentence under way would end if this word came next, behind a space."""
        self.feed(" ")
        return self._gap >= 0 and self._ends_before(word, whole=True) is True

    def finish(self) -> list[str]:
        """Return what is left at the end of the text, and start anew."""
        done: list[str] = []
        self._settle(done)
        if rest := self.pending:
            done.append(rest)
        self._start_anew()
        return done

    def _start_anew(self) -> None:
        self._text: list[str] = []
        self._gap = -1  # where the space behind the last word begins, while the next word is read
        self._next = -1  # where the next word begins
        self._newlines = 0
        self._stopped = False
        self._spaceless = False
        self._quote = -1
        self._closes_with = ""

    def _read_space(self, char: str, done: list[str]) -> None:
        if not self._text:
            return
        self._settle(done)
        if not self._text:
            return
        if self._gap < 0:
            self._gap = len(self._text)
            self._stopped = _ENDED.search("".join(self._text[-_LOOK_BACK:])) is not None
        self._text.append(char)
        self._newlines += char == "\n"
        if self._newlines == 2:  # an empty line ends a sentence whether it has a stop or not
            done.append("".join(self._text[: self._gap]))
            self._start_anew()

    def _read(self, char: str, done: list[str]) -> None:
        if self._spaceless and char not in _CLOSERS and char not in _SPACELESS_STOPS:
            self._cut(len(self._text), len(self._text), done)
        self._spaceless = char in _SPACELESS_STOPS or (self._spaceless and char in _CLOSERS)
        if self._gap >= 0 and self._next < 0:
            if self._stopped or self._newlines:
                self._next = len(self._text)
            else:
                self._gap = -1
        self._note_quotation(char)
        self._text.append(char)
        if self._next >= 0:
            self._judge(done, whole=len(self._text) - self._next > _LOOK_AHEAD)

    def _settle(self, done: list[str]) -> None:
        """Decide an end that waits for the next word, now that this word is whole."""
        if self._next >= 0:
            self._judge(done, whole=True)

    def _judge(self, done: list[str], *, whole: bool) -> None:
        ends = self._ends_before("".join(self._text[self._next :]), whole=whole)
        if ends:
            self._cut(self._gap, self._next, done)
        elif ends is False:
            self._gap = self._next = -1
            self._newlines = 0

    def _cut(self, end: int, start: int, done: list[str]) -> None:
        done.append("".join(self._text[:end]))
        rest = self._text[start:]
        self._start_anew()
        for char in rest:
            self._note_quotation(char)
            self._text.append(char)

    def _ends_before(self, word: str, *, whole: bool) -> bool | None:
        """Tell whether the sentence ends before the word; None: more of the word has to be read."""
        if self._newlines and (word in _BULLETS or _LIST_NUMBER.fullmatch(word)):
            return True if whole else None
        if not self._stopped:
            return False if whole or word[0].isalpha() else None
        before = "".join(self._text[max(0, self._gap - _LOOK_BACK) : self._gap])
        if self._in_quotation() or (self._gap < 8 and _LIST_NUMBER.fullmatch(before)):
            return False
        if _POINT.search(before):
            return False
        end = _ENDED.search(before)
        kind = _kind(_last_word(before, end.start())) if end and end[1] == "." else ""
        return _may_begin(word, kind, whole=whole)

    def _note_quotation(self, char: str) -> None:
        if self._quote >= 0:
            if char in self._closes_with:
                self._quote = -1
        elif char in _PAIRS and (not self._text or self._text[-1].isspace() or self._text[-1] in _OPENERS):
            self._quote, self._closes_with = len(self._text), _PAIRS[char]

    def _in_quotation(self) -> bool:
        # One that opens the sentence may quote several sentences.
        opened = self._quote
        return 1 < opened < self._gap and self._gap - opened <= _QUOTATION


def _may_begin(word: str, kind: str, *, whole: bool) -> bool | None:
    """Tell whether a sentence may begin with the word, behind a stop that the kind of the word before explains."""
    bare = word.lstrip(_OPENERS)
    undecided = False if whole else None
    if not bare:
        return undecided
    if bare[0].isdigit():
        if word != bare and not whole and len(word) < 7:
            return None  # `(2000)` goes with the title before it
        return kind == "" and not _YEAR_IN_BRACKETS.match(word)
    if not bare[0].isalpha():
        return kind == "" and unicodedata.category(bare[0]) == "So"
    if kind == "before_name":
        return False
    if bare[0].islower():
        # eXistenZ
        return True if any(a.islower() and b.isupper() for a, b in pairwise(bare)) and not kind else undecided
    if kind == "before_number":
        return None if not whole and not bare.strip("IVXL") else not _ROMAN.match(bare)
    if kind:
        openers = word_lists("sentences")["openers"]
        return bare.rstrip(_CLOSERS + ",;:").casefold().replace("\u2019", "'") in openers if whole else None
    return True


def _last_word(text: str, end: int) -> str:
    words = text[:end].split()
    return words[-1].lstrip(_OPENERS) if words else ""


def _kind(word: str) -> str:
    """Return which kind of abbreviation a word before a single stop is; empty, if it is an ordinary word."""
    low = word.casefold()
    for kind, words in word_lists("abbreviations").items():
        if low in words and (kind != "before_number" or len(low) > 1):
            return kind
    if len(word) == 1 and word.isupper():
        return "initial"
    return "initial" if _ACRONYM.fullmatch(word) else ""
