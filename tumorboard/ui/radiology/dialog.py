"""The radiology report: made from what was drawn and stated, changed by the reader, kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.report_text import Report, as_html
from tumorboard.language import _
from tumorboard.text import lines
from tumorboard.ui.radiology.linked_text import LinkedText
from tumorboard.ui.shell.parts import words

#: Most lines of difference that are shown.
_MOST = 8
#: The size that is wished for, and how much of a screen it may take (logical pixels, a share).
_WIDTH, _HEIGHT, _OF_SCREEN = 820, 820, 0.85
_NAME = _("Radiology report")


class RadiologyDialog(QDialog):
    """Shows the report; ``kept`` carries it when the dialog closes with another one than before.

    ``renewed`` tells that the reader has seen what changed since, and which text is right.
    ``followed`` carries where a sentence can be checked, once the dialog is out of the way, and
    ``left_at`` the line at which the reader was.
    """

    kept = Signal(str)
    renewed = Signal(str)
    followed = Signal(object)
    left_at = Signal(int)

    def __init__(
        self,
        text: str,
        made: Report,
        changes: Sequence[str],
        copying: Callable[[str, Callable[[str], None]], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_NAME)
        room = self.screen().availableGeometry()
        self.resize(
            min(_WIDTH, round(_OF_SCREEN * room.width())),
            min(_HEIGHT, round(_OF_SCREEN * room.height())),
        )
        self._before, self._made, self._copying = text, made, copying
        self.field = LinkedText(made, _NAME)
        self.field.setPlainText(text)
        self.field.followed.connect(self._follow)
        self.field.cursorPositionChanged.connect(self._show_place)
        self.note = self._note(changes)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        about = _(
            "Made from what was drawn and stated; change it as you read. It is kept. "
            "A click on an arrow shows what its line rests on."
        )
        layout.addWidget(words(about, "dim"))
        layout.addWidget(self.note)
        layout.addWidget(self.field, 1)
        layout.addLayout(self._buttons())
        self.field.setFocus()
        self._show_place()

    def _buttons(self) -> QHBoxLayout:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        self.copy = QPushButton(_("Copy report"))
        self.copy.setToolTip(
            _("To the clipboard, as text and HTML; the patient's name is left out")
        )
        self.copy.clicked.connect(self._copy)
        self.again = QPushButton(_("Write anew"))
        self.again.setToolTip(_("From what is drawn and stated now; Ctrl+Z brings the text back"))
        self.again.clicked.connect(self.write_anew)
        self.place = QPushButton(_("Show place"))
        self.place.setToolTip(_("What the line of the cursor rests on (Ctrl+Return)"))
        self.place.clicked.connect(self.field.follow_here)
        row = QHBoxLayout()
        for button in (self.again, self.copy, self.place):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(buttons)
        return row

    def _note(self, changes: Sequence[str]) -> QWidget:
        """Return what changed since the text was made, with the two ways to go on.

        ``changes`` are a sentence and the lines that it speaks of.
        """
        box = QFrame()
        box.setProperty("role", "footer")
        layout = QVBoxLayout(box)
        said, shown = "".join(changes[:1]), [*changes[1 : 1 + _MOST]]
        if len(changes) > 1 + _MOST:
            shown.append(_("and {count} more", count=len(changes) - 1 - _MOST))
        layout.addWidget(words(said))
        layout.addWidget(words("\n".join(shown), "dim"))
        self.mine = QPushButton(_("My text holds"))
        self.mine.setAutoDefault(False)
        self.mine.clicked.connect(lambda: self._settle(self.field.toPlainText()))
        row = QHBoxLayout()
        row.addWidget(self.mine)
        row.addStretch(1)
        layout.addLayout(row)
        box.setVisible(bool(changes))
        return box

    def write_anew(self) -> None:
        """Put the text as it would be made now; one step of the field's own undo."""
        cursor = self.field.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(self._made.text)
        self._settle(self._made.text)

    def _settle(self, text: str) -> None:
        self._before = text
        self.note.hide()
        self.renewed.emit(text)

    def _copy(self) -> None:
        """Have the text made fit to be told, which may ask something, and copy what comes of it."""
        self._copying(lines(self.field.toPlainText()), self._take)

    def _take(self, text: str) -> None:
        data = QMimeData()
        data.setText(text)
        data.setData("text/html", as_html(text, self._made.titles).encode())  # escaped
        QGuiApplication.clipboard().setMimeData(data)

    def _show_place(self) -> None:
        origin = self.field.origin_here
        self.place.setEnabled(origin is not None)
        self.place.setText(
            _("Show {what}", what=origin.words) if origin is not None else _("Show place")
        )

    def _follow(self, origin: object) -> None:
        """Get out of the way, keeping what was typed, and let the place be shown."""
        self.close()
        self.followed.emit(origin)

    def done(self, result: int) -> None:
        """Keep what was typed."""
        text = self.field.toPlainText()
        if text != self._before:
            self._before = text
            self.kept.emit(text)
        self.left_at.emit(self.field.textCursor().blockNumber())
        super().done(result)
