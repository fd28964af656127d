import numpy as np
import pytest

from tests.imaging.phantoms import VesselPhantom
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.vessel.centreline import evenly, through
from tumorboard.imaging.vessel.cross_sections import (
    across,
    outlines_of_mask,
    outlines_of_values,
    picture,
)
from tumorboard.imaging.vessel.profile import ContactSettings, landmark_caveats, profile

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
