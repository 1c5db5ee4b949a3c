"""Which offered film a drafted pick means, or why it means none."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from matinee.grounding.draft import Draft
from matinee.models import Movie, title_key

_NEARLY = 0.85
"""Share of letters in common (Ratcliff/Obershelp) from which a title is a misspelling of another."""


class Fault(str):
    """Why a drafted pick cannot stand, as a sentence that can be shown to the model and the viewer."""


def match(draft: Draft, offered: Mapping[int, Movie]) -> tuple[Movie, Draft] | Fault:
    """Return the offered film that the draft names, with the draft as it is to be read, or the fault.

    Of number, title and year, two that agree outvote the third. The title decides where there is one, since a number
    may only count the picks; a number alone decides when it is in brackets, as the prompt asks, and there it also
    carries a title that is a little misspelt, or has the year of another film. A title that no offered film has is
    an invented pick, whatever its number.
    """
    named = [movie for movie in offered.values() if _names(draft, movie)]
    numbered = offered.get(draft.number or 0)
    if len(named) > 1 and numbered in named:
        named = [numbered]
    if named:
        return named[0], draft
    if draft.numbered != "bracket":
        return Fault(f"“{draft.title}” is not among the films offered.")
    if numbered is None:
        return Fault(f"There is no film number {draft.number} among the films offered.")
    if draft.title and draft.year is None and not draft.reason:
        return numbered, draft.model_copy(update={"title": "", "reason": draft.title})
    if not draft.title or _nearly(draft, numbered):
        return numbered, draft
    return Fault(f"Number {draft.number} is {numbered.label}, not “{draft.title}”.")


def _names(draft: Draft, movie: Movie) -> bool:
    """Tell whether the title is one of the film's; a wrong year makes it another film."""
    return bool(draft.title) and _of_its_year(draft, movie) and _bare(draft.title) in _titles(movie)


def _nearly(draft: Draft, movie: Movie) -> bool:
    title = _bare(draft.title)
    if title in _titles(movie):
        return True  # the year alone is wrong, and the number says which film is meant
    return _of_its_year(draft, movie) and any(
        SequenceMatcher(None, title, known).ratio() >= _NEARLY for known in _titles(movie)
    )


def _of_its_year(draft: Draft, movie: Movie) -> bool:
    return draft.year is None or movie.year is None or abs(draft.year - movie.year) <= 1


def _titles(movie: Movie) -> set[str]:
    return {_bare(title) for title in (movie.title, movie.label, *movie.aka)}


def _bare(title: str) -> str:
    return title_key(title, None).removeprefix("the-")
