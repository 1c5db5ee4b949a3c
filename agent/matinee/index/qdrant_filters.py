"""Ids, fields and demands as Qdrant knows them, over the payload that `QdrantVectorStore` writes."""

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid5

from qdrant_client import models

from matinee.index.filters import ID, Condition, Either, Filter
from matinee.index.table import Form

_NAMESPACE = UUID("5a3f1c1e-6a64-5d1c-9b43-6d6174696e65")

_KINDS = {
    "integer": models.PayloadSchemaType.INTEGER,
    "double precision": models.PayloadSchemaType.FLOAT,
}


def point_id(form: Form, row_id: str) -> str:
    """Return the point id of a row: the same for the same row id, a UUID as Qdrant wants."""
    try:
        return str(UUID(row_id))
    except ValueError:
        return str(uuid5(_NAMESPACE, form.id_prefix + row_id))


def meta(field: str) -> str:
    """Return the payload path of a metadata key; without the prefix a filter matches nothing, silently."""
    return f"metadata.{field}"


def payload_indexes(form: Form) -> dict[str, models.PayloadSchemaType]:
    """Return the payload paths to index, each with the kind of its values."""
    types = {**(form.parent.columns if form.parent else {}), **form.columns}
    fields = (*form.filtered, *form.parent_fields)
    return {meta(name): _KINDS.get(types.get(name, "text"), models.PayloadSchemaType.KEYWORD) for name in fields}


def qdrant_filter(form: Form, where: Filter) -> models.Filter | None:
    """Return the filter that lets through the points that meet every demand."""
    must: list[models.Condition] = []
    must_not: list[models.Condition] = []
    for demand in where:
        if isinstance(demand, Either):
            must.append(models.Filter(should=[matching(form, one) for one in demand.conditions]))
        elif not isinstance(demand.value, Collection):
            edge = {"gte" if demand.op == "at_least" else "lte": demand.value}
            must.append(models.FieldCondition(key=meta(demand.field), range=models.Range(**edge)))
        elif demand.op == "all_of":
            must.extend(matching(form, demand._replace(value=[str(one)])) for one in demand.value)
        else:
            (must_not if demand.op == "none_of" else must).append(matching(form, demand))
    return models.Filter(must=must, must_not=must_not) if must or must_not else None


def matching(form: Form, demand: Condition) -> models.Condition:
    """Return the condition that a field holds any of the values."""
    values: list[Any] = sorted(demand.value) if isinstance(demand.value, Collection) else []
    if demand.field == ID:
        return models.HasIdCondition(has_id=[point_id(form, value) for value in values])
    return models.FieldCondition(key=meta(demand.field), match=models.MatchAny(any=values))
