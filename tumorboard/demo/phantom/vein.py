"""The course of the inferior vena cava, and what of it is known exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tumorboard.demo.phantom.shapes import Vector
from tumorboard.demo.phantom.spec import Ivc, Mass

#: x and y of the undisturbed centre at heights z, mm: before the right half of the spine,
#: then through the back of the liver to the heart.
_COURSE = (
    (40.0, -10.0, 30.0),
    (80.0, -14.0, 18.0),
    (130.0, -19.0, 10.0),
    (188.0, -22.0, 9.0),
    (236.0, -24.0, 6.0),
    (290.0, -27.0, 0.0),
    (322.0, -27.0, -6.0),
    (348.0, -26.0, -16.0),
    (380.0, -26.0, -24.0),
)
_RAMP_MM = 14.0


class Vein:
    """Centre and radius of the vein on each axial slice: there it is a circle."""

    def __init__(self, ivc: Ivc, mass: Mass | None) -> None:
        self.ivc = ivc
        self._mass = mass
        self._bend = np.zeros(2)
        if ivc.contact is not None and mass is not None:
            # Find the centre on the given ray at which the wanted arc of the wall is inside.
            contact = ivc.contact
            angle = np.radians(contact.direction)
            ray = np.array([np.cos(angle), np.sin(angle)])
            centre, radius = np.array(mass.centre[:2]), self.radius(contact.z)
            near, far = 0.0, max(mass.axes) + 2 * radius
            for _ in range(60):
                middle = (near + far) / 2
                if wall_inside(mass, contact.z, centre + ray * middle, radius) > contact.arc:
                    near = middle
                else:
                    far = middle
            self._bend = np.asarray(centre + ray * (near + far) / 2) - self._undisturbed(
                ivc.contact.z
            )

    def centre(self, z: float) -> tuple[float, float]:
        """Return x and y (mm) of the centre at z."""
        place = self._undisturbed(z)
        contact = self.ivc.contact
        if contact is not None:
            share = min(abs(z - contact.z) / contact.reach, 1.0)
            place = place + self._bend * np.cos(share * np.pi / 2) ** 2
        return float(place[0]), float(place[1])

    def point(self, z: float) -> Vector:
        """Return the centre at z as an LPS point."""
        return (*self.centre(z), z)

    def radius(self, z: float) -> float:
        """Return the radius (mm) of the lumen at z, wider around tumour."""
        tumour = self.ivc.tumour
        if tumour is None:
            return self.ivc.radius
        outside = max(tumour.caudal - z, z - tumour.cranial, 0.0)
        share = np.cos(min(outside / _RAMP_MM, 1.0) * np.pi / 2) ** 2
        return float(self.ivc.radius + (tumour.distended - self.ivc.radius) * share)

    def thrombus(self, z: float) -> tuple[float, float, float] | None:
        """Return x, y and radius of the tumour's circle in the lumen at z, or None.

        It touches the wall on the side of the mass. Between rounded ends its area is the
        given share of the lumen's.
        """
        tumour = self.ivc.tumour
        if tumour is None or not tumour.caudal < z < tumour.cranial:
            return None
        lumen = self.radius(z)
        cap = min(1.2 * lumen, (tumour.cranial - tumour.caudal) / 2)
        inside = min(z - tumour.caudal, tumour.cranial - z, cap) / cap
        radius = lumen * np.sqrt(tumour.occlusion) * np.sqrt(1 - (1 - inside) ** 2)
        x, y = self.centre(z)
        away = np.radians(self.ivc.contact.direction if self.ivc.contact else 0.0)
        gap = lumen - radius
        return float(x - gap * np.cos(away)), float(y - gap * np.sin(away)), float(radius)

    def contact_arc(self, z: float) -> float:
        """Return how many degrees of the wall at z lie inside the mass."""
        if self._mass is None:
            return 0.0
        return wall_inside(self._mass, z, np.array(self.centre(z)), self.radius(z))

    def _undisturbed(self, z: float) -> NDArray[np.float64]:
        return np.asarray(_smooth(z, np.array(_COURSE)) + np.array(self.ivc.shift))


def wall_inside(
    mass: Mass, z: float, centre: NDArray[np.float64], radius: float, steps: int = 7200
) -> float:
    """Return how many degrees of a circle in the axial plane at z lie inside the mass."""
    scale = mass.scale_at(z)
    if scale == 0:
        return 0.0
    angles = (np.arange(steps) + 0.5) * (2 * np.pi / steps)
    x = centre[0] + radius * np.cos(angles) - mass.centre[0]
    y = centre[1] + radius * np.sin(angles) - mass.centre[1]
    turn = np.radians(mass.turn)
    u = (np.cos(turn) * x + np.sin(turn) * y) / (mass.half[0] * scale)
    v = (np.cos(turn) * y - np.sin(turn) * x) / (mass.half[1] * scale)
    return float(np.count_nonzero(u * u + v * v < 1) * 360 / steps)


def _smooth(z: float, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return x and y on a curve without corners (cubic Hermite) through the table."""
    k = int(np.clip(np.searchsorted(table[:, 0], z) - 1, 0, len(table) - 2))
    slopes = np.gradient(table[:, 1:], table[:, 0], axis=0)
    span = table[k + 1, 0] - table[k, 0]
    t = (z - table[k, 0]) / span
    p, q, m, n = table[k, 1:], table[k + 1, 1:], slopes[k] * span, slopes[k + 1] * span
    return np.asarray(
        (2 * t**3 - 3 * t**2 + 1) * p
        + (t**3 - 2 * t**2 + t) * m
        + (3 * t**2 - 2 * t**3) * q
        + (t**3 - t**2) * n
    )
