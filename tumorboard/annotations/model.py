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

from tumorboard.imaging.geometry import Calibration, Caveat, Plane, Point
from tumorboard.language import N_, _


class Kind(StrEnum):
    """The shape of an annotation and what its points mean."""

    LENGTH = "length"  # two ends
    BIDIRECTIONAL = "bidirectional"  # long axis ends, short axis ends
    ELLIPSE = "ellipse"  # ends of the first axis, ends of the second axis
    CRANIOCAUDAL = "craniocaudal"  # two ends along the patient's long axis
    VESSEL_LEVEL = "vessel level"  # one point
    TUMOUR_END = "tumour end"  # one point
    ANGLE = "angle"  # end of one arm, vertex, end of the other
    CIRCLE = "circle"  # as an ellipse with equal axes
    RECTANGLE = "rectangle"  # four corners in their order
    POLYGON = "polygon"  # corners in their order, closed
    FREEHAND = "freehand"  # points of a closed line
    PATH = "path"  # points of an open line in their order
    ARROW = "arrow"  # tip, tail
    TEXT = "text"  # one point; the words are the label
    PROBE = "probe"  # one point
    VERTEBRA = "vertebra"  # one point; its name is the label
    CALIBRATION = "calibration"  # two ends of something of known length


class Landmark(StrEnum):
    """Levels along the inferior vena cava that are marked, from caudal to cranial."""

    ILIAC_CONFLUENCE = N_("iliac confluence")
    RENAL_VEINS = N_("renal veins")
    LIVER_ENTRY = N_("entry into the liver")
    HEPATIC_VEINS = N_("hepatic veins")
    CAVOATRIAL_JUNCTION = N_("cavo-atrial junction")

    @property
    def words(self) -> str:
        """What a reader sees for it."""
        return _(self.value)


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

    ``series_instance_uid`` names the series in the case: its Series Instance UID, or the name
    of a part of it, as in `tumorboard.imaging.volume.Volume`. ``sop_instance_uids`` names the
    slice it lies on; for one that spans slices of a reformat, the slices of its two ends;
    ``frames`` are their frame numbers, counted from 1, where one object holds several
    pictures, else empty. ``scale`` turns distances between the stored points into
    millimetres, or into pixels where the image is uncalibrated: 1 unless a reader calibrated
    the picture, or the points lie outside what the file calibrates.
    """

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uids: tuple[str, ...]
    frame_of_reference_uid: str
    plane: Plane
    calibration: Calibration = Calibration.PIXEL_SPACING
    scale: float = 1.0
    frames: tuple[int, ...] = ()

    @property
    def pictures(self) -> tuple[tuple[str, int], ...]:
        """The images as (SOP Instance UID, frame); frame 0 where none is named."""
        frames = self.frames or (0,) * len(self.sop_instance_uids)
        return tuple(zip(self.sop_instance_uids, frames, strict=False))

    def shares_object_with(self, other: ImageReference) -> bool:
        """Whether two references name a common SOP Instance of one series."""
        if self.series_instance_uid != other.series_instance_uid:
            return False
        return not set(self.sop_instance_uids).isdisjoint(other.sop_instance_uids)


@dataclass(frozen=True)
class Annotation:
    """One thing drawn by one person at one time.

    ``uid`` stays through every edit. ``lesion_uid`` is the tracking UID of the lesion
    that it measures, the same over time points; empty for a free measurement.
    ``role`` says what the annotation stands for where the kind leaves it open: a
    `Landmark` or a `TumourEnd` value. ``normal`` is the unit normal of the plane it was
    drawn in. ``label_offset`` is where a reader put the middle of the label, as an LPS
    vector (mm) from the mean of the points; None: the program finds a place.
    ``known_mm`` is the length that a calibration states. ``proposed`` marks a copy from
    another date that waits for the reader: it counts nowhere until it is accepted.
    ``origin`` says in words what it was made from when nobody drew it here.
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
    label_offset: Point | None = None
    known_mm: float = 0.0
    proposed: bool = False
    origin: str = ""
