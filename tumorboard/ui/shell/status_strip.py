"""The strip at the bottom: what the tool expects, what is under way, what this program is."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from tumorboard.language import _
from tumorboard.progress import Progress
from tumorboard.text import tip
from tumorboard.ui.shell.parts import ElidedLabel, link, words
from tumorboard.ui.shell.theme import keep_scaled, scaled

#: Progress is shown this often (ms), the first time after as long: a bar that moves has all
#: that is to be painted painted at once, and work that is done by then needs none.
_PACE_MS = 120

#: The images have what this leaves them.
_HEIGHT_PX = 28

INTENDED_USE_LINE = _("Supports the board, decides nothing · not a medical device")
#: What stands of it in a window narrower than this (px); the tip has all of it.
_WIDE_PX, _SHORT_LINE = 1000, _("Not a medical device")


class StatusStrip(QFrame):
    """Hint on the left, progress in the middle, intended use on the right."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self._hint = ElidedLabel("", "dim")
        self._latest: Progress | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(_PACE_MS)
        self._pace.timeout.connect(self._show_progress)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self._progress = words("", "dim", wrap=False)
        self._cancel = link(_("cancel"), self.cancel_requested.emit)
        kept = self._cancel.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # else the images above move when work begins
        self._cancel.setSizePolicy(kept)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 8, 0)
        layout.setSpacing(12)
        self._handles = QHBoxLayout()
        self._handles.setSpacing(0)
        keep_scaled(self, height=_HEIGHT_PX)
        layout.addWidget(self._hint, 1)
        for widget in (self._bar, self._progress, self._cancel):
            layout.addWidget(widget)
            widget.hide()
        self._use = words(INTENDED_USE_LINE, "dim", wrap=False)
        self._use.setToolTip(tip(INTENDED_USE_LINE))
        layout.addWidget(self._use)
        layout.addLayout(self._handles)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Leave the hint of a tool some room in a narrow window."""
        super().resizeEvent(event)
        line = INTENDED_USE_LINE if self.width() >= scaled(_WIDE_PX) else _SHORT_LINE
        if line != self._use.text():
            self._use.setText(line)

    def add(self, button: QWidget) -> None:
        """Put a button at the right end."""
        self._handles.addWidget(button)

    @property
    def hint(self) -> str:
        """The line that is shown."""
        return self._hint.full_text

    def set_hint(self, text: str) -> None:
        """Say what the active tool expects next."""
        self._hint.set_full_text(text)

    def set_progress(self, progress: Progress) -> None:
        """Show how far a job is, soon."""
        self._latest = progress
        if not self._pace.isActive():
            self._pace.start()

    def _show_progress(self) -> None:
        progress = self._latest
        if progress is None:
            return
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        self._progress.setText(progress.text)
        for widget in (self._bar, self._progress, self._cancel):
            widget.show()

    def clear_progress(self) -> None:
        """Take the progress away."""
        self._latest = None
        self._pace.stop()
        for widget in (self._bar, self._progress, self._cancel):
            widget.hide()
