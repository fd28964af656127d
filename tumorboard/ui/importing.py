"""Imports files and folders: scanned in the background, stored, and told what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from tumorboard.app.ahead import ScanAhead
from tumorboard.app.file_records import Renewed, with_hashes
from tumorboard.app.imports import Found, ImportOutcome, find, take_in
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

    def start(self, paths: Sequence[str], ahead: ScanAhead | None = None) -> None:
        """Scan in the background, then store and open what was found.

        ``ahead`` is the scan of these paths when it was begun already.
        """
        wanted = [Path(path) for path in paths]
        unpack_to = self._controller.workspace.unpack_to
        work = partial(ahead.find if ahead else partial(find, wanted), unpack_to=unpack_to)
        self._controller.jobs.start(
            "import",
            work,
            finished=self._take_in,
            failed=lambda text: self._controller.say(text, state="warning"),
        )

    def _take_in(self, found: Found) -> None:
        controller = self._controller
        try:
            outcome = take_in(controller.session, found)
        except UserError as error:
            controller.say(str(error), state="warning")
            return
        self.last = outcome
        more = self._show_refused if outcome.refused else None
        state = "information" if outcome.added or outcome.unchanged else "warning"
        controller.say(outcome.text, state=state, more=more)
        if outcome.cases:
            controller.open_case(outcome.cases[0])
            self._keep_hashes([item.ref.series_instance_uid for item in found.items])

    def _keep_hashes(self, series: Sequence[str]) -> None:
        """Work out the hashes of the files in the background and store them."""
        controller = self._controller
        if controller.workspace.is_scratch:
            return
        session = controller.session
        records = {uid: record for uid in series if (record := session.series_record(uid))}

        def keep(renewed: dict[str, Renewed]) -> None:
            controller.attempt(lambda: session.keep_records(renewed))

        controller.jobs.start(
            "hashes", lambda reporter: with_hashes(records, reporter), finished=keep
        )

    def _show_refused(self) -> None:
        if self.last is not None:
            rows = [(r.file, r.reason) for r in self.last.refused]
            refused_dialog(rows, self._controller.window).open()
