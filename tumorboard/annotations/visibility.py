"""Which annotations belong on a cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tumorboard.annotations.model import Annotation, Kind
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.volume import Volume

#: On reformats neighbouring cuts lie a pixel apart; an annotation stays visible this far
#: (mm) from the cut it was drawn on, so that it does not flicker away while scrolling.
REFORMAT_REACH_MM = 2.0


def reach_mm(volume: Volume, section: Section) -> float:
    """Return how far (mm) from a cut an annotation is still shown on it."""
    if section.slice_index is None:
        return REFORMAT_REACH_MM
    return volume.stack.slice_spacing / 2 + 1e-3


def on_section(
    annotations: Sequence[Annotation], volume: Volume, section: Section
) -> tuple[Annotation, ...]:
    """Return the annotations whose points all lie on or next to a cut.

    Measurements show on cuts parallel to the one they were drawn on; marks of a vessel on
    every cut that passes by.
    """
    reach = reach_mm(volume, section)
    return tuple(a for a in annotations if _belongs(a, section, reach))


def _belongs(annotation: Annotation, section: Section, reach: float) -> bool:
    distances = np.abs(section.grid.distance(np.array(annotation.points)))
    if (distances > reach).any():
        return False
    is_mark = annotation.kind in (Kind.VESSEL_LEVEL, Kind.TUMOUR_END)
    parallel = abs(float(np.array(annotation.normal) @ section.grid.normal)) > 0.99
    return is_mark or parallel
