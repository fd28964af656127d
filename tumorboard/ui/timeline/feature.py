"""The course of the patient below the images: opens the scan that is clicked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt

from tumorboard.app.board import Board
from tumorboard.app.case_change import ANNOTATIONS, LESIONS, REMARKS, SEGMENTATIONS, SERIES
from tumorboard.app.timeline import Timeline, timeline
from tumorboard.case.model import Case
from tumorboard.language import _
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.theme import scaled
from tumorboard.ui.timeline.strip import TimelineView

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: How high the strip with its plot is; without sizes to plot the strip alone is lower.
_HEIGHT: Final = 184
_STRIP: Final = 124
#: In a window lower than this the images need the room more.
_LOW_WINDOW: Final = 900
_LOW: Final = 160


class TimelineFeature(Feature):
    """Shows and hides the strip, and keeps it up to date while it is shown."""

    families = frozenset({ANNOTATIONS, LESIONS, REMARKS, SEGMENTATIONS, SERIES})

    def __init__(self, host: Host) -> None:
        self._host = host
        self.view = TimelineView()
        self.view.hide()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"case.timeline": self.toggle}

    def listen(self) -> None:
        """Listen to the strip and to the list of cases."""
        host = self._host
        self.view.scan_chosen.connect(host.images.show)
        host.session.cases_changed.connect(self.refresh)
        self.view.restyled.connect(self.refresh)

    def stop(self) -> None:
        """Listen no more."""
        self._host.session.cases_changed.disconnect(self.refresh)

    def toggle(self) -> None:
        """Show the strip with the keys on it, or hide it."""
        view, host = self.view, self._host
        action = host.actions["case.timeline"]
        if host.case is None and view.isHidden():
            action.setChecked(False)
            host.say(_("Open a case first; the course is that of one patient."))
            return
        view.setVisible(view.isHidden())
        action.setChecked(not view.isHidden())
        self.refresh()
        if view.isHidden():
            host.views.active_view().setFocus()
        else:
            view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_case(self, case: Case | None) -> None:
        """Show the course of a case while the strip is shown."""
        if self.view.isHidden():
            return
        shown = Timeline()
        if case is not None:
            shown = timeline(case, Board(self._host.session).decisions(case.uid))
        self.view.scale = scaled(100) / 100
        height = _HEIGHT if shown.tracks else _STRIP
        if self._host.parent_widget.height() < _LOW_WINDOW:
            height = min(height, _LOW)
        self.view.setFixedHeight(scaled(height))
        self.view.show_timeline(shown)

    def refresh(self) -> None:
        """Read the course anew: a decision may have been signed."""
        self.show_case(self._host.case)
