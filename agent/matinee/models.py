"""The data that passes between the parts: films, constraints, candidates, picks.

Everything here is a plain value: no services, no input or output. Graph state holds these as the
dicts that `model_dump(mode="json")` gives, so that checkpoints stay small and safe to load.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from matinee.traits import Traits

Genre = str
"""A genre in IMDb's vocabulary; `GENRES` lists them."""

GENRES: tuple[Genre, ...] = (
    "Action",
    "Adventure",
    "Animation",
    "Biography",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Family",
    "Fantasy",
    "Film-Noir",
    "History",
    "Horror",
    "Music",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Sport",
    "Thriller",
    "War",
    "Western",
)


class Value(BaseModel):
    """A value: fixed after construction, and equal when its fields are."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def title_key(title: str, year: int | None) -> str:
    """Return the key under which two spellings of one film meet, as `the-matrix-1999`.

    Accents, punctuation and case are dropped; letters of other scripts stay. A title with nothing
    left (`"???"`) keeps its characters' code points, so that it still has a key of its own.
    """
    folded = unicodedata.normalize("NFKD", title.replace("&", " and ")).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c)).replace("'", "").replace("\u2019", "")
    words = re.findall(r"[^\W_]+", plain) or [format(ord(c), "x") for c in title.strip()]
    return "-".join([*words, *([str(year)] if year else [])])


def bare_title_key(title: str) -> str:
    """Return the key of a title without its article."""
    return title_key(title, None).removeprefix("the-").removeprefix("a-")


_IMDB_VOTES_PER_TMDB_VOTE = 380
"""The median of 603 films of which both numbers are known."""


class Movie(Value):
    """A film of the catalogue. Empty lists and None mean unknown, never "none"."""

    movie_id: str = Field(description="IMDb id where known (tt0114709), else a key of title and year")
    title: str
    year: int | None = None
    genres: list[Genre] = []
    directors: list[str] = []
    stars: list[str] = []
    runtime: int | None = Field(default=None, description="minutes")
    languages: list[str] = []
    countries: list[str] = []
    imdb_rating: float | None = Field(default=None, description="0..10")
    imdb_votes: int | None = None
    metascore: int | None = Field(default=None, description="0..100")
    tmdb_rating: float | None = Field(default=None, description="0..10, by TMDB's viewers")
    tmdb_votes: int | None = None
    overview: str = ""
    tagline: str = ""
    keywords: list[str] = []
    aka: list[str] = Field(default=[], description="other titles of the same film")
    imdb_id: str | None = None
    movielens_id: str | None = None
    tmdb_id: str | None = None
    streaming_services: list[str] = []
    poster: str | None = Field(default=None, description="address of its poster, http or https")
    traits: Traits = Field(default=Traits(), description="what is known of it in the catalogue's vocabulary")

    def described_by(self, traits: Traits) -> "Movie":
        """Return the film with these traits, and with their terms among its keywords."""
        keywords = list(dict.fromkeys((*self.keywords, *traits.terms)))
        return self.model_copy(update={"traits": traits, "keywords": keywords})

    @property
    def label(self) -> str:
        """Return the title with its year, as `Arrival (2016)`."""
        return f"{self.title} ({self.year})" if self.year else self.title

    @property
    def people(self) -> list[str]:
        """Return its directors and stars."""
        return list(dict.fromkeys((*self.directors, *self.stars)))

    @property
    def text(self) -> str:
        """Return its titles, keywords and overview in small letters."""
        return "\n".join((self.title, *self.aka, *self.keywords, self.overview)).casefold()

    @property
    def votes(self) -> float:
        """Return how many voted on it, in TMDB's numbers; a film has some 380 times as many votes on IMDb."""
        return float(self.tmdb_votes) if self.tmdb_votes else (self.imdb_votes or 0) / _IMDB_VOTES_PER_TMDB_VOTE

    @property
    def keys(self) -> list[str]:
        """Return the keys of all its titles, without the year, the own title's first."""
        return list(dict.fromkeys(title_key(title, None) for title in (self.title, *self.aka)))


class TitleEntry(NamedTuple):
    """What a look-up of titles and people needs to know of a film."""

    movie_id: str
    title: str
    year: int | None
    aka: Sequence[str] = ()
    directors: Sequence[str] = ()
    stars: Sequence[str] = ()
    votes: float = 0.0
    """How many voted on it, as `Movie.votes`."""
    runtime: int | None = None
    """Minutes."""
    series: str | None = None
    studio: str | None = None
    text: str = ""
    """Its overview and keywords, whose words are spelled right."""

    @classmethod
    def of(cls, movie: Movie) -> "TitleEntry":
        """Return what a look-up needs of the film."""
        people, known = (movie.directors, movie.stars), movie.traits
        named = movie.movie_id, movie.title, movie.year, movie.aka
        text = " ".join((movie.overview, *movie.keywords))
        return cls(*named, *people, movie.votes, movie.runtime, known.series, known.studio, text)


