"""Vertebrae with bodies, discs, canal, arches and processes, and the muscles along them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tumorboard.demo.phantom.body import Wall
from tumorboard.demo.phantom.canvas import Canvas, Region
from tumorboard.demo.phantom.shapes import Array, Capsule, Ellipsoid, Shape, tube
from tumorboard.demo.phantom.tissue import Textures

#: Lower edge (z, mm) of each vertebral body from L5 upwards; S1 ends where L5 begins.
_FLOORS = (46.0, 82.0, 119.0, 156.0, 192.0, 226.0, 258.0, 289.0, 319.0, 348.0, 376.0, 404.0)
_LUMBAR = 5
_CENTRE = (
    (-40.0, 86.0),
    (0.0, 70.0),
    (46.0, 54.0),
    (90.0, 43.0),
    (135.0, 38.0),
    (190.0, 42.0),
    (240.0, 50.0),
    (300.0, 58.0),
    (360.0, 61.0),
    (420.0, 60.0),
)


def spine_y(z: float) -> float:
    """Return y (mm) of the centre of the vertebral bodies at z: the curve of the spine."""
    heights, places = zip(*_CENTRE, strict=True)
    return float(np.interp(z, heights, places))


@dataclass(frozen=True)
class Segment:
    """A vertebra with the disc above it.

    ``half`` are the half axes (x, y) of its body, ``disc`` the height of the disc.
    """

    floor: float
    roof: float
    disc: float
    half: tuple[float, float]
    lumbar: bool

    @property
    def y(self) -> float:
        """The centre of the body."""
        return spine_y((self.floor + self.roof - self.disc) / 2)

    def height(self, share: float) -> float:
        """Return z at a share of the body's height."""
        return self.floor + share * (self.roof - self.disc - self.floor)


def segments() -> tuple[Segment, ...]:
    """Return the vertebrae from L5 to T7."""
    made = []
    for number, (floor, roof) in enumerate(itertools.pairwise(_FLOORS)):
        lumbar = number < _LUMBAR
        size = 1 - 0.033 * number
        disc = 9.5 if lumbar else 5.0
        made.append(Segment(floor, roof, disc, (25.5 * size, 18.5 * size), lumbar))
    return tuple(made)


class Spine:
    """Paints the spine; made once."""

    def __init__(self) -> None:
        self._segments = segments()
        self._arches = [s for segment in self._segments for s in _arch(segment)]
        self._sacral_arch = [
            *tube([(0, 92, 44, 3.5), (0, 106, 15, 4), (0, 112, -10, 4)], 3),
            *tube([(-22, 84, 52, 6), (-26, 98, 30, 5), (-24, 106, 0, 5)], 3),
            *tube([(22, 84, 52, 6), (26, 98, 30, 5), (24, 106, 0, 5)], 3),
        ]

    def paint(self, canvas: Canvas, textures: Textures) -> None:
        """Paint bone and disc, then the canal within."""
        z = canvas.z
        segment = next((s for s in self._segments if s.floor <= z < s.roof), None)
        if segment is None:
            _paint_sacrum(canvas, textures, self._sacral_arch)
        else:
            self._paint_segment(canvas, textures, segment)
        arches = canvas.region(self._arches, rigid=True)
        paint_bone(canvas, arches, textures, cortex=1.5, marrow=150)
        size = 1.0 if z < 225 else 0.85
        y = spine_y(z) + float(np.interp(z, (0, 46, 190, 380), (19, 25, 25, 23)))
        hole = canvas.region([Ellipsoid((0, y, z), (11.5 * size, 8.8 * size, 50))], rigid=True)
        canvas.fill(hole, -70.0)
        sac = canvas.region([Ellipsoid((0, y - 1, z), (8.5 * size, 7.0 * size, 50))], rigid=True)
        canvas.fill(sac, 22.0, soft=1.5)
        if z > 195:
            cord = canvas.region([Ellipsoid((0, y - 1, z), (5.2, 3.8, 50))], rigid=True)
            canvas.fill(cord, 42.0, soft=2)

    def _paint_segment(self, canvas: Canvas, textures: Textures, segment: Segment) -> None:
        z = canvas.z
        top = segment.roof - segment.disc
        share = float(np.clip((z - segment.floor) / (top - segment.floor), 0, 1))
        waist = 1 - 0.10 * np.sin(np.pi * share)
        bulge = 1.0 if z > top else waist
        a, b = segment.half
        if z > segment.roof - 1.0 or z < segment.floor:
            bulge = 1.0
        region = _body(canvas, spine_y(z), a * bulge, b * (0.5 + 0.5 * bulge))
        edge = min(abs(z - segment.floor), abs(z - top)) if z <= top else z - top
        if z > top and segment.roof - z > 0.8:
            canvas.fill(region, textures.soft(88, 4), inset=-0.8)
            canvas.fill(region, textures.soft(104, 3), inset=7)
            return
        marrow = 165 + 95 * float(np.exp(-((edge / 1.5) ** 2)))
        paint_bone(canvas, region, textures, cortex=1.4, marrow=marrow)


