"""Which offered film a heading means, or why it means none."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from matinee.models import Movie, bare_title_key
from matinee.reasons.answer_events import Heading

_NEARLY = 0.85
"""Share of letters in common (Ratcliff/Obershelp) from which a title is a misspelling of another."""


class Fault(str):
    """Why a pick cannot stand, as a sentence that can be shown to the model and the viewer."""


def match(heading: Heading, offered: Mapping[int, Movie]) -> Movie | Fault:
    """Return the offered film that a heading names, or why it names none.

    Of number, title and year, two that agree outvote the third. The title decides where there is one, since a number
    may only count the picks; a number alone decides when it is in brackets, as the prompt asks, and there it also
    carries a title that is a little misspelt, or has the year of another film. A title that no offered film has is
    an invented pick, whatever its number.
    """
    named = [movie for movie in offered.values() if _names(heading, movie)]
    numbered = offered.get(heading.number or 0)
    if len(named) > 1 and numbered in named:
        named = [numbered]
    if named:
        return named[0]
    if heading.numbered != "bracket":
        return Fault(f"“{heading.title}” is not among the films offered.")
    if numbered is None:
        return Fault(f"There is no film number {heading.number} among the films offered.")
    if not heading.title or _nearly(heading, numbered):
        return numbered
    return Fault(f"Number {heading.number} is {numbered.label}, not “{heading.title}”.")


def _names(heading: Heading, movie: Movie) -> bool:
    """Tell whether the title is one of the film's; a wrong year makes it another film."""
    return bool(heading.title) and _of_its_year(heading, movie) and bare_title_key(heading.title) in _titles(movie)


def _nearly(heading: Heading, movie: Movie) -> bool:
    title = bare_title_key(heading.title)
    if title in _titles(movie):
        return True  # the year alone is wrong, and the number says which film is meant
    return _of_its_year(heading, movie) and any(
        SequenceMatcher(None, title, known).ratio() >= _NEARLY for known in _titles(movie)
    )


def _of_its_year(heading: Heading, movie: Movie) -> bool:
    return heading.year is None or movie.year is None or abs(heading.year - movie.year) <= 1


def _titles(movie: Movie) -> set[str]:
    return {bare_title_key(title) for title in (movie.title, movie.label, *movie.aka)}
