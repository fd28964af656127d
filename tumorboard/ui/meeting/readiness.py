"""Whether the open case is ready for the board, and the way to what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tumorboard.app.readiness import (
    confirm_reading,
    records_of_newest,
    there,
    withdraw_reading,
)
from tumorboard.case.model import Case
from tumorboard.case.readiness import READ, Light, lights, newest_series
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.meeting.lights import LightRow
from tumorboard.ui.shell.provenance import local_time
from tumorboard.ui.shell.text_widgets import Question

if TYPE_CHECKING:
    from tumorboard.ui.meeting.meetings import CaseChoice, Meetings
    from tumorboard.ui.shell.host import Host

_Role = Question.ButtonRole


class ReadinessOfCase:
    """The lights of the open case, kept true by a job that looks at its files."""

    def __init__(
        self,
        host: Host,
        meetings: Meetings,
        cases: CaseChoice,
        go_to_fact: Callable[[str], None],
    ) -> None:
        self._host = host
        self._meetings = meetings
        self._cases, self._go_to_fact = cases, go_to_fact
        self.row = LightRow()
        self.row.chosen.connect(lambda light: self.go_to("", light))
        self._there: dict[str, bool | None] = {}
        self._looked_at: tuple[str, tuple[str, ...]] = ("", ())

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"case.read": self.ask_reading}

    # -- the lights ----------------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """Show the lights of a case; its files are looked at once in a job."""
        if case is None:
            self._looked_at = ("", ())
            self.row.set_lights(())
            return
        self._show(case)
        wanted = (case.uid, tuple(ref.series_instance_uid for ref in newest_series(case)))
        if wanted != self._looked_at:
            self._looked_at = wanted
            self._look(case)

    def _show(self, case: Case) -> None:
        facts = self._host.session.facts
        self.row.set_lights(lights(case, facts, self._there.get))

    def _look(self, case: Case) -> None:
        session = self._host.session
        records = records_of_newest(session, case)
        if not records:
            return

        def work(reporter: Reporter) -> Mapping[str, bool | None]:
            return there(records, reporter)

        self._host.jobs.start("readiness", work, finished=partial(self._found, case.uid))

    def _found(self, case_uid: str, found: Mapping[str, bool | None]) -> None:
        self._there.update(found)
        case = self._host.case
        if case is not None and case.uid == case_uid:
            self._show(case)

    # -- the ways ------------------------------------------------------------------------

    def go_to(self, case_uid: str, light: object) -> None:
        """Go to what a light speaks of, opening its case first where it is not open."""
        if not isinstance(light, Light):
            return
        host = self._host
        meetings = self._meetings
        if light.goes_to == "question" and meetings.is_shown:
            meetings.edit_question(case_uid)
            return
        case = host.case
        if case_uid and (case is None or case.uid != case_uid):
            host.open_case(case_uid)
        if host.case is None:
            return
        if light.goes_to == "question":
            host.run("case.question")
        elif light.goes_to == READ:
            self.ask_reading()
        else:
            if meetings.is_shown:
                meetings.leave()
            self._show_place(light.goes_to)

    def _show_place(self, goes_to: str) -> None:
        host = self._host
        case = host.case
        if goes_to != "images":
            self._go_to_fact(goes_to)
        elif case is not None and not case.series:
            host.say(
                _("No images yet: open the folder of the images of {label}.", label=case.label)
            )
            host.run("file.folder")
        else:
            self._cases.go_to_series()

    # -- the reading ---------------------------------------------------------------------

    def ask_reading(self) -> None:
        """Ask the person at the desk to confirm the reading, or take it back."""
        host = self._host
        case = host.case
        if case is None:
            host.say(_("Open a case first; a reading is confirmed for one case."))
            return
        held, author = case.remark(READ), host.session.author
        if held is None:
            told = _(
                "Do you confirm, as {author}, that the images of {label} were read?",
                author=author,
                label=case.label,
            )
            act, words = confirm_reading, _("Confirm as {author}", author=author)
        else:
            when = local_time(held.time_utc)
            told = _(
                "The reading of {label} was confirmed by {author}, {when}.",
                label=case.label,
                author=held.author,
                when=when,
            )
            act, words = withdraw_reading, _("Take it back")
        box = Question(host.parent_widget, _("Reading of the images"), told)
        yes = box.answer(words, _Role.AcceptRole)
        other = box.answer(_("I am somebody else…"), _Role.ActionRole)
        box.answer("Cancel", _Role.RejectRole)
        other.setVisible(held is None)
        yes.clicked.connect(lambda: host.attempt(lambda: act(host.session)))
        other.clicked.connect(lambda: host.run("case.author"))
        box.finished.connect(box.deleteLater)
        box.open()
