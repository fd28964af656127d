"""The three linked views of a volume: axial large, coronal and sagittal beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import native_plane
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.model import ViewerModel


class MprView(QWidget):
    """Axial, coronal and sagittal views of the model's volume."""

    series_step_requested = Signal(int)

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.views = {plane: ImageView(model, plane, self) for plane in Plane}
        side = QSplitter(Qt.Orientation.Vertical)
        side.addWidget(self.views[Plane.CORONAL])
        side.addWidget(self.views[Plane.SAGITTAL])
        self._side = side
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(self.views[Plane.AXIAL])
        across.addWidget(side)
        across.setStretchFactor(0, 142)
        across.setStretchFactor(1, 100)
        across.setSizes([1420, 1000])
        for splitter in (side, across):
            splitter.setHandleWidth(2)
            splitter.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(across)
        model.volume_changed.connect(self._fit_volume)
        for view in self.views.values():
            view.maximise_requested.connect(lambda v=view: self.maximise(v))
            view.series_step_requested.connect(self.series_step_requested)

    def _fit_volume(self) -> None:
        """Show the native view alone where the images cannot be cut in other planes."""
        volume = self.model.volume
        if volume is not None:
            native = self.views[native_plane(volume.stack)]
            self._show(set(self.views.values()) if volume.is_placed else {native})

    def _show(self, shown: set[ImageView]) -> None:
        for view in self.views.values():
            view.setVisible(view in shown)
        self._side.setVisible(bool(shown - {self.axial}))

    @property
    def axial(self) -> ImageView:
        """The large view."""
        return self.views[Plane.AXIAL]

    def active_view(self) -> ImageView:
        """Return the view that has the focus, else the axial one."""
        return next((v for v in self.views.values() if v.hasFocus()), self.axial)

    def focus_next(self) -> None:
        """Give the focus to the next visible view."""
        shown = [v for v in self.views.values() if v.isVisible()]
        if shown:
            active = self.active_view()
            here = shown.index(active) if active in shown else -1
            shown[(here + 1) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)

    def maximise(self, view: ImageView) -> None:
        """Show one view alone, or all again."""
        volume = self.model.volume
        if volume is not None and not volume.is_placed:
            return
        alone = not all(v.isVisible() for v in self.views.values())
        self._show(set(self.views.values()) if alone else {view})

    def reset(self) -> None:
        """Show the whole image in every view, as sent, from the middle."""
        for view in self.views.values():
            view.reset()
        self.model.as_sent()
