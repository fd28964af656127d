"""Goes round all that the window can show: panels, pages, dialogs, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QWidget,
)

from tests.ui.desk import Desk
from tumorboard.ui.shell.parts import Fold

#: Commands that show a page or strip in the window, and the one that takes it away again.
PAGES = (
    ("meeting.page", "meeting.page"),
    ("meeting.figures", "meeting.figures"),
    ("case.timeline", "case.timeline"),
    ("layout.vessel", "layout.planes"),
    ("layout.compare", "layout.planes"),
)
#: Commands that open a dialog without more being asked.
DIALOGS = (
    *("case.question", "case.author", "edit.preferences", "help.palette", "help.keys"),
    *("help.about", "layout.protocols", "case.radiology", "case.event", "institution.settings"),
    *("institution.guidelines", "case.new", "series.part", "file.print", "meeting.new"),
    *("file.bundle", "view.tags", "edit.measurements", "case.read"),
)


def rounds(desk: Desk, *, folds: bool = False) -> Iterator[tuple[str, QWidget]]:
    """Show each place and yield its name with the window that holds it.

    ``folds`` opens what can be opened. No case is open afterwards.
    """
    window = desk.window
    for n in range(window.tabs.count()):
        window.tabs.setCurrentIndex(n)
        at_rest(desk)
        if folds:
            for fold in window.tabs.widget(n).findChildren(Fold):
                fold.open()
            at_rest(desk)
        yield window.tabs.tabText(n), window
    for page in (window.show_outlines, window.show_vessels):
        page()
        at_rest(desk)
        yield page.__name__, window
    for there, back in PAGES:
        window.actions_by_name[there].trigger()
        at_rest(desk)
        yield there, window
        window.actions_by_name[back].trigger()
        at_rest(desk)
    for name in DIALOGS:
        action = window.actions_by_name[name]
        if not action.isEnabled():
            continue
        action.trigger()
        at_rest(desk)
        for top in opened(window):
            yield name, top
        for top in opened(window):
            top.close()
        desk.let_go()
    second = window.actions_by_name["screen.second"]
    second.trigger()
    at_rest(desk)
    yield "screen.second", window.features.second.window
    second.trigger()
    desk.let_go()
    # The last one: what can be begun without a case.
    window.actions_by_name["file.close"].trigger()
    at_rest(desk)
    yield "file.close", window


def at_rest(desk: Desk) -> None:
    """Let work end, and what was laid out anew be painted."""
    desk.settle()
    for _ in range(5):
        QApplication.processEvents()


def opened(window: QWidget) -> list[QWidget]:
    """Return the dialogs that are open."""
    tops = QApplication.topLevelWidgets()
    return [
        w
        for w in tops
        if w is not window
        and w.isVisible()
        and isinstance(w, QDialog)
        and not isinstance(w, QFileDialog)
    ]


def reached_by_tab(root: QWidget) -> list[QWidget]:
    """Return the widgets in sight that take the focus by the Tab key.

    The field inside a spin box or an editable choice is that box itself; an area that scrolls
    and has other widgets inside takes the focus to be scrolled.
    """
    return [
        w
        for w in (root, *root.findChildren(QWidget))
        if w.isVisible()
        and w.isEnabled()
        and w.window() is root
        and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and w.focusProxy() is None
        and not isinstance(w.parentWidget(), QAbstractSpinBox | QComboBox)
    ]


def in_sight(widget: QWidget) -> bool:
    """Whether something of a widget can be seen without scrolling."""
    return not widget.visibleRegion().isEmpty()


def called(widget: QWidget) -> str:
    """Return what tells a widget in the message of a test."""
    module = type(widget).__module__.rpartition(".")[2]
    role = widget.property("role") or ""
    return f"{module}.{type(widget).__name__}[{role}] {widget.accessibleName()!r}"
