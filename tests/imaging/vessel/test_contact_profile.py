from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.phantoms import VesselPhantom
from tumorboard.imaging.mask_model import Mask, union
from tumorboard.imaging.vessel.centreline import evenly, through
from tumorboard.imaging.vessel.contact_profile import (
    ContactSettings,
    VesselProfile,
    landmark_caveats,
    profile,
    profile_by_role,
)
from tumorboard.imaging.vessel.cross_sections import (
    across,
    outlines_of_mask,
    outlines_of_values,
    picture,
)

SPACING = (0.8, 0.8, 2.0)


def measured(phantom: VesselPhantom, *, by_values: bool = False, noise: float = 0.0, **marks):
    stack = phantom.stack(SPACING, (0.3, 0.6, 0.2))
    vessel, tumour = phantom.masks(stack)
    line = through(phantom.line()[::40])
    sections = across(line, evenly(line, 3.0))
    if by_values:
        outlines = outlines_of_values(phantom.volume(stack, noise), sections)
    else:
        outlines = outlines_of_mask(sections, vessel)
    return profile("IVC", line, outlines, tumour, None, marks)


@pytest.mark.parametrize(
    ("radius", "bend", "contact", "occlusion"),
    [
        (6.0, 0.0, 45.0, 0.0),
        (12.0, 80.0, 180.0, 0.0),
        (8.0, 80.0, 300.0, 0.0),
        (10.0, 0.0, 360.0, 0.0),
        (10.0, 0.0, 0.0, 0.25),
        (12.0, 80.0, 90.0, 0.7),
        (8.0, 0.0, 0.0, 1.0),
    ],
)
def test_contact_within_ten_degrees_and_occlusion_within_five_points(
    radius, bend, contact, occlusion
):
    phantom = VesselPhantom(radius, 100.0, bend, contact, occlusion)
    found = measured(phantom)
    middle = np.abs(found.arc_mm - 50.0) < 18
    if not occlusion:
        assert found.contact_degrees[middle] == pytest.approx(contact, abs=10)
    assert found.occluded_percent[middle] == pytest.approx(100 * occlusion, abs=5)
    assert found.diameter_mm[middle] == pytest.approx(2 * radius, abs=1.0)
    if occlusion:
        assert found.involvement is not None
        assert found.involvement.length_mm == pytest.approx(50.0, abs=6.0)
        assert found.most_occlusion is not None
        assert 20 < found.most_occlusion.arc_mm < 80
    else:
        assert found.involvement is None
        assert found.involvement_mm == 0


@pytest.mark.parametrize("noise", [0.0, 30.0])
def test_the_lumen_is_outlined_by_its_values_also_in_noise(noise):
    found = measured(VesselPhantom(9.0, 100.0, 80.0, 150.0), by_values=True, noise=noise)
    middle = np.abs(found.arc_mm - 50.0) < 18
    assert found.diameter_mm[middle] == pytest.approx(18.0, abs=1.0)
    assert np.median(found.contact_degrees[middle]) == pytest.approx(150, abs=10)


def test_contact_has_a_length_a_highest_place_and_ways_from_landmarks():
    phantom = VesselPhantom(8.0, 100.0, 0.0, 120.0)
    found = measured(phantom, confluence=(9.0, 0, -30.0), atrium=(0, 0, 45.0))
    assert found.contact is not None
    assert found.contact.length_mm == pytest.approx(50.0, abs=5.0)
    assert found.contact_mm == pytest.approx(50.0, abs=5.0)
    assert found.landmarks == pytest.approx({"confluence": 20.0, "atrium": 95.0}, abs=0.3)
    ways = found.from_landmarks(found.contact.start_mm)
    assert ways == pytest.approx({"confluence": 5.0, "atrium": -70.0}, abs=3.0)
    far = landmark_caveats(through(phantom.line()[::40]), {"liver": [80.0, 0, 0]})
    assert [c.code for c in far] == ["far-landmark"]


