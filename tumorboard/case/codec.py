"""Parts of a case as JSON values and back, exactly; readers pass over unknown keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from tumorboard.annotations.model import Annotation
from tumorboard.annotations.serialize import annotation_from_json, annotation_to_json
from tumorboard.case.definitions import AtLeast
from tumorboard.case.facts import Fact, FactValue, Place, Provenance
from tumorboard.case.model import Lesion, Remark, SeriesRef
from tumorboard.case.saved_view import SavedView, saved_view_from_json, saved_view_to_json
from tumorboard.case.segmentation import (
    Segmentation,
    segmentation_from_json,
    segmentation_to_json,
)
from tumorboard.case.vessel import VesselPath, vessel_from_json, vessel_to_json

T = TypeVar("T")

Part = Annotation | Lesion | Fact | SeriesRef | Remark | SavedView | Segmentation | VesselPath | str

#: The family of each type of part; a plain string is a detail of the case itself.
ENTITY_TYPES: dict[str, type] = {
    "annotation": Annotation,
    "lesion": Lesion,
    "fact": Fact,
    "derived": Fact,
    "series": SeriesRef,
    "remark": Remark,
    "view": SavedView,
    "segmentation": Segmentation,
    "vessel": VesselPath,
    "case": str,
}

#: The families that read themselves.
_READERS: dict[str, Callable[[Mapping[str, Any]], Part]] = {
    "annotation": annotation_from_json,
    "view": saved_view_from_json,
    "segmentation": segmentation_from_json,
    "vessel": vessel_from_json,
}

#: How a count of which only the lower bound is known is written, as in the facts' JSON.
_LOWER_BOUND = "at_least"


def encode(part: Part) -> Any:
    """Return a part as JSON values.

    Raises
    ------
    ValueError, TypeError
        When it holds something without a JSON form, such as a number that is not finite.

    """
    if isinstance(part, Annotation):
        return annotation_to_json(part)
    if isinstance(part, SavedView):
        return saved_view_to_json(part)
    if isinstance(part, Segmentation):
        return segmentation_to_json(part)
    if isinstance(part, VesselPath):
        return vessel_to_json(part)
    if isinstance(part, str):
        return part
    if isinstance(part, Fact) and isinstance(part.value, AtLeast):
        return {**asdict(part), "value": {_LOWER_BOUND: part.value.count}}
    return asdict(part)


def decode(entity: str, data: Any) -> Part:
    """Read a part of the family ``entity``.

    Raises
    ------
    ValueError
        When it cannot be read.

    """
    if entity in _READERS:
        return _READERS[entity](data)
    if entity in ("fact", "derived"):
        provenance = _provenance(data["provenance"])
        return Fact(data["name"], _fact_value(data["value"]), provenance)
    if entity == "lesion":
        return _build(Lesion, data)
    if entity == "remark":
        return _build(Remark, {**data, "place": _place(data.get("place"))})
    if entity == "series":
        return _build(SeriesRef, freeze(data))
    return str(data)


def _provenance(data: Mapping[str, Any]) -> Provenance:
    return _build(Provenance, {**freeze(data), "place": _place(data.get("place"))})


def _place(data: Mapping[str, Any] | None) -> Place | None:
    return _build(Place, freeze(data)) if data else None


def _fact_value(data: Any) -> FactValue:
    if isinstance(data, Mapping) and set(data) == {_LOWER_BOUND}:
        return AtLeast(int(data[_LOWER_BOUND]))
    return freeze(data)


def freeze(value: FactValue) -> FactValue:
    """Return a fact's value in the form that it has after storing: lists as tuples, sets sorted."""
    if isinstance(value, Mapping):
        return {str(k): freeze(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return tuple(sorted(freeze(v) for v in value))
    if isinstance(value, list | tuple):
        return tuple(freeze(v) for v in value)
    return value


def _build(kind: type[T], data: Mapping[str, Any]) -> T:
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # dataclasses only
    return kind(**{k: v for k, v in data.items() if k in names})
