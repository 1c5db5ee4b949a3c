"""Reads a list of films while a chat model writes it, in whatever form; `parser` reads answers with reasons."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from matinee.models import title_key
from matinee.reasons.line_start import line_start, read_line
from matinee.reasons.sentence_text import plain_text
from matinee.reasons.shown_text import RECORD, ShownText
from matinee.reasons.structures import Structures

MOST = 20
"""Films of a list that are read."""
_MOST_LINES = 4 * MOST
_MOST_CHARACTERS = 8_000
_LONGEST_TITLE = 100

_LABELLED = re.compile(r"[\W_]*(?P<label>wish|scope)\b[\s*_]*[:=\u2013\u2014-][\s*_\"]*(?P<text>.+)", re.I)
_YEAR = r"(?P<year>(?:18|19|20)\d\d)"
_SMALL = r"of|the|a|an|and|in|on|to|for|from|with|at|by|or|de|la|le|du|des|der|vs\.?|&|-|\u2013"
_LARGE = r"[A-Z\d\u00a1\u00bf\u00c0-\u00de][^\s()]*"
_WITHIN = re.compile(rf"(?P<title>{_LARGE}(?: (?:{_SMALL}|{_LARGE}))*) \({_YEAR}\b[^()]*\)")
_YEAR_AFTER = re.compile(rf"(?P<title>.{{1,{_LONGEST_TITLE}}}?)(?:,| [\u2013\u2014-]) {_YEAR}\.?")
_FACT = "Fact: "
_SENTENCE_ENDS = (".", "!", "?", ":", ";", ",")


class NamedFilm(NamedTuple):
    """A film as the model names it; `sure`: the line can hold nothing but a film."""

    title: str
    year: int | None
    sure: bool


class FilmList:
    """Takes in an answer piece by piece and keeps what its whole lines say.

    Attributes:
        wish: what is wished for in a sentence, empty where the answer does not say.
        scope: what kind of request it is, in the model's word.
        films: the films named, in their order, each once.
    """

    def __init__(self) -> None:
        self._shown, self._structures = ShownText(), Structures()
        self._begin()

    def _begin(self) -> None:
        self.wish = self.scope = ""
        self._films: dict[str, NamedFilm] = {}
        self._line = self._title = ""
        self._lines = self._characters = 0

    @property
    def films(self) -> list[NamedFilm]:
        """Return the films named so far."""
        return list(self._films.values())

    @property
    def complete(self) -> bool:
        """Tell whether nothing that may follow would be read."""
        return len(self._films) >= MOST or self._lines > _MOST_LINES or self._characters > _MOST_CHARACTERS

    def feed(self, text: str) -> bool:
        """Take in more of the answer; return whether anything that follows would be read."""
        _, mark, shown = self._shown.feed(text).rpartition(RECORD)
        if mark:  # a tag of reasoning was closed that was opened in the prompt
            self._structures = Structures()
            self._begin()
        self._take(self._structures.feed(shown))
        return not self.complete

    def finish(self, *, broken: bool = False) -> None:
        """Take in the end of the answer; `broken`: it broke off, and its last line counts only with a year."""
        self._take(self._structures.feed(self._shown.finish()) + self._structures.finish())
        if not broken or _WITHIN.search(self._line):
            self._end_line()
        self._end_record()

    def _take(self, text: str) -> None:
        for char in text:
            if self.complete:
                return
            self._characters += 1
            if char in f"\n{RECORD}":
                self._end_line()
                if char == RECORD:
                    self._end_record()
            else:
                self._line += char

    def _end_line(self) -> None:
        line, self._line = self._line.strip(), ""
        if not line:
            return
        self._lines += 1
        if said := _LABELLED.match(line):
            self._note(said["label"].lower(), plain_text(said["text"]).strip('"\u201c\u201d* '))
            return
        read = read_line(line, over=True)
        if read and read.kind == "title":
            self._end_record()
            self._title = read.heading.title
        if read and read.kind in ("title", "year"):
            if read.heading.year:
                self._name(self._title, read.heading.year)
                self._title = ""
        elif read is None or read.kind in ("pick", "text", "fact"):
            for named in _films_of(line):
                self._name(*named)

    def _note(self, label: str, text: str) -> None:
        if label == "wish":
            self.wish = self.wish or text
        elif text:
            self.scope = self.scope or text.split()[0].strip(".,;:").lower()

    def _end_record(self) -> None:
        self._name(self._title, None)
        self._title = ""

    def _name(self, title: str, year: int | None, sure: bool = True) -> None:
        title = plain_text(title).strip()
        if any(map(str.isalnum, title)) and len(title) <= _LONGEST_TITLE and len(self._films) < MOST:
            self._films.setdefault(title_key(title, year), NamedFilm(title, year, sure))


def _films_of(line: str) -> Iterator[NamedFilm]:
    """Yield the films that a line names: one that it begins with, or those within it that have a year."""
    bare = line.removeprefix(_FACT)
    read, several = read_line(bare, over=True), list(_WITHIN.finditer(re.sub(r"[*_\"\u201c\u201d]", "", bare)))
    if read and read.kind == "pick" and read.heading.title and len(several) < 2:
        yield NamedFilm(read.heading.title, read.heading.year, sure=True)
    elif several:
        yield from (NamedFilm(found["title"], int(found["year"]), sure=True) for found in several)
    elif bare == line:
        start = line_start(bare)
        text = plain_text(bare[start.at :]).strip(' *_"\u201c\u201d')
        if dated := _YEAR_AFTER.fullmatch(text):
            yield NamedFilm(dated["title"], int(dated["year"]), sure=True)
        elif (text[:1].isupper() or text[:1].isdigit()) and not text.endswith(_SENTENCE_ENDS):
            yield NamedFilm(text, None, sure=False)
