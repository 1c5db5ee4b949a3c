"""Strategies for statements: valid ones changed a little, and expressions of every kind that the guard knows."""

import json
import re
from functools import cache

from hypothesis import strategies as st

from tests.support.statements import valid

TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\$\d+|\w+|[-+*/<>=~!@#%^&|`?:]+|\s+|.", re.DOTALL)
SEEDS = [[t for t in TOKEN.findall(s.sql) if t.strip()] for s in valid() if len(s.sql) < 600]
WORDS = sorted({token for seed in SEEDS for token in seed if len(token) < 60})
HOSTILE = """
; DROP TABLE canary | ; DELETE FROM movies | UNION ALL SELECT secret FROM canary | , canary
| JOIN canary ON true | (SELECT secret FROM canary LIMIT 1) | , (SELECT secret FROM canary LIMIT 1) AS x
| pg_sleep(5) | , pg_sleep(5) | AND pg_sleep(5) IS NULL | set_config('statement_timeout', '0', false)
| generate_series(1, 100000000) | repeat('x', 1000000000) | FOR UPDATE | INTO stolen | hidden | , hidden | *
| ctid | canary.secret | public.canary | "canary" | pg_catalog.pg_class | -- | /* | */ | $$ | $x$ | U&"canary"
| E'\\x41' | WITH RECURSIVE r AS (SELECT 1) | lo_import('/etc/passwd') | pg_read_file('/etc/passwd')
| query_to_xml('SELECT secret FROM canary', true, true, '') | CROSS JOIN movies a2 | LIMIT 1000000000
| LIMIT ALL | OFFSET 0 | DESC | OR true | ( | ) | ' | " | movies.* | row_to_json | nextval('s')
| dblink('', 'DELETE FROM movies') | TABLE canary | EXCEPT SELECT secret FROM canary | '{1}' | $1 | NULL
| LATERAL | NATURAL JOIN canary | regexp_count(content, '(a|b)*c') | content || content
| ARRAY(SELECT secret FROM canary)
""".replace("\n", " ").split(" | ")
UNICODE = ["\u00a0", "\u200b", "\u2028", "\ufeff", "\u0430", "\uff1b", "\u0000", "\ud800", "\x0b", "\u202e"]


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A valid statement with a few of its parts swapped, dropped, doubled, quoted, recased, or hostile ones added."""
    tokens = list(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tokens) - 1))
        kind = draw(
            st.sampled_from(["swap", "swap", "word", "word", "drop", "double", "hostile", "quote", "case", "odd"])
        )
        if kind == "swap":
            other = draw(st.integers(0, len(tokens) - 1))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == "word":
            tokens[at] = draw(st.sampled_from(WORDS))
        elif kind == "drop" and len(tokens) > 1:
            del tokens[at]
        elif kind == "double":
            tokens.insert(at, tokens[at])
        elif kind == "hostile":
            tokens.insert(draw(st.sampled_from([at, len(tokens)])), draw(st.sampled_from(HOSTILE)).strip())
        elif kind == "quote":
            tokens[at] = f'"{tokens[at]}"'
        elif kind == "case":
            tokens[at] = tokens[at].swapcase()
        else:
            tokens[at] = tokens[at] + draw(st.sampled_from(UNICODE))
    return draw(st.sampled_from([" ", "\n", "\t ", "  "])).join(tokens)


NUMBERS = """
0 1 -1 0.5 10 1e30 -1e30 1e-30 99999999999 '1e30' '7' 'NaN'::float8 'Infinity'::float8 '-Infinity'::numeric
'NaN'::numeric NULL year runtime imdb_rating imdb_votes metascore '1e131071' '0x10'::numeric 9223372036854775807
count(*) max(year) random()
""".split()
TEXTS = ["title", "overview", "content", "'x'", "''", "NULL::text", "'a''b'", "movie_id"]
ARRAYS = ["genres", "keywords", "stars", "'{}'::text[]", "'{1,NULL}'::int[]", "ARRAY['a']"]
DATES = ["now()", "current_date", "'0044-03-15 BC'::date", "'99999-01-01'::date", "'infinity'::date"]
DISTANCES = [
    "embedding <=> $1",
    "embedding <-> $1",
    "embedding <#> $1",
    "embedding <+> $1",
    "embedding_minilm <=> embedding_minilm",
]
PATTERNS = ["'^The '", "'(a|b)*c'", "'.*'", "'[a-z]+'", "'(.)(.)'", "'x{2,5}'"]


def _made(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda filled: template.format(*filled))


def _one(*listed: str) -> st.SearchStrategy[str]:
    return st.sampled_from(listed)


@cache
def numbers() -> st.SearchStrategy[str]:
    """Expressions that give a number, or fail at it."""
    texts, arrays = st.sampled_from(TEXTS), st.sampled_from(ARRAYS)
    return st.recursive(
        st.sampled_from([*NUMBERS, *(f"({distance})" for distance in DISTANCES)]),
        lambda inner: st.one_of(
            _made("({} {} {})", inner, _one(*"+-*/%^"), inner),
            _made("({} ^ {})", inner, _one("2", "0.5", "-3", "10", "-10")),
            _made("{}({})", _one("abs", "sqrt", "exp", "ln", "round", "floor", "sign", "cbrt", "log", "-"), inner),
            _made("power({}, {})", inner, _one("2", "10", "-10")),
            _made("round({}::numeric, {})", inner, _one("2", "15", "-15")),
            _made("{}::{}", inner, _one("int", "numeric", "numeric(30, 15)", "float8", "bigint", "real")),
            _made("coalesce({}, {})", inner, inner),
            _made("greatest({}, {})", inner, inner),
            _made("CASE WHEN {} < {} THEN {} ELSE {} END", inner, inner, inner, inner),
            _made("length({})", texts),
            _made("cardinality({})", arrays),
            _made("{}({})", _one("sum", "avg", "max", "stddev", "variance", "count"), inner),
            _made("sum({}) OVER (PARTITION BY year ORDER BY {})", inner, inner),
        ),
        max_leaves=6,
    )


@cache
def texts() -> st.SearchStrategy[str]:
    """Expressions that give a text."""
    return st.recursive(
        st.sampled_from(TEXTS),
        lambda inner: st.one_of(
            _made("({} || {})", inner, inner),
            _made("concat({}, {}, {})", inner, inner, inner),
            _made(
                "regexp_replace({}, {}, '{}', '{}')",
                inner,
                st.sampled_from(PATTERNS),
                _one("", "\\1", "yy"),
                _one("", "g", "gi"),
            ),
            _made("replace({}, 'a', 'b')", inner),
            _made("{}({})", _one("upper", "reverse", "initcap", "btrim"), inner),
            _made("array_to_string(string_to_array({}, ' '), {})", inner, _one("','", "'----------'")),
            _made("left({}, {})", inner, numbers()),
            _made("({})::text", numbers()),
            _made("to_char({}, '999D99')", numbers()),
            _made("string_agg({}, ',' ORDER BY {})", inner, inner),
            _made("mode() WITHIN GROUP (ORDER BY {})", inner),
            _made("min({})", inner),
        ),
        max_leaves=4,
    )


@cache
def dates() -> st.SearchStrategy[str]:
    """Expressions that give a date, a time or an interval, some beyond what Python knows."""
    some = st.sampled_from(DATES)
    return st.one_of(
        some,
        _made("date_trunc('{}', {})", _one("millennium", "year", "week"), some),
        _made("({} - {})", some, some),
        _made("({} + {})", some, numbers()),
        _made("extract({} FROM {})", _one("year", "epoch", "doy"), some),
    )


@cache
def arrays() -> st.SearchStrategy[str]:
    """Expressions that give an array, or its elements as rows."""
    some = st.sampled_from(ARRAYS)
    return st.one_of(
        some,
        _made("array_cat({}, {})", some, some),
        _made("array_agg({})", st.one_of(numbers(), texts(), some)),
        _made("ARRAY[{}, {}]", numbers(), numbers()),
        _made("ARRAY(SELECT {} FROM movies LIMIT 5)", st.one_of(numbers(), texts())),
        _made("unnest({})", some),
        _made("regexp_match({}, {})", texts(), st.sampled_from(PATTERNS)),
        _made("binary_quantize({})", _one("embedding", "$1")),
        _made("({})", _one("embedding", "B'101'", "to_tsvector('english', content)")),
    )


@cache
def conditions() -> st.SearchStrategy[str]:
    """Conditions for WHERE."""
    return st.one_of(
        _made("{} {} {}", numbers(), _one("<", "=", "<>", ">="), numbers()),
        _made("{} SIMILAR TO {}", texts(), st.sampled_from(PATTERNS)),
        _made("{} ~* {}", texts(), st.sampled_from(PATTERNS)),
        _made("({}, {}) IN (SELECT year, max(imdb_rating) FROM movies GROUP BY year)", numbers(), numbers()),
        _made("{} = ANY(genres)", texts()),
        _made("EXISTS (SELECT * FROM movies o WHERE o.year = {})", numbers()),
    )


@st.composite
def written(draw: st.DrawFn) -> str:
    """A statement out of expressions of every kind."""
    shown = draw(st.lists(st.one_of(numbers(), texts(), dates(), arrays(), st.just("*")), min_size=1, max_size=3))
    tables = _one("movies", "movies", "movies m", "movies, unnest(genres) AS g", "movies a JOIN movies b USING (year)")
    parts = [f"SELECT {', '.join(shown)} FROM {draw(tables)}"]
    if draw(st.booleans()):
        parts.append(f"WHERE {draw(conditions())}")
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"GROUP BY {draw(st.one_of(numbers(), texts(), st.just('1')))}")
    if draw(st.booleans()):
        parts.append(f"ORDER BY {draw(st.one_of(numbers(), texts(), st.just('1')))} {draw(_one('', 'DESC', 'ASC'))}")
    return " ".join([*parts, f"LIMIT {draw(_one('1', '5', '200', '10'))}"])


@cache
def keys() -> st.SearchStrategy[str]:
    """What rows might be ordered by: a distance and numbers that are written out, in every disguise."""
    constants = _one("1", "-1", "2", "0.5", "(1 - 2)", "'-1'", "-0.5", "100", "1.5::numeric")
    distances = _one(
        "(embedding <=> $1)", "(embedding <-> $1)", "cosine_distance(embedding, $1)", "vector_norm(embedding - $1)"
    )
    others = "FROM movies o WHERE o.embedding <=> $1"
    return st.recursive(
        distances,
        lambda inner: st.one_of(
            _made("({} {} {})", inner, _one(*"+-*/"), constants),
            _made("({} {} {})", constants, _one(*"+-*/"), inner),
            _made("({} {} {})", inner, _one(*"+-*/"), inner),
            _made("({} ^ {})", inner, _one("2", "-1", "3", "0.5")),
            _made("{}({})", _one("abs", "sqrt", "exp", "ln", "cbrt", "-", "coalesce", "greatest", "sign"), inner),
            _made("{}::{}", inner, _one("numeric", "float8", "text", "real")),
            _made("CASE WHEN {} < {} THEN {} ELSE {} END", inner, constants, constants, constants),
            _made("rank() OVER (ORDER BY {})", inner),
            _made("count(*) OVER (ORDER BY {})", inner),
            _made("(ARRAY[{}])[1]", inner),
            _made("(SELECT {} {} < {})", _one("count(*)", "max(o.year)", "-count(*)"), st.just(others), inner),
            _made("(SELECT {} FROM movies o WHERE o.movie_id = movies.movie_id LIMIT 1)", inner),
        ),
        max_leaves=4,
    )


def wrapped(statement: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A statement in what a model may write around it."""
    around = [
        "{}",
        "```sql\n{}\n```",
        "Sure: {};",
        '"{}"',
        "<think>no</think>{}",
        "-- films\n{}",
        "SQLQuery: {}\nSQLResult: x",
        "{}\n\nThis is it.",
    ]
    as_json = statement.map(lambda sql: json.dumps({"sql": sql}))
    return st.one_of(as_json, *(statement.map(form.replace("{}", "%s").__mod__) for form in around))
