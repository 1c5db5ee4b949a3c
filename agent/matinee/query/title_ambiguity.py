"""What a viewer should know of the films that a request names: several of one title, one asked for itself, too many."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from matinee.language.folding import fold
from matinee.language.lexicon import forms
from matinee.understanding import Mention, Understanding

MOST_MENTIONS = 30
"""Films of one request that are looked at; each costs a look at its neighbours."""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    said = forms("turns", "title")
    film = r"(?: the)?(?: (?:movie|film))? ?[\"'\u201c]?$"
    return {
        "asked_before": re.compile(rf"\b(?:{said('asked_before')}){film}"),
        "likened_after": re.compile(r"[\"'\u201d]?[- ](?:style|type|vibes?|like)\b"),
        "judged_before": re.compile(rf"(?:^|[.,;!?] ?|\bso )(?:{said('judged_before')}){film}"),
        "judged_after": re.compile(rf"[\"'\u201d]? ?(?:{said('judged_after')}|\?)"),
    }


class Ambiguity(NamedTuple):
    """Words of the request that name several films."""

    words: str
    mentions: list[Mention]


def ambiguities(mentions: Sequence[Mention]) -> list[Ambiguity]:
    """Return the names that several films bear, in the order of the request."""
    named = [Ambiguity(words, list(films)) for words, films in groupby(mentions, key=_spoken) if words]
    return [ambiguity for ambiguity in named if len(ambiguity.mentions) > 1]


def chosen(understood: Understanding, words: str, movie_ids: Collection[str]) -> Understanding:
    """Return the understanding with these films alone for the words that name several."""
    kept = [m for m in understood.mentions if m.words != words or m.movie_id in movie_ids]
    return understood.model_copy(update={"mentions": kept})


def told_of_ambiguity(ambiguity: Ambiguity) -> str:
    """Return the sentence that tells of several films kept for one name."""
    labels = [_label(m) for m in ambiguity.mentions]
    named = f"{', '.join(labels[:-1])} and {labels[-1]}"
    return f"“{ambiguity.words}” names {len(labels)} films, {named}; all of them count: add the year to mean one."


def told_of_mentions(text: str, mentions: Sequence[Mention]) -> Iterator[str]:
    """Yield what to say of the films named: one asked for itself, and that there are too many."""
    for mention in mentions:
        if mention.role == "like" and _asked_for_itself(text, mention):
            yield f"“{mention.title}” itself is in the catalogue; what follows are other films like it."
    if len(mentions) > MOST_MENTIONS:
        yield f"The request names {len(mentions)} films; the first {MOST_MENTIONS} were read."


def _asked_for_itself(text: str, mention: Mention) -> bool:
    start, end = mention.span or (0, 0)
    before, after = fold(text[max(0, start - 60) : start]), fold(text[end : end + 20])
    asked = _patterns()["asked_before"].search(before) and not _patterns()["likened_after"].match(after)
    return bool(asked or (_patterns()["judged_before"].search(before) and _patterns()["judged_after"].match(after)))


def _spoken(mention: Mention) -> str:
    return "" if mention.role == "shown" else mention.words


def _label(mention: Mention) -> str:
    return f"{mention.title} ({mention.year})" if mention.year else mention.title
