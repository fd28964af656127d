"""What is to be known about a series' geometry before anybody measures on it.

Positions rule: the distance of slices is that of their positions along the normal, never
Slice Thickness or Spacing Between Slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tumorboard.dicom.instance import Instance
from tumorboard.imaging.geometry import (
    BURNED_IN,
    SPACING_TOLERANCE_MM,
    Calibration,
    Caveat,
    SliceStack,
)
from tumorboard.language import _

#: Relative difference of row and column spacing from which pixels are called non-square.
SQUARE_TOLERANCE = 1e-3

#: Steps that differ by less than this share of the usual one are not called uneven to the
#: reader: positions are kept as they are, and files round them.
UNEVEN_TOLERANCE = 0.02

#: Relative difference of slice thickness and step that is called an overlap or a gap.
THICKNESS_TOLERANCE = 0.02

_TEXTS = {
    "imager-spacing": _(
        "Sizes are those on the detector; the patient is smaller by the unknown magnification."
    ),
    "unknown-magnification": _(
        "Nothing says whether sizes are those on the detector or in the patient."
    ),
    "assumed-depth": _("Sizes were corrected for an assumed depth and hold there only."),
    "localizer": _("A localizer is a projection: its lengths hold at the centre of rotation only."),
    "slab-extremes": _(
        "Each picture shows the highest or lowest values of a slab: they are not "
        "those of a slice, and what is measured across is too large."
    ),
    "computed-values": _(
        "The values were computed from several images and are no density of a tissue."
    ),
    "curved": _(
        "A curved reformat: neighbouring places need not be neighbours in the patient, and "
        "lengths hold along the curve only."
    ),
    "ultrasound-region": _(
        "Calibrated by the ultrasound machine; only valid inside the ultrasound picture."
    ),
    "spacing-contradiction": _(
        "The pixel spacing contradicts the regions of the ultrasound picture; "
        "lengths follow the regions."
    ),
    "bad-date": _(
        "The study date is no valid date and was left out: nothing says whether this "
        "series is older or newer than others."
    ),
    "files-changed": _(
        "Files of this series changed after the import: what was drawn may have been "
        "drawn on other pictures."
    ),
    "two-dates": _("Its files state different study dates; it stands under the first."),
    "mixed-contrast": _(
        "Its slices state different contrast agents, or some of them none: what is "
        "said of its phase may not hold for all."
    ),
    "unusual-dose": _(
        "The injected dose for a kg of body weight is unusual: where dose or weight is "
        "a slip, the SUV are wrong by as much."
    ),
    "doubtful-weight": _(
        "The patient's weight does not fit the height or the age that the file "
        "states: SUV that rest on it may be wrong."
    ),
    "uncalibrated": _("No pixel size is given: lengths are in pixels, not in millimetres."),
    "aspect-ratio": _(
        "Pixels are higher or wider than square: the picture is shown in its true "
        "proportions, and lengths are in widths of a pixel."
    ),
    "mosaic": _(
        "A mosaic of slices in one picture: where each lies is not known, and lengths "
        "across its tiles mean nothing."
    ),
    "projection": _(
        "A projection through many slices: a point of it has no depth, and what runs "
        "towards the viewer is shortened."
    ),
    "old-reading": _(
        "Imported by an older version, which judged units and uptake less strictly: "
        "import the folder again."
    ),
    BURNED_IN: _(
        "Words are burned into these pictures, as their files say: they may name the patient."
    ),
    "lossy": _("The image was compressed with loss; fine detail and values may be changed."),
    "colour-as-grey": _(
        "A colour image; measured values are its brightness, not a quantity of the tissue."
    ),
    "modality-lut": _("The values were mapped through a table that the file brings."),
    "bad-rescale": _(
        "The rescale slope is 0 and was ignored: values are stored values, without a unit."
    ),
    "rescale-missing": _(
        "The rescale slope and intercept are missing: values are stored values, without a unit."
    ),
    "rescale-incomplete": _(
        "Of rescale slope and intercept one is missing: values are stored values, without a unit."
    ),
    "rescale-unreadable": _(
        "The rescale slope or intercept is no valid number: values are stored "
        "values, without a unit."
    ),
    "rescale-comma": _(
        "The rescale slope or intercept was written with a decimal comma, and was read so."
    ),
    "no-unit": _(
        "Nothing says that these values are Hounsfield units: they are given without a unit."
    ),
    "padding-in-range": _(
        "The file marks what is no picture by a value that tissue has; it was taken for tissue."
    ),
    "mixed-units": _("The pictures have different units: values are given without one."),
    "bad-orientation": _("The orientation is not valid and was ignored."),
    "dealt-out": _(
        "Several pictures lie at one place and nothing tells which belong together; they "
        "were dealt out in the order of their numbers."
    ),
    "missing-uid": _("The file lacks a unique identifier; one was made from its content."),
    "duplicate-uid": _("Different pictures carry the same unique identifier."),
    "rival-picture": _(
        "Another with the unique identifier of one of these and other content was "
        "left out; nothing says which of the two is right."
    ),
    "truncated": _("The file ends early: frames at its end are missing."),
    "surplus-pixels": _(
        "The file holds more pixels than its header says; what follows the "
        "stated pictures is not shown."
    ),
    "no-position": _("The images do not say where in the patient they lie."),
    "mixed-rescale": _("Slices are scaled differently; values were converted one by one."),
}


def caveat(code: str, text: str = "") -> Caveat:
    """Return the caveat of this code with its sentence for the reader."""
    return Caveat(code, text or _TEXTS[code])


def no_uptake(reason: str, unit: str) -> Caveat:
    """Return the caveat of a PET that cannot be given in SUV, with the unit that it has."""
    text = _("No SUV can be given: {reason}.", reason=reason)
    if unit:
        text += " " + _("The values are in {unit}.", unit=_(unit))
    return caveat("no-suv", text)


def has_geometry(instances: Sequence[Instance]) -> bool:
    """Whether all pictures say where they lie and how large their pixels are."""
    return all(i.has_geometry and i.spacing for i in instances)


def positions_of(instances: Sequence[Instance]) -> list[float] | None:
    """Return the positions along the first picture's normal in mm; None when one has none."""
    if not all(i.has_geometry for i in instances):
        return None
    cosines = np.array(instances[0].orientation, dtype=np.float64)
    normal = np.cross(cosines[:3], cosines[3:])
    normal /= np.linalg.norm(normal)
    origins = np.array([i.position for i in instances], dtype=np.float64)
    return [float(p) for p in origins @ normal]


