"""A reason that only names its film, or only says the request again, says nothing and is written anew."""

import pytest

from matinee.grounding.draft import Draft
from matinee.grounding.picks import PickDesk
from matinee.models import Candidate, Understanding
from matinee.providers.evidence.writer import EvidenceWriter
from tests.support.films import ARRIVAL

REQUEST = Understanding(text="something contemplative")


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Arrival (2016).", "facts"),
        ("It is Arrival (2016).", "facts"),
        ("The film is something contemplative.", "facts"),
        ("Arrival (2016) is a contemplative drama.", "model"),
        ("You asked for something contemplative, and it is about language, too.", "model"),
    ],
)
def test_a_reason_without_anything_of_its_own_is_written_anew(reason: str, kind: str) -> None:
    desk = PickDesk([Candidate(movie=ARRIVAL)], REQUEST, [], 1, EvidenceWriter(REQUEST).reason)
    pick = desk.take(Draft(number=1, numbered="bracket", title="Arrival", year=2016, reason=reason))
    assert pick is not None
    assert pick.reasoning_kind == kind
