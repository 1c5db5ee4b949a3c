"""What the columns of a table, or the keys of a JSON object, are called wherever films are listed, and films from them.

One list of names serves every catalogue: IMDb's, TMDB's and Kaggle's tables, Wikipedia's and French JSON, and any other
whose columns say what they are. Case, spaces and punctuation do not matter.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from matinee.catalogue.readers.names import COUNTRIES, LANGUAGES, names_in
from matinee.catalogue.readers.row import Row, film_row
from matinee.catalogue.readers.table import fold
from matinee.catalogue.readers.texts import COLUMNS as TEXTS
from matinee.catalogue.readers.values import clean_text, genres_and_others, read_id, read_imdb_id

TITLE = (
    "title",
    "seriestitle",
    "movietitle",
    "filmtitle",
    "primarytitle",
    "titre",
    "name",
    "moviename",
    "movie",
    "film",
)
ORIGINAL_TITLE = ("originaltitle", "titreoriginal")
YEAR = ("year", "releasedyear", "releaseyear", "startyear", "annee", "releasedate", "released")
IMDB_ID = ("imdbid", "tconst", "const", "imdb", "imdbtitleid")
TMDB_ID = ("tmdbid", "tmdb")
TITLE_TYPE = ("titletype", "type")

_NAMED: dict[str, tuple[str, ...]] = {
    "title": TITLE,
    "original_title": ORIGINAL_TITLE,
    "aka": ("aka", "akas", "alternativetitles"),
    "year": YEAR,
    "runtime": ("runtime", "runtimeminutes", "runtimemins", "duration", "duree", "length"),
    "genres": ("genres", "genre", "listedin"),
    "overview": ("overview", "description", "summary", "storyline", "extract", "resume"),
    "tagline": ("tagline",),
    "directors": ("directors", "director", "realisateur"),
    "stars": ("stars",),
    "cast": ("cast", "actors", "star", "actor", "role"),
    "languages": ("languages", "language", "spokenlanguages", "langue"),
    "original_language": ("originallanguage",),
    "countries": ("countries", "country", "productioncountries", "pays"),
    "keywords": ("keywords", "plotkeywords"),
    "streaming_services": ("streamingservices",),
    "imdb_rating": ("imdbrating", "imdbscore"),
    "imdb_votes": ("imdbvotes", "noofvotes", "numvotes"),
    "metascore": ("metascore",),
    "tmdb_rating": ("tmdbrating", "tmdbvote", "voteaverage"),
    "tmdb_votes": ("tmdbvotes", "votecount"),
    "rating": ("rating", "score"),
    "votes": ("votes",),
    "imdb_id": IMDB_ID,
    "tmdb_id": TMDB_ID,
    "movielens_id": ("movielensid", "movieid"),
    "id": ("id",),
    "poster": ("poster", "posterlink", "posterpath", "posterurl", "thumbnail"),
    "traits": ("traits",),
    "title_type": TITLE_TYPE,
    "adult": ("adult", "isadult"),
    **{name: (fold(column),) for column, name in TEXTS.items()},
}
_DESCRIBING = {"genres", "overview", "runtime", "directors", "stars", "cast", "keywords", *TEXTS.values()}
_PLAIN = ("title", "year", "overview", "tagline", *TEXTS.values())
_FIGURES = ("runtime", "imdb_rating", "imdb_votes", "metascore", "tmdb_rating", "tmdb_votes")
_LISTS = ("directors", "languages", "countries", "keywords", "streaming_services")
_STAR = re.compile(r"star\d")
_STARS = 5
_NUMBERS = ("id", "movieid")
_NOTHING = ("", "unknown", "\\n")
_NO_FILM = re.compile(r"series|episode|season|game|podcast|show|musicvideo|^tv$")
_POSTERS = "https://image.tmdb.org/t/p/w342"
"""Where the pictures are whose paths TMDB's tables hold."""


