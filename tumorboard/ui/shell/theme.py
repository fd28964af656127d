"""The look: one palette, one style sheet, one size of letters, in one place.

The window follows the look that was chosen. Images stay on black in each of them, and so do
the words and lines over them: these are painted in `IMAGE_COLOURS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from string import Template
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from tumorboard.resources import resource_path

#: Names as in the style sheet ``resources/styles/window.qss``. Each colour of words has 4.5:1 on
#: each of `GROUNDS`, "control" (round a control) 3:1: ``scripts/contrast.py`` computes it.
COLOURS: Final[dict[str, str]] = {
    "bg": "#0e1115",
    "panel": "#161a20",
    "raised": "#1d222a",
    "line": "#2a313b",
    "control": "#707b8a",
    "text": "#d9dfe7",
    "dim": "#8f9aa9",
    "faint": "#8f9aa9",
    "accent": "#58b4dc",
    "accent_bg": "#173342",
    "present": "#e3a43c",
    "absent": "#7fb8a4",
    "unknown": "#9aa4b1",
    "critical": "#ef7a66",
    "warn": "#e3a43c",
    "info": "#58b4dc",
    "lesion": "#ffd166",
    "vessel": "#6ec6ff",
    "prior": "#b69cf0",
}

#: On what words stand, and what parts areas without being a control: all others are of words.
GROUNDS: Final = ("bg", "panel", "raised", "accent_bg")
LINES: Final = ("line", "control")

#: What differs from the usual colours: dimmed for a dark reading room, stronger for a beamer,
#: dark on light for a bright room.
LOOKS: Final[dict[str, dict[str, str]]] = {
    "standard": {},
    "dark room": {
        "bg": "#050608",
        "panel": "#0b0d10",
        "raised": "#12151a",
        "line": "#1d222a",
        "control": "#626c79",
        "text": "#aab2bd",
        "dim": "#7e8896",
        "faint": "#7e8896",
        "accent": "#4693b4",
        "accent_bg": "#0c212c",
    },
    "presentation": {
        "bg": "#000000",
        "panel": "#10141a",
        "raised": "#1c222b",
        "line": "#46525f",
        "control": "#7a8794",
        "text": "#ffffff",
        "dim": "#c3ccd6",
        "faint": "#b4bec9",
        "accent": "#7fd0f2",
    },
    "light": {
        "bg": "#ffffff",
        "panel": "#f5f7f9",
        "raised": "#e9edf2",
        "line": "#ccd4dc",
        "control": "#74808c",
        "text": "#1a2129",
        "dim": "#4a5561",
        "faint": "#505b67",
        "accent": "#0a5a85",
        "accent_bg": "#d2e7f3",
        "present": "#7d4a00",
        "absent": "#1d5f48",
        "unknown": "#515c68",
        "critical": "#a82c19",
        "warn": "#7d4a00",
        "info": "#0a5a85",
        "lesion": "#755200",
        "vessel": "#125b94",
        "prior": "#6243ac",
    },
}
_STANDARD: Final = dict(COLOURS)

#: The look of the images where the window has a light one: an audience in the dark sees no flash.
_ON_IMAGES: Final = {"light": "standard"}
#: What is painted over images, and on the pages of an audience.
IMAGE_COLOURS: Final[dict[str, str]] = dict(COLOURS)

FAMILIES: Final = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
#: The usual size of letters in logical pixels; lengths in the code are meant for it.
TEXT_PX: Final = 13
#: No letters are smaller.
LEAST_PX: Final = 12
#: The size of letters that was chosen.
_chosen_px: list[int] = [TEXT_PX]

#: Holds the lengths of a widget that go by the size of letters, as they are at `TEXT_PX`.
_SCALED: Final = "scaled"


def colour(name: str) -> QColor:
    """Return a colour of the window."""
    return QColor(COLOURS[name])


def image_colour(name: str) -> QColor:
    """Return a colour over images, which are on black in every look."""
    return QColor(IMAGE_COLOURS[name])


def palette_of(look: str) -> dict[str, str]:
    """Return all colours of a look by their names."""
    return {**_STANDARD, **LOOKS[look]}


def image_palette_of(look: str) -> dict[str, str]:
    """Return the colours over images while the window has a look."""
    return palette_of(_ON_IMAGES.get(look, look))


def text_px() -> int:
    """Return the size of letters in logical pixels."""
    return _chosen_px[0]


def small_px() -> int:
    """Return the size of what stands beside the words that matter, in logical pixels."""
    return max(_chosen_px[0] - 1, LEAST_PX)


def scaled(pixels: float) -> int:
    """Return a length meant for the usual size of letters, as it is for theirs (logical px)."""
    return round(pixels * _chosen_px[0] / TEXT_PX)


def text_font(pixels: int | None = None, *, bold: bool = False) -> QFont:
    """Return the font of the program at a size in logical pixels, by default the chosen one."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(_chosen_px[0] if pixels is None else pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def keep_scaled(widget: QWidget, **lengths: int) -> None:
    """Give a widget lengths that follow the size of letters, also when that changes.

    ``width``, ``height``, ``least_width``, ``least_height``, ``most_width`` and ``icon`` are in
    logical pixels as they are at the usual size.
    """
    widget.setProperty(_SCALED, {**(widget.property(_SCALED) or {}), **lengths})
    _scale(widget)


