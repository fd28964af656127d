"""Imports files and folders: scanned in the background, stored, and told what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from tumorboard.app.imports import ImportOutcome, scan_paths, take_in
from tumorboard.errors import UserError
from tumorboard.ui.dialogs.listing import refused_dialog

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller


class Importing:
    """Runs imports for the window."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.last: ImportOutcome | None = None

    def choose_folder(self) -> None:
        """Ask for a folder and import it."""
        folder = QFileDialog.getExistingDirectory(self._controller.window, "Open folder of images")
        if folder:
            self.start([folder])

    def choose_files(self) -> None:
        """Ask for files and import them."""
        files, _ = QFileDialog.getOpenFileNames(self._controller.window, "Open image files")
        if files:
            self.start(files)

    def start(self, paths: Sequence[str]) -> None:
        """Scan in the background, then store and open what was found."""
        wanted = [Path(path) for path in paths]
        self._controller.jobs.start(
            "import",
            lambda reporter: scan_paths(wanted, reporter),
            finished=self._take_in,
            failed=lambda text: self._controller.say(text, state="warning"),
        )

    def _take_in(self, found: object) -> None:
        controller = self._controller
        try:
            outcome = take_in(controller.session, found)  # type: ignore[arg-type]
        except UserError as error:
            controller.say(str(error), state="warning")
            return
        self.last = outcome
        more = self._show_refused if outcome.refused else None
        state = "information" if outcome.added or outcome.unchanged else "warning"
        controller.say(outcome.text, state=state, more=more)
        if outcome.cases:
            controller.open_case(outcome.cases[0])

    def _show_refused(self) -> None:
        if self.last is not None:
            rows = [(r.file, r.reason) for r in self.last.refused]
            refused_dialog(rows, self._controller.window).open()