def resolve(header: Iterable[str], known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return for each thing that is known by several names the first that the header has, as it is written there."""
    written: dict[str, str] = {}
    for name in header:
        written.setdefault(fold(name), name)
    found = (
        (thing, next((written[name] for name in names if name in written), None)) for thing, names in known.items()
    )
    return {thing: name for thing, name in found if name is not None}


@lru_cache(maxsize=8)
def film_columns(header: tuple[str, ...]) -> dict[str, str]:
    """Return the columns of a header that hold what a film is described by; the numbered ones of stars, too."""
    stars = {f"star:{name}": name for name in header if _STAR.fullmatch(fold(name))}
    return resolve(header, _NAMED) | stars


def describes_films(header: Iterable[str]) -> bool:
    """Tell whether there are columns for a title and for something that tells more of a film than its year."""
    found = film_columns(tuple(header))
    return "title" in found and bool(_DESCRIBING & found.keys())


def is_titled(cells: Mapping[str, object]) -> bool:
    """Tell whether a JSON object has a title."""
    title = film_columns(tuple(cells)).get("title")
    return title is not None and bool(clean_text(cells[title]))


def is_film(title_type: object) -> bool:
    """Tell whether a type, as IMDb and others write it (`TV Episode`, `videoGame`), is that of a film."""
    return title_type is None or _is_film(clean_text(title_type)[:40])


@lru_cache(maxsize=256)
def _is_film(title_type: str) -> bool:
    return not _NO_FILM.search(fold(title_type))


def film(line: int, cells: Mapping[str, object], *, own_ids: bool = False) -> Row:
    """Return the row of a film; of something else, a series or a game, a row with neither film nor fault.

    Args:
        line: where it stands.
        cells: a table's cells by column, or a JSON object.
        own_ids: whether `movie_id` is our own id; else it is another catalogue's number.
    """
    columns = film_columns(tuple(cells))
    said = {thing: cells[column] for thing, column in columns.items() if _says(thing, cells[column])}
    if not is_film(said.get("title_type")):
        return Row(line, None)
    if clean_text(said.get("adult")).casefold() in ("true", "1", "1.0") or said.get("adult") is True:
        return Row(line, None, "marked as adult, left out")
    raw = _identified(said, cells, own_ids) | _rated(said)
    raw |= {name: said[name] for name in _PLAIN if name in said}
    raw |= {name: names_in(said.get(name)) for name in _LISTS}
    raw["genres"], others = genres_and_others(names_in(said.get("genres")))
    raw["keywords"] = [*names_in(said.get("keywords")), *others]
    numbered = [name for thing in said if thing.startswith("star:") for name in names_in(said[thing])]
    raw["stars"] = names_in(said.get("stars")) or numbered or names_in(said.get("cast"))[:_STARS]
    spoken = [*names_in(said.get("original_language")), *names_in(said.get("languages"), key="iso_639_1")]
    raw["languages"] = [LANGUAGES.get(name.casefold(), name) for name in spoken]
    raw["countries"] = [COUNTRIES.get(name.casefold(), name) for name in names_in(said.get("countries"))]
    raw["aka"] = [*_listed(said.get("original_title")), *_listed(said.get("aka"))]
    raw["poster"] = _poster(said.get("poster"))
    raw["traits"] = said.get("traits")
    return replace(film_row(line, raw), number=_number(cells, raw))


def _says(thing: str, cell: object) -> bool:
    return cell is not None and (
        thing == "title" or not isinstance(cell, str) or cell.strip().casefold() not in _NOTHING
    )


def _identified(said: Mapping[str, object], cells: Mapping[str, object], own_ids: bool) -> dict[str, object]:
    """Return the ids; one that is only called `id` is IMDb's if it looks so, TMDB's beside TMDB's votes."""
    ids = {name: said[name] for name in ("imdb_id", "tmdb_id", "movielens_id") if name in said}
    if "movie_id" in cells and "movielens_id" not in cells:
        ids.pop("movielens_id", None)  # `movieId` is MovieLens' number, `movie_id` may be anybody's
    if own_ids:
        ids["movie_id"] = cells.get("movie_id")
    own = said.get("id")
    if clean_text(own).startswith("tt"):
        ids.setdefault("imdb_id", own)
    elif "tmdb_rating" in said or "tmdb_votes" in said:
        ids.setdefault("tmdb_id", own)
    elif "_id" in cells:
        ids.setdefault("imdb_id", read_imdb_id(own))
    return ids


def _number(cells: Mapping[str, object], raw: Mapping[str, object]) -> str | None:
    known = {read_id(raw.get(name)) for name in ("movie_id", "imdb_id", "tmdb_id", "movielens_id")}
    named = (read_id(cell) for name, cell in cells.items() if fold(name) in _NUMBERS)
    return next((number for number in named if number and number not in known), None)


def _rated(said: Mapping[str, object]) -> dict[str, object]:
    """Return ratings and votes; a column only called `rating` is IMDb's where votes or a metascore stand beside it."""
    given = {name: said[name] for name in _FIGURES if name in said}
    if "votes" in said or "metascore" in said:
        given = {"imdb_rating": said.get("rating"), "imdb_votes": said.get("votes")} | given
    if "tmdb_rating" in said:  # TMDB writes 0 for what it does not know
        given = {name: value for name, value in given.items() if clean_text(value) not in ("0", "0.0")}
    return given


def _listed(cell: object) -> list[object]:
    return cell if isinstance(cell, list) else [cell]


def _poster(cell: object) -> str | None:
    text = clean_text(cell)
    if text.startswith("/") and not text.startswith("//"):
        text = _POSTERS + text
    return text if re.fullmatch(r"https?://[^\s\"'<>\\]{1,500}", text) else None
