"""Probe: one point, with the value and the place that are read there."""

from __future__ import annotations

from typing import Final

import numpy as np

from tumorboard.annotations.kinds.lines import no_line
from tumorboard.annotations.kinds.spec import KindSpec, Sign
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.imaging.geometry import Calibration, Point
from tumorboard.imaging.value_words import number, unit_words
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.language import number as decimal


def _reading(annotation: Annotation, volume: Volume | None) -> str:
    """Return "41 HU · L 12.3 P 45.6 H 102.1 mm": the voxel's own value, not interpolated."""
    point = annotation.points[0]
    place = _position_text(point) if annotation.image.calibration is not Calibration.NONE else ""
    if volume is None:
        return place
    k, i, j = (int(v) for v in np.rint(volume.stack.to_index(np.array(point))))
    value = volume.value_at((k, i, j))
    if value is None:
        return place
    if bool(volume.is_padding(volume.voxels[k, i, j])):
        return _("outside the image")
    text = f"{number(value, volume.unit)} {unit_words(volume.unit)}"
    return f"{text} · {place}" if place and volume.is_placed else text


def _position_text(point: Point) -> str:
    """Return where a point lies in the patient: "L 12.3 P 45.6 H 102.1 mm"."""
    letters = (("R", "L"), ("A", "P"), ("F", "H"))
    values = zip(letters, point, strict=True)
    return " ".join(f"{ends[int(v >= 0)]} {decimal(abs(v), '.1f')}" for ends, v in values) + " mm"


SPEC: Final = KindSpec(
    kind=Kind.PROBE,
    words=_("Probe"),
    least_points=1,
    most_points=1,
    lines=no_line,
    reading=_reading,
    graphic="POINT",
    sign=Sign.CROSS,
    has_quiet_handles=True,
)
