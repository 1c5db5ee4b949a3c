"""What a request refuses beyond genres, places and listed content: series, studios, subjects, and words as they stand.

A refused phrase is looked up among the catalogue's titles, series, studios and people and in its vocabulary; what is
none of these may stand in no film's title, keywords or overview. What is wanted elsewhere in the request stays wanted.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from matinee.language.lexicon import load, word_set
from matinee.language.lexicon import words as words_of
from matinee.language.negation import Refused, refused_words
from matinee.language.request import MASK, Request
from matinee.language.tokens import norms, stem
from matinee.query.name_context import everyday
from matinee.query.places_and_content import content
from matinee.query.query_text import small_talk
from matinee.query.title_forms import SERIES, key_word
from matinee.query.titles import TitleLookup
from matinee.understanding import Constraint, ConstraintField, Finding, Mention

_LONGEST_TERM = 4
_LONGEST_TEXT = 3
"""Words of a phrase that is looked for as it stands."""
_SHORTEST = 4
"""Letters of a single word that is looked for as it stands."""
_JOINING = frozenset(("or", "nor", "and", "plus", MASK))
_SURE = 0.9


class Refusals(NamedTuple):
    """Demands that nothing refused is among the films, and the words that refuse."""

    demands: list[Constraint]
    words: list[Finding]


class _Item(NamedTuple):
    """Words `first` up to `last` of one thing that is refused."""

    first: int
    last: int


def read_refusals(
    request: Request, demands: Sequence[Constraint], mentions: Sequence[Mention], titles: TitleLookup
) -> Refusals:
    """Return what is refused in a request beside what other readers know of it.

    Args:
        request: with the names blanked that are known.
        demands: what the others found.
        mentions: the films named.
        titles: the catalogue's titles, people, series and studios.
    """
    return _Reader(request, demands, titles).read(mentions)


class _Reader:
    def __init__(self, request: Request, demands: Sequence[Constraint], titles: TitleLookup) -> None:
        self._request = request
        self._titles = titles
        self._stretches = refused_words(request)
        refused = {i for one in self._stretches for i in range(one.begins, one.last)}
        spans = [demand.span for demand in demands if demand.span]
        self._read = {i for start, end in spans for i in range(request.word_at(start), request.word_at(end))}
        self._wanted = {word.stem for i, word in enumerate(request.words) if i not in refused}

    def read(self, mentions: Sequence[Mention]) -> Refusals:
        demands: list[Constraint] = []
        words: list[Finding] = []
        for stretch in self._stretches:
            found = [demand for item in self._items(stretch) for demand in self._demands(item, stretch)]
            found += [demand for demand in self._of_mentions(mentions, stretch) if demand.value]
            within = range(stretch.first, stretch.last)
            known = any(i in self._read or self._request.norms[i] == MASK for i in within)
            if found or known or not self._is_by(stretch, "weak"):
                words.append(Finding(**self._request.said(stretch.begins, stretch.last)))
            demands += found
        return Refusals(demands, words)

    def _items(self, stretch: Refused) -> Iterator[_Item]:
        """Yield the things refused that no other reader knows, without the words around them that say nothing."""
        request, first = self._request, stretch.first
        for i in range(stretch.first, stretch.last + 1):
            ends = i == stretch.last or request.norms[i] in _JOINING or i in self._read
            if ends or (i > first and not request.flows(i)):
                if (item := self._trimmed(first, i)) and not self._joins_what_is_read(item):
                    yield item
                first = i + ends

    def _joins_what_is_read(self, item: _Item) -> bool:
        before, behind = self._request.flows(item.first), self._request.flows(item.last)
        return (before and item.first - 1 in self._read) or (behind and item.last in self._read)

    def _trimmed(self, first: int, last: int) -> _Item | None:
        empty = (small_talk() | word_set("refusal", "around") | word_set("common", "film")) - {"old", "new"}
        while first < last and self._request.norms[first] in empty:
            first += 1
        while last > first and self._request.norms[last - 1] in empty:
            last -= 1
        return _Item(first, last) if first < last else None

    def _demands(self, item: _Item, stretch: Refused) -> Iterator[Constraint]:
        said = {"certainty": _SURE, **self._request.said(*item)}
        if stretch.softly:  # "not too surreal" says how much of it, and the catalogue knows no more than that it is
            return
        words = self._request.norms[item.first : item.last]
        capital = self._request.words[item.first].capital and self._request.capitals_tell
        verb = not capital and self._is_by(stretch, "verbal")
        named = [] if verb else [one for one in self._named(words, said, capital=capital) if one.value]
        yield from named
        terms = [] if named and len(words) > 1 else list(self._terms(words, said))  # no "war" in "star wars"
        yield from terms
        if not (named or terms) and (text := self._text(item, stretch)):
            yield _none_of(ConstraintField.TEXT, text, said)

    def _named(self, words: Sequence[str], said: dict[str, Any], *, capital: bool) -> Iterator[Constraint]:
        """Yield what the words name: films by title or by a beginning of it, a series, a studio, a person."""
        brands, people = self._titles.brands, self._titles.people
        for name, movie_ids in (("sequels", brands.sequels), ("franchises", brands.in_series)):
            if len(words) == 1 and words[0] in word_set("refusal", name):
                yield _none_of(ConstraintField.MOVIE_ID, movie_ids, said)
                return
        common = everyday().issuperset(words)
        if common and not capital:
            return
        key = " ".join(map(key_word, words))
        listed = self._titles.named(key)
        telling = len(words) > 1 or len(key) >= _SHORTEST
        longer = self._titles.beginning_with(key) if telling and (len(words) > 1 or capital) else []
        ids = list(dict.fromkeys(film.movie_id for film in [*(listed[1] if listed else ()), *longer]))
        series = list(dict.fromkeys([*brands.named("series", words, capital=capital), *brands.around(ids, words)]))
        studios = brands.named("studio", words, capital=capital)
        yield _none_of(ConstraintField.MOVIE_ID, ids, said)
        yield _none_of(ConstraintField.SERIES, series, said)
        yield _none_of(ConstraintField.STUDIO, studios, said)
        person = people.known_by(words[-1], "either") if len(words) == 1 and not common else None
        if person and not (ids or series):
            yield _none_of(ConstraintField.PEOPLE, [person.name], said)
        exact = listed is not None and listed[0] != SERIES
        if telling and (studios or ((ids or series) and (len(words) > 1 or not exact))):
            yield _none_of(ConstraintField.TEXT, [" ".join(words)], said)

    def _terms(self, words: Sequence[str], said: dict[str, Any]) -> Iterator[Constraint]:
        """Yield what terms of the vocabulary among the words rule out, unless they are wanted elsewhere."""
        i = 0
        while i < len(words):
            for last in range(min(len(words), i + _LONGEST_TERM), i, -1):
                term = " ".join(words[i:last])
                row = _vocabulary().get(term)
                if row is not None:
                    if not self._wanted.issuperset(map(stem, words[i:last])):
                        yield from content(row, **said)
                        if text := _forms([term, *row.get("keywords", [])], row):
                            yield _none_of(ConstraintField.TEXT, text, said)
                    i = last - 1
                    break
            i += 1

    def _text(self, item: _Item, stretch: Refused) -> list[str]:
        words = self._request.norms[item.first : item.last]
        about = {*self._request.norms[stretch.first : item.first]} & {"about", "with", "in", "any"}
        if len(words) > _LONGEST_TEXT or (self._is_by(stretch, "weak") and not about and not self._capital(item)):
            return []
        empty = everyday() | words_of("numbers", "from_one")
        telling = all(map(str.isalpha, words)) and (
            len(words) > 1 or (words[0] not in empty and len(words[0]) >= _SHORTEST)
        )
        wanted = self._wanted.issuperset(map(stem, words))
        return _numbers(" ".join(words)) if telling and not wanted else []

    def _capital(self, item: _Item) -> bool:
        return self._request.capitals_tell and self._request.words[item.first].capital

    def _is_by(self, stretch: Refused, kind: str) -> bool:
        """Tell whether nothing but words of this list refuses it."""
        said = self._request.norms[stretch.begins : stretch.first]
        return word_set("refusal", kind).issuperset(said) or said == ["no", "one"]

    def _of_mentions(self, mentions: Sequence[Mention], stretch: Refused) -> Iterator[Constraint]:
        """Yield what else the titles name that the stretch refuses: the rest of a series, or a studio."""
        words = self._request.words
        start, end = words[stretch.begins].start, words[stretch.last - 1].end
        for mention in mentions:
            if mention.role == "unlike" and mention.span and start <= mention.span[0] and mention.span[1] <= end:
                said = {"certainty": _SURE, "words": mention.words, "span": mention.span}
                key, title = norms(mention.words), norms(mention.title)
                yield _none_of(ConstraintField.SERIES, self._titles.brands.around([mention.movie_id], title), said)
                if key != title:
                    yield from self._named(key, said, capital=True)
                if mention.words.islower():  # "no aliens" means more than the film of that name
                    yield from self._terms(key, said)


def _none_of(field: ConstraintField, value: Sequence[str], said: dict[str, Any]) -> Constraint:
    return Constraint(field=field, op="none_of", value=list(value), **said)


@cache
def _vocabulary() -> dict[str, dict[str, Any]]:
    """Return rows of content by what viewers call it: those of `avoid.toml`, and each term of the vocabulary."""
    terms = [({"keywords": [term]}, [term]) for listed in load("vocabulary").values() for term in listed]
    rows = [*terms, *((row, row["says"]) for row in load("avoid")["avoid"])]
    return {form: row for row, said in rows for phrase in said for form in _numbers(" ".join(norms(phrase)))}


def _forms(said: Sequence[str], row: dict[str, Any]) -> list[str]:
    """Return the words by which a film's text speaks of a subject; of a mood or of everyday words there are none."""
    if "levels" in row or not _subjects().issuperset(row["keywords"]):
        return []
    return [form for one in dict.fromkeys(said) if not everyday().issuperset(one.split()) for form in _numbers(one)]


@cache
def _subjects() -> frozenset[str]:
    return frozenset(load("vocabulary")["themes"]) | frozenset(load("vocabulary")["settings"])


def _numbers(said: str) -> list[str]:
    """Return the words with and without the plural's ending."""
    if said.endswith("ies"):
        single, plural = f"{said[:-3]}y", said
    elif said.endswith(("sses", "shes", "ches", "xes", "oes")):
        single, plural = said[:-2], said
    elif said.endswith("s") and not said.endswith("ss"):
        single, plural = said[:-1], said
    else:
        single, plural = said, f"{said}s"
    return list(dict.fromkeys([said, single, plural]))
