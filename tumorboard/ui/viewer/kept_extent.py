"""Holds a part of the patient in a view while the view changes its size."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt

from tumorboard.case.saved_view import Extent
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.view_cut import quarter_turned, sampling_grid
from tumorboard.imaging.viewport import Viewport, fit_mm_per_pixel
from tumorboard.ui.viewer.image_view import ImageView


class KeptExtent(QObject):
    """Shows the same millimetres after each change of size, until the reader zooms or pans."""

    def __init__(self, view: ImageView, extent: Extent) -> None:
        super().__init__(view)
        self._view = view
        self._extent = extent
        self._set = view.viewport
        view.installEventFilter(self)
        self._apply()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Follow the size of the view."""
        if event.type() is QEvent.Type.Resize:
            if self._view.viewport == self._set:
                self._apply()
            else:
                self.let_go()
        return super().eventFilter(watched, event)

    def let_go(self) -> None:
        """Hold nothing any more."""
        self._view.removeEventFilter(self)
        self.deleteLater()

    def _apply(self) -> None:
        view, e = self._view, self._extent
        scale = e.mm_per_pixel(view.width(), view.height())
        self._set = Viewport(e.centre, scale, e.flip_horizontal, e.flip_vertical)
        view.viewport = self._set
        view.update()


def hold(view: ImageView, extent: Extent) -> KeptExtent:
    """Show a part of the patient in a view, in place of what was held there before."""
    for old in view.findChildren(KeptExtent, options=Qt.FindChildOption.FindDirectChildrenOnly):
        old.let_go()
    return KeptExtent(view, extent)


def extent_of(view: ImageView) -> Extent | None:
    """Return the part of the patient that a view shows; None without a picture."""
    volume = view.display.volume
    if volume is None:
        return None
    # The grid is known also while the picture itself is still being made.
    flat = sampling_grid(volume, view.spec, view.display.point)
    blank = Section(np.broadcast_to(np.zeros(1, np.uint8), flat.shape), flat, None, True)
    grid = quarter_turned(blank, view.spec.quarter_turns).grid
    size = (float(view.width()), float(view.height()))
    wish = view.viewport
    scale = wish.mm_per_pixel or fit_mm_per_pixel(grid, size)
    middle = [(grid.shape[0] - 1) / 2, (grid.shape[1] - 1) / 2]
    centre = wish.centre
    if centre is None:
        x, y, z = (float(v) for v in grid.to_lps(middle))
        centre = (x, y, z)
    flips = (wish.flip_horizontal, wish.flip_vertical)
    return Extent(centre, size[0] * scale, size[1] * scale, *flips)
