"""The kidneys with cortex, pyramids, sinus and the fat around them, and their vessels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tumorboard.demo.phantom.canvas import Canvas
from tumorboard.demo.phantom.organs import without
from tumorboard.demo.phantom.shapes import Array, Ellipsoid, Vector
from tumorboard.demo.phantom.tissue import Textures

_PLACES: dict[str, Vector] = {
    "right_kidney": (-66.0, 40.0, 184.0),
    "left_kidney": (66.0, 38.0, 198.0),
}
_HALF_LENGTH = 56.0


class Kidney:
    """One kidney, leaning with its upper pole to the spine."""

    def __init__(self, name: str, shift: Vector) -> None:
        x, y, z = _PLACES[name]
        self.side = -1.0 if x < 0 else 1.0
        self.centre: Vector = (x + shift[0], y + shift[1], z + shift[2])

    def axis(self, z: float) -> tuple[float, float]:
        """Return x and y of the middle of the kidney at height z."""
        rise = (z - self.centre[2]) / _HALF_LENGTH
        return self.centre[0] - self.side * 8 * rise, self.centre[1] + 5 * rise

    @property
    def hilum(self) -> Vector:
        """Where the vessels leave it."""
        return (self.centre[0] - self.side * 17, self.centre[1] - 9, self.centre[2] + 2)

    def paint(self, canvas: Canvas, textures: Textures) -> None:
        """Paint the kidney and its bed of fat."""
        z = canvas.z
        if abs(z - self.centre[2]) > _HALF_LENGTH + 16:
            return
        x, y = self.axis(z)
        middle = (x, y, self.centre[2])
        turn = self.side * 42.0
        bed = canvas.region([Ellipsoid(middle, (37, 39, _HALF_LENGTH + 5), turn)])
        canvas.fill(bed, -100 + 4 * textures.fine, strength=1.0)
        fascia = None if bed is None else bed.grown(0)
        if fascia is not None:
            ring = type(fascia)(fascia.window, np.abs(fascia.distance) - np.float32(0.35))
            canvas.fill(ring, -40.0, strength=0.35)
        outline = canvas.region([Ellipsoid(middle, (27.5, 31.5, _HALF_LENGTH), turn)])
        if outline is None:
            return
        sinus_at = (x - self.side * 15, y - 8, self.centre[2])
        sinus = canvas.region([Ellipsoid(sinus_at, (17, 11, 30), self.side * 32)])
        lobes = 1.3 * textures.medium[outline.window]
        body = without(canvas, outline.grown(lobes), sinus, 0.0)
        canvas.fill(body, textures.soft(178, 4))
        self._paint_pyramids(canvas, textures, (x, y))
        x, y, z = sinus_at
        pelvis = [
            Ellipsoid((x, y, z), (9, 4.5, 10), self.side * 32),
            Ellipsoid((x + self.side * 6, y + 3, z + 17), (4, 4, 6)),
            Ellipsoid((x + self.side * 6, y + 3, z - 17), (4, 4, 6)),
        ]
        canvas.fill(canvas.region(pelvis), 12.0)
        vessels = [
            Ellipsoid((x + self.side * 4, y - 4, z + h), (3, 2.5, 5)) for h in (-22, -9, 9, 22)
        ]
        canvas.fill(canvas.region(vessels), 140.0)

    def _paint_pyramids(
        self, canvas: Canvas, textures: Textures, middle: tuple[float, float]
    ) -> None:
        x, y = middle
        inner = Ellipsoid((x, y, self.centre[2]), (20, 24, _HALF_LENGTH - 8), self.side * 42)
        region = canvas.region([inner])
        if region is None:
            return
        rows, columns = region.window
        dx, dy = canvas.u[rows, columns] - x, canvas.v[rows, columns] - y
        angle = np.arctan2(dy, dx) * 6 + np.float32(3 * np.sin(canvas.z / 14))
        angle = angle + textures.coarse[rows, columns] + 0.5 * textures.medium[rows, columns]
        share = np.clip(0.5 + 1.2 * np.cos(angle), 0, 1)
        darker: Array = np.full(canvas.hu.shape, np.float32(178))
        darker[rows, columns] = 178 - 24 * share
        sinus = Ellipsoid((x - self.side * 15, y - 8, self.centre[2]), (18, 12, 31), self.side * 32)
        canvas.fill(without(canvas, region, canvas.region([sinus]), 0.5), darker, soft=2)


def kidneys(shifts: Mapping[str, Vector], absent: tuple[str, ...]) -> tuple[Kidney, ...]:
    """Return the kidneys that the patient has."""
    none = (0.0, 0.0, 0.0)
    return tuple(Kidney(n, shifts.get(n, none)) for n in _PLACES if n not in absent)
