"""The solid organs of the upper abdomen, the gallbladder, the adrenals and the heart."""

from __future__ import annotations

import numpy as np

from tumorboard.demo.phantom.body import Wall
from tumorboard.demo.phantom.canvas import Canvas, Region
from tumorboard.demo.phantom.shapes import Array, Ellipsoid, Shape, tube
from tumorboard.demo.phantom.spine import spine_y
from tumorboard.demo.phantom.tissue import Textures

LIVER_HU, SPLEEN_HU, PANCREAS_HU = 110.0, 121.0, 98.0

_RIGHT_LOBE = (
    Ellipsoid((-82, -2, 262), (84, 98, 92)),
    Ellipsoid((-112, 14, 212), (42, 52, 52)),
)
_LEFT_LOBE = (
    Ellipsoid((-8, -58, 290), (74, 46, 44)),
    Ellipsoid((34, -66, 300), (42, 30, 30), 12),
)
_CAUDATE = Ellipsoid((-12, -6, 272), (24, 18, 30))
#: What the liver gives way to: stomach side, porta, ligament.
_HILUM = tube([(-14, -46, 226, 13), (-30, -34, 240, 10), (-52, -26, 253, 6)], 4)
_LIGAMENT = tube([(-14, -112, 240, 4), (-13, -86, 262, 2.2), (-14, -62, 276, 1.2)], 4)
_FISSURE = tube([(-14, -62, 276, 1.2), (2, -24, 286, 1.6), (4, -8, 292, 2)], 4)

_SPLEEN = (
    Ellipsoid((116, 42, 272), (34, 62, 46), -16),
    Ellipsoid((108, 62, 296), (36, 44, 30), -10),
)
_SPLEEN_HILUM = Ellipsoid((86, 22, 268), (20, 26, 34), -14)

_PANCREAS = tube(
    [
        (-36, -30, 176, 10),
        (-38, -32, 194, 15),
        (-22, -42, 206, 11.5),
        (0, -47, 213, 9.5),
        (28, -36, 224, 10.5),
        (58, -14, 236, 10.5),
        (86, 10, 248, 9.5),
    ],
    4,
)
_GALLBLADDER = tube([(-66, -72, 186, 13), (-60, -62, 206, 13), (-50, -46, 226, 6)], 4)

_ADRENALS = (
    *tube([(-34, 34, 258, 1.8), (-40, 26, 246, 2.4), (-30, 14, 240, 2.0)], 4),
    *tube([(-40, 26, 246, 2.0), (-52, 36, 240, 1.6)], 4),
    *tube([(30, 36, 252, 1.8), (34, 24, 242, 2.5), (30, 12, 236, 2.2)], 4),
    *tube([(34, 24, 242, 2.0), (46, 30, 234, 1.6)], 4),
)


