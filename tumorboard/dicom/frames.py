"""Attributes of one frame: from the header itself or from its functional groups.

Enhanced objects keep them in sequences, once for all frames or for each (PS3.3 section
C.7.6.16); the others at the top level.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom import ultrasound
from tumorboard.dicom.instance import Cosines
from tumorboard.dicom.marks import marks_of
from tumorboard.dicom.regions import Region
from tumorboard.dicom.rescale import rescale_of, unit_of
from tumorboard.imaging.geometry import Calibration, Point

#: Modalities whose pixels lie on a detector, not in the patient.
PROJECTION_MODALITIES = frozenset({"CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG", "XC"})

#: Direction cosines may miss unit length and right angle by this much (PS3.3 C.7.6.2.1.1
#: has them as decimal strings, often of six digits).
COSINE_TOLERANCE = 1e-3

#: Relative difference of two statements of the size of a pixel that is a contradiction.
_SAME_SPACING = 0.01


@dataclass(frozen=True)
class FrameAttributes:
    """What may differ between the frames of one file; see `Instance` for the meaning."""

    position: Point | None
    orientation: Cosines | None
    spacing: tuple[float, float] | None
    calibration: Calibration
    thickness: float | None
    slope: float
    intercept: float
    unit: str
    window: tuple[float, float] | None
    localizer: bool
    marks: tuple[tuple[str, str], ...]
    flaws: tuple[str, ...]
    voi_function: str = ""
    voi_table: bool = False
    regions: tuple[Region, ...] = ()
    aspect: tuple[float, float] | None = None
    sides: tuple[str, ...] = ()


_VOI_FUNCTIONS = frozenset({"LINEAR_EXACT", "SIGMOID"})


def _group(where: Sequence[Dataset], keyword: str) -> Dataset | None:
    """Return the first item of a functional group, looking in ``where`` in turn."""
    return next((items[0] for d in where if (items := at.items(d, keyword))), None)


def frame_attributes(header: Dataset, frame: int, modality: str) -> FrameAttributes:
    """Return the attributes of a frame, counted from 0."""
    shared = at.items(header, "SharedFunctionalGroupsSequence")[:1]
    per_frame = at.items(header, "PerFrameFunctionalGroupsSequence")[frame : frame + 1]
    groups = [*per_frame, *shared]
    measures = _group(groups, "PixelMeasuresSequence") or header
    rescale = _group(groups, "PixelValueTransformationSequence") or header
    flaws: list[str] = []
    # Frames of a mask at one place are several segments of one slice.
    own = groups if modality == "SEG" else per_frame
    place, turned = _placed(header, own, groups, frame)
    orientation = _orientation(turned, flaws)
    place = _without_doubt(header, place, flaws)
    spacing, calibration = _spacing(measures, header, modality, flaws)
    values = rescale_of(rescale, modality)
    flaws += values.flaws
    unit = unit_of(header, [rescale, header], modality, values)
    if modality == "CT" and not unit and values.is_valid:
        flaws.append("no-unit")
    voi = _group(groups, "FrameVOILUTSequence") or header
    function = at.text(voi, "VOILUTFunction").upper()
    # The sides to which rows and columns run, when both are of a person.
    stated = at.text(header, "PatientOrientation").upper().split("\\")
    # The first window; a width of 0 says nothing.
    centre, width = at.number(voi, "WindowCenter"), at.number(voi, "WindowWidth")
    found = FrameAttributes(
        position=place,
        orientation=orientation,
        spacing=spacing,
        calibration=calibration,
        thickness=at.number(measures, "SliceThickness"),
        slope=values.slope,
        intercept=values.intercept,
        unit=unit,
        window=(centre, width) if centre is not None and width is not None and width > 0 else None,
        localizer="LOCALIZER" in at.text(header, "ImageType").upper().split("\\"),
        marks=marks_of(header, groups),
        flaws=(),
        voi_function=function if function in _VOI_FUNCTIONS else "",
        voi_table=bool(at.items(header, "VOILUTSequence")),
        regions=_regions(header, calibration),
        aspect=None if spacing else _aspect(header, flaws),
        sides=tuple(stated) if len(stated) == 2 and all(map(_SIDES.fullmatch, stated)) else (),
    )
    return replace(found, flaws=tuple(flaws))


def _placed(
    header: Dataset, own_groups: Sequence[Dataset], groups: Sequence[Dataset], frame: int
) -> tuple[Point | None, Dataset]:
    """Return the position of a frame, and where its orientation stands.

    A position that many frames share says nothing of where each lies; slices that nuclear
    medicine reconstructed count on from the first one.
    """
    turned = _group(groups, "PlaneOrientationSequence") or header
    if (at.integer(header, "NumberOfFrames") or 1) == 1:
        return _position(_group(groups, "PlanePositionSequence") or header), turned
    own = _group(own_groups, "PlanePositionSequence")
    if own is not None:
        return _position(own), turned
    detectors = at.items(header, "DetectorInformationSequence")
    if len(detectors) == 1 and "RECON" in at.text(header, "ImageType").upper():
        return _reconstructed(header, detectors[0], frame), detectors[0]
    return None, turned


def _reconstructed(header: Dataset, detector: Dataset, frame: int) -> Point | None:
    """Return where a slice of a tomogram lies (PS3.3 sections C.8.4.11 and C.8.4.15).

    Slices follow the first along the normal, in Spacing Between Slices: a positive one behind
    it, which is along rows cross columns, a negative one in front of it.
    """
    first, turned = _position(detector), at.numbers(detector, "ImageOrientationPatient", 6)
    step = at.number(header, "SpacingBetweenSlices")
    numbers = at.numbers(header, "SliceVector")
    slices = numbers if numbers is not None and len(numbers) > frame else None
    if first is None or turned is None or not step:
        return None
    a, b = turned[:3], turned[3:]
    normal = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    along = step * (frame if slices is None else slices[frame] - 1)
    x, y, z = (p + along * n for p, n in zip(first, normal, strict=True))
    return x, y, z


#: What Image Type calls pictures in which a pixel is not a place, and the flaw that says so.
_NOT_SLICES = {
    "MOSAIC": "mosaic",
    "PROJECTION IMAGE": "projection",
    **dict.fromkeys(("CPR", "CURVED", "CURVED MPR", "STRAIGHTENED"), "curved"),
}
#: What it calls pictures that lie where they say, and are yet no slices of tissue.
_NO_TISSUE = {
    **dict.fromkeys(("MIP", "MAX_IP", "MAX IP", "MAXIMUM"), "slab-extremes"),
    **dict.fromkeys(("MINIP", "MIN_IP", "MIN IP", "MINIMUM"), "slab-extremes"),
    **dict.fromkeys(("SUBTRACTION", "ADDITION", "MULTIPLY", "DIVISION"), "computed-values"),
    "STD_DEVIATION": "computed-values",
    "LOCALIZER": "localizer",
}


def _without_doubt(header: Dataset, place: Point | None, flaws: list[str]) -> Point | None:
    """Return the position of a picture whose pixels all lie where its geometry says."""
    kinds = set(at.text(header, "ImageType").upper().split("\\"))
    found = [flaw for kind, flaw in _NOT_SLICES.items() if kind in kinds]
    flaws += dict.fromkeys([*found, *(flaw for kind, flaw in _NO_TISSUE.items() if kind in kinds)])
    return None if found else place


def _position(dataset: Dataset) -> Point | None:
    found = at.numbers(dataset, "ImagePositionPatient", 3)
    return None if found is None else (found[0], found[1], found[2])


def _orientation(dataset: Dataset, flaws: list[str]) -> Cosines | None:
    found = at.numbers(dataset, "ImageOrientationPatient", 6)
    if found is None:
        return None
    u, v = found[:3], found[3:]
    skew = abs(sum(a * b for a, b in zip(u, v, strict=True)))
    error = max(abs(math.hypot(*u) - 1), abs(math.hypot(*v) - 1), skew)
    if error > COSINE_TOLERANCE:
        flaws.append("bad-orientation")
        return None
    return found[0], found[1], found[2], found[3], found[4], found[5]


def _pair(dataset: Dataset, keyword: str) -> tuple[float, float] | None:
    found = at.numbers(dataset, keyword, 2)
    return (found[0], found[1]) if found and min(found) > 0 else None


def _spacing(
    measures: Dataset, header: Dataset, modality: str, flaws: list[str]
) -> tuple[tuple[float, float] | None, Calibration]:
    """Return the pixel spacing and what it rests on (PS3.3 section 10.7.1.1)."""
    spacing = _pair(measures, "PixelSpacing")
    imager = _pair(header, "ImagerPixelSpacing")
    if at.items(header, "SequenceOfUltrasoundRegions"):  # they say what lies where
        region, _ = ultrasound.calibrated(header)
        if region is None:
            return None, Calibration.NONE
        flaws.append("ultrasound-region")
        if spacing and not _is_same(spacing, region):
            flaws.append("spacing-contradiction")
        return region, Calibration.ULTRASOUND_REGION
    how = at.text(header, "PixelSpacingCalibrationType").upper()
    projected = modality in PROJECTION_MODALITIES
    if spacing and not (projected and imager and not how and _is_same(spacing, imager)):
        if projected and how != "FIDUCIAL":
            flaws.append("assumed-depth" if how else "unknown-magnification")
        return spacing, Calibration.PIXEL_SPACING
    if imager:
        flaws.append("imager-spacing")
        return imager, Calibration.IMAGER_SPACING
    return None, Calibration.NONE


def _is_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two sizes of a pixel are one, but for rounding."""
    return all(math.isclose(a, b, rel_tol=_SAME_SPACING) for a, b in zip(one, other, strict=True))


def _aspect(header: Dataset, flaws: list[str]) -> tuple[float, float] | None:
    """Return height and width of a pixel by Pixel Aspect Ratio (PS3.3 section C.7.6.3.1.7)."""
    found = _pair(header, "PixelAspectRatio")
    if found is None or found[0] == found[1]:
        return None
    flaws.append("aspect-ratio")
    return found[0] / found[1], 1.0


#: Letters of the sides of a person, the one that weighs most first (PS3.3 section C.7.6.1.1.1).
_SIDES = re.compile("[LRAPHF]{1,3}")


def _regions(header: Dataset, calibration: Calibration) -> tuple[Region, ...]:
    found = calibration is Calibration.ULTRASOUND_REGION
    return ultrasound.calibrated(header)[1] if found else ()
