"""From marks along the inferior vena cava to the segments that the tumour reaches.

Segments in the vocabulary of the guideline data, caudal to cranial. Positions are
compared along the patient's long axis (z, mm).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from tumorboard.annotations.model import Landmark
from tumorboard.language import _

#: Institutional setting, editable: how near (mm) to a marked level an end of the tumour
#: counts as lying at it. No source gives a figure; the ostium of a renal or hepatic vein
#: is about this wide.
LEVEL_TOLERANCE_MM = 5.0

SEGMENTS = (
    "infrarenal",
    "renal_vein_confluence",
    "suprarenal_subhepatic",
    "intrahepatic",
    "hepatic_vein_ostia",
    "suprahepatic",
    "right_atrium",
)


@dataclass(frozen=True)
class SegmentReading:
    """The segment of a position, or None with the landmark whose mark would settle it.

    ``doubt`` is a sentence on marks that contradict each other, which name no segment.
    """

    segment: str | None
    needs: Landmark | None = None
    doubt: str = ""


def misplaced(levels: Mapping[Landmark, float]) -> str:
    """Return a sentence when marked levels do not follow each other upwards, else nothing."""
    order = [mark for mark in Landmark if mark in levels]
    for lower, upper in pairwise(order):
        if levels[lower] >= levels[upper]:
            return _(
                "The mark “{lower}” lies above “{upper}”: check both.",
                lower=lower.words,
                upper=upper.words,
            )
    return ""


def segment_at(
    z: float, levels: Mapping[Landmark, float], tolerance: float = LEVEL_TOLERANCE_MM
) -> SegmentReading:
    """Name the IVC segment at a craniocaudal position.

    Parameters
    ----------
    z
        Position along the patient's long axis, LPS mm, growing to the head.
    levels
        Positions of the marked landmarks, any subset.
    tolerance
        Distance in mm at which a position counts as at the renal or hepatic veins.

    """
    renal = levels.get(Landmark.RENAL_VEINS)
    hepatic = levels.get(Landmark.HEPATIC_VEINS)
    if renal is not None and abs(z - renal) <= tolerance:
        return SegmentReading("renal_vein_confluence")
    if hepatic is not None and abs(z - hepatic) <= tolerance:
        return SegmentReading("hepatic_vein_ostia")
    if renal is not None and z < renal:
        return SegmentReading("infrarenal")
    if hepatic is not None and z > hepatic:
        junction = levels.get(Landmark.CAVOATRIAL_JUNCTION)
        if junction is None:
            return SegmentReading(None, Landmark.CAVOATRIAL_JUNCTION)
        return SegmentReading("right_atrium" if z > junction else "suprahepatic")
    return _between(z, levels, renal, hepatic)


def _between(
    z: float, levels: Mapping[Landmark, float], renal: float | None, hepatic: float | None
) -> SegmentReading:
    if renal is None:
        return SegmentReading(None, Landmark.RENAL_VEINS)
    entry = levels.get(Landmark.LIVER_ENTRY)
    if entry is None:
        return SegmentReading(None, Landmark.LIVER_ENTRY)
    if z < entry:
        return SegmentReading("suprarenal_subhepatic")
    if hepatic is None:
        return SegmentReading(None, Landmark.HEPATIC_VEINS)
    return SegmentReading("intrahepatic")
