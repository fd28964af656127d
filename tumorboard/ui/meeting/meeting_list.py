"""The list of meetings: what comes first, what was below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from tumorboard.case.meeting import Meeting
from tumorboard.language import _
from tumorboard.ui.meeting.rows import meeting_lines
from tumorboard.ui.shell.parts import ElidedLabel

_UID = Qt.ItemDataRole.UserRole


class MeetingList(QListWidget):
    """``chosen`` carries the UID of a meeting."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Meetings"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSpacing(1)
        self._shown: tuple[Meeting, ...] = ()
        self.currentItemChanged.connect(lambda item, _old: self._chosen(item))

    @property
    def uids(self) -> tuple[str, ...]:
        """The meetings as they are listed."""
        return tuple(meeting.uid for meeting in self._shown)

    def show_meetings(self, meetings: Sequence[Meeting], current: str, today: date) -> None:
        """List meetings, the latest first, with one marked."""
        with QSignalBlocker(self):
            if tuple(meetings) != self._shown:
                self._shown = tuple(meetings)
                self.clear()
                for meeting in meetings:
                    name, detail = meeting_lines(meeting, today)
                    item = QListWidgetItem()
                    item.setData(_UID, meeting.uid)
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {detail}")
                    texts = QWidget()
                    texts.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
                    column = QVBoxLayout(texts)
                    column.setContentsMargins(8, 5, 8, 5)
                    column.setSpacing(1)
                    column.addWidget(ElidedLabel(name))
                    column.addWidget(ElidedLabel(detail, "dim"))
                    item.setSizeHint(QSize(10, texts.sizeHint().height()))
                    self.addItem(item)
                    self.setItemWidget(item, texts)
            for row, meeting in enumerate(meetings):
                if meeting.uid == current:
                    self.setCurrentRow(row)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(str(item.data(_UID)))
