"""Writes the papers of a meeting: asks what they may tell and where they go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tumorboard.case.meeting import Meeting
from tumorboard.progress import Reporter
from tumorboard.reports.deck import KINDS, SWITCH

if TYPE_CHECKING:
    from tumorboard.app.guidance import Guidance
    from tumorboard.ui.meeting.meetings import Meetings
    from tumorboard.ui.shell.file_dialogs import open_save
from tumorboard.language import _
from tumorboard.ui.shell.host import Host

#: The papers: the title of the question, and the ending of the file.
PAPERS: Final = {
    "agenda": (_("Agenda"), "pdf"),
    "minutes": (_("Minutes"), "pdf"),
    "slides": (_("Slides of the meeting"), "pdf"),
    "readiness": (_("Readiness of the cases"), "pdf"),
    "decisions": (_("Table of the decisions"), "csv"),
}


class Papers:
    """Agenda, minutes, readiness and decisions of the current meeting."""

    def __init__(self, host: Host, meetings: Meetings) -> None:
        self._host = host
        self._meetings = meetings

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {f"meeting.{kind}": partial(self.ask, kind) for kind in PAPERS}

    def ask(self, kind: str) -> None:
        """Ask whether the paper tells who the cases are about, then for a file."""
        host = self._host
        if host.workspace.is_scratch or self._meetings.current is None:
            host.say(_("There is no meeting yet: F4 shows the meetings, and makes one."))
            return
        from tumorboard.ui.shell.share_dialog import ShareDialog
        from tumorboard.ui.shell.word_questions import with_words_settled

        switch = SWITCH if kind == "slides" else ""
        dialog = ShareDialog(PAPERS[kind][0], host.parent_widget, switch=switch)
        uids = [item.case_uid for item in self._meetings.current.items]
        dialog.wanted.connect(
            lambda told: with_words_settled(
                host,
                () if told else uids,
                partial(self.choose, kind, told, all_pages=dialog.more.isChecked()),
            )
        )
        dialog.open()

    def choose(self, kind: str, with_identity: bool, *, all_pages: bool = False) -> None:
        """Ask for the file."""
        host = self._host
        meeting = self._meetings.current
        if meeting is None:
            return
        title, ending = PAPERS[kind]
        kinds = KINDS if kind == "slides" else f"{title} (*.{ending})"
        asked = {"with_identity": with_identity, "all_pages": all_pages}
        open_save(
            *(host, title, f"{kind} {meeting.date}.{ending}", kinds),
            lambda path: host.when_measured(partial(self.write, kind, meeting, path, **asked)),
        )

    def write(
        self,
        kind: str,
        meeting: Meeting,
        path: Path,
        *,
        with_identity: bool,
        all_pages: bool = False,
    ) -> None:
        """Write a paper in the background."""
        host = self._host
        folder, author = host.session.store.folder, host.session.author
        paper = str(host.settings["report.paper"])
        if folder is None:
            return
        guidance = host.workspace.guidance

        def work(reporter: Reporter) -> None:
            from tumorboard.app.meeting_papers import Request, papers_of

            if kind == "slides":
                asked = {"with_identity": with_identity, "all_pages": all_pages}
                _write_slides(folder, guidance, author, meeting, path, asked, reporter)
                return
            titles = {option.id: option.title for option in guidance.guideline.options.values()}
            request = Request(titles, author, with_identity)
            papers = papers_of(folder, meeting.uid, request, path)
            _writer(kind)(papers, path, paper)

        host.jobs.start(
            "papers",
            work,
            finished=lambda _done: host.say(_("Written: {name}", name=path.name)),
            failed=lambda text: host.say(text, state="warning"),
        )


def _write_slides(
    folder: Path,
    guidance: Guidance,
    author: str,
    meeting: Meeting,
    path: Path,
    asked: dict[str, bool],
    reporter: Reporter,
) -> None:
    from tumorboard.app.file_names import check_name
    from tumorboard.app.shared_case import CaseReader
    from tumorboard.reports.slides import write_slides
    from tumorboard.ui.sharing.slides import meeting_deck

    with CaseReader(folder, guidance, author) as reader:
        people = reader.people_of(meeting)
        check_name(path, people, with_identity=asked["with_identity"])
        deck = meeting_deck(reader, meeting.uid, reporter, **asked)
    write_slides(deck, path, reporter)


def _writer(kind: str) -> Callable[..., None]:
    """Return what writes a paper; its modules are read when one is wanted."""
    from tumorboard.reports.agenda import write_agenda
    from tumorboard.reports.decisions_csv import write_csv
    from tumorboard.reports.meeting_readiness import write_readiness
    from tumorboard.reports.minutes import write_minutes

    table: dict[str, Callable[..., None]] = {
        "agenda": write_agenda,
        "minutes": write_minutes,
        "readiness": write_readiness,
        "decisions": lambda papers, path, _paper: write_csv(papers, path),
    }
    return table[kind]
