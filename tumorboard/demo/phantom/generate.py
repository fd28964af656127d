"""The whole phantom, slice by slice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tumorboard.demo.phantom.body import paint_chest, paint_wall, wall_of
from tumorboard.demo.phantom.bowel import Bowel
from tumorboard.demo.phantom.cage import Cage, paint_hip_muscles, paint_table
from tumorboard.demo.phantom.canvas import Canvas
from tumorboard.demo.phantom.fields import detector_noise
from tumorboard.demo.phantom.kidneys import kidneys
from tumorboard.demo.phantom.mass import paint_mass, paint_metastasis
from tumorboard.demo.phantom.organs import SolidOrgans, paint_heart
from tumorboard.demo.phantom.shapes import Array
from tumorboard.demo.phantom.spec import PhantomSpec
from tumorboard.demo.phantom.spine import Spine, paint_back_muscles, paint_psoas
from tumorboard.demo.phantom.tissue import TissueFields
from tumorboard.demo.phantom.vein import Vein
from tumorboard.demo.phantom.vessels import Vessels

#: Range of values that a CT of 12 bits holds.
LOWEST_HU, HIGHEST_HU = -1024, 3071


class Phantom:
    """A patient laid out once, from whom any slice can be made; safe across threads."""

    def __init__(self, spec: PhantomSpec) -> None:
        self.spec = spec
        self.vein = Vein(spec.ivc, spec.mass)
        self._tissue = TissueFields(spec)
        self._cage = Cage(spec.body)
        self._spine = Spine()
        self._organs = SolidOrgans(spec.absent)
        self._kidneys = kidneys(spec.shifts, spec.absent)
        self._bowel = Bowel(spec.seed, spec.body, spec.shifts.get("bowel", (0.0, 0.0, 0.0)))
        self._vessels = Vessels(spec, self.vein, self._kidneys)

    def plain_slice(self, index: int) -> Array:
        """Return one slice without detector noise in HU, shape (rows, columns)."""
        spec = self.spec
        z = float(spec.sampling.z[index])
        textures = self._tissue.textures(spec.sampling, z)
        canvas = Canvas(spec.sampling, z, *self._tissue.lookup(spec.sampling, z))
        wall = wall_of(canvas, spec.body)
        paint_wall(canvas, wall, textures)
        paint_hip_muscles(canvas, wall, textures, spec.body)
        paint_back_muscles(canvas, wall, textures)
        paint_psoas(canvas, textures)
        paint_chest(canvas, wall, textures, spec)
        self._organs.paint(canvas, wall, textures)
        for kidney in self._kidneys:
            kidney.paint(canvas, textures)
        self._bowel.paint(canvas, wall, textures)
        paint_heart(canvas, wall, textures)
        self._spine.paint(canvas, textures)
        self._cage.paint(canvas, textures)
        self._vessels.paint(canvas, wall, textures)
        if spec.mass is not None:
            paint_mass(canvas, spec.mass, textures)
        for lesion in spec.metastases:
            paint_metastasis(canvas, lesion, textures)
        self._vessels.paint_ivc(canvas, textures)
        paint_table(canvas, spec.body)
        return canvas.hu

    def slice(self, index: int) -> NDArray[np.int16]:
        """Return one slice as the scanner would store it in HU, shape (rows, columns)."""
        values = self.plain_slice(index)
        spec = self.spec
        if spec.noise > 0:
            noise = detector_noise(spec.seed, index, spec.sampling, 1.0)
            # The standard deviation of the noise: most deep inside, little in air.
            s = self.spec.sampling
            x, y = s.x[None, :] / 175, (s.y[:, None] - 2) / 125
            depth = np.clip(1.15 - 0.35 * (x * x + y * y), 0.6, 1.15)
            dense = np.clip((values + 1000) / 900, 0.35, 1.0)
            values = values + noise * np.asarray(self.spec.noise * depth * dense, np.float32)
        return np.clip(np.rint(values), LOWEST_HU, HIGHEST_HU).astype(np.int16)


def build_volume(spec: PhantomSpec) -> NDArray[np.int16]:
    """Return the whole phantom in HU, shape (slices, rows, columns), caudal slice first."""
    phantom = Phantom(spec)
    return np.stack([phantom.slice(k) for k in range(spec.sampling.slices)])
