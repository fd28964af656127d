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
    another one are left out, so that nothing in them is measured in the wrong millimetres, also
    where they lie over it, as those of a spectrum or a curve do. Regions that do not say where
    they lie count only when all agree, and then everywhere.
    """
    regions = [r for r in at.items(header, "SequenceOfUltrasoundRegions") if _says_a_unit(r)]
    found: dict[Spacing, list[Region | None]] = defaultdict(list)
    for item in regions:
        spacing = _spacing(item)
        if spacing is not None:
            found[spacing].append(_box(item, header))
    if not found:
        return None, ()
    placed = {s: [b for b in boxes if b is not None] for s, boxes in found.items()}
    others = [r for r in regions if _spacing(r) is None]
    if len(found) == 1 and None in found[next(iter(found))]:
        return (None, ()) if others else (next(iter(found)), ())
    spacing = max(placed, key=lambda s: max(map(_area, placed[s]), default=0))
    # Where a spacing holds: its regions without what others that lie over them take.
    free: list[Region] = []
    for region in regions:
        box = _box(region, header)
        if box is None or _spacing(region) != spacing:
            continue
        parts = [box]
        for other in regions:
            hole = _box(other, header)
            below = _is_low(other) and not _is_low(region)
            if hole is not None and _spacing(other) != spacing and not below:
                parts = [rest for part in parts for rest in _around(part, hole)]
        free += parts
    boxes = tuple(dict.fromkeys(free))
    return (spacing, boxes) if boxes else (None, ())


def _says_a_unit(region: Dataset) -> bool:
    """Whether a region has a unit along an axis; one without says nothing of what it covers."""
    keywords = ("PhysicalUnitsXDirection", "PhysicalUnitsYDirection")
    return any(at.integer(region, keyword) for keyword in keywords)


def _is_low(region: Dataset) -> bool:
    """Whether another region that lies over this one goes before it (Region Flags, bit 0)."""
    return bool((at.integer(region, "RegionFlags") or 0) & 1)


def _around(box: Region, hole: Region) -> list[Region]:
    """Return what is left of a box above, below, left and right of a hole."""
    top, left, bottom, right = box
    first, start = max(top, hole[0]), max(left, hole[1])
    last, end = min(bottom, hole[2]), min(right, hole[3])
    if first > last or start > end:
        return [box]
    rest = (
        (top, left, first - 1, right),
        (last + 1, left, bottom, right),
        (first, left, last, start - 1),
        (first, end + 1, last, right),
    )
    return [part for part in rest if _area(part)]


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
