"""What a mass is made of: its values, and the shares in ranges that an institution sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.mask_model import Mask, same_grid, voxel_volumes_mm3
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

PERCENTILES = (5, 25, 50, 75, 95)


@dataclass(frozen=True)
class ValueRange:
    """A range of HU (both ends included) that stands for a tissue.

    An institutional setting; ``reference`` is for the work it rests on, empty where none is
    recorded: then the share is the institution's own figure.
    """

    low: float
    high: float
    reference: str = ""


@dataclass(frozen=True)
class TissueRanges:
    """The ranges for fat, for what does not enhance, and for calcification.

    All three are starting values to be confirmed by the institution.
    """

    fat: ValueRange = ValueRange(-190.0, -30.0)
    necrotic: ValueRange = ValueRange(-10.0, 25.0)
    calcified: ValueRange = ValueRange(130.0, 4000.0)


@dataclass(frozen=True)
class Values:
    """Values inside a mask, in ``unit``; ``percentiles`` by their number."""

    count: int
    mean: float
    sd: float
    minimum: float
    maximum: float
    percentiles: dict[int, float]
    unit: str


@dataclass(frozen=True)
class Shares:
    """Shares of the volume, 0 to 1; None where they mean nothing, and ``reasons`` say why.

    ``phase`` is the guess and its evidence on which the others rest.
    """

    fat: float | None
    necrotic: float | None
    calcified: float | None
    ranges: TissueRanges
    reasons: tuple[str, ...] = ()
    phase: str = ""


#: Phases without contrast medium: only there bright voxels are calcium.
_NATIVE: Final = frozenset({"native"})
#: Phases in which what lives has taken up contrast medium: only there dark voxels have not.
_TAKEN_UP: Final = frozenset({"portal venous", "venous", "nephrographic", "delayed", "excretory"})


def values_of(volume: Volume, mask: Mask) -> Values | None:
    """Return statistics of the loaded voxels in a mask; None when there is none.

    Each voxel counts once; the standard deviation is that of a sample (n - 1).

    Raises
    ------
    ValueError
        When mask and volume lie on different grids.

    """
    values, _ = _inside(volume, mask)
    if not len(values):
        return None
    percentiles = np.percentile(values, PERCENTILES)
    sd = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return Values(
        len(values),
        float(values.mean()),
        sd,
        float(values.min()),
        float(values.max()),
        {p: float(v) for p, v in zip(PERCENTILES, percentiles, strict=True)},
        volume.unit,
    )


def shares_of(volume: Volume, mask: Mask, ranges: TissueRanges | None = None) -> Shares:
    """Return the shares of fat, necrosis and calcification by volume, on CT alone.

    Contrast medium is as bright as calcium, and without it nothing enhances: the two shares are
    given only in a phase that supports them.
    """
    ranges = ranges or TissueRanges()
    if volume.unit != "HU":
        reason = (
            _(
                "Shares by HU are not given: {modality} has no Hounsfield units.",
                modality=volume.modality,
            )
            if volume.modality
            else _("Shares by HU are not given: these images have no Hounsfield units.")
        )
        return Shares(None, None, None, ranges, (reason,))
    values, weights = _inside(volume, mask)
    if not len(values):
        return Shares(None, None, None, ranges, (_("No slice of the mass is loaded."),))

    def share(part: ValueRange) -> float:
        return float(weights[(values >= part.low) & (values <= part.high)].sum() / weights.sum())

    phase = volume.phase
    known = (
        _("the images seem {phase}", phase=_(phase))
        if phase
        else _("the phase of contrast is not known")
    )
    reasons = []
    if phase not in _TAKEN_UP:
        reasons.append(_("What does not enhance is not given: {known}.", known=known))
    if phase not in _NATIVE:
        reasons.append(
            _("Calcification is not given: {known}, and contrast medium is as bright.", known=known)
        )
    return Shares(
        share(ranges.fat),
        share(ranges.necrotic) if phase in _TAKEN_UP else None,
        share(ranges.calcified) if phase in _NATIVE else None,
        ranges,
        tuple(reasons),
        f"{phase}: {volume.phase_evidence}" if phase else "",
    )


def _inside(volume: Volume, mask: Mask) -> tuple[Points, Points]:
    """Return the values of a mask's voxels and the volume of each in mm3."""
    if not same_grid(volume.stack, mask.stack):
        raise ValueError("the mask lies on another grid than the images")
    stored: NDArray[np.generic] = volume.voxels[mask.box]
    wanted = mask.voxels & volume.loaded[mask.box[0]][:, None, None]
    wanted = wanted & ~volume.is_padding(stored)
    each = voxel_volumes_mm3(mask.stack)[mask.box[0]]
    weights = np.repeat(each, np.count_nonzero(wanted, axis=(1, 2)))
    return volume.values(stored[wanted]), np.asarray(weights)
