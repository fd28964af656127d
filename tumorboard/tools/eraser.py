"""Eraser: click on something drawn, or sweep over several things, to delete them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from tumorboard.annotations.hit_test import EDGE_RADIUS, hit_test
from tumorboard.annotations.model import Annotation, as_point
from tumorboard.annotations.visibility import REFORMAT_REACH_MM
from tumorboard.imaging.geometry import Point
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Step


@dataclass(frozen=True)
class Sweep:
    """What the eraser has touched while the button is held."""

    uids: tuple[str, ...] = ()
    held: bool = False
    last: Point | None = None


class EraserTool:
    """Deletes what it touches, all of one sweep as one edit that can be undone."""

    name: ClassVar[str] = "eraser"
    label: ClassVar[str] = _("Eraser")
    key: ClassVar[str] = "X"
    cursor: ClassVar[str] = "erase"

    def start(self) -> Sweep:
        """Nothing touched."""
        return Sweep()

    def claims_handles(self, state: Sweep) -> bool:
        """Take every press: a handle is erased with what it belongs to."""
        return True

    def hint(self, state: Sweep) -> str:
        """Say what comes next."""
        return _("Eraser: click a measurement to delete it, or sweep over several. Undo: Ctrl+Z.")

    def step(self, state: Sweep, pointer: Pointer) -> Step:
        """Gather what is touched; ask for its deletion on release."""
        if pointer.phase is Phase.FINISH or (not state.held and pointer.phase is not Phase.PRESS):
            return Step(Sweep())
        uids = state.uids
        for point in _way(state.last, pointer):
            touched = _under(replace(pointer, point=point))
            uids = uids if touched in ("", *uids) else (*uids, touched)
        if pointer.phase is Phase.RELEASE:
            return Step(Sweep(), erase=uids)
        return Step(Sweep(uids, held=True, last=pointer.point), highlight=uids)


def _way(last: Point | None, pointer: Pointer) -> list[Point]:
    """Return the points from the last place to this one, so that a quick sweep misses nothing."""
    if last is None:
        return [pointer.point]
    a, b = np.array(last), np.array(pointer.point)
    pixels = float(np.linalg.norm(b - a)) * pointer.scene.scale
    shares = np.linspace(0, 1, 2 + int(pixels / EDGE_RADIUS))[1:]
    return [as_point(a + share * (b - a)) for share in shares]


def _under(pointer: Pointer) -> str:
    """Return the UID of what lies under the pointer, or empty."""
    scene = pointer.scene
    shown = scene.visible if scene.visible is not None else _near(scene.existing, pointer)
    place = np.array(pointer.point) * scene.scale
    hit = hit_test(shown, lambda points: points * scene.scale, place)
    return "" if hit is None else hit.annotation.uid


def _near(annotations: tuple[Annotation, ...], pointer: Pointer) -> tuple[Annotation, ...]:
    """Keep the annotations whose points all lie in the plane of the pointer."""
    normal, here = np.array(pointer.scene.normal), np.array(pointer.point)
    return tuple(
        a
        for a in annotations
        if (np.abs((np.array(a.points) - here) @ normal) <= REFORMAT_REACH_MM).all()
    )