class Signal(Value):
    """What one signal said of a candidate: its rank among all (1 is best) and its share of the score."""

    rank: int | None = Field(None, description="1 is best; None: the signal does not know the film")
    value: float | None = Field(None, description="the signal's own figure, in its own unit")
    strength: float | None = Field(None, description="where that lies between the signal's last film, 0, and first, 1")
    share: float = Field(0.0, description="part of the fused score, 0..1; the shares sum to 1")


class Passage(Value):
    """A piece of a text about a film that is longer than an encoder reads at once, word for word as it stands there."""

    source: str = Field(description="what the text is: `plot`, `review`, `tags`, or the field of the film it is from")
    position: int = Field(description="its place among the passages of that source, from 0")
    text: str


class Candidate(Value):
    """A film under consideration, with a receipt of what each signal gave it."""

    movie: Movie
    score: float = 0.0
    confidence: float = Field(0.0, description="0..1, see `ranking.confidence`")
    receipt: dict[str, Signal] = {}
    passages: list[Passage] = Field([], description="what is written of it elsewhere and is near the request, if found")


VERDICTS = {"like": "Liked", "dislike": "Disliked", "seen": "Saw", "wish": "Wants to see"}
"""How a viewer's word on a film begins, by its kind."""


class Preference(Value):
    """Something a viewer told: a sentence, or a verdict on one film."""

    preference_id: str
    user_id: str
    kind: Literal["statement", "like", "dislike", "seen", "wish"] = "statement"
    text: str = Field(description="what was said, or the text of the film judged")
    movie_id: str | None = None
    title: str | None = Field(None, description="the film judged, with its year")
    created_at: str = Field("", description="ISO 8601, UTC")
    similarity: float | None = Field(None, description="cosine to the request, -1..1, when recalled")

    @property
    def label(self) -> str:
        """Return it as one short sentence: what was said, or the verdict with the film's title."""
        if self.title is None:
            return self.text
        return f"{VERDICTS.get(self.kind, 'Said of')} {self.title}"

    def stamped(self) -> "Preference":
        """Return it with the time of now, unless it has one; later than the last, wherever the clock was set."""
        return self if self.created_at else self.model_copy(update={"created_at": _stamp()})


_stamping = threading.Lock()
_last_stamp = datetime.min.replace(tzinfo=UTC)


def _stamp() -> str:
    global _last_stamp
    with _stamping:
        _last_stamp = max(datetime.now(UTC), _last_stamp + timedelta(microseconds=1))
        return _last_stamp.isoformat(timespec="microseconds")


Spoilers = Literal["premise", "strict"]
"""How much of a plot a reason may tell: the overview's premise, or keywords and mood alone."""


class Evidence(Value):
    """What supports one claim of a reason."""

    claim: str = Field(description="a sentence of the reason, as it stands there")
    source: str = Field(
        description="a field of the film's row; `plot`, `review` or `tags`, written of it at length; `request`, "
        "`preference:<id>`, `rating:viewer` or `rating:neighbours`"
    )
    quote: str = Field(description="what the source says, word for word")


Support = Literal["catalogue", "request", "history", "model"]
"""What bears a sentence out: the catalogue, what the viewer asked, what they told or rated before; or nothing but the
model that wrote it."""


class ReasonSentence(Value):
    """A sentence of a reason."""

    text: str
    support: Support
    source: str = Field(default="", description="where the quote stands, as in `Evidence`; empty for the model's own")
    quote: str = Field(default="", description="what the source says, word for word")


ReasoningKind = Literal["model", "partial", "facts"]
"""Who wrote a reason: the model; the model, less what broke off or could not stand; or matinee, from what it knows."""


class MovieRecommendation(Value):
    """One pick, grounded in the catalogue."""

    title: str
    year: int | None
    description: str = Field(description="the overview; under strict spoilers the tagline, or nothing")
    reasoning: str
    reasoning_kind: ReasoningKind = "facts"
    sentences: list[ReasonSentence] = Field(default=[], description="those of `reasoning`, in their order")
    confidence: Annotated[float, Field(ge=0, le=1)]
    model_confidence: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="what the model itself claimed, if it did; it decides nothing"
    )
    imdb_rating: float | None = None
    streaming_services: list[str] = []
    movie_id: str
    genres: list[Genre] = []
    runtime: int | None = None
    directors: list[str] = []
    evidence: list[Evidence] = []
    satisfied: list[str] = []
    receipt: dict[str, Signal] = {}
