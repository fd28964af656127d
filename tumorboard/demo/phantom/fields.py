"""Smooth random fields fixed in the patient: uneven tissue, and noise of the detector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tumorboard.demo.phantom.shapes import Array
from tumorboard.demo.phantom.spec import Sampling
from tumorboard.imaging.resize import Between, sampled

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
        columns = x0 + step * np.arange(sampling.columns)
        rows = y0 + step * np.arange(sampling.rows)
        return sampled(mixed, rows, columns, Between.CUBIC)


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
    fine = _smoothed(white, max(sigma, 0.3))
    fine -= np.float32(0.6) * _smoothed(fine, 4 * max(sigma, 0.3))
    return np.asarray(fine * np.float32(sd / fine.std()), np.float32)


def _smoothed(image: Array, sigma: float) -> Array:
    """Return an image under a Gaussian of so many pixels, mirrored about its outermost ones."""
    reach = round(4 * sigma)
    shares = np.exp(-0.5 * (np.arange(reach + 1) / sigma) ** 2)
    weights = (shares / (2 * shares.sum() - shares[0])).astype(np.float32)
    for _ in range(2):
        count = len(image)
        wide = np.pad(image, ((reach, reach), (0, 0)), mode="reflect")
        total = weights[0] * wide[reach : reach + count]
        for k in range(1, reach + 1):
            pair = wide[reach - k : reach - k + count] + wide[reach + k : reach + k + count]
            pair *= weights[k]
            total += pair
        image = np.ascontiguousarray(total.T)
    return image
