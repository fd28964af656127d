"""Whatever a reader does in whatever order, the screen, the session and the store agree."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import CENTRE
from tests.ui.desk import Desk
from tumorboard.annotations.shapes import handles
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.viewer.image_view import ImageView

Key, Modifier = Qt.Key, Qt.KeyboardModifier

TOOLS = ("length", "ellipse", "rectangle", "circle", "arrow")
OFFSET = st.tuples(st.integers(-70, 70), st.integers(-70, 70))
DRAW = st.tuples(st.just("draw"), st.sampled_from(TOOLS), OFFSET, OFFSET)
EDIT = st.tuples(st.just("edit"), st.integers(0, 7), st.integers(0, 7), OFFSET)
DELETE = st.tuples(st.just("delete"), st.integers(0, 7))
OTHER = st.tuples(st.sampled_from(["undo", "redo", "reload", "slice", "flip", "escape"]))
ACTS = st.lists(st.one_of(DRAW, DRAW, EDIT, EDIT, DELETE, OTHER, OTHER), max_size=14)


@dataclass
class Reader:
    desk: Desk

    @property
    def view(self):
        return self.desk.view()

    def at(self, offset) -> QPoint:
        return QPoint(self.view.width() // 2, self.view.height() // 2) + QPoint(*offset)

    def draw(self, tool, start, end) -> None:
        self.desk.window.actions_by_name[f"tool.{tool}"].trigger()
        self.desk.drag_canvas(self.view, self.at(start), self.at(end))
        self.desk.window.room.set_tool(None)

    def edit(self, which, index, offset) -> None:
        shown = self.view.visible_annotations(self.view.section())
        if shown:
            annotation = shown[which % len(shown)]
            held = handles(annotation)
            start = self.view.canvas_of(annotation.points[held[index % len(held)]]).toPoint()
            if self.view.rect().contains(start):
                self.desk.drag_canvas(self.view, start, self.at(offset))

    def delete(self, which) -> None:
        annotations = self.desk.case.annotations
        if annotations:
            self.desk.window.room.select(annotations[which % len(annotations)].uid)
            self.desk.key(Key.Key_Delete)

    def undo(self) -> None:
        self.desk.key(Key.Key_Z, Modifier.ControlModifier)

    def redo(self) -> None:
        self.desk.key(Key.Key_Y, Modifier.ControlModifier)

    def reload(self) -> None:
        self.desk.window.controller.open_case(self.desk.case.uid)
        self.desk.look_at(CENTRE)

    def slice(self) -> None:
        self.view.scroll_by(1)

    def flip(self) -> None:
        self.view.flip(horizontal=True)

    def escape(self) -> None:
        self.desk.key(Key.Key_Escape)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_screen_session_and_store_agree_after_each_step(desk, acts):
    reader, session = Reader(desk), desk.workspace.session
    desk.look_at(CENTRE)
    for name, *arguments in acts:
        getattr(reader, name)(*arguments)
        kept = session.stored_case()
        assert kept.annotations == desk.case.annotations == desk.window.room.annotations
        assert kept.lesions == desk.case.lesions
        assert len({a.uid for a in kept.annotations}) == len(kept.annotations)
        assert desk.window.room.preview == ()
    for annotation in desk.case.annotations:
        desk.window.features.measurements.delete(annotation.uid)
    assert session.stored_case().annotations == ()


class _Counter(QObject):
    """Counts what a reader's hands do: keys pressed and mouse buttons pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - a name of Qt
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.MouseButtonPress)
        if event.type() in kinds and isinstance(watched, ImageView):
            self.steps += 1
        return False


def test_a_mass_of_a_new_ct_is_recorded_in_few_steps(open_desk, ellipsoid_folder, qapp):
    """Drop the folder, M, and three drags: at most twelve steps, counted on the real window."""
    counter = _Counter()
    qapp.installEventFilter(counter)
    try:
        desk = open_desk()
        desk.import_paths(ellipsoid_folder)  # one step: dropping the folder
        desk.look_at(CENTRE)  # the wheel, which is no click
        desk.key(Key.Key_M)
        desk.drag(Plane.AXIAL, CENTRE - [48, 0, 0], CENTRE + [48, 0, 0])
        desk.drag(Plane.AXIAL, CENTRE - [0, 30, 0], CENTRE + [0, 30, 0])
        desk.drag(Plane.CORONAL, CENTRE - [0, 0, 40], CENTRE + [0, 0, 40])
        QTest.qWait(0)
    finally:
        qapp.removeEventFilter(counter)
    size = desk.workspace.session.facts.value("diameters_cm")
    assert size == pytest.approx((9.6, 6.0, 8.0), abs=0.2)
    assert counter.steps + 1 == 5
