"""The two windows of a talk and the screens that they stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from tumorboard.app.settings import Settings
from tumorboard.ui.presenter.audience import AudienceWindow
from tumorboard.ui.presenter.pointer import Trail
from tumorboard.ui.presenter.presenter_window import PresenterWindow
from tumorboard.ui.presenter.screens import Screens, Seats, seats

if TYPE_CHECKING:
    from tumorboard.ui.presenter.stage import Stage

_TRAIL_S: Final = 0.7


class Windows(QObject):
    """The window of the audience and that of the presenter.

    ``lost`` tells that the screen of the audience went, ``found`` that it is back, ``seated``
    that the windows have their screens.
    """

    lost = Signal()
    found = Signal()
    seated = Signal()

    def __init__(self, stage: Stage, settings: Settings, screens: Screens, home: QWidget) -> None:
        super().__init__(stage)
        self._settings = settings
        self._screens = screens
        self._home = home
        self._seats: Seats | None = None
        self._is_lost = False
        self._is_aside = False
        seconds = settings["presenting.trail_seconds"]
        self.trail = Trail(float(seconds) if isinstance(seconds, int | float) else _TRAIL_S)
        self.audience = AudienceWindow(stage, self.trail)
        self.content = self.audience.content
        self.content.set_column(on=bool(settings["presenting.column"]))
        notes_px = settings.integer("presenting.notes_px")
        self.presenter = PresenterWindow(self.content, self.trail, notes_px)
        self.mirror = self.presenter.mirror
        self.presenter.buttons["column"].setChecked(self.content.with_column)
        self.audience.pointed.connect(self.point)
        self.mirror.pointed.connect(self.point)
        self.content.resized.connect(self.mirror.refresh)
        stage.room.painted.connect(self.mirror.refresh)
        stage.trouble.connect(self.presenter.say)
        screens.changed.connect(self.seat)

    def seat(self) -> None:
        """Give the windows their screens; called again when screens come and go."""
        wanted, home = str(self._settings["presenting.screen"]), self._screens.of(self._home)
        before = self._seats
        self._is_aside = False
        now = self._seats = seats(self._screens.places(), wanted, home, before=before)
        for window, place in ((self.audience, now.audience), (self.presenter, now.presenter)):
            if place is None:
                window.hide()
            else:
                self._screens.seat(window, place)
        front = self.audience if now.presenter is None else self.presenter
        front.activateWindow()
        front.setFocus()
        if now.audience is None and before is not None and before.audience is not None:
            self._is_lost = True
            self.lost.emit()
        elif now.audience is not None and self._is_lost:
            self._is_lost = False
            self.found.emit()
        self.seated.emit()

    @property
    def is_alone(self) -> bool:
        """Whether the audience has the only screen, and the presenter none."""
        return self._seats is not None and self._seats.presenter is None

    @property
    def is_aside(self) -> bool:
        """Whether the presenter's window stands before that of the audience, on one screen."""
        return self._is_aside

    def set_aside(self, *, on: bool) -> None:
        """Let the presenter's window come before that of the audience, or go again."""
        place = self._seats.audience if self._seats is not None else None
        if on == self._is_aside or place is None:
            return
        self._is_aside = on
        if on:
            self._screens.seat(self.presenter, place)
            self.presenter.raise_()
        else:
            self.presenter.hide()
        front = self.presenter if on else self.audience
        front.activateWindow()
        front.setFocus()

    @property
    def is_lost(self) -> bool:
        """Whether the screen of the audience is gone."""
        return self._is_lost

    def point(self, x: float, y: float) -> None:
        """Point at a place of both windows, while the pointer of light is on."""
        if self.audience.has_light:
            self.trail.add(x, y)
            self.audience.pointer.moved()
            self.mirror.update()

    def set_light(self, *, on: bool) -> None:
        """Switch the pointer of light on or off."""
        if on != self.audience.has_light:
            self.trail.clear()
            self.audience.set_light(on=on)
            self.mirror.update()

    def switch_column(self) -> None:
        """Show facts beside the pictures, or give all room to these."""
        on = not self.content.with_column
        self.content.set_column(on=on)
        self.presenter.buttons["column"].setChecked(on)
        self.mirror.refresh()

    def close(self) -> None:
        """Close both for good."""
        self._screens.changed.disconnect(self.seat)
        self.presenter.stop()
        self.audience.pointer.stop()
        for window in (self.presenter, self.audience):
            window.blockSignals(True)
            window.close()
            window.deleteLater()
