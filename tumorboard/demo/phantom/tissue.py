"""The unevenness that makes tissue look like tissue, shared by all parts of a slice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tumorboard.demo.phantom.fields import Field
from tumorboard.demo.phantom.shapes import Array
from tumorboard.demo.phantom.spec import Mass, PhantomSpec, Sampling


@dataclass(frozen=True)
class Textures:
    """Fields on one slice, shape (rows, columns), unit variance.

    ``coarse`` varies over centimetres, ``medium`` over half of one, ``fine`` over
    millimetres.
    """

    coarse: Array
    medium: Array
    fine: Array

    @cached_property
    def mixed(self) -> Array:
        """Return medium and fine unevenness together."""
        return np.asarray(np.float32(0.6) * self.medium + np.float32(0.8) * self.fine, np.float32)

    def soft(self, hu: float, amount: float) -> Array:
        """Return an organ's values: even, but not quite."""
        return np.asarray(hu + amount * self.mixed, np.float32)

    def strands(self, hu: float, other: float, width: float) -> Array:
        """Return values crossed by curved sheets of another tissue, like septa or fat."""
        share = np.clip(1 - np.abs(self.medium) / np.float32(width), 0, 1)
        return np.asarray(hu + np.float32(other - hu) * share, np.float32)


class TissueFields:
    """The fields of a whole patient."""

    def __init__(self, spec: PhantomSpec) -> None:
        seed = spec.seed * 1000
        self._coarse = Field(seed + 1, 38.0)
        self._medium = Field(seed + 2, 9.0)
        self._fine = Field(seed + 3, 3.6)
        self._bend_x = Field(seed + 4, 30.0)
        self._bend_y = Field(seed + 5, 30.0)
        self._mass = spec.mass

    def textures(self, sampling: Sampling, z: float) -> Textures:
        """Return the fields on a slice."""
        fields = (self._coarse, self._medium, self._fine)
        return Textures(*(f.plane(sampling, z) for f in fields))

    def lookup(self, sampling: Sampling, z: float) -> tuple[Array, Array]:
        """Return where (x, y in mm) each pixel looks up soft tissue."""
        x = sampling.x[None, :].astype(np.float32)
        y = sampling.y[:, None].astype(np.float32)
        u = x + np.float32(2.4) * self._bend_x.plane(sampling, z)
        v = y + np.float32(2.4) * self._bend_y.plane(sampling, z)
        return (u, v) if self._mass is None else make_room(u, v, self._mass, z)


#: Out to this many radii soft tissue gives way to a mass.
_YIELDS_TO = 2.1


def make_room(u: Array, v: Array, mass: Mass, z: float) -> tuple[Array, Array]:
    """Return the lookup of soft tissue squeezed aside by a mass, within each slice."""
    scale = mass.scale_at(z)
    if scale <= 0 or mass.push <= 0:
        return u, v
    cosine, sine = np.cos(np.radians(mass.turn)), np.sin(np.radians(mass.turn))
    dx, dy = u - np.float32(mass.centre[0]), v - np.float32(mass.centre[1])
    a, b = mass.half[0] * scale, mass.half[1] * scale
    along = (np.float32(cosine) * dx + np.float32(sine) * dy) / np.float32(a)
    across = (np.float32(cosine) * dy - np.float32(sine) * dx) / np.float32(b)
    radius = np.sqrt(along * along + across * across)
    kept = np.float32(1 - mass.push)
    slope = np.float32((_YIELDS_TO - float(kept)) / (_YIELDS_TO - 1))
    squeezed = np.maximum(kept + (radius - 1) * slope, kept * radius)
    factor = np.where(radius < _YIELDS_TO, squeezed / np.maximum(radius, 1e-3), 1)
    factor = factor.astype(np.float32)
    return (
        np.asarray(mass.centre[0] + dx * factor, np.float32),
        np.asarray(mass.centre[1] + dy * factor, np.float32),
    )
