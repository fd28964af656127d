"""Joins the overview in three dimensions with the case: builds, paints, saves, in threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.shell.file_dialogs import ask_save
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.viewer.snapshot import png
from tumorboard.whole_file import write_whole

# What only the overview needs is imported when it is first shown: a start waits for nothing of it.
if TYPE_CHECKING:
    from tumorboard.app.overview import Look, Scene
    from tumorboard.ui.overview.window import OverviewWindow
    from tumorboard.ui.shell.host import Host

_JOB = "overview"


class Painter(Protocol):
    """Who paints; another one stands in where the library is not installed."""

    def show(self, scene: Scene) -> None:
        """Take a scene."""
        ...

    def picture(self, look: Look, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Return RGB, shape (rows, columns, 3)."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class OverviewFeature(Feature):
    """One window of the overview at a time; of several wishes the newest is painted."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.painter: Painter | None = None
        self.window: OverviewWindow | None = None
        self._wish: tuple[Look, tuple[int, int]] | None = None
        self._busy = self._broken = False

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"view.overview": self.show}

    def stop(self) -> None:
        """Close the window and let the painter go."""
        if self.window is not None:
            self.window.close()
        if self.painter is not None:
            self.painter.close()

    def show(self) -> None:
        """Show what was outlined and followed on the series in use, or on the newest."""
        from tumorboard.app.overview import names_of, scene_of, series_with_surfaces
        from tumorboard.ui.overview.window import OverviewWindow

        host = self._host
        case = host.case
        found = () if case is None else series_with_surfaces(case)
        if case is None or not found:
            host.say(_("Outline the mass or follow a vessel first; then it shows here."))
            return
        volume = host.room.active.volume
        here = volume.series_instance_uid if volume is not None else ""
        scene = scene_of(case, here if here in found else found[0], host.session.mask_of)
        if self.window is not None:
            self.window.close()
        self.window = OverviewWindow(host.parent_widget)
        self.window.set_surfaces(names_of(scene))
        self.window.table.wanted.connect(self._paint)
        self.window.save_requested.connect(self.save)
        self.window.closed.connect(self._forget)
        self.window.show()
        self._busy, self._broken = True, False
        painter = self._painter()
        self._start(lambda: painter.show(scene), lambda __: self._built())

    def _painter(self) -> Painter:
        """Return who paints; the first time the usual one is made."""
        if self.painter is None:
            from tumorboard.app.overview import SurfacePainter

            self.painter = SurfacePainter()
        return self.painter

    def save(self) -> None:
        """Ask where the picture on show shall go."""
        window = self.window
        if window is None or window.table.picture is None:
            return
        path = ask_save(
            self._host, _("Save picture"), "overview.png", _("Pictures (*.png)"), window
        )
        if path is not None:
            self.save_as(str(path))

    def save_as(self, name: str) -> None:
        """Write the picture on show; it holds no identity."""
        picture = self.window.table.picture if self.window is not None else None
        if picture is not None:
            self._host.attempt(lambda: write_whole(Path(name), png(picture)))

    def _forget(self) -> None:
        self.window, self._wish = None, None

    def _built(self) -> None:
        self._busy = False
        if self.window is not None:
            self.window.table.ask()

    def _paint(self, look: Look, size: tuple[int, int]) -> None:
        self._wish = (look, size)
        if not self._busy and not self._broken:
            self._next()

    def _next(self) -> None:
        if self._wish is None or self.window is None:
            return
        (look, size), self._wish = self._wish, None
        self._busy, painter = True, self._painter()
        self._start(lambda: painter.picture(look, size), self._painted)

    def _painted(self, pixels: NDArray[np.uint8]) -> None:
        self._busy = False
        if self.window is not None:
            self.window.table.show_picture(pixels)
        self._next()

    def _start(self, work: Callable[[], object], done: Callable[..., object]) -> None:
        def run(_reporter: Reporter) -> object:
            return work()

        self._host.jobs.start(_JOB, run, finished=done, failed=self._failed)

    def _failed(self, reason: str) -> None:
        self._busy, self._broken, self._wish = False, True, None
        if self.window is not None:
            self.window.table.show_message(reason)