def stack_of(instances: Sequence[Instance], *, placed: bool | None = None) -> SliceStack:
    """Return the geometry of sorted pictures of one size and orientation.

    ``placed`` tells whether their positions make a stack; None: if each has one.

    Where position or pixel spacing is missing, the pictures lie behind each other 1 mm
    apart along z; without pixel spacing a pixel counts as 1 mm, so that coordinates are
    pixels of the image plane.

    Raises
    ------
    ValueError
        When the pictures do not make a stack, as two at the same position.

    """
    first = instances[0]
    if has_geometry(instances) if placed is None else placed:
        origins = np.array([i.position for i in instances], dtype=np.float64)
        cosines = np.array(first.orientation, dtype=np.float64)
    else:
        origins = np.array([(0.0, 0.0, k) for k in range(len(instances))], dtype=np.float64)
        cosines = np.array([1.0, 0, 0, 0, 1, 0])
    stack = SliceStack(
        origins,
        cosines[:3],
        cosines[3:],
        first.spacing or first.aspect or (1.0, 1.0),
        first.rows,
        first.columns,
    )
    # After which slices a step is that one thicker than the thinnest reaches across.
    thickness = np.array([i.thickness or 0.0 for i in instances])
    thicker = np.where(thickness > 1.1 * thickness.min(), thickness, 0.0)
    reach = np.maximum(thicker[:-1], thicker[1:]) * (1 + THICKNESS_TOLERANCE)
    return replace(stack, spanned=tuple(int(k) for k in np.flatnonzero(reach >= stack.spacings)))


def geometry_caveats(instances: Sequence[Instance]) -> list[Caveat]:
    """Return the reservations about where the pictures lie and what a pixel measures."""
    first = instances[0]
    found: list[Caveat] = []
    if first.calibration is Calibration.NONE:
        found.append(caveat("uncalibrated"))
    elif first.spacing and not _is_square(first.spacing):
        row, column = first.spacing
        text = _(
            "Pixels are not square: {row:.4g} mm between rows, {column:.4g} mm between columns.",
            row=row,
            column=column,
        )
        found.append(caveat("non-square", text))
    if positions_of(instances) is None:
        return [*found, caveat("no-position")]
    if not has_geometry(instances):
        return found
    if len(instances) > 1:
        stack = stack_of(instances)
        found += _spacing_caveats(stack, instances) + _thickness_caveats(stack, instances)
        found += _tilt_caveats(stack)
    return found


#: HU up to which, and from which, a value marks what is no picture; between lies the patient.
_AIR_HU, _ABOVE_HU = -1000.0, 3071.0


def padding_range(i: Instance) -> tuple[float, float] | None:
    """Return the stored values, from and to, that mark what is no picture (PS3.3 C.7.5.1.1.2).

    None where the file names none, or one that is a value of the patient, as 0 where 0 is
    water: then it marks nothing.
    """
    if i.padding is None or _is_tissue(i):
        return None
    ends = sorted((i.padding, i.padding if i.padding_limit is None else i.padding_limit))
    return float(ends[0]), float(ends[1])


