"""The line along the middle of a vessel, through clicked points; LPS mm.

Between two clicks lies a piece: of a centripetal Catmull-Rom spline (Barry and Goldman, ACM
SIGGRAPH 1988; the exponent after Yuksel et al., Computer-Aided Design 43, 2011), or a way
found through the lumen. Moving a click changes the pieces near it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat, Points, SliceStack
from tumorboard.imaging.mask_model import gap_caveats
from tumorboard.language import _

#: Finds the way between two points: (M, 3) LPS, the ends included.
Tracer = Callable[[Points, Points], Points]

#: Distance of the points of the line, mm.
STEP_MM: Final = 0.5
#: Width of the smoothing of a way found from voxel to voxel, mm.
SMOOTHING_MM: Final = 6.0
#: The direction of the line is that over this length, mm.
_TANGENT_MM: Final = 3.0


@dataclass(frozen=True, eq=False)
class Centreline:
    """A line through a vessel.

    ``anchors``, shape (N, 3), are the clicks; ``pieces`` what lies between them, each (M, 3)
    with both ends; ``traced`` tells that the pieces were found through the lumen.
    """

    anchors: Points
    pieces: tuple[Points, ...]
    traced: bool = False

    @cached_property
    def line(self) -> Points:
        """The points of the line, shape (P, 3), at most half a millimetre apart."""
        whole = np.concatenate([self.pieces[0], *(p[1:] for p in self.pieces[1:])])
        fine = _even(whole, STEP_MM)
        return _even(_smoothed(fine, SMOOTHING_MM / STEP_MM), STEP_MM) if self.traced else fine

    @cached_property
    def arc_mm(self) -> Points:
        """Length along the line up to each of its points, shape (P,)."""
        return arc_of(self.line)

    @property
    def length_mm(self) -> float:
        """Length of the line."""
        return float(self.arc_mm[-1])

    def at(self, arc_mm: ArrayLike) -> Points:
        """Return the points at lengths along the line, shape (..., 3)."""
        at = np.asarray(arc_mm, dtype=np.float64)
        return np.stack([np.interp(at, self.arc_mm, self.line[:, a]) for a in range(3)], axis=-1)

    def directions(self, arc_mm: ArrayLike) -> Points:
        """Return the unit directions at lengths along the line, shape (..., 3)."""
        at = np.asarray(arc_mm, dtype=np.float64)
        half = min(_TANGENT_MM, self.length_mm) / 2
        low = np.clip(at - half, 0, self.length_mm - 2 * half)
        chord = self.at(low + 2 * half) - self.at(low)
        # A line that turns back within this length has its own chord there.
        norm = np.linalg.norm(chord, axis=-1, keepdims=True)
        return np.asarray(np.where(norm > 1e-9, chord / np.maximum(norm, 1e-9), [0.0, 0.0, 1.0]))

    def nearest(self, point: ArrayLike) -> tuple[float, float]:
        """Return the length along the line (mm) nearest to a point, and its distance (mm)."""
        x = np.asarray(point, dtype=np.float64)
        a, b = self.line[:-1], self.line[1:]
        way = b - a
        share = ((x - a) * way).sum(axis=1) / np.maximum((way * way).sum(axis=1), 1e-18)
        foot = a + np.clip(share, 0, 1)[:, None] * way
        apart = np.linalg.norm(foot - x, axis=1)
        n = int(apart.argmin())
        return float(self.arc_mm[n] + np.linalg.norm(foot[n] - a[n])), float(apart[n])

    def moved(self, n: int, point: ArrayLike, tracer: Tracer | None = None) -> Centreline:
        """Return the line with one click elsewhere; only pieces near it are made anew.

        With a tracer the two pieces beside it are found through the lumen; without one the
        pieces are splines (what a drag shows until the button is let go).
        """
        anchors = self.anchors.copy()
        anchors[n] = np.asarray(point, dtype=np.float64)
        _check(anchors)
        pieces = list(self.pieces)
        reach = (n - 1, n) if tracer or self.traced else (n - 2, n - 1, n, n + 1)
        for m in reach:
            if 0 <= m < len(pieces):
                a, b = anchors[m], anchors[m + 1]
                pieces[m] = tracer(a, b) if tracer else _spline_piece(anchors, m)
        return Centreline(anchors, tuple(pieces), self.traced)

    def reversed(self) -> Centreline:
        """Return the same line from its other end."""
        pieces = tuple(p[::-1] for p in reversed(self.pieces))
        return Centreline(self.anchors[::-1].copy(), pieces, self.traced)

    def upwards(self) -> Centreline:
        """Return the line from its caudal to its cranial end."""
        return self if self.line[-1, 2] >= self.line[0, 2] else self.reversed()

    def caveats(self, stack: SliceStack) -> tuple[Caveat, ...]:
        """Return the reservation for missing slices that the line crosses."""
        k = stack.slice_at(self.line @ stack.normal)
        return gap_caveats(stack, int(np.floor(k.min())), int(np.ceil(k.max())))


def through(points: ArrayLike, tracer: Tracer | None = None) -> Centreline:
    """Lay a line through clicked points, as a spline or by a tracer.

    Raises
    ------
    UserError
        With fewer than two different points.

    """
    anchors = _distinct(np.asarray(points, dtype=np.float64).reshape(-1, 3))
    _check(anchors)
    count = len(anchors) - 1
    if tracer is None:
        return Centreline(anchors, tuple(_spline_piece(anchors, n) for n in range(count)))
    pieces = tuple(tracer(anchors[n], anchors[n + 1]) for n in range(count))
    return Centreline(anchors, pieces, traced=True)


def check_inside(stack: SliceStack, points: ArrayLike, what: str = "") -> None:
    """Refuse points (..., 3) outside the voxels of a stack.

    Raises
    ------
    UserError
        When one lies more than half a voxel outside.

    """
    index = stack.to_index(points)
    if (index < -0.5).any() or (index > np.array(stack.shape) - 0.5).any():
        raise UserError(
            _("{what} leaves the images.", what=what or _("The line")),
            _("Move or remove its points outside."),
        )


def arc_of(line: Points) -> Points:
    """Return the length along a polyline up to each point."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])


