"""Surfaces painted by the real library, where it is installed; and what is said where not."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.surfaces import worker
from tumorboard.surfaces.model import Look, MaskShape, PointShape, Scene, TubeShape
from tumorboard.surfaces.worker import SurfacePainter, is_installed

needs_vtk = pytest.mark.skipif(not is_installed(), reason="VTK (the extra 3d) is not installed")
SIZE = (400, 300)
RED, BLUE = (1.0, 0.2, 0.2), (0.2, 0.3, 1.0)


def ball(stack: SliceStack, centre, radius: float) -> Mask:
    index = np.stack(np.indices(stack.shape), axis=-1)
    return Mask.of(np.linalg.norm(stack.to_lps(index) - centre, axis=-1) <= radius, stack)


def stack() -> SliceStack:
    return axial_stack(
        slices=40, rows=50, columns=60, spacing=(2.0, 2.0), step=3.0, origin=(-60.0, -50.0, 0.0)
    )


def seen(picture, colour) -> np.ndarray:
    """Return the (row, column) of the pixels that are mainly of a colour."""
    lead = int(np.argmax(colour))
    others = [c for c in range(3) if c != lead]
    values = picture.astype(int)
    return np.argwhere((values[..., [lead]] - values[..., others] > 40).all(axis=-1))


def test_without_the_library_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(worker, "is_installed", lambda: False)
    with pytest.raises(UserError, match="not installed") as caught:
        SurfacePainter().show(Scene(()))
    assert "the package vtk" in caught.value.hint


@needs_vtk
def test_sides_sizes_and_opacity_are_those_of_the_patient():
    grid = stack()
    right, left = (-30.0, 0.0, 60.0), (30.0, 0.0, 60.0)
    scene = Scene(
        (
            MaskShape("one", RED, ball(grid, right, 20.0)),
            MaskShape("other", BLUE, ball(grid, left, 20.0)),
        )
    )
    painter = SurfacePainter()
    try:
        painter.show(scene)
        front = painter.picture(Look(), SIZE)
        back = painter.picture(Look(azimuth=180), SIZE)
        side = painter.picture(Look(azimuth=90), SIZE)
        hidden = painter.picture(Look(opacities={"one": 0.0}), SIZE)
    finally:
        painter.close()
    assert front.shape == (SIZE[1], SIZE[0], 3)
    red, blue = seen(front, RED), seen(front, BLUE)
    # From the front the patient's right is on the left; from behind it is not.
    assert red[:, 1].mean() < blue[:, 1].mean()
    assert seen(back, RED)[:, 1].mean() > seen(back, BLUE)[:, 1].mean()
    # From the left only the ball on the left is seen: the other lies behind it.
    assert len(seen(side, BLUE)) > 20 * max(1, len(seen(side, RED)))
    assert len(seen(hidden, RED)) == 0
    # Two balls of 20 mm whose middles are 60 mm apart, as wide as that on the picture.
    apart = blue[:, 1].mean() - red[:, 1].mean()
    assert np.ptp(red[:, 1]) == pytest.approx(apart * 40 / 60, rel=0.12)
    assert np.ptp(red[:, 0]) == pytest.approx(np.ptp(red[:, 1]), rel=0.12)


@needs_vtk
def test_a_tube_and_a_landmark_stand_at_their_places_and_another_scene_takes_over():
    line = np.stack([np.zeros(30), np.zeros(30), np.linspace(0, 100, 30)], axis=1)
    tube = TubeShape("vein", BLUE, line, 6.0)
    mark = PointShape("renal veins", RED, (0.0, 0.0, 80.0))
    painter = SurfacePainter()
    try:
        painter.show(Scene((tube, mark)))
        both = painter.picture(Look(), SIZE)
        painter.show(Scene((tube,)))
        alone = painter.picture(Look(), SIZE)
    finally:
        painter.close()
    blue = seen(both, BLUE)
    height, width = np.ptp(blue, axis=0) + 1
    assert height / width == pytest.approx(100 / 12, rel=0.15)
    # The landmark is painted over the vessel it lies in, four fifths of the way up.
    share = (blue[:, 0].max() - seen(both, RED)[:, 0].mean()) / height
    assert share == pytest.approx(0.8, abs=0.05)
    assert len(seen(alone, RED)) == 0


@needs_vtk
def test_a_painter_that_died_is_said_and_starts_again():
    painter = SurfacePainter()
    tube = TubeShape("vein", BLUE, np.array([[0.0, 0, 0], [0, 0, 50]]), 5.0)
    try:
        painter.show(Scene((tube,)))
        painter._process.kill()
        painter._process.join()
        with pytest.raises(UserError, match="cannot be painted"):
            painter.picture(Look(), SIZE)
        painter.show(Scene((tube,)))
        assert len(seen(painter.picture(Look(), SIZE), BLUE)) > 0
    finally:
        painter.close()
