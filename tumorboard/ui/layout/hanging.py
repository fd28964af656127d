"""Lays a case out when it is opened: as it was left, else by a hanging protocol."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tumorboard.app.arrangement import Arrangement, Shown, from_json
from tumorboard.app.hanging import Hanging, Protocol, automatic, forget, hang, protocols, save
from tumorboard.app.layouts import layout_named
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.volume import Window
from tumorboard.imaging.windowing import PRESETS
from tumorboard.language import _
from tumorboard.ui.layout.hanging_editor import HangingEditor
from tumorboard.ui.shell.host import Feature

if TYPE_CHECKING:
    from tumorboard.case.model import Case
    from tumorboard.ui.shell.host import Host
    from tumorboard.ui.viewer.display import Display


class HangingProtocols(Feature):
    """Remembers how cases are laid out, and lays them out by protocols."""

    def __init__(self, host: Host, say_what_is_empty: Callable[[], None]) -> None:
        self._host = host
        self._say_what_is_empty = say_what_is_empty
        self._protocols, self.problem = protocols()
        self._turn = -1

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"layout.protocols": self.edit, "layout.next": self.next_protocol}

    def listen(self) -> None:
        """Say when the protocols kept here cannot be used."""
        if self.problem:
            self._host.say(self.problem, state="warning")

    def stop(self) -> None:
        """Keep how the open case is laid out."""
        self.remember()

    # -- opening and leaving -------------------------------------------------------------

    def arrange(self) -> None:
        """Lay the case just opened out, once a thread has its series open."""
        host = self._host
        self._turn = -1
        case = host.case
        if case is None:
            return
        keys, lay_out = self._plan(case)
        work = host.workspace.images.opening(keys)
        if work is None:
            lay_out()
            return
        host.room.empty_text = ""  # it is empty for a blink

        def arrived() -> None:
            if host.case is not None and host.case.uid == case.uid:
                self._say_what_is_empty()
                lay_out()

        host.jobs.start("open", work, ended=arrived)

    def _plan(self, case: Case) -> tuple[list[str], Callable[[], None]]:
        """Return the series that a case begins with, and what lays them out."""
        body = self._host.session.arrangement()
        kept = from_json(body) if body is not None else None
        known = {ref.series_instance_uid for ref in case.series}
        if kept is not None and kept.displays:
            keys = [shown.key for shown in kept.displays if shown is not None]
            if known.issuperset(keys):
                return keys, partial(self._restore, kept)
        found = automatic(self._protocols, case.series)
        if found is not None:
            return [key for key, _wish in found.displays if key], partial(self._hang, found)
        best = self._host.images.first
        return [best.series_instance_uid] if best else [], self._host.images.show_first

    def remember(self) -> None:
        """Keep how the open case is laid out, so that it opens the same way."""
        host = self._host
        session, room = host.session, host.room
        if session.case is None or session.is_scratch:
            return
        keys = host.images.shown_keys
        count = host.views.shape.displays
        displays = tuple(
            _shown(keys[n], room.display(n)) if n in keys else None for n in range(count)
        )
        if not any(displays):
            return
        kept = Arrangement(host.views.shape.name, displays, room.linked)
        try:
            session.keep_arrangement(kept.to_json())
        except UserError:  # a convenience: losing it costs nothing that anybody did
            return

    def _restore(self, kept: Arrangement) -> None:
        room, views = self._host.room, self._host.views
        room.linked = False  # each display first goes to its own place
        views.set_layout(layout_named(kept.layout))
        for number, shown in enumerate(kept.displays):
            display = None
            if shown is not None:
                display = self._host.images.show(shown.key, number)
            if display is not None and shown is not None and display.volume is not None:
                display.set_point(shown.point)
                display.inverted = shown.inverted
                display.set_window(Window(shown.centre, shown.width), shown.name)
        room.linked = kept.linked
        room.activate(room.display(0))

    # -- protocols -----------------------------------------------------------------------

    def fitting(self) -> list[tuple[Protocol, Hanging]]:
        """Return the protocols whose needs the open case meets."""
        case = self._host.case
        series = case.series if case is not None else ()
        found = [(protocol, hang(protocol, series)) for protocol in self._protocols]
        return [(protocol, hanging) for protocol, hanging in found if hanging is not None]

    def next_protocol(self) -> None:
        """Hang the case by the next protocol that fits it."""
        fitting = self.fitting()
        if not fitting:
            self._host.say(_("No hanging protocol fits the series of this case."))
            return
        self._turn = (self._turn + 1) % len(fitting)
        protocol, hanging = fitting[self._turn]
        self._hang(hanging)
        self._host.say(_("Hanging protocol: {name}.", name=protocol.name))

    def _hang(self, hanging: Hanging) -> None:
        room, views = self._host.room, self._host.views
        layout = layout_named(hanging.layout)
        room.keep_displays(0)
        views.set_layout(layout)
        for number, (key, wish) in enumerate(hanging.displays):
            display = self._host.images.show(key, number) if key else None
            if display is not None:
                _apply(display, wish)
                if number < len(hanging.planes) and hanging.planes[number]:
                    views.hang(display, Plane(hanging.planes[number]))
        room.activate(room.display(0))

    # -- the editor ----------------------------------------------------------------------

    def edit(self) -> None:
        """Show the editor of the protocols."""
        dialog = HangingEditor(self._protocols, self._host.parent_widget)
        dialog.saved.connect(self._save)
        dialog.usual_requested.connect(self._usual)
        dialog.open()

    def _save(self, found: tuple[Protocol, ...]) -> None:
        if self._host.attempt(lambda: save(found)):
            self._protocols, self._turn = found, -1

    def _usual(self) -> None:
        forget()
        self._protocols, self.problem = protocols()
        self._turn = -1


def _shown(key: str, display: Display) -> Shown | None:
    if display.volume is None:
        return None
    window = display.window
    return Shown(
        key, display.point, window.centre, window.width, display.window_name, display.inverted
    )


def _apply(display: Display, wish: str) -> None:
    if wish == "auto":
        display.auto()
    elif wish in PRESETS:
        name, preset = PRESETS[wish]
        display.set_window(preset, name.lower())
