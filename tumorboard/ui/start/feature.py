"""Offers ways to begin while no case is open, and keeps what was worked on last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.app.recent import CASES, FOLDERS, SHOWN, newest_first, with_newest
from tumorboard.app.worklist import archived, lines
from tumorboard.language import _, ngettext
from tumorboard.progress import Reporter
from tumorboard.ui.shell.case_words import case_line
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.start.page import Place, StartPage

if TYPE_CHECKING:
    from tumorboard.case.model import Case
    from tumorboard.ui.shell.host import Host
    from tumorboard.ui.shell.jobs import Job

_DEMONSTRATION = "demonstration"
#: What brings the first images: while it is under way nothing else is offered.
_COMING = ("import", "preview")


class StartFeature(Feature):
    """Shows the page of the beginning; puts the demonstration into the store."""

    def __init__(self, host: Host, page: StartPage, take_in: Callable[[list[str]], object]) -> None:
        self._host, self._page = host, page
        self._take_in = take_in
        #: Where the computed images of the demonstration lie; None for the usual place.
        self.images: Path | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {
            "file.demonstration": self.add_demonstration,
            "file.no_demonstration": self.archive_demonstration,
        }

    def listen(self) -> None:
        """Offer what there is, and follow what changes it."""
        host, page = self._host, self._page
        page.offer(host.actions)
        page.dropped.connect(self._take_in)
        page.folder_wanted.connect(lambda folder: self._take_in([folder]))
        page.case_wanted.connect(host.open_case)
        host.room.display(0).volume_changed.connect(self.show)
        named = host.actions["view.identity"]
        for signal in (named.toggled, named.triggered):  # by a talk, and by a hand
            signal.connect(lambda _on: self.show())
        host.jobs.started.connect(self._job_started)
        self.show()

    def show_case(self, case: Case | None) -> None:
        """Keep which case was opened, and step aside for it."""
        host = self._host
        if case is not None and not host.workspace.is_scratch:
            kept = host.settings.table(CASES)
            table = with_newest(kept, case.uid)
            if table != kept:
                host.attempt(lambda: host.settings.set(CASES, table))
        self.show()

    def show(self) -> None:
        """Show the page while there is nothing else to show."""
        host, page = self._host, self._page
        comes = any(host.jobs.is_under_way(name) for name in _COMING)
        empty = host.case is None and host.room.display(0).volume is None and not comes
        if not empty:
            page.hide()
            return
        page.show_recent(self._cases(), page.folder_names(self._folders()))
        if page.isHidden():
            page.cover()
            page.show()
            page.take_keys()

    def _job_started(self, job: Job) -> None:
        if job.name in _COMING:
            self.show()
            job.ended.connect(self.show)

    def _cases(self) -> list[Place]:
        """Return the cases opened last that are in this store and not archived."""
        host = self._host
        uids = newest_first(host.settings.table(CASES))
        named = host.room.shows_identity
        found = {s.uid: case_line(s, named=named) for s in lines(host.session, uids)}
        away = archived(host.session)
        known = [found[uid] for uid in uids if uid in found and uid not in away]
        return [
            Place(
                line.uid,
                " · ".join(part for part in (line.label, line.name) if part),
                line.study or line.detail,
            )
            for line in known[:SHOWN]
        ]

    def _folders(self) -> list[str]:
        kept = newest_first(self._host.settings.table(FOLDERS))
        return [folder for folder in kept if Path(folder).is_dir()][:SHOWN]

    # -- the demonstration ---------------------------------------------------------------

    def add_demonstration(self) -> None:
        """Put the demonstration cases into the store, in the background."""
        host = self._host
        folder = host.session.store.folder
        if folder is None or host.session.store.read_only:
            host.say(_("The demonstration cases need a store that can be written."))
            return
        images = self.images

        def work(reporter: Reporter) -> int:
            from tumorboard.demo.demonstration import demonstration_folder
            from tumorboard.demo.in_store import put_demonstration

            return put_demonstration(folder, images or demonstration_folder(), reporter)

        host.jobs.start(
            _DEMONSTRATION,
            work,
            finished=self._told_demonstration,
            failed=lambda text: host.say(text, state="warning"),
            ended=host.session.cases_changed.emit,
        )

    def _told_demonstration(self, came: int) -> None:
        text = ngettext(
            "{count} demonstration case is in the worklist: a made-up patient, computed images.",
            "{count} demonstration cases are in the worklist: made-up patients, computed images.",
            came,
        )
        here = _("The demonstration cases are in the worklist already.")
        self._host.say(text if came else here)

    def archive_demonstration(self) -> None:
        """Put the demonstration cases away."""
        from tumorboard.demo.in_store import archive_demonstration, marked

        host = self._host
        store = host.session.store
        if host.case is not None and host.case.uid in marked(store):
            host.run("file.close")
        gone: list[int] = []
        if host.attempt(lambda: gone.append(archive_demonstration(store, host.session.author))):
            host.session.cases_changed.emit()
            away = _("The demonstration cases are archived: Filter › Archived cases has them.")
            none = _("There are no demonstration cases in the worklist.")
            host.say(away if gone[0] else none)
            self.show()
