"""The menus of a view: a right click that does not drag, and a press on the window's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QToolTip

from tumorboard.annotations.foreign import ForeignMark
from tumorboard.annotations.hit_test import hit_test
from tumorboard.annotations.kinds import REGIONS
from tumorboard.annotations.model import Annotation
from tumorboard.annotations.regions import region_histogram, region_values
from tumorboard.imaging.roi_statistics import statistics_of
from tumorboard.imaging.viewport import Viewport
from tumorboard.imaging.windowing import PRESETS
from tumorboard.language import _
from tumorboard.tools.gesture import CLICK_PIXELS
from tumorboard.ui.measurements.histogram import histogram_dialog
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.text_widgets import menu_entry
from tumorboard.ui.viewer.foreign import mark_at
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.painting import window_box

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: Commands at the end of every menu.
_ALWAYS = ("view.keep", "view.copy", "file.print", "view.invert", "view.reset")


def _on_words(view: ImageView, place: QPointF) -> bool:
    """Whether a place lies on the words of the window."""
    box = window_box(view)
    return box is not None and QRectF(*box).contains(place)


@dataclass(frozen=True)
class MenuActs:
    """What the menu does with a mark of others and with an annotation."""

    adopt: Callable[[ForeignMark], None]
    assign: Callable[[str, str], None]
    delete: Callable[[str], None]


class ContextMenus(QObject, Feature):
    """Watches the views for right clicks and shows what can be done there."""

    def __init__(self, host: Host, acts: MenuActs) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._acts = acts
        self._press: tuple[ImageView, QPointF, Viewport] | None = None
        self._watched: set[ImageView] = set()

    def listen(self) -> None:
        """Watch the views, also those of later layouts."""
        views = self._host.views
        views.layout_changed.connect(self._watch)
        self._watch()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        return {"view.histogram": self.histogram_of_selected}

    def _watch(self) -> None:
        views = set(self._host.views.everywhere)
        for view in views - self._watched:
            view.installEventFilter(self)
        self._watched = views

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Tell a click of the right button from a drag, and a press on the window's words."""
        kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)
        if event.type() is QEvent.Type.ToolTip and isinstance(watched, ImageView):
            return self._tell_of_windows(watched, cast("QHelpEvent", event))
        if event.type() in kinds and isinstance(watched, ImageView):
            mouse = cast("QMouseEvent", event)
            if mouse.button() is Qt.MouseButton.RightButton:
                self._right(watched, mouse, pressed=event.type() is kinds[0])
            elif event.type() is kinds[0] and self._asks_for_windows(watched, mouse):
                self._show_windows(watched)
                return True
        return super().eventFilter(watched, event)

    def _right(self, view: ImageView, mouse: QMouseEvent, *, pressed: bool) -> None:
        if pressed:
            self._press = view, mouse.position(), view.viewport
            return
        held, self._press = self._press, None
        if held is None or held[0] is not view or view.display.volume is None:
            return
        far = (mouse.position() - held[1]).manhattanLength() >= CLICK_PIXELS
        if not far and not self._host.room.is_drawing:
            view.viewport = held[2]
            menu = self.menu(view, mouse.position())
            menu.popup(mouse.globalPosition().toPoint())

    # -- the window's words ----------------------------------------------------------------

    def _asks_for_windows(self, view: ImageView, mouse: QMouseEvent) -> bool:
        plain = mouse.modifiers() == Qt.KeyboardModifier.NoModifier
        left = mouse.button() is Qt.MouseButton.LeftButton
        if not (plain and left) or self._host.room.is_drawing:
            return False
        return _on_words(view, mouse.position())

    def _show_windows(self, view: ImageView) -> None:
        """List the windows below the words of the present one."""
        box = window_box(view)
        if box is None:
            return
        view.setFocus(Qt.FocusReason.MouseFocusReason)
        self._host.room.activate(view.display)
        menu = QMenu(_("Window presets"), view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add_windows(menu)
        menu.addSeparator()
        menu.addAction(self._host.actions["tool.region"])
        menu.addAction(self._host.actions["view.invert"])
        menu.popup(view.mapToGlobal(QPoint(round(box[0]), round(box[1] + box[3]))))

    def _tell_of_windows(self, view: ImageView, event: QHelpEvent) -> bool:
        if not _on_words(view, QPointF(event.pos())):
            return False
        QToolTip.showText(event.globalPos(), _("Window presets: click to choose one"), view)
        return True

    def _add_windows(self, menu: QMenu) -> None:
        actions = self._host.actions
        for name in ("window.auto", "window.sent", *(f"window.{key}" for key in PRESETS)):
            menu.addAction(actions[name])

    # -- the menu ------------------------------------------------------------------------

    def menu(self, view: ImageView, place: QPointF) -> QMenu:
        """Return what can be done at a place of a view."""
        menu = QMenu(view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        frame = view.frame()
        annotation = self._annotation_at(view, place)
        mark = mark_at(frame, frame.over.marks, place) if frame is not None else None
        if annotation is not None:
            self._for_annotation(menu, annotation)
        if mark is not None:
            adopt = menu.addAction(_("Adopt as my own"))
            adopt.triggered.connect(lambda: self._acts.adopt(mark))
            adopt.setEnabled(mark.annotation is not None)
            menu.addSeparator()
        actions = self._host.actions
        self._add_windows(menu.addMenu(_("Window")))
        for name in _ALWAYS:
            if name in actions:
                menu.addAction(actions[name])
        return menu

    def _for_annotation(self, menu: QMenu, annotation: Annotation) -> None:
        host = self._host
        host.room.select(annotation.uid)
        actions = host.actions
        menu.addAction(actions["edit.label"])
        lesions = menu.addMenu(_("Lesion"))
        case = host.case
        assign = self._acts.assign
        for lesion in case.lesions if case is not None else ():
            entry = menu_entry(lesions, lesion.name)
            entry.setCheckable(True)
            entry.setChecked(lesion.uid == annotation.lesion_uid)
            entry.triggered.connect(
                lambda _checked=False, uid=lesion.uid: assign(annotation.uid, uid)
            )
        lesions.addSeparator()
        lesions.addAction(_("New lesion"), partial(assign, annotation.uid, "new"))
        free = lesions.addAction(_("None: free measurement"), partial(assign, annotation.uid, ""))
        free.setEnabled(bool(annotation.lesion_uid))
        if annotation.kind in REGIONS:
            menu.addAction(actions["view.histogram"])
        menu.addAction(_("Delete"), partial(self._acts.delete, annotation.uid))
        menu.addSeparator()

    @staticmethod
    def _annotation_at(view: ImageView, place: QPointF) -> Annotation | None:
        section = view.section()
        projection = view.projection(section)
        if section is None or projection is None or not view.room.overlays_visible:
            return None
        visible = view.visible_annotations(section)
        hit = hit_test(visible, projection.to_canvas, (place.x(), place.y()))
        return hit.annotation if hit is not None else None

    # -- the histogram -------------------------------------------------------------------

    def histogram_of_selected(self) -> None:
        """Show the values of the selected region."""
        host = self._host
        room = host.room
        case = host.case
        annotation = case.annotation(room.selected_uid) if case is not None else None
        volume = room.active.volume
        if annotation is None or annotation.kind not in REGIONS or volume is None:
            host.say(_("Select a region first: an ellipse, circle, rectangle or outline."))
            return
        found, values = region_histogram(annotation, volume), region_values(annotation, volume)
        if found is None or values is None:
            host.say(_("There are no values there: show the series that it was drawn on."))
            return
        name = annotation.label or annotation.kind.value.capitalize()
        statistics = statistics_of(values, volume.unit)
        histogram_dialog(name, found, statistics, host.parent_widget).open()
