"""Lines of the lesion panel: a lesion with its dates, a measurement, its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.measurements.rows import (
    DateRow,
    HistoryLine,
    LesionCard,
    LesionContent,
    MeasurementRow,
    SumLine,
)
from tumorboard.ui.shell.parts import link, words
from tumorboard.ui.shell.row_acts import RowAct, RowActs
from tumorboard.ui.shell.text_widgets import menu_entry
from tumorboard.ui.shell.theme import keep_scaled

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
_TOP = Qt.AlignmentFlag.AlignTop
_DATE_WIDTH = 96
#: Reservations of a measurement that are always on show.
_FEW_CAVEATS = 3


_MORE = _("Who measured it and when; to which lesion it belongs")


class Wishes(Protocol):
    """The signals of the panel that the lines send."""

    jump_requested: SignalInstance
    delete_requested: SignalInstance
    accept_requested: SignalInstance
    assign_requested: SignalInstance
    history_requested: SignalInstance
    copy_requested: SignalInstance


def column_widget() -> tuple[QWidget, QVBoxLayout]:
    """Return a widget with a tight column."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 4, 0, 4)
    column.setSpacing(2)
    return widget, column


def date_widget(row: DateRow, wishes: Wishes) -> QWidget:
    """Return the head of a lesion at a date: the date, the size, how it changed."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 4, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(0)
    grid.addWidget(words(row.date), 0, 0)
    if row.size:
        size = link(
            row.size,
            lambda: wishes.jump_requested.emit((row.uid,)),
            _("Show it on {date}", date=row.date),
        )
        size.setAccessibleName(_("{size} on {date}: show", size=row.size, date=row.date))
        grid.addWidget(size, 0, 1, _RIGHT)
    for n, text in enumerate(row.change):
        grid.addWidget(words(text, "dim", wrap=False), n + 1, 0, 1, 2, _RIGHT)
    grid.setColumnStretch(0, 1)
    return widget


def sum_widget(line: SumLine) -> QWidget:
    """Return the sum of the targets at a date."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 2, 0, 2)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(0)
    date = words(line.date, wrap=False)
    keep_scaled(date, least_width=_DATE_WIDTH)
    grid.addWidget(date, 0, 0, _TOP)
    grid.addWidget(words(line.value), 0, 1)
    if line.response:
        told = words(line.response, "keys")
        told.setAccessibleName(
            _(
                "Response by RECIST 1.1 on {date}: {response}",
                date=line.date,
                response=line.response,
            )
        )
        grid.addWidget(told, 0, 2, _RIGHT)
    for n, text in enumerate(line.change):
        grid.addWidget(words(text, "dim"), n + 1, 1, 1, 2)
    grid.setColumnStretch(1, 1)
    return widget


def measurement_widget(row: MeasurementRow, content: LesionContent, wishes: Wishes) -> QWidget:
    """Return a measurement with what may be done with it.

    A reservation that stands above for several is here a sign, with its words in the tip.
    """
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 2, 0, 2)
    grid.setVerticalSpacing(0)
    grid.addWidget(words(row.name), 0, 0)
    line = QHBoxLayout()
    line.setSpacing(4)
    if row.proposed:
        line.addWidget(
            link(_("Accept"), lambda: wishes.accept_requested.emit((row.uid,)), of=row.name)
        )
    more = partial(ask_more, widget, row, content.choices, wishes)
    line.addWidget(
        RowActs(
            widget,
            RowAct("eye", _("Show"), lambda: wishes.jump_requested.emit((row.uid,)), row.name),
            RowAct("dots", _("More"), more, row.name, _MORE),
            RowAct("trash", _("Delete"), lambda: wishes.delete_requested.emit(row.uid), row.name),
        )
    )
    grid.addLayout(line, 0, 1, _RIGHT)
    text = " · ".join(part for part in (row.value, row.where) if part)
    above = [c for c in row.caveats if c in content.shared_caveats]
    value = words(f"▲ {text}" if above else text, "dim")
    value.setToolTip(tip("\n".join(above)))
    grid.addWidget(value, 1, 0, 1, 2)
    if row.proposed:
        grid.addWidget(words(_("◇ Proposed copy: check it, then accept."), "prompt"), 2, 0, 1, 2)
    own = [c for c in row.caveats if c not in above]
    if own:
        grid.addWidget(caveats_widget(own), 3, 0, 1, 2)
    grid.setColumnStretch(0, 1)
    return widget


def caveats_widget(caveats: Sequence[str]) -> QWidget:
    """Return reservations; those beyond a few are folded, and a link opens them."""
    widget, column = column_widget()
    column.setContentsMargins(0, 0, 0, 0)
    lines = [words(f"▲ {caveat}", "prompt") for caveat in caveats]
    for line in lines:
        column.addWidget(line)
    rest = lines[_FEW_CAVEATS:]
    if len(rest) > 1:  # the link takes as much room as one line
        more = link(
            _("and {count} more", count=len(rest)),
            lambda: _unfold(rest, more),
            _("Shows all reservations"),
        )
        more.setAccessibleName(_("Show {count} more reservations", count=len(rest)))
        for line in rest:
            line.hide()
        column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
    return widget


def _unfold(lines: Sequence[QWidget], more: QPushButton) -> None:
    for line in lines:
        line.show()
    more.hide()


def ask_more(
    home: QWidget, row: MeasurementRow, choices: tuple[tuple[str, str], ...], wishes: Wishes
) -> None:
    """List what else can be done with a measurement: its history, the lesion it belongs to."""
    menu = QMenu(home)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(text: str, wish: SignalInstance, *values: object) -> None:
        action = menu_entry(menu, text)
        action.triggered.connect(lambda _checked=False: wish.emit(*values))

    add(_("History: who and when"), wishes.history_requested, row.uid)
    menu.addSection(_("Belongs to"))
    for uid, name in choices:
        add(name, wishes.assign_requested, row.uid, uid)
    add(_("New lesion"), wishes.assign_requested, row.uid, "new")
    add(_("No lesion: a free measurement"), wishes.assign_requested, row.uid, "")
    menu.popup(home.mapToGlobal(home.rect().topRight()))


def history_widget(lines: tuple[HistoryLine, ...]) -> QWidget:
    """Return who set a value to what, and when, the newest first."""
    widget, column = column_widget()
    column.setContentsMargins(12, 2, 0, 6)
    for line in lines:
        column.addWidget(words(line.value))
        column.addWidget(words(line.who, "dim"))
    return widget


def lesion_head(card: LesionCard, edit: Callable[[], object]) -> QWidget:
    """Return the name of a lesion, what is known of it, and the way to change that."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 8, 0, 0)
    grid.setVerticalSpacing(0)
    grid.addWidget(words(card.lesion.name, "brand"), 0, 0)
    told = _("Name, site, role")
    acts = RowActs(widget, RowAct("pencil", _("Edit"), edit, card.lesion.name, told))
    grid.addWidget(acts, 0, 1, _RIGHT)
    grid.addWidget(words(card.detail, "dim"), 1, 0, 1, 2)
    grid.setColumnStretch(0, 1)
    return widget
