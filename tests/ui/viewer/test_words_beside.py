"""Pictures with words of their own keep them: the words of the view stand beside the picture."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from tests.annotations.shapes import annotation
from tests.imaging.volumes import axial_stack, volume_of
from tests.ui.desk import move
from tumorboard.annotations.labels import overlaps
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Calibration, Caveat, Plane
from tumorboard.ui.viewer.display import SeriesTitle
from tumorboard.ui.viewer.drawings import label_text
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.painting import rim_at
from tumorboard.ui.viewer.room import Room

TITLE = SeriesTitle("Abdomen", "25 May 2011", "TB-0001 · F 58", "", "US", "Sample, Anna · 77")
#: Bright as the words that a machine writes.
WHITE = 255


def ultrasound(modality: str = "US", pictures: int = 3):
    stack = axial_stack(slices=pictures, rows=60, columns=80, spacing=(1.0, 1.0), step=1.0)
    volume = volume_of(stack, np.full(stack.shape, WHITE, np.int16))
    caveats = (Caveat("no-position", "The images do not say where in the patient they lie."),)
    return replace(volume, modality=modality, unit="", caveats=caveats)


@pytest.fixture
def shown(qtbot):
    def show(volume, size=(700, 500)):
        room = Room()
        view = ImageView(room, room.display(0), Plane.AXIAL)
        qtbot.addWidget(view)
        view.resize(*size)
        room.shows_identity = True
        room.display(0).set_volume(volume, TITLE)
        view.show()
        qtbot.waitExposed(view)
        view.grab()  # a cut across the slices takes its turn
        qtbot.waitUntil(lambda: view.is_idle)
        return view

    return show


def picture_box(view):
    left, top, width, height = view.projection().target
    ratio = view.projection().ratio
    return left / ratio, top / ratio, width / ratio, height / ratio


SIZES = [(700, 500), (330, 420), (1000, 300), (1200, 1000)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("modality", ["US", "SC", "OT"])
def test_no_word_lies_over_a_picture_with_words(shown, size, modality):
    view = shown(ultrasound(modality), size)
    picture = picture_box(view)
    rim = rim_at(view, view.frame())
    assert not [word.text for word in (*rim.words, *rim.warnings) if overlaps(word.box, picture)]
    assert rim.bar is None or not overlaps(rim.bar.box, picture)
    texts = " ".join(word.text for word in rim.words)
    for wanted in ("Sample, Anna", "TB-0001", "25 May 2011", "Image"):
        assert wanted in texts
    assert [w.text for w in rim.warnings]


def test_every_pixel_of_the_picture_is_seen_bright(shown):
    view = shown(ultrasound())
    view.room.display(0).window = replace(view.room.display(0).window, centre=100, width=100)
    image = view.grab().toImage()
    left, top, width, height = (round(v) for v in picture_box(view))
    inside = [
        image.pixelColor(x, y)
        for x in range(left + 2, left + width - 2, 5)
        for y in range(top + 2, top + height - 2, 5)
        if abs(x - view.width() / 2) > 30 and abs(y - top - height / 2) > 30  # the crosshair
    ]
    assert len(inside) > 1000
    dark = [c for c in inside if c.lightness() < 200]
    assert len(dark) < len(inside) / 500


def test_the_picture_stays_between_its_words_when_magnified_and_dragged(shown):
    view = shown(ultrasound())
    centre = view.point_at(QPointF(350, 260))
    view.zoom(6.0, QPointF(350, 260))
    assert view.point_at(QPointF(350, 260)) == pytest.approx(centre, abs=0.3)
    image = view.grab().toImage()
    strips = view.strips
    assert strips.top > 30
    for y in (2, round(strips.top) - 2, view.height() - 3):
        bright = [image.pixelColor(x, y) for x in range(400, 480)]
        assert QColor(WHITE, WHITE, WHITE) not in bright
    before = view.point_at(QPointF(350, 300))
    QTest.mousePress(view, Qt.MouseButton.MiddleButton, pos=QPoint(350, 300))
    QTest.mouseMove(view, QPoint(380, 320))
    nothing = Qt.KeyboardModifier.NoModifier
    move(view, QPointF(380, 320), Qt.MouseButton.MiddleButton, nothing)
    QTest.mouseRelease(view, Qt.MouseButton.MiddleButton, pos=QPoint(380, 320))
    assert view.point_at(QPointF(380, 320)) == pytest.approx(before, abs=0.2)


def test_a_ct_has_all_of_its_view(shown):
    view = shown(replace(ultrasound(), modality="CT", caveats=()))
    *_, height = picture_box(view)
    assert height == pytest.approx(view.height(), abs=2)
    assert not view.strips.top


def test_what_is_told_by_the_view_is_not_told_by_each_line(qapp):
    line = annotation(Kind.LENGTH)
    line = replace(line, image=replace(line.image, calibration=Calibration.NONE))
    assert "uncalibrated" in measure(line).text
    assert "px" in label_text(line, None)
    assert "uncalibrated" not in label_text(line, None)
