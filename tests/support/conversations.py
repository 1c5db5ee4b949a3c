"""Turns of a conversation, read without a graph."""

from matinee.query import TitleLookup
from matinee.query.turns import Conversation, Reader
from matinee.understanding import Understanding


def follow(text: str, titles: TitleLookup, before: Conversation) -> Understanding:
    """Return what is asked for by now, in the year 2024."""
    read = Reader(titles, this_year=2024).turn(text, before, {}).after.understood
    assert read is not None
    return read
