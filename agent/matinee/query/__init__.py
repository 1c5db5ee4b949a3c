"""Understanding a request without a model: demands on the picks, and films named in it."""

from matinee.query.read import understand
from matinee.query.titles import TitleLookup

__all__ = ["TitleLookup", "understand"]
