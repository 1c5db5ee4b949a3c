"""Invented films, requests and notes from which reasons are written, and what a reason is asked about."""

from collections.abc import Sequence
from typing import Any

from matinee.models import Constraint, Mention, Movie, Preference, Understanding
from matinee.providers.evidence.writer import EvidenceWriter, WrittenReason


def film(title: str = "Harbour Lights", **row: Any) -> Movie:
    return Movie.model_validate({"movie_id": f"id-{title}", "title": title, **row})


LIGHTHOUSE = film(
    "The Keeper's Year",
    year=1994,
    genres=["Drama", "Mystery"],
    directors=["Maeve O'Hara"],
    stars=["Tom Ash", "Lena Brandt", "Iris Vale"],
    runtime=98,
    languages=["English"],
    countries=["UK"],
    imdb_rating=7.4,
    metascore=81,
    overview="A widowed lighthouse keeper finds a locked diary in the wall and reads one page each night. By "
    "winter he no longer knows whose year he is living.",
    keywords=["contemplative", "slow-burning", "grief", "solitude"],
)
HEIST = film(
    "Nine Minutes",
    year=1997,
    genres=["Action", "Crime", "Thriller"],
    directors=["Joel Marsh"],
    stars=["Dana Cole", "Ravi Menon"],
    runtime=112,
    languages=["English"],
    imdb_rating=8.7,
    overview="Four strangers have nine minutes to empty a bank in Marseille, and each of them has sold the plan to "
    "somebody else.",
    keywords=["tense", "violent", "heist", "double-crossing"],
)
BAKERY = film(
    "Bread and Roses",
    year=2006,
    genres=["Comedy", "Family", "Romance"],
    directors=["Lucie Petit"],
    stars=["Lucie Petit", "Omar Sy"],
    runtime=91,
    languages=["French"],
    countries=["France", "USA"],
    imdb_rating=7.1,
    overview="Sacked from a grand hotel, a pastry cook opens a bakery opposite the man who sacked her.",
    keywords=["feel-good", "charming", "family friendly", "second chances"],
)
SIGNAL = film(
    "The Long Signal",
    year=2016,
    genres=["Drama", "Sci-Fi"],
    directors=["Denis Villeneuve"],
    stars=["Amy Adams", "Jeremy Renner"],
    runtime=116,
    languages=["English", "Mandarin"],
    imdb_rating=7.9,
    overview="A linguist is flown to a field in Montana, where a silent vessel waits for somebody to talk to.",
    keywords=["thoughtful", "first contact", "melancholy"],
)
SPEAKER = film(
    "Second Tongue",
    year=2019,
    genres=["Drama", "Sci-Fi"],
    directors=["Ana Ruiz"],
    stars=["Amy Adams", "Paul Okoye"],
    overview="An interpreter on a lunar base learns that her replies are being rewritten.",
    keywords=["hopeful", "first contact"],
)
FULL = (LIGHTHOUSE, HEIST, BAKERY, SIGNAL, SPEAKER)
THIN = (
    film("Nothing"),
    film("Only a Year", year=1971),
    film("Only a Genre", genres=["Drama"]),
    film("Only a Director", directors=["Peter O'Toole"]),
    film("Only a Star", stars=["Ann Bee"]),
    film("Only a Plot", overview="A ferry sinks."),
    film("Only Keywords", keywords=["bittersweet"]),
    film("Only a Length", runtime=90, countries=["USA"]),
    film("Unknown Genre", genres=["IMAX"]),
)
ODD = (
    film("{plot} %s {0}", overview="Two {braces} and a %d meet $HOME.", genres=["Comedy"], directors=["{x}"]),
    film(
        "Two\nLines\u202e", overview="A clerk\n\n finds \u200ba  second\tdoor behind the filing room.", stars=["A\tB"]
    ),
    film("Quotes", overview='The "Doc" returns to a town that “forgot” him.', keywords=["so-called “art”"]),
)


def asked(text: str, *constraints: Constraint, mentions: Sequence[Mention] = ()) -> Understanding:
    return Understanding(text=text, constraints=list(constraints), mentions=list(mentions))


def demand(field: str, op: str, value: object, words: str = "") -> Constraint:
    return Constraint.model_validate({"field": field, "op": op, "value": value, "words": words})


def told(text: str, kind: str = "statement", movie_id: str | None = None, number: str = "7") -> Preference:
    return Preference.model_validate(
        {"preference_id": number, "user_id": "ana", "kind": kind, "text": text, "movie_id": movie_id}
    )


def written(
    movie: Movie, request: str | Understanding, preferences: Sequence[Preference] = (), seeds: Sequence[Movie] = ()
) -> WrittenReason:
    understanding = asked(request) if isinstance(request, str) else request
    return EvidenceWriter(understanding, preferences, seeds).reason(movie)


def sources(reason: WrittenReason) -> set[tuple[str, str]]:
    return {(evidence.source, evidence.quote) for evidence in reason.evidence}


NINETIES = (demand("year", "at_least", 1990, "90s"), demand("year", "at_most", 1999, "90s"))
LIKE_SIGNAL = Mention(movie_id=SIGNAL.movie_id, title=SIGNAL.title, words="The Long Signal")
NOTES = (
    told("I like sci-fi with good characters", number="1"),
    told("Slow films about grief, please. But no musicals!", number="2"),
    told("Liked The Long Signal (2016)", "like", SIGNAL.movie_id, number="3"),
)
REQUESTS = (
    asked("thoughtful sci-fi tonight", demand("genres", "any_of", ["Sci-Fi"], "sci-fi")),
    asked("a 90s crime thriller under two hours, not too violent", *NINETIES, demand("runtime", "at_most", 120)),
    asked("like The Long Signal but more upbeat", mentions=[LIKE_SIGNAL]),
    asked("feel-good comedy with my grandmother"),
    asked("something French", demand("languages", "any_of", ["French"], "French")),
    asked("highly rated films about a lighthouse", demand("imdb_rating", "at_least", 7, "highly rated")),
    asked("{title} %s {0}\nsomething with a 'diary'"),
    asked(""),
)