def most(phantom: VesselPhantom, spacing=SPACING, phase=(0.3, 0.6, 0.2), short=None):
    """The largest contact; ``short`` is a wider arc on the middle 5 mm."""
    stack = phantom.stack(spacing, phase)
    vessel, tumour = phantom.masks(stack)
    if short is not None:
        # The sleeve lies on the middle half.
        tumour = union(tumour, replace(phantom, length=10.0, contact_degrees=short).masks(stack)[1])
    line = through(phantom.line()[::20])
    outlines = outlines_of_mask(across(line, evenly(line)), vessel)
    return profile("IVC", line, outlines, tumour).most_contact


@pytest.mark.parametrize(("radius", "limit"), [(10.0, 3.0), (4.0, 6.0)])
@pytest.mark.parametrize("bend", [0.0, 80.0])
def test_the_largest_contact_is_unbiased_and_its_range_holds_the_truth(radius, limit, bend):
    random = np.random.default_rng(14)
    errors = []
    for spacing in ((0.7, 0.7, 1.0), (0.85, 0.85, 2.0), (1.0, 1.0, 3.0)):
        for tilt in (0.0,) if bend else (0.0, 22.0, 45.0):
            for arc in (60.0, 120.0, 175.0, 240.0, 300.0):
                turn, phase = float(random.uniform(0, 360)), tuple(random.random(3))
                lean = {"tilt_degrees": tilt, "turn_degrees": turn}
                peak = most(VesselPhantom(radius, 80.0, bend, arc, **lean), spacing, phase)
                errors.append(peak.value - arc)
                assert peak.low <= arc <= peak.high
    assert abs(np.median(errors)) < limit
    assert abs(np.mean(errors)) < limit


@pytest.mark.parametrize("spacing", [(0.7, 0.7, 1.0), (0.85, 0.85, 2.0), (1.0, 1.0, 3.0)])
@pytest.mark.parametrize("tilt", [0.0, 30.0, 45.0])
def test_more_than_half_the_wall_over_five_millimetres_is_not_lost(spacing, tilt):
    random = np.random.default_rng(5)
    # Two slices of 3 mm, and an arc that is known to half a voxel at each end.
    short = 190.0 if spacing[2] < 3 else 198.0
    for rest in (0.0, 100.0, 170.0):
        for turn in random.uniform(0, 360, 4):
            phantom = VesselPhantom(10.0, 60.0, 0.0, rest, tilt_degrees=tilt, turn_degrees=turn)
            assert most(phantom, spacing, tuple(random.random(3)), short=short).value > 180


def test_one_ragged_plane_is_no_contact_and_all_round_is_all_round():
    arcs = np.array([0, 0, 90, 0, 0, 120, 124, 120, 0, 0.0])
    flat = np.stack([0 * arcs, 0 * arcs, np.arange(10.0)], axis=1)

    def peak(values, **changes):
        found = VesselProfile("IVC", np.arange(10.0), values, arcs + 300, 0 * arcs, flat, **changes)
        return found.most_contact

    assert peak(np.where(arcs == 90, arcs, 0)).value == 0
    assert peak(arcs).value == 120
    assert peak(arcs).arc_mm in (5.0, 6.0)
    # Where no two planes beside each other have an outline, each is all there is.
    assert peak(np.where(np.arange(10) % 2, arcs, np.nan)).value == 120
    assert peak(np.full(10, np.nan)) is None
    hand = np.arange(10) == 2
    assert peak(arcs, by_hand=hand).value == 120
    set_higher = peak(np.where(hand, 300.0, arcs), by_hand=hand)
    assert (set_higher.value, set_higher.low) == (300.0, None)
    ring = most(VesselPhantom(10.0, 60.0, 0.0, 360.0))
    assert (ring.value, ring.high) == (360.0, 360.0)
    none = most(VesselPhantom(10.0, 60.0, 0.0, 0.0))
    assert none.value == 0


