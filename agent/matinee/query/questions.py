"""Questions about films: which films are asked about, and what of them ("who directed the second?")."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from pydantic import Field

from matinee.language.english import is_word
from matinee.language.lexicon import load
from matinee.language.request import Request
from matinee.models import Value
from matinee.query.name_context import everyday
from matinee.query.query_text import small_talk
from matinee.query.references import Lists, Reference, References, Shown, pattern
from matinee.query.title_forms import key_word
from matinee.query.titles import TitleLookup
from matinee.understanding import Constraint, Mention

_SENTENCE = re.compile(r"[^.;:?!\u2026]+[?]?| - ")
_LONGEST_TITLE = 8
_LONGEST = 30
"""Words of a sentence that may ask about a film."""

Read = Callable[[str], Sequence[Constraint]]


class Question(Value):
    """What is asked of films."""

    fields: list[str] = Field([], description="what of it, as keys of `conversation.toml`; none: all that is known")
    movie_ids: list[str] = Field([], description="the films")
    superlative: str = ""
    which: bool = Field(False, description="whether it asks which of the films")
    demands: list[Constraint] = Field([], description="what is asked to hold: “is it in French?”")


class Questions:
    """Reads the question of a turn.

    Args:
        lists: the films shown.
        references: what finds them in the turn.
        titles: the catalogue's.
        read: returns the demands that a few words make.
        before: what the turn before asked, if it asked.
    """

    def __init__(
        self, lists: Lists, references: References, titles: TitleLookup, read: Read, before: Sequence[str] = ()
    ) -> None:
        self._lists = lists
        self._references = references
        self._titles = titles
        self._read = read
        self._before = before

    def in_turn(self, request: Request, mentions: Sequence[Mention]) -> Question | None:
        """Return what a turn asks about films shown or named; None where it asks nothing of the kind."""
        named = self._references.named(request, mentions)
        titled = [m for m in mentions if m.span] or self._titled(request, named)
        for start, end in _sentences(request.folded):
            before = [ref for ref in named if ref.end <= end]
            films = [m for m in titled if m.span and start <= m.span[0] < end]
            if question := self._asked(request.folded[start:end], start, before, films):
                return question
        return self._and_the_other(request.folded, named)

    def pointed(self, request: Request, mentions: Sequence[Mention]) -> Question:
        """Return a question about the films that a turn points at, which nothing in its wording tells from a wish."""
        named = self._references.named(request, mentions)
        bare = _blanked(request.folded, 0, named).replace("'", "")
        films = [film for ref in named or self._references.pronouns(bare)[:1] for film in ref.films]
        return Question(fields=_asks_of(bare), movie_ids=list(dict.fromkeys(film.movie_id for film in films)))

    def _titled(self, request: Request, named: Sequence[Reference]) -> list[Mention]:
        """Return the film of the catalogue that a question names: by several words, or by a rare one."""
        found = list(_titles_in(request, self._titles)) if not named else []
        return found[:1]

    def _asked(
        self, sentence: str, start: int, named: Sequence[Reference], titled: Sequence[Mention]
    ) -> Question | None:
        within = [ref for ref in named if ref.start >= start] or list(named[-1:])
        blanked = _blanked(sentence, start, [*within, *titled])
        clause, offset = _question_clause(sentence)
        if clause is None and self._says_what_of(sentence, blanked, pointed=bool(within)):
            clause = sentence
        if clause is None or len(clause.split()) > _LONGEST:
            return None
        bare = blanked[offset:].replace("'", "")
        if _asks_for_films(clause) and not (within and _asks_of(bare)):
            return None
        movie_ids = [film.movie_id for ref in within for film in ref.films] or [m.movie_id for m in titled]
        fields = _asks_of(bare)
        superlative = next(
            (key for key in load("conversation")["superlative"] if pattern("superlative", key).search(bare)), ""
        )
        which = (
            bool(re.match(r"(?:and |so )?(?:which|what)\b(?! (?:is|was|does|did|year|language)\b)", clause))
            and not within
        )
        pointed = self._references.pronouns(bare)
        if not movie_ids:
            if not self._lists.shown or not (fields or superlative or pointed or which):
                return None
            several = which or superlative or any(len(ref.films) > 1 for ref in pointed) or not pointed
            films = self._spoken_of(bool(superlative or which), pointed, bool(several))
            earliest = pattern("refer", "earliest").search(sentence)
            movie_ids = [film.movie_id for film in (self._lists.first if earliest else films)]
        elif titled and not within and (which or not (fields or superlative)):
            return None  # "is there a film like Heat?"
        demands = [d for d in self._read(bare) if d.op != "none_of"] if re.match(_YES_NO, clause) or which else []
        return Question(
            fields=fields,
            movie_ids=list(dict.fromkeys(movie_ids)),
            superlative=superlative,
            which=which,
            demands=demands,
        )

    def _says_what_of(self, sentence: str, blanked: str, *, pointed: bool) -> bool:
        """Tell whether words that do not open as a question ask something of a film: "the plot of the first"."""
        bare = blanked.replace("'", "")
        pointed = pointed or bool(self._references.pronouns(bare))
        if not (pointed and _asks_of(bare)) or pattern("question", "no_question").search(sentence.replace("'", "")):
            return False
        for key in load("conversation")["asks"]:
            bare = pattern("asks", key).sub(" ", bare)
        return sentence.endswith("?") or {*re.findall(r"\w+", bare)} <= small_talk()

    def _spoken_of(self, listed: bool, pointed: Sequence[Reference], several: bool) -> Sequence[Shown]:
        if listed:
            return self._lists.last
        if pointed:
            return pointed[0].films
        return self._lists.spoken_of if several else self._lists.last

    def _and_the_other(self, text: str, named: Sequence[Reference]) -> Question | None:
        """Return the question before once more, for the films of a turn that says nothing else: "and the second?"."""
        bare = _fillers().sub("", _blanked(text, 0, named).strip(" ?.!,"))
        if not named or re.sub(r"\b(?:of|for|what about|how about|in)\b", "", bare).strip(" ?.!,"):
            return None
        return Question(fields=list(self._before), movie_ids=[film.movie_id for ref in named for film in ref.films])


def _titles_in(request: Request, titles: TitleLookup) -> Iterator[Mention]:
    words = [key_word(norm) for norm in request.norms]
    for many in range(min(_LONGEST_TITLE, len(words)), 0, -1):
        for first in range(len(words) - many + 1):
            last = first + many
            telling = [i for i in range(first, last) if request.norms[i] not in everyday()]
            rare = any(request.words[i].capital and i for i in telling) or not all(
                is_word(request.norms[i]) for i in telling
            )
            if not telling or (len(telling) < 2 and not rare):
                continue
            if known := titles.named(" ".join(words[first:last])):
                film = known[1][0]
                yield Mention(**film._asdict(), role="seen", **request.said(first, last))


_YES_NO = r"(?:is|isnt|isn't|are|was|were|does|doesn't|do|did|has|can|could|will|would)\b"


@cache
def _fillers() -> re.Pattern[str]:
    fillers = "|".join(load("conversation")["question"]["fillers"])
    return re.compile(rf"^\W*(?:(?:{fillers})\b\W*)+")


@cache
def _opens() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(load('conversation')['question']['opens'])})\b")


@cache
def _for_films() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(load('conversation')['question']['asking_for_films'])})")


def _asks_for_films(clause: str) -> bool:
    return _for_films().match(clause.replace("'", "")) is not None


def _asks_of(bare: str) -> list[str]:
    return [key for key in load("conversation")["asks"] if pattern("asks", key).search(bare)]


def _sentences(folded: str) -> Iterator[tuple[int, int]]:
    for found in _SENTENCE.finditer(folded):
        if found[0].strip(" -"):
            yield found.span()


def _question_clause(sentence: str) -> tuple[str | None, int]:
    """Return the clause of a sentence that asks, without what only leads to it, and where it begins."""
    at = 0
    for part in re.split(r"(, ?| - |\u2014)", sentence):
        lead = _fillers().match(part)
        for begins in dict.fromkeys((len(part) - len(part.lstrip()), lead.end() if lead else 0)):
            clause = part[begins:]
            if _opens().match(clause.replace("'", "")):
                return sentence[at + begins :].strip(), at + begins
        at += len(part)
    return None, 0


def _blanked(text: str, start: int, found: Sequence[Reference | Mention]) -> str:
    for one in found:
        span = (one.start, one.end) if isinstance(one, Reference) else one.span
        if span and start <= span[0] < start + len(text):
            a, b = span[0] - start, span[1] - start
            text = text[:a] + " " * (b - a) + text[b:]
    return text
