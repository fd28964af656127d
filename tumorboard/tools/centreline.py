"""Centreline: click points along a vessel; drag one to move it, click the line to add one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from tumorboard.annotations.hit_test import EDGE_RADIUS, HANDLE_RADIUS
from tumorboard.annotations.model import as_point
from tumorboard.imaging.geometry import Point, Points
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Step
from tumorboard.tools.pathing import NEAR_MM, LineEnded, PathSeen, PointMoved, PointPlaced


@dataclass(frozen=True)
class Held:
    """The point under the button: its number, whether it is new, where it and the press were."""

    at: int
    fresh: bool
    begun: Point
    pressed: Point


@dataclass(frozen=True)
class Laying:
    """What is held, and whether anything was laid since the tool was taken."""

    held: Held | None = None
    begun: bool = False


class CentrelineTool:
    """Lays the line along the middle of a vessel, on any plane."""

    name: ClassVar[str] = "centreline"
    label: ClassVar[str] = _("Centreline of a vessel")
    key: ClassVar[str] = "Shift+C"
    cursor: ClassVar[str] = "cross"

    def start(self) -> Laying:
        """Nothing held."""
        return Laying()

    def claims_handles(self, state: Laying) -> bool:
        """Lay points also where something else is drawn."""
        return True

    def hint(self, state: Laying) -> str:
        """Say what comes next."""
        if state.begun:
            return _(
                "Centreline: click the next point; drag a point to move it, click the line to put "
                "one between, Del takes the last one held away. Enter ends."
            )
        return _("Centreline: click along the middle of the vessel, on any plane and slice.")

    def step(self, state: Laying, pointer: Pointer) -> Step:
        """Place, take up, move or let go a point."""
        if pointer.phase is Phase.FINISH:
            return Step(Laying(), path=LineEnded())
        if pointer.phase is Phase.PRESS:
            seen, here = pointer.scene.path, pointer.point
            at = _point_under(seen, pointer)
            if at is not None:
                held = Held(at, False, seen.anchors[at], here)
            elif (segment := _segment_under(seen, pointer)) is not None:
                held = Held(segment + 1, True, here, here)
            else:
                held = Held(_nearer_end(seen.anchors, here), True, here, here)
            return Step(Laying(held, begun=True), path=_act(held, here, ended=False))
        if state.held is None:
            return Step(state)
        ended = pointer.phase is Phase.RELEASE
        act = _act(state.held, pointer.point, ended=ended)
        return Step(replace(state, held=None if ended else state.held), path=act)


def _act(held: Held, here: Point, *, ended: bool) -> PointPlaced | PointMoved:
    """Return the act; a point taken up keeps its distance from the plane on show."""
    point = as_point(np.array(held.begun) + np.array(here) - np.array(held.pressed))
    return (PointPlaced if held.fresh else PointMoved)(held.at, point, ended)


def _offsets(points: Points, pointer: Pointer) -> tuple[Points, Points]:
    """Return the distances of points (N, 3) in the plane (logical pixels) and from it (mm)."""
    away = points - np.array(pointer.point)
    off = away @ np.array(pointer.scene.normal)
    within = away - off[:, None] * np.array(pointer.scene.normal)
    return np.linalg.norm(within, axis=1) * pointer.scene.scale, np.abs(off)


def _point_under(seen: PathSeen, pointer: Pointer) -> int | None:
    if not seen.anchors:
        return None
    within, off = _offsets(np.array(seen.anchors), pointer)
    within = np.where(off <= NEAR_MM, within, np.inf)
    n = int(within.argmin())
    return n if within[n] <= HANDLE_RADIUS else None


def _segment_under(seen: PathSeen, pointer: Pointer) -> int | None:
    if len(seen.line) < 2:
        return None
    within, off = _offsets(seen.line, pointer)
    # The points of the line are near one another: the nearest stands for what is between.
    within = np.where(off <= NEAR_MM / 4, within, np.inf)
    n = int(within.argmin())
    return int(seen.segments[n]) if within[n] <= EDGE_RADIUS else None


def _nearer_end(anchors: tuple[Point, ...], here: Point) -> int:
    """Return where a point beyond the line belongs: before the first or after the last."""
    if len(anchors) < 2:
        return len(anchors)
    first, last = (np.linalg.norm(np.array(here) - np.array(anchors[n])) for n in (0, -1))
    return 0 if first < last else len(anchors)