def _scale(widget: QWidget) -> None:
    setters: dict[str, Callable[[int], object]] = {
        "width": widget.setFixedWidth,
        "height": widget.setFixedHeight,
        "least_width": widget.setMinimumWidth,
        "least_height": widget.setMinimumHeight,
        "most_width": widget.setMaximumWidth,
        "icon": lambda side: widget.setProperty("iconSize", QSize(side, side)),
    }
    for name, pixels in (widget.property(_SCALED) or {}).items():
        setters[name](scaled(int(pixels)))


def apply_theme(application: QApplication, look: str = "standard", pixels: int = TEXT_PX) -> None:
    """Give an application its font, palette and style sheet, in one of the `LOOKS`.

    ``pixels`` is the size of letters in logical pixels.
    """
    COLOURS.update(palette_of(look))
    IMAGE_COLOURS.update(image_palette_of(look))
    resized = _chosen_px[0] != pixels
    _chosen_px[0] = pixels
    application.setProperty("look", look)
    application.setStyle("Fusion")
    application.setFont(text_font())
    application.setPalette(_palette())
    application.setStyleSheet(style_sheet())
    if resized:
        for widget in application.allWidgets():
            _scale(widget)


def theme_in_force(application: QApplication) -> tuple[str, int]:
    """Return the look and the size of letters (logical pixels) that an application has."""
    return str(application.property("look")), text_px()


@contextmanager
def unstyled(application: QApplication) -> Iterator[None]:
    """Build widgets without the style sheet, which would be applied anew at each nesting.

    Applied once to the whole at the end it costs a fifth of the time.
    """
    application.setStyleSheet("")
    try:
        yield
    finally:
        application.setStyleSheet(style_sheet())


def style_sheet(look: str = "") -> str:
    """Return the style sheet of the program, in the look in force or in another one.

    A length written as ``13px*`` follows the size of letters.
    """
    colours = palette_of(look) if look else COLOURS
    text = resource_path("styles", "window.qss").read_text(encoding="utf-8")
    text = re.sub(r"(\d+)px\*", lambda found: f"{scaled(int(found[1]))}px", text)
    sizes = {
        "small": f"{small_px()}px",
        "brand": f"{text_px() + 2}px",
        "title": f"{text_px() + 4}px",
    }
    return Template(text).substitute(colours, icons=resource_path("icons").as_posix(), **sizes)


def _palette() -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "panel",
        QPalette.ColorRole.Base: "bg",
        QPalette.ColorRole.AlternateBase: "raised",
        QPalette.ColorRole.Button: "raised",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.PlaceholderText: "faint",
        QPalette.ColorRole.Highlight: "accent_bg",
        QPalette.ColorRole.HighlightedText: "text",
        QPalette.ColorRole.ToolTipBase: "raised",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Link: "accent",
    }
    for role, name in roles.items():
        palette.setColor(role, colour(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colour("control"))
    return palette
