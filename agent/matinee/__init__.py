"""matinee: grounded film recommendations on the viewer's own machine.

What a program needs is imported from here; where it lives further down may change. Nothing is loaded before its name
is asked for, so that `import matinee` costs next to nothing.
"""

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matinee.context import Context, Weights
    from matinee.errors import (
        CatalogueError,
        ChatModelUnavailable,
        EmbeddingsUnavailable,
        IndexDamaged,
        IndexInUse,
        IndexMismatch,
        IndexUnavailable,
        InvalidRequest,
        MatineeError,
        ModelUnavailable,
        TelemetryUnavailable,
        UnknownCatalogueFormat,
        UnknownTitle,
        UnreadableAddress,
        WeightsCorrupt,
    )
    from matinee.events.schema import Event, Final, Notice, Recommendation, Reply, Reset, Statement, Status, Token
    from matinee.models import Movie, MovieRecommendation
    from matinee.settings import Settings
    from matinee.sql.guard import Verdict
    from matinee.sql.guard import check as check_sql
    from matinee_graphs.langchain import MovieRetriever, RecommendTool
    from matinee_graphs.parts import Parts, open_parts
    from matinee_graphs.recommend import build_recommend_graph
    from matinee_graphs.recommender import Recommender
    from matinee_graphs.sql import build_sql_graph

    __version__: str

__all__ = [
    "CatalogueError",
    "ChatModelUnavailable",
    "Context",
    "EmbeddingsUnavailable",
    "Event",
    "Final",
    "IndexDamaged",
    "IndexInUse",
    "IndexMismatch",
    "IndexUnavailable",
    "InvalidRequest",
    "MatineeError",
    "ModelUnavailable",
    "Movie",
    "MovieRecommendation",
    "MovieRetriever",
    "Notice",
    "Parts",
    "RecommendTool",
    "Recommendation",
    "Recommender",
    "Reply",
    "Reset",
    "Settings",
    "Statement",
    "Status",
    "TelemetryUnavailable",
    "Token",
    "UnknownCatalogueFormat",
    "UnknownTitle",
    "UnreadableAddress",
    "Verdict",
    "Weights",
    "WeightsCorrupt",
    "__version__",
    "build_recommend_graph",
    "build_sql_graph",
    "check_sql",
    "open_parts",
]

_NAMES_IN = {
    "matinee.context": "Context Weights",
    "matinee.errors": "CatalogueError ChatModelUnavailable EmbeddingsUnavailable IndexDamaged IndexInUse "
    "IndexMismatch IndexUnavailable InvalidRequest MatineeError ModelUnavailable TelemetryUnavailable "
    "UnknownCatalogueFormat UnknownTitle UnreadableAddress WeightsCorrupt",
    "matinee.events.schema": "Event Final Notice Recommendation Reply Reset Statement Status Token",
    "matinee.models": "Movie MovieRecommendation",
    "matinee.settings": "Settings",
    "matinee.sql.guard": "Verdict check_sql",
    "matinee_graphs.langchain": "MovieRetriever RecommendTool",
    "matinee_graphs.parts": "Parts open_parts",
    "matinee_graphs.recommend": "build_recommend_graph",
    "matinee_graphs.recommender": "Recommender",
    "matinee_graphs.sql": "build_sql_graph",
}
_MODULE_OF = {name: module for module, names in _NAMES_IN.items() for name in names.split()}
_THERE = {"check_sql": "check"}
"""Names that are others where they live."""

logging.getLogger(__name__).addHandler(logging.NullHandler())  # the host application decides what is shown


if not TYPE_CHECKING:  # to which every misspelt name would be one of these

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            value: Any = version("matinee")
        elif module := _MODULE_OF.get(name):
            value = getattr(importlib.import_module(module), _THERE.get(name, name))
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value  # found without this function from now on
        return value


def __dir__() -> list[str]:
    return list(__all__)