def test_a_correction_by_hand_counts_and_is_blended_between():
    phantom = VesselPhantom(8.0, 100.0, 0.0, 0.0, 0.5)
    stack = phantom.stack(SPACING, (0.3, 0.6, 0.2))
    _, tumour = phantom.masks(stack)
    line = through(phantom.line()[::40])
    sections = across(line, np.linspace(30, 70, 9))
    auto = outlines_of_values(phantom.volume(stack), sections)
    turn = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    flat = np.stack([8 * np.cos(turn), 8 * np.sin(turn), 0 * turn], axis=1)
    fixed = auto
    for n in (0, 8):
        fixed = fixed.with_polygon(n, sections.centres[n] + flat)
    fixed = fixed.between()
    assert fixed.corrected.tolist() == [True, *[False] * 7, True]
    found = profile("IVC", line, fixed, tumour)
    assert found.occluded_percent == pytest.approx(50.0, abs=5.0)
    assert found.diameter_mm == pytest.approx(16.0, abs=0.2)
    assert fixed.polygon(4).shape == (180, 3)
    with pytest.raises(ValueError, match="nothing"):
        fixed.with_polygon(3, [[0, 0, 0], [1, 1, 0], [2, 2, 0]])


def test_where_the_line_leaves_the_vessel_nothing_is_measured_and_that_is_said():
    phantom = VesselPhantom(8.0, 100.0, 0.0, 120.0)
    stack = phantom.stack(SPACING, (0.3, 0.6, 0.2))
    vessel, tumour = phantom.masks(stack)
    line = through([[0, 0, -30.0], [0, 0, 0], [14.0, 0, 10.0], [14.0, 0, 30.0]])
    found = profile(
        "aorta", line, outlines_of_mask(across(line, evenly(line, 3.0)), vessel), tumour
    )
    assert np.isnan(found.contact_degrees[-1])
    assert np.isfinite(found.contact_degrees[0])
    assert "vessel-not-outlined" in {c.code for c in found.caveats}
    nothing = Mask.of(np.zeros((0, 0, 0), bool), stack)
    empty = profile("aorta", line, outlines_of_mask(across(line, [5.0, 10.0]), vessel), nothing)
    assert empty.contact is None
    assert empty.most_contact is not None
    assert empty.most_contact.value == 0


def test_the_tolerance_is_a_setting():
    phantom = VesselPhantom(8.0, 100.0, 0.0, 120.0)
    stack = phantom.stack(SPACING, (0.3, 0.6, 0.2))
    vessel, _ = phantom.masks(stack)
    _, tumour = VesselPhantom(11.0, 100.0, 0.0, 120.0).masks(stack)
    line = through(phantom.line()[::40])
    outlines = outlines_of_mask(across(line, [50.0]), vessel)
    near = profile("IVC", line, outlines, tumour, ContactSettings(1.0))
    wide = profile("IVC", line, outlines, tumour, ContactSettings(4.0))
    assert near.contact_degrees[0] == 0
    assert wide.contact_degrees[0] == pytest.approx(120, abs=12)


def test_a_cross_section_shows_the_lumen_in_its_middle():
    phantom = VesselPhantom(8.0, 100.0, 80.0)
    stack = phantom.stack(SPACING, (0.3, 0.6, 0.2))
    line = through(phantom.line()[::40])
    section = picture(phantom.volume(stack), across(line, [20.0, 50.0]), 0, 40.0)
    assert section.image.shape == (81, 81)
    assert section.image[40, 40] > 150
    assert section.image[40, 2] < 0


def made(contact=(), occluded=(), lumen=300.0, step=1.0, **changes):
    """A profile by its numbers, a position every ``step`` mm."""
    count = max(len(contact), len(occluded))
    arc = step * np.arange(count)
    arrays = [np.array([*v, *[0.0] * (count - len(v))], float) for v in (contact, occluded)]
    points = np.stack([0 * arc, 2 * arc, 3 * arc], axis=1)
    area = np.full(count, float(lumen))
    return VesselProfile("IVC", arc, arrays[0], area, arrays[1], points, **changes)


