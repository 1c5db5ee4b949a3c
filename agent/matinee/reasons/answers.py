"""Answers questions about films from their rows, without a model."""

from collections.abc import Callable, Mapping, Sequence

from matinee.models import Candidate, Movie
from matinee.query.questions import Question
from matinee.query.references import extreme
from matinee.reasons.composer import Composer
from matinee.records.prizes import prizes_of
from matinee.understanding import Constraint, ConstraintField, Understanding

_LEVELS = ("no", "a little", "much", "a great deal of")
_SAYS = {
    ConstraintField.YEAR: "year",
    ConstraintField.RUNTIME: "runtime",
    ConstraintField.IMDB_RATING: "rating",
    ConstraintField.GENRES: "genres",
    ConstraintField.LANGUAGES: "languages",
    ConstraintField.COUNTRIES: "countries",
    ConstraintField.DIRECTORS: "director",
    ConstraintField.STARS: "stars",
    ConstraintField.PEOPLE: "people",
    ConstraintField.AGE: "age",
}
"""What to tell of a film beside whether a demand holds of it."""
_SORTED = {
    "newest": ("newest", "year"),
    "oldest": ("oldest", "year"),
    "shortest": ("shortest", "runtime"),
    "longest": ("longest", "runtime"),
    "best": ("best rated", "rating"),
    "worst": ("lowest rated", "rating"),
    "mildest": ("mildest", "content"),
    "hardest": ("hardest", "content"),
}
_MOST = 10
"""Films of which one answer speaks."""


def answer(question: Question, films: Sequence[Movie], understood: Understanding) -> str:
    """Return the answer to a question.

    Args:
        question: what is asked.
        films: the rows of the films asked about, in the order in which they were shown.
        understood: what was asked for when they were shown, for why they were picked.
    """
    films = films[:_MOST]
    if not films:
        return "Nothing is known of that film here."
    if question.superlative and len(films) > 1:
        return _sorted(question, films)
    if question.which and question.demands:
        return _having(question.demands, films)
    composer = Composer(understood)
    return " ".join(said for film in films for said in _of(question, film, composer))


def _sorted(question: Question, films: Sequence[Movie]) -> str:
    film = extreme(films, question.superlative)
    said, field = _SORTED[question.superlative]
    if film is None:
        return f"That is not known of these films: {_listed([quoted(one) for one in films])}."
    fields = dict.fromkeys([field, *(one for one in question.fields if one in _TELL)])
    return " ".join([f"The {said} of them is {quoted(film)}.", *(_TELL[one](film) for one in fields)])


def _having(demands: Sequence[Constraint], films: Sequence[Movie]) -> str:
    having = [film for film in films if all(demand.holds(film) for demand in demands)]
    said = _listed([demand.words for demand in demands if demand.words])
    if not having:
        return f"None of them, as far as is known ({said}): {_listed([quoted(one) for one in films])}."
    return f"{_listed([quoted(film) for film in having])} ({said})."


def _of(question: Question, film: Movie, composer: Composer) -> list[str]:
    if "why" in question.fields:
        return [f"{quoted(film)}: {composer.reason(Candidate(movie=film)).text}"]
    demands = [demand for demand in question.demands if demand.field in _SAYS or not question.fields]
    verdicts = [_verdict(film, demand) for demand in demands]
    told = [_TELL[field](film) for field in question.fields]
    return list(dict.fromkeys(one for one in [*verdicts, *told])) or [summary(film)]


def quoted(film: Movie) -> str:
    """Return the title in quotes with its year, so that no answer reads like a list of picks."""
    return f"“{film.title}” ({film.year})" if film.year else f"“{film.title}”"


def summary(film: Movie) -> str:
    """Return what is known of a film in a few words, for a question that no field answers."""
    facts = [", ".join(film.genres), f"{film.runtime} minutes" if film.runtime else ""]
    known = "; ".join(
        fact for fact in (*facts, f"directed by {_listed(film.directors)}" if film.directors else "") if fact
    )
    return f"{quoted(film)}: {film.overview or 'no more is known of it'} ({known})" + "."


