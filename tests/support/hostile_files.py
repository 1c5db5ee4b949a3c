"""Files that look like catalogues and exports, more or less: pieces strung together, real ones damaged, packed ones."""

import gzip
import io
import json
import zipfile

from hypothesis import strategies as st

NAMES = (
    "ratings.csv",
    "movies.csv",
    "movies.dat",
    "watchlist.csv",
    "title.basics.tsv.gz",
    "films.json",
    "films.jsonl",
    "export.zip",
    "tags.csv",
    "links.csv",
)
_MEMBERS = ("ratings.csv", "diary.csv", "watched.csv", "likes/films.csv", "a/ratings.csv", "x.json", "../up.csv", "b/")
_KEYS = (
    "title Title Name year Year genres Genre overview Rating rating Const tconst imdb_id imdbID "
    "tmdb_id movieId userId id "
    "_id movie_id movie show ids imdb tmdb type titleType cast role acteur __text name titre films "
    "film stars star1 Plot "
    "tags reviews vote_average vote_count spoken_languages keywords poster_path adult release_date runtime timestamp "
    "primaryTitle originalTitle startYear Watched_Date Letterboxd_URI listed_at plays original_language"
).split()
_PIECES = (
    *_KEYS,
    *",;\t|\n\"'[]{}():",
    *(
        "\r\n",
        "\r",
        "\\",
        "\\n",
        "\\N",
        "\0",
        "\ufeff",
        "\u202e",
        "\ud800",
        "é",
        "日本",
        "::",
        '""',
        '"a',
        "//",
        "/p.jpg",
    ),
    *(
        "1",
        "0",
        "-1",
        "9",
        "1e999",
        "nan",
        "NaN",
        "Infinity",
        "1995",
        "2017–2020",
        "99999999999999999999",
        "5.5",
        "4,5",
    ),
    *(
        "tt0078748",
        "nm7",
        "Alien (1979)",
        "Matrix, The (1999)",
        "true",
        "false",
        "null",
        "Movie",
        "TV Episode",
        "Drama",
    ),
    *("[{'id': 1, 'name': \"D'Arc\"}]", '[{"name": "', '{"title": "', '{"titre": ', "Letterboxd list export v7"),
)
_SAMPLES = (
    "Date,Name,Year,Letterboxd URI,Rating\n2024-05-01,Alien,1979,https://boxd.it/c1,5\n2024-05-01,Heat,1995,u,\n",
    "Const,Your Rating,Title,Title Type,Year\ntt0078748,9,Alien,Movie,1979\ntt1,7,Sea,TV Episode,2016\n",
    "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,1193,5.0,978300760\n",
    'movieId,title,genres\n1,"Matrix, The (1999)",Action|Sci-Fi\n2,Heat (1995),Crime\n',
    "1::Toy Story (1995)::Comedy\n2::Heat (1995)::Crime\n",
    "id,title,vote_average,release_date,genres\n5,Ran,7,1985-06-01,\"[{'id': 1, 'name': 'Drama'}]\"\n6,Sea,0,,[]\n",
    "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\ntt1\tmovie\tSea\tSea\t0\t1999\n",
    '[{"title": "Sea", "year": 1950, "cast": ["Ann"], "genres": ["Noir"]},\n {"title": "Lamp", "cast": [{"name": 1}]}]',
    '{"films": {"film": [{"titre": "Ran", "annee": 1985, "role": [{"acteur": {"__text": "Ann"}}]}]}}',
    '{"title": "Sea", "year": 1950, "reviews": [{"text": "Slow."}], "tags": "a|b"}\n{"title": "Lamp", "plot": "x"}\n',
    '[{"rating": 9, "type": "movie", "movie": {"title": "Alien", "ids": {"imdb": "tt1", "tmdb": 3}}}]',
)

Files = st.SearchStrategy[bytes]

_texts = st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=60).map("".join)
_strung = st.builds(
    lambda text, encoding: text.encode(encoding, "replace"), _texts, st.sampled_from(("utf-8", "utf-16"))
)

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(_PIECES) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6),
    max_leaves=30,
)
_objects = st.lists(st.dictionaries(st.sampled_from(_KEYS), _values, max_size=8), max_size=6)
_listed = _objects.map(lambda objects: json.dumps(objects).encode())
_lines = _objects.map(lambda objects: "\n".join(map(json.dumps, objects)).encode())

_headers = st.lists(st.sampled_from(_KEYS), min_size=1, max_size=8)


@st.composite
def _tables(draw: st.DrawFn) -> bytes:
    header, delimiter = draw(_headers), draw(st.sampled_from(",;\t"))
    cells = st.sampled_from(_PIECES) | st.text(max_size=6)
    rows = draw(st.lists(st.lists(cells, min_size=len(header) - 1, max_size=len(header) + 1), max_size=12))
    return "\n".join(delimiter.join(row) for row in [header, *rows]).encode("utf-8", "replace")


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """Return a real file with pieces cut out, doubled, put in or turned."""
    content = draw(st.sampled_from(_SAMPLES)).encode()
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        how = draw(st.integers(0, 3))
        piece = draw(st.sampled_from(_PIECES)).encode("utf-8", "replace")
        middle = (b"", content[start:end] * 3, piece, bytes(reversed(content[start:end])))[how]
        content = content[:start] + middle + content[end:]
    return content


_plain: Files = st.one_of(st.binary(max_size=400), _strung, _tables(), _damaged(), _listed, _lines)


@st.composite
def _archives(draw: st.DrawFn) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))) as archive:
        for name in draw(st.lists(st.sampled_from(_MEMBERS), max_size=4, unique=True)):
            archive.writestr(name, draw(_plain))
    return packed.getvalue()


@st.composite
def _torn(draw: st.DrawFn, whole: Files) -> bytes:
    """Return a file with a few bytes changed, or without its end."""
    content = bytearray(draw(whole))
    for at in draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=4)):
        content[at : at + 1] = bytes([draw(st.integers(0, 255))])
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


_packed: Files = _plain.map(lambda content: gzip.compress(content, mtime=0)) | _archives()

files: Files = st.one_of(_plain, _plain, _packed, _torn(_packed))
"""Contents of a file."""
