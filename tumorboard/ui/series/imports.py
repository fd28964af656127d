"""Imports files and folders: scanned in the background, stored, and told what became of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QTimer

from tumorboard.app.ahead import ScanAhead
from tumorboard.app.file_records import Renewed, with_hashes
from tumorboard.app.growth import stored_of
from tumorboard.app.images import lower_priority
from tumorboard.app.imports import Found, ImportOutcome, find, joined_with, take_in
from tumorboard.app.preview import Preview, first_look
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Progress, Reporter
from tumorboard.ui.shell.file_dialogs import ask_files, ask_folder, note_source
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.table_dialog import refused_dialog

if TYPE_CHECKING:
    from tumorboard.case.model import Case
    from tumorboard.ui.series.feature import SeriesFeature
    from tumorboard.ui.shell.host import Host


#: The scan waits this long (s) for the preview, and the preview is given that long (ms) to be
#: painted: both are a few milliseconds alone, and many times that beside each other.
_PREVIEW_S, _PAINTED_MS = 0.15, 10

#: Seconds between two changes of what the preview says.
_PACE_S = 0.12


class AskWhose(Protocol):
    """Asks whose images are, where only a person can tell, and has them stored."""

    def __call__(self, found: Found, store: Callable[..., object]) -> None:
        """Store what was found once that is known."""


class ImportFeature(Feature):
    """Runs imports for the window."""

    def __init__(self, host: Host, series: SeriesFeature, ask_whose: AskWhose) -> None:
        self._host = host
        self._series, self._ask_whose = series, ask_whose
        self.last: ImportOutcome | None = None
        self._turn = 0
        self._told = 0.0

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"file.folder": self.choose_folder, "file.files": self.choose_files}

    def choose_folder(self) -> None:
        """Ask for a folder and import it."""
        folder = ask_folder(self._host, _("Open folder of images"))
        if folder is not None:
            self.start([str(folder)])

    def find_files(self) -> None:
        """Ask where the files of the open case are now, and take them from there."""
        case = self._host.case
        if case is None:
            return
        folder = ask_folder(self._host, _("Where are the images of {label} now?", label=case.label))
        if folder is not None:
            self.link(folder)

    def link(self, folder: Path) -> None:
        """Take the series of the open case from a folder; what else lies there stays out."""
        host, case = self._host, self._host.case
        if case is None:
            return
        known = frozenset(ref.series_instance_uid for ref in case.series)
        linked = partial(self._linked, case.uid, known, folder.name)
        host.jobs.start(
            "find files",
            lambda reporter: find([folder], reporter, host.workspace.unpack_to),
            finished=lambda found: self._join(found, linked),
            failed=lambda text: host.say(text, state="warning"),
        )

    def _linked(self, case_uid: str, known: frozenset[str], folder: str, found: Found) -> None:
        """Store where the files of known series lie now, and show them."""
        host = self._host
        items = tuple(i for i in found.items if i.ref.series_instance_uid in known)
        if not items:
            host.say(
                _("No images of this case were found in “{folder}”.", folder=folder),
                state="warning",
                more=self.find_files,
                more_text=_("Find the files…"),
            )
            return
        try:
            outcome = take_in(host.session, Found(items, ()))
        except UserError as error:
            host.say(str(error), state="warning")
            return
        self.last = outcome
        taken = outcome.added + outcome.unchanged + len(outcome.grown)
        host.say(
            _(
                "The files of {taken} of {count} series were found again.",
                taken=taken,
                count=len(known),
            )
            + (" " + _("Others do not fit: see the list.") if outcome.refused else ""),
            state="warning" if outcome.refused else "information",
            more=self._show_refused if outcome.refused else None,
        )
        self._keep_hashes([item.ref.series_instance_uid for item in items])
        if host.case is not None and host.case.uid == case_uid:
            host.images.show_again()

    def choose_files(self) -> None:
        """Ask for files and import them."""
        files = ask_files(self._host, _("Open image files"))
        if files:
            self.start(files)

    def start(self, paths: Sequence[str], ahead: ScanAhead | None = None) -> None:
        """Scan in the background, then store and open what was found.

        ``ahead`` is the scan of these paths when it was begun already.
        """
        wanted = [Path(path) for path in paths]
        host = self._host
        for path in wanted[:1]:
            note_source(host, path)
        self._series.end_preview()
        self._turn += 1
        turn, shown = self._turn, threading.Event()
        if ahead is None and host.case is None:
            host.jobs.start(
                "preview",
                partial(first_look, wanted),
                finished=partial(self._show_preview, turn, shown),
                failed=lambda _text: shown.set(),
            )
        else:
            shown.set()
        unpack_to = host.workspace.unpack_to
        find_all = ahead.find if ahead else partial(find, wanted)

        def work(reporter: Reporter) -> Found:
            shown.wait(_PREVIEW_S)
            return find_all(reporter, unpack_to=unpack_to)

        host.jobs.start(
            "import",
            work,
            progressed=partial(self._tell, turn),
            finished=self._take_in,
            failed=lambda text: host.say(text, state="warning"),
            ended=partial(self._ended, turn),
        )

    # -- the picture meanwhile -----------------------------------------------------------

    def _show_preview(self, turn: int, shown: threading.Event, preview: Preview | None) -> None:
        """Show a picture unless the files are read already; then let the scan begin."""
        if preview is None or turn != self._turn:
            shown.set()
            return
        self._series.show_preview(preview)
        QTimer.singleShot(_PAINTED_MS, self._host.parent_widget, shown.set)

    def _tell(self, turn: int, progress: Progress) -> None:
        now = time.monotonic()
        if turn == self._turn and now - self._told >= _PACE_S:
            self._told = now
            self._series.tell_preview(progress)

    def _ended(self, turn: int) -> None:
        """Leave no preview when the files are read, whatever was found."""
        if turn == self._turn:
            self._turn += 1
            self._series.end_preview()

    # -- what was found ------------------------------------------------------------------

    def _take_in(self, found: Found) -> None:
        """Store what was found, once a person has said whose it is where that is in doubt."""
        ask = self._ask_whose
        self._join(found, lambda whole: ask(whole, partial(self._store, whole)))

    def _join(self, found: Found, then: Callable[[Found], None]) -> None:
        """Join what was found with what is stored of it, in a worker where there is any."""
        host = self._host
        stored = stored_of(host.session.store, found.series)
        if not stored.packed:
            then(joined_with(found, stored))
            return
        host.jobs.start(
            "compare with the store",
            lambda _reporter: joined_with(found, stored),
            finished=then,
            failed=lambda text: host.say(text, state="warning"),
        )

    def _store(self, found: Found, case_uid: str = "", *, same_patient: bool | None = None) -> None:
        """Store what was found, in a case without images when a person has said so."""
        host = self._host
        before = host.case
        try:
            outcome = take_in(
                *(host.session, found, case_uid),
                same_patient=same_patient,
                hand_over=bool(case_uid),
            )
        except UserError as error:
            host.say(str(error), state="warning")
            return
        self.last = outcome
        if outcome.changed:
            host.workspace.images.forget()
        self._keep_hashes([item.ref.series_instance_uid for item in found.items])
        shown = host.images.shown_keys
        # Nobody works on other images, so that what was imported may come up.
        is_free = before is None or (before.uid in outcome.cases and not shown)
        if not outcome.cases or is_free:
            self._tell_outcome(outcome)
            if outcome.cases:
                host.open_case(outcome.cases[0])
        else:
            self._offer(before, outcome)

    def _tell_outcome(self, outcome: ImportOutcome) -> None:
        more = self._show_refused if outcome.refused else None
        some = outcome.added or outcome.unchanged or outcome.grown
        state = "information" if some else "warning"
        self._host.say(outcome.text, state=state, more=more)

    def _offer(self, before: Case | None, outcome: ImportOutcome) -> None:
        """Leave the screen to the person who works on it, and offer what came."""
        host = self._host
        same = before is not None and before.uid in outcome.cases
        if same and outcome.changed.isdisjoint(host.images.shown_keys.values()):
            self._tell_outcome(outcome)
            return
        wanted = next((uid for uid in outcome.cases if before is None or uid != before.uid), "")

        def show() -> None:
            if same:
                host.images.show_again()
            else:
                host.open_case(wanted)
            self._tell_outcome(outcome)

        host.say(
            outcome.text,
            state="warning" if outcome.refused else "information",
            more=show,
            more_text=_("Show them") if same else _("Open"),
        )

    def _keep_hashes(self, series: Sequence[str]) -> None:
        """Work out the hashes of the files in the background and store them."""
        host = self._host
        if host.workspace.is_scratch:
            return
        session = host.session
        records = {uid: record for uid in series if (record := session.series_record(uid))}

        def keep(renewed: dict[str, Renewed]) -> None:
            host.attempt(lambda: session.keep_records(renewed))

        def work(reporter: Reporter) -> dict[str, Renewed]:
            lower_priority()  # pictures are being loaded now
            return with_hashes(records, reporter)

        host.jobs.start("hashes", work, finished=keep)

    def _show_refused(self) -> None:
        if self.last is not None:
            rows = [(r.file, r.reason) for r in self.last.refused]
            refused_dialog(rows, self._host.parent_widget).open()
