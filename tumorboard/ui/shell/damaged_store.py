"""A damaged store is said before any work: put back the newest good copy, read on, or leave."""

from __future__ import annotations

from enum import Enum

from PySide6.QtWidgets import QPushButton

from tumorboard.app.workspace import DamagedStoreError, GoodCopy
from tumorboard.language import _, day_words, ngettext
from tumorboard.ui.shell.text_widgets import Question


class Way(Enum):
    """What a person chose."""

    RESTORE = "restore"
    READ = "read"
    LEAVE = "leave"


class DamagedStoreDialog(Question):
    """Says what is damaged and which copy there is; ``way`` is what was chosen."""

    def __init__(self, error: DamagedStoreError) -> None:
        told = _("The file that holds your cases is damaged.")
        super().__init__(None, "Tumorboard", told, _words(error.copy))
        self.setIcon(Question.Icon.Warning)
        roles = Question.ButtonRole
        self.restore: QPushButton | None = None
        if error.copy is not None:
            self.restore = self.addButton(_("Put back the copy"), roles.AcceptRole)
        self.read = self.addButton(_("Open for reading only"), roles.ActionRole)
        self.leave = self.addButton(_("Close"), roles.RejectRole)
        self.setDefaultButton(self.restore or self.leave)
        self.setEscapeButton(self.leave)

    @property
    def way(self) -> Way:
        """What was chosen; closing the window is leaving."""
        clicked = self.clickedButton()
        if self.restore is not None and clicked is self.restore:
            return Way.RESTORE
        return Way.READ if clicked is self.read else Way.LEAVE


def _words(copy: GoodCopy | None) -> str:
    reading = _(
        "Opened for reading only, it shows what can still be read, and nothing you change is kept."
    )
    if copy is None:
        return _(
            "None of its copies passes the check. {reading} Ask whoever keeps the backups of this "
            "computer before you work on.",
            reading=reading,
        )
    written = copy.written_utc.astimezone()
    time = _(
        "{day}, {hour:02}:{minute:02}",
        day=day_words(written),
        hour=written.hour,
        minute=written.minute,
    )
    cases = ngettext("{count} case", "{count} cases", copy.cases)
    return _(
        "The newest good copy is of {time}, with {cases}. Put back, it takes "
        "the place of the damaged file, which is kept beside it; what was done after that time is "
        "only in the damaged file. {reading}",
        time=time,
        cases=cases,
        reading=reading,
    )
