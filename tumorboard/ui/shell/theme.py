"""The look: one palette, one style sheet, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from string import Template
from typing import Final

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from tumorboard.resources import resource_path

#: Names as in the style sheet ``resources/styles/dark.qss``.
COLOURS: Final[dict[str, str]] = {
    "bg": "#0e1115",
    "panel": "#161a20",
    "raised": "#1d222a",
    "line": "#2a313b",
    "control": "#3b4552",
    "text": "#d9dfe7",
    "dim": "#8d98a7",
    "faint": "#8793a2",
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

#: What differs from the usual colours: dimmed for a dark reading room, stronger for a beamer.
LOOKS: Final[dict[str, dict[str, str]]] = {
    "standard": {},
    "dark room": {
        "bg": "#050608",
        "panel": "#0b0d10",
        "raised": "#12151a",
        "line": "#1d222a",
        "text": "#aab2bd",
        "dim": "#7e8896",
        "faint": "#75808e",
        "accent": "#4693b4",
    },
    "presentation": {
        "bg": "#000000",
        "panel": "#10141a",
        "raised": "#1c222b",
        "line": "#46525f",
        "control": "#65727f",
        "text": "#ffffff",
        "dim": "#c3ccd6",
        "faint": "#b4bec9",
        "accent": "#7fd0f2",
    },
}
_STANDARD: Final = dict(COLOURS)

FAMILIES: Final = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
TEXT_PX: Final = 13
HEAD_PX: Final = 12


def colour(name: str) -> QColor:
    """Return a colour of the palette."""
    return QColor(COLOURS[name])


def text_font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    """Return the font of the program at a size in logical pixels."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def apply_theme(application: QApplication, look: str = "standard") -> None:
    """Give an application its font, palette and style sheet, in one of the `LOOKS`."""
    COLOURS.update({**_STANDARD, **LOOKS[look]})
    application.setProperty("look", look)
    application.setStyle("Fusion")
    application.setFont(text_font())
    application.setPalette(_palette())
    application.setStyleSheet(style_sheet())


@contextmanager
def unstyled(application: QApplication) -> Iterator[None]:
    """Build widgets without the style sheet, which would be applied anew at each nesting.

    Applied once to the whole at the end it costs a fifth of the time.
    """
    sheet = application.styleSheet()
    application.setStyleSheet("")
    try:
        yield
    finally:
        application.setStyleSheet(sheet)


def style_sheet() -> str:
    """Return the style sheet of the program."""
    sheet = Template(resource_path("styles", "dark.qss").read_text(encoding="utf-8"))
    return sheet.substitute(COLOURS, icons=resource_path("icons").as_posix())


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
