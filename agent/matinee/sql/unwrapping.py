"""The statement in a model's answer: out of fences, labels, quotes, JSON, comments, prose and reasoning.

Only what surrounds a statement is taken off. PostgreSQL's grammar says where it ends, so that nothing that belongs to
it is lost: of several statements all are returned, and the guard refuses them.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from matinee.sql.parsing import COMMENTS, MAX_CHARACTERS, checked_tokens, statements_in, tokens_in
from matinee.sql.rejection import Rejection
from matinee.sql.values import Node

_MOST = 2 * MAX_CHARACTERS
_MOST_STARTS = 12
_MOST_ENDS = 100
_MOST_NESTED = 3
_MOST_JSON = 20

_THOUGHT = r"(?:think|thinking|thoughts?|reasoning|reflection)"
_OPEN = rf"(?:[<\[\u25c1]\|?(?:begin_of_)?{_THOUGHT}\|?[>\]\u25b7]|<\|channel\|>analysis<\|message\|>)"
_CLOSE = rf"(?:[<\[\u25c1]\|?(?:/|end_of_){_THOUGHT}\|?[>\]\u25b7]|<\|channel\|>final<\|message\|>)"
_OPENED, _CLOSED = re.compile(_OPEN, re.I), re.compile(_CLOSE, re.I)
_REASONING = re.compile(rf"{_OPEN}.*?{_CLOSE}", re.I | re.S)
_FENCE = re.compile(r"(?:```|~~~)[ \t]*([\w+-]*)[ \t]*\r?\n?(.*?)(?:```|~~~|\Z)", re.S)
_LANGUAGES = frozenset({"", "sql", "postgres", "postgresql", "pgsql", "psql", "plpgsql"})
_START = re.compile(r"\b(?:SELECT|WITH)\b", re.I)
_AFTER_WORD = re.compile(r"\w[,.;]?[ \t]*\Z")
_STRING = re.compile(r'(?<!\\)"(?=((?:[^"\\]|\\.)*+)")', re.S)
"""A string of JSON; each quote may begin one, as those of the text around it need not come in pairs."""
# Before the SELECT of a part of a statement; a part alone is another statement.
_WITHIN = re.compile(
    r"(?:[(),]|\b(?:union|all|distinct|except|intersect|as|in|exists|any|some|explain|analyze))\s*\Z", re.I
)
# A statement may end before a closing mark, at a semicolon, an empty line, or a line that is a label or prose.
_END = re.compile(
    r";|[\"'`\u201d\u2019]|</|```|\n\s*\n|\n(?=[ \t]*[*_]*[A-Za-z][\w ]{0,30}:)"
    r"|\n(?=(?:This|These|The|That|Here|Note|It|I|You|We|Explanation)\b)"
)


def statement_in(text: str) -> str:
    """Return the statement of a model's answer; where none is found, the answer without its reasoning."""
    answer = _answered(text[-_MOST:])
    fallback = ""
    for candidate in _candidates(answer, 0):
        bare = _bare(candidate)
        trees = _trees(bare)
        if trees and (candidate == answer or _selects(trees[0])):
            return bare
        fallback = fallback or (bare if trees else "")
    return fallback or answer.strip("`; \t\r\n")


def _answered(text: str) -> str:
    """Return the text without what a reasoning model thought before it; a tag that is never closed hides the rest.

    What is shown of reasons (`matinee.reasons`) has its HTML made Markdown, which would change `a <b` in a statement.
    """
    answer = _REASONING.sub(" ", text)
    # Some chat templates open the tag in the prompt, so that only the closing one is in the text.
    return _OPENED.split(_CLOSED.split(answer)[-1])[0].strip()


def _candidates(text: str, nested: int) -> Iterator[str]:
    """Yield what may be the statement, the likeliest first."""
    yield text
    if nested == _MOST_NESTED:
        return
    fences = [(found[1].lower(), found[2].strip()) for found in _FENCE.finditer(text)]
    for _, inside in sorted(fences, key=lambda fence: fence[0] not in _LANGUAGES):
        yield from _candidates(inside, nested + 1)
    for inside in _in_json(text):
        yield from _candidates(inside, nested + 1)
    for quote in "'\"":
        if len(text) > 2 and text[0] == text[-1] == quote:
            yield text[1:-1].replace(quote * 2, quote)
    if "\\" in text:  # JSON that is not quite JSON
        yield from _within(text.replace("\\n", "\n").replace('\\"', '"'))
    yield from _within(text)


def _within(text: str) -> Iterator[str]:
    """Yield the stretches of a text that begin as a SELECT does, first those after a mark, the longest first."""
    starts = []
    for found in islice(_START.finditer(text), _MOST_STARTS):
        before = text[max(0, found.start() - 20) : found.start()]
        if not _WITHIN.search(before):
            starts.append((bool(_AFTER_WORD.search(before)), found.start()))
    for _, start in sorted(starts):
        ends = [found.start() for found in islice(_END.finditer(text, start), _MOST_ENDS)]
        for end in [len(text), *reversed(ends)]:
            yield text[start:end].strip()


def _in_json(text: str) -> Iterator[str]:
    strings = (found[1] for found in _STRING.finditer(text) if _START.search(found[1]))
    for string in islice(strings, _MOST_JSON):
        with suppress(ValueError):
            yield json.loads(f'"{string}"', strict=False).strip()


def _trees(text: str) -> list[Node]:
    try:
        checked_tokens(text)
        return [statement["stmt"] for statement in statements_in(text)]
    except Rejection:
        return []


def _selects(tree: Node) -> bool:
    """Tell whether a statement is a SELECT from something: `select the best` is valid SQL."""
    return "SelectStmt" in tree and '"RangeVar"' in json.dumps(tree)


def _bare(text: str) -> str:
    """Return a statement without comments and the last semicolon."""
    try:
        tokens = tokens_in(text)
    except Rejection:
        return text
    statement = text.encode()
    for name, start, end in reversed(tokens):
        if name in COMMENTS:
            statement = statement[:start] + b" " + statement[end:]
    return statement.decode().strip("; \t\r\n")
