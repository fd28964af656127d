"""Read a radiotherapy structure set: named contours in the patient (PS3.3 section A.19)."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.colours import colour_for
from tumorboard.dicom.gate import LIMITS, Limits, RefusedError
from tumorboard.dicom.header import read_header
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.overlay import Colour, Contour, OverlaySet, Region
from tumorboard.language import _

_KEYWORDS = (
    "SpecificCharacterSet",
    "StructureSetLabel",
    "FrameOfReferenceUID",
    "ReferencedFrameOfReferenceSequence",
    "StructureSetROISequence",
    "ROIContourSequence",
    "RTROIObservationsSequence",
)
_SHAPES = {"CLOSED_PLANAR": True, "CLOSEDPLANAR_XOR": True, "OPEN_PLANAR": False, "POINT": False}


def read_contours(path: Path, limits: Limits = LIMITS) -> OverlaySet:
    """Read the regions of a structure set; points are LPS millimetres.

    Raises
    ------
    RefusedError
        When the file is not valid.

    """
    with at.quiet_pydicom():
        dataset = read_header(path, limits, _KEYWORDS).dataset
        kinds = {
            at.integer(o, "ReferencedROINumber"): at.text(o, "RTROIInterpretedType")
            for o in at.items(dataset, "RTROIObservationsSequence")
        }
        drawn: dict[int | None, list[Dataset]] = defaultdict(list)
        for item in at.items(dataset, "ROIContourSequence"):
            drawn[at.integer(item, "ReferencedROINumber")].append(item)
        omitted: list[str] = []
        regions: list[Region] = []
        rois = at.items(dataset, "StructureSetROISequence")
        frame = _usual_frame(rois) or at.uid(dataset, "FrameOfReferenceUID")
        for roi in rois:
            number = at.integer(roi, "ROINumber")
            region = _region(roi, drawn[number], kinds.get(number, ""), omitted)
            if region is None:
                continue
            if at.uid(roi, "ReferencedFrameOfReferenceUID") not in {"", frame}:
                omitted.append(
                    _("“{name}” was drawn in another frame of reference.", name=region.name)
                )
                continue
            regions.append(region)
        if not regions and not omitted:
            raise RefusedError(_("It holds no contours."))
        return OverlaySet(
            at.text(dataset, "StructureSetLabel"),
            frame,
            _series(dataset),
            regions=tuple(regions),
            omitted=tuple(omitted),
            pictures=frozenset(p for r in regions for c in r.contours for p in c.pictures),
        )


def _usual_frame(rois: list[Dataset]) -> str:
    """Return the frame of reference that most regions name, empty where none names one."""
    named = Counter(at.uid(roi, "ReferencedFrameOfReferenceUID") for roi in rois)
    del named[""]
    return named.most_common(1)[0][0] if named else ""


def _region(roi: Dataset, drawn: list[Dataset], kind: str, omitted: list[str]) -> Region | None:
    number = at.integer(roi, "ROINumber") or 0
    name = at.text(roi, "ROIName") or _("Region {number}", number=number)
    contours: dict[bytes, Contour] = {}
    bad = again = 0
    for item in (c for d in drawn for c in at.items(d, "ContourSequence")):
        contour = _contour(item)
        if contour is None:
            bad += 1
            continue
        # The same for one line wherever it begins and whichever way it runs.
        fixed = np.round(contour.points, 2) + 0.0  # no negative zero
        if len(fixed) > 1 and np.array_equal(fixed[0], fixed[-1]):
            fixed = fixed[:-1]
        first = int(np.lexsort(fixed.T[::-1])[0])
        ahead = np.roll(fixed, -first, axis=0)
        back = np.roll(ahead[::-1], 1, axis=0)
        key = min(ahead.tobytes(), back.tobytes())
        again += key in contours
        contours.setdefault(key, contour)
    if again:
        omitted.append(
            _(
                "“{name}”: {again} contours are there twice; each counts once.",
                name=name,
                again=again,
            )
        )
    if bad:
        omitted.append(_("{bad} contours of “{name}” are not valid.", bad=bad, name=name))
    if not contours:
        if not bad:
            omitted.append(_("“{name}” holds no contours.", name=name))
        return None
    return Region(number, name, _colour(drawn, number), kind, tuple(contours.values()))


def _contour(item: Dataset) -> Contour | None:
    shape = at.text(item, "ContourGeometricType").upper()
    points = _points(item)
    if points is None or shape not in _SHAPES:
        return None
    images = at.items(item, "ContourImageSequence")
    pictures = at.referenced_pictures(images[0]) if images else frozenset()
    return Contour(points, _SHAPES[shape], pictures)


def _points(item: Dataset) -> Points | None:
    """Return the points, shape (n, 3), parsed at once: there may be a million numbers."""
    tag = at.tag_of("ContourData")
    if tag not in item:
        return None
    raw = item.get_item(tag).value
    try:
        if isinstance(raw, bytes):
            flat = np.array(raw.strip(b" \0").split(b"\\"), dtype=np.float64)
        else:
            flat = np.array(at.numbers(item, "ContourData") or (), dtype=np.float64)
    except ValueError:
        return None
    if flat.size == 0 or flat.size % 3 or not np.isfinite(flat).all():
        return None
    return flat.reshape(-1, 3)


def _colour(drawn: list[Dataset], number: int) -> Colour:
    found = at.numbers(drawn[0], "ROIDisplayColor", 3)
    if found is None or not all(0 <= v <= 255 for v in found):
        return colour_for(number)
    return int(found[0]), int(found[1]), int(found[2])


def _series(dataset: Dataset) -> tuple[str, ...]:
    found = [
        at.uid(series, "SeriesInstanceUID")
        for frame in at.items(dataset, "ReferencedFrameOfReferenceSequence")
        for study in at.items(frame, "RTReferencedStudySequence")
        for series in at.items(study, "RTReferencedSeriesSequence")
    ]
    return tuple(dict.fromkeys(u for u in found if u))
