"""Values inside a vessel and where a mass touches it, on vessels known by formula."""

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.phantoms import FAT, LUMEN, TISSUE, VesselPhantom
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.vessel.centreline import evenly, through
from tumorboard.imaging.vessel.contact_profile import profile
from tumorboard.imaging.vessel.content import content, touching
from tumorboard.imaging.vessel.cross_sections import (
    Outlines,
    across,
    mask_volume,
    outlines_of_mask,
)

STACK = axial_stack(
    slices=30, rows=80, columns=80, spacing=(0.5, 0.5), step=1.0, origin=(-20, -20, -15)
)


def tube(radius, values, count=5):
    """Round outlines of one radius about the axis of a volume whose values follow a formula."""
    line = through([[0.0, 0, -10], [0, 0, 0], [0, 0, 10]])
    sections = across(line, np.linspace(5, 15, count))
    made = Outlines(
        sections, sections.centres, np.full((count, 180), float(radius)), np.zeros(count, bool)
    )
    places = STACK.to_lps(np.moveaxis(np.indices(STACK.shape), 0, -1))
    return volume_of(STACK, values(places).astype(np.float32), unit=""), made


def away(places):
    return np.hypot(places[..., 0], places[..., 1])


@pytest.mark.parametrize("radius", [5.0, 8.0, 12.0])
def test_each_part_of_the_lumen_counts_by_its_area_but_for_its_rim(radius):
    """Of a cone the mean over a disc is two thirds of its height at the rim of that disc."""
    volume, outlines = tube(radius, lambda p: 100 * away(p))
    found = content(volume, outlines, None)
    np.testing.assert_allclose(found.lumen, 100 * 2 / 3 * (radius - 1.0), rtol=0.06)
    assert np.isnan(found.tumour).all()
    level, outlines = tube(radius, lambda p: 0 * away(p) + 42 + p[..., 0])
    np.testing.assert_allclose(content(level, outlines, None).lumen, 42, atol=0.02)
    sloped = replace(level, rescale_slope=2.0, rescale_intercept=-4.0)
    np.testing.assert_allclose(content(sloped, outlines, None).lumen, 80, atol=0.04)


def test_what_lies_beyond_the_rim_does_not_count():
    volume, outlines = tube(6.0, lambda p: np.where(away(p) < 5.7, 10, 5000))
    np.testing.assert_allclose(content(volume, outlines, None).lumen, 10, atol=1e-3)


def test_a_lumen_too_narrow_or_not_outlined_has_no_mean():
    volume, outlines = tube(6.0, lambda p: 0 * away(p) + 10)
    radii = outlines.radii.copy()
    radii[1], radii[2] = 0.0, 0.9
    found = content(volume, replace(outlines, radii=radii), None).lumen
    assert np.isnan(found[[1, 2]]).all()
    np.testing.assert_allclose(found[[0, 3, 4]], 10)
    assert np.isnan(content(volume, replace(outlines, radii=0 * radii), None).lumen).all()


@pytest.mark.parametrize("occlusion", [0.3, 0.6])
def test_lumen_and_tumour_have_each_their_own_value(occlusion):
    phantom = VesselPhantom(10.0, 80.0, 0.0, 60.0, occlusion)
    stack = phantom.stack((0.8, 0.8, 1.5), (0.3, 0.6, 0.2))
    vessel, tumour = phantom.masks(stack)
    line = through(phantom.line()[::40])
    outlines = outlines_of_mask(across(line, [5.0, 40.0]), vessel)
    found = content(phantom.volume(stack), outlines, mask_volume(tumour))
    np.testing.assert_allclose(found.lumen, LUMEN, atol=0.08 * (LUMEN - TISSUE))
    assert np.isnan(found.tumour[0])
    assert found.tumour[1] == pytest.approx(TISSUE, abs=0.08 * (LUMEN - FAT))


@pytest.mark.parametrize("arc", [60.0, 150.0, 300.0])
@pytest.mark.parametrize("tolerance", [0.5, 1.0, 2.0])
def test_the_rays_that_touch_add_up_to_the_arc_that_is_told(arc, tolerance):
    phantom = VesselPhantom(8.0, 80.0, 0.0, arc, turn_degrees=40.0)
    stack = phantom.stack((0.8, 0.8, 2.0), (0.3, 0.6, 0.2))
    vessel, tumour = phantom.masks(stack)
    line = through(phantom.line()[::40])
    outlines = outlines_of_mask(across(line, evenly(line, 8.0)), vessel)
    settings = replace(profile("IVC", line, outlines, tumour).settings, tolerance_mm=tolerance)
    found = profile("IVC", line, outlines, tumour, settings)
    for n in range(len(outlines.radii)):
        rays = touching(outlines, n, mask_volume(tumour), tolerance)
        assert rays.shape == (180,)
        assert 2.0 * rays.sum() == pytest.approx(found.contact_degrees[n], abs=2.1)
    middle = len(outlines.radii) // 2
    rays = touching(outlines, middle, mask_volume(tumour), tolerance)
    assert 2.0 * rays.sum() == pytest.approx(arc, abs=14)
    # They lie where the sleeve does: about its middle, towards 40 degrees from x.
    ways = outlines.polygon(middle)[rays] - outlines.centres[middle]
    mean = ways.mean(axis=0)
    assert np.degrees(np.arctan2(mean[1], mean[0])) == pytest.approx(40.0, abs=5.0)


def test_nothing_touches_where_there_is_no_mass_or_no_outline():
    phantom = VesselPhantom(8.0, 80.0, 0.0, 90.0)
    stack = phantom.stack((0.8, 0.8, 2.0), (0.3, 0.6, 0.2))
    vessel, tumour = phantom.masks(stack)
    line = through(phantom.line()[::40])
    outlines = outlines_of_mask(across(line, [40.0]), vessel)
    assert not touching(outlines, 0, None, 1.0).any()
    radii = outlines.radii.copy()
    radii[0, 7] = 0.0
    assert not touching(replace(outlines, radii=radii), 0, mask_volume(tumour), 1.0).any()
    assert touching(outlines, 0, mask_volume(tumour), 1.0).any()
