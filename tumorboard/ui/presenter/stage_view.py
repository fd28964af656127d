"""Views for an audience: large words, no crosshair, nothing that tells who the patient is."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.viewport import NO_STRIPS, Projection, Strips, resolve
from tumorboard.ui.shell.discreet import Discreet, sized
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.area import ViewArea
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.drawings import Label
from tumorboard.ui.viewer.edge import strips_for
from tumorboard.ui.viewer.fused import paint_colour_bar
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.painting import Frame, Painting, drawn_here, reservations, wish_of
from tumorboard.ui.viewer.room import Room
from tumorboard.ui.viewer.told import paint_told, place_words

#: Words over pictures are this much larger than in the reading window at a height of 1080 px.
_LARGER: Final = 2.0
_HEIGHT: Final = 1080.0


class StageRoom(Room):
    """What the views of the audience share.

    ``scale`` magnifies all that is written and drawn over pictures; ``said`` are sentences
    shown in place of pictures that cannot be had. ``painted`` tells that a view was painted.
    """

    painted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scale = _LARGER
        self.discreet = Discreet()
        self.said: dict[Display, str] = {}
        self.empty_text = ""

    def fit(self, height: float) -> None:
        """Choose the size of words for a window of a height in logical pixels."""
        self.scale = max(1.0, _LARGER * height / _HEIGHT)
        self.changed.emit()

    def say(self, display: Display, sentence: str) -> None:
        """Show a sentence in the views of a display; empty takes it back."""
        self.said[display] = sentence
        self.changed.emit()


class _StagePainting(Painting):
    """Paints what belongs before an audience over a picture."""

    def paint_words(self, painter: QPainter, view: ImageView, frame: Frame) -> None:
        """Paint annotations, letters, scale and one line of words, all magnified."""
        room = view.room
        if not isinstance(room, StageRoom):
            raise TypeError("a view of the stage needs the room of the stage")
        scale = room.scale
        size = QRectF(0, 0, view.width() / scale, view.height() / scale)
        projection = magnified(view, frame, scale)
        painter.save()
        painter.scale(scale, scale)
        try:
            with room.discreet.over_pictures():
                _paint(painter, view, replace(frame, projection=projection), size)
        finally:
            painter.restore()

    def paint_focus(self, painter: QPainter, view: ImageView) -> None:
        """Show no focus: nobody works at this window."""


def magnified(view: ImageView, frame: Frame, scale: float) -> Projection:
    """Return the projection of a frame on a canvas whose pixels are larger by ``scale``."""
    wish = view.viewport
    if wish.mm_per_pixel is not None:
        wish = replace(wish, mm_per_pixel=wish.mm_per_pixel * scale)
    size = (view.width() / scale, view.height() / scale)
    strips = view.strips
    own = Strips(strips.top / scale, strips.bottom / scale, strips.sides / scale)
    return resolve(wish, frame.section.grid, size, frame.projection.ratio * scale, own)


def _paint(painter: QPainter, view: ImageView, frame: Frame, size: QRectF) -> None:
    volume, spec, projection = frame.volume, frame.spec, frame.projection
    paint_colour_bar(painter, frame, frame.over.fusion, size)
    mine = view.room.annotations_of(view.display)
    date = view.display.title.date
    words = place_words(volume, spec, view.display.point, date)
    rim = paint_told(
        *(painter, frame, size, mine, view.display.point),
        scale=view.scale,
        words=words,
        strips=view.strips,
    )
    visible = drawn_here(view, spec, frame.section)
    wish = wish_of(view, projection, volume, visible, free=rim.free)
    overlay.paint_kept(painter, wish, view.ahead.sheet(wish), "")
    view.ahead.painted(wish, spec, frame.section)


class StageView(ImageView):
    """A view before an audience: live under the mouse, silent to keys and drops."""

    def __init__(
        self,
        room: Room,
        display: Display,
        plane: Plane | None,
        parent: QWidget | None = None,
        *,
        other: int = 0,
    ) -> None:
        super().__init__(room, display, plane, parent, other=other)
        self._painting = _StagePainting()
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def strips(self) -> Strips:
        """What the picture leaves to the words for an audience, which are larger."""
        volume, room = self.display.volume, self.room
        if volume is None or not volume.may_hold_words or not isinstance(room, StageRoom):
            return NO_STRIPS
        scale = room.scale
        size = QRectF(0, 0, self.width() / scale, self.height() / scale)
        found = strips_for(size, (), (), reservations(self, volume, self.spec))
        return Strips(found.top * scale, found.bottom * scale, found.sides * scale)

    def labels(self) -> list[Label]:
        """Return where the labels stand that can be dragged: none, they are painted larger."""
        return []

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the picture, and a sentence where there is none."""
        super().paintEvent(event)
        room = self.room
        if not isinstance(room, StageRoom):
            return
        room.painted.emit()
        said = room.said.get(self.display, "")
        if not said:
            return
        painter = QPainter(self)
        try:
            font = sized(13 * room.scale)
            most = self.width() * 5 / 6
            wide = min(QFontMetricsF(font).horizontalAdvance(room.discreet(said)) + 2, most)
            high = room.discreet.height(said, font, wide)
            left, top = (self.width() - wide) / 2, (self.height() - high) / 2
            box = QRectF(left, top, wide, self.height() - top)
            room.discreet.draw(painter, box, said, font, colour("text"))
        finally:
            painter.end()

    def _paint_empty(self, painter: QPainter) -> None:
        """Stay black."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Leave all keys to the window."""
        event.ignore()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - a name of Qt
        """Take nothing."""
        event.ignore()


class StageArea(ViewArea):
    """The views of the audience."""

    view_class = StageView
