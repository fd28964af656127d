"""Goes round the window by keys: from control to control by Tab, from part to part by another.

Tab stays among the images once one has the focus, so that the key for parts leads out of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from tumorboard.ui.shell.frame import WindowFrame
from tumorboard.ui.shell.host import Feature


class PartRound(Feature):
    """Gives the focus on, in the order in which one reads: part by part, each from its top."""

    def __init__(self, window: WindowFrame) -> None:
        self._window = window

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each of its commands does."""
        return {
            "screen.next_part": partial(self.step_part, 1),
            "screen.previous_part": partial(self.step_part, -1),
        }

    def listen(self) -> None:
        """Decide where Tab leads."""
        window = self._window
        window.next_stop = self.next_stop
        window.views.further = window.vessel_page.canvases
        for canvas in window.vessel_page.canvases:
            canvas.addAction(window.actions_by_name["view.next"])

    def step_part(self, by: int) -> None:
        """Give the focus to the first control of the part that is so many further on."""
        parts = self._parts()
        if parts:
            here = self._place(parts)
            start = here if here >= 0 else (-1 if by > 0 else 0)
            _give(parts[(start + by) % len(parts)][0], forward=True)

    def next_stop(self, forward: bool) -> bool:
        """Give the focus to the next control or the one before; False where there is none."""
        parts = self._parts()
        here = self._place(parts)
        if here < 0:
            return False
        stops, focus = parts[here], _focus_of(self._window)
        there = stops.index(focus) + (1 if forward else -1) if focus in stops else len(stops)
        if 0 <= there < len(stops):
            _give(stops[there], forward=forward)
        else:
            beside = parts[(here + (1 if forward else -1)) % len(parts)]
            _give(beside[0 if forward else -1], forward=forward)
        return True

    def _place(self, parts: Sequence[Sequence[QWidget]]) -> int:
        """Return the number of the part that has the focus, -1 for none."""
        focus = _focus_of(self._window)
        if focus is None:
            return -1
        for number, stops in enumerate(parts):
            if any(stop is focus or stop.isAncestorOf(focus) for stop in stops):
                return number
        inside = [part.isAncestorOf(focus) for part in self._shown()]
        return inside.index(True) if True in inside else -1

    def _shown(self) -> list[QWidget]:
        """Return the parts that are shown and have something that takes the focus."""
        return [part for part in self._all_parts() if part.isVisible() and self._stops(part)]

    def _parts(self) -> list[list[QWidget]]:
        """Return what takes the focus in each part, in order."""
        return [self._stops(part) for part in self._shown()]

    def _all_parts(self) -> Iterator[QWidget]:
        window = self._window
        page = window.stack.currentWidget()
        yield from (window.header, window.tool_bar, window.rail, window.worklist)
        if window.stack.currentIndex() != 0 and page is not None:
            yield page
        else:
            # While no case is open the ways to begin lie over the images.
            yield window.views if window.start.isHidden() else window.start
            yield from (window.vessel_page, window.key_room)
            yield from (strip for strip in window.strips if strip.isVisible())
        yield from (window.tabs, window.handle, window.status)

    def _stops(self, part: QWidget) -> list[QWidget]:
        """Return what takes the focus by Tab in a part: of the images the view in use."""
        if part is self._window.views:
            return [self._window.views.active_view()]
        found = {id(w): w for w in (part, *part.findChildren(QWidget)) if _takes_focus(w)}
        ordered: list[QWidget] = []
        widget: QWidget | None = part
        for _ in range(len(self._window.findChildren(QWidget)) + 1):
            if id(widget) in found:
                ordered.append(found.pop(id(widget)))
            if not found or widget is None:
                break
            widget = widget.nextInFocusChain()
        return _columns_in_order(ordered)


def _focus_of(window: QWidget) -> QWidget | None:
    return window.focusWidget()  # None where nothing ever had it, whatever its type says


def _give(widget: QWidget, *, forward: bool) -> None:
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    widget.setFocus(reason)


def _takes_focus(widget: QWidget) -> bool:
    by_tab = (widget.focusPolicy() & Qt.FocusPolicy.TabFocus) == Qt.FocusPolicy.TabFocus
    return by_tab and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None


def _columns_in_order(stops: Sequence[QWidget]) -> list[QWidget]:
    """Order what lies in a scrolled column from its top on; rows of it are built in any order."""
    columns: dict[int, list[QWidget]] = {}
    homes = [_column_of(stop) for stop in stops]
    for stop, home in zip(stops, homes, strict=True):
        columns.setdefault(id(home), []).append(stop)
    ordered: list[QWidget] = []
    for column in dict.fromkeys(map(id, homes)):
        inside = columns[column]
        ordered += inside if column == id(None) else _by_rows(inside)
    return ordered


def _column_of(widget: QWidget) -> QWidget | None:
    """Return the area that scrolls a widget, None where nothing does."""
    home = widget.parentWidget()
    while home is not None and not isinstance(home, QScrollArea):
        home = home.parentWidget()
    return home


def _by_rows(stops: Sequence[QWidget]) -> list[QWidget]:
    """Order widgets by rows from the top, each row from the left."""
    boxes = {id(w): QRect(w.mapTo(w.window(), QPoint(0, 0)), w.size()) for w in stops}
    rows: list[list[QWidget]] = []
    for stop in sorted(stops, key=lambda w: boxes[id(w)].center().y()):
        box = boxes[id(stop)]
        if rows and box.center().y() <= boxes[id(rows[-1][0])].bottom():
            rows[-1].append(stop)
        else:
            rows.append([stop])
    return [stop for row in rows for stop in sorted(row, key=lambda w: boxes[id(w)].x())]