def _check(anchors: Points) -> None:
    if not np.isfinite(anchors).all():
        raise UserError(
            _("A point of the line is no place."), _("Give three numbers for each point.")
        )
    if len(anchors) < 2:
        raise UserError(
            _("One point makes no line."), _("Click at least two points along the vessel.")
        )


def _distinct(points: Points) -> Points:
    apart = ~(np.linalg.norm(np.diff(points, axis=0), axis=1) <= 1e-6)
    return np.asarray(points[np.concatenate([[True], apart])[: len(points)]])


def _spline_piece(anchors: Points, n: int) -> Points:
    """Return the spline between clicks n and n + 1; beyond the ends it goes on straight."""
    b, c = anchors[n], anchors[n + 1]
    a = anchors[n - 1] if n > 0 else 2 * b - c
    d = anchors[n + 2] if n + 2 < len(anchors) else 2 * c - b
    knots = [0.0]
    for one, other in ((a, b), (b, c), (c, d)):
        knots.append(knots[-1] + max(float(np.linalg.norm(other - one)) ** 0.5, 1e-6))
    count = max(2, int(np.ceil(np.linalg.norm(c - b) / STEP_MM)) + 1)
    t = np.linspace(knots[1], knots[2], count)[:, None]

    def blend(p: Points, q: Points, low: float, high: float) -> Points:
        return np.asarray(((high - t) * p + (t - low) * q) / (high - low))

    first = blend(a, b, knots[0], knots[1])
    second = blend(b, c, knots[1], knots[2])
    third = blend(c, d, knots[2], knots[3])
    left = blend(first, second, knots[0], knots[2])
    right = blend(second, third, knots[1], knots[3])
    return blend(left, right, knots[1], knots[2])


def _even(line: Points, step: float) -> Points:
    """Return a polyline with even steps, of at most the length wanted, and the same ends."""
    arc = arc_of(line)
    at = np.linspace(0, arc[-1], max(2, int(np.ceil(arc[-1] / step)) + 1))
    return np.stack([np.interp(at, arc, line[:, a]) for a in range(3)], axis=1)


def _smoothed(line: Points, sigma: float) -> Points:
    """Smooth a line by a Gaussian (width in points) that leaves its ends where they are."""
    reach = min(int(np.ceil(3 * sigma)), len(line) - 1)
    x = np.arange(-reach, reach + 1)
    weights = np.exp(-(x**2) / (2 * sigma**2))
    weights /= weights.sum()
    head = 2 * line[0] - line[reach:0:-1]
    tail = 2 * line[-1] - line[-2 : -reach - 2 : -1]
    wide = np.concatenate([head, line, tail])
    return np.stack([np.convolve(wide[:, a], weights, "valid") for a in range(3)], axis=1)


def evenly(line: Centreline, step_mm: float = 1.0, most: int = 2000) -> Points:
    """Return lengths along a line for cross-sections, both ends included."""
    count = int(np.clip(np.ceil(line.length_mm / step_mm - 1e-9), 1, most - 1))
    return np.linspace(0.0, line.length_mm, count + 1)


def snapped(line: Centreline, marks: Sequence[ArrayLike]) -> tuple[float, ...]:
    """Return the lengths along a line nearest to some points."""
    return tuple(line.nearest(p)[0] for p in marks)
