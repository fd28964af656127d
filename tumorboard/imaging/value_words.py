"""Pixel values and their units as they are written on screen and paper."""

from __future__ import annotations

from typing import Final

from tumorboard.language import _
from tumorboard.language import number as decimal

#: From here on three digits stand before the point.
_THREE_DIGITS: Final = 99.95


def number(value: float, unit: str) -> str:
    """Return a pixel value in the words of the screen.

    HU are whole, SUV has one decimal. What has another unit or none may be a map of small
    values: three digits that count, and all of those before the point.
    """
    if unit.startswith("SUV"):
        return decimal(value, ".1f")
    if unit == "HU" or abs(value) >= _THREE_DIGITS or value == 0:
        return decimal(value, ".0f")
    return decimal(value, ".3g")


def unit_words(unit: str) -> str:
    """Name the unit of pixel values: HU, SUVbw, or that they are as stored."""
    return _(unit) if unit else _("stored value")
