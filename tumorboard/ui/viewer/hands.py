"""What the hands on the mouse do in a picture: roles of its buttons and of its wheel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tumorboard.language import _


class Hand(StrEnum):
    """What the left button does while no drawing tool is chosen."""

    WINDOW = "window"
    PAN = "pan"
    ZOOM = "zoom"
    SCROLL = "scroll"
    MAGNIFY = "magnify"
    REGION = "region"


HINTS: Final = {
    Hand.WINDOW: _(
        "Drag: window and level. Wheel: slices. Click: move the crosshair. ? shows all keys."
    ),
    Hand.PAN: _("Drag: move the picture. Esc: back to window and level."),
    Hand.ZOOM: _("Drag up or down: zoom. Esc: back to window and level."),
    Hand.SCROLL: _("Drag up or down: slices. Esc: back to window and level."),
    Hand.REGION: _("Drag a rectangle: its values give the window. Esc: back to window and level."),
    Hand.MAGNIFY: _("Hold the left button: magnifying glass. Esc: back to window and level."),
}


@dataclass(frozen=True)
class Mouse:
    """What the buttons and the wheel do; ``left`` while no tool or other hand was chosen."""

    left: Hand = Hand.WINDOW
    middle: Hand = Hand.PAN
    right: Hand = Hand.ZOOM
    down_is_brighter: bool = True
    wheel_down_is_forward: bool = True
    wheel_zooms: bool = False