def _body(canvas: Canvas, y: float, a: float, b: float) -> Region | None:
    """Return a vertebral body on the slice: rounded, hollow behind."""
    z = canvas.z
    region = canvas.region([Ellipsoid((0, y, z), (a, b, 60))], rigid=True)
    if region is None:
        return None
    x, v = canvas.x[:, region.window[1]], canvas.y[region.window[0]]
    flat = np.abs(v - np.float32(y)) - np.float32(b * 0.94)
    hollow = np.hypot(x / 1.3, v - np.float32(y + b + 7)) - np.float32(9.5)
    return Region(region.window, np.maximum(np.maximum(region.distance, flat), -hollow))


def paint_bone(
    canvas: Canvas,
    region: Region | None,
    textures: Textures,
    *,
    cortex: float,
    marrow: float,
) -> None:
    """Paint a bone: a hard shell ``cortex`` mm thick around uneven marrow (HU)."""
    canvas.fill(region, 640.0)
    grain = np.float32(marrow) + 26 * textures.fine + 12 * textures.medium
    canvas.fill(region, np.asarray(grain, np.float32), inset=cortex, soft=1.8)


def _arch(segment: Segment) -> list[Shape]:
    """Return pedicles, laminae, joints and processes of one vertebra."""
    a, b = segment.half
    y, wide = segment.y, a / 25.5
    at = segment.height
    shapes: list[Shape] = [_spinous(segment)]
    for side in (-1.0, 1.0):
        pillar = (side * 17 * wide, y + b + 10, at(0.72))
        low = (side * 14.5 * wide, y + b + 17, at(-0.22))
        shapes.append(_ball((side * 16 * wide, y + b + 1, at(0.74)), (4.8, 10.5, 8.5)))
        shapes.append(Capsule(pillar, low, 5.0, 3.6))
        shapes.append(
            Capsule((side * 14 * wide, y + b + 14, at(0.45)), (0.0, y + b + 25, at(0.15)), 3.2, 3.4)
        )
        shapes.append(_ball((side * 20 * wide, y + b + 9, at(1.02)), (4.2, 6.5, 8.5)))
        reach, back = (43.0, 2.0) if segment.lumbar else (34.0, 17.0)
        shapes.append(
            Capsule(
                (side * 19 * wide, y + b + 5, at(0.68)),
                (side * reach * wide, y + b + 3 + back, at(0.66)),
                4.0,
                3.2,
            )
        )
    return shapes


def _spinous(segment: Segment) -> Shape:
    _, b = segment.half
    y, at = segment.y, segment.height
    length, drop = (40.0, 0.05) if segment.lumbar else (36.0, -0.55)
    tall = 11.0 if segment.lumbar else 7.0
    start = (0.0, y + b + 24, at(0.22))
    if segment.lumbar:
        middle = (0.0, y + b + 33, at(0.12))
        return _ball(middle, (3.6, 13.0, tall))
    return Capsule(start, (0.0, y + b + length, at(drop)), 3.2, 3.0)


