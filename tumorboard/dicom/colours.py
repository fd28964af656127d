"""Display colours: those that objects recommend, and ones for those that recommend none."""

from __future__ import annotations

from tumorboard.imaging.overlay import Colour

#: Eight colours that also people with red-green blindness tell apart, the palette of Okabe
#: and Ito without black.
_DISTINCT: tuple[Colour, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
)

#: XYZ of the profile connection space (D50) to linear sRGB.
_TO_RGB = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
_WHITE = (0.96422, 1.0, 0.82521)


def colour_for(number: int) -> Colour:
    """Return a colour for a segment that brings none, by its number."""
    return _DISTINCT[number % len(_DISTINCT)]


def colour_of_lab(values: tuple[float, ...]) -> Colour:
    """Return sRGB of a Recommended Display CIELab Value (PS3.3 section C.10.7.1.1)."""
    lightness = values[0] / 65535 * 100
    a, b = (v / 65535 * 255 - 128 for v in values[1:3])
    y = (lightness + 16) / 116
    xyz = [w * _unlab(t) for w, t in zip(_WHITE, (y + a / 500, y, y - b / 200), strict=True)]
    linear = [sum(m * v for m, v in zip(row, xyz, strict=True)) for row in _TO_RGB]
    red, green, blue = (round(255 * _gamma(min(max(v, 0.0), 1.0))) for v in linear)
    return red, green, blue


def _unlab(t: float) -> float:
    return t**3 if t > 6 / 29 else 3 * (6 / 29) ** 2 * (t - 4 / 29)


def _gamma(v: float) -> float:
    return float(12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)


def lab_of_colour(colour: Colour) -> tuple[int, int, int]:
    """Return the Recommended Display CIELab Value of sRGB, turning `colour_of_lab` round."""
    import numpy as np

    linear = [_linear(v / 255) for v in colour]
    xyz = np.linalg.solve(np.array(_TO_RGB), np.array(linear))
    x, y, z = (_lab(float(v) / w) for v, w in zip(xyz, _WHITE, strict=True))
    lightness, a, b = 116 * y - 16, 500 * (x - y), 200 * (y - z)
    scaled = (lightness / 100, (a + 128) / 255, (b + 128) / 255)
    first, second, third = (round(min(max(v, 0.0), 1.0) * 65535) for v in scaled)
    return first, second, third


def _lab(v: float) -> float:
    return v ** (1 / 3) if v > (6 / 29) ** 3 else v / (3 * (6 / 29) ** 2) + 4 / 29


def _linear(v: float) -> float:
    return v / 12.92 if v <= 0.04045 else float(((v + 0.055) / 1.055) ** 2.4)
