"""Says beside two dates on show what makes them hard to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QHBoxLayout

from tumorboard.case.comparability import differences
from tumorboard.language import _
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import words

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: Layouts that put one date beside another.
_COMPARED: Final = 2


class CompareStrip(QFrame):
    """One line above the views: what differs between the left and the right series."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self._text = words("", "prompt")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(8)
        layout.addWidget(Mark("warning"))
        layout.addWidget(self._text, 1)
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty when hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str) -> None:
        """Say something, or nothing."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class DateComparison(Feature):
    """Watches which two series stand beside each other."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.strip = CompareStrip()

    def listen(self) -> None:
        """Listen to the views."""
        self._host.views.layout_changed.connect(self.look)
        self._host.room.changed.connect(self.look)

    def look(self) -> None:
        """Say what differs between the two series on show."""
        text = self._words()
        if text != self.strip.text:
            self.strip.say(text)

    def _words(self) -> str:
        host = self._host
        case, keys = host.case, host.images.shown_keys
        if case is None or host.views.shape.displays != _COMPARED:
            return ""
        refs = {ref.series_instance_uid: ref for ref in case.series}
        one, other = (refs.get(keys.get(number, "")) for number in range(_COMPARED))
        if one is None or other is None or one.study_date == other.study_date:
            return ""
        found = differences(one, other)
        return (
            _("Compare with care (left and right): {found}.", found="; ".join(found))
            if found
            else ""
        )
