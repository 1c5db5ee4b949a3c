"""Words of English are listed and texts are split into words in `language/` alone; every other room asks it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = 8
"""Words that a pattern or a set outside may hold: a handful that mean something to one rule alone."""

# What is no list of English words, or no word of a text.
EXCEPTIONS = {
    "agent/matinee/addresses.py": "keys of connection strings",
    "agent/matinee/catalogue/readers/names.py": "codes of languages and countries",
    "agent/matinee/catalogue/titles.py": "articles at the end of titles, as MovieLens writes them",
    "agent/matinee/encoders/bm25.py": "the tokens of the sparse encoder, as its index has them",
    "agent/matinee/ranking/diversity.py": "numbers of instalments at the end of titles",
    "agent/matinee/reasons/shown_text.py": "elements of HTML that models write",
    "agent/matinee/reasons/wording.py": "endings of nouns",
    "agent/matinee/sql/parsing.py": "PostgreSQL's operators",
    "agent/matinee/sql/unwrapping.py": "SQL's keywords",
    "agent/matinee_app/web/chat_tasks.py": "what chat programs' own prompts begin with",
}


def modules() -> Iterator[Path]:
    for root in ("agent", "graphs"):
        for path in sorted((ROOT / root).rglob("*.py")):
            if "language" not in path.parts:
                yield path.relative_to(ROOT)


def text_of(node: ast.AST) -> str:
    """Return the constant text in an expression; what is put into it stands as a blank."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) if isinstance(part, ast.Constant) else " " for part in node.values)
    return text_of(node.left) + text_of(node.right) if isinstance(node, ast.BinOp) else ""


def words_of(node: ast.AST) -> list[str]:
    """Return the words that an expression lists: alternatives of a pattern, a text that is split, members of a set."""
    if not isinstance(node, ast.Call):
        return []
    name = ast.unparse(node.func)
    if name == "re.compile" and node.args:
        pattern = re.sub(r"\(\?(?:P?<\w+>|[=!:]|<[=!])|\\.", "(", text_of(node.args[0]))
        return [part for part in re.split(r"[()|]", pattern) if re.search(r"[a-z]{3}", part)] if "|" in pattern else []
    if isinstance(node.func, ast.Attribute) and node.func.attr == "split" and not node.args:
        return text_of(node.func.value).split()
    if name in ("frozenset", "set") and node.args and isinstance(node.args[0], ast.Tuple | ast.List | ast.Set):
        return [text_of(one) for one in node.args[0].elts if text_of(one).isalpha()]
    return []


def splits_words(node: ast.AST) -> bool:
    """Tell whether an expression is a pattern of a word."""
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "re.compile"
        and bool(node.args)
        and (re.match(r"\(?\[\^\\W[\\d_]*\]\+|\\w\+", text_of(node.args[0])) is not None)
    )


@pytest.mark.parametrize("path", list(modules()), ids=str)
def test_no_other_room_lists_words_or_splits_texts_into_words(path: Path) -> None:
    found = [
        f"{path}:{node.lineno} {len(words_of(node))} words"
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and (len(words_of(node)) > MOST or splits_words(node))
    ]
    assert found == [] or str(path) in EXCEPTIONS


def test_every_exception_is_needed() -> None:
    for name in EXCEPTIONS:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        assert any(len(words_of(node)) > MOST or splits_words(node) for node in ast.walk(tree)), name
