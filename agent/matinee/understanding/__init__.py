"""Understanding a request without a model: demands on the picks, and films named in it."""

from matinee.understanding.read import understand
from matinee.understanding.titles import TitleLookup

__all__ = ["TitleLookup", "understand"]
