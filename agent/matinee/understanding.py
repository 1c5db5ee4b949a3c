"""What a request is read into: what it demands, wishes and refuses, the films that it names, and with which words."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field

from matinee.models import Movie, Value

Span = tuple[int, int]
"""A piece of a request: the offset of its first character, and the one behind its last."""

Reply = Literal["films", "answer", "refusal", "smalltalk"]
"""What a turn gets: films, an answer about some, a sentence on what matinee does, or a courtesy."""

Intent = Literal["recommend", "identify"]
"""Films to watch, or one film half remembered."""


class Finding(Value):
    """Something read from a request, with the words that say so and where they stand in `Understanding.text`."""

    words: str = Field("", description="the words of the request that say so")
    span: Span | None = Field(None, description="their offsets in its text; None: they do not stand there")


class ConstraintField(StrEnum):
    """What of a film a constraint speaks about."""

    YEAR = "year"
    RUNTIME = "runtime"
    IMDB_RATING = "imdb_rating"
    METASCORE = "metascore"
    GENRES = "genres"
    KEYWORDS = "keywords"
    LANGUAGES = "languages"
    COUNTRIES = "countries"
    DIRECTORS = "directors"
    STARS = "stars"
    PEOPLE = "people"
    """Directors and stars alike, for somebody who is both."""
    MOVIE_ID = "movie_id"
    TEXT = "text"
    """Phrases anywhere in what is written of the film: see `Movie.text`."""
    SERIES = "series"
    STUDIO = "studio"
    AGE = "age"
    VIOLENCE = "violence"
    GORE = "gore"
    SEX = "sex"
    FRIGHTENING = "frightening"
    SAD = "sad"


PEOPLE = (ConstraintField.PEOPLE, ConstraintField.STARS, ConstraintField.DIRECTORS)
"""Fields of people: somebody may be asked for by any of them."""
_LEVELS = frozenset(ConstraintField(name) for name in ("age", "violence", "gore", "sex", "frightening", "sad"))
TRAIT_FIELDS = _LEVELS | {ConstraintField.SERIES, ConstraintField.STUDIO}
"""Fields of a film's traits."""

_UNSURE = 0.7
"""Certainty up to which a demand is read out of words that may mean something else: moods, people who are loved."""
_CHILD = 13
_NOT_FOR_CHILDREN = frozenset(("Horror", "Thriller", "War", "Crime", "Film-Noir"))
"""Of films of which no age is known, these are not for anybody so young."""


LOOSE = 0.6
"""Certainty up to which a demand orders films and excludes none."""


