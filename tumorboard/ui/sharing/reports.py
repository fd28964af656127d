"""Papers about the open case: asks what they may tell and where they go, then writes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tumorboard.app.file_names import check_name, file_name
from tumorboard.app.identity import names_of
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.deck import KINDS, SWITCH
from tumorboard.ui.shell.file_dialogs import open_save
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.share_dialog import ShareDialog
from tumorboard.ui.shell.word_questions import with_words_settled

if TYPE_CHECKING:
    from tumorboard.ui.sharing.board_report import ReportInputs
    from tumorboard.ui.shell.host import Host

#: The papers: title of the question, filter of the files, ending of the proposed name.
_PAPERS: Final = {
    "report": (_("Board report"), _("PDF (*.pdf);;HTML (*.html)"), "pdf"),
    "slides": (_("Slides"), KINDS, "pdf"),
}
#: What is said of the papers when no case is open.
_NO_CASE: Final = {
    "report": _("Open a case first: a board report is about one case."),
    "slides": _("Open a case first: slides are about one case."),
}


class ReportFeature(Feature):
    """Writes the board report and the slides of the open case."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {f"file.{kind}": partial(self.ask, kind) for kind in _PAPERS}

    def ask(self, kind: str) -> None:
        """Ask whether the paper tells who the case is about, then for a file."""
        host = self._host
        title = _PAPERS[kind][0]
        if host.case is None:
            host.say(_NO_CASE[kind])
            return
        switch = SWITCH if kind == "slides" else ""
        dialog = ShareDialog(title, host.parent_widget, switch=switch)
        uid = host.case.uid
        dialog.wanted.connect(
            lambda told: with_words_settled(
                host,
                () if told else (uid,),
                partial(self.choose, kind, told, all_pages=dialog.more.isChecked()),
            )
        )
        dialog.open()

    def choose(self, kind: str, with_identity: bool, *, all_pages: bool = False) -> None:
        """Ask for the file."""
        host, case = self._host, self._host.case
        if case is None:
            return
        title, filters, ending = _PAPERS[kind]
        people = names_of(host.session.store, case)
        name = file_name(f"{kind} {case.label}", ending, people, with_identity=with_identity)
        open_save(
            *(host, title, name, filters),
            lambda path: host.when_measured(
                partial(self.write, path, kind, with_identity=with_identity, all_pages=all_pages)
            ),
        )

    def write(
        self,
        path: Path,
        kind: str = "report",
        *,
        with_identity: bool = False,
        all_pages: bool = False,
    ) -> None:
        """Write a paper in the background, in the format that the ending of the name says."""
        from tumorboard.ui.sharing.board_report import report_inputs

        host = self._host
        try:
            inputs = report_inputs(host.workspace, with_identity=with_identity)
            check_name(path, inputs.people, with_identity=with_identity)
            work = self._work(kind, inputs, path, all_pages=all_pages)
        except UserError as error:
            host.say(str(error), state="warning")
            return
        host.jobs.start(
            kind,
            work,
            finished=lambda _written: host.say(_("Written: {name}", name=path.name)),
            failed=lambda text: host.say(text, state="warning"),
        )

    def _work(
        self, kind: str, inputs: ReportInputs, path: Path, *, all_pages: bool
    ) -> Callable[[Reporter], object]:
        from tumorboard.app.shared_case import decided_of
        from tumorboard.reports.identity import Withholding
        from tumorboard.reports.slides import write_slides
        from tumorboard.ui.sharing.board_report import build_report, save_report
        from tumorboard.ui.sharing.slides import case_deck

        host = self._host
        if kind == "slides":
            titles = {o.id: o.title for o in host.workspace.guidance.guideline.options.values()}
            withheld = Withholding(()) if inputs.with_identity else inputs.withheld
            decided = decided_of(host.session.store, inputs.case, withheld, titles)
            return lambda reporter: write_slides(
                case_deck(inputs, decided, reporter, all_pages=all_pages), path, reporter
            )
        html = path.suffix.lower() in (".html", ".htm")
        paper = str(host.settings["report.paper"])
        return lambda reporter: save_report(
            build_report(inputs, reporter), None if html else path, path if html else None, paper
        )
