"""The things that are stored as rows with vectors, each with its layout in both kinds of store."""

from matinee.index.table import Form

FILMS = Form(
    collection="matinee_movies",
    table="movies",
    id_column="movie_id",
    columns={
        "title": "text",
        "year": "integer",
        "genres": "text[]",
        "directors": "text[]",
        "stars": "text[]",
        "runtime": "integer",
        "languages": "text[]",
        "countries": "text[]",
        "imdb_rating": "double precision",  # a real 8.2 is less than 8.2, and a demand for it would miss the film
        "imdb_votes": "integer",
        "metascore": "integer",
        "overview": "text",
        "keywords": "text[]",
        "aka": "text[]",
        "keys": "text[]",
    },
    filtered=(
        *("movie_id", "keys", "genres", "keywords", "languages", "countries", "directors", "stars"),
        *("year", "runtime", "metascore", "imdb_rating"),
    ),
    indexes={"words": "gin (content_tsv)", "keys": "gin (keys)"},
    large_indexes={
        "lists": "gin (genres, directors, stars, languages, countries, keywords)",
        "year": "btree (year)",
        "runtime": "btree (runtime)",
        "imdb_rating": "btree (imdb_rating)",
        "metascore": "btree (metascore)",
    },
)

PASSAGES = Form(
    collection="matinee_passages",
    table="movie_passages",
    id_column="passage_id",
    columns={"movie_id": "text", "source": "text", "position": "integer"},
    filtered=("movie_id", "source"),
    indexes={"film": "btree (movie_id)"},
    parent=FILMS,
    parent_fields=tuple(name for name in FILMS.filtered if name not in ("movie_id", "keys")),
)

PREFERENCES = Form(
    collection="matinee_preferences",
    table="preferences",
    id_column="langchain_id",
    columns={
        "preference_id": "text",
        "user_id": "text",
        "kind": "text",
        "text": "text",
        "movie_id": "text",
        "title": "text",
        "created_at": "text",
    },
    filtered=("user_id", "kind"),
    indexes={"user": "btree (user_id)"},
    id_prefix="preference\x1f",
)

VIEWERS_COLLECTION, VIEWERS_TABLE = "matinee_viewers", "viewers"
"""What viewers rated has no vectors; it lies in a collection or table of its own kind."""
