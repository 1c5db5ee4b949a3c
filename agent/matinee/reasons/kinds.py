"""The table of all kinds of fact: where each is looked for in a sentence, and what it is compared with."""

from collections.abc import Callable, Iterator, Mapping
from math import inf

from matinee.language.lexicon import section
from matinee.language.tokens import stems
from matinee.models import title_key
from matinee.reasons import prizes, slots, viewer
from matinee.reasons.facts import Cue, Kind, Lookup, Slot, Statement, among
from matinee.reasons.names import NamedFilm
from matinee.records.films import performers

# Figures

_SLACK: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "year": {"": (1, 1)},
    "runtime": {"": (3, 3), "about": (8, 8), "less": (400, 0), "more": (2, 20)},
    "imdb_rating": {"": (0.15, 0.15), "about": (0.35, 0.35), "less": (1, 0.05), "more": (0.05, 1)},
    "metascore": {"": (1, 1)},
    "imdb_votes": {"": (0, 0), "more": (0, inf)},
}
"""How far below and above what is said a field of the row may lie, by the bound that the figure is told as."""


def _figure(name: str) -> Callable[[Statement, Slot], Lookup | None]:
    def compare(statement: Statement, slot: Slot) -> Lookup | None:
        known, (low, high) = getattr(statement.film, name), slot.value
        if not known:
            return None
        near = [(found[1], bound) for bound in _SLACK[name] if (found := statement.before(bound, slot, 3))]
        below, above = _SLACK[name][max(near)[1] if near else ""]
        return Lookup(low - below <= known <= high + above, name, str(known), f"its {name} is {known}")

    return compare


def _year(statement: Statement, slot: Slot) -> Lookup | None:
    return None if _of_somebody_else(statement, slot) else _figure("year")(statement, slot)


def _of_somebody_else(statement: Statement, slot: Slot) -> bool:
    """Tell whether the clause speaks before the slot of another film, or of somebody who had no part in this one."""
    people = (p for p in statement.find(slots.people) if not (p.value.family or _has_part(statement, p.value.name)))
    return any(
        other.end <= slot.first and statement.distance(other.end - 1, slot.first) < _CLAUSE
        for other in (*people, *statement.find(slots.titles))
    )


_CLAUSE = 15
"""Words within which two things are said of each other."""


# People


def _own(field: str) -> Callable[[Statement, Slot], Lookup | None]:
    def compare(statement: Statement, slot: Slot) -> Lookup | None:
        own = among(slot.value.name, getattr(statement.film, field))
        return Lookup(True, field, own) if own else None

    return compare


