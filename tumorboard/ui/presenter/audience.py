"""The window that the audience sees: dark from its first frame, without a name in any pixel."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from tumorboard.app.presented import Presented
from tumorboard.app.talk import Page, PageKind
from tumorboard.language import _
from tumorboard.ui.presenter.keys import wish_of
from tumorboard.ui.presenter.pages import FULL, BottomPane, CaptionPane, ColumnsPane, TopPane
from tumorboard.ui.presenter.pointer import PointerLayer, Trail
from tumorboard.ui.presenter.stage import Stage
from tumorboard.ui.presenter.words import Line, advice, caption_words, column, conclusions
from tumorboard.ui.timeline.strip import TimelineView
from tumorboard.ui.viewer.inks import colour

TITLE: Final = _("Presentation")
_BOTTOM: Final = 64.0
_COLUMN: Final = 0.322
_TIMELINE_SCALE: Final = 1.9
#: The share of the axial view beside the curved view of a vessel, and what lies between (px).
_AXIAL: Final = 0.58
_GAP: Final = 2


class _Black(QWidget):
    """Covers all while the screen is blank."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint black."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()


class Content(QWidget):
    """The page before the audience: case, pictures or words, column, board."""

    resized = Signal()

    def __init__(self, stage: Stage, parent: QWidget) -> None:
        super().__init__(parent)
        discreet = stage.room.discreet
        self._stage = stage
        self._with_column = True
        self._kind = PageKind.PICTURE
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.top = TopPane(discreet, self)
        self.bottom = BottomPane(discreet, self)
        self.caption = CaptionPane(discreet, self)
        self.column = ColumnsPane(discreet, self)
        self.words = ColumnsPane(discreet, self)
        self.timeline = TimelineView(self, discreet, colour)
        self.timeline.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        stage.area.setParent(self)
        stage.curve.setParent(self)

    def show_page(self, shown: Presented, page: Page) -> None:
        """Show the words of a page; its pictures are the stage's."""
        self._kind = page.kind
        self.column.show_columns(column(shown))
        self.words.show_columns(conclusions(shown), advice(shown))
        self.timeline.show_timeline(shown.timeline)
        self.caption.show_caption(*caption_words(shown.case, page))
        self.lay_out()

    def show_sentence(self, sentence: str) -> None:
        """Show a sentence alone."""
        self._kind = PageKind.ASSESSMENT
        self.words.show_columns((Line(sentence),))
        self.lay_out()

    def show_pictures(self) -> None:
        """Show the stage."""
        self._kind = PageKind.PICTURE
        self.caption.show_caption("", "")
        self.lay_out()

    @property
    def with_column(self) -> bool:
        """Whether facts stand beside the pictures."""
        return self._with_column

    def set_column(self, *, on: bool) -> None:
        """Show facts beside the pictures, or give all room to these."""
        self._with_column = on
        self.lay_out()

    def lay_out(self) -> None:
        """Give each part its place."""
        unit = self.height() / FULL
        bottom, width = round(_BOTTOM * unit), self.width()
        top = round(self.top.height_for(width))
        height = self.height() - top - bottom
        pictures = self._kind is PageKind.PICTURE
        beside = round(width * _COLUMN) if pictures and self._with_column else 0
        self.top.setGeometry(0, 0, width, top)
        self.bottom.setGeometry(0, self.height() - bottom, width, bottom)
        curved = pictures and self._stage.curve.is_on
        room = width - beside
        across = round(room * _AXIAL) if curved else room
        below = round(self.caption.height_for(room)) if pictures else 0
        tall = height - below
        self._stage.area.setGeometry(0, top, across, tall)
        self._stage.curve.setGeometry(across + _GAP, top, max(room - across - _GAP, 1), tall)
        self.caption.setGeometry(0, top + tall, room, max(below, 1))
        self.column.setGeometry(width - beside, top, max(beside, 1), height)
        self.words.setGeometry(0, top, width, height)
        self.timeline.setGeometry(0, top, width, height)
        self.timeline.scale = max(1.0, _TIMELINE_SCALE * unit)
        self._stage.room.fit(self.height())
        self._stage.area.setVisible(pictures)
        self._stage.curve.setVisible(curved)
        self.caption.setVisible(below > 0)
        self.column.setVisible(beside > 0)
        self.words.setVisible(self._kind is PageKind.ASSESSMENT)
        self.timeline.setVisible(self._kind is PageKind.TIMELINE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint black behind the parts."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Lay the parts out anew."""
        super().resizeEvent(event)
        self.lay_out()
        self.resized.emit()


class AudienceWindow(QMainWindow):
    """Fills the screen that the audience sees.

    ``wished`` carries what a key asks for, ``pointed`` a place as shares of width and
    height, ``closing`` that somebody closed the window.
    """

    wished = Signal(str)
    pointed = Signal(float, float)
    closing = Signal()

    def __init__(self, stage: Stage, trail: Trail) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        # The system paints what is not painted yet in the colour of the palette.
        self.setStyleSheet("QMainWindow { background: #000000; }")
        self._stage = stage
        self.has_light = False
        self.content = Content(stage, self)
        self.setCentralWidget(self.content)
        self.pointer = PointerLayer(trail, self)
        self.cover = _Black(self)
        self.cover.hide()
        stage.area.layout_changed.connect(self._watch)
        self._watch()
        content = self.content
        for pane in (content.words, content.timeline, content.column, stage.curve):
            pane.setMouseTracking(True)
            pane.installEventFilter(self)

    def _watch(self) -> None:
        for view in self._stage.area.views:
            view.removeEventFilter(self)
            view.installEventFilter(self)

    def set_blank(self, *, on: bool) -> None:
        """Cover all with black, or show it again."""
        self.cover.setVisible(on)
        self.cover.raise_()

    def set_light(self, *, on: bool) -> None:
        """Hide the arrow of the mouse while the pointer of light is there."""
        self.has_light = on
        self.setCursor(Qt.CursorShape.BlankCursor if on else Qt.CursorShape.ArrowCursor)
        if not on:
            self.pointer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Point where the mouse moves."""
        moves = event.type() is QEvent.Type.MouseMove and isinstance(event, QMouseEvent)
        if moves and isinstance(watched, QWidget) and isinstance(event, QMouseEvent):
            place = QPointF(watched.mapTo(self, event.position()))
            self.pointed.emit(place.x() / max(self.width(), 1), place.y() / max(self.height(), 1))
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Ask for what the key means."""
        wish = wish_of(event)
        if wish:
            self.wished.emit(wish)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Keep what lies over the content over it."""
        super().resizeEvent(event)
        self.pointer.setGeometry(self.rect())
        self.cover.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - a name of Qt
        """End the talk."""
        self.closing.emit()
        super().closeEvent(event)
