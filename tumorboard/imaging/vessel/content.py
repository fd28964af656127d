"""What lies in and at the lumen on planes across a vessel: values, and where the mass touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.vessel.cross_sections import (
    _FULL,
    STEP_MM,
    Outlines,
    Sections,
    cast,
)
from tumorboard.imaging.volume import Volume

_ANGLES: Final = 48
#: Fewer samples inside give no mean.
_FEWEST: Final = 6


@dataclass(frozen=True, eq=False)
class Content:
    """Mean values on each plane, shape (S,), NaN where there is nothing.

    Of the ``lumen`` that is free of tumour, and of the ``tumour`` in it, in the unit of the
    volume.
    """

    lumen: Points
    tumour: Points


def content(volume: Volume, outlines: Outlines, tumour: Volume | None) -> Content:
    """Return the mean values inside the outlines, and of the tumour there.

    ``tumour`` is a mask as values (`mask_volume`), None for an empty one. Samples count by the
    area that they stand for; the rim of the lumen, a millimetre, is left out.
    """
    radii = outlines.radii[:, :: max(1, outlines.radii.shape[1] // _ANGLES)]
    angles = radii.shape[1]
    reach = float(radii.max(initial=STEP_MM))
    values = volume.values(cast(volume, outlines.sections, outlines.centres, angles, reach))
    away = np.arange(values.shape[2]) * STEP_MM
    inside = away[None, None, :] <= radii[:, :, None] - 1.0
    weight = np.where(inside, away + STEP_MM / 4, 0.0)
    filled = np.zeros(values.shape, bool)
    if tumour is not None:
        rays = cast(tumour, outlines.sections, outlines.centres, angles, reach)
        filled = rays >= _FULL / 2
    return Content(_mean(values, weight * ~filled), _mean(values, weight * filled))


def _mean(values: NDArray[np.floating], weight: Points) -> Points:
    total = weight.sum(axis=(1, 2))
    enough = (weight > 0).sum(axis=(1, 2)) >= _FEWEST
    sums = (values * weight).sum(axis=(1, 2))
    return np.where(enough, sums / np.where(total > 0, total, 1.0), np.nan)


def touching(
    outlines: Outlines, n: int, tumour: Volume | None, tolerance_mm: float
) -> NDArray[np.bool_]:
    """Return along which rays of a plane the mass touches the outline, shape (A,).

    The same rule as that of `profile.profile`, whose arc these rays add up to.
    """
    radii = outlines.radii[n]
    if tumour is None or not (radii > 0).all():
        return np.zeros(len(radii), bool)
    far = float(radii.max()) + tolerance_mm + 2 * STEP_MM
    sections = outlines.sections
    part = slice(n, n + 1)
    plane = Sections(
        sections.arc_mm[part],
        sections.centres[part],
        sections.right[part],
        sections.down[part],
        sections.forward[part],
    )
    rays = cast(tumour, plane, outlines.centres[n : n + 1], len(radii), far)[0] >= _FULL / 2
    reach = max(1, round(tolerance_mm / STEP_MM))
    off = np.arange(rays.shape[1])[None, :] - np.round(radii / STEP_MM)[:, None]
    return np.asarray((rays & (np.abs(off) <= reach)).any(axis=1))
