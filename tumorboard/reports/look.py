"""How paper looks: colours, sizes and fonts of the PDF. Lengths in tenths of a point."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor, QFont

#: Device units of the PDF writer per inch: one unit is a tenth of a point.
RESOLUTION: Final = 720
PT: Final = 10.0

INK: Final = "#1b222a"
DIM: Final = "#5a6572"
FAINT: Final = "#c9d1d9"
PANEL: Final = "#f3f6f8"
ACCENT: Final = "#1c6a91"
AMBER: Final = "#8f5a00"
CORAL: Final = "#b23a26"
WHITE: Final = "#ffffff"

BODY: Final = 8.2
SMALL: Final = 6.8
HASH: Final = 5.8
HEAD: Final = 7.2
VALUE: Final = 12.0
TITLE: Final = 18.0

_FAMILIES: Final = (
    "Inter",
    "Segoe UI",
    "Helvetica Neue",
    "Noto Sans",
    "DejaVu Sans Condensed",
    "DejaVu Sans",
)


def font(points: float, *, bold: bool = False, spaced: bool = False) -> QFont:
    """Return a font whose pixel is a device unit, free of the screen's hinting."""
    made = QFont()
    made.setFamilies(list(_FAMILIES))
    made.setPixelSize(round(points * PT))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    # Any spacing keeps letters apart, so that a hash or a word copied from the page has
    # its own letters and no "ff" in one sign. One unit of Qt's fixed point is invisible.
    if spaced:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
    else:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1 / 64)
    return made


def colour(name: str) -> QColor:
    """Return a colour of the palette above."""
    return QColor(name)
