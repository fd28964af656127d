"""Cases as a whole: the worklist, a status on the way to the board, putting away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from tumorboard.app.board import Board
from tumorboard.app.meeting_words import day_in_words
from tumorboard.app.worklist import (
    STATUSES,
    CaseFilter,
    find,
    find_elsewhere,
    has_many,
    lines,
    set_archived,
    set_status,
)
from tumorboard.language import _
from tumorboard.ui.shell.case_words import case_line
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.text_widgets import ask_text
from tumorboard.ui.worklist.panel import Show, Worklist

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


_AWAY: Final = _("The case is archived: the worklist shows it under Filter › Archived cases.")
_COLUMNS, _FILTERS = "worklist.columns", "worklist.filters"


class WorklistFeature(Feature):
    """Acts on the worklist and on the open case as a whole."""

    def __init__(self, host: Host, panel: Worklist) -> None:
        self._host = host
        self._panel = panel
        self._talking = False

    def listen(self) -> None:
        """Give the worklist its cases, and open those that are chosen."""
        host, panel = self._host, self._panel
        panel.case_chosen.connect(host.open_case)
        panel.set_source(
            self._find,
            lambda uids: [
                case_line(summary, self._columns, named=host.room.shows_identity)
                for summary in lines(host.session, uids)
            ],
        )
        filters = panel.filters
        filters.set_columns(self._columns)
        filters.set_saved(host.settings.table(_FILTERS))
        filters.columns_changed.connect(self._show_columns)
        filters.save_requested.connect(self._ask_name)
        filters.forget_requested.connect(self._forget)

    @property
    def _columns(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in str(self._host.settings[_COLUMNS]).split(","))

    def _show_columns(self, columns: tuple[str, ...]) -> None:
        host = self._host
        if host.attempt(lambda: host.settings.set(_COLUMNS, ", ".join(columns))):
            self._panel.show_cases()

    def _ask_name(self) -> None:
        """Ask for the name under which the filter in force is kept."""
        question = _("Name of the filter (typed words are not kept):")
        ask_text(self._host.parent_widget, _("Save this filter"), question, self.save_filter)

    def save_filter(self, name: str) -> None:
        """Keep the filter in force under a name."""
        filters = self._panel.filters
        if name.strip():
            saved = self._host.settings.table(_FILTERS)
            self._keep({**saved, name.strip(): filters.text_of_filter()})

    def _forget(self, name: str) -> None:
        saved = self._host.settings.table(_FILTERS)
        self._keep({key: text for key, text in saved.items() if key != name})

    def _keep(self, saved: dict[str, str]) -> None:
        host = self._host
        if host.attempt(lambda: host.settings.set(_FILTERS, saved)):
            self._panel.filters.set_saved(saved)

    def _find(self, wanted: CaseFilter, show: Show) -> None:
        """Search at once, or in a job where there are so many cases that it takes long."""
        host = self._host
        session = host.session
        folder = session.store.folder
        if folder is None or not has_many(session):
            show(find(session, wanted))
            return
        host.jobs.start(
            "search",
            lambda _reporter: find_elsewhere(folder, wanted),
            finished=show,
            failed=lambda text: host.say(text, state="warning"),
        )

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        table: dict[str, Callable[[], object]] = {
            "case.archive": self.archive,
            "case.previous": partial(self._panel.cases.step, -1),
            "case.next": partial(self._panel.cases.step, 1),
            "edit.search": self.search,
            "view.identity": self.switch_identity,
        }
        for status in STATUSES:
            table[f"case.status.{status}"] = partial(self.set_status, status)
        return table

    def switch_identity(self) -> None:
        """Show who it is in the list and on the images, or no longer; kept as a preference."""
        host = self._host
        wanted = not host.settings["viewer.identity"]
        if host.attempt(lambda: host.settings.set("viewer.identity", wanted)):
            self.show_identity()

    def hide_in_talk(self, talking: bool) -> None:
        """Show nobody's name while a talk is on: others may see this window."""
        self._talking = talking
        self.show_identity()

    def show_identity(self) -> None:
        """Show who it is as preferred."""
        host = self._host
        shown = bool(host.settings["viewer.identity"]) and not self._talking
        host.room.show_identity(shown=shown)
        self._panel.cases.show_identity(shown=shown)
        case = host.case
        self._panel.set_open(case.uid if case is not None else "")
        host.actions["view.identity"].setChecked(shown)

    def search(self) -> None:
        """Let words be typed by which cases are found."""
        self._host.show_panel(self._panel)
        self._panel.search.setFocus()

    def set_status(self, status: str) -> None:
        """Say how far the open case is."""
        session = self._host.session
        self._host.attempt(lambda: set_status(session, status))

    def archive(self) -> None:
        """Put the open case away, or bring it back."""
        host = self._host
        case = host.case
        away = case is not None and case.remark("archived") is None
        if host.attempt(lambda: set_archived(host.session, archived=away)):
            planned = self._planned(case.uid) if away and case is not None else ""
            host.say(
                f"{_AWAY} {planned}".strip() if away else _("The case is in the worklist again."),
                state="warning" if planned else "information",
            )

    def _planned(self, case_uid: str) -> str:
        """Say on which agenda to come a case stands, nothing without one."""
        today = date.today().isoformat()
        days = sorted(
            meeting.date
            for meeting in Board(self._host.session).meetings()
            if meeting.date >= today
            and not meeting.cancelled
            and case_uid in {item.case_uid for item in meeting.items}
        )
        if not days:
            return ""
        told = _(" and ").join(day_in_words(day) for day in days)
        return _("It stands on the agenda of {days}, and a talk passes over it there.", days=told)
