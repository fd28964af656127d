"""Opens and closes the second window, and keeps how it stood on each arrangement of screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QScreen

from tumorboard.app.case_change import SERIES
from tumorboard.app.layouts import SECOND
from tumorboard.app.screens import KEPT, SecondWindow, arrangement, kept_in
from tumorboard.ui.second.window import SecondWindow as Window
from tumorboard.ui.shell.host import Feature

if TYPE_CHECKING:
    from tumorboard.case.model import Case
    from tumorboard.ui.shell.host import Host

_COMMAND = "screen.second"


class SecondFeature(Feature):
    """A second window of images beside the first: linked with it, laid out by itself."""

    families = frozenset({SERIES})

    def __init__(self, host: Host) -> None:
        self._host = host
        self.window: Window | None = None
        self._screens = ""
        self._stops = False
        #: Whether screens that come and go are heard of: a window that never ran hears of none.
        self._follows = False

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {_COMMAND: self.switch}

    def listen(self) -> None:
        """Follow the screens, and open the window where it was open last."""
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._screens_changed)
            application.screenRemoved.connect(self._screens_changed)
            self._follows = True
        self._host.room.display(0).volume_changed.connect(self._fill)
        self._screens = _arrangement()
        QTimer.singleShot(0, self._host.parent_widget, self._as_left)

    def show_case(self, case: Case | None) -> None:
        """Show series of another case."""
        del case
        self._fill()

    def stop(self) -> None:
        """Close the window; it opens again at the next start."""
        self._stops = True
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication) and self._follows:
            application.screenAdded.disconnect(self._screens_changed)
            application.screenRemoved.disconnect(self._screens_changed)
        self._follows = False
        self.close()

    def close(self) -> None:
        """Close the window where it is open."""
        if self.window is not None:
            self.window.close()

    def hide_in_talk(self, talking: bool) -> None:
        """Be away while a talk runs: its screen may be that of the audience."""
        if self.window is not None:
            self.window.setVisible(not talking)

    # -- open and shut -------------------------------------------------------------------

    def switch(self) -> None:
        """Open the window, or close it."""
        if self.window is None:
            self._open()
        else:
            self.window.close()
        self._keep(is_open=self.window is not None)

    def _open(self) -> None:
        host = self._host
        kept = self._kept
        self.window = window = Window(
            host.room, kept.layout, host.actions.values(), host.parent_widget
        )
        host.views.beside = window.views
        window.closed.connect(self._closed)
        window.views.series_dropped.connect(host.images.show)
        window.views.layout_changed.connect(lambda: self._keep(is_open=True))
        window.views.layout_changed.connect(host.views.layout_changed)  # who watches views looks
        host.views.layout_changed.emit()
        screen, home = self._screen(kept.screen), host.parent_widget.screen()
        window.fill(screen, shared=screen is home)
        host.actions[_COMMAND].setChecked(True)
        self._fill()

    def _closed(self) -> None:
        host = self._host
        self.window = host.views.beside = None
        host.room.keep_displays(0, SECOND)
        host.views.layout_changed.emit()
        if not self._stops:
            host.actions[_COMMAND].setChecked(False)
            self._keep(is_open=False)

    def _screen(self, wanted: str) -> QScreen:
        """Return the screen for the window: as it was, else one without the first window."""
        home = self._host.parent_widget.screen()
        screens = QGuiApplication.screens()
        named = [s for s in screens if s.name() == wanted]
        others = [s for s in screens if s is not home]
        return (named or others or [home])[0]

    def _fill(self) -> None:
        """Show further series of the case, or the first one again where there is no other."""
        host = self._host
        if self.window is None or host.case is None or host.room.display(0).volume is None:
            return
        shape = self.window.views.shape
        host.images.fill(shape.displays, SECOND)
        keys = host.images.shown_keys
        if host.room.display(SECOND).volume is None and 0 in keys:
            host.images.show(keys[0], SECOND)
        host.room.set_linked(linked=host.room.linked)  # what came goes where the reader is

    # -- screens -------------------------------------------------------------------------

    @property
    def _kept(self) -> SecondWindow:
        return kept_in(self._host.settings.table(KEPT), self._screens)

    def _keep(self, *, is_open: bool) -> None:
        window, host = self.window, self._host
        kept = replace(self._kept, is_open=is_open)
        if window is not None:
            kept = replace(kept, layout=window.views.shape.name, screen=window.screen().name())
        table = host.settings.table(KEPT)
        if table.get(self._screens) != kept.text:
            host.attempt(lambda: host.settings.set(KEPT, {**table, self._screens: kept.text}))

    def _as_left(self) -> None:
        """Open the window where it was open on these screens; a lone screen stays whole."""
        if self.window is None and self._kept.is_open and len(QGuiApplication.screens()) > 1:
            self._open()

    def _screens_changed(self, screen: QScreen) -> None:
        """Close with the screen that went; open as it was where these screens stood before."""
        gone = screen if screen not in QGuiApplication.screens() else None
        if self.window is not None and (gone is None or self.window.screen() is screen):
            self._stops = True  # what is kept of the screens as they were stays
            self.window.close()
            self._stops = False
            self._host.actions[_COMMAND].setChecked(False)
        self._screens = _arrangement()
        self._as_left()


def _arrangement() -> str:
    areas = ((s.name(), s.geometry()) for s in QGuiApplication.screens())
    return arrangement((name, a.x(), a.y(), a.width(), a.height()) for name, a in areas)
