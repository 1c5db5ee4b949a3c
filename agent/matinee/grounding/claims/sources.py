"""What a claim may rest on: the row's fields, what the viewer told or rated, the request. And the citation check.

Names of sources: a field of the film (`overview`, `genres`, `imdb_rating`, ...), what is written of it at length
(`plot`, `review`, `tags`), `request`, `preference:<id>`, `rating:viewer` and `rating:neighbours`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matinee.grounding.claims.premise import tellable
from matinee.grounding.claims.telling import tellable_passages
from matinee.grounding.claims.text import sentences
from matinee.models import Evidence, Movie, Passage, Preference, Spoilers, Understanding

LISTS = ("keywords", "genres", "directors", "stars", "languages", "countries", "aka", "streaming_services")
FIGURES = ("year", "runtime", "imdb_rating", "imdb_votes", "metascore")


@dataclass(frozen=True)
class Source:
    """A text that claims may rest on, under the name by which evidence cites it."""

    name: str
    text: str


@dataclass(frozen=True)
class Known:
    """All that may be known when a reason is checked: one film, one request, one viewer.

    Attributes:
        movie: the film's row.
        request: what was asked.
        preferences: what the viewer told before.
        told: further sources, as `rating:viewer` ("Rated Alien (1979) 4.5 of 5") and `rating:neighbours`.
        spoilers: `strict` takes the overview out of what may be told.
        written: passages of what is written of the film at length, under `plot`, `review`, `tags`.
    """

    movie: Movie
    request: Understanding
    preferences: Sequence[Preference] = ()
    told: Sequence[Source] = ()
    spoilers: Spoilers = "premise"
    written: Sequence[Passage] = ()

    def passages(self) -> list[Source]:
        """Return what may be told of what is written at length, a sentence or a tag each."""
        told = tellable_passages(self.written, self.spoilers, seen=self.request.intent == "identify")
        return [Source(name, text) for name, text in told]

    def film(self) -> Iterable[Source]:
        """Yield what the row says of the film and may be told, a sentence or an item each."""
        movie = tellable(self.movie, self.spoilers)
        yield from (Source("overview", sentence) for sentence in sentences(movie.overview))
        for name in LISTS:
            yield from (Source(name, item) for item in getattr(movie, name))
        yield Source("title", movie.title)
        for name in FIGURES:
            if (value := getattr(movie, name)) is not None:
                yield Source(name, str(value))
        if movie.tagline:
            yield Source("tagline", movie.tagline)

    def viewer(self) -> Iterable[Source]:
        """Yield what the viewer asked, told and rated."""
        yield Source("request", self.request.text)
        for preference in self.preferences:
            yield Source(f"preference:{preference.preference_id}", preference.label)
            if preference.kind == "statement" and preference.text != preference.label:
                yield Source(f"preference:{preference.preference_id}", preference.text)
        yield from (source for source in self.told if source.name == "rating:viewer")

    def neighbours(self) -> Iterable[Source]:
        """Yield what viewers of like taste rated."""
        yield from (source for source in self.told if source.name == "rating:neighbours")


def cited(evidence: Evidence, known: Known) -> bool:
    """Tell whether the quote stands word for word in the source that it names; an empty one stands nowhere."""
    quote = evidence.quote
    if not quote.strip():
        return False
    before = r"(?<!\w)" if quote[0].isalnum() else ""
    after = r"(?!\w)" if quote[-1].isalnum() else ""
    whole = re.compile(before + re.escape(quote) + after)
    return any(whole.search(text) for text in _texts(evidence.source, known))


def _texts(source: str, known: Known) -> Iterable[str]:
    if source == "request":
        yield known.request.text
    elif source.startswith("preference:"):
        for preference in known.preferences:
            if source == f"preference:{preference.preference_id}":
                yield from (preference.text, preference.label)
    elif any(passage.source == source for passage in known.written) and source != "overview":
        yield from (told.text for told in known.passages() if told.name == source)
    elif source.startswith("rating:"):
        yield from (told.text for told in known.told if told.name == source)
    elif source in LISTS:
        items: list[str] = getattr(known.movie, source)
        yield from (*items, ", ".join(items))
    elif source in (*FIGURES, "title", "tagline", "overview"):
        value = getattr(known.movie, source)
        if value is not None and not (source == "overview" and known.spoilers == "strict"):
            yield str(value)  # of which passages of the overview are parts
