"""Lets a paper wait for what is being measured: half-measured, known things read "not assessed"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from PySide6.QtCore import QObject, QTimer

from tumorboard.language import _
from tumorboard.ui.shell.host import Feature

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: How often it is asked whether all is measured, ms.
_ASK_MS: Final = 50


class Measures(Protocol):
    """What measures when the hand rests: whether nothing waits, and the name of its job."""

    JOB: ClassVar[str]

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be measured."""
        ...


class MeasuredFirst(QObject, Feature):
    """Does what tells of measurements once they are there."""

    def __init__(self, host: Host, measures: Sequence[Measures]) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._measures = measures
        self._waiting: list[tuple[str, Callable[[], None]]] = []
        self._later = QTimer(self)
        self._later.setInterval(_ASK_MS)
        self._later.timeout.connect(self._ask)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def do(self, work: Callable[[], None]) -> None:
        """Do this when outlines and vessels are measured: now, if nothing is under way.

        Not when another case is opened meanwhile; that is said.
        """
        if self._is_measured():
            work()
            return
        self._host.say(_("Outlines and vessels are being measured; this follows."))
        self._waiting.append((self._case(), work))
        self._later.start()

    def stop(self) -> None:
        """Wait no more."""
        self._later.stop()
        self._waiting.clear()

    def _is_measured(self) -> bool:
        return all(m.is_idle for m in self._measures) and not any(
            self._host.jobs.is_under_way(m.JOB) for m in self._measures
        )

    def _case(self) -> str:
        case = self._host.case
        return "" if case is None else case.uid

    def _ask(self) -> None:
        if not self._is_measured():
            return
        self._later.stop()
        waiting, self._waiting = self._waiting, []
        for uid, work in waiting:
            if uid == self._case():
                work()
            else:
                self._host.say(
                    _("Another case was opened before all was measured: nothing was written."),
                    state="warning",
                )
