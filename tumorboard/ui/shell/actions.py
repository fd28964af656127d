"""Actions from the table of commands: menus and keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

from tumorboard.app.commands import COMMANDS, Command
from tumorboard.app.menus import MENUS
from tumorboard.app.tool_groups import BUTTONS
from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.icons import icon
from tumorboard.ui.shell.text_widgets import key_words

#: Keys that a view or a field handles itself while it has the focus.
_VIEW_ONLY = ("view.overlays", "view.next", "view.maximise", "view.copy", "edit.delete")


def build_actions(
    window: QWidget, views: QWidget, handlers: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """Return one action per command that has a handler; keys work at once.

    Commands of `_VIEW_ONLY` have keys that mean something else in forms and lists, so
    theirs work only while an image view has the focus.
    """
    actions = {}
    for entry in COMMANDS:
        if entry.name in handlers:
            home = views if entry.name in _VIEW_ONLY else window
            action = _action(home, entry, handlers[entry.name])
            if home is views:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            actions[entry.name] = action
    group = QActionGroup(window)
    for name, action in actions.items():
        if name.startswith("tool."):
            group.addAction(action)
    return actions


def _action(home: QWidget, entry: Command, handler: Callable[[], object]) -> QAction:
    action = QAction(entry.label, home)
    button = BUTTONS.get(entry.name)
    if button is not None:
        action.setIconText(button.word)
        action.setIcon(icon(button.icon))
        action.setIconVisibleInMenu(False)
    action.setCheckable(entry.checkable)
    action.setShortcuts([QKeySequence(key) for key in entry.keys])
    keys = ", ".join(key.toString() for key in action.shortcuts())
    action.setToolTip(tip(f"{entry.label} ({keys})" if keys else entry.label))
    action.triggered.connect(lambda _checked=False: handler())
    home.addAction(action)
    return action


def set_keys(actions: Mapping[str, QAction], keys: Mapping[str, tuple[str, ...]]) -> None:
    """Give the actions these keys; of two that share one, the first in the table keeps it."""
    taken: set[str] = set()
    for name, action in actions.items():
        free = [key for key in keys[name] if key not in taken]
        taken.update(free)
        action.setShortcuts([QKeySequence(key) for key in free])
        shown = ", ".join(key_words(key) for key in free)
        label = action.text()
        action.setToolTip(tip(f"{label} ({shown})" if shown else label))


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> None:
    """Put the actions into menus, grouped by separators and submenus."""
    for title, sections in MENUS.items():
        menu = bar.addMenu(_(title))
        for section in sections:
            menu.addSeparator()  # none is shown before the first
            for entry in section:
                if isinstance(entry, str):
                    menu.addAction(actions[entry])
                else:
                    menu.addMenu(_(entry.title)).addActions([actions[name] for name in entry.names])
