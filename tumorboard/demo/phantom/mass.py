"""The mass and other lesions: their edges are exact, their insides uneven."""

from __future__ import annotations

import numpy as np

from tumorboard.demo.phantom.canvas import Canvas
from tumorboard.demo.phantom.shapes import Array, Ellipsoid
from tumorboard.demo.phantom.spec import Mass, Metastasis
from tumorboard.demo.phantom.tissue import Textures

_FAT_HU = -99.0


def paint_mass(canvas: Canvas, mass: Mass, textures: Textures) -> None:
    """Paint the mass with a plane of fat around it, its rim, and what is inside."""
    region = canvas.region([Ellipsoid(mass.centre, mass.half, mass.turn)], rigid=True)
    if region is None:
        return
    if mass.fat_plane > 0:
        canvas.fill(region, _FAT_HU, inset=-mass.fat_plane, soft=1.5)
    canvas.fill(region, textures.soft(mass.rim, 3))
    canvas.fill(region, _inside(mass, textures), inset=mass.rim_mm, soft=2.5)
    if mass.necrosis > 0:
        _paint_necrosis(canvas, mass, textures)


def _inside(mass: Mass, textures: Textures) -> Array:
    if mass.septa:
        fat = textures.strands(_FAT_HU - 2, 8.0, 0.11)
        return np.asarray(
            fat + 4 * textures.fine + 12 * np.maximum(textures.coarse - 0.9, 0), np.float32
        )
    nodular = np.float32(mass.hu) + 9 * textures.coarse + 6 * textures.medium + 5 * textures.fine
    feeding = np.clip(textures.fine - 1.7, 0, 1) * 45
    return np.asarray(nodular + feeding, np.float32)


def _paint_necrosis(canvas: Canvas, mass: Mass, textures: Textures) -> None:
    """Paint the core that takes up no contrast, with a ragged edge."""
    a, b, c = mass.half
    core = Ellipsoid(
        mass.centre, (a * mass.necrosis, b * mass.necrosis, c * mass.necrosis), mass.turn
    )
    region = canvas.region([core], rigid=True)
    if region is None:
        return
    ragged = 0.16 * min(a, b) * textures.coarse + 3.5 * textures.medium
    ragged = np.minimum(ragged, 0.30 * min(a, b))
    fluid = 27 + 4 * textures.coarse + 3 * textures.medium
    canvas.fill(region.grown(ragged[region.window]), np.asarray(fluid, np.float32), soft=4)


def paint_metastasis(canvas: Canvas, lesion: Metastasis, textures: Textures) -> None:
    """Paint a metastasis: a brighter rim around a darker middle."""
    half = (lesion.axes[0] / 2, lesion.axes[1] / 2, lesion.axes[2] / 2)
    region = canvas.region([Ellipsoid(lesion.centre, half, lesion.turn)], rigid=True)
    canvas.fill(region, textures.soft(lesion.rim, 3))
    inside = textures.soft(lesion.hu, 5) + 5 * textures.coarse
    canvas.fill(region, np.asarray(inside, np.float32), inset=min(half[0] * 0.22, 3.0), soft=3)
