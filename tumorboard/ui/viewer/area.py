"""The views on show, laid out in columns, and which of them the reader works in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from tumorboard.app.layouts import DEFAULT_LAYOUT, Cell, Layout, layout_named
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import native_plane
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.room import Room


class ViewArea(QWidget):
    """Views of the displays of a room, in one of the layouts.

    ``series_dropped`` carries the key of a series and the number of the display that it was
    dropped on.
    """

    series_step_requested = Signal(int)
    series_dropped = Signal(str, int)
    layout_changed = Signal()
    wheeled = Signal(object)

    #: The class of the views that are laid out.
    view_class: type[ImageView] = ImageView

    def __init__(
        self,
        room: Room,
        parent: QWidget | None = None,
        *,
        first: int = 0,
        layout: str = DEFAULT_LAYOUT,
    ) -> None:
        super().__init__(parent)
        self.room = room
        #: The number of the display that the first series of a layout is on.
        self.first = first
        #: The views of a second window, whose focus counts like one here; None without one.
        self.beside: ViewArea | None = None
        self.shape = layout_named(layout)
        self._views: dict[Cell, ImageView] = {}
        self._columns: list[tuple[QSplitter, tuple[Cell, ...]]] = []
        self._across: QSplitter | None = None
        self._alone: ImageView | None = None
        #: Views of other features that the key for the next view goes to as well.
        self.further: tuple[QWidget, ...] = ()
        #: Nothing was shown yet: the way to images stands alone, in the middle.
        self._is_fresh = True
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.set_layout(self.shape)

    # -- the layout --------------------------------------------------------------------

    def set_layout(self, shape: Layout) -> None:
        """Lay the views out anew; a view of the same cell keeps its place and zoom."""
        is_laid = self._across is not None and shape.columns == self.shape.columns
        self.shape, self._alone = shape, None
        old, self._views = self._views, {}
        for cell in shape.cells:
            view = old.pop(cell, None)
            self._views[cell] = view if view is not None else self._new_view(cell)
        if not is_laid:  # else every view stands where it belongs
            self._arrange()
        for view in old.values():
            view.stop()
            view.hide()
            view.deleteLater()
        self.room.keep_displays(shape.displays, self.first)
        self._show_fitting()
        self.layout_changed.emit()

    def _new_view(self, cell: Cell) -> ImageView:
        display = self.room.display(self.first + cell.display)
        view = self.view_class(self.room, display, cell.plane, self, other=cell.other)
        display.volume_changed.connect(self._show_fitting)
        view.maximise_requested.connect(lambda: self.maximise(view))
        view.series_step_requested.connect(self.series_step_requested)
        number = self.first + cell.display
        view.series_dropped.connect(lambda key: self.series_dropped.emit(key, number))
        view.neighbours = lambda: self.views
        view.installEventFilter(self)
        return view

    def _arrange(self) -> None:
        # Each part gets its parent before its contents: alone it would flash up as a window.
        across = QSplitter(Qt.Orientation.Horizontal, self)
        self._columns = []
        for n, column in enumerate(self.shape.columns):
            down = QSplitter(Qt.Orientation.Vertical, across)
            for cell in column.cells:
                down.addWidget(self._views[cell])
                self._views[cell].show()
            down.setSizes([1000] * len(column.cells))
            across.setStretchFactor(n, column.weight)
            self._columns.append((down, column.cells))
        across.setSizes([column.weight * 1000 for column in self.shape.columns])
        for splitter in (across, *(down for down, _ in self._columns)):
            splitter.setHandleWidth(2)
            splitter.setChildrenCollapsible(False)
        box = self.layout()
        if box is None:
            return
        box.addWidget(across)
        across.show()
        if self._across is not None:
            box.removeWidget(self._across)
            self._across.hide()
            self._across.deleteLater()
        self._across = across

    def _show_fitting(self) -> None:
        """Show every view, but those of planes in which the images cannot be cut; or one alone."""
        self._is_fresh &= all(display.volume is None for display in self.room.displays)
        shown = {view for cell, view in self._views.items() if self._fits(cell)}
        if self._alone is not None:
            shown = {self._alone}
        for view in self._views.values():
            view.setVisible(view in shown)
        for down, cells in self._columns:
            down.setVisible(any(self._views[cell] in shown for cell in cells))

    def _fits(self, cell: Cell) -> bool:
        volume = self.room.display(self.first + cell.display).volume
        if self._is_fresh:
            return cell is next(iter(self._views))
        if volume is None or volume.is_placed:
            return True
        if cell.plane is None:
            return cell.other == 0
        native = native_plane(volume.stack)
        planes = [c.plane for c in self._views if c.display == cell.display]
        return cell.plane is native or (native not in planes and cell.plane is planes[0])

    # -- views -------------------------------------------------------------------------

    @property
    def views(self) -> tuple[ImageView, ...]:
        """All views of the layout, column by column."""
        return tuple(self._views.values())

    @property
    def everywhere(self) -> tuple[ImageView, ...]:
        """All views, and those of a second window."""
        return (*self.views, *(self.beside.views if self.beside is not None else ()))

    @property
    def cells(self) -> tuple[tuple[Cell, ImageView], ...]:
        """All views with their places in the layout, column by column."""
        return tuple(self._views.items())

    @property
    def alone(self) -> ImageView | None:
        """The view that is shown without the others, or None."""
        return self._alone

    @property
    def shown(self) -> tuple[ImageView, ...]:
        """The views that can be seen."""
        return tuple(view for view in self.views if view.isVisibleTo(self))

    @property
    def in_use(self) -> ViewArea:
        """The views of the window that the reader works in: these, or those beside."""
        beside = self.beside
        active = beside is not None and any(v.display is self.room.active for v in beside.views)
        return beside if beside is not None and active else self

    @property
    def main(self) -> ImageView:
        """The first view of the active display, else the first of all."""
        mine = (view for view in self.everywhere if view.display is self.room.active)
        return next(mine, self.views[0])

    def view(self, plane: Plane, display: int = 0) -> ImageView | None:
        """Return the view of a display that shows a plane, None without one."""
        wanted = self.room.display(display)
        found = (v for v in self.views if v.display is wanted and v.plane is plane)
        return next(found, None)

    def active_view(self) -> ImageView:
        """Return the view that has the focus, else the main one."""
        views = self.in_use.views
        return next((v for v in views if v.hasFocus()), self.main)

    def focus_next(self) -> None:
        """Give the focus to the next visible view of the window in use, or that stands beside."""
        area = self.in_use
        shown: list[QWidget] = [*area.shown, *(v for v in area.further if v.isVisible())]
        if shown:
            focus = next((v for v in shown if v.hasFocus()), self.active_view())
            here = shown.index(focus) if focus in shown else -1
            shown[(here + 1) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)

    def show_plane(self, plane: Plane) -> ImageView:
        """Return a view of the active display that shows a plane, turning one if need be."""
        area = self.in_use
        if area is not self:
            return area.show_plane(plane)
        mine = [v for v in self.views if v.display is self.room.active]
        view = next((v for v in mine if v.plane is plane), None)
        if view is None:
            view = self.main
            view.set_plane(plane)
        if self._alone is not None and view is not self._alone:
            self.maximise(view)
            self.maximise(view)
        return view

    def hang(self, display: Display, plane: Plane) -> None:
        """Show a plane in the first view of a display, unless another of its views has it."""
        mine = [view for view in self.views if view.display is display]
        if mine and all(view.plane is not plane for view in mine):
            mine[0].set_plane(plane)

    def maximise(self, view: ImageView) -> None:
        """Show one view alone, or all again."""
        if self.beside is not None and view in self.beside.views:
            self.beside.maximise(view)
            return
        self._alone = None if self._alone is not None else view
        self._show_fitting()
        view.setFocus(Qt.FocusReason.OtherFocusReason)

    def reset(self) -> None:
        """Show the whole image in the views of the active display, as sent, thin, straight."""
        for view in self.in_use.views:
            if view.display is self.room.active:
                view.make_plain()
        self.room.active.straighten()
        self.room.active.as_sent()

    def stop(self) -> None:
        """Stop the work of all views."""
        for view in self.views:
            view.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Make the display of the view that gets the focus the active one."""
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, ImageView):
            self.room.activate(watched.display)
        elif event.type() is QEvent.Type.Wheel:
            self.wheeled.emit(watched)
        return super().eventFilter(watched, event)