def _ball(centre: tuple[float, float, float], half: tuple[float, float, float]) -> Ellipsoid:
    return Ellipsoid(centre, half)


def _paint_sacrum(canvas: Canvas, textures: Textures, arch: Sequence[Shape]) -> None:
    """Paint the first sacral segments with their wings and foramina."""
    z = canvas.z
    if z > 46:
        return
    y = spine_y(z)
    narrow = float(np.interp(z, (0, 46), (0.86, 1.0)))
    body = _body(canvas, y, 27 * narrow, 17 * narrow)
    wings: list[Shape] = []
    for side in (-1.0, 1.0):
        wings.append(Ellipsoid((side * 36 * narrow, y + 8, 16), (27, 17, 30), side * 16))
        wings.append(Ellipsoid((side * 30 * narrow, y + 12, -6), (25, 14, 34), side * 10))
    wing = canvas.region(wings, rigid=True)
    paint_bone(canvas, wing, textures, cortex=1.2, marrow=105)
    paint_bone(canvas, body, textures, cortex=1.3, marrow=150)
    paint_bone(canvas, canvas.region(arch, rigid=True), textures, cortex=1.4, marrow=130)
    holes: list[Shape] = [
        Ellipsoid((side * 22.0, y + 13, h), (4.5, 5.5, 7)) for side in (-1, 1) for h in (22.0, -8.0)
    ]
    canvas.fill(canvas.region(holes, rigid=True), -50.0)
    nerves: list[Shape] = [
        Ellipsoid(h.centre, (2, 2, 7)) for h in holes if isinstance(h, Ellipsoid)
    ]
    canvas.fill(canvas.region(nerves, rigid=True), 35.0)


def paint_back_muscles(canvas: Canvas, wall: Wall, textures: Textures) -> None:
    """Paint the muscles beside the spine, with fat between their bundles."""
    z = canvas.z
    y = spine_y(z)
    size = float(np.interp(z, (0, 60, 130, 250, 380), (0.62, 0.9, 1.0, 0.85, 0.72)))
    fibres: Array = textures.strands(58.0, -45.0, 0.14) + 4 * textures.fine
    for side in (-1.0, 1.0):
        outer = Ellipsoid((side * 37 * size, y + 38, z), (28 * size, 19 * size, 60), side * -8)
        inner = Ellipsoid((side * 13, y + 42, z), (9, 15, 60), side * 8)
        for shape in (outer, inner):
            region = canvas.region([shape])
            region = region.within(wall.muscle) if region else None
            canvas.fill(region, -70.0, inset=-1.3, strength=0.6)
            canvas.fill(region, fibres)


def paint_psoas(canvas: Canvas, textures: Textures) -> None:
    """Paint psoas, and beside it the square muscle of the loin."""
    z = canvas.z
    fibres: Array = textures.strands(61.0, -10.0, 0.05) + 4 * textures.fine
    if z < 226:
        size = float(np.interp(z, (0, 60, 120, 180, 226), (19, 21, 18.5, 12, 4)))
        x = float(np.interp(z, (0, 46, 120, 226), (62, 47, 38, 26)))
        y = spine_y(z) + float(np.interp(z, (0, 46, 120, 226), (-52, -22, -3, 0)))
        for side in (-1.0, 1.0):
            shape = Ellipsoid((side * x, y, z), (size * 0.88, size * 1.12, 60), side * -22)
            canvas.fill(canvas.region([shape]), fibres)
    if 95 < z < 228:
        size = float(np.interp(z, (95, 115, 200, 228), (0.5, 1, 0.85, 0.3)))
        for side in (-1.0, 1.0):
            place = (side * float(np.interp(z, (95, 228), (72, 50))), spine_y(z) + 14, z)
            shape = Ellipsoid(place, (23 * size, 8.5 * size, 60), side * 24)
            canvas.fill(canvas.region([shape]), fibres)
