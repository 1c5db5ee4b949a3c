"""Qdrant client models as the embedded engine's: points, filters, queries."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import qdrant_edge as edge
from qdrant_client.http import models

DISTANCES = {
    models.Distance.COSINE: edge.Distance.Cosine,
    models.Distance.EUCLID: edge.Distance.Euclid,
    models.Distance.DOT: edge.Distance.Dot,
    models.Distance.MANHATTAN: edge.Distance.Manhattan,
}

PAYLOAD_TYPES = {
    models.PayloadSchemaType.KEYWORD: edge.PayloadSchemaType.Keyword,
    models.PayloadSchemaType.INTEGER: edge.PayloadSchemaType.Integer,
    models.PayloadSchemaType.FLOAT: edge.PayloadSchemaType.Float,
    models.PayloadSchemaType.BOOL: edge.PayloadSchemaType.Bool,
}

_RRF_K = 2
"""The constant of Qdrant's own reciprocal rank fusion, its server's default."""


def edge_config(config: models.CreateCollection) -> edge.EdgeConfig:
    """Return a collection's configuration as the engine wants it."""
    vectors = config.vectors or {}
    named = vectors if isinstance(vectors, dict) else {"": vectors}
    return edge.EdgeConfig(
        vectors={n: edge.EdgeVectorParams(size=v.size, distance=DISTANCES[v.distance]) for n, v in named.items()},
        sparse_vectors={
            name: edge.EdgeSparseVectorParams(
                modifier=edge.Modifier.Idf if params.modifier == models.Modifier.IDF else None
            )
            for name, params in (config.sparse_vectors or {}).items()
        },
    )


def edge_id(point_id: Any) -> int | UUID:
    """Return a point id as the engine wants it."""
    return point_id if isinstance(point_id, int) else UUID(str(point_id))


def edge_vector(vector: Any) -> Any:
    """Return a dense, sparse or named vector as the engine wants it."""
    if isinstance(vector, models.SparseVector):
        return edge.SparseVector(indices=list(vector.indices), values=list(vector.values))
    if isinstance(vector, dict):
        return {name: edge_vector(v) for name, v in vector.items()}
    return list(vector)


def client_vector(vector: Any) -> Any:
    """Return the engine's vector as the client gives it: the unnamed one bare when it is alone."""
    if isinstance(vector, edge.SparseVector):
        return models.SparseVector(indices=vector.indices, values=vector.values)
    if isinstance(vector, dict):
        named = {name: client_vector(v) for name, v in vector.items()}
        return named[""] if set(named) == {""} else named
    return vector


def edge_point(point: models.PointStruct) -> edge.Point:
    """Return a point as the engine wants it."""
    return edge.Point(id=edge_id(point.id), vector=edge_vector(point.vector), payload=point.payload)


def edge_query(query: Any, using: str | None) -> Any:
    """Return a query as the engine wants it: None, fusion, or nearest to a vector (with MMR)."""
    if query is None:
        return None
    if isinstance(query, models.FusionQuery):
        return edge.Fusion.Rrf(k=_RRF_K) if query.fusion == models.Fusion.RRF else edge.Fusion.Dbsf()
    if isinstance(query, models.NearestQuery):
        if query.mmr is None:
            return edge_query(query.nearest, using)
        diversity = 0.5 if query.mmr.diversity is None else query.mmr.diversity
        return edge.Mmr(
            vector=edge_vector(query.nearest),
            lambda_=1.0 - diversity,
            candidates_limit=query.mmr.candidates_limit or 100,
            using=using,
        )
    if isinstance(query, models.SparseVector | Sequence) and not isinstance(query, str):
        return edge.Query.Nearest(edge_vector(query), using=using or None)
    raise NotImplementedError(f"The embedded store has no query of type {type(query).__name__}; use a Qdrant server.")


def edge_prefetch(prefetch: models.Prefetch) -> edge.Prefetch:
    """Return one of several searches that get fused."""
    return edge.Prefetch(
        limit=prefetch.limit or 10,
        query=edge_query(prefetch.query, prefetch.using),
        params=edge_params(prefetch.params),
        filter=edge_filter(prefetch.filter),
        score_threshold=prefetch.score_threshold,
    )


def edge_params(params: models.SearchParams | None) -> edge.SearchParams | None:
    """Return the search parameters."""
    if params is None:
        return None
    return edge.SearchParams(hnsw_ef=params.hnsw_ef, exact=bool(params.exact), indexed_only=bool(params.indexed_only))


def edge_filter(condition: models.Filter | None) -> edge.Filter | None:
    """Return a filter with all its conditions.

    Raises:
        NotImplementedError: it holds a condition that this adapter does not carry over.
    """
    if condition is None:
        return None
    return edge.Filter(
        must=_conditions(condition.must),
        should=_conditions(condition.should),
        must_not=_conditions(condition.must_not),
        min_should=_min_should(condition.min_should),
    )


def _min_should(least: models.MinShould | None) -> edge.MinShould | None:
    if least is None:
        return None
    return edge.MinShould(_conditions(least.conditions) or [], least.min_count)


def _conditions(conditions: Any) -> list[Any] | None:
    if conditions is None:
        return None
    return [_condition(c) for c in (conditions if isinstance(conditions, list) else [conditions])]


_MATCHES: dict[type, Callable[[Any], Any]] = {
    models.MatchValue: lambda match: edge.MatchValue(match.value),
    models.MatchAny: lambda match: edge.MatchAny(match.any),
    models.MatchExcept: lambda match: edge.MatchExcept(match.except_),
    models.MatchText: lambda match: edge.MatchText(match.text),
}


def _condition(condition: Any) -> Any:
    match condition:
        case models.Filter():
            return edge_filter(condition)
        case models.HasIdCondition():
            return edge.HasIdCondition({edge_id(i) for i in condition.has_id})
        case models.IsEmptyCondition():
            return edge.IsEmptyCondition(condition.is_empty.key)
        case models.IsNullCondition():
            return edge.IsNullCondition(condition.is_null.key)
        case models.FieldCondition() if type(condition.match) in _MATCHES:
            return edge.FieldCondition(key=condition.key, match=_MATCHES[type(condition.match)](condition.match))
        case models.FieldCondition(range=models.Range() as bounds):
            within = edge.RangeFloat(gte=bounds.gte, gt=bounds.gt, lte=bounds.lte, lt=bounds.lt)
            return edge.FieldCondition(key=condition.key, range=within)
        case _:
            raise NotImplementedError(
                f"The embedded store has no filter like {condition!r}; use a Qdrant server, or match, range and id."
            )
