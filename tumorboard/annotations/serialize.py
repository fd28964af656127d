"""Annotations as plain JSON values and back, exactly.

The reader is tolerant: unknown keys are passed over and missing optional ones take their
default, so that records of older and slightly newer programs open. Floats keep every bit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.imaging.geometry import Calibration, Caveat, Plane, Point

#: Raised when a key changes its meaning; new optional keys do not raise it.
VERSION = 1


def annotation_to_json(annotation: Annotation) -> dict[str, Any]:
    """Return the annotation as JSON values.

    Points and normal are lists of LPS coordinates, in millimetres where calibrated.

    Raises
    ------
    ValueError
        When a coordinate is not finite.

    """
    a = annotation
    return {
        "version": VERSION,
        "uid": a.uid,
        "kind": a.kind.value,
        "points": [_triple(p) for p in a.points],
        "normal": _triple(a.normal),
        "image": _image_to_json(a.image),
        "author": a.author,
        "created_utc": a.created_utc,
        "label": a.label,
        "role": a.role,
        "lesion_uid": a.lesion_uid,
        "caveats": [{"code": c.code, "text": c.text} for c in a.caveats],
        "label_offset": None if a.label_offset is None else _triple(a.label_offset),
        "known_mm": _finite(a.known_mm),
        "proposed": a.proposed,
        "origin": a.origin,
    }


def annotation_from_json(data: Mapping[str, Any]) -> Annotation:
    """Read an annotation.

    Raises
    ------
    ValueError
        When it has a later version, an unknown kind or plane, or lacks a needed key.

    """
    if data.get("version", VERSION) > VERSION:
        raise ValueError(f"annotation of version {data['version']}, known are up to {VERSION}")
    try:
        values = data.get("label_offset")
        return Annotation(
            uid=data["uid"],
            kind=SPECS[Kind(data["kind"])].kind,  # nothing is read or kept without the table
            points=tuple(_point(p) for p in data["points"]),
            normal=_point(data["normal"]),
            image=_image_from_json(data["image"]),
            author=data["author"],
            created_utc=data["created_utc"],
            label=data.get("label", ""),
            role=data.get("role", ""),
            lesion_uid=data.get("lesion_uid", ""),
            caveats=tuple(Caveat(c["code"], c["text"]) for c in data.get("caveats", ())),
            label_offset=None if values is None else _point(values),
            known_mm=float(data.get("known_mm", 0.0)),
            proposed=bool(data.get("proposed", False)),
            origin=data.get("origin", ""),
        )
    except KeyError as error:
        raise ValueError(f"annotation without {error.args[0]}") from error


def _image_to_json(image: ImageReference) -> dict[str, Any]:
    return {
        "study_instance_uid": image.study_instance_uid,
        "series_instance_uid": image.series_instance_uid,
        "sop_instance_uids": list(image.sop_instance_uids),
        "frame_of_reference_uid": image.frame_of_reference_uid,
        "plane": image.plane.value,
        "calibration": image.calibration.value,
        "scale": _finite(image.scale),
        "frames": list(image.frames),
    }


def _image_from_json(data: Mapping[str, Any]) -> ImageReference:
    return ImageReference(
        study_instance_uid=data["study_instance_uid"],
        series_instance_uid=data["series_instance_uid"],
        sop_instance_uids=tuple(data["sop_instance_uids"]),
        frame_of_reference_uid=data["frame_of_reference_uid"],
        plane=Plane(data["plane"]),
        calibration=Calibration(data.get("calibration", Calibration.PIXEL_SPACING.value)),
        scale=float(data.get("scale", 1.0)),
        frames=tuple(int(n) for n in data.get("frames", ())),
    )


def _triple(point: Point) -> list[float]:
    values = [float(value) for value in point]
    if len(values) != 3 or not all(math.isfinite(value) for value in values):
        raise ValueError("a point needs three finite coordinates")
    return values


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a length needs a finite number")
    return float(value)


def _point(values: Sequence[float]) -> Point:
    x, y, z = (float(value) for value in values)
    return x, y, z
