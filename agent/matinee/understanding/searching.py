"""The words to search with: the request, its titles spelt out by what the films are about."""

from collections.abc import Sequence

from matinee.models import Movie, Understanding

_KEYWORDS = 6
"""Of each film that the request wants more of."""


def search_text(understood: Understanding, seeds: Sequence[Movie]) -> str:
    """Return what stands for the request in searches.

    A title's own words lead astray (“Moon” finds space flight, “Heat” the summer), so titles are taken out, and what
    the films are about, by their genres and keywords, is put in. A request that names no film is its own text.
    """
    named = {mention.words for mention in understood.mentions if mention.role != "shown"} - {""}
    if not named:
        return understood.text
    text = understood.text
    for words in sorted(named, key=len, reverse=True):
        text = text.replace(words, " ")
    about = [", ".join([*seed.keywords[:_KEYWORDS], *seed.genres]) for seed in seeds]
    return ". ".join(part for part in (" ".join(text.split()), *about) if part)
