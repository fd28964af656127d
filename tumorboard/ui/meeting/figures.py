"""Joins the page of what the board did with the store: reads in a worker, writes the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.shell.file_dialogs import open_save

if TYPE_CHECKING:
    from tumorboard.app.board_report import BoardReport
    from tumorboard.ui.meeting.figures_page import FiguresPage
    from tumorboard.ui.shell.host import Host
    from tumorboard.ui.shell.jobs import Job

_JOB: Final = "board figures"
_HINT: Final = _("Enter in a day counts anew · Page down scrolls · Esc back to images")
_STOPPED: Final = _("Counting was cancelled. Enter in a day counts anew.")
_NO_STORE: Final = _("This folder is only being viewed: no board has decided anything in it.")


class Figures:
    """The page is made when first asked for; it shows one period at a time."""

    def __init__(self, host: Host, show_page: Callable[[QWidget | None], None]) -> None:
        self._host, self._show_page = host, show_page
        self._page: FiguresPage | None = None
        self._report: BoardReport | None = None
        self._job: Job | None = None

    @property
    def page(self) -> FiguresPage:
        """The page."""
        if self._page is None:
            from tumorboard.ui.meeting.figures_page import FiguresPage

            page = self._page = FiguresPage(self._host.parent_widget)
            page.hide()
            page.wanted.connect(self.read)
            page.csv_wanted.connect(self.ask_file)
            page.cancelled.connect(self._cancel)
        return self._page

    @property
    def is_shown(self) -> bool:
        """Whether the page stands in place of the images."""
        return self._page is not None and not self._page.isHidden()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"meeting.figures": self.switch}

    def switch(self) -> None:
        """Show the page, or the images again."""
        if self.is_shown:
            self.leave()
        elif self._host.workspace.is_scratch or self._host.session.store.folder is None:
            self._host.say(_NO_STORE)
            self.mark()
        else:
            self.show()

    def show(self) -> None:
        """Show the page in place of the images, and count what its period holds now."""
        page = self.page
        self._show_page(page)
        page.take_keys()
        self._host.room.tell_hint(_HINT)
        page.ask()

    def leave(self) -> None:
        """Show the images again; nothing is counted for nobody."""
        self._cancel()
        self._show_page(None)
        self._host.room.tell_hint()
        self._host.views.active_view().setFocus()

    def mark(self) -> None:
        """Let the command show whether the page is shown."""
        self._host.actions["meeting.figures"].setChecked(self.is_shown)

    # -- reading -------------------------------------------------------------------------

    def read(self, first: str, last: str) -> None:
        """Count a period, its days as typed; what was being counted is given up."""
        from tumorboard.app.board_report import period_of, report_of_folder

        self._cancel()
        self._report = None
        folder, guidance = self._host.session.store.folder, self._host.workspace.guidance
        try:
            period = period_of(first, last, date.today())
        except UserError as error:
            self.page.say(str(error))
            return
        if folder is None:
            return

        def work(reporter: Reporter) -> BoardReport:
            return report_of_folder(folder, period, guidance, reporter)

        self.page.show_period(period)
        job = self._job = self._host.jobs.start(_JOB, work)
        job.finished.connect(partial(self._finished, job))
        job.failed.connect(partial(self._failed, job))
        job.ended.connect(partial(self._ended, job))

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _finished(self, job: Job, report: BoardReport) -> None:
        if job is self._job:
            self._job, self._report = None, report
            self.page.show_figures(report.figures)

    def _failed(self, job: Job, sentence: str) -> None:
        if job is self._job:
            self._job = None
            self.page.say(sentence)

    def _ended(self, job: Job) -> None:
        """Say that it was cancelled; what came to an end by itself is shown already."""
        if job is self._job:
            self._job = None
            self.page.say(_STOPPED)

    # -- the table -----------------------------------------------------------------------

    def ask_file(self) -> None:
        """Ask for the file of the table."""
        report = self._report
        if report is None:
            return
        found = report.figures
        name = _("board figures {first} to {last}.csv", first=found.first, last=found.last)
        open_save(
            *(self._host, _("Table of the figures"), name, _("Table of the figures (*.csv)")),
            lambda path: self.write(report, path),
        )

    def write(self, report: BoardReport, path: Path) -> None:
        """Write the figures that were on show, in the background."""
        host = self._host
        host.jobs.start(
            "table of the figures",
            lambda _reporter: report.write_csv(path),
            finished=lambda _done: host.say(_("Written: {name}", name=path.name)),
            failed=lambda text: host.say(text, state="warning"),
        )
