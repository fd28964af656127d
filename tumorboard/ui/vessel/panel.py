"""Vessels: the list, the tools, levels, what was measured, what a reader says."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.vessel import Word
from tumorboard.language import _, pgettext
from tumorboard.text import menu as menu_text
from tumorboard.ui.shell.number_field import WholeNumberField
from tumorboard.ui.shell.parts import (
    ElidedLabel,
    clear,
    head,
    link,
    rule,
    scroll_column,
    tool_button,
    words,
)
from tumorboard.ui.shell.row_acts import RowAct, RowActs
from tumorboard.ui.vessel.rows import (
    LevelRow,
    PositionRow,
    VesselContent,
    names_to_choose,
)

_LEFT = Qt.AlignmentFlag.AlignLeft
_TOOL_WORDS = (pgettext("tool", "Line"), _("Levels"))
_EMPTY = _("None yet. Choose the vessel, then click along its middle from below upwards.")
_BY_VALUES = _("Lumen found by its values")


class VesselPanel(QWidget):
    """Lists vessels and acts on the one worked on.

    ``acted`` carries the name of an act and an argument: a vessel's UID, a level, a word, an
    arc in degrees, the UID of an outline.
    """

    chosen = Signal(str)
    acted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area, self._column = scroll_column()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self._content: VesselContent | None = None
        self._position: PositionRow | None = None
        self.names: dict[str, QRadioButton] = {}
        self.levels: dict[str, QAbstractButton] = {}
        self.lines: list[str] = []
        self._list, self._details, self._here = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._tools = QHBoxLayout()
        self._tools.setSpacing(0)
        self.vessel = QComboBox()
        self.way = QCheckBox(_("Through the lumen, else a spline"))
        self.degrees: WholeNumberField | None = None
        self.word: QComboBox | None = None
        column = self._column
        for name, text in names_to_choose():
            self.vessel.addItem(text, name)
        self.vessel.setAccessibleName(_("Vessel to follow"))
        self.vessel.activated.connect(
            lambda n: self.acted.emit("vessel", str(self.vessel.itemData(n)))
        )
        self.way.setToolTip(_("Between two clicks the line finds its way through the lumen"))
        self.way.toggled.connect(lambda on: self.acted.emit("traced", "yes" if on else ""))
        column.addWidget(head(_("Vessels")))
        column.addLayout(self._list)
        column.addWidget(head(_("Follow a vessel")))
        column.addWidget(self.vessel)
        column.addLayout(self._tools)
        column.addWidget(self.way)
        column.addLayout(self._details)
        column.addWidget(head(_("At this place")))
        column.addLayout(self._here)
        column.addStretch(1)
        self.show_content(VesselContent())
        self.show_position(PositionRow())

    def set_tools(self, actions: list[QAction]) -> None:
        """Show buttons for the tools."""
        for action, text in zip(actions, _TOOL_WORDS, strict=True):
            self._tools.addWidget(tool_button(action, text), 1)

    def show_content(self, content: VesselContent) -> None:
        """Show vessels; what reads the same stays."""
        shown, self._content = self._content, content
        if shown == content:
            return
        self.vessel.setCurrentIndex(max(self.vessel.findData(content.wanted), 0))
        self.way.blockSignals(True)
        self.way.setChecked(content.traced)
        self.way.blockSignals(False)
        if shown is None or shown.rows != content.rows:
            clear(self._list)
            self.names.clear()
            if not content.rows:
                self._list.addWidget(words(_EMPTY, "dim"))
            for row in content.rows:
                name = QRadioButton(menu_text(row.name))
                name.setAutoExclusive(False)
                name.setChecked(row.active)
                name.setToolTip(_("Work on this one"))
                name.clicked.connect(partial(self.chosen.emit, row.uid))
                home, line = _row()
                line.addWidget(name)
                line.addWidget(ElidedLabel(row.detail, "dim"), 1)
                delete = partial(self.acted.emit, "delete", row.uid)
                line.addWidget(RowActs(home, RowAct("trash", _("Delete"), delete, row.name)))
                self._list.addWidget(home)
                self.names[row.uid] = name
        self._build_details(content)

    def show_position(self, row: PositionRow) -> None:
        """Show what holds at the position along the vessel."""
        if row == self._position:
            return
        self._position, self.degrees, self.word = row, None, None
        clear(self._here)
        if not row.words:
            self._here.addWidget(words(_("Nothing is measured here yet."), "dim"))
            return
        for text in row.words:
            self._here.addWidget(words(text))
        if row.degrees is not None:
            field = self.degrees = WholeNumberField()
            field.setRange(0, 360)
            field.setSuffix("°")
            field.setValue(row.degrees or 0)
            field.setAccessibleName(_("Arc of contact by hand, degrees"))
            line = QHBoxLayout()
            line.addWidget(words(_("Contact by hand"), "dim", wrap=False))
            line.addWidget(field)
            line.addWidget(link(_("set"), lambda: self.acted.emit("arc", str(field.value()))))
            if row.arc_by_hand:
                line.addWidget(link(_("take back"), lambda: self.acted.emit("no arc", "")))
            line.addStretch(1)
            self._here.addLayout(line)
        if row.outline_by_hand:
            self._here.addWidget(
                link(_("take the drawn outline back"), lambda: self.acted.emit("no outline", "")),
                0,
                _LEFT,
            )
        if row.stretch:
            column = QVBoxLayout()
            column.addWidget(words(row.stretch, "dim"))
            choice = self.word = QComboBox()
            choice.setAccessibleName(_("What fills the lumen here"))
            for word in Word:
                choice.addItem(word.value.capitalize(), word.value)
            choice.setCurrentIndex(choice.findData(row.word))
            choice.activated.connect(lambda n: self.acted.emit("word", str(choice.itemData(n))))
            column.addWidget(choice)
            self._here.addLayout(column)

    # -- building ------------------------------------------------------------------------

    def _build_details(self, content: VesselContent) -> None:
        clear(self._details)
        self.levels.clear()
        self.lines = [*content.lines, *content.caveats]
        if not content.uid:
            return
        if content.busy:
            self._details.addWidget(words(content.busy, "dim"))
        show = link(
            _("Show the curved view"),
            lambda: self.acted.emit("layout", ""),
            _("Curved view (Alt+7)"),
        )
        self._details.addWidget(show, 0, _LEFT)
        self._details.addWidget(head(_("Levels")))
        if not content.levels:
            self._details.addWidget(words(_("Levels are those of the vena cava."), "dim"))
        for level in content.levels:
            self._details.addWidget(self._level(level))
        self._details.addWidget(head(_("Measured from")))
        choice = QComboBox()
        choice.setAccessibleName(_("Outline of the lumen"))
        choice.addItem(_BY_VALUES, "")
        for uid, name in content.lumens:
            choice.addItem(name, uid)
        choice.setCurrentIndex(max(choice.findData(content.lumen), 0))
        choice.activated.connect(lambda n: self.acted.emit("lumen", str(choice.itemData(n))))
        self._details.addWidget(choice)
        for uid, name, on in content.masses:
            box = QCheckBox(menu_text(name))
            box.setChecked(on)
            box.setToolTip(_("Whether the vessel is measured against it"))
            box.toggled.connect(partial(self._tell_mass, uid))
            self._details.addWidget(box)
        if not content.masses:
            self._details.addWidget(
                words(_("No outline of a mass on these images. Press S and paint it."), "dim")
            )
        self._details.addWidget(head(_("Along the vessel")))
        for text in content.lines:
            self._details.addWidget(words(text))
        for text in content.caveats:
            self._details.addWidget(words(f"▲ {text}", "dim"))
        self._details.addWidget(rule())

    def _tell_mass(self, uid: str, on: bool) -> None:
        self.acted.emit("mass" if on else "no mass", uid)

    def _level(self, level: LevelRow) -> QWidget:
        home, line = _row()
        line.addWidget(words(level.words, "" if level.place else "dim"), 1)
        line.addWidget(words(level.place, "dim", wrap=False))
        mark = partial(self.acted.emit, "level", level.name)
        if not level.place:
            button = link(pgettext("command", "Mark"), mark)
            button.setAccessibleName(_("Mark {level}", level=level.words))
            line.addWidget(button)
            self.levels[level.name] = button
            return home
        show = partial(self.acted.emit, "show level", level.name)
        remove = partial(self.acted.emit, "no level", level.name)
        wishes = [
            RowAct("eye", _("Show"), show, level.words),
            RowAct("refresh", _("Re-mark"), mark, level.words),
        ]
        if level.removable:
            wishes.append(RowAct("trash", _("Remove"), remove, level.words))
        acts = RowActs(home, *wishes)
        line.addWidget(acts)
        self.levels[level.name] = acts.button(_("Re-mark"))
        return home


def _row() -> tuple[QWidget, QHBoxLayout]:
    """Return a row that shows what can be done with it while it is looked at, and its line."""
    home = QWidget()
    line = QHBoxLayout(home)
    line.setContentsMargins(0, 0, 0, 0)
    return home, line
