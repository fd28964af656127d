"""Undo and redo: what is half drawn goes first, then the steps that are stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QApplication, QLineEdit

from tumorboard.app.edits import step_words
from tumorboard.language import N_, _, inside
from tumorboard.text import menu
from tumorboard.ui.shell.host import Feature

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_WAYS: Final = {"undo": N_("Undo"), "redo": N_("Redo")}
_WITH_STEP: Final = {"undo": N_("Undo: {step}"), "redo": N_("Redo: {step}")}
_HALF_DRAWN, _GROWING = _("Undo: the last point"), _("Undo: what is being grown")


class UndoFeature(Feature):
    """Takes back what the reader did last, wherever that is kept."""

    def __init__(self, host: Host, give_up: Callable[[], bool]) -> None:
        self._host = host
        self._give_up = give_up
        self._growing = False

    def listen(self) -> None:
        """Listen to the views: something half drawn can be taken back too."""
        self._host.room.half_drawn_changed.connect(self.show)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {f"edit.{way}": partial(self.travel, way) for way in _WAYS}

    def set_growing(self, growing: bool) -> None:
        """Say that growing began, which is the first to be taken back, or ended."""
        self._growing = growing
        self.show()

    def show(self) -> None:
        """Let the commands say what they would do."""
        host, session = self._host, self._host.session
        for way in _WAYS:
            label, action = getattr(session, f"{way}_label"), host.actions[f"edit.{way}"]
            words = _(_WITH_STEP[way], step=inside(step_words(label))) if label else ""
            if way == "undo" and host.room.is_half_drawn:
                words = _HALF_DRAWN
            elif way == "undo" and self._growing:
                words = _GROWING
            action.setEnabled(bool(words))
            action.setText(menu(words or _(_WAYS[way])))
            action.setIconText(_(_WAYS[way]))

    def travel(self, way: str) -> None:
        """Undo or redo: in a field that is being typed in, on the images, or in the case."""
        focus, host = QApplication.focusWidget(), self._host
        if isinstance(focus, QLineEdit) and focus.isModified():
            getattr(focus, way)()
        elif way == "undo" and self._give_up():
            pass  # what is being grown is not there yet
        elif not (way == "undo" and host.room.take_back()):
            host.attempt(getattr(host.session, way))
