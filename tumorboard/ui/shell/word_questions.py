"""Asks about sentences in which a word may be a name of the patient: blank it, or keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.told import Doubt, doubts_of, keep_choice
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.reports.identity import Choice
from tumorboard.ui.shell.parts import scroll_column, words

if TYPE_CHECKING:
    from tumorboard.case.model import Case
    from tumorboard.ui.shell.host import Host

_WIDTH, _HEIGHT = 620, 460
_ABOUT = _(
    "In these sentences stands a word that is a name of the patient as well. Say of each whether "
    "the word is blanked; the answers are kept with the case."
)


class WordQuestions(QDialog):
    """Lists sentences with two choices each, none of them made; goes on when all are."""

    def __init__(
        self,
        doubts: Sequence[Doubt],
        settled: Callable[[dict[Doubt, Choice]], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("A word or a name?"))
        self.resize(_WIDTH, min(_HEIGHT, 190 + 110 * len(doubts)))
        self.choices: dict[Doubt, Choice] = {}
        self.buttons: list[tuple[QRadioButton, QRadioButton]] = []
        self._doubts, self._settled = tuple(doubts), settled
        area, column = scroll_column()
        column.setSpacing(16)
        for doubt in self._doubts:
            column.addWidget(self._row(doubt))
        column.addStretch(1)
        box = QDialogButtonBox()
        self.go_on = box.addButton(_("Go on"), QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(QDialogButtonBox.StandardButton.Cancel)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(words(_ABOUT))
        layout.addWidget(area, 1)
        layout.addWidget(box)
        self.accepted.connect(lambda: self._settled(self.choices))
        self._look()

    def _row(self, doubt: Doubt) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        where = " · ".join(part for part in (doubt.case_label, doubt.field) if part)
        column.addWidget(words(where, "dim"))
        column.addWidget(words(f"“{doubt.sentence.strip()}”"))
        group, line = QButtonGroup(row), QHBoxLayout()
        line.setSpacing(24)
        keep = QRadioButton(_("A word: keep it"))
        blank = QRadioButton(_("A name: blank it"))
        for button, choice in ((keep, Choice.KEEP), (blank, Choice.BLANK)):
            button.setAccessibleName(f"{button.text()}: {doubt.sentence.strip()}")
            group.addButton(button)
            line.addWidget(button)
            button.toggled.connect(partial(self._choose, doubt, choice))
        line.addStretch(1)
        column.addLayout(line)
        self.buttons.append((keep, blank))
        return row

    def _choose(self, doubt: Doubt, choice: Choice, on: bool) -> None:
        if on:
            self.choices[doubt] = choice
        self._look()

    def _look(self) -> None:
        self.go_on.setEnabled(len(self.choices) == len(self._doubts))


def with_words_settled(
    host: Host,
    uids: Sequence[str],
    then: Callable[[], object],
    *,
    more: Sequence[object] = (),
    parent: QWidget | None = None,
) -> None:
    """Go on at once where no sentence of some cases is in doubt, else when all are decided on.

    ``more`` are records that are told beside the case, ``parent`` the window that asks.
    """
    store = host.session.store
    doubts = [
        doubt
        for case in _cases(host, uids)
        for doubt in doubts_of(store, case, (*_items(host, case), *more))
    ]
    if not doubts:
        then()
        return

    def keep(choices: dict[Doubt, Choice]) -> None:
        for doubt, choice in choices.items():
            if not host.attempt(partial(keep_choice, host.session, doubt, choice)):
                return
        then()

    WordQuestions(doubts, keep, parent or host.parent_widget).open()


def _cases(host: Host, uids: Sequence[str]) -> Iterator[Case]:
    """Yield cases as they stand; one that cannot be read says so where it is shown."""
    for uid in uids:
        if host.case is not None and host.case.uid == uid:
            yield host.case
            continue
        try:
            yield host.session.store.cases.load(uid)
        except UserError:
            continue


def _items(host: Host, case: Case) -> tuple[object, ...]:
    """Return what agendas say of a case."""
    found = (meeting.item(case.uid) for meeting in host.session.store.meetings.all())
    return tuple(item for item in found if item is not None)
