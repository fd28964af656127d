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
from tumorboard.imaging.volume import Window
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
    off = np.abs(palette(name).astype(int) - expected.astype(int))
    # Straight lines between the corners; the tables of the standard have a step here and there.
    assert off.max() <= (1 if name == "hot iron" else 2)
    assert off.mean() < (0.05 if name == "hot iron" else 0.45)


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


def test_other_colour_maps():
    assert palette("grey").tolist() == [[n, n, n] for n in range(256)]
    np.testing.assert_array_equal(palette("no such map"), palette("hot iron"))


def test_what_is_fused_lies_at_the_same_place_unless_it_is_said():
    plain = Fusion(pet(), uptake_window(7.0))
    assert (plain.offset, plain.palette, plain.opacity) == ((0.0, 0.0, 0.0), "hot iron", 0.5)
    narrowed = plain.with_window(3.5)
    assert narrowed.window == Window(1.75, 3.5, "LINEAR_EXACT")
    assert narrowed.volume is plain.volume
    assert uptake_window(0.0).width > 0


@pytest.mark.parametrize("opacity", [0.0, 0.25, 1.0, 3.0, -1.0])
def test_colours_come_in_over_the_lowest_fifth(opacity):
    fusion = Fusion(pet(), uptake_window(7.0), "grey", opacity=opacity)
    alpha = tinted(fusion, np.arange(256, dtype=np.uint8))[:, 3].astype(float)
    top = 255 * min(max(opacity, 0.0), 1.0)
    wanted = top * np.minimum(np.arange(256) / 51.0, 1.0)
    np.testing.assert_allclose(alpha, wanted, atol=0.51)


def test_a_value_between_voxels_is_trilinear_to_half_a_voxel_beyond_the_last():
    fusion = Fusion(pet(), uptake_window(7.0))
    for index in ([9.3, 20.7, 20.1], [0.0, 0.0, 0.0], [18.9, 38.6, 0.2], [19.0, 39.0, 39.0]):
        place = PET.to_lps(index)
        assert value_at(fusion, place) == pytest.approx(ramp(place), abs=0.01)
    for index, inside in (
        ([-0.49, 5, 5], [0, 5, 5]),
        ([19.49, 5, 5], [19, 5, 5]),
        ([5, 39.49, 5], [5, 39, 5]),
        ([5, 5, -0.49], [5, 5, 0]),
    ):
        found = value_at(fusion, PET.to_lps(index))
        assert found == pytest.approx(ramp(PET.to_lps(inside)), abs=0.01)
    for beyond in ([-0.51, 5, 5], [19.51, 5, 5], [5, -0.51, 5], [5, 39.51, 5], [5, 5, 39.51]):
        assert value_at(fusion, PET.to_lps(beyond)) is None


@pytest.mark.parametrize(("slice_", "known"), [(8, True), (9, False), (10, False), (11, True)])
def test_both_slices_that_a_value_lies_between_have_to_be_there(slice_, known):
    volume = pet()
    volume.loaded[slice_] = False
    place = PET.to_lps([9.4, 20.0, 20.0])
    assert (value_at(Fusion(volume, uptake_window(7.0)), place) is not None) is known


def test_no_value_is_mixed_with_padding():
    volume = pet()
    values = volume.voxels.copy()
    values[9, 20, 21] = -5.0
    holed = volume_of(PET, values, unit="SUVbw", modality="PT", padding=-5.0)
    fusion = Fusion(holed, uptake_window(7.0))
    assert value_at(fusion, PET.to_lps([9.0, 20.0, 20.5])) is None
    assert value_at(fusion, PET.to_lps([9.0, 20.0, 19.0])) is not None


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (12.345, "SUVlbm", "SUVlbm 12.35"),
        (9.994, "g/mL", "9.99 g/mL"),
        (10.0, "g/mL", "10 g/mL"),
        (-9.5, "HU", "-9.50 HU"),
        (-10.4, "HU", "-10 HU"),
        (3.0, "", "3.00"),
    ],
)
def test_small_values_have_decimals(value, unit, words):
    assert number(value, unit) == words


@pytest.mark.parametrize(("name", "file"), [("hot iron", "hotiron"), ("PET", "pet")])
def test_at_their_ends_and_corners_colour_maps_are_exactly_those_of_the_standard(name, file):
    ds = pydicom.dcmread(get_palette_files(f"{file}.dcm")[0])
    parts = [ds[f"{c}PaletteColorLookupTableData"].value for c in ("Red", "Green", "Blue")]
    expected = np.stack([np.frombuffer(p, np.uint8) for p in parts], axis=1)
    corners = [0, 128, 255] if name == "PET" else [0, 127, 128, 191, 192, 255]
    np.testing.assert_array_equal(palette(name)[corners], expected[corners])
    if name == "hot iron":  # a straight line but for blue, which has one step too many
        np.testing.assert_array_equal(palette(name)[:, :2], expected[:, :2])
        np.testing.assert_array_equal(palette(name)[:192], expected[:192])
