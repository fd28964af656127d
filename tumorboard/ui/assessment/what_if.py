"""What would change the answer: worked out in the background, shown when it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tumorboard.progress import Reporter
from tumorboard.ui.assessment.panel_rows import flip_rows, option_flip_rows

if TYPE_CHECKING:
    from tumorboard.guidelines.whatif import WhatIf
    from tumorboard.ui.shell.controller import Controller

#: Wait this long (ms) for the next statement before working it out.
_PAUSE_MS = 150


class WhatIfSearch:
    """Keeps the section of the panel that says what would change the category."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._pause = QTimer(controller)
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
        self._controller.window.assessment.set_flips(())

    def _start(self) -> None:
        controller = self._controller
        if controller.session.case is None:
            return
        facts = controller.assessment.facts

        def work(_reporter: Reporter) -> WhatIf:
            return controller.workspace.guidance.what_if(facts)

        def show(found: WhatIf) -> None:
            if controller.session.case is not None and controller.assessment.facts == facts:
                panel = controller.window.assessment
                panel.set_flips(flip_rows(found), option_flip_rows(found))

        controller.jobs.start("what if", work, finished=show)
