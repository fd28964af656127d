"""A closed surface told by its distance from a middle in each of many directions.

A mass is nearly always *star-shaped*: seen from its middle every part of its border is in plain
sight. A surface is so a logarithm of a radius for each of `COUNT` directions, which are spread
evenly over the sphere (Fibonacci lattice; Gonzalez, Mathematical Geosciences 42, 2010). A `Frame`
stretches space first, so that an elongated mass is near a ball in it. Points are LPS mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points, SliceStack
from tumorboard.imaging.mask_model import Mask

#: How many directions a surface has.
COUNT: Final = 500
#: Width (degrees) over which directions share when a radius between them is read.
_BETWEEN_DEGREES: Final = 6.0
#: Directions at a time, so that reading a whole slice needs little memory.
_TABLE: Final = (64, 128)
#: Elongation beyond which a frame stretches no further.
_MOST_STRETCH: Final = 2.5


def _spread() -> Points:
    k = np.arange(COUNT) + 0.5
    polar, turn = np.arccos(1 - 2 * k / COUNT), np.pi * (1 + 5**0.5) * k
    ways = (np.sin(turn) * np.sin(polar), np.cos(turn) * np.sin(polar), np.cos(polar))
    return np.stack(ways, axis=1)


#: Unit vectors, shape (COUNT, 3).
DIRECTIONS: Final = _spread()


def angles_to(way: Points) -> Points:
    """Return the angle (radians) of all directions to one, shape (COUNT,)."""
    return np.arccos(np.clip(DIRECTIONS @ way, -1.0, 1.0))


@cache
def smoother(degrees: float) -> Points:
    """Return the matrix (COUNT, COUNT) that averages over neighbouring directions (Gaussian)."""
    between = np.arccos(np.clip(DIRECTIONS @ DIRECTIONS.T, -1.0, 1.0))
    weights = np.exp(-(between**2) / (2 * np.radians(degrees) ** 2))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class Frame:
    """A middle (LPS mm) and a matrix (3, 3) of determinant 1 that turns stretched into mm."""

    centre: Points
    stretch: Points

    def to_mm(self, stretched: Points) -> Points:
        """Return LPS points of stretched ones, shape (..., 3)."""
        return np.asarray(self.centre + stretched @ self.stretch.T)

    def from_mm(self, points: Points) -> Points:
        """Return stretched points of LPS ones, shape (..., 3)."""
        return np.asarray((points - self.centre) @ np.linalg.inv(self.stretch).T)

    def polar(self, point: Points) -> tuple[float, Points]:
        """Return the radius in stretched space and the direction of an LPS point."""
        seen = self.from_mm(np.asarray(point, dtype=np.float64))
        radius = float(np.linalg.norm(seen))
        if radius < 1e-6:
            return 0.0, DIRECTIONS[0]
        return radius, seen / radius


def upright(centre: Points) -> Frame:
    """Return a frame that stretches nothing."""
    return Frame(np.asarray(centre, dtype=np.float64), np.eye(3))


@dataclass(frozen=True, eq=False)
class Star:
    """A surface: ``radii``, shape (COUNT,), are logarithms of radii (mm) in the frame."""

    frame: Frame
    radii: Points

    def radius(self, way: Points) -> float:
        """Return the radius in a direction, shape (3,), of the frame."""
        return float(np.exp(_between(way[None]) @ self.radii)[0])

    @property
    def points(self) -> Points:
        """Its points, LPS mm, shape (COUNT, 3)."""
        return self.frame.to_mm(DIRECTIONS * np.exp(self.radii)[:, None])

    @property
    def mean_radius(self) -> float:
        """The geometric mean of its radii, mm."""
        return float(np.exp(self.radii.mean()))

    def seen_from(self, frame: Frame) -> Star:
        """Return the surface in another frame whose middle lies inside."""
        seen = frame.from_mm(self.points)
        lengths = np.maximum(np.linalg.norm(seen, axis=1), 0.5)
        weights = _weights(DIRECTIONS @ (seen / lengths[:, None]).T)
        return Star(frame, weights @ np.log(lengths))

    def own_frame(self) -> Frame:
        """Return the frame of its centroid and of its elongation."""
        radii = np.exp(self.radii)
        shift = (DIRECTIONS * radii[:, None] ** 4).sum(axis=0) * 0.75 / (radii**3).sum()
        centre = self.frame.to_mm(shift)
        return Frame(centre, stretch_of(self.points - centre))

    def mask(self, stack: SliceStack) -> Mask:
        """Return the voxels of a stack whose centres lie inside."""
        points = self.points
        index = stack.to_index(np.concatenate([points, self.frame.centre[None]]))
        top = np.array(stack.shape)
        low = np.clip(np.floor(index.min(axis=0)).astype(int) - 1, 0, top)
        high = np.clip(np.ceil(index.max(axis=0)).astype(int) + 2, 0, top)
        if (high <= low).any():
            return Mask.of(np.zeros((0, 0, 0), bool), stack)
        table = self._table()
        rows, columns = np.meshgrid(
            *(np.arange(a, b) for a, b in zip(low[1:], high[1:], strict=True)), indexing="ij"
        )
        found = np.zeros(tuple(high - low), bool)
        for n, k in enumerate(range(low[0], high[0])):
            places = np.stack([np.full(rows.shape, float(k)), rows, columns], axis=-1)
            found[n] = self._holds(self.frame.from_mm(stack.to_lps(places)), table)
        return Mask.of(found, stack, (int(low[0]), int(low[1]), int(low[2])))

    def _table(self) -> Points:
        """Return radii by height and turn of the direction, shape `_TABLE`."""
        heights, turns = np.linspace(-1, 1, _TABLE[0]), np.linspace(-np.pi, np.pi, _TABLE[1])
        z, a = np.meshgrid(heights, turns, indexing="ij")
        side = np.sqrt(1 - z**2)
        ways = np.stack([side * np.sin(a), side * np.cos(a), z], axis=-1).reshape(-1, 3)
        return np.exp(_between(ways) @ self.radii).reshape(_TABLE)

    def _holds(self, seen: Points, table: Points) -> NDArray[np.bool_]:
        lengths = np.sqrt((seen**2).sum(axis=-1))
        height = (seen[..., 2] / np.maximum(lengths, 1e-9) + 1) / 2 * (_TABLE[0] - 1)
        turn = (np.arctan2(seen[..., 0], seen[..., 1]) / np.pi + 1) / 2 * (_TABLE[1] - 1)
        i = np.clip(height.astype(np.int64), 0, _TABLE[0] - 2)
        j = np.clip(turn.astype(np.int64), 0, _TABLE[1] - 2)
        f, g = height - i, turn - j
        upper = table[i, j] * (1 - g) + table[i, j + 1] * g
        lower = table[i + 1, j] * (1 - g) + table[i + 1, j + 1] * g
        return np.asarray(lengths <= upper * (1 - f) + lower * f)


def stretch_of(offsets: Points) -> Points:
    """Return the stretch of determinant 1 along the main axes of offsets (mm), shape (N, 3)."""
    spread, axes = np.linalg.eigh(offsets.T @ offsets / max(len(offsets), 1))
    lengths = np.sqrt(np.maximum(spread, 1e-6))
    lengths = np.clip(lengths / np.exp(np.log(lengths).mean()), 1 / _MOST_STRETCH, _MOST_STRETCH)
    lengths /= np.exp(np.log(lengths).mean())
    return np.asarray(axes * lengths @ axes.T)


def _weights(cosines: NDArray[Any]) -> Points:
    weights = np.exp((cosines - 1) / np.radians(_BETWEEN_DEGREES) ** 2)
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300))


def _between(ways: Points) -> Points:
    """Return weights (M, COUNT) by which radii between the directions are read."""
    return _weights(ways @ DIRECTIONS.T)
