"""What a length on an image rests on: the file, a reader's known length, or nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation, ImageReference
from tumorboard.imaging.geometry import Calibration, Caveat, Plane
from tumorboard.imaging.measurement import distance
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

#: Sources that a known length may replace: none, and the plane of the detector, where
#: what lies nearer to the source is magnified.
REPLACEABLE = frozenset({Calibration.NONE, Calibration.IMAGER_SPACING})
#: Caveats that a reader's calibration answers.
_ANSWERED = frozenset({"uncalibrated", "imager-spacing"})

#: The caveat of what an ultrasound machine calibrates, and what holds beside that.
_REGION = "ultrasound-region"
_OUTSIDE: Final = _(
    "Outside the region that the ultrasound machine calibrated: lengths are in pixels."
)


def calibration_of(annotations: Iterable[Annotation], image: ImageReference) -> Annotation | None:
    """Return the known length that a reader stated on the object of a picture, or None.

    It holds for that SOP Instance alone: what lies on the next picture of a series may be
    nearer or farther. The newest holds.
    """
    asked = (image.series_instance_uid, image.sop_instance_uids)
    for drawn, before, known in _last:
        if drawn is annotations and before == asked:
            return known
    found = None
    for annotation in annotations:
        mine = SPECS[annotation.kind].is_known_length and drawn_length(annotation) > 0
        if mine and annotation.image.shares_object_with(image):
            found = annotation
    if isinstance(annotations, tuple):  # what may change cannot be recognised
        _last.append((annotations, asked, found))
    return found


#: This is asked of everything drawn for every picture: the last few answers are kept.
_last: Final[
    deque[tuple[tuple[Annotation, ...], tuple[str, tuple[str, ...]], Annotation | None]]
] = deque(maxlen=12)


def drawn_length(annotation: Annotation) -> float:
    """Return the distance between the ends of a calibration, in the unit of its points."""
    return distance(annotation.points[0], annotation.points[1])


def calibrated(image: ImageReference, known: Annotation | None) -> ImageReference:
    """Return a reference with the calibration of a known length of the same picture."""
    if known is None or image.calibration not in REPLACEABLE:
        return image
    scale = known.known_mm / drawn_length(known)
    return replace(image, calibration=Calibration.USER, scale=scale)


def in_force(
    annotations: Iterable[Annotation], volume: Volume, slice_index: int | None = None
) -> tuple[Calibration, float | None]:
    """Return what lengths on a picture of a volume rest on, and the scale that follows.

    The scale is the patient's millimetres a millimetre of the grid: 1 where the file says
    it, another value after a reader's known length, None where nobody knows. Without a slice
    it is asked whether there is a known length on any of its pictures, the newest.
    """
    if volume.calibration in REPLACEABLE:
        uids = volume.sop_instance_uids
        objects = uids if slice_index is None else uids[slice_index : slice_index + 1]
        known = calibration_of(annotations, _of(volume, objects))
        if known is not None:
            return Calibration.USER, known.known_mm / drawn_length(known)
    return volume.calibration, 1.0 if volume.is_calibrated else None


def _of(volume: Volume, objects: tuple[str, ...]) -> ImageReference:
    return ImageReference(
        volume.study_instance_uid,
        volume.series_instance_uid,
        objects,
        volume.frame_of_reference_uid,
        Plane.AXIAL,
    )


def scale_in_force(
    annotations: Iterable[Annotation], volume: Volume, slice_index: int | None = None
) -> float | None:
    """Return the scale of `in_force` alone."""
    return in_force(annotations, volume, slice_index)[1]


def recalibrated(
    annotation: Annotation, known: Annotation | None, old: Annotation | None
) -> Annotation:
    """Return an annotation after the known length of its picture came, changed or went.

    ``old`` is the known length that held before: its own reference says what the file
    itself states.
    """
    image = annotation.image
    if SPECS[annotation.kind].is_known_length:
        return annotation
    if image.calibration is Calibration.USER and old is not None:
        image = replace(image, calibration=old.image.calibration, scale=old.image.scale)
    return replace(annotation, image=calibrated(image, known))


def caveats_in_force(annotation: Annotation) -> tuple[Caveat, ...]:
    """Return the caveats of an annotation that hold for its own values.

    A reader's calibration answers those of the file, and a known length rests on none of
    them. What lies outside the region that an ultrasound machine calibrates is in pixels:
    that region says nothing about it.
    """
    if SPECS[annotation.kind].is_known_length:
        return tuple(c for c in annotation.caveats if c.code not in _ANSWERED)
    source = annotation.image.calibration
    if source is Calibration.USER:
        return answered(annotation.caveats)
    if source is not Calibration.NONE:
        return annotation.caveats
    inside = [c for c in annotation.caveats if c.code == _REGION]
    held = tuple(c for c in annotation.caveats if c.code != _REGION)
    return (Caveat("uncalibrated", _OUTSIDE), *held) if inside else held


def answered(caveats: Iterable[Caveat]) -> tuple[Caveat, ...]:
    """Return caveats after a reader's known length: those that it answers, in its one."""
    kept = tuple(c for c in caveats if c.code not in _ANSWERED)
    return (*kept, Caveat("user-calibration", _("Calibrated by the reader with a known length")))
