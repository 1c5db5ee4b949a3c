"""A handful of films for tests, with facts that a reader can check by eye."""

from matinee.models import Movie


def film(title: str, year: int | None = 2000, **facts: object) -> Movie:
    """Return a film whose id follows from its title."""
    movie_id = f"{title}-{year}".lower().replace(" ", "-")
    return Movie.model_validate({"movie_id": movie_id, "title": title, "year": year, **facts})


ARRIVAL = film(
    "Arrival",
    2016,
    genres=["Drama", "Sci-Fi"],
    directors=["Denis Villeneuve"],
    stars=["Amy Adams", "Jeremy Renner"],
    runtime=116,
    imdb_rating=7.9,
    imdb_votes=594_181,
    metascore=81,
    languages=["English"],
    overview="A linguist is called in by the army to learn the language of visitors whose ships hang over the Earth.",
    keywords=["first contact", "language", "contemplative", "grief"],
)
MOON = film(
    "Moon",
    2009,
    genres=["Drama", "Mystery", "Sci-Fi"],
    directors=["Duncan Jones"],
    stars=["Sam Rockwell"],
    runtime=97,
    imdb_rating=7.9,
    imdb_votes=335_152,
    metascore=67,
    languages=["English"],
    overview="A lone worker near the end of three years at a lunar mine begins to doubt what he has been told.",
    keywords=["isolation", "lonely", "contemplative"],
)
MARTIAN = film(
    "The Martian",
    2015,
    genres=["Adventure", "Drama", "Sci-Fi"],
    directors=["Ridley Scott"],
    stars=["Matt Damon", "Jessica Chastain"],
    runtime=144,
    imdb_rating=8.0,
    imdb_votes=760_094,
    metascore=80,
    languages=["English"],
    overview="Left behind on Mars, a botanist sets out to stay alive with potatoes, duct tape and jokes.",
    keywords=["survival", "upbeat", "humour"],
)
HEAT = film(
    "Heat",
    1995,
    genres=["Crime", "Drama", "Thriller"],
    directors=["Michael Mann"],
    stars=["Al Pacino", "Robert De Niro"],
    runtime=170,
    imdb_rating=8.2,
    imdb_votes=577_113,
    metascore=76,
    languages=["English"],
    overview="A careful thief and the detective who hunts him in Los Angeles learn how alike their lives are.",
    keywords=["heist", "violent", "obsession"],
)
FARGO = film(
    "Fargo",
    1996,
    genres=["Crime", "Thriller"],
    directors=["Joel Coen", "Ethan Coen"],
    stars=["Frances McDormand"],
    runtime=98,
    imdb_rating=8.1,
    imdb_votes=617_444,
    metascore=85,
    languages=["English"],
    overview="A car salesman has his wife abducted, and a pregnant police chief follows the trail through the snow.",
    keywords=["dark humour", "snow", "kidnapping"],
)
AMELIE = film(
    "Amélie",
    2001,
    genres=["Comedy", "Romance"],
    directors=["Jean-Pierre Jeunet"],
    stars=["Audrey Tautou"],
    runtime=122,
    imdb_rating=8.3,
    imdb_votes=703_810,
    metascore=69,
    languages=["French"],
    overview="A shy waitress in Paris sets about mending the lives of people around her in secret.",
    keywords=["whimsical", "feel-good", "paris"],
)
PADDINGTON = film(
    "Paddington 2",
    2017,
    genres=["Adventure", "Comedy", "Family"],
    directors=["Paul King"],
    stars=["Ben Whishaw", "Hugh Grant"],
    runtime=103,
    imdb_rating=7.8,
    imdb_votes=61_594,
    metascore=88,
    languages=["English"],
    overview="A polite bear lands in prison for a theft he did not commit, and his family sets out to clear his name.",
    keywords=["warm", "family friendly", "gentle humour"],
)
UNKNOWN = film("A Film Without Facts", None)

FILMS = [ARRIVAL, MOON, MARTIAN, HEAT, FARGO, AMELIE, PADDINGTON, UNKNOWN]
