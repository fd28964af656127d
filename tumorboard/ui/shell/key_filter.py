"""Applies the rule of the keys to the window: one filter, on whatever holds the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from tumorboard.app.commands import COMMANDS
from tumorboard.app.key_owner import (
    GIVES_MOVES,
    KEEPS_WHILE_SCROLLING,
    Owner,
    Page,
    key_owner,
    needs_images,
)
from tumorboard.ui.shell.key_stroke import command_named_by, focus_of, stroke_of
from tumorboard.ui.viewer.image_view import ImageView

if TYPE_CHECKING:
    from tumorboard.ui.shell.window import MainWindow

#: Keys that move among the pictures of a view.
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
_BY_NAME = {command.name: command for command in COMMANDS}


class KeyFilter(QObject):
    """Gives each key in the main window to who owns it (`tumorboard.app.key_owner`).

    It follows the focus. It also sees to three things that the rule rests on: buttons that the
    mouse presses do not keep the focus, images that are scrolled get it (or moved among by keys
    with the pointer over them), and commands of images rest on a page without images.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QWidget | None = None
        self._gives_back = False
        #: Where the pointer stood over each view when the focus came to where it is.
        self._pointers: dict[ImageView, QPointF | None] = {}
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)
        window.views.wheeled.connect(self._wheeled)
        for canvas in window.vessel_page.canvases:
            canvas.installEventFilter(self)
        window.stack.currentChanged.connect(self._show_page)

    @property
    def page(self) -> Page:
        """What stands in the middle of the window."""
        return Page.IMAGES if self._window.stack.currentIndex() == 0 else Page.MEETING

    def owner_of(self, event: QKeyEvent, widget: QWidget | None) -> Owner:
        """Return who gets a key while a widget has the focus."""
        name = command_named_by(event, self._window.actions_by_name)
        return key_owner(stroke_of(event), _BY_NAME.get(name), focus_of(widget), self.page)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Let a key through, or keep it from what has the focus."""
        kind = event.type()
        if kind is QEvent.Type.Wheel and isinstance(watched, QWidget):
            self._wheeled(watched)
        if watched is not self._watched or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return super().eventFilter(watched, event)
        pointed = self._pointed(event)
        if pointed is not None and pointed is not watched:
            event.accept()
            if kind is QEvent.Type.KeyPress:
                pointed.setFocus(Qt.FocusReason.MouseFocusReason)
                QApplication.sendEvent(pointed, event)
            return True
        owner = self.owner_of(event, self._watched)
        if owner is Owner.ANYBODY:
            return False
        if kind is QEvent.Type.ShortcutOverride:
            event.setAccepted(owner in (Owner.FIELD, Owner.NOBODY))  # else a command has it
            return True
        return owner is not Owner.FIELD  # what no command took means nothing here

    def _pointed(self, event: QKeyEvent) -> ImageView | None:
        """Return the view that the pointer was moved onto, when the key moves among pictures."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shifted = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if event.key() not in _MOVES or plain not in shifted or self.page is not Page.IMAGES:
            return None
        if focus_of(self._watched) not in GIVES_MOVES:
            return None
        for view in self._window.views.shown:
            if view.pointer is not None and view.pointer != self._pointers.get(view):
                return view
        return None

    # -- where the focus is ------------------------------------------------------------

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        left, self._watched = self._watched, None
        canvases = self._window.vessel_page.canvases  # their wheel is always looked at
        if left is not None and isValid(left) and left not in canvases:
            left.removeEventFilter(self)
        if new is None or new.window() is not self._window:
            return
        if _pressed_by_mouse(new) and not self._gives_back:
            self._give_back(old, new)
            return
        self._watched = new
        self._pointers = {view: view.pointer for view in self._window.views.views}
        new.installEventFilter(self)  # once, and before all others

    def _give_back(self, old: QWidget | None, new: QWidget) -> None:
        """Let a button that the mouse presses do its work without keeping the focus."""
        self._gives_back = True
        try:
            here = old is not None and isValid(old) and old.window() is self._window
            if old is not None and here and old.isVisible() and old.isEnabled():
                old.setFocus(Qt.FocusReason.OtherFocusReason)
            elif self.page is Page.IMAGES:
                self._window.views.active_view().setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                new.clearFocus()
        finally:
            self._gives_back = False

    def _wheeled(self, view: QWidget) -> None:
        """Give the keys to images that are scrolled, but not while free words are written."""
        if focus_of(QApplication.focusWidget()) not in KEEPS_WHILE_SCROLLING:
            self._window.facts.drop_keys()
            view.setFocus(Qt.FocusReason.MouseFocusReason)

    def _show_page(self) -> None:
        """Let commands of images rest where there are none."""
        on = self.page is Page.IMAGES
        for name, action in self._window.actions_by_name.items():
            if needs_images(_BY_NAME[name]):
                action.setEnabled(on)


def _pressed_by_mouse(widget: QWidget) -> bool:
    """Whether a widget that is no field got the focus by a button of the mouse."""
    if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
        return False
    fixed_box = isinstance(widget, QComboBox) and not widget.isEditable()
    return fixed_box or isinstance(widget, QAbstractButton | QAbstractSlider | QTabBar)
