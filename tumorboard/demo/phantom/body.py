"""The body wall: skin, fat under it, muscles around the cavity, and the diaphragm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tumorboard.demo.phantom.canvas import Canvas
from tumorboard.demo.phantom.shapes import Array
from tumorboard.demo.phantom.spec import Body, PhantomSpec
from tumorboard.demo.phantom.tissue import Textures
from tumorboard.imaging.resize import Between, sampled

_ANGLES = 1440
#: Degrees from the front over the side to the back at which the wall is described.
_KNOTS = (0.0, 22.0, 40.0, 60.0, 90.0, 115.0, 140.0, 160.0, 180.0)
#: Thickness (mm) of fat and of muscle with ribs at those angles, by height z.
_FAT = {
    0.0: (26, 24, 20, 17, 17, 26, 36, 30, 22),
    60.0: (24, 23, 19, 15, 15, 26, 32, 24, 15),
    120.0: (20, 19, 16, 13, 12, 20, 24, 16, 11),
    220.0: (15, 14, 12, 9, 9, 12, 14, 12, 10),
    300.0: (11, 10, 9, 8, 8, 9, 11, 11, 9),
    390.0: (12, 11, 9, 8, 8, 9, 10, 11, 9),
}
_MUSCLE = {
    0.0: (7, 9, 10, 13, 20, 42, 52, 46, 40),
    60.0: (7, 9, 10, 13, 17, 30, 42, 42, 38),
    105.0: (7, 9, 11, 16, 17, 20, 31, 38, 36),
    200.0: (7, 9, 10, 14, 15, 17, 24, 36, 38),
    250.0: (8, 10, 13, 14, 15, 17, 20, 30, 34),
    390.0: (16, 14, 14, 14, 16, 20, 22, 26, 34),
}
#: Half of the width, front and back as shares, by height: hips, waist, ribs.
_OUTLINE = {
    0.0: (1.03, 0.93, 1.03),
    50.0: (1.01, 0.97, 1.00),
    120.0: (0.96, 1.00, 0.94),
    200.0: (0.95, 0.99, 0.95),
    270.0: (0.97, 0.98, 0.98),
    330.0: (0.98, 0.96, 1.01),
    390.0: (0.98, 0.95, 1.02),
}


@dataclass(frozen=True)
class Wall:
    """Signed distances (mm), shape (rows, columns), negative inside.

    ``skin`` is the surface of the body, ``muscle`` the outside of the muscles, ``cavity``
    the inside of the wall, ``above`` negative above the diaphragm; ``turn`` is degrees
    from the front, ``thickness`` that of the muscles.
    """

    skin: Array
    muscle: Array
    cavity: Array
    above: Array
    turn: Array
    thickness: Array

    @property
    def abdomen(self) -> Array:
        """The cavity below the diaphragm."""
        return np.asarray(np.maximum(self.cavity, 2.2 - self.above), np.float32)

    @property
    def chest(self) -> Array:
        """The cavity above the diaphragm."""
        return np.asarray(np.maximum(self.cavity, self.above), np.float32)


def wall_of(canvas: Canvas, body: Body) -> Wall:
    """Compute the layers of the wall on a slice."""
    middle = (body.back - body.front) / 2
    dx, dy = canvas.u - 0.6 * (canvas.u - canvas.x), canvas.v - 0.6 * (canvas.v - canvas.y)
    dy = dy - np.float32(middle)
    radius = np.sqrt(dx * dx + dy * dy)
    turn = np.arctan2(np.abs(dx), -dy)
    index = np.minimum((turn * (_ANGLES / np.pi)).astype(np.int32), _ANGLES - 1)
    skin, fat, muscle = _profiles(body, canvas.z)
    lean = np.float32(1) / np.sqrt(1 + (np.gradient(skin, np.pi / _ANGLES) / skin) ** 2)
    cosine = lean.astype(np.float32)[index]

    def distance(profile: NDArray[np.float64]) -> Array:
        return np.asarray((radius - profile.astype(np.float32)[index]) * cosine, np.float32)

    return Wall(
        distance(skin),
        distance(skin - fat),
        distance(skin - fat - muscle),
        _above_diaphragm(canvas),
        np.degrees(turn).astype(np.float32),
        muscle.astype(np.float32)[index],
    )


def _profiles(body: Body, z: float) -> tuple[NDArray[np.float64], ...]:
    """Return radius of the skin, fat and muscle thickness (mm) at each angle from the front."""
    width, front, back = _at(_OUTLINE, z)
    a = body.half_width * width
    angle = (np.arange(_ANGLES) + 0.5) * np.pi / _ANGLES
    sine, cosine = np.abs(np.sin(angle)), np.abs(np.cos(angle))
    middle = (body.front + body.back) / 2
    ahead = angle < np.pi / 2
    depth = np.where(ahead, middle + (front - 1) * body.front, middle + (back - 1) * body.back)
    power = np.where(ahead, 2.15, 2.9 - 0.5 * sine**8)
    skin = ((sine / a) ** power + (cosine / depth) ** power) ** (-1 / power)
    groove = 5 * np.exp(-(((np.pi - angle) / 0.07) ** 2))
    navel = 7 * np.exp(-((angle / 0.045) ** 2)) * np.exp(-(((z - 118) / 7) ** 2))
    degrees = np.degrees(angle)
    fat = _smooth_angle(np.interp(degrees, _KNOTS, _at(_FAT, z))) * body.fat
    muscle = _smooth_angle(np.interp(degrees, _KNOTS, _at(_MUSCLE, z)))
    skin = _smooth_angle(skin) - groove - navel
    return skin, np.maximum(fat - groove - navel, 4.0), muscle


def _smooth_angle(profile: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel = np.hanning(161)
    padded = np.pad(profile, 80, mode="reflect")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _at(table: Mapping[float, Sequence[float]], z: float) -> NDArray[np.float64]:
    heights = np.array(list(table))
    rows = np.array(list(table.values()), np.float64)
    return np.array([np.interp(z, heights, column) for column in rows.T])


def _above_diaphragm(canvas: Canvas) -> Array:
    """Return the distance to the diaphragm, negative above it: a dome on each side."""
    if canvas.z < 225:
        return np.full(canvas.hu.shape, np.float32(99))
    step = 4
    x, y = canvas.u[::step, ::step], canvas.v[::step, ::step]
    right = _dome(x, y, (-82.0, -8.0), (98.0, 112.0), 84.0)
    left = _dome(x, y, (84.0, -4.0), (90.0, 108.0), 70.0)
    middle = _dome(x, y, (0.0, -30.0), (130.0, 95.0), 66.0)
    height = np.maximum(np.maximum(right, left), middle) + np.float32(256.0) - 0.16 * y
    down, across = np.gradient(height, canvas.sampling.pixel_mm * step)
    steep = np.sqrt(1 + np.minimum(down * down + across * across, 25))
    coarse = np.asarray((height - np.float32(canvas.z)) / steep, np.float32)
    # A coarse pixel stands for the corner of its block, so the last row and column repeat.
    rows, columns = (np.arange(n) / step for n in canvas.hu.shape)
    return sampled(coarse, rows, columns, Between.LINEAR)


def _dome(
    x: Array, y: Array, centre: tuple[float, float], half: tuple[float, float], rise: float
) -> Array:
    p = (x - np.float32(centre[0])) / np.float32(half[0])
    q = (y - np.float32(centre[1])) / np.float32(half[1])
    inside = 1 - (p * p + q * q)
    dome = rise * np.sqrt(np.maximum(inside, 0)) + 20 * np.minimum(inside, 0)
    return np.asarray(dome, np.float32)


def paint_wall(canvas: Canvas, wall: Wall, textures: Textures) -> None:
    """Paint skin, fat, muscles and the fat inside the cavity."""
    canvas.fill(canvas.whole(wall.skin), 15.0, soft=1.6)
    fat = -104 + 3 * textures.coarse + 4 * textures.fine
    canvas.fill(canvas.whole(wall.skin), fat, inset=1.9)
    # Draw the thin sheet within the fat under the skin.
    middle = (wall.skin + wall.muscle) / 2
    broad = np.where(wall.muscle - wall.skin > 14, np.float32(0.35), np.float32(-1))
    canvas.fill(canvas.whole(np.abs(middle) - broad), -40.0, strength=0.55)
    muscle = textures.strands(60.0, -25.0, 0.10) + 4 * textures.fine
    canvas.fill(canvas.whole(wall.muscle), muscle)
    # Draw the fat between the layers of the wall, and the gaps of the straight muscle.
    depth = -wall.muscle / np.maximum(wall.thickness, 1)
    sides = (wall.turn > 44) & (wall.turn < 122) & (80 < canvas.z < 262)
    for layer in (0.34, 0.66):
        line = np.abs(depth - np.float32(layer)) * wall.thickness - np.float32(0.5)
        canvas.fill(canvas.whole(np.where(sides, line, np.float32(9))), -60.0, strength=0.6)
    front = wall.turn < 60
    gap = np.abs(wall.turn - 41) * 1.4 - np.float32(1.6)
    gap = np.where(front & (canvas.z < 285), gap, np.float32(9))
    canvas.fill(canvas.whole(np.maximum(gap, wall.muscle + 0.5)), -70.0, strength=0.7)
    alba = np.where(front, np.abs(canvas.u) - np.float32(4.5), np.float32(9))
    canvas.fill(canvas.whole(np.maximum(alba, wall.muscle)), -70.0, strength=0.8)
    sheet = np.where(front, np.abs(wall.cavity - 1.5) - np.float32(0.8), np.float32(9))
    canvas.fill(canvas.whole(np.maximum(alba - 1.0, sheet)), 50.0)
    inner = -101 + 3 * textures.coarse + 5 * textures.fine
    canvas.fill(canvas.whole(wall.cavity), inner, soft=1.5)


def paint_chest(canvas: Canvas, wall: Wall, textures: Textures, spec: PhantomSpec) -> None:
    """Paint the diaphragm and the lungs above it."""
    if canvas.z < 235:
        return
    sheet = np.maximum(np.abs(wall.above - 1.2) - 1.4, wall.cavity)
    canvas.fill(canvas.whole(sheet), 58.0)
    middle = np.hypot((canvas.u - 6) * 1.15, (canvas.v - 10) * 0.8) - np.float32(31)
    ahead = np.hypot((canvas.u - 8) * 1.1, (canvas.v + 62) * 0.8) - np.float32(34)
    spine = np.hypot(canvas.x, canvas.y - 56) - np.float32(27)
    kept = np.minimum(np.minimum(middle, ahead), spine)
    apart = np.maximum(-kept, wall.chest)
    lung = -845 + 14 * textures.coarse - 0.35 * canvas.v
    vessels = np.clip(textures.fine - 2.0, 0, 1) * 500
    canvas.fill(canvas.whole(apart), lung + vessels, soft=1.5)
