"""Cases as a whole: the worklist, a status on the way to the board, putting away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tumorboard.app.worklist import (
    STATUSES,
    CaseFilter,
    find,
    find_elsewhere,
    has_many,
    lines,
    set_archived,
    set_status,
)
from tumorboard.ui.models.case_view import case_line
from tumorboard.ui.panels.worklist import Show

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller


class Casework:
    """Acts on the worklist and on the open case as a whole."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def start(self) -> None:
        """Give the worklist its cases."""
        controller = self._controller
        controller.window.worklist.set_source(
            self._find,
            lambda uids: [case_line(summary) for summary in lines(controller.session, uids)],
        )

    def _find(self, wanted: CaseFilter, show: Show) -> None:
        """Search at once, or in a job where there are so many cases that it takes long."""
        controller = self._controller
        session = controller.session
        folder = session.store.folder
        if folder is None or not has_many(session):
            show(find(session, wanted))
            return
        controller.jobs.start(
            "search",
            lambda _reporter: find_elsewhere(folder, wanted),
            finished=show,
            failed=lambda text: controller.say(text, state="warning"),
        )

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        table: dict[str, Callable[[], object]] = {
            "case.archive": self.archive,
        }
        for status in STATUSES:
            table[f"case.status.{status}"] = partial(self.set_status, status)
        return table

    def set_status(self, status: str) -> None:
        """Say how far the open case is."""
        session = self._controller.session
        self._controller.attempt(lambda: set_status(session, status))

    def archive(self) -> None:
        """Put the open case away, or bring it back."""
        controller = self._controller
        case = controller.session.case
        away = case is not None and case.remark("archived") is None
        if controller.attempt(lambda: set_archived(controller.session, archived=away)):
            controller.say(
                "The case is archived: the worklist shows it under Filter › Archived cases."
                if away
                else "The case is in the worklist again."
            )
