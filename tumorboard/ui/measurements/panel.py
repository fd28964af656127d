"""Lesions: the board's dimensions, every lesion by date, sums, free measurements, the IVC."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tumorboard.case.facts import FactSheet
from tumorboard.case.mass_card import MassCard, mass_card
from tumorboard.case.model import Case, Lesion
from tumorboard.case.report_text import Basis
from tumorboard.language import _, pgettext
from tumorboard.ui.measurements.cards import (
    caveats_widget,
    date_widget,
    history_widget,
    lesion_head,
    measurement_widget,
    sum_widget,
)
from tumorboard.ui.measurements.editor import LesionEditor
from tumorboard.ui.measurements.index_card import index_card
from tumorboard.ui.measurements.mark_rows import MarkRow, mark_rows
from tumorboard.ui.measurements.rows import (
    HistoryLine,
    LesionCard,
    LesionContent,
    MeasurementRow,
    date_words,
    lesion_content,
)
from tumorboard.ui.shell.flow import FlowLayout
from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import clear, head, link, rule, scroll_column, words
from tumorboard.ui.shell.row_acts import RowAct, RowActs

_LEFT = Qt.AlignmentFlag.AlignLeft


class LesionsPanel(QWidget):
    """Everything drawn in the case, each line a click from its slice.

    ``lesion_edited`` carries the lesion as it shall be; ``copy_requested`` the UID of a
    lesion and the DICOM date to copy to; ``assign_requested`` a measurement and a lesion
    ("new" for another one, "" for none); ``history_requested`` a measurement, which
    `show_history` answers; ``origin_requested`` where a line of the card can be checked.
    """

    jump_requested = Signal(tuple)
    delete_requested = Signal(str)
    mark_requested = Signal(str)
    measure_requested = Signal()
    lesion_edited = Signal(object)
    lesion_deleted = Signal(str)
    copy_requested = Signal(str, str)
    accept_requested = Signal(tuple)
    assign_requested = Signal(str, str)
    history_requested = Signal(str)
    origin_requested = Signal(object)

    def __init__(self, outlines: QWidget, vessels: QWidget) -> None:
        super().__init__()
        self._area, self._column = scroll_column()
        self._pages = QStackedWidget()
        self._buttons = [QPushButton(t) for t in (_("Measurements"), _("Outlines"), _("Vessels"))]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        row, home = FlowLayout(0), QHBoxLayout()
        home.setContentsMargins(16, 8, 16, 0)
        home.addLayout(row)
        ends = ("first", "", "last")
        for n, (button, end) in enumerate(zip(self._buttons, ends, strict=True)):
            button.setCheckable(True)
            button.setChecked(n == 0)
            button.setProperty("role", "choice")
            button.setProperty("mark", "plain")
            button.setProperty("end", end)
            button.clicked.connect(lambda __=False, wanted=n: self._show_page(wanted))
            row.addWidget(button)
        layout.addLayout(home)
        self._pages.addWidget(self._area)
        self._pages.addWidget(outlines)
        self._pages.addWidget(vessels)
        layout.addWidget(self._pages)
        self._shown: object = None
        self._case: Case | None = None
        self._facts = FactSheet()
        self._editing = ""
        self._editor: LesionEditor | None = None
        self._history: tuple[str, tuple[HistoryLine, ...]] = ("", ())
        self.set_case(None)

    def show_outlines(self, *, shown: bool) -> None:
        """Show the outlines in three dimensions, or the measurements."""
        self._show_page(int(shown))

    def show_vessels(self) -> None:
        """Show the vessels."""
        self._show_page(2)

    def _show_page(self, wanted: int) -> None:
        self._pages.setCurrentIndex(wanted)
        for n, button in enumerate(self._buttons):
            button.setChecked(n == wanted)

    def set_case(self, case: Case | None, facts: FactSheet | None = None) -> None:
        """Show what is drawn in a case, and the index mass by the facts in force."""
        if self._case is None or case is None or case.uid != self._case.uid:
            self._editing = ""
        if case is not self._case:
            self._history = ("", ())
        self._case, self._facts = case, facts or FactSheet()
        self._show()

    @property
    def editor(self) -> LesionEditor | None:
        """The fields of the lesion that is being edited, or None."""
        return self._editor

    def edit_lesion(self, uid: str) -> None:
        """Open the fields of a lesion; "" closes them."""
        self._editing = uid
        self._show()
        if uid and self._editor is not None:
            self._editor.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self._editor.name.selectAll()

    def show_history(self, uid: str, lines: tuple[HistoryLine, ...]) -> None:
        """Show what a measurement was below it; asked again, hide it."""
        self._history = ("", ()) if self._history[0] == uid else (uid, lines)
        self._show()

    def _show(self) -> None:
        case = self._case
        content = (
            None
            if case is None
            else (
                mass_card(case, Basis(self._facts)),
                lesion_content(case),
                tuple(mark_rows(case)),
            )
        )
        key = (content, self._editing, self._history)
        if key == self._shown and self._column.count():
            return
        self._shown = key
        place = self._area.verticalScrollBar().value()
        clear(self._column)
        self._editor = None
        if content is None:
            self._column.addWidget(words(_("Open a case to see what was measured."), "dim"))
        else:
            self._fill(*content)
        self._column.addStretch(1)
        self._area.verticalScrollBar().setValue(place)

    def _fill(self, index: MassCard, content: LesionContent, marks: tuple[MarkRow, ...]) -> None:
        self._column.addWidget(
            index_card(index, self.origin_requested.emit, self.measure_requested.emit)
        )
        self._column.addWidget(head(_("IVC: levels and tumour in the vein")))
        for mark in marks:
            self._column.addWidget(self._mark_row(mark))
        shared = content.shared_caveats
        if shared:
            self._column.addWidget(head(_("Holds for several measurements")))
            self._column.addWidget(caveats_widget(shared))
        self._column.addWidget(head(_("Lesions")))
        if not content.cards:
            self._column.addWidget(words(_("None yet. M measures a mass and makes it one."), "dim"))
        for card in content.cards:
            self._add_card(card, content)
        if content.sums:
            self._column.addWidget(head(_("Sum of targets")))
            for line in content.sums:
                self._column.addWidget(sum_widget(line))
        self._column.addWidget(head(_("Free measurements")))
        if not content.free:
            self._column.addWidget(words(_("None. L length, B two axes, E ellipse."), "dim"))
        for row in content.free:
            self._add_measurement(row, content)

    def _add_card(self, card: LesionCard, content: LesionContent) -> None:
        uid = card.lesion.uid
        editing = self._editing == uid
        self._column.addWidget(lesion_head(card, lambda: self.edit_lesion("" if editing else uid)))
        if editing:
            self._editor = editor = LesionEditor(card.lesion)
            editor.done.connect(self._edited)
            editor.left.connect(lambda: self.edit_lesion(""))
            editor.delete_requested.connect(self.lesion_deleted)
            self._column.addWidget(editor)
        for date in card.dates:
            self._column.addWidget(date_widget(date, self))
            for row in date.measurements:
                self._add_measurement(row, content)
        if card.copy_to:
            wish = link(
                _("copy to {date}", date=date_words(card.copy_to)),
                lambda: self.copy_requested.emit(uid, card.copy_to),
                _("Proposes the measurements at the same place; you accept or move them"),
            )
            self._column.addWidget(wish, 0, _LEFT)
        self._column.addWidget(rule())

    def _edited(self, lesion: Lesion) -> None:
        self._editing = ""
        self.lesion_edited.emit(lesion)
        self._show()

    def _add_measurement(self, row: MeasurementRow, content: LesionContent) -> None:
        self._column.addWidget(measurement_widget(row, content, self))
        if self._history[0] == row.uid:
            self._column.addWidget(history_widget(self._history[1]))

    def _mark_row(self, mark: MarkRow) -> QWidget:
        widget = QWidget()
        layout = QHBoxLayout(widget)
        layout.setContentsMargins(0, 2, 0, 2)
        shape = "present" if mark.is_end else "information"
        layout.addWidget(Mark(shape if mark.uid else "unknown"))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(words(mark.name))
        if mark.value and mark.value != _("marked"):
            texts.addWidget(words(mark.value, "dim"))
        layout.addLayout(texts, 1)
        if not mark.uid:
            layout.addWidget(
                link(
                    pgettext("command", "Mark"),
                    lambda: self.mark_requested.emit(mark.role),
                    of=mark.name,
                )
            )
            return widget
        show = RowAct("eye", _("Show"), lambda: self.jump_requested.emit((mark.uid,)), mark.name)
        again = RowAct(
            "refresh", _("Re-mark"), lambda: self.mark_requested.emit(mark.role), mark.name
        )
        layout.addWidget(RowActs(widget, show, again))
        return widget
