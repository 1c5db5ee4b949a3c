"""Films by their titles, as people write them."""

from matinee.errors import UnknownTitle
from matinee.index import Store
from matinee.models import Movie
from matinee.query import TitleLookup
from matinee.sanitize import without_controls

_ALIKE = 0.8
"""How alike a title must be to be taken for another spelling of it, 0..1."""


async def find_film(store: Store, lookup: TitleLookup, title: str) -> tuple[Movie, bool]:
    """Return the film that a title names, misspelt too, and whether it is spelled so.

    Raises:
        UnknownTitle: no film of the catalogue has a title like it.
    """
    close = lookup.closest(title, limit=3)
    if not close or close[0].score < _ALIKE:
        labels = (f"{near.title} ({near.year})" if near.year else near.title for near in close)
        hint = f" Did you mean {' or '.join(labels)}?" if close else ""
        raise UnknownTitle(without_controls(f"No film of the catalogue is called “{title[:200]}”.{hint}"))
    return (await store.movies.get([close[0].movie_id]))[0], close[0].score == 1
