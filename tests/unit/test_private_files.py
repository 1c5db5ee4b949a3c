"""Files that are written in one step."""

from pathlib import Path

import pytest

from matinee.private_files import replace_text


def test_a_text_that_is_replaced_is_whole_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_text("a longer text than the next one")
    replace_text(path, "Am\u00e9lie")
    assert path.read_text("utf-8") == "Am\u00e9lie"
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_where_a_text_cannot_be_written_nothing_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_text("former")
    with pytest.raises(UnicodeEncodeError):
        replace_text(path, "\ud800")
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]
