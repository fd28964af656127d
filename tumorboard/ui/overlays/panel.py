"""What lies over the images: a PET in colours, masks and outlines, marks and reports of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLayout,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from tumorboard.imaging.fusion import PALETTES
from tumorboard.language import _
from tumorboard.text import menu as menu_text
from tumorboard.text import tip
from tumorboard.ui.overlays.rows import ForeignRow, FusionRow, LayerRow, ObjectsContent
from tumorboard.ui.shell.marks import swatch
from tumorboard.ui.shell.number_field import NumberField
from tumorboard.ui.shell.parts import (
    ElidedLabel,
    clear,
    filling_row,
    head,
    link,
    rule,
    scroll_column,
    words,
)
from tumorboard.ui.shell.text_widgets import Label

_ADOPT = _("Keeps a copy as your own outline, which can be changed and measured")
_LEFT = Qt.AlignmentFlag.AlignLeft
#: What reports say of a mask stands below its name.
_INDENT_PX = 22


class ObjectsPanel(QWidget):
    """Lists what can be laid over the images; each line turns one thing on or off.

    ``layer_toggled`` carries the key of a mask and whether it shall show, ``group_toggled``
    those of a group; ``acted`` the name of a link and the key of its row; ``fusion_changed``
    the wish for the series in colours.
    """

    layer_toggled = Signal(str, bool)
    group_toggled = Signal(tuple, bool)
    filling_changed = Signal(float)
    fusion_changed = Signal(object)
    acted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._area, self._column = scroll_column()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self._content: ObjectsContent | None = None
        self.boxes: dict[str, QCheckBox] = {}
        self._fusion = FusionFields()
        self._fusion.changed.connect(self.fusion_changed)
        self.show_content(ObjectsContent(has_case=False))

    def show_content(self, content: ObjectsContent) -> None:
        """Show what there is; a slider that is being moved is left alone."""
        shown, self._content = self._content, content
        self._fusion.show_row(content.fusion)
        if shown is not None and _lasting(shown) == _lasting(content):
            for row in content.layers:
                box = self.boxes[row.key]
                with QSignalBlocker(box):
                    box.setChecked(row.on)
            return
        self._fusion.setParent(self)
        self._fusion.hide()
        clear(self._column)
        self.boxes.clear()
        self._build(content)

    def _build(self, content: ObjectsContent) -> None:
        if not content.has_case:
            self._column.addWidget(words(_("Open a case to see what lies over its images."), "dim"))
            self._column.addStretch(1)
            return
        self._column.addWidget(head(_("PET in colours")))
        self._column.addWidget(self._fusion)
        self._fusion.show()
        if content.layers:
            self._column.addWidget(head(_("Segmentations and outlines")))
            wish, share = self.filling_changed.emit, content.filling
            self._column.addLayout(filling_row(_("How strongly masks are filled"), share, wish))
        for (group, by), layers in groupby(content.layers, key=lambda r: (r.group, r.by)):
            self._group(group, by, list(layers))
        came = {
            "Marks of others": content.marks,
            "As others showed it": content.states,
            "Reports and documents": content.documents,
        }
        came = {title: rows for title, rows in came.items() if rows}
        for title, rows in came.items():
            self._column.addWidget(head(title))
            for row in rows:
                self._column.addWidget(self._row(row))
                self._column.addWidget(rule())
        if content.problems:
            self._column.addWidget(head(_("Not shown")))
            for text in content.problems:
                self._column.addWidget(words(text, "dim"))
        if not (came or content.layers or content.problems):
            self._column.addWidget(words(_EMPTY, "dim"))
        self._column.addStretch(1)

    def _group(self, group: str, by: str, rows: Sequence[LayerRow]) -> None:
        keys = tuple(r.key for r in rows)
        line = QHBoxLayout()
        line.addWidget(ElidedLabel(group), 1)
        line.addWidget(link(_("All"), lambda: self.group_toggled.emit(keys, True)))
        line.addWidget(link(_("None"), lambda: self.group_toggled.emit(keys, False)))
        self._column.addLayout(line)
        made = _("{source} · {by} · read-only", source=rows[0].source, by=by or _("maker not said"))
        self._column.addWidget(ElidedLabel(made, "dim"))
        for row in rows:
            self._column.addLayout(self._layer(row))
        self._column.addWidget(rule())

    def _layer(self, row: LayerRow) -> QLayout:
        line = QHBoxLayout()
        patch = Label()
        patch.setPixmap(swatch(row.colour))
        box = QCheckBox(menu_text(row.name))
        box.setChecked(row.on)
        box.setEnabled(not row.why_not)
        box.setToolTip(tip(row.why_not or row.name))
        box.toggled.connect(lambda on: self.layer_toggled.emit(row.key, on))
        self.boxes[row.key] = box
        line.addWidget(patch)
        line.addWidget(box, 1)
        line.addWidget(words(row.volume, "dim", wrap=False))
        if not row.why_not:
            line.addWidget(link(_("adopt"), lambda: self.acted.emit("adopt_mask", row.key), _ADOPT))
        column = QVBoxLayout()
        column.addLayout(line)
        if row.why_not:
            column.addWidget(words(_("Not drawn: {why_not}.", why_not=row.why_not), "dim"))
        for values in row.values:
            below = self._row(values)
            below.setContentsMargins(_INDENT_PX, 0, 0, 0)
            column.addWidget(below)
        return column

    def _row(self, row: ForeignRow) -> QWidget:
        widget = QWidget()
        column = QVBoxLayout(widget)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        column.addWidget(words(row.text))
        if row.said:
            column.addWidget(words(row.said))
        if row.by:
            column.addWidget(ElidedLabel(_("{by} · read-only", by=row.by), "dim"))
        if row.note:
            column.addWidget(words(row.note, "dim"))
        if not row.links:
            return widget
        links = QHBoxLayout()
        for name, label in row.links:
            button = link(label, partial(self.acted.emit, name, row.key))
            button.setObjectName(f"{name}|{row.key}")
            links.addWidget(button, 0, _LEFT)
        links.addStretch(1)
        column.addLayout(links)
        return widget


_EMPTY = _(
    "Segmentations, outlines, marks and reports that came with the images are listed here. "
    "This case has none."
)


def _lasting(content: ObjectsContent) -> tuple[object, ...]:
    """Return what the widgets were built from; the rest is set in them."""
    rows = tuple(replace(r, on=False) for r in content.layers)
    return rows, content.marks, content.states, content.documents, content.problems


class FusionFields(QWidget):
    """Which series in colours, how strong, up to which value."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._row = FusionRow()
        self.series = QComboBox()
        self.series.setAccessibleName(_("Series in colours"))
        self.palette_box = QComboBox()
        self.palette_box.setAccessibleName(_("Colours"))
        self.palette_box.addItems([name[0].upper() + name[1:] for name in map(_, PALETTES)])
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setAccessibleName(_("How strong the colours are"))
        self.opacity.setToolTip(_("How strong the colours are"))
        self.opacity.setRange(0, 100)
        self.opacity.setValue(50)
        self.upper = NumberField()
        self.upper.setAccessibleName(_("Upper end of the colours"))
        self.upper.setRange(0.1, 1e7)
        self.note = words("", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.series)
        self._more = QWidget()
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.palette_box, 1)
        first.addWidget(words(_("up to"), "dim", wrap=False))
        first.addWidget(self.upper, 1)
        second.addWidget(words(_("Faint"), "dim", wrap=False))
        second.addWidget(self.opacity, 1)
        second.addWidget(words(_("Strong"), "dim", wrap=False))
        more.addLayout(first)
        more.addLayout(second)
        column.addWidget(self._more)
        column.addWidget(self.note)
        self.series.currentIndexChanged.connect(self._tell)
        self.palette_box.currentIndexChanged.connect(self._tell)
        self.opacity.valueChanged.connect(self._tell)
        self.upper.valueChanged.connect(self._tell)

    def show_row(self, row: FusionRow) -> None:
        """Show what is fused, without telling anybody."""
        self._row = row
        fields = (self.series, self.palette_box, self.opacity, self.upper)
        for widget in fields:
            widget.blockSignals(True)
        names = [_("Nothing in colours"), *(text for __, text in row.choices)]
        if names != [self.series.itemText(n) for n in range(self.series.count())]:
            self.series.clear()
            self.series.addItems(names)
        keys = [key for key, __ in row.choices]
        self.series.setCurrentIndex(keys.index(row.key) + 1 if row.key in keys else 0)
        self.palette_box.setCurrentIndex(PALETTES.index(row.palette))
        self.opacity.setValue(round(row.opacity * 100))
        self.upper.setSuffix(f" {row.unit}".rstrip())
        self.upper.setDecimals(1 if row.upper < 1000 else 0)
        self.upper.setSingleStep(0.5 if row.upper < 100 else row.upper / 20)
        self.upper.setValue(row.upper)
        for widget in fields:
            widget.blockSignals(False)
        self.series.setVisible(bool(row.choices))
        self._more.setVisible(bool(row.key))
        self.note.setText(row.why_not)
        self.note.setVisible(bool(row.why_not))

    def _tell(self) -> None:
        n = self.series.currentIndex() - 1
        key = self._row.choices[n][0] if n >= 0 else ""
        name = PALETTES[self.palette_box.currentIndex()]
        strong = self.opacity.value() / 100
        wish = replace(self._row, key=key, palette=name, opacity=strong, upper=self.upper.value())
        self.changed.emit(wish)
