"""Aorta and its branches, the inferior vena cava with its tributaries, the portal system."""

from __future__ import annotations

import numpy as np

from tumorboard.demo.phantom.body import Wall
from tumorboard.demo.phantom.canvas import Canvas
from tumorboard.demo.phantom.kidneys import Kidney
from tumorboard.demo.phantom.shapes import Capsule, Ellipsoid, Shape, mirrored, tube
from tumorboard.demo.phantom.spec import PhantomSpec
from tumorboard.demo.phantom.spine import spine_y
from tumorboard.demo.phantom.tissue import Textures
from tumorboard.demo.phantom.vein import Vein

AORTA_HU, IVC_ABOVE_HU, IVC_BELOW_HU, PORTAL_HU = 152.0, 134.0, 114.0, 160.0


def _aorta_y(z: float) -> float:
    """Return y of the aorta before the spine."""
    return spine_y(z) - float(np.interp(z, (90, 240, 300, 380), (31, 29, 26, 24)))


def _iliac_arteries() -> list[Capsule]:
    y = _aorta_y(94)
    left = [
        (4, y, 95, 7.0),
        (18, y + 3, 78, 6),
        (34, y + 10, 55, 5.6),
        (46, y + 14, 30, 5.2),
        (58, y + 6, 0, 5),
        (66, y - 4, -20, 5),
    ]
    right = [
        (4, y, 95, 7.0),
        (-12, y + 1, 78, 6),
        (-30, y + 8, 55, 5.6),
        (-44, y + 13, 30, 5.2),
        (-57, y + 6, 0, 5),
        (-66, y - 4, -20, 5),
    ]
    inner = [(46, y + 14, 32, 3.6), (44, y + 30, 12, 3.2), (46, y + 44, -10, 3)]
    return [*tube(left, 4), *tube(right, 4), *tube(inner, 3), *tube(mirrored(inner), 3)]


def _visceral_arteries() -> list[Capsule]:
    celiac = [(8, 14, 236, 3.6), (6, -4, 240, 3.4), (2, -16, 240, 3)]
    splenic = [(2, -16, 240, 2.8), (28, -22, 246, 2.6), (58, -2, 250, 2.6), (88, 16, 262, 2.2)]
    hepatic = [(2, -16, 240, 2.6), (-18, -34, 236, 2.4), (-36, -40, 246, 2.2)]
    superior = [
        (9, 8, 222, 4),
        (9, -14, 214, 4),
        (7, -24, 196, 3.8),
        (4, -34, 165, 3.4),
        (-4, -46, 130, 2.8),
        (-16, -52, 100, 2),
    ]
    inferior = [(8, 2, 134, 2.4), (22, -8, 120, 2), (34, -6, 95, 1.8)]
    return [c for knots in (celiac, splenic, hepatic, superior, inferior) for c in tube(knots, 4)]


def _mesenteric_twigs(seed: int) -> list[Shape]:
    """Return the small vessels that fan out in the mesentery."""
    rng = np.random.default_rng(seed)
    twigs: list[Shape] = []
    for _ in range(90):
        share = rng.uniform()
        root = np.array([-2 - 14 * share, -34 - 20 * share, 190 - 95 * share])
        reach = np.array([rng.normal(0, 58), rng.uniform(-62, -2), rng.uniform(-45, 10)])
        bend = root + reach * 0.5 + rng.normal(0, 6, 3)
        radius = rng.uniform(1.2, 2.3)
        knots = [[*root, radius], [*bend, radius * 0.85], [*(root + reach), 0.8]]
        twigs += tube(knots, 4)
    return twigs


