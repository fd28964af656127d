"""What the audience sees, small, in the presenter's window: the mouse works in it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from tumorboard.language import _
from tumorboard.ui.presenter.audience import Content
from tumorboard.ui.presenter.pointer import Trail, paint_trail
from tumorboard.ui.presenter.stage_curve import StageCurve
from tumorboard.ui.presenter.stage_view import StageView
from tumorboard.ui.shell.discreet import sized
from tumorboard.ui.timeline.strip import TimelineView
from tumorboard.ui.viewer.inks import colour

#: The picture is taken anew at most so often (ms): to paint the audience's window twice for
#: each movement would slow the scrolling there.
_PACE_MS: Final = 90
_BLANK: Final = _("The screen of the audience is blank. Press B to show it.")
_Worked = StageView | StageCurve | TimelineView


class Mirror(QWidget):
    """Shows the content of the audience's window and hands it the mouse.

    ``pointed`` carries a place as shares of width and height.
    """

    pointed = Signal(float, float)

    def __init__(self, content: Content, trail: Trail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._trail = trail
        self._picture = QPixmap()
        self._held: _Worked | None = None
        self._taking = False
        self.is_blank = False
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(_PACE_MS)
        self._pace.timeout.connect(self.take)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("What the audience sees"))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Stay large enough to work in."""
        return QSize(480, 270)

    def refresh(self) -> None:
        """Take the picture anew soon."""
        if not self._taking and not self._pace.isActive():
            self._pace.start()

    def take(self) -> None:
        """Take the picture now."""
        if self.isVisible():
            size = (self.box().size() * self.devicePixelRatioF()).toSize()
            self._taking = True  # the views are painted for this: no reason to take it anew
            whole = self._content.grab()
            self._taking = False
            smooth = Qt.TransformationMode.SmoothTransformation
            self._picture = whole.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._picture.setDevicePixelRatio(self.devicePixelRatioF())
            self.update()

    def stop(self) -> None:
        """Take no more pictures."""
        self._pace.stop()

    def set_blank(self, *, on: bool) -> None:
        """Say that the audience sees nothing."""
        self.is_blank = on
        self.update()

    def box(self) -> QRectF:
        """Return where the picture lies, in the shape of the audience's window."""
        width, height = max(self._content.width(), 1), max(self._content.height(), 1)
        share = min(self.width() / width, self.height() / height)
        size = (width * share, height * share)
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the picture with the pointer; dimmed while the audience sees nothing."""
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), colour("bg"))
            box = self.box()
            painter.setOpacity(0.35 if self.is_blank else 1.0)
            painter.drawPixmap(box.topLeft(), self._picture)
            painter.setOpacity(1.0)
            if self.is_blank:
                painter.setFont(sized(16, bold=True))
                painter.setPen(colour("text"))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(box, int(flags), _BLANK)
            paint_trail(painter, self._trail, box)
        finally:
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Take the picture in the new size."""
        super().resizeEvent(event)
        self.refresh()

    # -- the mouse ---------------------------------------------------------------------

    def there(self, place: QPointF) -> QPointF:
        """Return the place of the content that lies under a place of the mirror."""
        box = self.box()
        return QPointF(
            (place.x() - box.left()) / box.width() * self._content.width(),
            (place.y() - box.top()) / box.height() * self._content.height(),
        )

    def _under(self, place: QPointF) -> _Worked | None:
        found = self._content.childAt(self.there(place).toPoint())
        while found is not None and not isinstance(found, _Worked):
            found = found.parentWidget()
        return found

    def _hand_on(self, event: QMouseEvent) -> None:
        target = self._held or self._under(event.position())
        if target is None:
            return
        place = target.mapFrom(self._content, self.there(event.position()))
        handed = QMouseEvent(
            event.type(),
            place,
            QPointF(target.mapToGlobal(place)),
            event.button(),
            event.buttons(),
            event.modifiers(),
        )
        QApplication.sendEvent(target, handed)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Press there."""
        self._held = self._under(event.position())
        self._hand_on(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Let go there."""
        self._hand_on(event)
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Double click there."""
        self._hand_on(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Move there, and point."""
        self._hand_on(event)
        box, place = self.box(), event.position()
        if box.contains(place):
            x = (place.x() - box.left()) / box.width()
            self.pointed.emit(x, (place.y() - box.top()) / box.height())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - a name of Qt
        """Scroll there."""
        target = self._under(event.position())
        if target is None:
            return
        place = target.mapFrom(self._content, self.there(event.position()))
        handed = QWheelEvent(
            place,
            QPointF(target.mapToGlobal(place)),
            event.pixelDelta(),
            event.angleDelta(),
            event.buttons(),
            event.modifiers(),
            event.phase(),
            event.inverted(),
        )
        QApplication.sendEvent(target, handed)
        event.accept()
