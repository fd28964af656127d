"""Ribs with their cartilage, the hip bones and the muscles on them, and the table."""

from __future__ import annotations

import numpy as np

from tumorboard.demo.phantom.body import Wall
from tumorboard.demo.phantom.canvas import Canvas, Region
from tumorboard.demo.phantom.shapes import Array, Ellipsoid, Shape, mirrored, tube
from tumorboard.demo.phantom.spec import Body
from tumorboard.demo.phantom.spine import paint_bone, segments
from tumorboard.demo.phantom.tissue import Textures

#: For each rib from the twelfth upwards: how far (degrees from the back) it reaches, how
#: much it falls (mm) on the way, and where its cartilage begins (degrees).
_RIBS = (
    (62, 42, 999),
    (88, 58, 80),
    (142, 82, 104),
    (150, 86, 108),
    (154, 88, 110),
    (158, 88, 112),
    (162, 86, 114),
)


class Cage:
    """Paints ribs and hip bones; made once for a habitus."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._ribs: list[Shape] = []
        self._cartilage: list[Shape] = []
        thoracic = [s for s in segments() if not s.lumbar]
        for segment, rib in zip(thoracic, _RIBS, strict=False):
            z = segment.height(0.9)
            y = segment.y + segment.half[1]
            reach, fall, cartilage = rib
            knots = [[22.0, y + 4, z, 5.0], [36.0, y + 13, z - 1, 4.2]]
            knots += [
                self._place(a, z - _drop(a, fall)) for a in range(28, min(reach, cartilage) + 1, 9)
            ]
            ends = [self._place(a, z - _drop(a, fall)) for a in range(cartilage, reach + 1, 9)]
            self._ribs += [*tube(knots, 3), *tube(mirrored(knots), 3)]
            if len(ends) > 1:
                for k in ends:
                    k[3] = 4.6
                joined = [knots[-1], *ends]
                self._cartilage += [*tube(joined, 3), *tube(mirrored(joined), 3)]

    def _place(self, degrees: float, z: float) -> list[float]:
        """Return a knot of a rib on the chest wall, ``degrees`` from the back."""
        angle = np.radians(180 - degrees)
        middle = (self._body.back - self._body.front) / 2
        depth = (self._body.front + self._body.back) / 2
        a, b = self._body.half_width * 0.975 - 17, depth - 19
        power = 2.15 if degrees > 90 else 2.45
        sine, cosine = abs(np.sin(angle)), abs(np.cos(angle))
        radius = ((sine / a) ** power + (cosine / b) ** power) ** (-1 / power)
        return [radius * np.sin(angle), middle - radius * np.cos(angle), z, 4.3]

    def paint(self, canvas: Canvas, textures: Textures) -> None:
        """Paint the bones of a slice."""
        if canvas.z > 170:
            canvas.fill(canvas.region(self._cartilage, rigid=True), 105.0)
            ribs = canvas.region(self._ribs, rigid=True)
            paint_bone(canvas, ribs, textures, cortex=1.3, marrow=170)
        if canvas.z < 104:
            self._paint_hip(canvas, textures)

    def _paint_hip(self, canvas: Canvas, textures: Textures) -> None:
        z = canvas.z
        wide = self._body.half_width / 172
        rise = max(0.0, 1 - (z / 103) ** 2) ** 0.5
        back, front = (56 + 0.32 * z, 84 - 0.42 * z), (131 - 0.12 * z, -18 + 0.40 * z)
        middle = (np.array(back) + np.array(front)) / 2 + np.array([5.0, 6.0]) * rise
        start = middle + (np.array(back) - middle) * rise
        end = middle + (np.array(front) - middle) * rise
        bend = middle + np.array([2.0, 2.0])
        shapes: list[Shape] = []
        for side in (-1.0, 1.0):
            knots = [
                (side * p[0] * wide, p[1], z, r)
                for p, r in (
                    (start, 8.5),
                    ((start + bend) / 2, 6.0),
                    (bend, 4.2),
                    ((end + bend) / 2, 5.0),
                    (end, 7.5),
                )
            ]
            shapes += tube(
                [(k[0], k[1], k[2], max(k[3] * (0.45 + 0.55 * rise), 2.0)) for k in knots], 4
            )
        region = canvas.region(shapes, rigid=True)
        paint_bone(canvas, region, textures, cortex=1.9, marrow=125)


def _drop(degrees: float, fall: float) -> float:
    """Return how far (mm) a rib has fallen on its way; its cartilage rises again."""
    bony = fall * (min(degrees, 120.0) / 150) ** 1.15
    return float(bony - 0.5 * max(degrees - 120.0, 0.0))


def paint_hip_muscles(canvas: Canvas, wall: Wall, textures: Textures, body: Body) -> None:
    """Paint the muscles inside and outside of the hip bone."""
    z = canvas.z
    if z > 100:
        return
    fibres: Array = textures.strands(58.0, -60.0, 0.16) + 4 * textures.fine
    wide = body.half_width / 172
    size = float(np.interp(z, (0, 60, 100), (1.0, 0.8, 0.25)))
    for side in (-1.0, 1.0):
        inside = Ellipsoid(
            (side * 95 * wide, 18 + 0.1 * z, z), (31 * size, 15 * size, 60), side * -50
        )
        region = canvas.region([inside])
        canvas.fill(region, fibres)
        large = Ellipsoid(
            (side * 78 * wide, 94 - 0.1 * z, z), (44 * size, 15 * size, 60), side * -28
        )
        medium = Ellipsoid((side * 127 * wide, 40, z), (17 * size, 36 * size, 60), side * 20)
        for shape in (medium, large):
            region = canvas.region([shape])
            clipped = region.within(wall.muscle - 5) if region else None
            canvas.fill(clipped, -85.0, inset=-2.0, strength=0.8)
            canvas.fill(clipped, fibres)


def paint_table(canvas: Canvas, body: Body) -> None:
    """Paint the curved table top and its cover under the patient."""
    first = int(np.searchsorted(canvas.sampling.y, body.back * 0.9))
    window = (slice(first, canvas.sampling.rows), canvas.everything[1])
    x, y = canvas.x, canvas.y[first:]
    sag = np.float32(body.back + 9) - (x / 62) ** 2
    edge = np.abs(x) - np.float32(196)
    core = np.maximum(np.abs(y - (sag + 9)) - 9, edge)
    core = np.where(canvas.hu[window] < -500, core, np.float32(9))
    top = np.maximum(np.abs(y - sag) - np.float32(1.0), edge)
    below = np.maximum(np.abs(y - (sag + 18)) - np.float32(0.8), edge)
    for distance, hu in ((core, -905.0), (top, 0.0), (below, -60.0)):
        canvas.fill(Region(window, np.asarray(distance, np.float32)), hu)
