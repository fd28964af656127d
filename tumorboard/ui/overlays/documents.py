"""Reads reports here; hands other documents to a program of the system, after a question."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from tumorboard.app.overlays import TextDocument, open_outside
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.ui.shell.text_dialog import text_dialog
from tumorboard.ui.shell.text_widgets import Question

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


class ForeignDocuments(QObject):
    """Shows reports and documents, and takes back the copies that it made."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._copies: list[Path] = []

    def stop(self) -> None:
        """Take back the copies of documents that were opened."""
        for path in self._copies:
            with contextlib.suppress(OSError):
                path.unlink()
        self._copies.clear()

    def read(self, documents: Sequence[TextDocument], key: str) -> None:
        """Show the text of a report."""
        document = next((d for d in documents if d.key == key), None)
        if document is not None and document.text is not None:
            text_dialog(document.title, document.text, self._host.parent_widget).open()

    def ask_to_open(self, key: str) -> None:
        """Ask before a document leaves for a program of the system; never on our own."""
        box = Question(
            self._host.parent_widget,
            _("Open document"),
            _("Open this PDF with the viewer of your system?"),
            _(
                "It comes from the images' sender and may hold the patient's name. A copy is put "
                "into a folder for temporary files until this program ends."
            ),
        )
        box.setStandardButtons(Question.StandardButton.Open | Question.StandardButton.Cancel)
        box.setDefaultButton(Question.StandardButton.Cancel)
        box.accepted.connect(lambda: self._host.attempt(lambda: self.open(key)))
        box.finished.connect(box.deleteLater)
        box.open()

    def open(self, key: str) -> Path | None:
        """Hand a document to the system's viewer.

        Raises
        ------
        UserError
            When it holds no PDF, or cannot be written.

        """
        record = self._host.session.series_record(key)
        if record is None:
            return None
        ending, data = open_outside(record)
        try:
            with tempfile.NamedTemporaryFile(suffix=ending, delete=False) as file:
                file.write(data)
        except OSError as error:
            raise UserError(_("The document cannot be written."), _("Free some space.")) from error
        self._copies.append(Path(file.name))
        QDesktopServices.openUrl(QUrl.fromLocalFile(file.name))
        return self._copies[-1]
