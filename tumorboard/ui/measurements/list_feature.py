"""The list of all measurements of the open case: kept true, led from, exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from tumorboard.app.case_change import ANNOTATIONS, LESIONS, SEGMENTATIONS, SERIES
from tumorboard.app.file_names import check_name, file_name
from tumorboard.app.identity import names_of
from tumorboard.app.told import told_case, withholding_of
from tumorboard.case.measurement_list import ListedMeasurement, proposed_count, told_rows
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.shell.file_dialogs import open_save
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.word_questions import with_words_settled

if TYPE_CHECKING:
    from tumorboard.ui.measurements.list_dialog import MeasurementListDialog
    from tumorboard.ui.shell.host import Host

_JOB, _EXPORT = "measurement list", "measurement export"
_FILTERS: Final = _("Excel workbook (*.xlsx);;Table of text (*.csv)")
Rows = Sequence[ListedMeasurement]


#: What the list shows; without a window it shows nothing.
_LISTED: Final = frozenset({ANNOTATIONS, LESIONS, SEGMENTATIONS, SERIES})


class MeasurementListFeature(Feature):
    """One window of the list; ``jump`` shows what a row was drawn on."""

    def __init__(self, host: Host, jump: Callable[[tuple[str, ...]], None]) -> None:
        self._host, self._jump = host, jump
        self.dialog: MeasurementListDialog | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the command of this does."""
        return {"edit.measurements": self.show}

    def stop(self) -> None:
        """Close the window."""
        self.close()

    def close(self) -> None:
        """Close the window."""
        if self.dialog is not None:
            self.dialog.close()

    def show(self) -> None:
        """Show the list of the open case, or bring its window to the front."""
        from tumorboard.ui.measurements.list_dialog import MeasurementListDialog

        host = self._host
        if host.case is None:
            host.say(_("Open a case first; the list is of one case."))
            return
        if self.dialog is None:
            self.dialog = MeasurementListDialog(host.parent_widget)
            self.dialog.jump_requested.connect(lambda uid: self._jump((uid,)))
            self.dialog.export_requested.connect(self.ask_file)
            self.dialog.copy_requested.connect(self.copy)
            self.dialog.closed.connect(self._forget)
            self.families = _LISTED
            self.dialog.show()
            self.show_case(host.case)
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _forget(self) -> None:
        self.dialog, self.families = None, frozenset()

    def show_case(self, case: Case | None) -> None:
        """List what is measured now; the slices are numbered in a worker."""
        if self.dialog is None:
            return
        if case is None:
            self.close()
            return
        keys = {a.image.series_instance_uid for a in case.annotations}
        keys |= {s.series_instance_uid for s in case.segmentations}
        session = self._host.session
        found = {key: session.series_record(key) for key in keys}
        records = {key: record for key, record in found.items() if record is not None}

        def work(_reporter: Reporter) -> Rows:
            from tumorboard.app.measurement_list import listed

            return listed(case, records)

        self._host.jobs.start(_JOB, work, finished=partial(self._came, case))

    def _came(self, case: Case, rows: Rows) -> None:
        if self.dialog is not None and self._host.case is case:
            self.dialog.show_rows(rows, proposed_count(case))

    # -- what leaves the program ---------------------------------------------------------

    def _told(self, case: Case, rows: Rows) -> Rows:
        """Return rows as they may be told."""
        store = self._host.session.store
        return told_rows(rows, told_case(store, case, withholding_of(store, case)))

    def copy(self, rows: Rows) -> None:
        """Put rows to the clipboard, as text for a spreadsheet and as a table for a document."""
        if self._host.case is not None:
            with_words_settled(self._host, (self._host.case.uid,), partial(self._copy, rows))

    def _copy(self, rows: Rows) -> None:
        from tumorboard.reports.measurement_table import measurements_html, measurements_text

        case = self._host.case
        if case is None:
            return
        told = self._told(case, rows)
        data = QMimeData()
        data.setText(measurements_text(told))
        data.setData("text/html", measurements_html(told).encode())  # escaped
        QGuiApplication.clipboard().setMimeData(data)

    def ask_file(self, rows: Rows) -> None:
        """Ask where the rows shall go; the ending of the name says as what."""
        if self._host.case is not None:
            with_words_settled(self._host, (self._host.case.uid,), partial(self._ask_file, rows))

    def _ask_file(self, rows: Rows) -> None:
        host, case = self._host, self._host.case
        if case is None:
            return
        people = names_of(host.session.store, case)
        name = file_name(
            _("measurements {label}", label=case.label), "xlsx", people, with_identity=False
        )
        dialog = open_save(
            host, _("Export measurements"), name, _FILTERS, partial(self.write, rows)
        )
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix("csv" if "csv" in chosen else "xlsx")
        )

    def write(self, rows: Rows, path: Path) -> None:
        """Write rows in the background, as CSV or XLSX by the ending of the name."""
        host, case = self._host, self._host.case
        if case is None:
            return
        told, people = self._told(case, rows), names_of(host.session.store, case)

        def work(_reporter: Reporter) -> None:
            from tumorboard.reports.measurement_table import measurements_csv, measurements_xlsx
            from tumorboard.whole_file import write_whole

            check_name(path, people, with_identity=False)
            ending = path.suffix.lower()
            if ending not in (".csv", ".xlsx"):
                raise UserError(
                    _("“{name}” says neither CSV nor XLSX.", name=path.name),
                    _("Let its name end in one of them."),
                )
            made = measurements_csv if ending == ".csv" else measurements_xlsx
            write_whole(path, made(told))

        host.jobs.start(
            _EXPORT,
            work,
            finished=lambda _done: host.say(_("Written: {name}", name=path.name)),
            failed=lambda text: host.say(text, state="warning"),
        )
