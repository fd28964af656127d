"""A volume in colours over another: places, values and colour maps."""

import numpy as np
import pydicom
import pytest
from pydicom.data import get_palette_files

from tests.imaging.volumes import volume_of
from tumorboard.imaging.fusion import (
    PALETTES,
    Fusion,
    fused_section,
    number,
    palette,
    tinted,
    uptake_window,
    value_at,
)
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.oblique import plane_through, turned
from tumorboard.imaging.windowing import GreyTable

#: A PET of coarse voxels, turned against the patient, whose value grows along x, y and z.
AXES = turned(np.eye(3)[:2], [0.3, 1.0, 0.2], 11)
PET = SliceStack(
    np.outer(np.arange(20) * 5.0, np.cross(*AXES)) + [-60.0, -70.0, -40.0],
    *AXES,
    *((4.0, 4.0), 40, 40),
)


def ramp(points):
    return 2.0 * points[..., 0] - 1.5 * points[..., 1] + points[..., 2] + 600


def pet():
    index = np.moveaxis(np.indices(PET.shape), 0, -1)
    return volume_of(PET, ramp(PET.to_lps(index)).astype(np.float32), unit="SUVbw", modality="PT")


@pytest.mark.parametrize("offset", [(0.0, 0.0, 0.0), (7.0, -3.0, 12.0)])
@pytest.mark.parametrize("every", [1, 2])
def test_values_come_from_the_same_place_of_the_patient(offset, every):
    fusion = Fusion(pet(), uptake_window(7.0), offset=offset)
    right, down = turned(np.eye(3)[:2], [1, 1, 0], 40)
    middle = PET.to_lps([9.0, 20.0, 20.0]) - offset
    grid = plane_through(PET, middle, right, down, spacing=1.3)
    section = fused_section(fusion, grid, every=every)
    pixels = np.moveaxis(np.indices(section.grid.shape), 0, -1)
    places = section.grid.to_lps(pixels)
    near = np.linalg.norm(places - middle, axis=-1) < 25
    assert near.sum() > 100
    np.testing.assert_allclose(section.image[near], ramp(places + offset)[near], atol=0.05)
    np.testing.assert_allclose(value_at(fusion, middle), ramp(middle + offset), atol=0.01)


def test_outside_there_is_no_value():
    fusion = Fusion(pet(), uptake_window(7.0))
    assert value_at(fusion, np.array([500.0, 0, 0])) is None
    volume = pet()
    volume.loaded[9] = False
    middle = PET.to_lps([9.0, 20.0, 20.0])
    assert value_at(Fusion(volume, uptake_window(7.0)), middle) is None


def test_the_window_begins_at_zero_and_ends_at_its_upper_value():
    volume = pet()
    values = np.array([-1.0, 0.0, 3.5, 6.98, 7.0, 20.0], np.float32)
    levels = GreyTable(volume, uptake_window(7.0), inverted=False)(values)
    np.testing.assert_array_equal(levels, [0, 0, 128, 254, 255, 255])


@pytest.mark.parametrize(("name", "file"), [("hot iron", "hotiron"), ("PET", "pet")])
def test_colour_maps_are_those_of_the_standard(name, file):
    ds = pydicom.dcmread(get_palette_files(f"{file}.dcm")[0])
    parts = [ds[f"{c}PaletteColorLookupTableData"].value for c in ("Red", "Green", "Blue")]
    expected = np.stack([np.frombuffer(p, np.uint8) for p in parts], axis=1)
    np.testing.assert_allclose(palette(name).astype(int), expected.astype(int), atol=2)


def test_the_perceptual_map_grows_in_lightness():
    light = palette("inferno") @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(light) > -1.0).all()
    assert light[0] < 20
    assert light[-1] > 200


@pytest.mark.parametrize("name", PALETTES)
def test_colours_are_premultiplied_and_fade_out_below(name):
    fusion = Fusion(pet(), uptake_window(7.0), name, opacity=0.6)
    pixels = tinted(fusion, np.arange(256, dtype=np.uint8)[None])[0].astype(int)
    assert pixels[0, 3] == 0
    assert pixels[255, 3] == 153
    assert (pixels[:, :3] <= pixels[:, 3:] + 1).all()
    np.testing.assert_allclose(pixels[255, 2::-1], palette(name)[255] * 0.6, atol=1)


def test_values_read_as_they_are_said():
    assert number(5.236, "SUVbw") == "SUVbw 5.24"
    assert number(12345.6, "Bq/mL") == "12346 Bq/mL"
    assert number(41.2, "HU") == "41 HU"
