"""Asks how to part the series on show, and does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tumorboard.app.images import series_of
from tumorboard.app.series_parts import Way, part_series, ways_to_part
from tumorboard.ui.shell.text_widgets import ask_text

if TYPE_CHECKING:
    from tumorboard.ui.shell.controller import Controller


class SeriesParts:
    """Parts a series by hand."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"series.part": self.ask}

    def ask(self) -> None:
        """Ask in which way the series on show shall be parted."""
        controller = self._controller
        name = controller.series.shown_key
        record = controller.session.series_record(name) if name else None
        if record is None:
            controller.say("Show the series that is to be parted first.", state="warning")
            return
        ways = ways_to_part(series_of(record))
        if not ways:
            controller.say("One picture cannot be parted.", state="warning")
            return
        by_text = {way.text: way for way in ways}
        ask_text(
            controller.window,
            "Part this series",
            "Its pictures are told apart by:",
            lambda text: self.part(name, by_text[text]),
            choices=tuple(by_text),
        )

    def part(self, name: str, way: Way) -> None:
        """Part a series and show its first part again."""
        controller = self._controller
        done: list[tuple[str, ...]] = []
        if controller.attempt(lambda: done.append(part_series(controller.session, name, way))):
            controller.series.show_again()
            controller.say(f"The series is listed as {len(done[0])} parts now.")
