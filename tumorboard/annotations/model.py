"""What a reader draws: frozen records in patient coordinates.

Points are LPS millimetres. Where the image is uncalibrated the same coordinates are
pixels of the image plane, the reference says so, and no value is shown in mm.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.geometry import Calibration, Caveat, Plane

Point = tuple[float, float, float]


class Kind(StrEnum):
    """The shape of an annotation and what its points mean."""

    LENGTH = "length"  # two ends
    BIDIRECTIONAL = "bidirectional"  # long axis ends, short axis ends
    ELLIPSE = "ellipse"  # ends of the first axis, ends of the second axis
    CRANIOCAUDAL = "craniocaudal"  # two ends along the patient's long axis
    VESSEL_LEVEL = "vessel level"  # one point
    TUMOUR_END = "tumour end"  # one point


class Landmark(StrEnum):
    """Levels along the inferior vena cava that are marked, from caudal to cranial."""

    ILIAC_CONFLUENCE = "iliac confluence"
    RENAL_VEINS = "renal veins"
    LIVER_ENTRY = "entry into the liver"
    HEPATIC_VEINS = "hepatic veins"
    CAVOATRIAL_JUNCTION = "cavo-atrial junction"


class TumourEnd(StrEnum):
    """The two ends of the tumour inside the vein."""

    CAUDAL = "caudal"
    CRANIAL = "cranial"


def as_point(values: ArrayLike) -> Point:
    """Return three numbers as a point."""
    x, y, z = np.asarray(values, dtype=np.float64)
    return (float(x), float(y), float(z))


def new_uid() -> str:
    """Return a fresh DICOM UID from a random UUID (PS3.5 section B.2)."""
    return f"2.25.{uuid.uuid4().int}"


def utc_now() -> str:
    """Return the present UTC time, ISO 8601 with seconds and a trailing Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class ImageReference:
    """The images an annotation was drawn on.

    ``sop_instance_uids`` names the slice it lies on; for one that spans slices of a
    reformat, the slices of its two ends.
    """

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uids: tuple[str, ...]
    frame_of_reference_uid: str
    plane: Plane
    calibration: Calibration = Calibration.PIXEL_SPACING


@dataclass(frozen=True)
class Annotation:
    """One thing drawn by one person at one time.

    ``uid`` stays through every edit. ``lesion_uid`` is the tracking UID of the lesion
    that it measures, the same over time points; empty for a free measurement.
    ``role`` says what the annotation stands for where the kind leaves it open: a
    `Landmark` or a `TumourEnd` value. ``normal`` is the unit normal of the plane it was
    drawn in.
    """

    uid: str
    kind: Kind
    points: tuple[Point, ...]
    normal: Point
    image: ImageReference
    author: str
    created_utc: str
    label: str = ""
    role: str = ""
    lesion_uid: str = ""
    caveats: tuple[Caveat, ...] = field(default=())
