"""Asks how to part the series on show, and does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tumorboard.app.series_parts import Way, part_series, ways_to_part
from tumorboard.app.series_record import series_of
from tumorboard.language import _
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.text_widgets import ask_text

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


class SeriesParts(Feature):
    """Parts a series by hand."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"series.part": self.ask}

    def ask(self) -> None:
        """Ask in which way the series on show shall be parted."""
        host = self._host
        name = host.images.shown_key
        record = host.session.series_record(name) if name else None
        if record is None:
            host.say(_("Show the series that is to be parted first."), state="warning")
            return
        ways = ways_to_part(series_of(record))
        if not ways:
            host.say(_("One picture cannot be parted."), state="warning")
            return
        by_text = {way.text: way for way in ways}
        ask_text(
            host.parent_widget,
            _("Part this series"),
            _("Its pictures are told apart by:"),
            lambda text: self.part(name, by_text[text]),
            choices=tuple(by_text),
        )

    def part(self, name: str, way: Way) -> None:
        """Part a series and show its first part again."""
        host = self._host
        done: list[tuple[str, ...]] = []
        if host.attempt(lambda: done.append(part_series(host.session, name, way))):
            host.images.show_again()
            host.say(_("The series is listed as {count} parts now.", count=len(done[0])))
