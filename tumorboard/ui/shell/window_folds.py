"""Folds parts of the window away for the images, and remembers how the reader wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from tumorboard.app.case_change import SERIES
from tumorboard.app.window_state import (
    WIDE_FOR_LIST,
    WIDE_FOR_PANEL,
    Part,
    Room,
    WindowState,
    as_table,
    from_table,
)
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.theme import scaled

if TYPE_CHECKING:
    from tumorboard.ui.shell.frame import WindowFrame
    from tumorboard.ui.shell.host import Host

_KEPT = "window.state"
#: The width (px) of each side until the reader drags it; the panel has more in a wide window.
_LIST_PX, _PANEL_PX, _WIDE_PANEL_PX = 240, 336, 448


class WindowFolds(QObject, Feature):
    """Shows and folds the parts of a window, by keys, by handles and by the room there is.

    ``cancel`` is what Esc does before it leaves full screen, unless ``stops_first`` had
    something to stop.
    """

    families = frozenset({SERIES})

    def __init__(
        self,
        host: Host,
        window: WindowFrame,
        cancel: Callable[[], None],
        stops_first: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._host, self._window, self._cancel = host, window, cancel
        self._stops_first = stops_first
        self.state = from_table(host.settings.table(_KEPT))
        #: Which parts stand open.
        self.shown = dict.fromkeys(Part, True)
        self._laid: tuple[bool, ...] = ()
        self._case = ""

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each of its commands does."""
        table: dict[str, Callable[[], object]] = {
            f"screen.{part.value}": partial(self.toggle, part) for part in Part
        }
        return {**table, "screen.full": self.toggle_full, "cancel": self.cancel}

    def listen(self) -> None:
        """Follow the window, its handles and what it is asked to bring."""
        window = self._window
        window.resized.connect(self._resized)
        window.state_changed.connect(self._state_changed)
        window.restyled.connect(self.show)
        window.part_wanted.connect(self.bring)
        window.rail.wanted.connect(self._open_list)
        window.handle.clicked.connect(partial(self.toggle, Part.PANEL))
        window.stack.currentChanged.connect(lambda _page: self._turn_page())
        names = [window.tabs.tabText(n) for n in range(window.tabs.count())]
        if self.state.tab in names:
            window.tabs.setCurrentIndex(names.index(self.state.tab))
        window.across.splitterMoved.connect(lambda _place, _handle: self._dragged())
        self.show()

    def show_case(self, case: Case | None) -> None:
        """Fold what was shown for the case before."""
        uid = case.uid if case is not None else ""
        if uid != self._case:
            self._case = uid
            self._become(self.state.settled())
            if self._have_focus((self._window.tool_bar,)):  # where a window begins
                self._window.views.active_view().setFocus(Qt.FocusReason.OtherFocusReason)

    # -- folding -------------------------------------------------------------------------

    @property
    def room(self) -> Room:
        """The room that the window has."""
        size = self._window.size()
        is_page = self._window.stack.currentIndex() != 0
        if is_page and size.width() < scaled(WIDE_FOR_PANEL):
            is_page = False  # a page needs all of so narrow a window as images do
        images = self._host.case is not None and not is_page
        return Room(size.width(), size.height(), has_images=images)

    def toggle(self, part: Part) -> None:
        """Fold a part that stands open, or the other way round."""
        self._become(self.state.toggled(part, self.room), keep=True)

    def bring(self, part: Part) -> None:
        """Show a part that something is asked of."""
        self._become(self.state.bringing(part, self.room))

    def toggle_full(self) -> None:
        """Give the images the whole screen, or put everything back."""
        full = not self.state.full
        window = self._window
        if full:
            self.state = replace(self.state, maximised=window.isMaximized())
        self._become(self.state.in_full(full=full), keep=True)
        if full:
            window.showFullScreen()
        elif self.state.maximised:
            window.showMaximized()
        else:
            window.showNormal()

    def cancel(self) -> None:
        """Do what Esc does; with nothing to cancel leave full screen."""
        room, window = self._host.room, self._window
        if self._stops_first():
            return
        is_page = window.stack.currentIndex() != 0
        busy = room.is_drawing or room.tool is not None or room.hand is not room.hands_of_mouse.left
        said = not window.notice.isHidden()
        self._cancel()
        if self.state.full and not (busy or is_page or said):
            self.toggle_full()

    def show(self) -> None:
        """Show and fold the parts by the state and the room there is."""
        shown = {part: self.state.shows(part, self.room) for part in Part}
        wanted = (*shown.values(), self.state.full)
        self.shown = shown
        if wanted != self._laid:
            self._laid = wanted
            self._lay()
        for part, on in shown.items():
            self._host.actions[f"screen.{part.value}"].setChecked(on)
        self._host.actions["screen.full"].setChecked(self.state.full)

    def _turn_page(self) -> None:
        """Lay anew: a page without images has no panel, and the cases are what it is about."""
        self._laid = ()
        self.show()

    def _resized(self) -> None:
        """Look again: there is more room, or less."""
        self.show()
        self._widen()

    def _state_changed(self) -> None:
        """Follow a window that left full screen by itself, or was brought there."""
        full = self._window.isFullScreen()
        if self._window.isVisible() and full is not self.state.full:
            self._become(self.state.in_full(full=full))

    def _become(self, state: WindowState, *, keep: bool = False) -> None:
        self.state = state
        self.show()
        if keep:
            self.keep()

    def _open_list(self, place: str) -> None:
        self.toggle(Part.LIST)
        worklist = self._window.worklist
        if place:
            (worklist.cases if place == "cases" else worklist.series).setFocus()

    # -- the widgets ---------------------------------------------------------------------

    def _lay(self) -> None:
        """Show the widgets of what stands open, and handles of what does not."""
        window, shown, full = self._window, self.shown, self.state.full
        images = window.stack.currentIndex() == 0
        panel = images and shown[Part.PANEL]
        parts = (
            (window.header, not full),
            (window.tool_bar, shown[Part.TOOLS]),
            (window.worklist, shown[Part.LIST]),
            (window.rail, not shown[Part.LIST] and not full),
            (window.tabs, panel),
            (window.handle, images and not panel and not full),
            (window.key_room, shown[Part.KEY_IMAGES]),
        )
        loses = self._have_focus(widget for widget, on in parts if not on)
        for widget, on in parts:
            widget.setVisible(on)
        if images and loses:
            window.views.active_view().setFocus(Qt.FocusReason.OtherFocusReason)
        self._widen()
        window.notice.lay()

    def _have_focus(self, widgets: Iterable[QWidget]) -> bool:
        """Whether the keys go to one of these, or will when the window is active again."""
        focus = _focus_of(self._window)
        return focus is not None and any(w.isAncestorOf(focus) for w in widgets)

    def _widen(self) -> None:
        """Give the sides their widths, the images what is left."""
        window, across = self._window, self._window.across
        panel = _WIDE_PANEL_PX if window.width() >= WIDE_FOR_LIST else _PANEL_PX
        # Large letters take room, but the images keep the greater part.
        most = {Part.LIST: window.width() * 3 // 10, Part.PANEL: window.width() * 9 // 20}
        usual = {
            part: max(pixels, min(scaled(pixels), most[part]))
            for part, pixels in ((Part.LIST, _LIST_PX), (Part.PANEL, panel))
        }
        wanted = {**usual, **self.state.widths}
        held = sum(wanted[part] for part in self._open_sides())
        middle = max(across.width() - held, 1)
        across.setSizes([wanted[Part.LIST], middle, wanted[Part.PANEL]])

    def _open_sides(self) -> dict[Part, QWidget]:
        window = self._window
        sides = ((Part.LIST, window.worklist), (Part.PANEL, window.tabs))
        return {part: side for part, side in sides if not side.isHidden()}

    def _dragged(self) -> None:
        """Keep the widths that the reader gave the sides."""
        widths = {part: side.width() for part, side in self._open_sides().items()}
        self.state = replace(self.state, widths={**self.state.widths, **widths})

    def keep(self) -> None:
        """Write down how the window stands; where that cannot be done it stands so all the same."""
        table = as_table(self.state)
        settings = self._host.settings
        if table != settings.table(_KEPT):
            try:
                settings.set(_KEPT, table)
            except UserError as error:
                self._host.say(str(error), state="warning")


def _focus_of(window: QWidget) -> QWidget | None:
    return window.focusWidget()  # None where nothing ever had it, whatever its type says
