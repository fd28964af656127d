"""What commands do with the views: layouts, planes, cine, turning, pictures to take away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QImage

from tumorboard.app.layouts import LAYOUTS, layout_named
from tumorboard.app.told import withholding_of
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.windowing import PRESETS
from tumorboard.language import N_, _
from tumorboard.ui.layout.cine import Cine
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.word_questions import with_words_settled
from tumorboard.ui.viewer.alignment import remark_of
from tumorboard.ui.viewer.hands import Hand
from tumorboard.ui.viewer.snapshot import snapshot

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


class LayoutFeature(Feature):
    """Acts on the view that the reader works in."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.cine = Cine(host)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command of the views does."""
        room, views = self._host.room, self._host.views
        table: dict[str, Callable[[], object]] = {
            "window.auto": self._on_display("auto"),
            "window.sent": self._on_display("as_sent"),
            "view.invert": self._on_display("invert"),
            "view.reset": views.reset,
            "view.overlays": room.toggle_overlays,
            "view.smooth": room.toggle_smooth,
            "view.next": views.focus_next,
            "view.maximise": self.finish_or_maximise,
            "view.flip_h": lambda: views.active_view().flip(horizontal=True),
            "view.flip_v": lambda: views.active_view().flip(horizontal=False),
            "view.rotate": lambda: views.active_view().rotate(),
            "view.thicker": lambda: views.active_view().thicken(1),
            "view.thinner": lambda: views.active_view().thicken(-1),
            "view.slab": lambda: views.active_view().next_slab_mode(),
            "view.turn": self.toggle_turning,
            "view.link": self.toggle_link,
            "view.align": self.align,
            "view.cine": self.cine.toggle,
            "view.cine_faster": partial(self.cine.change_speed, 1),
            "view.cine_slower": partial(self.cine.change_speed, -1),
            "view.cine_round": self.cine.turn_round,
            "view.copy": self.copy_picture,
        }
        for plane in Plane:
            table[f"view.{plane.value}"] = partial(self.show_plane, plane)
        for layout in LAYOUTS:
            table[f"layout.{layout.name}"] = partial(self.set_layout, layout.name)
        for hand in Hand:
            table[f"tool.{hand.value}"] = partial(room.set_hand, hand)
        for key, (name, preset) in PRESETS.items():
            table[f"window.{key}"] = self._on_display("set_window", preset, name.lower())
        return table

    def _on_display(self, method: str, *arguments: object) -> Callable[[], object]:
        """Return a call of a method of whichever display is the active one then."""
        room = self._host.room
        return lambda: getattr(room.active, method)(*arguments)

    # -- arrangement -------------------------------------------------------------------

    def set_layout(self, name: str) -> None:
        """Lay the views out; new places are filled with the other series of the case."""
        area = self._host.views.in_use
        area.set_layout(layout_named(name))
        self._host.images.fill(area.shape.displays, area.first)
        area.main.setFocus()

    def show_plane(self, plane: Plane) -> None:
        """Show a plane in the view that the reader works in."""
        view = self._host.views.active_view()
        volume = view.display.volume
        if volume is not None and not volume.is_placed:
            self._host.say(
                _("These images do not say where they lie in the patient; they cannot be cut anew.")
            )
            return
        view.set_plane(plane)

    def toggle_link(self) -> None:
        """Let views of other series scroll along, or each alone."""
        room = self._host.room
        room.set_linked(linked=not room.linked)
        self._host.say(
            _("Views scroll together where they show the same place.")
            if room.linked
            else _("Each view scrolls alone now.")
        )

    def align(self) -> None:
        """Lock other dates to the active view as they stand now."""
        host = self._host
        room = host.room
        pairs = room.unaligned()
        if not pairs or host.case is None:
            host.say(
                _(
                    "There is nothing to align: show two series that were not taken together, "
                    "bring both to the same place, and call this again."
                )
            )
            return
        for pair in pairs:
            key, value = remark_of(*pair)
            host.attempt(partial(host.session.set_remark, key, value, label=N_("Align two dates")))
        room.set_linked(linked=True)
        host.say(_("The views are locked as they stand: they show the same place now."))

    def toggle_turning(self) -> None:
        """Show or hide the rings by which planes are turned."""
        room = self._host.room
        room.turning = not room.turning
        room.changed.emit()
        if room.turning:
            self._host.room.tell_hint(
                _(
                    "Drag a ring on the crosshair: the other planes turn. R makes them straight "
                    "again."
                )
            )

    def finish_or_maximise(self) -> None:
        """End what is half drawn; with nothing half drawn show the view alone, or all."""
        views = self._host.views
        view = views.active_view()
        if not view.finish():
            views.maximise(view)

    @property
    def is_running(self) -> bool:
        """Whether cine runs."""
        return self.cine.is_running

    def stop(self) -> None:
        """Stop cine."""
        self.cine.stop()

    # -- pictures ----------------------------------------------------------------------

    def copy_picture(self) -> None:
        """Put the picture of the active view on the clipboard, without any identity."""
        uids = () if self._host.case is None else (self._host.case.uid,)
        with_words_settled(self._host, uids, self._copy)

    def _copy(self) -> None:
        volume = self._host.views.active_view().display.volume
        if volume is not None and volume.has_burned_in_words:
            self._host.say(
                _("Words are burned into this picture: they may name the patient. Not copied."),
                state="warning",
            )
            return
        picture = self.picture()
        if picture is None:
            self._host.say(_("There is no picture to copy."))
            return
        QGuiApplication.clipboard().setImage(picture)
        self._host.say(_("The picture is on the clipboard, without name, date or case."))

    def picture(self) -> QImage | None:
        """Return the picture of the active view, without any identity."""
        host = self._host
        case = host.case
        word = withholding_of(host.session.store, case) if case is not None else str
        return snapshot(host.views.active_view(), word)
