"""Compiles, or fetches from the disk, the kernels of masks and vessels."""

from __future__ import annotations

import numpy as np

from tumorboard.imaging.geometry import Calibration, SliceStack
from tumorboard.imaging.mask_diameters import dimensions
from tumorboard.imaging.mask_model import MaskCanvas
from tumorboard.imaging.segmentation.brush import Brush, Tip, paint
from tumorboard.imaging.segmentation.grow import grow
from tumorboard.imaging.segmentation.interpolate import mask_from_outlines
from tumorboard.imaging.vessel.centreline import through
from tumorboard.imaging.vessel.cross_sections import across, outlines_of_mask, outlines_of_values
from tumorboard.imaging.vessel.path import lumen_field
from tumorboard.imaging.vessel.profile import profile
from tumorboard.imaging.volume import Volume

_SIDE = 16


def prepare(types: tuple[str, ...] = ("int16", "uint16")) -> None:
    """Do each kind of work once on a few voxels of each type.

    For a background thread after the start: the first time on a machine takes many seconds,
    and without it the first stroke or click would wait for them.
    """
    for name in types:
        _work_through(_volume(name))


def _volume(name: str) -> Volume:
    stack = SliceStack(
        np.outer(np.arange(_SIDE), [0.0, 0.0, 1.0]),
        np.array([1.0, 0.0, 0.0]),
        np.array([0.0, 1.0, 0.0]),
        (1.0, 1.0),
        _SIDE,
        _SIDE,
    )
    voxels = np.zeros(stack.shape, name)
    voxels[:, 4:12, 4:12] = 100
    loaded = np.ones(_SIDE, bool)
    names = ("",) * _SIDE
    return Volume(
        *(voxels, loaded, stack, 1.0, 0.0, "HU", Calibration.PIXEL_SPACING, "CT", "", "", ""),
        names,
    )


def _work_through(volume: Volume) -> None:
    centre = volume.stack.centre
    found = grow(volume, centre, 50.0, 150.0).mask
    canvas = MaskCanvas(volume.stack, found)
    paint(
        canvas, [centre, centre + 1.0], np.array([0.0, 0.0, 1.0]), Brush(2.0, Tip.BALL, 0.0, True)
    )
    dimensions(found)
    square = np.array([[4.0, 4.0, 5.0], [9.0, 4.0, 5.0], [9.0, 9.0, 5.0], [4.0, 9.0, 5.0]])
    mask_from_outlines(volume.stack, {5: [square]})
    up = np.array([0.0, 0.0, 5.0])
    ends = np.array([centre - up, centre + up])
    line = through(ends, lumen_field(volume, list(ends)).trace)
    sections = across(line, [2.0, 5.0])
    profile("IVC", line, outlines_of_mask(sections, found, 6.0), found)
    outlines_of_values(volume, sections, 6.0)
