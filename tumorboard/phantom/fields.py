"""Smooth random fields fixed in the patient: uneven tissue, and noise of the detector."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tumorboard.phantom.shapes import Array
from tumorboard.phantom.spec import Sampling

#: The lattice covers this much around the origin (mm), more than any field of view here.
_REACH = 260.0


class Field:
    """A random field of unit variance whose features are about ``scale`` mm wide.

    Values belong to places in the patient, not to pixels: a coarser matrix sees the same.
    """

    def __init__(self, seed: int, scale: float, height: float = 420.0) -> None:
        rng = np.random.default_rng(seed)
        across = int(2 * _REACH / scale) + 3
        layers = int((height + 80) / scale) + 3
        self._scale = scale
        self._lattice = rng.standard_normal((layers, across, across)).astype(np.float32)

    def plane(self, sampling: Sampling, z: float) -> Array:
        """Return the field on the pixels of the axial slice at z, shape (rows, columns)."""
        place = float(np.clip((z + 40) / self._scale, 0, len(self._lattice) - 2))
        k = int(place)
        t = np.float32(place - k)
        mixed = (1 - t) * self._lattice[k] + t * self._lattice[k + 1]
        mixed /= np.sqrt((1 - t) ** 2 + t**2)
        step = sampling.pixel_mm / self._scale
        x0 = (sampling.x[0] + _REACH) / self._scale
        y0 = (sampling.y[0] + _REACH) / self._scale
        affine = np.array([[step, 0, x0], [0, step, y0]])
        size = (sampling.columns, sampling.rows)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        return np.asarray(
            cv2.warpAffine(mixed, affine, size, flags=flags, borderMode=cv2.BORDER_REFLECT),
            np.float32,
        )


def detector_noise(
    seed: int, index: int, sampling: Sampling, sd: float, pixel_mm: float = 0.78125
) -> NDArray[np.float32]:
    """Return CT-like noise of one slice in HU, shape (rows, columns).

    Filtered back-projection leaves noise that is correlated over about a pixel and lacks
    its lowest frequencies. ``sd`` is its standard deviation in HU.
    """
    rng = np.random.default_rng((seed, index))
    white = rng.standard_normal((sampling.rows, sampling.columns), dtype=np.float32)
    sigma = 0.75 * pixel_mm / sampling.pixel_mm
    fine = cv2.GaussianBlur(white, (0, 0), max(sigma, 0.3))
    fine -= 0.6 * cv2.GaussianBlur(fine, (0, 0), 4 * max(sigma, 0.3))
    return np.asarray(fine * np.float32(sd / fine.std()), np.float32)
