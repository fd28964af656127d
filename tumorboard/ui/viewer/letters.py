"""Letters with a dark outline as pictures, put together from glyphs that are painted once."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QRawFont,
    QTextLayout,
)

from tumorboard.text import sided
from tumorboard.ui.shell.theme import LEAST_PX, small_px, text_font

#: Room (logical pixels) around a label for its outline.
PAD: Final = 3
OUTLINE: Final = QColor("#05070a")
#: Below words that must be read whatever the picture holds.
GROUND: Final = QColor(5, 7, 10, 190)
_RIM_PX: Final = 3.0
#: A glyph is painted at so many places within a device pixel; the nearest one is taken.
_PHASES: Final = 4
#: Letters up to here, with those signs, stand one after the other, each as one glyph.
_LAST_LATIN: Final = "\u024f"
_SIGNS: Final = frozenset("–—‘’“”•…›⌀▲−≤≥↑↓→←")
#: The fonts that glyphs come from, by what tells them apart.
_fonts: Final[dict[tuple[str, str, float], QRawFont]] = {}


def letter_px() -> int:
    """Return the height of the letters over images, in logical pixels."""
    return small_px()


def beside_letters(length: float) -> float:
    """Return a length meant for the smallest letters, as it is beside those in use (logical px)."""
    return length * letter_px() / LEAST_PX


def line_px() -> float:
    """Return how far the lines of a label stand from line to line, in logical pixels."""
    return beside_letters(15.0)


def outline_pen(width: float) -> QPen:
    """Return the pen of dark rims."""
    pen = QPen(OUTLINE, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


#: What is done to every text before it is written: views for others to see withhold names.
wording: Final[ContextVar[Callable[[str], str]]] = ContextVar("wording", default=str)


def text_with_outline(
    painter: QPainter, position: QPointF, text: str, ink: QColor, *, bold: bool = False
) -> None:
    """Write a line of plain text, its baseline at ``position``, with a dark outline."""
    text = sided(wording.get()(text))
    if not text:
        return
    # In a magnified view the letters are painted at the pixels that they will cover.
    ratio = painter.device().devicePixelRatio() * max(1.0, painter.worldTransform().m11())
    image = label_image(text, ink.rgba(), bold, ratio, letter_px())
    # On whole device pixels the letters stay sharp.
    left = round((position.x() - PAD) * ratio) / ratio
    top = round((position.y() - letter_px() - PAD) * ratio) / ratio
    painter.drawImage(QPointF(left, top), image)


def paint_ground(
    painter: QPainter, box: tuple[float, float, float, float], across: float = 5, along: float = 1
) -> None:
    """Darken the picture below words that fill a (left, top, width, height), and round them."""
    left, top, width, height = box
    radius = min(height / 2 + along, 9.0)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    ground = QRectF(left - across, top - along, width + 2 * across, height + 2 * along)
    painter.drawRoundedRect(ground, radius, radius)
    painter.restore()


def ground_of(text: str, left: float, baseline: float) -> tuple[float, float, float, float]:
    """Return the (left, top, width, height) that a line of words at its baseline fills."""
    return left, baseline - letter_px(), text_width(text), letter_px() + 4.0


def text_width(text: str, *, bold: bool = False) -> float:
    """Return the width of a label in logical pixels."""
    return _width(text, bold, letter_px())


@lru_cache(maxsize=4096)
def _width(text: str, bold: bool, pixels: int) -> float:
    return QFontMetricsF(text_font(pixels, bold=bold)).horizontalAdvance(text)


@lru_cache(maxsize=512)
def label_image(text: str, ink: int, bold: bool, ratio: float, pixels: int) -> QImage:
    """Return a line of text with its outline; ``ink`` is QRgb, ``ratio`` device per logical pixel.

    The baseline begins `PAD` from the left and `PAD` + ``pixels``, the height of the letters, from
    the top.
    """
    width, height = _width(text, bold, pixels) + 2 * PAD, pixels * 1.4 + 2 * PAD
    image = _clear(ceil(width * ratio), ceil(height * ratio))
    painter = QPainter(image)
    if all(letter <= _LAST_LATIN or letter in _SIGNS for letter in text):
        _put_together(painter, text, ink, bold, ratio, pixels)
    else:
        # Paint any script; to outline a whole line takes a millisecond or two.
        path = QPainterPath()
        path.addText(QPointF(PAD, pixels + PAD), text_font(pixels, bold=bold), text)
        painter.scale(ratio, ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(outline_pen(_RIM_PX))
        painter.drawPath(path)
        painter.fillPath(path, QColor.fromRgba(ink))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def _clear(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _put_together(
    painter: QPainter, text: str, ink: int, bold: bool, ratio: float, pixels: int
) -> None:
    """Paint a line from glyphs: all rims first, so that no rim covers a letter."""
    placed = _placed(text, bold, ratio, pixels)
    for wanted in (None, ink):
        for font, glyph, whole, phase in placed:
            image = _glyph(font, glyph, phase, wanted, ratio, pixels)
            painter.drawImage(QPointF(whole - _reach(ratio, pixels), 0), image)


def _placed(
    text: str, bold: bool, ratio: float, pixels: int
) -> list[tuple[tuple[str, str, float], int, int, int]]:
    """Return the font, the glyph and the place of each letter: whole device pixel and phase."""
    layout = QTextLayout(text, text_font(pixels, bold=bold))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    found = []
    for run in layout.glyphRuns():
        raw = run.rawFont()
        font = (raw.familyName(), raw.styleName(), raw.pixelSize())
        _fonts.setdefault(font, raw)
        for glyph, position in zip(run.glyphIndexes(), run.positions(), strict=True):
            parts = round((PAD + position.x()) * ratio * _PHASES)
            found.append((font, glyph, parts // _PHASES, parts % _PHASES))
    return found


def _reach(ratio: float, pixels: int) -> int:
    """Return how far (device pixels) a glyph and its rim may stand out to the left."""
    return ceil((PAD + pixels / 2) * ratio)


@lru_cache(maxsize=2048)
def _glyph(
    font: tuple[str, str, float],
    glyph: int,
    phase: int,
    ink: int | None,
    ratio: float,
    pixels: int,
) -> QImage:
    """Paint one glyph at a phase, as high as a label; without ink its rim."""
    path = _fonts[font].pathForGlyph(glyph)
    reach = _reach(ratio, pixels)
    right = floor(path.boundingRect().right() * ratio) + ceil(PAD * ratio) + 2
    image = _clear(max(reach + right, 1), ceil((pixels * 1.4 + 2 * PAD) * ratio))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(reach + phase / _PHASES, (pixels + PAD) * ratio)
    painter.scale(ratio, ratio)
    if ink is None:
        painter.setPen(outline_pen(_RIM_PX))
        painter.drawPath(path)
    else:
        painter.fillPath(path, QColor.fromRgba(ink))
    painter.end()
    return image