class SolidOrgans:
    """Paints liver, spleen, pancreas, gallbladder and adrenals; made once."""

    def __init__(self, absent: tuple[str, ...] = ()) -> None:
        self._absent = absent

    def paint(self, canvas: Canvas, wall: Wall, textures: Textures) -> None:
        """Paint the organs of a slice."""
        z = canvas.z
        if z > 150:
            self._paint_liver(canvas, wall, textures)
            self._paint_spleen(canvas, wall, textures)
            canvas.fill(canvas.region(_ADRENALS), 78.0)
            self._paint_pancreas(canvas, textures)
            self._paint_gallbladder(canvas, wall)

    def _paint_liver(self, canvas: Canvas, wall: Wall, textures: Textures) -> None:
        right, left = canvas.region(_RIGHT_LOBE), canvas.region(_LEFT_LOBE)
        caudate = canvas.region((_CAUDATE,))
        region = joined(canvas, right, left, caudate, blend=9)
        if region is None:
            return
        spine = np.hypot((canvas.x + 3) / 1.12, canvas.y - spine_y(canvas.z)) - np.float32(33)
        region = region.within(wall.abdomen + 0.3, -spine.astype(np.float32))
        for cut, depth in ((_HILUM, 1.0), (_LIGAMENT, 0.0), (_FISSURE, 0.0)):
            region = without(canvas, region, canvas.region(cut), depth)
        canvas.fill(region, textures.soft(LIVER_HU, 3.0))
        paint_liver_trees(canvas, region)

    def _paint_spleen(self, canvas: Canvas, wall: Wall, textures: Textures) -> None:
        region = joined(canvas, canvas.region(_SPLEEN))
        if region is None:
            return
        region = region.within(wall.abdomen + 0.5)
        region = without(canvas, region, canvas.region((_SPLEEN_HILUM,)), 0.0)
        canvas.fill(region, textures.soft(SPLEEN_HU, 3.0))

    def _paint_pancreas(self, canvas: Canvas, textures: Textures) -> None:
        region = canvas.region(_PANCREAS)
        if region is None:
            return
        lobules = 1.3 * textures.fine[region.window]
        clefts = textures.strands(PANCREAS_HU, 40.0, 0.10)
        canvas.fill(region.grown(lobules), clefts)
        duct = [Ellipsoid(c.start, (1.6, 1.6, 3)) for c in _PANCREAS]
        canvas.fill(canvas.region(duct), 55.0, strength=0.7)

    def _paint_gallbladder(self, canvas: Canvas, wall: Wall) -> None:
        if "gallbladder" in self._absent:
            return
        region = canvas.region(_GALLBLADDER)
        region = region.within(wall.abdomen + 4) if region else None
        canvas.fill(region, 62.0, inset=-1.6)
        canvas.fill(region, 8.0)


def joined(canvas: Canvas, *regions: Region | None, blend: float = 0.0) -> Region | None:
    """Return the union of regions, rounded where they meet over ``blend`` mm."""
    found = [r for r in regions if r is not None]
    if not found:
        return None
    rows = slice(min(r.window[0].start for r in found), max(r.window[0].stop for r in found))
    columns = slice(min(r.window[1].start for r in found), max(r.window[1].stop for r in found))
    union = np.full((rows.stop - rows.start, columns.stop - columns.start), np.float32(1e3))
    for region in found:
        r, c = region.window
        part = union[
            r.start - rows.start : r.stop - rows.start,
            c.start - columns.start : c.stop - columns.start,
        ]
        part[...] = _smooth_minimum(part, region.distance, blend)
    return Region((rows, columns), union)


def _smooth_minimum(a: Array, b: Array, blend: float) -> Array:
    if blend <= 0:
        return np.minimum(a, b)
    near = np.maximum(blend - np.abs(a - b), 0) / blend
    return np.asarray(np.minimum(a, b) - near * near * np.float32(blend / 4), np.float32)


def without(canvas: Canvas, region: Region, cut: Region | None, depth: float) -> Region:
    """Return the region less another one grown by ``depth`` mm."""
    if cut is None:
        return region
    whole = np.full(canvas.hu.shape, np.float32(-1e3))
    whole[cut.window] = depth - cut.distance
    return region.within(whole)


#: Veins that drain the liver into the IVC below the diaphragm, and portal branches.
HEPATIC_VEINS = (
    *tube(
        [
            (-29, -4, 323, 5.5),
            (-52, -2, 318, 5),
            (-82, 12, 300, 4),
            (-108, 30, 268, 2.6),
            (-118, 34, 236, 1.6),
        ],
        4,
    ),
    *tube([(-82, 12, 300, 3), (-100, -12, 284, 2.2), (-122, -20, 262, 1.4)], 4),
    *tube([(-29, -6, 323, 5), (-42, -24, 312, 4.6), (-58, -50, 286, 3.4), (-64, -66, 250, 2.2)], 4),
    *tube([(-58, -50, 286, 2.6), (-36, -76, 270, 1.6)], 4),
    *tube([(-27, -9, 324, 4.6), (-12, -34, 314, 4), (10, -62, 300, 3), (40, -72, 296, 1.8)], 4),
)
PORTAL_BRANCHES = (
    *tube(
        [
            (-48, -26, 254, 6.5),
            (-72, -14, 258, 5.5),
            (-92, 2, 256, 4.5),
            (-116, 26, 250, 2.6),
            (-130, 36, 240, 1.4),
        ],
        4,
    ),
    *tube(
        [(-86, -2, 257, 3.6), (-96, -14, 276, 3.2), (-104, -22, 300, 2.2), (-100, -24, 322, 1.3)], 4
    ),
    *tube([(-86, -2, 257, 3.4), (-104, -28, 248, 2.6), (-122, -44, 240, 1.6)], 4),
    *tube([(-100, 10, 254, 3.0), (-96, 40, 276, 2.2), (-88, 52, 300, 1.3)], 4),
    *tube([(-48, -26, 254, 6), (-30, -46, 268, 5), (-14, -60, 280, 4), (-2, -76, 270, 2.4)], 4),
    *tube([(-14, -60, 280, 3.2), (16, -62, 290, 2.4), (40, -64, 296, 1.5)], 4),
)


