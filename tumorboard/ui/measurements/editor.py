"""Fields for the words, place, side and role of a lesion."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.model import Lesion
from tumorboard.case.sites import site_heading, site_named, sites
from tumorboard.language import _
from tumorboard.ui.measurements.rows import ROLE_NAMES, SIDE_NAMES
from tumorboard.ui.shell.parts import link, words

_LONGEST = 60


class LesionEditor(QWidget):
    """Changes a lesion; Enter keeps, Esc leaves it as it was."""

    done = Signal(object)
    left = Signal()
    delete_requested = Signal(str)

    def __init__(self, lesion: Lesion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lesion = lesion
        self.name = QLineEdit(lesion.name)
        self.name.setMaxLength(_LONGEST)
        self.site = QComboBox()
        self.site.setEditable(True)
        self.site.addItems([s.words for s in sites()])
        self.site.setCurrentIndex(-1)  # no place until somebody names one
        self.site.setCurrentText(site_heading(lesion.site))
        self.side = _choices(SIDE_NAMES, lesion.laterality)
        self.role = _choices(ROLE_NAMES, lesion.role)
        self.node = QCheckBox(_("Lymph node: the short axis counts"))
        self.node.setChecked(lesion.is_node)
        self.index = QCheckBox(_("Index lesion of the case"))
        self.index.setChecked(lesion.is_index)
        self.metastasis = QCheckBox(_("Distant metastasis"))
        self.metastasis.setChecked(lesion.is_metastasis)
        # One or the other: the box that was ticked last holds.
        self.index.toggled.connect(partial(_give_way, self.metastasis))
        self.metastasis.toggled.connect(partial(_give_way, self.index))
        self.site.textActivated.connect(self._node_of)
        for box in (self.site, self.side, self.role):
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._arrange()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 8)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        fields = (
            (_("Name"), self.name),
            (_("Site"), self.site),
            (_("Side"), self.side),
            (_("Role"), self.role),
        )
        for text, field in fields:
            label = words(text, "dim", wrap=False)
            label.setBuddy(field)
            field.setAccessibleName(_("{field} of the lesion", field=text))
            form.addRow(label, field)
        column.addLayout(form)
        column.addWidget(self.node)
        column.addWidget(self.metastasis)
        column.addWidget(self.index)
        row = QHBoxLayout()
        keep = QPushButton(_("Keep"))
        keep.setProperty("role", "primary")
        keep.clicked.connect(self.keep)
        row.addWidget(keep)
        row.addWidget(link(_("cancel"), self.left.emit))
        row.addStretch(1)
        row.addWidget(
            link(
                _("delete lesion"),
                lambda: self.delete_requested.emit(self._lesion.uid),
                _("Deletes the lesion and all its measurements; undo brings them back"),
            )
        )
        column.addLayout(row)

    def lesion(self) -> Lesion:
        """Return the lesion as the fields say; an empty name leaves the old one."""
        words_of_site = " ".join(self.site.currentText().split())[:_LONGEST]
        found = site_named(words_of_site)
        return replace(
            self._lesion,
            name=" ".join(self.name.text().split()) or self._lesion.name,
            site=found.site if found else words_of_site,
            site_code=found.code if found else "",
            laterality=str(self.side.currentData()),
            role=str(self.role.currentData()),
            is_node=self.node.isChecked(),
            is_index=self.index.isChecked(),
            is_metastasis=self.metastasis.isChecked(),
        )

    def keep(self) -> None:
        """Hand the lesion on."""
        self.done.emit(self.lesion())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Keep on Enter, leave on Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keep()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _node_of(self, text: str) -> None:
        """Follow the list: lymph nodes are told by their place."""
        found = site_named(text)
        if found is not None:
            self.node.setChecked(found.node)


def _give_way(box: QCheckBox, other_on: bool) -> None:
    if other_on:
        box.setChecked(False)


def _choices(names: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    for value, text in names.items():
        box.addItem(text, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box
