"""What would change the answer: worked out in the background, shown when it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tumorboard.case.facts import FactSheet
from tumorboard.progress import Reporter
from tumorboard.ui.assessment.panel_rows import flip_rows, option_flip_rows

if TYPE_CHECKING:
    from tumorboard.guidelines.whatif import WhatIf
    from tumorboard.ui.assessment.panel import AssessmentPanel
    from tumorboard.ui.shell.host import Host

#: Wait this long (ms) for the next statement before working it out.
_PAUSE_MS = 150


class WhatIfSearch:
    """Keeps the section of the panel that says what would change the category."""

    def __init__(self, host: Host, panel: AssessmentPanel, facts: Callable[[], FactSheet]) -> None:
        self._host = host
        self._panel = panel
        self._facts = facts
        self._pause = QTimer(host.parent_widget)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._start)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be worked out."""
        return not self._pause.isActive()

    def again(self) -> None:
        """Work it out anew for the open case, after a short pause."""
        self._pause.start()

    def stop(self) -> None:
        """Forget what waits; nothing is shown of it."""
        self._pause.stop()
        self._panel.set_flips(())

    def _start(self) -> None:
        host = self._host
        if host.case is None:
            return
        facts = self._facts()

        def work(_reporter: Reporter) -> WhatIf:
            return host.workspace.guidance.what_if(facts)

        def show(found: WhatIf) -> None:
            if host.case is not None and self._facts() == facts:
                self._panel.set_flips(flip_rows(found), option_flip_rows(found))

        host.jobs.start("what if", work, finished=show)
