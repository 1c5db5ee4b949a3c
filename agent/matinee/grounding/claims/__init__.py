"""Checks the claims of a reason: what each says, what bears it out, what must not be told."""

from matinee.grounding.claims.check import Checked, ClaimChecker, Judged
from matinee.grounding.claims.plot import Leeway, Scorer
from matinee.grounding.claims.premise import tellable
from matinee.grounding.claims.sources import Known, Source, cited
from matinee.grounding.claims.telling import tellable_passages
from matinee.grounding.claims.text import sentences

__all__ = [
    "Checked",
    "ClaimChecker",
    "Judged",
    "Known",
    "Leeway",
    "Scorer",
    "Source",
    "cited",
    "sentences",
    "tellable",
    "tellable_passages",
]
