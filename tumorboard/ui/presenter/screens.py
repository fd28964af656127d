"""The screens that there are, and on which of them the two windows of a talk stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Place:
    """A screen: its name and where it lies (logical pixels)."""

    name: str
    area: QRect


@dataclass(frozen=True)
class Seats:
    """Where the windows stand; None where a window has no screen."""

    audience: Place | None
    presenter: Place | None


class Screens(QObject):
    """Tells of the screens of this computer, and when they come and go."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(lambda _screen: self.changed.emit())
            application.screenRemoved.connect(self._removed)
        self._going: QScreen | None = None

    def places(self) -> list[Place]:
        """Return the screens, the primary one first."""
        found = [screen for screen in QGuiApplication.screens() if screen is not self._going]
        return [Place(screen.name(), screen.geometry()) for screen in found]

    def of(self, widget: QWidget) -> str:
        """Return the name of the screen on which a window stands."""
        return widget.screen().name()

    def seat(self, window: QWidget, place: Place) -> None:
        """Let a window fill a screen; it is shown."""
        screens = (s for s in QGuiApplication.screens() if s.name() == place.name)
        screen = next(screens, None)
        if screen is not None:
            window.winId()  # the window of the system, which has the screen
            window.setScreen(screen)
        window.setGeometry(place.area)
        window.showFullScreen()
        if window.geometry() != place.area:
            window.setGeometry(place.area)

    def _removed(self, screen: QScreen) -> None:
        """Tell of a screen that is going; it may still be listed."""
        self._going = screen
        self.changed.emit()
        self._going = None


def seats(places: Sequence[Place], wanted: str, home: str, *, before: Seats | None = None) -> Seats:
    """Return where the windows stand.

    ``wanted`` is the screen chosen for the audience, ``home`` that of the main window, from
    which the presenter talks. With one screen the audience has it; unless it was the
    presenter's ``before``: a talk goes on where the presenter is when the other one is gone.
    """
    if not places:
        return Seats(None, None)
    if len(places) == 1:
        held = None if before is None or before.presenter is None else before.presenter.name
        if held == places[0].name:
            return Seats(None, places[0])
        return Seats(places[0], None)
    named = {place.name: place for place in places}
    others = [place for place in places if place.name != home]
    audience = named.get(wanted) or (others or list(places))[-1 if not others else 0]
    rest = [place for place in places if place is not audience]
    presenter = next((p for p in rest if p.name == home), rest[0])
    return Seats(audience, presenter)
