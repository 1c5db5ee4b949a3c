"""Who does what to whom: claims made from the catalogue's own sentences, with their people kept and exchanged."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from matinee.grounding.claims import ClaimChecker, tellable
from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.reading import Phrase, Reading
from matinee.grounding.claims.reading.grammar import GRAMMAR
from matinee.models import Movie, Understanding
from tests.support.labelled_claims import starter_movies

CHECKER = ClaimChecker(Understanding(text="something good for tonight"))
PREMISE = (
    "Noted thief Ida Holm robs a jeweller who has cheated her mother. Hunted by a patient detective, she hides in the "
    "flat of a lonely painter and lets him hide her pictures."
)
FILM = Movie(movie_id="m1", title="The Holm Case", overview=PREMISE)


class Tie(NamedTuple):
    """Somebody who does something to somebody in the premise of a film, in its own words."""

    movie: Movie
    doer: str
    verb: str
    plain: str
    part: str


def says(phrase: Phrase) -> bool:
    return any(not LEXICON.empty(word.low) for word in phrase.words)


@cache
def ties() -> list[Tie]:
    return [tie for movie in starter_movies().values() for tie in _ties(movie)]


def _ties(movie: Movie) -> Iterator[Tie]:
    text = tellable(movie, "premise").overview
    for event in Reading(text).events:
        if (
            len(event.doers) != 1
            or not event.parts
            or event.passive
            or event.denied
            or not event.token.low.endswith("s")
        ):
            continue
        doer, part = event.doers[0], event.parts[0]
        shared = {word.stem for word in doer.words} & {word.stem for word in part.words}
        if event.verb in ("be", "have") or not (says(doer) and says(part)) or shared or doer.sentence != part.sentence:
            continue
        names = [text[phrase.words[0].start : phrase.words[-1].end] for phrase in (doer, part)]
        if not any(mark in "".join(names) for mark in ',;:"'):
            yield Tie(movie, names[0], event.token.text, event.verb, names[1])


def past(plain: str) -> str:
    """Return a participle of the verb: the last listed form, else the regular one."""
    forms = [word for word, verb in GRAMMAR.forms.items() if verb.plain == plain and verb.form == "past"]
    return forms[-1] if forms else plain


def standing(template: str) -> float:
    """Return the share of the catalogue's ties that stand, put in these words."""
    stand = 0
    for tie in ties():
        claim = template.format(**tie._asdict(), past=past(tie.plain))
        checked = CHECKER.check(claim, tie.movie)
        stand += bool(checked.text) and not checked.cut
    return stand / len(ties())


def test_the_catalogue_gives_ties_enough_to_judge_by() -> None:
    assert len(ties()) > 300


@pytest.mark.parametrize(
    "template",
    [
        "The {doer} {verb} the {part}.",
        "It follows the {doer}, who {verb} the {part}.",
        "The {doer} has to {plain} the {part}.",
        "We follow the {doer} as they {plain} the {part}.",
    ],
)
def test_what_the_premise_tells_stands_in_other_frames(template: str) -> None:
    assert standing(template) > 0.9


@pytest.mark.parametrize(
    "template",
    [
        "The {part} {verb} the {doer}.",
        "It follows the {part}, who {verb} the {doer}.",
        "The {doer} is {past} by the {part}.",
    ],
)
def test_whoever_does_it_and_whom_it_is_done_to_cannot_change_places(template: str) -> None:
    assert standing(template) <= 0.02


@pytest.mark.parametrize(
    "claim",
    [
        "Ida Holm hides in a painter's flat.",
        "A detective hunts Ida Holm.",
        "A thief hunted by a detective hides in the flat of a lonely painter.",
        "Ida Holm robs the jeweller who cheated her mother.",
        "The thief's mother has been cheated by a jeweller.",
        "It is about a thief who hides in a painter's flat.",
    ],
)
def test_the_same_ties_stand_in_another_order(claim: str) -> None:
    assert CHECKER.check(claim, FILM).text == claim


@pytest.mark.parametrize(
    "claim",
    [
        "A detective hides in a painter's flat.",
        "Ida Holm hunts a detective.",
        "A jeweller is hunted by a patient detective.",
        "Ida Holm cheated her mother.",
        "A painter robs a jeweller.",
        "A lonely detective hides her pictures.",
        "The jeweller of the painter hides.",
    ],
)
def test_other_ties_of_the_same_words_are_cut(claim: str) -> None:
    assert CHECKER.check(claim, FILM).text == ""


def test_what_leads_the_sentence_in_may_stand_behind_its_subject() -> None:
    film = FILM.model_copy(update={"overview": "Just out of prison, Ida Holm robs a jeweller near the harbour."})
    assert CHECKER.check("Ida Holm, just out of prison, robs a jeweller.", film).text
    assert not CHECKER.check("A jeweller, just out of prison, robs Ida Holm.", film).text
    assert not CHECKER.check("Ida Holm robs a jeweller just out of prison.", film).text


def test_a_country_of_the_overview_bears_out_what_is_called_by_it() -> None:
    film = FILM.model_copy(update={"overview": "A thief robs a jeweller. She is hidden by a painter from Egypt."})
    claim = "She is hidden by an Egyptian painter."
    assert CHECKER.check(claim, film).text == claim
    assert CHECKER.check("She is hidden by an Ethiopian painter.", film).text == ""
