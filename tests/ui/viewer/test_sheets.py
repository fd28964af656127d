"""Drawings that are painted once and laid over the picture look as if painted one by one."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.imaging.volumes import axial_stack, volume_of
from tests.ui.desk import LEFT, move
from tumorboard.annotations.model import Annotation, ImageReference, Kind, as_point
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut
from tumorboard.imaging.viewport import Viewport, resolve
from tumorboard.ui.shell.theme import IMAGE_COLOURS
from tumorboard.ui.viewer import annotations as annotating
from tumorboard.ui.viewer import drawing_cache as sheets
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.area import ViewArea
from tumorboard.ui.viewer.display import SeriesTitle
from tumorboard.ui.viewer.drawing_cache import Wish
from tumorboard.ui.viewer.drawings import finished
from tumorboard.ui.viewer.room import Room

SLICES, MIDDLE = 12, 5
#: Where drawings stand, so that none lies on another: columns and rows.
PLACES = [(x, y) for y in (35, 85, 135, 185) for x in (40, 100, 160, 220)]
KINDS = (
    Kind.LENGTH,
    Kind.ELLIPSE,
    Kind.BIDIRECTIONAL,
    Kind.ANGLE,
    Kind.CIRCLE,
    Kind.RECTANGLE,
    Kind.FREEHAND,
    Kind.ARROW,
    Kind.TEXT,
    Kind.PROBE,
    Kind.VESSEL_LEVEL,
    Kind.CALIBRATION,
)
CROSS = np.array([[-9.0, 1, 0], [9, -2, 0], [0, -6, 0], [1, 6, 0]])
POINTS = {
    Kind.LENGTH: CROSS[:2],
    Kind.ANGLE: CROSS[:3],
    Kind.RECTANGLE: CROSS[[0, 2, 1, 3]],
    Kind.FREEHAND: CROSS[[0, 2, 1, 3]],
    Kind.ARROW: CROSS[:2],
    Kind.TEXT: CROSS[:1],
    Kind.PROBE: CROSS[:1],
    Kind.VESSEL_LEVEL: CROSS[:1],
    Kind.CALIBRATION: CROSS[:2],
}


@pytest.fixture
def whole():
    stack = axial_stack(slices=SLICES, rows=220, columns=260, spacing=(1.0, 1.0), step=3.0)
    rng = np.random.default_rng(4)
    return volume_of(stack, rng.integers(-50, 90, stack.shape).astype(np.int16))


def drawing(whole, k, n, **changes):
    kind = KINDS[n % len(KINDS)]
    x, y = PLACES[n]
    points = whole.stack.to_lps([k, y, x]) + POINTS.get(kind, CROSS)
    where = ImageReference(
        whole.study_instance_uid,
        whole.series_instance_uid,
        (whole.sop_instance_uids[k],),
        whole.frame_of_reference_uid,
        Plane.AXIAL,
    )
    made = Annotation(
        *(f"{k}.{n}", kind, tuple(as_point(p) for p in points), as_point(whole.stack.normal)),
        *(where, "test", "2026-01-01T00:00:00Z"),
        label="seen" if kind in (Kind.TEXT, Kind.ARROW) else "",
        role="renal veins" if kind is Kind.VESSEL_LEVEL else "",
        known_mm=20.0 if kind is Kind.CALIBRATION else 0.0,
        proposed=n == 13,
        label_offset=(30.0, 22.0, 0.0) if n == 14 else None,
    )
    return replace(made, **changes)


def drawn_on(whole, k):
    return tuple(drawing(whole, k, n) for n in range(len(PLACES)))


@pytest.fixture(autouse=True)
def _no_sheets(monkeypatch):
    monkeypatch.setattr(sheets, "_kept", type(sheets._kept)())


@pytest.fixture
def view(qtbot, whole):
    room = Room()
    area = ViewArea(room)
    qtbot.addWidget(area)
    area.resize(900, 700)
    room.active.set_volume(whole, SeriesTitle())
    area.maximise(area.main)
    area.show()
    qtbot.waitExposed(area)
    room.active.set_point(whole.stack.to_lps([MIDDLE, 100.0, 100.0]))
    room.set_annotations([a for k in range(SLICES) for a in drawn_on(whole, k)])
    yield area.main
    area.stop()


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    array = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return array[:, : image.width(), :3].astype(int)


def shown(view):
    return pixels(view.grab().toImage())


def one_by_one(view, monkeypatch):
    """Return the view as it is painted without any sheet."""
    with monkeypatch.context() as now:
        now.setattr(sheets, "FEW", 10**6)
        return shown(view)


def rest(qtbot, view):
    view.repaint()
    qtbot.waitUntil(lambda: view.ahead.is_idle, timeout=20_000)


def assert_alike(one, other):
    """The same but for the last bits of half covered pixels."""
    assert np.abs(one - other).max() <= 3


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize(
    "viewport", [Viewport(), Viewport((30.0, 20.0, 0.0), 0.31, True, False)], ids=["fit", "near"]
)
def test_a_sheet_looks_like_the_drawings_themselves(qapp, whole, ratio, viewport):
    size = (640.0, 480.0)
    section = cut(whole, Plane.AXIAL, whole.stack.to_lps([MIDDLE, 0, 0]))
    projection = resolve(viewport, section.grid, size, ratio)
    canvas = int(size[0] * ratio), int(size[1] * ratio)
    drawn = drawn_on(whole, MIDDLE)
    wish = Wish(drawn, projection, whole, canvas)
    sheet = finished(sheets.making(wish, annotating.steps_of))
    direct, laid = (QImage(*canvas, QImage.Format.Format_RGB32) for _ in range(2))
    for image in (direct, laid):
        image.setDevicePixelRatio(ratio)
        image.fill(0xFF5A6068)
    blank = pixels(direct)
    painter = QPainter(direct)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    annotating.paint_annotations(painter, drawn, projection, whole, "")
    painter.end()
    painter = QPainter(laid)
    sheet.paint(painter)
    painter.end()
    assert (pixels(direct) != blank).any(axis=2).sum() > 3000 * ratio
    assert_alike(pixels(direct), pixels(laid))
    assert 0 < sheet.size < 4 * canvas[0] * canvas[1] * 0.7


def test_slices_are_prepared_where_the_reader_scrolls_to(qtbot, view, monkeypatch):
    rest(qtbot, view)
    made = len(sheets._kept)
    assert made > 4
    monkeypatch.setattr(sheets, "made_now", None)  # nothing is left to be made while painting
    for _ in range(3):
        place = QPointF(view.rect().center())
        event = QWheelEvent(
            *(place, view.mapToGlobal(place), QPoint(), QPoint(0, -120)),
            *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier),
            *(Qt.ScrollPhase.NoScrollPhase, False),
        )
        before = view.section().slice_index
        QApplication.sendEvent(view, event)
        assert view.section().slice_index != before
        assert sheets.find(view.ahead._seen.wish) is not None
        laid = shown(view)
        assert_alike(laid, one_by_one(view, monkeypatch))
        rest(qtbot, view)


def test_sheets_follow_edits_and_what_is_taken_away(qtbot, view, whole, monkeypatch):
    rest(qtbot, view)
    before = shown(view)
    room = view.room
    first = next(a for a in room.annotations if a.uid == f"{MIDDLE}.0")
    longer = replace(first, points=(first.points[0], as_point(np.array(first.points[1]) + 7)))
    others = [a for a in room.annotations if a is not first]
    for now in ([*others, longer], others):
        room.set_annotations(now)
        direct = one_by_one(view, monkeypatch)
        rest(qtbot, view)
        assert (direct != before).any()
        assert_alike(shown(view), direct)
    room.toggle_overlays()
    hidden = shown(view)
    rest(qtbot, view)
    assert (hidden != before).any(axis=2).sum() > 2000
    assert (shown(view) == hidden).all()


def test_the_selected_one_is_painted_over_its_sheet(qtbot, view, monkeypatch):
    rest(qtbot, view)
    plain = shown(view)
    for n in (0, 1, 5, 7, 13):
        view.room.select(f"{MIDDLE}.{n}")
        laid = shown(view)
        assert (laid != plain).any()
        # Of the thin line below only what its soft rim adds to that of the thick one remains.
        apart = np.abs(laid - one_by_one(view, monkeypatch))
        assert apart.max() <= 40
        assert (apart > 3).any(axis=2).sum() < 250


def test_a_handle_that_is_dragged_takes_only_its_own_drawing_along(qtbot, view, whole, monkeypatch):
    rest(qtbot, view)
    held = view.room.annotations_of(view.display)[MIDDLE * len(PLACES)]
    assert held.uid == f"{MIDDLE}.0"
    start = view.canvas_of(held.points[1])
    painted = []
    paint = annotating.strokes.paint_shapes
    monkeypatch.setattr(
        annotating.strokes,
        "paint_shapes",
        lambda painter, shapes, uid: (
            painted.append([a.uid for a, _ in shapes]),
            paint(painter, shapes, uid),
        ),
    )
    from PySide6.QtTest import QTest

    QTest.mousePress(view, LEFT, pos=start.toPoint())
    for step in (8.0, 30.0, 55.0):
        move(view, start + QPointF(step, step / 2), LEFT, Qt.KeyboardModifier.NoModifier)
        painted.clear()
        laid = shown(view)
        assert painted == [[held.uid]]
        direct = one_by_one(view, monkeypatch)
        apart = (np.abs(laid - direct) > 3).any(axis=2).sum()
        assert apart < 250
    assert view.room.preview[0].points != held.points
    QTest.mouseRelease(view, LEFT, pos=(start + QPointF(55, 27)).toPoint())


def test_colours_and_words_of_a_sheet_are_those_in_force(qtbot, view, monkeypatch):
    rest(qtbot, view)
    before = shown(view)
    with monkeypatch.context() as now:
        now.setitem(IMAGE_COLOURS, "lesion", "#12ff34")
        rest(qtbot, view)
        green = shown(view)
        assert_alike(green, one_by_one(view, monkeypatch))
    assert (green != before).any(axis=2).sum() > 1000
    token = overlay.wording.set(lambda text: text.replace("cm", "xx"))
    try:
        rest(qtbot, view)
        said = shown(view)
        assert_alike(said, one_by_one(view, monkeypatch))
    finally:
        overlay.wording.reset(token)
    assert (said != before).any(axis=2).sum() > 50
    assert_alike(shown(view), before)


def test_sheets_take_no_more_room_than_they_may_and_go_with_their_volume(
    qtbot, view, whole, monkeypatch
):
    rest(qtbot, view)
    sizes = [s.size for s in sheets._kept.values()]
    assert 0 < sum(sizes) <= sheets.BUDGET
    monkeypatch.setattr(sheets, "BUDGET", 2 * max(sizes))
    sheets._kept.clear()
    for k in range(SLICES):
        view.display.set_point(whole.stack.to_lps([k, 100.0, 100.0]))
        rest(qtbot, view)
        assert sum(s.size for s in sheets._kept.values()) <= sheets.BUDGET
    assert sheets._kept
    other = replace(whole)
    view.display.set_volume(other, SeriesTitle())
    rest(qtbot, view)
    mine = [key for key, s in sheets._kept.items() if s.volume() is other]
    assert mine
    gone = weakref.ref(other)
    del other
    view.display.clear()
    view.repaint()
    gc.collect()
    assert gone() is None
    assert not set(mine) & set(sheets._kept)


def test_a_sheet_made_while_slices_come_is_not_kept_for_values_that_change(qtbot, whole):
    loaded = np.ones(SLICES, bool)
    loaded[0] = False
    part = replace(whole, loaded=loaded)
    drawn = drawn_on(part, MIDDLE)
    section = cut(part, Plane.AXIAL, part.stack.to_lps([MIDDLE, 0, 0]))
    projection = resolve(Viewport(), section.grid, (640.0, 480.0), 1.0)
    probes = Wish(drawn, projection, part, (640, 480))
    firm = Wish(drawn[:9], projection, part, (640, 480))
    for wish in (probes, firm):
        sheets.made_now(wish, annotating.steps_of)
        assert sheets.find(wish) is not None
    loaded[0] = True
    assert sheets.find(probes) is None
    assert sheets.find(firm) is not None
