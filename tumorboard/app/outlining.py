"""Outlines in three dimensions: new ones, what is done to them, what is measured on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tumorboard.annotations.model import Annotation, ImageReference, Kind, new_uid, utc_now
from tumorboard.app.edits import Edit, apply, combine, put_lesion, put_segmentation
from tumorboard.app.overlay_object import OverlayObject
from tumorboard.case.involvement import Evidence, mass_facts
from tumorboard.case.measured import Measured, index_mass
from tumorboard.case.model import Case, Lesion
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat, Plane, Point
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_content import TissueRanges
from tumorboard.imaging.mask_diameters import Caliper, Convention, resampled_on
from tumorboard.imaging.mask_mass import MassMeasures, measure_mass
from tumorboard.imaging.mask_model import Mask, laid_on, subtract, union
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter

#: Colours of outlines, told apart also by the red-green blind; the number of one is kept.
PALETTE: Final = (
    (255, 200, 87),
    (86, 204, 242),
    (214, 130, 220),
    (120, 220, 160),
    (255, 138, 101),
    (160, 170, 255),
)

#: Code of what is unsure of a proposed border; it stays with the outline through every edit.
PROPOSED: Final = "proposed-border"
#: How far round a click values are looked at for the range to grow in.
_NEAR_MM: Final = 8.0
#: Half of what a layer holds inside.
_HALF: Final = 127

#: Turns a mask into another; may take long and look at the reporter.
Work = Callable[[Volume, Mask, Reporter], Mask]


def colour_of(record: Segmentation) -> tuple[int, int, int]:
    """Return the red, green and blue of an outline, 0 to 255."""
    return PALETTE[record.colour % len(PALETTE)]


def begun(case: Case, volume: Volume, lesion_uid: str, role: Role = Role.MASS) -> Segmentation:
    """Return a new, empty outline of a lesion ("": one that is not there yet) on a series."""
    uid = lesion_uid or new_uid()
    lesion = case.lesion(uid)
    name = lesion.name if lesion is not None else _("Mass {number}", number=len(case.lesions) + 1)
    others = sum(s.lesion_uid == uid and s.role is role for s in case.segmentations)
    if role is not Role.MASS:
        name = f"{name}, {_(role.value)}"
    return Segmentation(
        new_uid(),
        f"{name} ({others + 1})" if others else name,
        role,
        volume.study_instance_uid,
        volume.series_instance_uid,
        volume.frame_of_reference_uid,
        lesion_uid=uid,
        colour=_free_colour(case),
    )


def _free_colour(case: Case) -> int:
    used = [s.colour % len(PALETTE) for s in case.segmentations]
    return min(range(len(PALETTE)), key=lambda n: (used.count(n), n))


def outlined(case: Case, record: Segmentation, packed: PackedMask | None, label: str) -> Edit:
    """Return one edit that keeps an outline, and makes the lesion that it names first.

    The first lesion of a case is its index lesion.
    """
    before = []
    if record.lesion_uid and case.lesion(record.lesion_uid) is None:
        name = _("Mass {number}", number=len(case.lesions) + 1)
        lesion = Lesion(record.lesion_uid, name, is_index=case.index_lesion is None)
        before.append(put_lesion(case, lesion))
        case = apply(case, before[-1])
    kept = put_segmentation(case, record, packed, label)
    return combine(kept.label, *before, kept)


def adopted(
    item: OverlayObject, volume: Volume, offset: tuple[float, float, float]
) -> Callable[[Reporter], Mask]:
    """Return the work that lays a mask of others on the grid of a volume, voxel by nearest.

    ``offset`` (LPS mm) is how far it lies from the images.

    Raises
    ------
    UserError
        When it has lines alone, or nothing of it lies in the images.

    """
    held = item.layer.mask
    if held is None:
        raise UserError(
            _("{name} has lines alone, no area.", name=item.name), _("Draw it as an outline.")
        )

    def work(reporter: Reporter) -> Mask:
        reporter.step(_("Adopting an outline"), 0, 1)
        stack = replace(held.stack, origins=held.stack.origins + np.array(offset))
        found = resampled_on(Mask.of(held.voxels > _HALF, stack), volume.stack)
        if found.is_empty:
            raise UserError(
                _("Nothing of it lies in these images."), _("Show the series it is for.")
            )
        return found

    return work


def adopted_record(case: Case, item: OverlayObject, volume: Volume) -> Segmentation:
    """Return the record of an adopted mask: of no lesion, until a reader says whose it is."""
    record = begun(case, volume, "", Role.OTHER)
    by = f" by {item.by}" if item.by else ""
    # In English: the way goes into DICOM files as well.
    how = f"adopted from a {item.source.lower()}{by} [{item.key}]"
    return replace(record, label=item.name, lesion_uid="", method=how)


def seed_range(volume: Volume, point: Point, widen: float) -> tuple[float, float]:
    """Return the range of values to grow in from a click, widened about its middle.

    Raises
    ------
    UserError
        When the click lies outside the images, or in air on CT.

    """
    from tumorboard.imaging.segmentation.grow import AIR_HU, proposed_range, seed_index

    value = volume.value_at(seed_index(volume, point))
    if volume.unit == "HU" and value is not None and value < AIR_HU:
        raise UserError(
            _("The point lies in air ({value:.0f} HU).", value=value), _("Click inside the mass.")
        )
    low, high = proposed_range(volume, point, _NEAR_MM)
    middle, half = (low + high) / 2, (high - low) / 2 * widen
    if value is not None:  # what was clicked is always meant
        half = max(half, abs(value - middle))
    return middle - half, middle + half


def on_grid(volume: Volume, mask: Mask) -> Mask:
    """Return a mask on the grid of images, also of some that came to those it was drawn on.

    Raises
    ------
    UserError
        When the mask lies on another grid than the images.

    """
    found = laid_on(mask, volume.stack)
    if found is None:
        raise UserError(
            _("This outline was drawn on another grid than the images on show."),
            _("Show the series that it was drawn on, or begin a new outline here."),
        )
    return found


# -- what can be done to a mask ---------------------------------------------------------------


def smoothed(sigma_mm: float) -> Work:
    """Return the work that rounds a mask off."""

    def work(volume: Volume, mask: Mask, reporter: Reporter) -> Mask:
        del volume, reporter
        from tumorboard.imaging.segmentation.clean import smooth

        return smooth(mask, sigma_mm)

    return work


def bridges_cut(radius_mm: float) -> Work:
    """Return the work that cuts off what is thin, and keeps the largest part."""

    def work(volume: Volume, mask: Mask, reporter: Reporter) -> Mask:
        del volume, reporter
        from tumorboard.imaging.segmentation.clean import largest, opened

        found = largest(opened(mask, radius_mm))
        if found.is_empty:
            raise UserError(
                _("Nothing would be left."), _("Choose a smaller width in the preferences.")
            )
        return found

    return work


def filled(volume: Volume, mask: Mask, reporter: Reporter) -> Mask:
    """Fill holes, in space and within each slice."""
    del volume, reporter
    from tumorboard.imaging.segmentation.clean import fill_holes

    return fill_holes(fill_holes(mask), in_slices=True)


def largest_part(volume: Volume, mask: Mask, reporter: Reporter) -> Mask:
    """Keep the largest part."""
    del volume, reporter
    from tumorboard.imaging.segmentation.clean import largest

    return largest(mask)


def between_slices(volume: Volume, mask: Mask, reporter: Reporter) -> Mask:
    """Fill the slices between those that hold something.

    Raises
    ------
    UserError
        When there is no slice between.

    """
    del volume, reporter
    from tumorboard.imaging.segmentation.interpolate import mask_between

    if len(mask.slices) < 2 or mask.slices[-1] - mask.slices[0] < 2:
        raise UserError(
            _("There is no empty slice between outlined ones."),
            _("Outline the mass on at least two slices that lie apart."),
        )
    return mask_between(mask)


def limited(low: float, high: float) -> Work:
    """Return the work that keeps what has values in a range."""

    def work(volume: Volume, mask: Mask, reporter: Reporter) -> Mask:
        del reporter
        from tumorboard.imaging.segmentation.draw import within_values

        return within_values(volume, mask, low, high)

    return work


def joined(other: Mask) -> Work:
    """Return the work that adds another mask."""
    return lambda _volume, mask, _reporter: union(mask, other)


def without(other: Mask) -> Work:
    """Return the work that takes another mask away."""
    return lambda _volume, mask, _reporter: subtract(mask, other)


def halves(mask: Mask, point: Point, normal: Point) -> tuple[Mask, Mask]:
    """Return the two sides of a plane, the larger first.

    Raises
    ------
    UserError
        When the plane does not part the mask.

    """
    from tumorboard.imaging.segmentation.split import split_by_plane

    one, other = split_by_plane(mask, point, normal)
    if one.is_empty or other.is_empty:
        raise UserError(
            _("The plane on show does not part this outline."),
            _("Turn a plane so that it runs between the parts, and work in that view."),
        )
    return (one, other) if one.volume_mm3 >= other.volume_mm3 else (other, one)


def split(case: Case, record: Segmentation, parts: tuple[Mask, Mask]) -> Edit:
    """Return one edit that keeps the first part in an outline and makes the other one anew."""
    now = utc_now()
    rest = replace(
        record,
        uid=new_uid(),
        label=_("{label}, part", label=record.label),
        colour=_free_colour(case),
    )
    first = put_segmentation(case, replace(record, changed_utc=now), PackedMask.of(parts[0]))
    case = apply(case, first)
    return combine(
        _("Split outline"),
        first,
        put_segmentation(case, replace(rest, created_utc=now), PackedMask.of(parts[1])),
    )


# -- sizes ------------------------------------------------------------------------------------


def size_annotations(
    measures: MassMeasures, record: Segmentation, volume: Volume, author: str
) -> tuple[Annotation, ...]:
    """Return the two axes and the craniocaudal extent of a mass as editable calipers.

    The convention of the diameters stands with them.

    Raises
    ------
    UserError
        When the mass has no size.

    """
    sizes = measures.dimensions
    if sizes is None:
        raise UserError(_("This outline has no size in millimetres."), _why(measures))
    origin = _(
        "From the outline {label}, between {convention}",
        label=record.label,
        convention=sizes.convention.words,
    )
    long, short, height = sizes.long_axis, sizes.short_axis, sizes.craniocaudal

    def made(kind: Kind, plane: Plane, normal: Point, *calipers: Caliper) -> Annotation:
        points = tuple(p for c in calipers for p in (c.start, c.end))
        return Annotation(
            new_uid(),
            kind,
            points,
            normal,
            _reference(volume, points, plane),
            author,
            utc_now(),
            lesion_uid=record.lesion_uid,
            caveats=tuple(measures.caveats),
            origin=origin,
        )

    axes = made(Kind.BIDIRECTIONAL, Plane.AXIAL, (0.0, 0.0, 1.0), long, short)
    extent = made(Kind.CRANIOCAUDAL, Plane.CORONAL, (0.0, 1.0, 0.0), height)
    return axes, extent


def _why(measures: MassMeasures) -> str:
    return measures.caveats[-1].text if measures.caveats else _("Outline it first.")


def _reference(volume: Volume, points: tuple[Point, ...], plane: Plane) -> ImageReference:
    slices = sorted({volume.stack.nearest_slice(p) for p in points})
    ends = slices if len(slices) < 3 else [slices[0], slices[-1]]
    return ImageReference(
        volume.study_instance_uid,
        volume.series_instance_uid,
        tuple(volume.sop_instance_uids[k] for k in ends),
        volume.frame_of_reference_uid,
        plane,
        volume.calibration,
    )


@dataclass(frozen=True)
class ToMeasure:
    """An outline with its voxels and images, ready for a worker."""

    record: Segmentation
    mask: Mask
    volume: Volume


def measured(
    items: tuple[ToMeasure, ...], convention: Convention, ranges: TissueRanges
) -> Callable[[Reporter], dict[str, MassMeasures]]:
    """Return the work that measures outlines; its result is by their UID."""

    def work(reporter: Reporter) -> dict[str, MassMeasures]:
        found = {}
        for done, item in enumerate(items):
            reporter.step(_("Measuring outlines"), done, len(items))
            name = item.record.label
            sizes = measure_mass(item.volume, item.mask, name, convention, ranges)
            unsure = tuple(c for c in item.record.caveats if c.code == PROPOSED)
            found[item.record.uid] = replace(sizes, caveats=(*sizes.caveats, *unsure))
        return found

    return work


def index_facts(case: Case, found: dict[str, MassMeasures]) -> tuple[Measured, ...] | None:
    """Return what follows for the case from the outline of its index lesion.

    None when that outline was not measured, so that nothing is known anew.
    """
    record = index_mass(case)
    if record is None:
        return ()
    if record.uid not in found:
        return None
    measures = found[record.uid]
    slices = tuple(k + 1 for k in (measures.slices[0], measures.slices[-1]))
    caveats = tuple(c.text for c in measures.caveats)
    here = Evidence((record.uid,), record.author, record.changed_utc, slices, caveats)
    return (Measured.on(case, (record.uid,), mass_facts(measures, here)),)


def caveats_of(volume: Volume, mask: Mask) -> tuple[Caveat, ...]:
    """Return what limits the numbers of a mask on these images."""
    return tuple(dict.fromkeys((*volume.caveats, *mask.caveats)))
