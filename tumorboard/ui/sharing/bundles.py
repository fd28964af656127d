"""Case bundles in the window: writes that of the open case, takes in one from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.app.file_names import file_name
from tumorboard.app.identity import names_of
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.shell.file_dialogs import open_file, open_save
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.share_dialog import ShareDialog
from tumorboard.ui.shell.text_widgets import Question
from tumorboard.ui.shell.word_questions import with_words_settled

# What reads bundles is imported when there is one: a start waits for nothing of it.
if TYPE_CHECKING:
    from tumorboard.app.bundle_intake import AlreadyThereError, Arrived
    from tumorboard.app.bundle_reader import Bundle
    from tumorboard.ui.shell.host import Host

_TITLE, _FILTER = _("Export case bundle"), _("Case bundle (*.zip)")
_NOTE = _(
    "One file with pages for any browser, report, slides and key images, and all of the case but "
    "its images: another installation takes it in."
)


class BundleFeature(Feature):
    """Exports and imports case bundles."""

    def __init__(self, host: Host, take_in: Callable[[Sequence[str]], None]) -> None:
        self._host = host
        self._take_in_images = take_in

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"file.bundle": self.ask, "file.import": self.choose_bundle}

    # -- out -----------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask whether the bundle tells who the case is about, then for a file."""
        host = self._host
        if host.case is None:
            host.say(_("Open a case first: a bundle holds one case."))
        elif host.workspace.is_scratch:
            host.say(_("Save the case first (Ctrl+S): a bundle is written from the store."))
        else:
            dialog = ShareDialog(_TITLE, host.parent_widget, _NOTE)
            uid = host.case.uid
            dialog.wanted.connect(
                lambda told: with_words_settled(
                    host, () if told else (uid,), partial(self.choose, told)
                )
            )
            dialog.open()

    def choose(self, with_identity: bool) -> None:
        """Ask for the file."""
        host, case = self._host, self._host.case
        if case is None:
            return
        people = names_of(host.session.store, case)
        open_save(
            *(host, _TITLE, file_name(case.label, "zip", people, with_identity=with_identity)),
            _FILTER,
            lambda path: host.when_measured(partial(self.write, path, with_identity=with_identity)),
        )

    def write(self, path: Path, *, with_identity: bool = False) -> None:
        """Write the bundle of the open case in the background."""
        host = self._host
        case, folder = host.case, host.session.store.folder
        if case is None or folder is None:
            return
        guidance, author = host.workspace.guidance, host.session.author

        def work(reporter: Reporter) -> None:
            from tumorboard.app.shared_case import CaseReader
            from tumorboard.ui.sharing.bundle_work import write_case_bundle

            with CaseReader(folder, guidance, author) as reader:
                write_case_bundle(reader, case.uid, path, reporter, with_identity=with_identity)

        host.jobs.start(
            "bundle",
            work,
            finished=lambda _done: host.say(_("Written: {name}", name=path.name)),
            failed=lambda text: host.say(text, state="warning"),
        )

    # -- in ------------------------------------------------------------------------------

    def choose_bundle(self) -> None:
        """Ask for a bundle and take it in."""
        open_file(self._host, _("Import case bundle"), _FILTER, self.read)

    def dropped(self, paths: list[str]) -> None:
        """Take in what was dropped: bundles as such, all else as images."""
        from tumorboard.app.bundle_reader import is_bundle

        bundles = [path for path in paths if is_bundle(Path(path))]
        others = [path for path in paths if path not in bundles]
        if len(bundles) > 1:
            self._host.say(_("Several case bundles were dropped: take them in one by one."))
        elif bundles:
            self.read(Path(bundles[0]))
        if others:
            self._take_in_images(others)

    def read(self, path: Path, *, beside: bool = False) -> None:
        """Read, check and store a bundle in the background; ask where its case is here already."""
        from tumorboard.app.bundle_intake import AlreadyThereError, take_in_at
        from tumorboard.app.bundle_reader import read_bundle

        host = self._host
        folder, author = host.session.store.folder, host.session.author
        if folder is None:
            host.say(
                _(
                    "Images are only being viewed here; a case bundle needs the store. Save the "
                    "case "
                    "first, or open the program without files."
                )
            )
            return

        def work(reporter: Reporter) -> tuple[Bundle, Arrived | AlreadyThereError]:
            bundle = read_bundle(path, reporter)
            reporter.step(_("Storing the case"), 0, 0)
            try:
                return bundle, take_in_at(folder, author, bundle, beside=beside)
            except AlreadyThereError as error:
                return bundle, error

        host.jobs.start(
            "read bundle",
            work,
            finished=partial(self._arrived, path),
            failed=lambda text: host.say(text, state="warning"),
        )

    def _arrived(self, path: Path, outcome: tuple[Bundle, Arrived | AlreadyThereError]) -> None:
        from tumorboard.app.bundle_intake import AlreadyThereError, arrived_words

        host, (bundle, arrived) = self._host, outcome
        if isinstance(arrived, AlreadyThereError):
            more = _("A second one stands beside it under a label of its own.")
            box = Question(
                self._host.parent_widget, _("The case is here already"), arrived.message, more
            )
            second = box.answer(_("Take it in a second time"), Question.ButtonRole.AcceptRole)
            leave = box.answer(_("Leave it"), Question.ButtonRole.RejectRole)
            box.setDefaultButton(leave)
            second.clicked.connect(lambda _checked=False: self.read(path, beside=True))
            box.finished.connect(box.deleteLater)
            box.open()
            return
        host.session.cases_changed.emit()
        host.open_case(arrived.case_uid)
        host.say(arrived_words(arrived, bundle))
