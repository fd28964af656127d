"""Annotations of every kind on a plane, for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from tumorboard.annotations.model import Annotation, ImageReference, Kind, as_point
from tumorboard.imaging.geometry import Plane

#: Points in the plane (mm along two directions) of one annotation of each kind.
FLAT: dict[Kind, tuple[tuple[float, float], ...]] = {
    Kind.LENGTH: ((-30, 0), (10, 30)),
    Kind.BIDIRECTIONAL: ((-30, 0), (30, 0), (5, -12), (5, 18)),
    Kind.CRANIOCAUDAL: ((0, -20), (0, 22)),
    Kind.ANGLE: ((20, 0), (0, 0), (10, 10 * 3**0.5)),
    Kind.ELLIPSE: ((-20, 0), (20, 0), (0, -12), (0, 12)),
    Kind.CIRCLE: ((-15, 0), (15, 0), (0, -15), (0, 15)),
    Kind.RECTANGLE: ((-20, -10), (20, -10), (20, 10), (-20, 10)),
    Kind.POLYGON: ((-20, -10), (20, -10), (20, 10), (0, 25), (-20, 10)),
    Kind.FREEHAND: tuple(
        (18 * np.cos(t) + 2 * np.cos(3 * t), 14 * np.sin(t))
        for t in np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ),
    Kind.PATH: tuple((3.0 * n, (0, 4, 4, 0)[n % 4]) for n in range(24)),
    Kind.ARROW: ((0, 0), (20, 20)),
    Kind.TEXT: ((3, 4),),
    Kind.PROBE: ((3, 4),),
    Kind.CALIBRATION: ((0, 0), (50, 0)),
    Kind.VERTEBRA: ((1, 2),),
    Kind.VESSEL_LEVEL: ((1, 2),),
    Kind.TUMOUR_END: ((1, 2),),
}


def annotation(
    kind: Kind,
    origin: Any = (0.0, 0.0, 0.0),
    right: Any = (1.0, 0.0, 0.0),
    down: Any = (0.0, 1.0, 0.0),
    plane: Plane = Plane.AXIAL,
    flat: Any = None,
    **changes: Any,
) -> Annotation:
    """An annotation of a kind around a point of a plane."""
    u, v, middle = (np.asarray(x, dtype=float) for x in (right, down, origin))
    points = tuple(as_point(middle + a * u + b * v) for a, b in (flat or FLAT[kind]))
    values: dict[str, Any] = {
        "uid": str(kind),
        "kind": kind,
        "points": points,
        "normal": as_point(np.cross(u, v)),
        "image": ImageReference("1.2", "1.2.3", ("1.2.3.0",), "1.2.9", plane),
        "author": "Dr Sample",
        "created_utc": "2026-11-01T08:00:00Z",
    }
    return Annotation(**{**values, **changes})