def test_lengths_count_halfway_to_the_neighbours_and_not_the_gaps():
    found = made((0, 12, 30, 9.9, 0, 10, 0), step=4.0)
    assert (found.contact.start_mm, found.contact.end_mm) == (2.0, 22.0)
    assert found.contact.length_mm == 20.0
    assert found.contact_mm == 12.0  # 9.9 degrees are none
    ends = made((50, 50, 0), step=4.0)
    assert (ends.contact.start_mm, ends.contact_mm) == (0.0, 6.0)  # the outer ones reach no farther
    assert made((0, 0, 0)).contact is None
    assert made((0, 0, 0)).contact_mm == 0.0
    wide = made((0, 12, 30), settings=ContactSettings(least_degrees=20.0), step=4.0)
    assert wide.contact_mm == 2.0


def test_tumour_counts_from_three_percent_on():
    found = made((), (0, 2.9, 3.0, 80.0, 0), step=2.0)
    assert (found.involvement.start_mm, found.involvement.end_mm) == (3.0, 7.0)
    assert found.involvement_mm == 4.0
    assert (found.most_occlusion.value, found.most_occlusion.arc_mm) == (80.0, 6.0)
    assert found.most_occlusion.point == (0.0, 12.0, 18.0)
    assert made((), (np.nan, np.nan)).most_occlusion is None
    default = ContactSettings()
    assert (default.tolerance_mm, default.least_degrees, default.least_percent) == (1.0, 10.0, 3.0)


def test_a_lumen_is_as_wide_as_a_circle_of_its_area():
    np.testing.assert_allclose(made((0, 0), lumen=np.pi * 25).diameter_mm, 10.0)


def test_ways_from_levels_grow_along_the_line():
    found = made((0, 0), landmarks={"a": 10.0, "b": 30.0})
    assert found.from_landmarks(25.0) == {"a": 15.0, "b": -5.0}


def test_the_largest_contact_is_reached_over_two_millimetres():
    """At steps of a millimetre two planes stand for two; at half a one four."""
    assert made((0, 0, 200, 0, 0)).most_contact.value == 0
    assert made((0, 0, 200, 150, 0, 0)).most_contact.value == 175
    assert made((*[0] * 9, 200, 150, 120, *[0] * 9), step=0.5).most_contact.value == 0
    assert made((0, 0, 200, 150, 120, 130, 0, 0), step=0.5).most_contact.value == 140
    assert made((0, 200, 0), step=3.0).most_contact.value == 200  # one plane stands for three
    assert made((90, 0, 0), step=4.0).most_contact.value == 90


def test_planes_that_a_voxel_does_not_tell_apart_count_together():
    """Of a radius of ten voxels one is 5.7 degrees: planes within that of the least of two."""
    arcs = (0, 0, 96, 101, 98, 100, 90, 0, 0)
    wide = made(arcs, lumen=np.pi * 100, voxel_mm=np.ones(9))
    # 98 is reached over two planes; 96 to 101 are alike, 90 is not: the median of four.
    assert wide.most_contact.value == 99.0
    assert made(arcs).most_contact.value == 100.0  # without: those of at least 98 beside it
    far = [100.0] + [0.0] * 8 + [100.0, 104.0, 104.0, 100.0]
    near = made(far, lumen=np.pi * 100, voxel_mm=np.ones(len(far)))
    assert near.most_contact.value == 102.0


def test_a_range_adds_half_a_voxel_at_each_end_of_the_arc():
    arcs = np.array([0, 120.0, 120, 120, 0])
    limits = np.stack([arcs - 14, arcs + 9], axis=1).clip(0)
    plain = {"lumen": np.pi * 100, "voxel_mm": np.ones(5), "contact_range": limits}
    voxel = np.degrees(0.1)
    peak = made(arcs, **plain).most_contact
    assert (peak.value, peak.low, peak.high) == (
        120.0,
        pytest.approx(106 - voxel),
        pytest.approx(129 + voxel),
    )
    full = made(
        np.full(5, 360.0), **{**plain, "contact_range": np.full((5, 2), 360.0)}
    ).most_contact
    assert (full.low, full.high) == (360.0, 360.0)
    none = made(np.zeros(5), **{**plain, "contact_range": np.zeros((5, 2))}).most_contact
    assert (none.value, none.low, none.high) == (0.0, 0.0, 0.0)
    assert made(arcs).most_contact.low is None
    small = made(arcs * 0.05, **{**plain, "contact_range": limits * 0.05}).most_contact
    assert small.low == 0.0
    wide = made(arcs * 2.95, **{**plain, "contact_range": limits * 2.9}).most_contact
    assert wide.high == 360.0