def _is_tissue(i: Instance) -> bool:
    """Whether the padding of a CT reaches into what patients are made of."""
    if i.padding is None or i.unit != "HU":
        return False
    ends = (i.padding, i.padding if i.padding_limit is None else i.padding_limit)
    values = [v * i.slope + i.intercept for v in ends]
    return max(values) > _AIR_HU and min(values) < _ABOVE_HU


def value_caveats(instances: Sequence[Instance], modality: str) -> list[Caveat]:
    """Return the reservations about the values of the pixels.

    Slices of a PET are each scaled by their own slope by design (PS3.3 section C.8.9.4).
    """
    found = [caveat("lossy")] if any(i.lossy for i in instances) else []
    if any(i.is_colour for i in instances):
        found.append(caveat("colour-as-grey"))
    if modality != "PT" and len({(i.slope, i.intercept) for i in instances}) > 1:
        found.append(caveat("mixed-rescale"))
    if any(_is_tissue(i) for i in instances):
        found.append(caveat("padding-in-range"))
    if len({i.unit for i in instances}) > 1:
        found.append(caveat("mixed-units"))
    codes = dict.fromkeys(code for i in instances for code in i.flaws)
    return found + [caveat(code) for code in codes]


def _is_square(spacing: tuple[float, float]) -> bool:
    return abs(spacing[0] - spacing[1]) <= SQUARE_TOLERANCE * max(spacing)


def _spacing_caveats(stack: SliceStack, instances: Sequence[Instance]) -> list[Caveat]:
    """Return caveats for missing slices and for uneven steps.

    What a gap is says `SliceStack.gaps`.
    """
    if stack.is_even:
        return []
    usual = stack.slice_spacing
    gaps = stack.gaps
    rest = np.delete(stack.spacings, gaps)
    found: list[Caveat] = []
    if len(gaps):
        places = ", ".join(
            _(
                "{spacing:.4g} mm between {first} and {second}",
                spacing=stack.spacings[g],
                first=g + 1,
                second=g + 2,
            )
            for g in gaps[:3]
        )
        if len(gaps) > 3:
            places = _("{places} and {count} more", places=places, count=len(gaps) - 3)
        text = _(
            "Slices seem to be missing: {places}; the usual step is {step:.4g} mm.",
            places=places,
            step=usual,
        )
        found.append(caveat("missing-slices", text))
    is_uneven = np.ptp(rest) > max(SPACING_TOLERANCE_MM, UNEVEN_TOLERANCE * usual)
    if is_uneven and not _is_rounded(stack):
        text = _(
            "Slices are unevenly spaced: {least:.4g} to {most:.4g} mm apart.",
            least=rest.min(),
            most=rest.max(),
        )
        found.append(caveat("uneven-spacing", text))
    return found


def _is_rounded(stack: SliceStack) -> bool:
    """Whether positions are those of even slices, written with one decimal or two."""
    scaled = stack.origins * 10
    digit = 0.1 if np.abs(scaled - np.rint(scaled)).max() < _WRITTEN else 0.01
    scaled = stack.origins / digit
    if np.abs(scaled - np.rint(scaled)).max() > _WRITTEN:
        return False
    k = np.arange(len(stack.positions), dtype=np.float64)
    fitted = np.polyval(np.polyfit(k, stack.positions, 1), k)
    # Each coordinate is off by half a digit at most, and with it the line that fits best.
    allowed = digit * float(np.abs(stack.normal).sum())
    return bool(np.abs(stack.positions - fitted).max() <= allowed)


#: How far a decimal may be from a whole number of digits: what floating point makes of it.
_WRITTEN = 1e-6


def _thickness_caveats(stack: SliceStack, instances: Sequence[Instance]) -> list[Caveat]:
    known = [i.thickness for i in instances if i.thickness]
    if len(known) != len(instances):
        return []
    step, thickest, thinnest = stack.slice_spacing, max(known), min(known)
    found: list[Caveat] = []
    if thickest > step * (1 + THICKNESS_TOLERANCE):
        text = _(
            "Slices overlap: up to {thickest:.4g} mm thick, {step:.4g} mm apart.",
            thickest=thickest,
            step=step,
        )
        found.append(caveat("overlapping-slices", text))
    if thinnest < step * (1 - THICKNESS_TOLERANCE):
        text = _(
            "There are gaps between slices: {thinnest:.4g} mm thick, {step:.4g} mm apart.",
            thinnest=thinnest,
            step=step,
        )
        found.append(caveat("slice-gaps", text))
    return found


def _tilt_caveats(stack: SliceStack) -> list[Caveat]:
    if not stack.is_sheared:
        return []
    step = stack.origins[-1] - stack.origins[0]
    cosine = float(step @ stack.normal) / float(np.linalg.norm(step))
    degrees = float(np.degrees(np.arccos(min(1.0, cosine))))
    text = _(
        "Slices are shifted against each other: the gantry was tilted by {degrees:.1f} degrees.",
        degrees=degrees,
    )
    return [caveat("gantry-tilt", text)]
