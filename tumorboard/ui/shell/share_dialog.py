"""The one question before anything leaves the program: whether it may tell who a case is about."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.reports.identity import SWITCH, SWITCH_NOTE
from tumorboard.ui.shell.parts import words

_Button = QDialogButtonBox.StandardButton


class ShareDialog(QDialog):
    """Asks whether a file may tell who the cases are about; it may not unless asked for.

    ``note`` says what else is in the file, ``switch`` names one thing more that can be asked for.
    """

    wanted = Signal(bool)

    def __init__(self, title: str, parent: QWidget, note: str = "", switch: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self.identity = QCheckBox(SWITCH)
        self.more = QCheckBox(switch)
        buttons = QDialogButtonBox(_Button.Save | _Button.Cancel)
        buttons.button(_Button.Save).setText(_("Choose file…"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for widget in (
            *([words(note)] if note else []),
            self.identity,
            words(SWITCH_NOTE, "dim"),
            *([self.more] if switch else []),
            buttons,
        ):
            layout.addWidget(widget)
        self.accepted.connect(lambda: self.wanted.emit(self.identity.isChecked()))
        self.finished.connect(self.deleteLater)
