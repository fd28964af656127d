"""Sheets: all drawings of a slice painted once, to be laid over its picture.

A sheet holds pixels only where something is drawn, usually an eighth of the canvas. The sheets
of all views together stay within `BUDGET` bytes; those used longest ago go first, and with a
volume go its sheets.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from tumorboard.annotations.model import Annotation
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.volume import Volume
from tumorboard.ui.shell.theme import IMAGE_COLOURS
from tumorboard.ui.viewer import drawings
from tumorboard.ui.viewer.letters import letter_px, text_width, wording

BUDGET: Final = 48 * 2**20
#: Fewer drawings than this are painted as fast one by one.
FEW: Final = 8
#: Rows that are looked through together, and empty pixels that part two pieces.
_BAND, _APART = 32, 12
_INKS: Final = ("lesion", "prior", "vessel")

Key = tuple[Any, ...]
Steps = Callable[["Wish"], Iterator[Callable[[QPainter], object]]]


@dataclass(frozen=True, eq=False)
class Wish:
    """All that decides what a sheet looks like.

    ``canvas`` is its (width, height) in device pixels. Without ``labels`` it shows lines and
    handles alone. ``free`` is where labels may stand, ``said`` what is done to every text.
    """

    annotations: tuple[Annotation, ...]
    projection: Projection
    volume: Volume
    canvas: tuple[int, int]
    labels: bool = True
    free: drawings.Free = drawings.ANYWHERE
    said: Callable[[str], str] = field(default_factory=wording.get)

    @property
    def is_worth_it(self) -> bool:
        """Whether painting from a sheet is faster."""
        return len(self.annotations) >= FEW and min(self.canvas) > 0

    @cached_property
    def key(self) -> Key:
        """Equal for wishes that look the same; the sheet holds what the identities are of."""
        return (
            id(self.volume),
            *map(id, self.annotations),
            self.canvas,
            drawings.geometry_key(self.projection),
            self.free if self.labels else None,
            *(IMAGE_COLOURS[name] for name in _INKS),
            letter_px(),
            self._words(),
        )

    def fits(self, other: Wish | None) -> bool:
        """Whether it is for the same canvas in the same place, perhaps of another slice."""
        return (
            other is not None
            and self.volume is other.volume
            and self.canvas == other.canvas
            and drawings.geometry_key(self.projection) == drawings.geometry_key(other.projection)
        )

    def _words(self) -> tuple[str, ...] | bool:
        """Return the texts where they are not those of the annotations themselves."""
        if self.said is str or not self.labels:
            return self.labels
        found = drawings.label_boxes(
            self.annotations, self.projection, self.volume, text_width, self.free
        )
        return tuple(self.said(line) for _, lines, _, _ in found for line in lines)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Painted drawings as pieces of a canvas, each at its place in logical pixels."""

    annotations: tuple[Annotation, ...]
    volume: weakref.ref[Volume]
    loaded: int | None
    pieces: tuple[tuple[QPointF, QImage], ...]

    @cached_property
    def size(self) -> int:
        """Bytes of its pixels."""
        return sum(image.sizeInBytes() for _, image in self.pieces)

    def holds(self, volume: Volume) -> bool:
        """Whether it still shows what is measured on a volume."""
        loaded = self.loaded is None or self.loaded == int(volume.loaded.sum())
        return loaded and self.volume() is volume

    def paint(self, painter: QPainter) -> None:
        """Lay the drawings over what was painted."""
        for place, image in self.pieces:
            painter.drawImage(place, image)


_kept: Final[OrderedDict[Key, Sheet]] = OrderedDict()


def find(wish: Wish) -> Sheet | None:
    """Return the sheet that was made for a wish, if it still holds."""
    key = wish.key
    sheet = _kept.get(key)
    if sheet is None or not sheet.holds(wish.volume):
        return None
    _kept.move_to_end(key)
    return sheet


def made_now(wish: Wish, steps: Steps) -> Sheet:
    """Make a sheet at once."""
    return drawings.finished(making(wish, steps))


def making(wish: Wish, steps: Steps) -> Generator[None, None, Sheet]:
    """Make a sheet and keep it, in steps of some milliseconds at most.

    ``steps`` says what paints a wish.
    """
    if wish.labels:
        what = wish.annotations, wish.projection, wish.volume
        yield from drawings.label_steps(*what, text_width, wish.free)
    settled = not wish.labels or drawings.is_settled(wish.annotations, wish.volume)
    loaded = None if settled else int(wish.volume.loaded.sum())
    pixels = np.zeros((wish.canvas[1], wish.canvas[0]), np.uint32)
    # An image on zeroed memory, of which only what is painted on takes room.
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(wish.projection.ratio)
    for step in steps(wish):
        # Paint one step; texts are said as they will be in the view.
        token = wording.set(wish.said)
        painter = QPainter(image)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            step(painter)
        finally:
            painter.end()
            wording.reset(token)
        yield
    pieces: list[tuple[QPointF, QImage]] = []
    for top in range(0, len(pixels), _BAND):
        pieces += _pieces(image, pixels, top, wish.projection.ratio)
        yield
    gone = weakref.ref(wish.volume, _forget)
    sheet = Sheet(wish.annotations, gone, loaded, tuple(pieces))
    _kept[wish.key] = sheet
    _kept.move_to_end(wish.key)
    while len(_kept) > 1 and sum(s.size for s in _kept.values()) > BUDGET:
        _kept.popitem(last=False)
    return sheet


def _pieces(
    image: QImage, pixels: NDArray[np.uint32], top: int, ratio: float
) -> Iterator[tuple[QPointF, QImage]]:
    """Cut out what was painted in the band of rows that begins at ``top``."""
    band = pixels[top : top + _BAND]
    columns = np.flatnonzero(np.bitwise_or.reduce(band, axis=0))
    if not len(columns):
        return
    gaps = np.flatnonzero(np.diff(columns) > _APART)
    starts = columns[np.concatenate([[0], gaps + 1])]
    ends = columns[np.concatenate([gaps, [len(columns) - 1]])] + 1
    for left, right in zip(starts.tolist(), ends.tolist(), strict=True):
        rows = np.flatnonzero(band[:, left:right].any(axis=1))
        first, last = top + int(rows[0]), top + int(rows[-1])
        piece = image.copy(left, first, right - left, last + 1 - first)
        piece.setDevicePixelRatio(ratio)
        yield QPointF(left / ratio, first / ratio), piece


def _forget(volume: weakref.ref[Volume]) -> None:
    """Let the sheets of a volume go that is no more."""
    for key in [key for key, sheet in _kept.items() if sheet.volume is volume]:
        del _kept[key]
