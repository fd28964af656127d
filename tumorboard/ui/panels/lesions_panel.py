"""Lesions: the three board dimensions, the list of measurements, the levels of the IVC."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.case.model import Case
from tumorboard.ui.models.case_rows import (
    MarkRow,
    MeasurementRow,
    mark_rows,
    measurement_rows,
    size_text,
)
from tumorboard.ui.panels.marks import Mark
from tumorboard.ui.panels.parts import clear, head, link, rule, scroll_column, words


class LesionsPanel(QWidget):
    """Everything drawn in the case, each line a click from its slice."""

    jump_requested = Signal(tuple)
    delete_requested = Signal(str)
    mark_requested = Signal(str)
    measure_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area, self._column = scroll_column()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self._shown: object = None
        self.set_case(None)

    def set_case(self, case: Case | None) -> None:
        """Show what is drawn in a case."""
        content = (
            None
            if case is None
            else (size_text(case), tuple(measurement_rows(case)), tuple(mark_rows(case)))
        )
        if content == self._shown and self._column.count():
            return
        self._shown = content
        clear(self._column)
        if content is None:
            self._column.addWidget(words("Open a case to see what was measured.", "dim"))
        else:
            self._fill(*content)
        self._column.addStretch(1)

    def _fill(
        self, size: str, rows: tuple[MeasurementRow, ...], marks: tuple[MarkRow, ...]
    ) -> None:
        self._column.addWidget(head("Index mass"))
        if size:
            self._column.addWidget(words(size, "title"))
            self._column.addWidget(words("axial long × axial short × craniocaudal", "dim"))
        else:
            self._column.addWidget(
                words("Not measured. Press M, then drag the long axis on the axial view.", "dim")
            )
        if size:
            another = link("measure another mass", self.measure_requested.emit)
            self._column.addWidget(another, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(head("IVC: levels and tumour in the vein"))
        for mark in marks:
            self._column.addWidget(self._mark_row(mark))
        self._column.addWidget(head("Measurements"))
        if not rows:
            self._column.addWidget(words("None yet. L length, B two axes, E ellipse.", "dim"))
        for row in rows:
            self._column.addWidget(self._measurement_row(row))
            self._column.addWidget(rule())

    def _mark_row(self, mark: MarkRow) -> QWidget:
        widget = QWidget()
        layout = QHBoxLayout(widget)
        layout.setContentsMargins(0, 2, 0, 2)
        shape = "present" if mark.is_end else "information"
        layout.addWidget(Mark(shape if mark.uid else "unknown"))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(words(mark.name))
        if mark.value and mark.value != "marked":
            texts.addWidget(words(mark.value, "dim"))
        layout.addLayout(texts, 1)
        if mark.uid:
            layout.addWidget(link("show", lambda: self.jump_requested.emit((mark.uid,))))
        action = "again" if mark.uid else "mark"
        layout.addWidget(link(action, lambda: self.mark_requested.emit(mark.role)))
        return widget

    def _measurement_row(self, row: MeasurementRow) -> QWidget:
        widget = QWidget()
        layout = QGridLayout(widget)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setVerticalSpacing(1)
        layout.addWidget(words(row.name), 0, 0)
        layout.addWidget(words(row.value, "dim"), 1, 0)
        layout.addWidget(words(row.where, "dim"), 2, 0)
        for i, caveat in enumerate(row.caveats[:3]):
            layout.addWidget(words(f"▲ {caveat}", "prompt"), 3 + i, 0, 1, 3)
        layout.addWidget(link("show", lambda: self.jump_requested.emit((row.uid,))), 0, 1)
        layout.addWidget(link("delete", lambda: self.delete_requested.emit(row.uid)), 0, 2)
        layout.setColumnStretch(0, 1)
        return widget
