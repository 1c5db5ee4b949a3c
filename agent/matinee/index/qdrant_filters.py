"""Constraints as Qdrant filters over the payload that `QdrantVectorStore` writes."""

from collections.abc import Collection, Sequence
from uuid import UUID, uuid5

from qdrant_client import models

from matinee.models import Constraint, ConstraintField

_NAMESPACE = UUID("5a3f1c1e-6a64-5d1c-9b43-6d6174696e65")

INDEXED = {
    "movie_id": models.PayloadSchemaType.KEYWORD,
    "keys": models.PayloadSchemaType.KEYWORD,
    "genres": models.PayloadSchemaType.KEYWORD,
    "keywords": models.PayloadSchemaType.KEYWORD,
    "languages": models.PayloadSchemaType.KEYWORD,
    "countries": models.PayloadSchemaType.KEYWORD,
    "directors": models.PayloadSchemaType.KEYWORD,
    "stars": models.PayloadSchemaType.KEYWORD,
    "year": models.PayloadSchemaType.INTEGER,
    "runtime": models.PayloadSchemaType.INTEGER,
    "metascore": models.PayloadSchemaType.INTEGER,
    "imdb_rating": models.PayloadSchemaType.FLOAT,
}

PEOPLE_FIELDS = ("directors", "stars")

INDEXED_PREFERENCES = {"user_id": models.PayloadSchemaType.KEYWORD, "kind": models.PayloadSchemaType.KEYWORD}


def point_id(identity: str) -> str:
    """Return the point id of a film or preference: the same for the same identity, a UUID as Qdrant wants."""
    try:
        return str(UUID(identity))
    except ValueError:
        return str(uuid5(_NAMESPACE, identity))


def meta(key: str) -> str:
    """Return the payload path of a metadata key; without the prefix a filter matches nothing, silently."""
    return f"metadata.{key}"


def matching(key: str, values: Collection[str]) -> models.FieldCondition:
    """Return the condition that a field holds any of the values."""
    return models.FieldCondition(key=meta(key), match=models.MatchAny(any=sorted(values)))


def movie_filter(constraints: Sequence[Constraint], exclude: Collection[str] = ()) -> models.Filter | None:
    """Return the filter that lets through the films that meet every constraint and are not excluded."""
    must: list[models.Condition] = []
    must_not: list[models.Condition] = []
    for constraint in constraints:
        if constraint.field is ConstraintField.PEOPLE:
            _add_people(constraint, must, must_not)
            continue
        field, value = constraint.field.value, constraint.value
        if not isinstance(value, list):
            bounds = models.Range(gte=value) if constraint.op == "at_least" else models.Range(lte=value)
            must.append(models.FieldCondition(key=meta(field), range=bounds))
        elif constraint.op == "none_of":
            must_not.append(matching(field, value))
        elif constraint.op == "any_of":
            must.append(matching(field, value))
        else:
            must.extend(matching(field, [one]) for one in value)
    if exclude:
        must_not.append(models.HasIdCondition(has_id=[point_id(i) for i in sorted(exclude)]))
    return models.Filter(must=must, must_not=must_not) if must or must_not else None


def _add_people(constraint: Constraint, must: list[models.Condition], must_not: list[models.Condition]) -> None:
    """Add a demand on directors and stars alike; Qdrant knows no field that is both."""
    names = constraint.value if isinstance(constraint.value, list) else []
    if constraint.op == "none_of":
        must_not.extend(matching(field, names) for field in PEOPLE_FIELDS)
        return
    for among in [names] if constraint.op == "any_of" else [[name] for name in names]:
        must.append(models.Filter(should=[matching(field, among) for field in PEOPLE_FIELDS]))