@lru_cache(maxsize=64)
def _folded(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(value.casefold() for value in values)


class Constraint(Finding):
    """One demand on every pick.

    `at_least` and `at_most` compare numbers and are inclusive; `any_of`, `all_of` and `none_of` compare
    with a list. A film that lacks the field fails every demand on it but `none_of`: what is not known
    to hold is not promised. Of a film's traits alone the unknown passes: such a film comes last, and the
    viewer is told (`Understanding.doubt`).
    """

    field: ConstraintField
    op: Literal["at_least", "at_most", "any_of", "all_of", "none_of"]
    value: float | list[str]
    certainty: Annotated[float, Field(ge=0, le=1)] = 1.0
    told: str = Field("", description="the demand in words, where its values say little")
    doubtful: bool = Field(False, description="whether its words may well mean something else")
    unless_known: ConstraintField | None = Field(None, description="a trait; a film of which it is known is not judged")

    @property
    def is_limit(self) -> bool:
        """Tell whether it limits the age that a film suits, or what it shows."""
        return self.field in _LEVELS

    @property
    def gives_way(self) -> bool:
        """Tell whether it may be set aside when too few films meet all demands: no refusal and no limit may."""
        return self.certainty < 1 and self.op != "none_of" and not self.is_limit

    @property
    def is_loose(self) -> bool:
        """Tell whether it rests on a loose word, as “recent” or “funny”: it orders films and excludes none."""
        return self.gives_way and self.certainty <= LOOSE

    @property
    def is_doubtful(self) -> bool:
        """Tell whether it may give way to another reading of the request: no refusal and no limit may."""
        unsure = self.doubtful or self.certainty <= _UNSURE
        return unsure and self.op != "none_of" and not self.is_limit

    def holds(self, movie: Movie) -> bool:
        """Tell whether the film meets the demand."""
        if self.unless_known and getattr(movie.traits, self.unless_known) is not None:
            return True
        if self.field is ConstraintField.TEXT and isinstance(self.value, list):
            return not any(re.search(rf"(?<!\w){re.escape(said)}(?!\w)", movie.text) for said in self.value)
        in_traits = self.field in TRAIT_FIELDS
        actual = getattr(movie.traits if in_traits else movie, self.field)
        if in_traits and actual is None:
            for_child = self.field is ConstraintField.AGE and isinstance(self.value, float) and self.value <= _CHILD
            return not for_child or _NOT_FOR_CHILDREN.isdisjoint(movie.genres)
        if isinstance(self.value, list):
            has = {str(a).casefold() for a in (actual if isinstance(actual, list) else [actual])}
            wanted = _folded(tuple(self.value))
            if self.op == "none_of":
                return not has & wanted
            return has >= wanted if self.op == "all_of" else bool(has & wanted)
        if actual is None:
            return False
        return bool(actual >= self.value) if self.op == "at_least" else bool(actual <= self.value)

    @property
    def label(self) -> str:
        """Return the demand as a short phrase, as `runtime at most 120`."""
        if self.told:
            return self.told
        if self.unless_known:
            return f"{self.unless_known.value} by its keywords"
        if self.op == "none_of" and self.words:
            return f"not “{self.words}”"
        shown = ", ".join(self.value) if isinstance(self.value, list) else f"{self.value:g}"
        return f"{self.field.value.replace('_', ' ')} {self.op.replace('_', ' ')} {shown}"


class Mention(Finding):
    """A film of the catalogue that the request names, and in which role.

    Several with the same `words` are films of one title. `shown` is a film recommended earlier in a conversation. No
    mentioned film is recommended, whatever its role: the viewer knows it already.
    """

    movie_id: str
    title: str
    year: int | None = None
    role: Literal["like", "unlike", "seen", "shown"] = "like"


class Critique(Finding):
    """A wish that compares: texts to be embedded, whose difference is the direction to go in. Either may be empty."""

    toward: str = Field("", description="what there should be more of, as “funny, humorous, light”")
    away: str = Field("", description="what there should be less of")


class SortOrder(Finding):
    """What the films are asked to be sorted by."""

    column: str
    falling: bool = Field(description="whether the largest value comes first")
    alone: bool = Field(True, description="whether the request says nothing beside its demands and this")

    def told_by(self, demand: Constraint) -> bool:
        """Tell whether a demand was read out of the words of this order."""
        return demand.field.value == self.column and demand.words.casefold() in self.words.casefold()


class Understanding(Value):
    """What a request demands, read without a model."""

    text: str = Field(description="the request, stripped of control characters, in English and spelled right")
    written: str = Field("", description="the request as it was written, where that was in another language")
    constraints: list[Constraint] = Field([], description="the demands: plain ones, and loose ones that only order")
    mentions: list[Mention] = Field([], description="the films that it names")
    critiques: list[Critique] = Field([], description="wishes that compare; they order films and exclude none")
    moods: list[Critique] = Field([], description="moods asked for where no film is named; they order films, too")
    remarks: list[str] = Field([], description="what the viewer should know of this reading, in sentences")
    relaxed: list[Constraint] = Field([], description="demands that gave way because too few films met them all")
    intent: Intent = Field("recommend", description="identify: one film, half remembered")
    hints: list[Constraint] = Field(
        [], description="moods, or what is remembered of that film; order films, exclude none"
    )
    refused: list[Finding] = Field([], description="words that refuse something, from the refusing word on")
    order: SortOrder | None = None
    series: bool = Field(False, description="whether films of one series are asked for")
    untitled: str = Field("", description="the text without the films named")
    telling: list[str] = Field([], description="words that may stand in a film's text: no talk, nothing refused")
    described: list[str] = Field([], description="words that describe a film beyond the demands")
    specificity: float = Field(0.0, description="how much of the request these are, 0..1")

    @property
    def as_written(self) -> str:
        """Return the request in the language that it was written in."""
        return self.written or self.text

    @property
    def demands(self) -> list[Constraint]:
        """Return the plain demands: every pick meets them."""
        return [c for c in self.constraints if not c.is_loose]

    @property
    def wishes(self) -> list[Constraint]:
        """Return the loose demands and the hints: films that meet them come first."""
        return [*(c for c in self.constraints if c.is_loose), *self.hints]

    def blocking(self, movie: Movie) -> list[Constraint]:
        """Return the plain demands that the film breaks."""
        return [c for c in self.demands if not c.holds(movie)]

    def doubt(self, movie: Movie) -> int:
        """Return 0 where the film is known to keep the limits on age and content, else 1 for a family's film, or 2."""
        limits = {c.field for c in self.constraints} & _LEVELS
        if all(getattr(movie.traits, field) is not None for field in limits):
            return 0
        return 1 if {"Animation", "Family"} & set(movie.genres) else 2