def _twigs(seed: int = 11) -> tuple[Shape, ...]:
    """Return small branches all through the liver."""
    rng = np.random.default_rng(seed)
    twigs: list[Shape] = []
    for _ in range(110):
        start = np.array([rng.uniform(-150, 20), rng.uniform(-88, 70), rng.uniform(175, 340)])
        way = rng.normal(size=3)
        way /= np.linalg.norm(way)
        turn = rng.normal(size=3) * 7
        radius = rng.uniform(0.9, 1.7)
        knots = [
            [*start, radius],
            [*(start + way * 14 + turn), radius * 0.9],
            [*(start + way * 30), radius * 0.5],
        ]
        twigs += tube(knots, 2)
    return tuple(twigs)


_TWIGS = _twigs()


def paint_liver_trees(canvas: Canvas, liver: Region) -> None:
    """Paint hepatic and portal veins inside the liver."""
    inside = np.full(canvas.hu.shape, np.float32(1e3))
    inside[liver.window] = liver.distance + np.float32(2)
    for shapes, hu in ((_TWIGS, 146.0), (HEPATIC_VEINS, 156.0), (PORTAL_BRANCHES, 162.0)):
        region = canvas.region(shapes)
        canvas.fill(region.within(inside) if region else None, hu, soft=1.5)


_HEART = (
    Ellipsoid((30, -52, 372), (50, 38, 36), 28),
    Ellipsoid((-6, -48, 376), (42, 40, 30)),
)
_RIGHT_ATRIUM = Ellipsoid((-30, -34, 374), (25, 30, 27))
_CHAMBERS = (
    Ellipsoid((36, -46, 376), (30, 17, 26), 28),
    Ellipsoid((10, -70, 376), (34, 14, 24), 14),
)
_OESOPHAGUS = tube([(26, -6, 318, 9), (16, 14, 338, 7.5), (8, 22, 362, 7), (4, 24, 400, 7)], 4)


def paint_heart(canvas: Canvas, wall: Wall, textures: Textures) -> None:
    """Paint the base of the heart on the diaphragm, its chambers and the oesophagus."""
    if canvas.z < 312:
        return
    chest = np.maximum(wall.cavity, wall.above - 1)
    sac = joined(canvas, canvas.region((*_HEART, _RIGHT_ATRIUM)), blend=0)
    if sac is not None:
        sac = sac.within(chest)
        canvas.fill(sac, 30.0, inset=-6.5)
        canvas.fill(sac, -92.0, inset=-5.2)
        canvas.fill(sac, textures.soft(112, 3))
        for chamber in _CHAMBERS:
            region = canvas.region((chamber,))
            canvas.fill(region.within(chest + 8) if region else None, 148.0, soft=3)
        atrium = canvas.region((_RIGHT_ATRIUM,))
        canvas.fill(atrium.within(chest) if atrium else None, 140.0, soft=1.5)
    gullet = canvas.region(_OESOPHAGUS)
    canvas.fill(gullet, 62.0)
    canvas.fill(gullet, 35.0, inset=3.5)
