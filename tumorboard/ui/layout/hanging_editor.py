"""The editor of hanging protocols."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.hanging import DATES, PLANES, WINDOWS, Choice, Protocol
from tumorboard.app.layouts import LAYOUTS, layout_named
from tumorboard.imaging.windowing import PRESETS
from tumorboard.language import _, inside
from tumorboard.ui.shell.number_field import WholeNumberField
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.theme import keep_scaled, scaled

_HEADS = (_("Date"), _("Modality"), _("Words in the name, or phase"), _("Plane"), _("Window"))
_DATE_WORDS = dict(zip(DATES, (_("newest"), _("previous"), _("oldest")), strict=True))
_PLANE_WORDS = {plane: _(plane) if plane else _("as acquired") for plane in PLANES}
_WINDOW_WORDS = {
    "": _("as sent"),
    "auto": _("automatic"),
    **{key: inside(_(name)) for key, (name, __) in PRESETS.items()},
}


class HangingEditor(QDialog):
    """A list of protocols and a form for the marked one.

    ``saved`` carries all protocols in their order.
    """

    saved = Signal(tuple)
    usual_requested = Signal()

    def __init__(self, protocols: Sequence[Protocol], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Hanging protocols"))
        self.resize(scaled(980), scaled(520))
        self._protocols = list(protocols)
        self._row = -1
        self.list = QListWidget()
        self.list.setAccessibleName(_("Hanging protocols"))
        self.list.setProperty("role", "choices")
        keep_scaled(self.list, width=230)
        self.name, self.modalities = QLineEdit(), QLineEdit()
        self.modalities.setPlaceholderText(_("such as PT, CT; empty for any"))
        self.layout_box = QComboBox()
        for layout in LAYOUTS:
            self.layout_box.addItem(layout.label, layout.name)
        self.automatic = QCheckBox(_("Use when a case is opened"))
        self.dates = WholeNumberField()
        self.dates.setRange(1, 20)
        self.slices = WholeNumberField()
        self.slices.setRange(1, 999)
        self.slices.setToolTip(_("Of the first series; more than one asks for a volume."))
        self.table = QTableWidget(0, len(_HEADS))
        self.table.setHorizontalHeaderLabels(list(_HEADS))
        self.table.verticalHeader().setDefaultSectionSize(scaled(38))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)  # Tab leads through it and on
        self.table.setAccessibleName(_("Places of the layout"))
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, 110), (1, 90), (3, 130), (4, 170)):
            header.resizeSection(column, scaled(width))
        self._arrange()
        self.list.currentRowChanged.connect(self._show)
        self.layout_box.currentIndexChanged.connect(lambda _n: self._fit_rows())
        self._fill(0)

    def _arrange(self) -> None:
        form = QFormLayout()
        fields = (
            (_("Name"), self.name),
            (_("Layout"), self.layout_box),
            (_("Modalities needed"), self.modalities),
            (_("Dates needed"), self.dates),
            (_("Slices needed"), self.slices),
        )
        for text, field in fields:
            field.setAccessibleName(text)
            form.addRow(words(text, wrap=False), field)
        form.addRow(words("", wrap=False), self.automatic)
        right = QVBoxLayout()
        right.addLayout(form)
        right.addWidget(words(_("One line for each place of the layout:"), "dim", wrap=False))
        right.addWidget(self.table)
        left = QVBoxLayout()
        left.addWidget(self.list)
        row = QHBoxLayout()
        steps = (
            (_("Add"), self._add),
            (_("Remove"), self._remove),
            (_("Up"), lambda: self._move(-1)),
            (_("Down"), lambda: self._move(1)),
        )
        for text, act in steps:
            button = QPushButton(text)
            button.setAccessibleName(_("{step}: protocol", step=text))
            button.clicked.connect(act)
            row.addWidget(button)
        left.addLayout(row)
        both = QHBoxLayout()
        both.addLayout(left)
        both.addLayout(right, 1)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        usual = buttons.addButton(_("Usual ones"), QDialogButtonBox.ButtonRole.ResetRole)
        usual.clicked.connect(self._usual)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.addWidget(
            words(_("The first protocol that fits is used when a case is opened."), "dim")
        )
        outer.addLayout(both)
        outer.addWidget(buttons)

    # -- the list ------------------------------------------------------------------------

    def _fill(self, row: int) -> None:
        self._row = -1
        self.list.clear()
        self.list.addItems([protocol.name for protocol in self._protocols])
        self.list.setCurrentRow(min(row, len(self._protocols) - 1))

    def _show(self, row: int) -> None:
        self._keep()
        self._row = row
        if row < 0:
            return
        protocol = self._protocols[row]
        self.name.setText(protocol.name)
        self.layout_box.setCurrentIndex(max(0, self.layout_box.findData(protocol.layout)))
        self.modalities.setText(", ".join(protocol.modalities))
        self.dates.setValue(protocol.dates)
        self.slices.setValue(protocol.slices)
        self.automatic.setChecked(protocol.automatic)
        self.table.setRowCount(0)
        for choice in protocol.displays:
            self._add_row(choice)
        self._fit_rows()

    def _keep(self) -> None:
        """Take what stands in the form over into the list."""
        if 0 <= self._row < len(self._protocols):
            self._protocols[self._row] = self.protocol()
            item = self.list.item(self._row)
            if item is not None:
                item.setText(self._protocols[self._row].name)

    def protocol(self) -> Protocol:
        """Return the protocol as it stands in the form."""
        named = [part.strip().upper() for part in self.modalities.text().split(",")]
        modalities = tuple(part for part in named if part)
        return Protocol(
            self.name.text().strip() or _("Without a name"),
            str(self.layout_box.currentData()),
            tuple(self._choice(row) for row in range(self.table.rowCount())),
            self.automatic.isChecked(),
            modalities,
            self.dates.value(),
            self.slices.value(),
        )

    def _add(self) -> None:
        self._keep()
        self._protocols.append(Protocol(_("New protocol"), "single", (Choice(),)))
        self._fill(len(self._protocols) - 1)

    def _remove(self) -> None:
        row = self.list.currentRow()
        if row >= 0 and len(self._protocols) > 1:
            self._row = -1
            del self._protocols[row]
            self._fill(row)

    def _move(self, by: int) -> None:
        self._keep()
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + by < len(self._protocols):
            self._protocols.insert(row + by, self._protocols.pop(row))
            self._fill(row + by)

    # -- the table of displays -------------------------------------------------------------

    def _fit_rows(self) -> None:
        """Have as many lines as the layout has places for series."""
        wanted = layout_named(str(self.layout_box.currentData())).displays
        while self.table.rowCount() > wanted:
            self.table.removeRow(self.table.rowCount() - 1)
        while self.table.rowCount() < wanted:
            self._add_row(Choice())
        before: QWidget = self.table
        for row in range(self.table.rowCount()):
            for column in range(self.table.columnCount()):
                cell = self.table.cellWidget(row, column)
                if cell is not None:
                    QWidget.setTabOrder(before, cell)
                    before = cell

    def _add_row(self, choice: Choice) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self.table.setCellWidget(row, 0, _combo(_HEADS[0], _DATE_WORDS, choice.date))
        self.table.setItem(row, 1, QTableWidgetItem(choice.modality))
        self.table.setItem(row, 2, QTableWidgetItem(", ".join(choice.words)))
        windows = {name: _WINDOW_WORDS[name] for name in WINDOWS}
        self.table.setCellWidget(row, 3, _combo(_HEADS[3], _PLANE_WORDS, choice.plane))
        self.table.setCellWidget(row, 4, _combo(_HEADS[4], windows, choice.window))

    def _choice(self, row: int) -> Choice:
        def text(column: int) -> str:
            item = self.table.item(row, column)
            return item.text().strip() if item is not None else ""

        def chosen(column: int) -> str:
            box = self.table.cellWidget(row, column)
            return str(box.currentData()) if isinstance(box, QComboBox) else ""

        named = tuple(word.strip() for word in text(2).split(",") if word.strip())
        return Choice(chosen(0), text(1), named, chosen(4), chosen(3))

    def _save(self) -> None:
        self._keep()
        self.accept()
        self.saved.emit(tuple(self._protocols))

    def _usual(self) -> None:
        self.accept()
        self.usual_requested.emit()


def _combo(name: str, entries: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for data, text in entries.items():
        box.addItem(text, data)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box
