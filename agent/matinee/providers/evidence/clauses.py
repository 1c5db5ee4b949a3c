"""What can be said of a film in one clause, and the clauses about figures, languages and countries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from matinee.models import Constraint, ConstraintField, Movie
from matinee.providers.evidence import portrait
from matinee.providers.evidence.phrases import Said, clean, phrases, placeholders

_HIGH_RATING = 8.5
"""From here on a rating is worth telling unasked."""


@dataclass(frozen=True)
class Fit:
    """One thing to say in a film's favour (or as a caution): a clause of `phrases.toml` and what fills it.

    Attributes:
        clause: name of the clause.
        fields: what its frames may use.
        about: what it speaks of; a reason speaks of each thing once.
        key: what an answer should not say of every film.
        due: whether the request asked for it outright, so that it is told of every film.
        spent: keywords and names that another sentence need not repeat.
    """

    clause: str
    fields: Mapping[str, Said]
    about: str = ""
    key: str = ""
    due: bool = False
    spent: frozenset[str] = frozenset()

    @property
    def rank(self) -> int:
        """Return how early it is named, lowest first."""
        return phrases().clauses[self.clause].rank

    @property
    def personal(self) -> bool:
        """Tell whether it repeats what the viewer told some other time: once in an answer is enough."""
        return self.clause in ("preference", "preference_long", "liked")


_FIGURES = (
    ("runtime_most", "runtime", "at_most"),
    ("runtime_least", "runtime", "at_least"),
    ("language", "languages", None),
    ("country", "countries", None),
    ("rating_asked", "imdb_rating", "at_least"),
    ("metascore_asked", "metascore", "at_least"),
    ("year", "year", None),
)


def figures(movie: Movie) -> dict[str, Said]:
    """Return the fields for what the row gives in figures, and for languages and countries, as far as known."""
    fields = {
        name: Said(str(value), ((source, str(value)),))
        for name, source in (
            ("minutes", "runtime"),
            ("year", "year"),
            ("rating", "imdb_rating"),
            ("metascore", "metascore"),
        )
        if (value := getattr(movie, source)) is not None
    }
    if any(clean(item) for item in movie.languages):
        fields["languages"] = portrait.names(movie.languages, "languages")
    if any(clean(item) for item in movie.countries):
        fields["countries"] = portrait.places(movie.countries)
    return fields


def colours(movie: Movie) -> list[Fit]:
    """Return what can be told of the film though nobody asked, the most telling first."""
    known = figures(movie)
    themes, moods, tagged = portrait.themes(movie)[:2], portrait.moods(movie)[:2], portrait.telling_keywords(movie)[:2]
    foreign = bool(movie.languages) and movie.languages[0] != "English"
    offered: list[tuple[str, str, Mapping[str, Said], Sequence[str]]] = [
        ("themes", "themes", {"themes": portrait.plain(themes)} if themes else {}, themes),
        ("moods", "moods", {"moods": portrait.adjectives(moods)} if moods else {}, moods),
        ("tongue", "languages", known if foreign else {}, ()),
        ("keywords", "keywords", {"tags": portrait.tags(tagged)} if tagged else {}, tagged),
        ("length", "runtime", known, ()),
        ("released", "year", known, ()),
        ("made_in", "countries", known, ()),
    ]
    needed = {clause: set(placeholders(phrases().clauses[clause].frames[0])) for clause, *_ in offered}
    return [
        Fit(clause, fields, about=about, key=clause, spent=frozenset(items))
        for clause, about, fields, items in offered
        if needed[clause] <= set(fields)
    ]


def within_years(movie: Movie, constraints: Sequence[Constraint]) -> bool:
    """Tell whether the year is bounded and the film is within."""
    years = [c for c in constraints if c.field == ConstraintField.YEAR]
    return bool(years) and all(c.holds(movie) for c in years)


def demanded_figures(
    movie: Movie, constraints: Sequence[Constraint], said: Callable[[Sequence[str]], Said | None]
) -> Iterable[Fit]:
    """Return the fits for demands on runtime, year, ratings, languages and countries that the film meets.

    Args:
        movie: the row.
        constraints: all that the request demands; those that the film breaks are passed over.
        said: gives the first of some words that the request has in so many words.
    """
    for clause, source, op in _FIGURES:
        named = [c for c in constraints if c.field == source and (c.op == op if op else c.op != "none_of")]
        demands = [c for c in named if c.holds(movie)]
        if not demands or (clause == "year" and not within_years(movie, constraints)):
            continue
        words = said([c.words for c in demands])
        fields = figures(movie)
        if clause == "language":
            clause = _add_language(movie, demands, fields)
        if isinstance(demands[0].value, float):
            fields["bound"] = Said(_bound(demands[0].value), words.support if words else ())
        if words:
            fields["asked"] = words
        yield Fit(clause, fields, about=source, key=clause, due=clause != "year")


def unasked_rating(movie: Movie, constraints: Sequence[Constraint]) -> Iterable[Fit]:
    """Return the fit that tells a strikingly high rating, unless the request speaks of ratings itself."""
    asked = any(c.field == ConstraintField.IMDB_RATING for c in constraints)
    if movie.imdb_rating is not None and movie.imdb_rating >= _HIGH_RATING and not asked:
        yield Fit("rating_high", figures(movie), about="imdb_rating", key="rating_high")


def _bound(minutes: float) -> str:
    bounds = phrases().joins.bounds
    return bounds.get(f"{minutes:g}", bounds["other"].replace("{minutes}", f"{minutes:g}"))


def _add_language(movie: Movie, demands: Sequence[Constraint], fields: dict[str, Said]) -> str:
    wanted = {value.casefold() for c in demands if isinstance(c.value, list) for value in c.value}
    items = [item for item in movie.languages if item.casefold() in wanted]
    fields["language"] = portrait.names(items[:1], "languages")
    fields["main"] = portrait.names(movie.languages[:1], "languages")
    return "language" if items[:1] == movie.languages[:1] else "language_part"
