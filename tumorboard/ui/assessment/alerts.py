"""Alerts by severity; each can be acknowledged with a reason, and that be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.ui.assessment.reasons import Ways, add_conflicts, add_links, origin_line
from tumorboard.ui.assessment.rows import AlertRow
from tumorboard.ui.shell.flow import FlowLayout
from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import Folds, link, words

_SEVERITIES = ("critical", "warning", "information")


class AlertLine(QWidget):
    """One alert with its rule, and a field for the reason once it is asked for.

    A contradiction shows the values that exclude each other, who entered each and where.
    """

    def __init__(
        self,
        row: AlertRow,
        ways: Ways,
        acknowledge: Callable[[str, str, str], object],
        withdraw: Callable[[str], object],
    ) -> None:
        super().__init__()
        self.row = row
        self._acknowledge = acknowledge
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        quiet = bool(row.acknowledged) and not row.contradiction
        layout.addWidget(Mark(row.severity), 0, 0, top)
        layout.addWidget(words(row.text, "dim" if quiet else ""), 0, 1)
        inside = QVBoxLayout()
        inside.setSpacing(0)
        for origin in row.values:
            inside.addWidget(origin_line(origin, ways))
        if row.acknowledged:
            inside.addWidget(words(row.acknowledged, "dim"))
            act = link(_("take back"), partial(withdraw, row.key), _("The alert stands again"))
        else:
            act = link(
                _("acknowledge"), self._ask, _("Say why it may stand; it stays in the record")
            )
        act.setAccessibleName(f"{act.text().capitalize()}: {row.text}")
        flow = FlowLayout()
        add_links(flow, row.reason, ways, lead=not row.values)
        add_conflicts(flow, row.conflicts, ways.look_up)
        flow.addWidget(act)
        inside.addLayout(flow)
        layout.addLayout(inside, 1, 1)
        self._button = act
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(_("Reason, then Enter; Esc leaves it"))
        self.reason.setAccessibleName(_("Reason: {alert}", alert=row.text))
        self.reason.returnPressed.connect(self._done)
        self.reason.hide()
        layout.addWidget(self.reason, 2, 1)

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

    Contradictions come first, then the worst. An acknowledged contradiction stays in its place,
    with the reason: the values still exclude each other.
    """
    ordered = sorted(rows, key=lambda r: (not r.contradiction, _SEVERITIES.index(r.severity)))
    done = [row for row in ordered if row.acknowledged and not row.contradiction]
    for row in ordered:
        if row not in done:
            section.addWidget(line(row))
            yield

    def build(inner: QVBoxLayout) -> None:
        for row in done:
            inner.addWidget(line(row))

    if done:
        title = _("{count} acknowledged", count=len(done))
        section.addWidget(folds.fold("acknowledged", title, build, role="dim"))