def test_what_a_reader_set_counts_as_it_was_set():
    arcs, hand = (0, 120, 120, 0, 90, 0), np.array([0, 0, 0, 0, 1, 0], bool)
    assert made(arcs, by_hand=hand).most_contact.value == 120
    equal = made((0, 90, 90, 0, 90, 0), by_hand=hand).most_contact
    assert (equal.value, equal.arc_mm) == (90, 4.0)
    over = made((0, 300, 120, 120, 0, 0), by_hand=np.array([0, 1, 0, 0, 0, 0], bool)).most_contact
    assert (over.value, over.arc_mm) == (300, 1.0)
    under = made((0, 90, 300, 120, 120, 0), by_hand=np.array([0, 0, 1, 0, 0, 0], bool))
    assert under.most_contact.value == 300


@pytest.mark.parametrize("role", ["mass", "inside", "both", "none"])
def test_contact_is_of_masses_and_occlusion_of_what_lies_inside(role):
    phantom = VesselPhantom(8.0, 100.0, 0.0, 120.0)
    plug = VesselPhantom(8.0, 100.0, 0.0, 0.0, 0.5)
    stack = phantom.stack(SPACING, (0.3, 0.6, 0.2))
    vessel, sleeve = phantom.masks(stack)
    inner = plug.masks(stack)[1]
    nothing = Mask.of(np.zeros((0, 0, 0), bool), stack)
    masses = sleeve if role in ("mass", "both") else nothing
    inside = inner if role in ("inside", "both") else nothing
    line = through(phantom.line()[::40])
    outlines = outlines_of_mask(across(line, [50.0]), vessel)
    found = profile_by_role("IVC", line, outlines, masses, inside)
    if masses.is_empty:
        assert np.isnan(found.contact_degrees).all()
        assert found.contact_range.shape == (0, 2)
    else:
        assert found.contact_degrees[0] == pytest.approx(120, abs=12)
    if inside.is_empty:
        assert np.isnan(found.occluded_percent).all()
    else:
        assert found.occluded_percent[0] == pytest.approx(50, abs=5)
    if role == "none":
        assert np.isnan(found.covered_percent).all()
    else:
        wanted = 50 if role in ("inside", "both") else 0
        assert found.covered_percent[0] == pytest.approx(wanted, abs=6)


def test_a_vessel_without_a_mass_has_no_contact_and_lengths_carry_their_doubt():
    phantom = VesselPhantom(8.0, 100.0, 0.0, 120.0)
    stack = phantom.stack(SPACING, (0.3, 0.6, 0.2))
    vessel, tumour = phantom.masks(stack)
    line = through(phantom.line()[::40])
    outlines = outlines_of_mask(across(line, evenly(line, 10.0)), vessel)
    codes = [c.code for c in profile("IVC", line, outlines, tumour).caveats]
    assert codes == ["length-by-slices"]
    doubt = profile("IVC", line, outlines, tumour).caveats[0].text
    assert "known to 2 mm" in doubt
    nothing = Mask.of(np.zeros((0, 0, 0), bool), stack)
    assert profile("IVC", line, outlines, nothing).caveats == ()
    values = replace(outlines, by_values=True)
    codes = [c.code for c in profile("IVC", line, values, nothing).caveats]
    assert codes == ["lumen-by-values"]


def test_a_level_is_far_from_three_centimetres_on():
    line = through([[0.0, 0, 0], [0, 0, 50]])
    assert (
        landmark_caveats(line, {"a": [29.9, 0, 20], "b": [0, 30.1, 20]})[0].text.count("“b”") == 1
    )
    assert len(landmark_caveats(line, {"a": [29.9, 0, 20], "b": [0, 30.1, 20]})) == 1


