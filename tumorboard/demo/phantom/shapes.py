"""Solid shapes as signed distances in patient coordinates (LPS, mm).

A distance is negative inside, zero on the surface and exact there to first order, so that
an edge one pixel wide centred on zero shows the surface where it truly lies.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float32]
Vector = tuple[float, float, float]
#: Smallest and largest x, smallest and largest y, in mm.
Box = tuple[float, float, float, float]


class Shape(Protocol):
    """Something solid."""

    def box(self, z: float) -> Box | None:
        """Return what encloses the shape in the axial plane at z, or None when it misses it."""
        ...

    def distance(self, x: Array, y: Array, z: float) -> Array:
        """Return the signed distance (mm) at points of the axial plane at z."""
        ...


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid turned about the patient's long axis.

    ``half`` are the half axes in mm before turning; ``turn`` is in degrees from +x to +y.
    """

    centre: Vector
    half: Vector
    turn: float = 0.0

    def box(self, z: float) -> Box | None:
        """Return the square around the largest axial cut."""
        cx, cy, cz = self.centre
        a, b, c = self.half
        if abs(z - cz) > c + 6.0:
            return None
        cosine, sine = self._frame()
        w, h = math.hypot(a * cosine, b * sine), math.hypot(a * sine, b * cosine)
        return (cx - w, cx + w, cy - h, cy + h)

    def distance(self, x: Array, y: Array, z: float) -> Array:
        """Return the implicit function over its gradient: exact on the surface."""
        a, b, c = self.half
        cosine, sine = self._frame()
        dx, dy = x - np.float32(self.centre[0]), y - np.float32(self.centre[1])
        u = (cosine * dx + sine * dy) / np.float32(a)
        v = (cosine * dy - sine * dx) / np.float32(b)
        w = (z - self.centre[2]) / c
        level = np.sqrt(u * u + v * v + np.float32(w * w))
        u /= np.float32(a)
        v /= np.float32(b)
        slope = np.sqrt(u * u + v * v + np.float32((w / c) ** 2))
        return np.asarray(level * (level - 1) / np.maximum(slope, np.float32(1e-4)), np.float32)

    def _frame(self) -> tuple[np.float32, np.float32]:
        angle = math.radians(self.turn)
        return np.float32(math.cos(angle)), np.float32(math.sin(angle))


@dataclass(frozen=True)
class Capsule:
    """A straight piece of tube from ``start`` to ``end`` with radii (mm) at its ends."""

    start: Vector
    end: Vector
    radius: float
    end_radius: float

    def box(self, z: float) -> Box | None:
        """Return the box around the whole piece."""
        (ax, ay, az), (bx, by, bz) = self.start, self.end
        r = max(self.radius, self.end_radius)
        if not min(az, bz) - r - 2 <= z <= max(az, bz) + r + 2:
            return None
        return (min(ax, bx) - r, max(ax, bx) + r, min(ay, by) - r, max(ay, by) + r)

    def distance(self, x: Array, y: Array, z: float) -> Array:
        """Return the distance to the axis less the radius there."""
        (ax, ay, az), (bx, by, bz) = self.start, self.end
        ux, uy, uz = bx - ax, by - ay, bz - az
        square = max(ux * ux + uy * uy + uz * uz, 1e-6)
        dx, dy, dz = x - np.float32(ax), y - np.float32(ay), z - az
        t = (dx * np.float32(ux) + dy * np.float32(uy) + np.float32(dz * uz)) / np.float32(square)
        t = np.clip(t, np.float32(0), np.float32(1))
        ex, ey = dx - t * np.float32(ux), dy - t * np.float32(uy)
        ez = np.float32(dz) - t * np.float32(uz)
        radius = np.float32(self.radius) + t * np.float32(self.end_radius - self.radius)
        return np.asarray(np.sqrt(ex * ex + ey * ey + ez * ez) - radius, np.float32)


def spline(knots: ArrayLike, pieces: int = 6) -> NDArray[np.float64]:
    """Return points on the Catmull-Rom curve through knots.

    Parameters
    ----------
    knots
        Shape (N, D), N at least 2.
    pieces
        Points per span.

    Returns
    -------
    NDArray
        Shape ((N - 1) * pieces + 1, D); the knots are among them.

    """
    p = np.asarray(knots, np.float64)
    padded = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = (np.arange(pieces) / pieces)[:, None]
    spans = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        spans.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
        )
    return np.vstack([*spans, p[-1:]])


def tube(knots: Sequence[Sequence[float]], pieces: int = 6) -> tuple[Capsule, ...]:
    """Return a smooth tube through knots (x, y, z, radius)."""
    points = spline(knots, pieces).tolist()
    return tuple(
        Capsule((a[0], a[1], a[2]), (b[0], b[1], b[2]), max(a[3], 0.3), max(b[3], 0.3))
        for a, b in itertools.pairwise(points)
    )


def mirrored(knots: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return knots on the other side of the patient."""
    return [[-k[0], *k[1:]] for k in knots]
