"""Alerts by severity; each can be acknowledged with a reason, and that be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from tumorboard.ui.assessment.reasons import carried_links, reason_lines
from tumorboard.ui.assessment.rows import AlertRow
from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import Folds, link, words

_SEVERITIES = ("critical", "warning", "information")


class AlertLine(QWidget):
    """One alert with its rule, and a field for the reason once it is asked for."""

    def __init__(
        self,
        row: AlertRow,
        look_up: Callable[[str], object],
        acknowledge: Callable[[str, str, str], object],
        withdraw: Callable[[str], object],
    ) -> None:
        super().__init__()
        self.row = row
        self._acknowledge = acknowledge
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 3, 0, 3)
        layout.setVerticalSpacing(1)
        layout.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(Mark(row.severity), 0, 0, top)
        layout.addWidget(words(row.text, "dim" if row.acknowledged else ""), 0, 1)
        layout.addWidget(reason_lines(row.reason, look_up, say=False), 1, 1)
        if row.acknowledged:
            layout.addWidget(words(row.acknowledged, "dim"), 2, 1)
            act = link("take back", partial(withdraw, row.key), "The alert stands again")
        else:
            act = link("acknowledge", self._ask, "Say why it may stand; it stays in the record")
        act.setAccessibleName(f"{act.text().capitalize()}: {row.text}")
        below = QHBoxLayout()
        below.addWidget(act)
        below.addStretch(1)
        layout.addLayout(below, 3, 1)
        if row.conflicts:
            layout.addWidget(carried_links(row.conflicts, look_up), 5, 1)
        self._button = act
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Reason, then Enter; Esc leaves it")
        self.reason.setAccessibleName(f"Reason: {row.text}")
        self.reason.returnPressed.connect(self._done)
        self.reason.hide()
        layout.addWidget(self.reason, 4, 1)

    def _ask(self) -> None:
        self._button.hide()
        self.reason.show()
        self.reason.setFocus()

    def _done(self) -> None:
        reason = " ".join(self.reason.text().split())
        if reason:
            self._acknowledge(self.row.key, self.row.stands_for, reason)


def fill_alerts(
    section: QVBoxLayout,
    rows: tuple[AlertRow, ...],
    folds: Folds,
    line: Callable[[AlertRow], QWidget],
) -> Iterator[None]:
    """Fill a section with the alerts that stand, then the acknowledged.

    Contradictions come first, then the worst.
    """
    ordered = sorted(rows, key=lambda r: (not r.contradiction, _SEVERITIES.index(r.severity)))
    for row in ordered:
        if not row.acknowledged:
            section.addWidget(line(row))
            yield
    done = [row for row in ordered if row.acknowledged]

    def build(inner: QVBoxLayout) -> None:
        for row in done:
            inner.addWidget(line(row))

    if done:
        title = f"{len(done)} acknowledged"
        section.addWidget(folds.fold("acknowledged", title, build, role="dim"))