@pytest.mark.parametrize(
    ("spacing", "way", "size"),
    [
        ((0.8, 0.8, 0.8), (0, 0, 1), 0.8),
        ((0.8, 0.8, 0.8), (0.6, 0, 0.8), 0.8),  # a cube is as large in every direction
        ((0.8, 0.8, 2.0), (0, 0, 1), 0.8),
        ((0.8, 0.8, 2.0), (1, 0, 0), np.sqrt((0.8**2 + 2.0**2) / 2)),
        ((0.5, 1.0, 2.0), (0, 1, 0), np.sqrt((1.0**2 + 2.0**2) / 2)),  # rows lie 0.5 mm apart
    ],
)
def test_a_voxel_is_as_large_as_it_is_on_the_plane_across(spacing, way, size):
    phantom = VesselPhantom(8.0, 60.0)
    stack = phantom.stack(spacing, (0.3, 0.6, 0.2))
    line = through(np.outer([-9.0, 0, 9], way))
    outlines = outlines_of_mask(across(line, [9.0]), phantom.masks(stack)[0])
    nothing = Mask.of(np.zeros((0, 0, 0), bool), stack)
    np.testing.assert_allclose(profile("IVC", line, outlines, nothing).voxel_mm, size, rtol=1e-6)


@pytest.mark.parametrize("tolerance", [1.0, 2.0])
def test_the_range_of_an_arc_is_that_of_half_a_millimetre_less_and_more(tolerance):
    phantom = VesselPhantom(8.0, 60.0, 0.0, 150.0)
    stack = phantom.stack((0.8, 0.8, 2.0), (0.3, 0.6, 0.2))
    vessel, tumour = phantom.masks(stack)
    line = through(phantom.line()[::40])
    outlines = outlines_of_mask(across(line, evenly(line, 10.0)), vessel)

    def arcs(reach):
        return profile("IVC", line, outlines, tumour, ContactSettings(tolerance_mm=reach))

    found = arcs(tolerance)
    less, more = (arcs(tolerance + d).contact_degrees for d in (-0.5, 0.5))
    np.testing.assert_allclose(found.contact_range, np.stack([less, more], axis=1), atol=1e-9)
    assert (less <= found.contact_degrees).all()
    assert (found.contact_degrees <= more).all()
    assert 0 < less.max() <= more.max() <= 360


@pytest.mark.parametrize(
    ("diameter", "degrees"), [(4.0, 1 / 2), (2.0, 1.0), (1.0, 1.0), (0.1, 1.0)]
)
def test_a_voxel_wider_than_the_vessel_takes_up_no_more_than_a_radian_at_its_wall(
    diameter, degrees
):
    """Its half is the least radius: half a voxel at each end of the arc, here 2 mm of wall."""
    arcs = np.full(5, 150.0)
    limits = np.stack([arcs, arcs], axis=1)
    narrow = made(
        arcs, lumen=np.pi * diameter**2 / 4, voxel_mm=np.ones(5) * 2.0, contact_range=limits
    )
    voxel = np.degrees(2.0 / max(diameter / 2, 1.0))
    peak = narrow.most_contact
    assert (peak.low, peak.high) == pytest.approx((150 - voxel, 150 + voxel))
    assert degrees == pytest.approx(np.radians(voxel) / 2)


def test_what_a_mass_covers_of_the_lumen_is_told_in_percent():
    phantom = VesselPhantom(10.0, 100.0, occlusion=0.5)
    found = measured(phantom)
    np.testing.assert_array_equal(found.covered_percent, found.occluded_percent)
    middle = np.abs(found.arc_mm - 50.0) < 18
    assert found.covered_percent[middle] == pytest.approx(50, abs=5)


def test_a_contact_from_end_to_end_of_the_line_counts_as_a_whole():
    whole = made([100.0, 104, 104, 100], lumen=np.pi * 100, voxel_mm=np.ones(4))
    assert whole.most_contact.value == 102.0
    rising = made([96.0, 98, 100, 101], lumen=np.pi * 100, voxel_mm=np.ones(4))
    assert rising.most_contact.value == 99.0
