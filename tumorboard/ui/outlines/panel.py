"""Outlines in three dimensions: the list, the tools, what can be done to the one worked on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.segmentation import Role
from tumorboard.imaging.segmentation.brush import Brush, Tip
from tumorboard.language import _
from tumorboard.text import menu as menu_text
from tumorboard.text import tip
from tumorboard.ui.outlines.rows import NO_OUTLINE, OutlineDetails, OutlineRow
from tumorboard.ui.shell.flow import FlowLayout
from tumorboard.ui.shell.marks import swatch
from tumorboard.ui.shell.number_field import NumberField, WholeNumberField
from tumorboard.ui.shell.parts import (
    ElidedLabel,
    clear,
    filling_row,
    head,
    link,
    rule,
    scroll_column,
    tool_button,
    words,
)
from tumorboard.ui.shell.row_acts import RowAct, RowActs
from tumorboard.ui.shell.text_widgets import Label
from tumorboard.ui.shell.theme import scaled

_LEFT = Qt.AlignmentFlag.AlignLeft
#: What can be done to an outline: the name of the act, its words, and what they mean.
CHANGES = (
    (
        "between",
        _("Fill between slices"),
        _("Fills the slices between outlined ones by their shape"),
    ),
    ("holes", _("Fill holes"), _("Fills what is enclosed")),
    ("smooth", _("Smooth"), _("Rounds off what is rough; the volume stays")),
    ("largest", _("Largest part"), _("Keeps the largest part alone")),
    ("bridges", _("Cut thin bridges"), _("Cuts off what hangs on by a thin bridge")),
    ("split", _("Split at this plane"), _("Parts it where the plane of the active view runs")),
    ("values", _("Only these values"), _("Keeps what has values in the range above")),
    ("clear", _("Clear this slice"), _("Empties the slice on show")),
)
_TIPS = ((Tip.DISC, _("On this slice")), (Tip.SLAB, _("Over a slab")), (Tip.BALL, _("Ball")))
_TOOL_WORDS = (_("Brush"), _("Eraser"), _("Outline"), _("Grow"), _("Propose"))
_EMPTY = _("None yet. Press S and paint the mass, or choose a tool below.")


@dataclass(frozen=True)
class SegmentsContent:
    """All that the panel shows; ``lesions`` and ``others`` are (uid, name)."""

    rows: tuple[OutlineRow, ...] = ()
    details: OutlineDetails = NO_OUTLINE
    lesions: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    busy: str = ""


#: A longer name ends in an ellipsis: the volume beside it is never cut.
_NAME_PX: Final = 162


class SegmentsPanel(QWidget):
    """Lists outlines and acts on the one worked on.

    ``acted`` carries the name of an act and an argument: an outline's UID, a role, a lesion.
    """

    chosen = Signal(str)
    toggled = Signal(str, bool)
    acted = Signal(str, str)
    renamed = Signal(str, str)
    brush_changed = Signal(object)
    cuts_changed = Signal(bool)
    filling_changed = Signal(float)
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._area, self._column = scroll_column()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self._content: SegmentsContent | None = None
        self.boxes: dict[str, QCheckBox] = {}
        self.names: dict[str, QRadioButton] = {}
        self.volumes: dict[str, QLabel] = {}
        self.changes: dict[str, QPushButton] = {}
        self._list = QVBoxLayout()
        self._details = QVBoxLayout()
        self.brush = BrushFields()
        self.brush.changed.connect(self.brush_changed)
        self.brush.cuts_changed.connect(self.cuts_changed)
        self._tools = FlowLayout(4)
        self._build()
        self.show_content(SegmentsContent())

    def set_tools(self, actions: list[QAction]) -> None:
        """Show buttons for the tools."""
        for action, word in zip(actions, _TOOL_WORDS, strict=True):
            self._tools.addWidget(tool_button(action, word))

    def show_content(self, content: SegmentsContent) -> None:
        """Show outlines; the list is built anew only when it reads differently."""
        shown, self._content = self._content, content
        if shown is None or _lasting(shown) != _lasting(content):
            clear(self._list)
            for table in (self.boxes, self.names, self.volumes):
                table.clear()
            if not content.rows:
                self._list.addWidget(words(_EMPTY, "dim"))
            for row in content.rows:
                self._list.addLayout(self._row(row))
        for row in content.rows:
            self.volumes[row.uid].setText(row.volume)
            box = self.boxes[row.uid]
            with QSignalBlocker(box):
                box.setChecked(row.visible)
        if shown is None or (shown.details, shown.lesions, shown.others, shown.busy) != (
            content.details,
            content.lesions,
            content.others,
            content.busy,
        ):
            self._build_details(content)
        for button in self.changes.values():
            button.setEnabled(bool(content.details.uid) and not content.busy)

    # -- building ------------------------------------------------------------------------

    def _build(self) -> None:
        column = self._column
        column.addWidget(head(_("Outlines in three dimensions")))
        column.addLayout(self._list)
        fresh = QHBoxLayout()
        fresh.addWidget(link(_("New outline"), lambda: self.acted.emit("new", ""), _NEW_TIP))
        fresh.addWidget(link(_("New lesion"), lambda: self.acted.emit("new", "other")))
        fresh.addStretch(1)
        column.addLayout(fresh)
        column.addLayout(
            filling_row(_("How strongly outlines are filled"), 0.25, self.filling_changed.emit)
        )
        column.addWidget(head(_("Tools")))
        column.addLayout(self._tools)
        column.addWidget(self.brush)
        column.addWidget(head(_("Selected segmentation")))
        grid = QGridLayout()
        grid.setSpacing(4)
        for n, (name, text, told) in enumerate(CHANGES):
            button = QPushButton(text)
            button.setToolTip(tip(told))
            button.clicked.connect(lambda __=False, act=name: self.acted.emit(act, ""))
            self.changes[name] = button
            grid.addWidget(button, n // 2, n % 2)
        column.addLayout(grid)
        column.addLayout(self._details)
        column.addStretch(1)

    def _row(self, row: OutlineRow) -> QLayout:
        first = QHBoxLayout()
        colour = Label()
        colour.setPixmap(swatch(row.colour))
        box = QCheckBox()
        box.setAccessibleName(_("Show {name}", name=row.name))
        box.setToolTip(tip(row.why_not or _("Show or hide it")))
        box.toggled.connect(lambda on: self.toggled.emit(row.uid, on))
        name = QRadioButton()
        cut = name.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, scaled(_NAME_PX))
        name.setText(menu_text(cut))
        name.setAccessibleName(row.name)
        name.setAutoExclusive(False)
        name.setChecked(row.active)
        name.setToolTip(tip(_("Work on {name}", name=row.name)))
        name.clicked.connect(lambda: self.chosen.emit(row.uid))
        volume = words(row.volume, "", wrap=False)
        first.addWidget(colour)
        first.addSpacing(6)
        first.addWidget(box)
        first.addWidget(name, 1)
        first.addWidget(volume)
        self.boxes[row.uid], self.names[row.uid], self.volumes[row.uid] = box, name, volume
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(first)
        column.addWidget(ElidedLabel(row.why_not or row.detail, "dim"))
        return column

    def _build_details(self, content: SegmentsContent) -> None:
        clear(self._details)
        details = content.details
        if not details.uid:
            self._details.addWidget(words(_("None. The first stroke begins one."), "dim"))
            return
        if content.busy:
            self._details.addWidget(words(content.busy, "dim"))
        for line in details.lines:
            self._details.addWidget(words(line))
        for line in details.caveats:
            self._details.addWidget(words(f"▲ {line}", "dim"))
        self._details.addWidget(self._acts(details))
        self._details.addLayout(self._belongs(content))
        if content.others:
            choice = _short(QComboBox())
            choice.setAccessibleName(_("Another outline"))
            for uid, name in content.others:
                choice.addItem(name, uid)
            row = QHBoxLayout()
            row.addWidget(choice, 1)
            row.addWidget(
                link(_("add it"), lambda: self.acted.emit("add", str(choice.currentData())))
            )
            row.addWidget(
                link(
                    _("take it away"),
                    lambda: self.acted.emit("subtract", str(choice.currentData())),
                )
            )
            self._details.addLayout(row)
        self._details.addWidget(rule())

    def _acts(self, details: OutlineDetails) -> QWidget:
        """Return what can be done with the selected segmentation."""
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        if details.can_measure:
            line.addWidget(
                link(_("Use for measurement"), lambda: self.acted.emit("sizes", ""), _SIZES_TIP)
            )
        line.addStretch(1)
        wishes = (
            ("pencil", _("Rename"), "rename", ""),
            ("file-export", _("Export"), "export", _EXPORT),
            ("trash", _("Delete"), "delete", ""),
        )
        line.addWidget(
            RowActs(
                row,
                *(
                    RowAct(
                        picture,
                        said,
                        partial(self.acted.emit, wish, details.uid),
                        _("Selected segmentation"),
                        told,
                    )
                    for picture, said, wish, told in wishes
                ),
            )
        )
        return row

    def _belongs(self, content: SegmentsContent) -> QLayout:
        details = content.details
        role = _short(QComboBox())
        role.setAccessibleName(_("What the outline stands for"))
        for each in Role:
            role.addItem(each.value.capitalize(), each.value)
        role.setCurrentIndex(role.findData(details.role))
        role.activated.connect(lambda n: self.acted.emit("role", str(role.itemData(n))))
        lesion = _short(QComboBox())
        lesion.setAccessibleName(_("Lesion of the outline"))
        for uid, name in (*content.lesions, ("", _("No lesion"))):
            lesion.addItem(name, uid)
        lesion.setCurrentIndex(max(lesion.findData(details.lesion_uid), 0))
        lesion.activated.connect(lambda n: self.acted.emit("lesion", str(lesion.itemData(n))))
        row = QHBoxLayout()
        row.addWidget(role, 1)
        row.addWidget(lesion, 1)
        return row


class BrushFields(QWidget):
    """Size and tip of the brush, and the values it is limited to."""

    changed = Signal(object)
    cuts_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._brush = Brush(10.0)
        self.radius = NumberField()
        self.radius.setRange(0.5, 60.0)
        self.radius.setDecimals(1)
        self.radius.setSuffix(" mm")
        self.radius.setAccessibleName(_("Radius of the brush"))
        self.tip = QComboBox()
        self.tip.setAccessibleName(_("Tip of the brush"))
        for shape, text in _TIPS:
            self.tip.addItem(text, shape)
        self.slab = NumberField()
        self.slab.setRange(1.0, 100.0)
        self.slab.setDecimals(0)
        self.slab.setValue(10.0)
        self.slab.setSuffix(" mm")
        self.slab.setAccessibleName(_("Thickness of the slab"))
        self.limits = QCheckBox(_("Only values from"))
        self.low, self.high = WholeNumberField(), WholeNumberField()
        for box, value, name in (
            (self.low, 0, _("Lowest value")),
            (self.high, 120, _("Highest value")),
        ):
            box.setRange(-2000, 30000)
            box.setValue(value)
            box.setAccessibleName(name)
        self.fenced = QCheckBox(_("Grow no farther than"))
        self.fence = NumberField()
        self.fence.setRange(0.5, 60.0)
        self.fence.setDecimals(1)
        self.fence.setValue(5.0)
        self.fence.setSuffix(" cm")
        self.fence.setAccessibleName(_("How far growing goes from the click"))
        self.cuts = QCheckBox(_("Drawing round a part cuts it away"))
        self._lay_out()
        self.show_brush(self._brush)
        for changed in (
            *(self.radius.valueChanged, self.tip.currentIndexChanged, self.slab.valueChanged),
            *(self.limits.toggled, self.low.valueChanged, self.high.valueChanged),
        ):
            changed.connect(self._tell)
        self.cuts.toggled.connect(self.cuts_changed)

    @property
    def values(self) -> tuple[float, float]:
        """The range entered."""
        return float(self.low.value()), float(self.high.value())

    @property
    def fence_mm(self) -> float | None:
        """How far from the click growing may go, mm; None without a limit of its own."""
        return self.fence.value() * 10 if self.fenced.isChecked() else None

    def show_brush(self, brush: Brush) -> None:
        """Show a brush."""
        self._brush = brush
        for widget in (self.radius, self.tip):
            widget.blockSignals(True)
        self.radius.setValue(brush.radius_mm)
        self.tip.setCurrentIndex(self.tip.findData(brush.tip))
        for widget in (self.radius, self.tip):
            widget.blockSignals(False)
        self.slab.setVisible(brush.tip is Tip.SLAB)

    def _lay_out(self) -> None:
        first, second, third = FlowLayout(), FlowLayout(), FlowLayout()
        first.addWidget(words(_("Brush"), "dim", wrap=False))
        for widget in (self.radius, self.tip, self.slab):
            first.addWidget(widget)
        second.addWidget(self.limits)
        second.addWidget(self.low)
        second.addWidget(words(_("to"), "dim", wrap=False))
        second.addWidget(self.high)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        third.addWidget(self.fenced)
        third.addWidget(self.fence)
        third.addWidget(words(_("from the click"), "dim", wrap=False))
        layout.addLayout(second)
        layout.addLayout(third)
        layout.addWidget(self.cuts)

    def _tell(self) -> None:
        values = self.values if self.limits.isChecked() else None
        self._brush = replace(
            self._brush,
            radius_mm=self.radius.value(),
            tip=Tip(self.tip.currentData()),
            thickness_mm=self.slab.value(),
            values=values,
        )
        self.slab.setVisible(self._brush.tip is Tip.SLAB)
        self.changed.emit(self._brush)


def _lasting(content: SegmentsContent) -> tuple[OutlineRow, ...]:
    """Return what the list is built from: all but what changes with each stroke."""
    return tuple(replace(row, volume="", visible=True) for row in content.rows)


_NEW_TIP = _("The next stroke begins another outline of the same lesion")
_SIZES_TIP = _("Draws the two axes and the craniocaudal extent as calipers that can be moved")
_EXPORT = _("Writes it as a DICOM segmentation")


def _short(choice: QComboBox) -> QComboBox:
    """Let a list of names be narrower than the longest of them; opened it shows them whole."""
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    choice.setMinimumContentsLength(6)
    return choice
