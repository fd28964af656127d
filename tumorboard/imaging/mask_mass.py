"""A mass measured from its mask: size, content, parts, growth between dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tumorboard.imaging.geometry import Calibration, Caveat
from tumorboard.imaging.mask_content import Shares, TissueRanges, Values, shares_of, values_of
from tumorboard.imaging.mask_diameters import Convention, Dimensions, dimensions
from tumorboard.imaging.mask_model import Mask, intersect
from tumorboard.imaging.segmentation.clean import main_body
from tumorboard.imaging.volume import Volume
from tumorboard.language import _


@dataclass(frozen=True)
class MassMeasures:
    """Everything measured of one mass.

    ``volume_ml`` and ``dimensions`` are None where the images do not allow them; ``caveats``
    say why. ``slices`` are the indices of the slices it lies on.
    """

    name: str
    volume_ml: float | None
    dimensions: Dimensions | None
    values: Values | None
    shares: Shares
    slices: tuple[int, ...]
    caveats: tuple[Caveat, ...] = ()

    @property
    def recist_mm(self) -> float | None:
        """RECIST 1.1's longest diameter: the longest in the axial plane of measurement."""
        return None if self.dimensions is None else self.dimensions.long_axis.length_mm


def measure_mass(
    volume: Volume,
    mask: Mask,
    name: str = "",
    convention: Convention = Convention.OUTER_EDGES,
    ranges: TissueRanges | None = None,
) -> MassMeasures:
    """Measure a mass: its sizes are those of its largest connected part, the rest is named.

    Raises
    ------
    ValueError
        When the mask is empty or lies on another grid than the volume.

    """
    if mask.is_empty:
        raise ValueError("an empty mask has no measures")
    caveats = tuple(dict.fromkeys((*volume.caveats, *mask.caveats)))
    calibrated = volume.calibration is not Calibration.NONE and volume.is_placed
    if not calibrated:
        text = _("No size is given: the images are not calibrated or have no place.")
        caveats += (Caveat("uncalibrated", text),)
    thick = calibrated and len(mask.stack.origins) > 1
    body = main_body(mask)
    if body.count < mask.count:
        text = _(
            "Lies in several parts: sizes are those of the largest, {largest_ml:.1f} of "
            "{whole_ml:.1f} mL.",
            largest_ml=body.volume_ml,
            whole_ml=mask.volume_ml,
        )
        caveats += (Caveat("several-parts", text),)
    sizes = dimensions(body, convention) if calibrated else None
    if sizes is not None and sizes.resampled:
        text = _("The images are not axial: the axial axes are those of the outline cut anew.")
        caveats += (Caveat("axial-cut-anew", text),)
    return MassMeasures(
        name,
        mask.volume_ml if thick else None,
        sizes,
        values_of(volume, mask),
        shares_of(volume, mask, ranges),
        mask.slices,
        caveats,
    )


@dataclass(frozen=True)
class SolidShare:
    """A solid component within its parent mass.

    ``share`` is its part of the parent's volume, ``outside_ml`` what of it lies outside.
    """

    parent_ml: float
    share: float
    outside_ml: float


def solid_share(parent: Mask, component: Mask) -> SolidShare:
    """Relate a component to the mass it belongs to; only what lies inside counts as share."""
    inside = intersect(parent, component).volume_ml
    whole = parent.volume_ml
    share = inside / whole if whole > 0 else 0.0
    return SolidShare(whole, share, component.volume_ml - inside)


@dataclass(frozen=True)
class Growth:
    """A change between two dates.

    ``percent`` is None when it was nothing before; ``doubling_days`` is given for volumes that
    both exist, negative for one that shrinks (its halving time), None without change.
    """

    before: float
    after: float
    days: int
    absolute: float
    percent: float | None
    doubling_days: float | None = None


def growth_of_volume(before_ml: float | None, after_ml: float | None, days: int) -> Growth | None:
    """Return the change of a volume, with its doubling time; None unless both exist.

    Doubling time = days x ln 2 / ln(after / before), exponential growth.
    """
    if before_ml is None or after_ml is None:
        return None
    percent = None if before_ml == 0 else (after_ml - before_ml) / before_ml * 100
    change = Growth(before_ml, after_ml, days, after_ml - before_ml, percent)
    if days <= 0 or before_ml <= 0 or after_ml <= 0 or before_ml == after_ml:
        return change
    doubling = days * math.log(2) / math.log(after_ml / before_ml)
    return Growth(change.before, change.after, days, change.absolute, change.percent, doubling)


def total_volume_ml(measures: Sequence[MassMeasures]) -> float | None:
    """Return the volume of several lesions together; None unless each has one."""
    each = [m.volume_ml for m in measures]
    return None if not each or None in each else sum(v for v in each if v is not None)
