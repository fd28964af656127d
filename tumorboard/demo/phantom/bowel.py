"""Stomach, duodenum, loops of small bowel, and the colon with gas and stool."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.demo.phantom.body import Wall
from tumorboard.demo.phantom.canvas import Canvas, Region
from tumorboard.demo.phantom.shapes import Capsule, Shape, Vector, spline, tube
from tumorboard.demo.phantom.spec import Body
from tumorboard.demo.phantom.tissue import Textures

_STOMACH = [
    (64, 8, 318, 26),
    (72, 0, 300, 36),
    (72, -24, 276, 36),
    (58, -52, 254, 31),
    (36, -72, 238, 25),
    (8, -80, 230, 20),
    (-16, -72, 226, 15),
    (-28, -62, 224, 9),
]
_DUODENUM = tube(
    [
        (-28, -62, 224, 10),
        (-46, -54, 222, 13),
        (-56, -38, 208, 13),
        (-57, -28, 184, 12.5),
        (-50, -20, 160, 12.5),
        (-26, -16, 150, 11.5),
        (4, -17, 152, 10.5),
        (30, -14, 164, 11.5),
        (42, -22, 182, 11.5),
        (48, -40, 178, 11.5),
    ],
    4,
)
_COLON = [
    (-104, 4, 34, 26),
    (-112, 10, 60, 27),
    (-116, 16, 100, 24),
    (-114, 10, 140, 23),
    (-106, -8, 172, 22),
    (-92, -46, 184, 20),
    (-66, -86, 176, 19),
    (-28, -98, 160, 19),
    (16, -98, 158, 18),
    (58, -90, 178, 18),
    (92, -64, 216, 18),
    (116, -12, 246, 18),
    (124, 26, 236, 17),
    (126, 36, 200, 16),
    (124, 34, 150, 16),
    (120, 26, 100, 15),
    (110, 14, 62, 14),
    (84, -10, 40, 14),
    (56, -36, 44, 14),
    (40, -30, 66, 14),
    (22, -2, 50, 14),
    (16, 22, 20, 14),
    (4, 40, -14, 16),
]


class Bowel:
    """Paints the hollow organs; the loops are laid out once for a patient."""

    def __init__(self, seed: int, body: Body, shift: Vector = (0.0, 0.0, 0.0)) -> None:
        depth = (body.front - 22) / 98
        rng = np.random.default_rng(seed + 40)
        self._loops = _loops(rng, depth, shift)
        # The colon, pinched every few centimetres.
        points = spline(_deepened(_COLON, depth), 8)
        steps = np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        points[:, 3] *= 1 + 0.16 * np.sin(along / 5.2 + rng.uniform(0, 6))
        rows = points.tolist()
        self._colon = [
            Capsule((a[0], a[1], a[2]), (b[0], b[1], b[2]), a[3], b[3])
            for a, b in itertools.pairwise(rows)
        ]
        self._stomach = tube(_deepened(_STOMACH, depth).tolist(), 4)

    def paint(self, canvas: Canvas, wall: Wall, textures: Textures) -> None:
        """Paint the bowel of a slice, the small loops first."""
        self._paint_loops(canvas, wall, textures)
        region = canvas.region(_DUODENUM)
        canvas.fill(region, textures.soft(88, 4))
        canvas.fill(region, textures.soft(34, 12), inset=3.2, soft=2)
        self._paint_colon(canvas, wall, textures)
        region = canvas.region(self._stomach)
        if region is None:
            return
        region = region.within(wall.abdomen + 2.5)
        folds = 1.6 * textures.medium[region.window]
        canvas.fill(region, textures.soft(86, 4))
        contrast = 150 + 22 * textures.coarse + 10 * textures.fine
        inner = region.grown(folds)
        canvas.fill(inner, np.asarray(contrast, np.float32), inset=4.6, soft=2)
        level = np.float32(-42.0) - canvas.y[region.window[0]]
        air = Region(region.window, np.maximum(inner.distance, -level + 0 * inner.distance))
        canvas.fill(air, -970.0, inset=4.8, soft=1.5)

    def _paint_loops(self, canvas: Canvas, wall: Wall, textures: Textures) -> None:
        if canvas.z > 215:
            return
        filled = 26 + 18 * textures.coarse + 16 * textures.fine
        for loops, contrast in self._loops:
            region = canvas.region(loops)
            if region is None:
                continue
            folds = 0.6 * textures.fine[region.window]
            region = region.within(wall.abdomen + 3).grown(folds)
            canvas.fill(region, -60.0, inset=-0.8, strength=0.6)
            canvas.fill(region, textures.soft(92, 5))
            inside = textures.soft(185, 12) if contrast else np.asarray(filled, np.float32)
            canvas.fill(region.grown(folds), inside, inset=3.0, soft=2)

    def _paint_colon(self, canvas: Canvas, wall: Wall, textures: Textures) -> None:
        region = canvas.region(self._colon)
        if region is None:
            return
        region = region.within(wall.abdomen + 3)
        canvas.fill(region, textures.soft(70, 5))
        bubbles = np.where(textures.fine + 0.5 * textures.medium > 0.85, np.float32(-420), 0)
        stool = 12 + 38 * textures.fine + bubbles
        canvas.fill(region, np.asarray(stool, np.float32), inset=2.6, soft=1.6)
        # Return, for each column of pixels, how far down gas fills the colon lying there.
        x, z = canvas.u[region.window], np.float32(canvas.z)
        rising = np.where(x < -60, np.float32(4) + 6 * np.sin(z / 13), np.float32(-92))
        sinking = np.where(x > 70, np.float32(24) + 9 * np.sin(z / 9), rising)
        gas_rows = canvas.v[region.window] - np.asarray(sinking, np.float32)
        gas = Region(region.window, np.maximum(region.distance, gas_rows.astype(np.float32)))
        canvas.fill(gas, -930.0, inset=2.8, soft=1.6)


#: From and to which x (mm) loops lie, in rows from the front to the back.
_REACH = ((-64, 70), (-92, 98), (-88, 96), (-74, 88))


def _deepened(knots: ArrayLike, depth: float) -> NDArray[np.float64]:
    """Return knots spread towards the front of a deeper or flatter belly."""
    places = np.array(knots, np.float64)
    places[:, 1] *= np.where(places[:, 1] < 0, depth, 1.0)
    return places


def _has_room(x: float, y: float, z: float) -> bool:
    """Whether a loop may lie here: not on the great vessels, the duodenum, the stomach."""
    if z > 158 and x < -24:
        return False
    if abs(x) < 26 and y > -40 and z > 60:
        return False
    return not (z > 180 and y < -60) and not (z > 60 and y > -30 and x < -20)


def _loops(rng: np.random.Generator, depth: float, shift: Vector) -> list[tuple[list[Shape], bool]]:
    """Lay winding loops through the belly, apart, each with whether it holds contrast.

    Neighbours belong to different groups, so that each shows its own wall.
    """
    groups: list[list[Shape]] = [[], [], [], []]
    phase = rng.uniform(0, 6.28, 3)
    for layer, z in enumerate(np.arange(8, 206, 25.0)):
        for row, y in enumerate((-100.0, -73.0, -46.0, -19.0)):
            xs = np.arange(*_REACH[row], 24.0)
            line = [(float(x), y, float(z)) for x in xs if _has_room(float(x), y, float(z))]
            if len(line) > 1:
                bright = layer in (1, 5) and row != 3
                # Bend a row of places into a piece of bowel.
                places = _deepened(line, depth)
                places += 9 * np.sin(places[:, [2, 0, 1]] / 17 + phase)
                places += rng.normal(0, 3.5, places.shape) + np.array(shift)
                radii = rng.uniform(10.5, 14.0, len(places))
                points = spline(np.column_stack([places, radii]), 4).tolist()
                groups[(row + layer) % 2 + 2 * bright] += [
                    Capsule((a[0], a[1], a[2]), (b[0], b[1], b[2]), a[3], b[3])
                    for a, b in itertools.pairwise(points)
                    if np.hypot(a[0] - b[0], a[1] - b[1]) < 17
                ]
    return [(group, number > 1) for number, group in enumerate(groups)]
