"""Readers of catalogue files, one module a format.

A new format is a module with a `FORMAT`, named in `opening.FORMATS`.
"""

from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.opening import FORMATS, format_names, open_catalogue, open_described, open_starter
from matinee.catalogue.readers.row import Row

__all__ = ["FORMATS", "Catalogue", "Format", "Row", "format_names", "open_catalogue", "open_described", "open_starter"]
