import numpy as np
import pytest

from tests.imaging.phantoms import VesselPhantom
from tests.imaging.volumes import axial_stack
from tumorboard.errors import UserError
from tumorboard.imaging.vessel.centreline import check_inside, snapped, through
from tumorboard.imaging.vessel.path import lumen_field

BENT = VesselPhantom(8.0, 100.0, 80.0)


@pytest.fixture(scope="module")
def bent():
    stack = BENT.stack((0.9, 0.9, 2.0), (0.2, 0.5, 0.1))
    return BENT.volume(stack, 20.0), BENT.masks(stack)[0]


def test_clicks_along_an_arc_give_its_length_and_their_own_places():
    truth = BENT.line()
    clicks = truth[::40]
    line = through(clicks)
    assert line.length_mm == pytest.approx(100.0, abs=0.5)
    for click in clicks:
        assert line.nearest(click)[1] < 0.01
    assert line.at(50.0) == pytest.approx(truth[100], abs=0.3)
    middle = line.directions(50.0)
    assert middle == pytest.approx([0, 0, 1], abs=0.03)


def test_dragging_a_click_changes_only_what_is_near_it():
    clicks = BENT.line()[::20]
    line = through(clicks)
    moved = line.moved(5, clicks[5] + np.array([0, 4.0, 0]))
    same = [a is b for a, b in zip(line.pieces, moved.pieces, strict=True)]
    assert same == [n not in (3, 4, 5, 6) for n in range(10)]
    assert moved.nearest(clicks[5] + np.array([0, 4.0, 0]))[1] < 0.05
    assert moved.length_mm > line.length_mm


def test_a_way_is_found_through_the_lumen_and_again_near_a_dragged_click(bent):
    volume, vessel = bent
    truth = BENT.line()
    for mask in (None, vessel):
        field = lumen_field(volume, [truth[0], truth[-1]], mask)
        line = through([truth[0], truth[-1]], field.trace)
        assert line.length_mm == pytest.approx(100.0, abs=2.0)
        apart = np.linalg.norm(line.line[:, None] - truth[None], axis=2).min(axis=1)
        assert apart.max() < 3.0
    two = through([truth[0], truth[100], truth[-1]], field.trace)
    moved = two.moved(2, truth[-10], field.trace)
    assert moved.pieces[0] is two.pieces[0]
    assert moved.length_mm == pytest.approx(95.5, abs=2.0)


def test_landmarks_snap_to_the_line_in_their_order():
    line = through(BENT.line()[::20])
    marks = [BENT.line()[n] + np.array([0.0, 6.0, 0.0]) for n in (20, 100, 170)]
    assert snapped(line, marks) == pytest.approx((10.0, 50.0, 85.0), abs=0.4)
    assert line.reversed().upwards().line[0] == pytest.approx(line.line[0])


def test_a_line_across_missing_slices_says_so():
    z = np.array([0.0, 2, 4, 6, 14, 16, 18])
    stack = axial_stack(slices=7, positions=z)
    above, below = stack.centre + [0, 0, 7.0], stack.centre - [0, 0, 7.0]
    caveats = through([above, below]).caveats(stack)
    assert [c.code for c in caveats] == ["missing-slices"]
    assert "8.0 mm" in caveats[0].text
    assert through([below, below + [0, 0, 2.0]]).caveats(stack) == ()


def test_bad_lines_are_refused_with_a_sentence(bent):
    volume, _ = bent
    with pytest.raises(UserError, match="One point"):
        through([[0, 0, 0]])
    with pytest.raises(UserError, match="One point"):
        through([[0, 0, 0], [0, 0, 0]])
    with pytest.raises(UserError, match="no place"):
        through([[0, 0, 0], [0, np.nan, 0]])
    with pytest.raises(UserError, match="leaves the images"):
        check_inside(volume.stack, [[0, 0, 0], [0, 0, 900.0]])
    with pytest.raises(UserError, match="leaves the images"):
        lumen_field(volume, [[0, 0, 0], [0, 0, 900.0]])


def test_two_vessels_that_do_not_meet_have_no_way(bent):
    volume, _ = bent
    ends = [BENT.line()[100], BENT.line()[100] + np.array([0, 22.0, 0])]
    walled = volume.voxels.copy()
    walled[:, round(float(volume.stack.to_index(ends[1])[1])) - 3 :] = 180
    walled[:, : round(float(volume.stack.to_index(ends[0])[1])) - 12] = -100
    from tests.imaging.volumes import volume_of

    field = lumen_field(volume_of(volume.stack, walled), ends)
    with pytest.raises(UserError, match="No way"):
        field.trace(np.array(ends[0]), np.array(ends[1]))
    with pytest.raises(UserError, match="leaves the region"):
        field.trace(np.array(ends[0]), np.array([0, 0, 9999.0]))
