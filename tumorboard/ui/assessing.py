"""Joins the assessment, the form of facts and the evidence with the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from tumorboard.ui.models.assessment_view import assessment_rows

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller


class Assessing(QObject):
    """Shows what is recorded and what follows from it."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {}

    def start(self) -> None:
        """Listen to the panels."""

    def stop(self) -> None:
        """Let go of what is under way."""

    def show_facts(self) -> None:
        """Show the facts in force of the open case, or that none is open."""
        session, form = self._controller.session, self._controller.window.facts
        form.setEnabled(session.case is not None)
        form.set_facts(dict(session.facts.facts) if session.case is not None else {})

    def show(self, assessment: Any) -> None:
        """Show an assessment, or none."""
        controller = self._controller
        shown = assessment is not None and controller.session.case is not None
        controller.window.assessment.set_assessment(assessment_rows(assessment) if shown else None)
        if shown:
            controller.thinking.again()
        else:
            controller.thinking.stop()
