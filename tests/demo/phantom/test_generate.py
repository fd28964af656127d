"""The voxels against the truth they were made from."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tumorboard.demo.phantom.cases import demonstrations
from tumorboard.demo.phantom.generate import Phantom, build_volume
from tumorboard.demo.phantom.spec import Mass, PhantomSpec
from tumorboard.demo.phantom.truth import Ends, axes_of
from tumorboard.demo.phantom.vein import Vein

SPECS = [s.spec for c in demonstrations() for s in c.studies]
IDS = [s.folder for c in demonstrations() for s in c.studies]
INVADED = [s for s in SPECS if s.ivc.tumour is not None]


def clear_edged(spec: PhantomSpec) -> tuple[PhantomSpec, Mass]:
    """The same patient with more fat around the mass, so that its edge stands out."""
    assert spec.mass is not None
    mass = replace(spec.mass, fat_plane=5.0, rim=90.0, rim_mm=4.0)
    return replace(spec, mass=mass), mass


def edge(values: NDArray[np.float64], positions: NDArray[np.float64], near: float) -> float:
    """Where a profile crosses halfway between fat and rim, about an end of the mass."""
    outwards = np.sign(near)
    depth = (near - positions) * outwards
    here = (depth > -4.1) & (depth < 2.1)
    values, positions = values[here], positions[here]
    level = -4.5
    (k,) = np.flatnonzero((values[1:] > level) != (values[:-1] > level))
    share = (level - values[k]) / (values[k + 1] - values[k])
    return float(positions[k] + share * (positions[k + 1] - positions[k]))


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_the_axial_axes_end_where_the_truth_says(spec: PhantomSpec) -> None:
    spec, mass = clear_edged(spec)
    s = spec.sampling
    index = int(np.argmin(np.abs(s.z - mass.centre[2])))
    image = Phantom(spec).plain_slice(index)
    axes = axes_of(mass)
    for ends, length in ((axes.long, mass.axes[0]), (axes.short, mass.axes[1])):
        values, t = along(image, ends, spec)
        for end in (-length / 2, length / 2):
            assert edge(values, t, end) == pytest.approx(end, abs=s.pixel_mm / 2)


def along(
    image: NDArray[np.float32], ends: Ends, spec: PhantomSpec
) -> tuple[NDArray[np.float64], ...]:
    """Sample the image along an axis, a little over its ends; distances from the centre."""
    a, b = np.array(ends[0]), np.array(ends[1])
    length = float(np.linalg.norm(b - a))
    t = np.linspace(-length / 2 - 5, length / 2 + 5, 4001)
    places = (a + b) / 2 + t[:, None] * (b - a) / length
    s = spec.sampling
    columns = ((places[:, 0] - s.x[0]) / s.pixel_mm).astype(np.float32)
    rows = ((places[:, 1] - s.y[0]) / s.pixel_mm).astype(np.float32)
    values = cv2.remap(image, columns[None], rows[None], cv2.INTER_LINEAR)[0]
    return values.astype(np.float64), t


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_the_mass_ends_at_the_slices_that_the_truth_says(spec: PhantomSpec) -> None:
    spec, mass = clear_edged(spec)
    low, high = (end[2] for end in axes_of(mass).craniocaudal)
    thin = replace(spec.sampling, rows=9, centre_y=mass.centre[1])
    phantom = Phantom(replace(spec, sampling=thin))
    heights = [z for z in thin.z if min(abs(z - low), abs(z - high)) < 7]
    row = int(np.argmin(np.abs(thin.y - mass.centre[1])))
    column = int(np.argmin(np.abs(thin.x - mass.centre[0])))
    profile = [
        phantom.plain_slice(int(np.argmin(np.abs(thin.z - z))))[row, column] for z in heights
    ]
    values, middle = np.array(profile, np.float64), mass.centre[2]
    for end in (low - middle, high - middle):
        found = edge(values, np.array(heights) - middle, end)
        assert found == pytest.approx(end, abs=thin.slice_mm / 2)


def strip(spec: PhantomSpec) -> PhantomSpec:
    """The same patient on a few rows about the vein, which are made faster."""
    return replace(spec, sampling=replace(spec.sampling, rows=96, centre_y=5.0))


def difference(one: PhantomSpec, other: PhantomSpec, z: float) -> NDArray[np.bool_]:
    """Which pixels of the slice at z change between two phantoms."""
    index = int(np.argmin(np.abs(one.sampling.z - z)))
    changed = Phantom(other).plain_slice(index) - Phantom(one).plain_slice(index)
    return np.asarray(np.abs(changed) > 250)


@pytest.mark.parametrize("spec", INVADED, ids=lambda s: s.identity.accession)
def test_the_contact_arc_is_seen_on_the_voxels(spec: PhantomSpec) -> None:
    mass, contact = spec.mass, spec.ivc.contact
    assert mass is not None
    assert contact is not None
    bright = replace(spec, mass=replace(mass, hu=mass.hu + 500, rim=mass.rim + 500, necrosis=0))
    seen = difference(replace(spec, mass=replace(mass, necrosis=0)), bright, contact.z)
    vein = Vein(spec.ivc, mass)
    (x, y), radius = vein.centre(contact.z), vein.radius(contact.z)
    # The wall itself is painted as wall: measure just outside it, and go back to it.
    offsets = np.array([1.6, 2.4, 3.2, 4.0, 4.8])
    arcs = [touching(seen, (x, y), radius + o, spec) for o in offsets]
    at_wall = np.polynomial.Polynomial.fit(offsets, arcs, 2)(0.0)
    assert at_wall == pytest.approx(contact.arc, abs=8)


def touching(
    seen: NDArray[np.bool_], centre: tuple[float, float], radius: float, spec: PhantomSpec
) -> float:
    """How many degrees of a circle lie on marked pixels."""
    s, angles = spec.sampling, np.radians(np.arange(0, 360, 0.25))
    columns = (centre[0] + radius * np.cos(angles) - s.x[0]) / s.pixel_mm
    rows = (centre[1] + radius * np.sin(angles) - s.y[0]) / s.pixel_mm
    image = seen.astype(np.float32)
    values = cv2.remap(
        image, columns.astype(np.float32)[None], rows.astype(np.float32)[None], cv2.INTER_LINEAR
    )
    return float((values > 0.5).mean() * 360)


@pytest.mark.parametrize("spec", INVADED, ids=lambda s: s.identity.accession)
def test_occlusion_and_ends_of_tumour_in_the_vein_are_seen(spec: PhantomSpec) -> None:
    tumour = spec.ivc.tumour
    assert tumour is not None
    spec = strip(spec)
    bright = replace(spec, ivc=replace(spec.ivc, tumour=replace(tumour, hu=tumour.hu + 500)))
    middle = (tumour.caudal + tumour.cranial) / 2
    area = difference(spec, bright, middle).sum() * spec.sampling.pixel_mm**2
    lumen = np.pi * Vein(spec.ivc, spec.mass).radius(middle) ** 2
    assert area / lumen == pytest.approx(tumour.occlusion, abs=0.03)
    for end, outwards in ((tumour.caudal, -1), (tumour.cranial, 1)):
        assert difference(spec, bright, end - 2 * outwards).any()
        assert not difference(spec, bright, end).any()
        assert not difference(spec, bright, end + 2 * outwards).any()


def test_tissues_have_the_values_of_the_portal_venous_phase() -> None:
    spec = PhantomSpec(noise=0)
    phantom = Phantom(spec)
    expected = {
        "aorta": ((6.0, 10.0, 150.0), 150, 12),
        "ivc": ((-20.0, 9.0, 150.0), 114, 14),
        "ivc in the liver": ((-26.0, 2.0, 276.0), 132, 12),
        "liver": ((-120.0, 0.0, 276.0), 110, 30),
        "spleen": ((120.0, 45.0, 276.0), 120, 12),
        "psoas": ((-40.0, 36.0, 110.0), 60, 20),
        "vertebra": ((0.0, 40.0, 100.0), 190, 90),
        "fat of the flank": ((-60.0, -5.0, 140.0), -101, 20),
        "air": ((-190.0, -150.0, 150.0), -1000, 1),
    }
    s = spec.sampling
    for name, ((x, y, z), hu, tolerance) in expected.items():
        image = phantom.plain_slice(int(np.argmin(np.abs(s.z - z))))
        row, column = int(np.argmin(np.abs(s.y - y))), int(np.argmin(np.abs(s.x - x)))
        found = image[row - 1 : row + 2, column - 1 : column + 2].mean()
        assert found == pytest.approx(hu, abs=tolerance), name


def test_the_noise_is_that_of_a_scanner() -> None:
    spec = SPECS[0]
    phantom = Phantom(spec)
    noise = phantom.slice(140).astype(np.float64) - phantom.plain_slice(140)
    s = spec.sampling
    liver = noise[:, :][np.ix_(np.abs(s.y) < 25, np.abs(s.x + 110) < 20)]
    assert 9 < liver.std() < 14
    assert abs(liver.mean()) < 1.5
    neighbours = np.corrcoef(liver[:, :-1].ravel(), liver[:, 1:].ravel())[0, 1]
    assert 0.25 < neighbours < 0.8


def test_the_same_specification_gives_the_same_voxels(spec: PhantomSpec) -> None:
    few = replace(spec, sampling=replace(spec.sampling, slices=21))
    once, twice = build_volume(few), build_volume(few)
    assert once.shape == (21, spec.sampling.rows, spec.sampling.columns)
    assert once.dtype == np.int16
    np.testing.assert_array_equal(once, twice)
    other = build_volume(replace(few, seed=few.seed + 1))
    assert np.any(once != other)
