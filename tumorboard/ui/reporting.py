"""The report command: asks where to, paints and writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from tumorboard.errors import UserError
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller


class Reporting:
    """Writes the board report of the open case."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def choose(self) -> None:
        """Ask for a file and write the report there."""
        case = self._controller.session.case
        if case is None:
            self._controller.say("Open a case first; the report is about one case.")
            return
        suggestion = f"{case.label}.pdf"
        name, _ = QFileDialog.getSaveFileName(
            self._controller.window, "Board report", suggestion, "PDF (*.pdf);;HTML (*.html)"
        )
        if name:
            self.write(Path(name))

    def write(self, path: Path) -> None:
        """Write the report as PDF or HTML, by the ending of the name, in the background."""
        from tumorboard.ui.board_report import build_report, report_inputs, save_report

        controller = self._controller
        html = path.suffix.lower() in (".html", ".htm")
        paper = str(controller.settings["report.paper"])
        try:
            inputs = report_inputs(controller.workspace)
        except UserError as error:
            controller.say(str(error), state="warning")
            return

        def work(reporter: Reporter) -> object:
            context = build_report(inputs, reporter)
            return save_report(context, None if html else path, path if html else None, paper)

        controller.jobs.start(
            "report",
            work,
            finished=lambda _written: controller.say(f"Report written: {path.name}"),
            failed=lambda text: controller.say(text, state="warning"),
        )