def _directed(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare somebody who is said outright to have directed the film."""
    known, person = statement.film.directors, slot.value.name
    if not known or among(person, known):
        return None
    return Lookup(False, fault=f"directed by {', '.join(known)}, not {person}")


def _directs(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare somebody who seems to have directed the film, but for those who had another part in it."""
    right = any(among(p.value.name, statement.film.directors) for p in statement.find(slots.people))
    return None if right or _has_part(statement, slot.value.name) else _directed(statement, slot)


def _known_director(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare somebody whom the catalogue knows as a director: they have nothing else to do with the film."""
    return _directs(statement, slot) if statement.names.directs(slot.value.name) else None


def _known_actor(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare somebody known as an actor; that they do not play is known only where all of the cast is on record."""
    person = slot.value.name
    listed = {own for p in statement.find(slots.people) if (own := among(p.value.name, statement.crew))}
    if len(listed) > 2:
        return None  # of a long cast the record may lack somebody
    acts = statement.names.acts(person) or title_key(person, None) in performers()
    if statement.record is None or not acts or _has_part(statement, person):
        return None
    return Lookup(False, fault=f"{person} is not in its cast")


def _has_part(statement: Statement, person: str) -> bool:
    source = statement.record.based_on if statement.record else ""
    return bool(among(person, statement.crew)) or statement.told(person) or person.casefold() in source.casefold()


def _full_names(statement: Statement) -> Iterator[Slot]:
    """Yield people by their full names, but for those who made another film of which the sentence speaks."""
    films = [film for title in statement.find(slots.titles) for film in title.value.films]
    itself = statement.cues.get("itself")
    for slot in statement.find(slots.people):
        elsewhere = not itself and any(among(slot.value.name, (*f.directors, *f.stars)) for f in films)
        if not slot.value.family and not elsewhere:
            yield slot


def _subjects(statement: Statement) -> Iterator[Slot]:
    """Yield people of whom a clause tells in the present."""
    words = statement.words
    for slot in statement.find(slots.people):
        begins = slot.first == 0 or statement.distance(slot.first - 1, slot.first) > _CLAUSE
        verb = words[slot.end].text if slot.end < len(words) else ""
        if begins and verb.islower() and verb.endswith("s") and statement.distance(slot.end - 1, slot.end) == 1:
            yield slot


def _owners(statement: Statement) -> Iterator[Slot]:
    """Yield people whose film is spoken of; whose novel it is, only the records know."""
    for slot in statement.find(slots.people):
        owns = slots.owned(statement.words[slot.end - 1]) and statement.behind("films", slot, 5)
        if owns and (statement.record or statement.names.directs(slot.value.name)):
            yield slot


# Other films


def _relation(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare a sequel, a remake and the like; a film of the starter catalogue has all of its own on record."""
    if _of_somebody_else(statement, slot):
        return None
    record, kind = statement.record, statement.said(slot).casefold()
    if title := _title_behind(statement, slot, _CLAUSE):
        return _related(statement, title, kind)
    itself = statement.before("this", slot, 4) or (slot.first < 4 and statement.behind("of", slot, 1))
    if record and itself and not (record.series or record.remake_of):
        return Lookup(False, fault=f"it is no {kind}")
    named = next((a for a, b in slots.capitals(statement) if a > slot.end), None)
    unknown = named is not None and statement.behind("of", slot, 1) and statement.distance(slot.end, named) < 4
    return Lookup(False, fault=f"it is no {kind} of that film") if record and itself and unknown else None


def _title_behind(statement: Statement, slot: Slot, within: int) -> slots.Title | None:
    title = next((t for t in statement.find(slots.titles) if t.first >= slot.end), None)
    near = title is not None and statement.distance(slot.end - 1, title.first) < within
    return title.value if title and near else None


def _continued(statement: Statement, slot: Slot) -> Lookup | None:
    title = _title_behind(statement, slot, _CLAUSE)
    return _related(statement, title, "sequel") if title else None


def _related(statement: Statement, title: slots.Title, kind: str) -> Lookup | None:
    record, film = statement.record, statement.film
    if record is None:
        known = any(_shares(statement, other) for other in title.films)
        return None if known else Lookup(False, fault=f"it is no {kind} of {title.title}")
    others = [o for o in (*record.series, *record.remake_of) if slots.same_title(title.title, o.title)]
    if kind in ("sequel", "follow-up", "continuation") and film.year:
        others = [other for other in others if other.year is None or other.year <= film.year]
    return Lookup(bool(others), "records", title.title if others else "", f"it is no {kind} of {title.title}")


def _shares(statement: Statement, other: NamedFilm) -> bool:
    words = set(title_key(other.title, None).split("-")) & set(title_key(statement.film.title, None).split("-"))
    return bool(words - {"the", "a"}) or any(among(p, statement.crew) for p in (*other.directors, *other.stars))


def _by_director_of(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare "from the director of ...": true where that film and this one have a director in common."""
    directors, title = statement.film.directors, _title_behind(statement, slot, 4)
    if not directors or title is None or not title.films:
        return None
    shared = [d for film in title.films for d in film.directors if among(d, directors)]
    if shared:
        return Lookup(True, "directors", among(shared[0], directors) or "")
    return Lookup(False, fault=f"directed by {', '.join(directors)}, who did not direct {title.title}")


# Truth and genre

_SAID_TRUE = {
    *("true story", "true stories", "based on true story", "based on a true story", "true crime", "real events"),
    *("biography", "historical figure"),
}


def _true_story(statement: Statement, slot: Slot, *, affirmed: bool = True) -> Lookup | None:
    film, record = statement.film, statement.record
    quote = next((keyword for keyword in film.keywords if keyword.casefold() in _SAID_TRUE), "")
    known = record.true_story if record else "yes" if quote or {"Biography", "Documentary"} & {*film.genres} else None
    if known is None:
        return None
    said = affirmed != bool(statement.before("denial", slot, 5))
    holds = known == "loosely" or said == (known == "yes") or (bool(quote) and said)
    source = ("keywords", quote) if quote else ("records", f"true story: {known}")
    return Lookup(holds, *source, f"on record as a true story: {known}")


def _invented(statement: Statement, slot: Slot) -> Lookup | None:
    return _true_story(statement, slot, affirmed=False)


def _from_life(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare what would tell of life: the memoir or the police file of a film that is known to be invented."""
    record = statement.record
    if record is None or record.true_story != "no" or "memoir" in record.based_on:
        return None
    return _true_story(statement, slot)


def _genres(statement: Statement) -> Iterator[Slot]:
    """Yield nouns for films of a genre; said of this film are those behind its director or an opening "A"."""
    words = statement.words
    for slot in statement.find(slots.phrases("genre")):
        owners = (p for p in statement.find(slots.people) if 0 < statement.distance(p.end - 1, slot.first) < 6)
        owned = any(among(p.value.name, statement.film.directors) for p in owners)
        opens = words[0].low in ("a", "an") and 0 < statement.distance(0, slot.first) < 6
        yield slot._replace(sure=owned or opens)


def _genre(statement: Statement, slot: Slot) -> Lookup | None:
    """Compare a genre; IMDb lists three at most, so what another genre or the film's text makes arguable is let be."""
    film, genre = statement.film, slot.value
    if genre in film.genres:
        return Lookup(True, "genres", genre)
    told = set(stems(" ".join((film.overview, *film.keywords, *film.genres)))) - set(stems("film movie drama story"))
    near = {*section("near_genres").get(genre, ())} & {*film.genres}
    if not film.genres or near or genre == "Drama" or told & set(stems(statement.said(slot))):
        return None
    beside = (w.low for at, w in enumerate(statement.words) if -6 < _steps(statement, at, slot) < 3)
    if {word[:5] for word in beside} & {known[:5].casefold() for known in film.genres}:  # a musical comedy
        return None
    return Lookup(False, fault=f"its genres are {', '.join(film.genres)}")


def _steps(statement: Statement, at: int, slot: Slot) -> int:
    """Return how many words behind the slot a word stands, or before it, then below 0."""
    return statement.distance(slot.first, at) if at < slot.first else statement.distance(slot.end - 1, at)


def _denied_genre(statement: Statement, slot: Slot) -> Lookup | None:
    genres = statement.film.genres
    return Lookup(False, fault=f"its genres are {', '.join(genres)}") if slot.value in genres else None


_COMPARED: Cue = ("likening", 8, 0)
_FORMERLY = (_COMPARED, ("again", 3, 8), ("other_parts", 3, 0))
_ASIDE = (_COMPARED, ("other_parts", 8, 12), ("again", 0, 10))
"""Words by which somebody is named for another film, or for another part in this one."""

KINDS = (
    Kind(
        "year", slots.years, _year,
        needs=(("released", 6, 0), ("films", 0, 7), ("films", 2, 0), ("dated", 2, 0)),
        bars=(("elsewhere", 4, 2), ("likening", 1, 0), ("namesake", 0, 6)),
    ),
    Kind("length", slots.lengths, _figure("runtime"), bars=(("part", 2, 2), ("inside", 0, 1))),
    Kind(
        "rating", slots.scores, _figure("imdb_rating"),
        needs=(("rated", 12, 6),), bars=(("other_units", 0, 1), ("you", 5, 0), ("metascore", 4, 3)),
    ),
    Kind("rating", slots.hundreds, _figure("metascore"), needs=(("metascore", 5, 3),)),
    Kind("votes", slots.counts, _figure("imdb_votes"), needs=(("votes", 0, 3),)),
    Kind("director", slots.people, _own("directors")),
    Kind("director", slots.people, _directed, needs=(("directed_by", 1, 0), ("directs_it", 0, 14)), bars=_FORMERLY),
    Kind("director", slots.people, _directs, needs=(("directs", 0, 2),), bars=_FORMERLY),
    Kind("director", _owners, _directs, bars=(_COMPARED, ("again", 3, 8))),
    Kind("director", _subjects, _known_director, bars=(_COMPARED, ("other_parts", 2, 2))),
    Kind("director", _full_names, _known_director, bars=_ASIDE),
    Kind("actor", slots.people, _own("stars")),
    Kind("actor", slots.people, _known_actor, needs=(("plays", 1, 14),), bars=(_COMPARED,)),
    Kind("actor", _full_names, _known_actor, bars=_ASIDE),
    Kind("relation", slots.phrases("relations"), _relation, bars=(("hypothetical", 4, 0),)),
    Kind("relation", slots.phrases("continues"), _continued),
    Kind("likeness", slots.phrases("makers"), _by_director_of),
    Kind("true_story", slots.phrases("events"), _true_story, needs=(("truly", 4, 0),), bars=(("seeming", 8, 0),)),
    Kind("true_story", slots.phrases("fiction"), _invented, bars=(("seeming", 8, 0),)),
    Kind("true_story", slots.phrases("life"), _from_life, bars=(("seeming", 8, 0),)),
    Kind(
        "genre", _genres, _genre,
        needs=(("said:of_film", 6, 0),), bars=(("said:hedged", 5, 0), ("likening", 4, 0), ("said:inside", 0, 1)),
    ),
    Kind("genre", slots.phrases("genre"), _denied_genre, needs=(("none", 3, 0),)),
    Kind("prize", prizes.named, prizes.compare),
    Kind("viewer", viewer.sayings, viewer.compare),
)  # fmt: skip
"""All kinds that are read."""
