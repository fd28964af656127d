"""What the regions of an ultrasound picture calibrate (PS3.3 section C.8.5.5)."""

from __future__ import annotations

from collections import defaultdict

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.regions import Region

Spacing = tuple[float, float]

_CENTIMETRE = 3  # Physical Units X Direction, PS3.3 section C.8.5.5.1.15
_TISSUE = 1  # Region Spatial Format 2D, PS3.3 section C.8.5.5.1.1


def calibrated(header: Dataset) -> tuple[Spacing | None, tuple[Region, ...]]:
    """Return the spacing (mm between rows, between columns), and the regions it holds in.

    Of two-dimensional tissue regions in centimetres the largest gives the spacing; those with
    another one are left out, so that nothing in them is measured in the wrong millimetres.
    Regions that do not say where they lie count only when all agree, and then everywhere.
    """
    found: dict[Spacing, list[Region | None]] = defaultdict(list)
    for item in at.items(header, "SequenceOfUltrasoundRegions"):
        spacing = _spacing(item)
        if spacing is not None:
            found[spacing].append(_box(item, header))
    if not found:
        return None, ()
    placed = {s: [b for b in boxes if b is not None] for s, boxes in found.items()}
    if len(found) == 1:
        ((spacing, boxes),) = found.items()
        return spacing, () if None in boxes else tuple(dict.fromkeys(placed[spacing]))
    spacing = max(placed, key=lambda s: max(map(_area, placed[s]), default=0))
    boxes_of_it = tuple(dict.fromkeys(placed[spacing]))
    return (spacing, boxes_of_it) if boxes_of_it else (None, ())


def _spacing(region: Dataset) -> Spacing | None:
    units = {
        at.integer(region, "PhysicalUnitsXDirection"),
        at.integer(region, "PhysicalUnitsYDirection"),
    }
    x, y = at.number(region, "PhysicalDeltaX"), at.number(region, "PhysicalDeltaY")
    if at.integer(region, "RegionSpatialFormat") != _TISSUE or units != {_CENTIMETRE}:
        return None
    return (abs(y) * 10, abs(x) * 10) if x and y else None


def _box(region: Dataset, header: Dataset) -> Region | None:
    """Return where a region lies, cut to the picture; None when that is not said or not valid."""
    rows, columns = at.integer(header, "Rows") or 0, at.integer(header, "Columns") or 0
    left, top = at.integer(region, "RegionLocationMinX0"), at.integer(region, "RegionLocationMinY0")
    right = at.integer(region, "RegionLocationMaxX1")
    bottom = at.integer(region, "RegionLocationMaxY1")
    if left is None or top is None or right is None or bottom is None:
        return None
    box = (max(top, 0), max(left, 0), min(bottom, rows - 1), min(right, columns - 1))
    return box if _area(box) > 0 else None


def _area(box: Region) -> int:
    return max(0, box[2] - box[0] + 1) * max(0, box[3] - box[1] + 1)