class Vessels:
    """Paints the vessels; made once."""

    def __init__(self, spec: PhantomSpec, vein: Vein, kidneys: tuple[Kidney, ...]) -> None:
        self._vein = vein
        self._levels = spec.ivc.levels
        self._thrombus_hu = spec.ivc.tumour.hu if spec.ivc.tumour else 0.0
        heights = (94, 130, 170, 210, 250, 290, 330, 370, 410)
        x = np.interp(heights, (94, 190, 300, 410), (4, 8, 10, 18))
        radius = np.interp(heights, (94, 200, 410), (8.4, 9.6, 12.0))
        knots = [(a, _aorta_y(z), z, r) for a, z, r in zip(x, heights, radius, strict=True)]
        self._arteries = [*list(tube(knots, 4)), *_iliac_arteries()]
        self._branches = [*_visceral_arteries(), *self._renal_arteries(kidneys)]
        mesenteric = [
            (-18, -58, 96, 2.6),
            (-8, -48, 130, 4.2),
            (-6, -38, 165, 5.6),
            (-7, -34, 196, 6),
            (-10, -34, 210, 6.8),
            (-28, -32, 228, 7.2),
            (-48, -26, 254, 7),
        ]
        splenic = [(-10, -34, 211, 5), (20, -26, 222, 4.6), (52, -4, 234, 4.4), (86, 18, 252, 4)]
        lower = [(16, -30, 216, 2.6), (28, -14, 180, 2.6), (36, -8, 130, 2.2), (38, 0, 90, 2)]
        self._portal = [c for knots in (mesenteric, splenic, lower) for c in tube(knots, 4)]
        self._twigs = _mesenteric_twigs(spec.seed + 70)
        self._tributaries = [*self._iliac_veins(), *self._renal_veins(kidneys)]
        rng = np.random.default_rng(spec.seed + 9)
        self._plaques = [self._plaque(rng) for _ in range(9)]

    def _plaque(self, rng: np.random.Generator) -> Shape:
        z, angle = rng.uniform(96, 250), rng.uniform(0, 6.28)
        x = float(np.interp(z, (94, 190, 300), (4, 8, 10)))
        place = (x + 8.6 * np.cos(angle), _aorta_y(z) + 8.6 * np.sin(angle), z)
        half = (rng.uniform(1.6, 3.2), 0.9, rng.uniform(1.5, 4))
        return Ellipsoid(place, half, float(np.degrees(angle) + 90))

    def _iliac_veins(self) -> list[Capsule]:
        top = self._vein.point(self._levels.iliac_confluence)
        x, y, z = top
        right = [
            (x, y, z + 3, 8),
            (x - 14, y + 7, z - 20, 7.2),
            (-40, y + 20, z - 46, 6.6),
            (-54, y + 18, 4, 6.2),
            (-64, y + 6, -20, 6),
        ]
        left = [
            (x, y, z + 3, 8),
            (x + 24, y + 9, z - 16, 7),
            (30, y + 16, z - 38, 6.6),
            (48, y + 24, 20, 6.4),
            (62, y + 10, -16, 6),
        ]
        return [*tube(right, 4), *tube(left, 4)]

    def _renal_veins(self, kidneys: tuple[Kidney, ...]) -> list[Capsule]:
        z = self._levels.renal_veins
        x, y = self._vein.centre(z)
        veins: list[Capsule] = []
        for kidney in kidneys:
            hx, hy, hz = kidney.hilum
            if kidney.side > 0:
                front = _aorta_y(z) - 14
                knots = [
                    (hx, hy, hz, 4.6),
                    (32, _aorta_y(z) - 2, z + 4, 5.2),
                    (16, front, z + 2, 5),
                    (2, front + 1, z + 1, 4.8),
                    (x + 6, y - 3, z, 5.6),
                ]
            else:
                knots = [
                    (hx, hy, hz, 4.4),
                    ((hx + x) / 2 - 2, (hy + y) / 2 - 4, (hz + z) / 2, 5),
                    (x - 5, y + 2, z, 5.6),
                ]
            veins += tube(knots, 5)
        return veins

    def _renal_arteries(self, kidneys: tuple[Kidney, ...]) -> list[Capsule]:
        z = self._levels.renal_veins + 5
        arteries: list[Capsule] = []
        for kidney in kidneys:
            hx, hy, hz = kidney.hilum
            start = (8 + kidney.side * 8, _aorta_y(z) + 2, z, 3)
            behind = (hx * 0.55, max(_aorta_y(z) + 12, hy - 4), (z + hz) / 2, 2.6)
            arteries += tube([start, behind, (hx, hy + 3, hz, 2.2)], 5)
        return arteries

    def paint(self, canvas: Canvas, wall: Wall, textures: Textures) -> None:
        """Paint everything but the inferior vena cava."""
        twigs = canvas.region(self._twigs)
        canvas.fill(twigs.within(wall.abdomen + 6) if twigs else None, 122.0)
        canvas.fill(canvas.region(self._portal, rigid=True), PORTAL_HU)
        canvas.fill(canvas.region(self._branches, rigid=True), 148.0)
        vein = textures.soft(IVC_BELOW_HU + 18 * (canvas.z > 120), 2)
        canvas.fill(canvas.region(self._tributaries, rigid=True), vein)
        artery = canvas.region(self._arteries, rigid=True)
        canvas.fill(artery, 70.0, inset=-1.2)
        canvas.fill(artery, textures.soft(AORTA_HU, 2))
        canvas.fill(canvas.region(self._plaques, rigid=True), 620.0)

    def paint_ivc(self, canvas: Canvas, textures: Textures) -> None:
        """Paint the inferior vena cava, last: its place and lumen are known exactly."""
        z = canvas.z
        if not self._levels.iliac_confluence <= z <= self._levels.cavoatrial_junction + 6:
            return
        x, y = self._vein.centre(z)
        radius = self._vein.radius(z)
        lumen = canvas.region([Ellipsoid((x, y, z), (radius, radius, 99))], rigid=True)
        canvas.fill(lumen, 58.0, inset=-0.9, strength=0.8)
        share = float(np.clip((z - self._levels.renal_veins + 12) / 30, 0, 1))
        blood = IVC_BELOW_HU + (IVC_ABOVE_HU - IVC_BELOW_HU) * share
        canvas.fill(lumen, textures.soft(blood, 2.0))
        tumour = self._vein.thrombus(z)
        if tumour is not None:
            tx, ty, tr = tumour
            shape = Ellipsoid((tx, ty, z), (tr, tr, 99))
            region = canvas.region([shape], rigid=True)
            canvas.fill(region, textures.soft(self._thrombus_hu, 5.0))