def _verdict(film: Movie, demand: Constraint) -> str:
    """Return whether a demand holds of a film, with what is known of it there."""
    field = _SAYS.get(demand.field)
    told = _TELL[field](film) if field else summary(film)
    return f"{'Yes' if demand.holds(film) else 'No'}: {told}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _known(what: str, value: str) -> Callable[[Movie], str]:
    """Return what tells a list of a film's row, or that it is not known; `value` is its field."""

    def tell(film: Movie) -> str:
        values = getattr(film, value)
        return f"{quoted(film)} {what} {_listed(values)}." if values else _unknown(film)

    return tell


def _unknown(film: Movie, of: str = "that") -> str:
    return f"The catalogue does not say {of} of {quoted(film)}."


def _people(film: Movie) -> str:
    return f"{_TELL['director'](film)} {_TELL['stars'](film)}"


def _runtime(film: Movie) -> str:
    return f"{quoted(film)} runs {film.runtime} minutes." if film.runtime else _unknown(film, "the length")


def _year(film: Movie) -> str:
    return f"“{film.title}” is from {film.year}." if film.year else _unknown(film, "the year")


def _rating(film: Movie) -> str:
    figures = [
        f"{film.imdb_rating} on IMDb" if film.imdb_rating is not None else "",
        f"{film.tmdb_rating} on TMDB" if film.tmdb_rating is not None else "",
        f"{film.metascore} from the critics (of 100)" if film.metascore is not None else "",
    ]
    told = _listed([figure for figure in figures if figure])
    return f"{quoted(film)} is rated {told}." if told else _unknown(film, "a rating")


def _plot(film: Movie) -> str:
    return f"{quoted(film)}: {film.overview}" if film.overview else _unknown(film, "the plot")


def _where(film: Movie) -> str:
    if film.streaming_services:
        return f"{quoted(film)} streams on {_listed(film.streaming_services)}."
    return f"Where {quoted(film)} streams or can be rented is not known here."


def _age(film: Movie) -> str:
    if film.traits.age is None:
        return f"From which age on {quoted(film)} suits is not known here. {_content(film)}"
    from_age = f"from {film.traits.age} years on" if film.traits.age else "all ages"
    return f"{quoted(film)} suits {from_age}. {_content(film)}"


def _content(film: Movie) -> str:
    traits = film.traits
    levels = {
        "violence": traits.violence,
        "gore": traits.gore,
        "sex": traits.sex,
        "fright": traits.frightening,
        "sadness": traits.sad,
    }
    known = [f"{_LEVELS[level]} {name}" for name, level in levels.items() if level is not None]
    return f"{quoted(film)} has {_listed(known)}." if known else _unknown(film, "what is shown")


def _prizes(film: Movie) -> str:
    won = [f"{prize.prize.replace('-', ' ').replace('_', ' ')} ({prize.year})" for prize in prizes_of(film)]
    return f"{quoted(film)} won: {_listed(won)}." if won else f"{quoted(film)} won none of the main prizes on record."


def _black_and_white(film: Movie) -> str:
    if film.traits.black_and_white is None:
        return _unknown(film, "whether it is in colour")
    return f"{quoted(film)} is in {'black and white' if film.traits.black_and_white else 'colour'}."


def _based_on(film: Movie) -> str:
    return (
        f"{quoted(film)} is based on: {film.traits.based_on}." if film.traits.based_on else _unknown(film, "a source")
    )


def _series(film: Movie) -> str:
    return f"{quoted(film)} belongs to: {film.traits.series}." if film.traits.series else _unknown(film, "a series")


def _mood(film: Movie) -> str:
    moods = [*film.traits.moods, *([f"{film.traits.pace} in pace"] if film.traits.pace else [])]
    return f"{quoted(film)} is {_listed(moods)}." if moods else summary(film)


def _settings(film: Movie) -> str:
    return f"{quoted(film)} is set in: {_listed(film.traits.settings)}." if film.traits.settings else _countries(film)


_countries = _known("was made in", "countries")
_TELL: Mapping[str, Callable[[Movie], str]] = {
    "director": _known("was directed by", "directors"),
    "stars": _known("stars", "stars"),
    "people": _people,
    "runtime": _runtime,
    "year": _year,
    "rating": _rating,
    "genres": _known("is", "genres"),
    "languages": _known("is in", "languages"),
    "countries": _countries,
    "settings": _settings,
    "plot": _plot,
    "where": _where,
    "age": _age,
    "content": _content,
    "prizes": _prizes,
    "black_and_white": _black_and_white,
    "based_on": _based_on,
    "series": _series,
    "title": lambda film: f"That is {quoted(film)}.",
    "mood": _mood,
}
