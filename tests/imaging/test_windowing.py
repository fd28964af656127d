import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels import apply_windowing

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.volume import VoiTable, Window
from tumorboard.imaging.windowing import (
    PRESETS,
    GreyTable,
    auto_window,
    default_window,
    grey_levels,
    in_force,
    least_width,
    window_words,
)


@given(centre=st.floats(-500, 500), width=st.floats(2, 3000))
@settings(max_examples=60, deadline=None)
def test_agrees_with_pydicom(centre, width):
    dataset = Dataset()
    dataset.WindowCenter, dataset.WindowWidth = centre, width
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsStored, dataset.PixelRepresentation = 12, 1
    stored = np.arange(-1024, 1024, 7, dtype=np.int16)
    # pydicom maps onto the range of the stored bits: -2048 to 2047.
    theirs = (apply_windowing(stored, dataset) + 2048) / 4095 * 255
    ours = grey_levels(stored.astype(float), Window(centre, width), inverted=False)
    np.testing.assert_allclose(ours, theirs, atol=0.51)


@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.uint8, np.int8, np.float32, np.int32])
def test_the_table_gives_what_the_formula_gives(dtype):
    stack = axial_stack(slices=1)
    info = np.iinfo(dtype) if np.issubdtype(dtype, np.integer) else np.iinfo(np.int16)
    low, high = max(info.min, -30000), min(info.max, 30000)
    voxels = np.linspace(low, high, 1200).astype(dtype).reshape(stack.shape)
    volume = volume_of(stack, voxels, rescale_slope=2.0, rescale_intercept=-50.0)
    window = Window(40, 400)
    table = GreyTable(volume, window, inverted=False)
    expected = grey_levels(volume.values(voxels[0]), window, inverted=False)
    np.testing.assert_array_equal(table(voxels[0]), expected)


def test_low_values_are_bright_when_the_image_says_so():
    stack = axial_stack(slices=1)
    volume = volume_of(stack, inverted=True)
    image = volume.voxels[0]
    plain = GreyTable(volume_of(stack), Window(200, 300), inverted=False)(image)
    turned = GreyTable(volume, Window(200, 300), inverted=False)(image)
    np.testing.assert_array_equal(turned, 255 - plain)


def test_the_first_window_is_the_one_sent_then_soft_tissue_then_automatic():
    stack = axial_stack()
    sent = Window(30, 300)
    image = volume_of(stack).voxels[0]
    assert default_window(volume_of(stack, window=sent), image) == sent
    assert default_window(volume_of(stack), image) == Window(40, 400)
    magnetic = volume_of(stack, unit="", modality="MR")
    assert default_window(magnetic, image) == auto_window(magnetic, image)
    assert auto_window(magnetic, image).width > 1


@given(centre=st.floats(-500, 500), width=st.floats(2, 3000), x=st.floats(-2000, 2000))
@settings(max_examples=60, deadline=None)
def test_the_other_functions_follow_their_formula(centre, width, x):
    value = np.array([x])
    exact = grey_levels(value, Window(centre, width, "LINEAR_EXACT"), inverted=False)[0]
    assert abs(float(exact) - min(max(((x - centre) / width + 0.5) * 255, 0), 255)) <= 0.51
    sigmoid = grey_levels(value, Window(centre, width, "SIGMOID"), inverted=False)[0]
    expected = 255 * (0.5 + 0.5 * np.tanh(2 * (x - centre) / width))
    assert abs(float(sigmoid) - expected) <= 0.51


def test_a_table_gives_its_entries_and_repeats_its_ends():
    table = VoiTable(10.0, np.array([5, 100, 250], np.uint8))
    assert table.window == Window(11.5, 3.0, "TABLE")
    values = np.array([-50.0, 10.0, 11.0, 12.0, 13.0, 900.0])
    shown = grey_levels(values, table.window, inverted=False, table=table)
    assert shown.tolist() == [5, 5, 100, 250, 250, 250]
    turned = grey_levels(values, table.window, inverted=True, table=table)
    np.testing.assert_array_equal(turned, 255 - shown)


def test_padding_stays_black_and_does_not_widen_the_automatic_window():
    stack = axial_stack(slices=1)
    voxels = np.full(stack.shape, 500, np.int16)
    voxels[0, 0, :] = -2000
    volume = volume_of(stack, voxels, padding=-2000.0, inverted=True, unit="", modality="MR")
    window = auto_window(volume, volume.voxels[0])
    assert window.centre == volume.values(np.array(500))
    shown = GreyTable(volume, Window(window.centre + 100, 400), inverted=False)(volume.voxels[0])
    assert (shown[0] == 0).all()
    assert (shown[1:] > 128).all()


def map_of(largest: float, kind: type = np.uint16, **changes):
    """A map of values from 0 to ``largest`` in a thousand steps, without a unit."""
    stack = axial_stack(slices=1, rows=25, columns=40)
    steps = np.arange(1000).reshape(stack.shape)
    slope = largest / 1000
    changes = {"unit": "", "modality": "MR"} | changes
    if kind is np.float32:
        return volume_of(stack, (steps * slope).astype(kind), **changes)
    return volume_of(stack, steps.astype(kind), rescale_slope=slope, **changes)


@pytest.mark.parametrize("kind", [np.uint16, np.float32])
@pytest.mark.parametrize("largest", [3e-6, 0.003, 0.3, 1.0, 4.52, 12.7])
def test_maps_of_small_values_are_ramps(largest, kind):
    """https://github.com/fo-dicom/fo-dicom/issues/1999, horosproject/horos/issues/58."""
    volume = map_of(largest, kind, window=Window(largest / 2, largest))
    image = volume.voxels[0]
    for window in (volume.window, auto_window(volume, image)):
        grey = GreyTable(volume, window, inverted=False)(image).astype(int).ravel()
        assert grey[0] <= 3
        assert grey[-1] >= 252
        assert np.diff(grey).max() <= 2
        assert abs(grey[500] - 127) <= 3


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_narrow_windows_on_fractions_end_where_they_say(function):
    """https://github.com/cornerstonejs/cornerstone3D/issues/1806: three quarters are grey 191."""
    volume = map_of(6.0, unit="g/mL", modality="PT")
    window = Window(2.26, 4.52, function)
    grey = GreyTable(volume, window, inverted=False)(np.array([[0, 565, 753]], np.uint16))[0]
    if function == "SIGMOID":
        expected = [255 / (1 + np.exp(-4 * (v - 2.26) / 4.52)) for v in (0, 3.39, 4.518)]
        np.testing.assert_allclose(grey, expected, atol=1)
    else:
        np.testing.assert_allclose(grey, [0, 191, 255], atol=1)


def test_whole_numbers_keep_the_letter_of_the_standard():
    volume = volume_of(axial_stack(slices=1))
    assert least_width(volume) == 1.0
    assert in_force(volume, Window(40, 1)) == Window(40, 1)
    assert in_force(volume, Window(40, 0.5)) == Window(40, 1, "LINEAR_EXACT")
    assert in_force(volume, Window(40, 12)).function == "LINEAR"


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(40, 400), "W 400 L 40"),
        (Window(2.26, 4.52), "W 4.5 L 2.3"),
        (Window(-0.04, 30), "W 30 L 0"),
        (Window(0.0015, 0.003), "W 0.00300 L 0.00150"),
        (Window(0.5, 0.75), "W 0.750 L 0.500"),
    ],
)
def test_a_window_is_told_with_the_decimals_that_it_needs(window, words):
    assert window_words(window) == words


def test_the_presets_are_those_of_the_guide():
    """Key: width and level, as reading rooms have them (HU)."""
    wanted = {
        "2": (400, 40),
        "3": (360, 60),
        "4": (150, 90),
        "5": (1500, -600),
        "6": (2000, 350),
        "7": (600, 170),
    }
    found = {key: (window.width, window.centre) for key, (_, window) in PRESETS.items()}
    assert found == wanted
    assert {window.function for _, window in PRESETS.values()} == {"LINEAR"}


def test_the_automatic_window_leaves_out_a_hundredth_at_either_end():
    stack = axial_stack(slices=1, rows=101, columns=100)
    even = np.arange(10100).reshape(stack.shape)
    whole = volume_of(stack, even.astype(np.int16), unit="", modality="MR")
    found = auto_window(whole, whole.voxels[0])
    assert (found.centre, found.width) == pytest.approx((5049.5, 10099 * 0.98))
    # Of maps half a hundredth: their few brightest spots are what they were made for.
    fractional = volume_of(stack, even.astype(np.float32), unit="", modality="MR")
    found = auto_window(fractional, fractional.voxels[0])
    assert (found.centre, found.width) == pytest.approx((5049.5, 10099 * 0.99))


def test_the_automatic_window_of_little_or_nothing():
    stack = axial_stack(slices=1)
    flat = volume_of(stack, np.full(stack.shape, 7, np.int16), unit="", modality="MR")
    assert auto_window(flat, flat.voxels[0]) == Window(7.0, 1.0)
    map_ = volume_of(stack, np.full(stack.shape, 7, np.int16), unit="", rescale_slope=-0.25)
    assert auto_window(map_, map_.voxels[0]).width == 0.25
    holes = np.full(stack.shape, np.nan, np.float32)
    nothing = volume_of(stack, holes, unit="", modality="MR")
    assert auto_window(nothing, nothing.voxels[0]) == Window(0.0, 1.0)
    holes = holes.copy()
    holes[0, 3, 4:6] = (2.0, 4.0)
    few = volume_of(stack, holes, unit="", modality="MR")
    assert auto_window(few, few.voxels[0]).centre == pytest.approx(3.0)


def test_a_large_picture_is_looked_at_in_part_over_all_of_it():
    stack = axial_stack(slices=1, rows=1024, columns=600, spacing=(1.0, 1.0))
    rows = np.broadcast_to(np.arange(1024, dtype=np.int16)[:, None], stack.shape)
    volume = volume_of(stack, rows, unit="", modality="MR")
    found = auto_window(volume, volume.voxels[0])
    assert found.centre == pytest.approx(511.5, abs=4)
    assert found.width == pytest.approx(1023 * 0.98, abs=8)


@pytest.mark.parametrize(
    ("window", "fractional", "function", "width"),
    [
        (Window(40, 0.5, "SIGMOID"), False, "SIGMOID", 0.5),
        (Window(40, 0.5, "LINEAR_EXACT"), False, "LINEAR_EXACT", 0.5),
        (Window(40, 0.0, "SIGMOID"), False, "LINEAR_EXACT", 1.0),  # no sigmoid has no width
        (Window(40, -3.0, "LINEAR_EXACT"), False, "LINEAR_EXACT", 1.0),
        (Window(40, 400, "TABLE"), False, "LINEAR", 400),  # without a table
        (Window(40, 63), True, "LINEAR_EXACT", 63),
        (Window(40, 64), True, "LINEAR", 64),
        (Window(40, 0.0), True, "LINEAR_EXACT", 0.5),
        (Window(40, 1.0), False, "LINEAR", 1.0),
        (Window(40, 400, "SQUARE"), False, "LINEAR", 400),
    ],
)
def test_a_window_is_applied_by_a_function_that_it_can_have(window, fractional, function, width):
    slope, unit = (0.5, "") if fractional else (1.0, "HU")
    volume = volume_of(axial_stack(slices=1), rescale_slope=slope, unit=unit)
    found = in_force(volume, window)
    assert (found.centre, found.width, found.function) == (40, width, function)


def test_a_table_that_came_with_the_images_is_in_force():
    table = VoiTable(0.0, np.arange(200, dtype=np.uint8))
    volume = volume_of(axial_stack(slices=1), voi_table=table)
    assert in_force(volume, table.window) == table.window
    image = np.array([[0, 50, 199, 500]], np.int16)
    assert GreyTable(volume, table.window, inverted=False)(image).tolist() == [[0, 50, 199, 199]]


def test_the_narrowest_window_tells_two_values_apart():
    stack = axial_stack(slices=1)
    assert least_width(volume_of(stack, rescale_slope=0.5)) == 1.0  # HU
    assert least_width(volume_of(stack, unit="", rescale_slope=-0.5)) == 0.5
    assert 0 < least_width(map_of(1.0, np.float32)) < 1e-6


def test_inversion_by_the_reader_turns_what_the_image_says():
    volume = volume_of(axial_stack(slices=1), inverted=True)
    image = volume.voxels[0]
    window = Window(200, 300)
    turned = GreyTable(volume, window, inverted=True)
    np.testing.assert_array_equal(
        turned(image), GreyTable(volume_of(volume.stack), window, False)(image)
    )
    assert turned.window == window
    assert turned.levels_of(np.dtype(np.int16)) is not None
    assert turned.levels_of(np.dtype(np.uint16)) is None


def test_at_width_one_the_values_part_half_a_unit_below_the_level():
    values = np.array([39.0, 39.4, 39.6, 40.0])
    assert grey_levels(values, Window(40, 1), inverted=False).tolist() == [0, 0, 255, 255]
    assert grey_levels(values, Window(40, 0.2), inverted=False).tolist() == [0, 0, 255, 255]


def test_what_is_no_number_is_dark():
    values = np.array([np.nan, 1e9])
    assert grey_levels(values, Window(40, 400), inverted=False)[1] == 255
    assert grey_levels(values, Window(400, 4), inverted=False)[0] == 0


@pytest.mark.parametrize(
    ("width", "words"),
    [(20, "W 20 L 7"), (19.96, "W 20.0 L 7.0"), (1, "W 1.0 L 7.0"), (0.1, "W 0.100 L 7.000")],
)
def test_decimals_follow_the_width(width, words):
    assert window_words(Window(7, width)) == words
    assert window_words(Window(0, 1e-12)) == "W 0.000000000 L 0.000000000"


@pytest.mark.parametrize(
    ("width", "centre", "words"),
    [
        (400.0, 40.0, "W 400 L 40"),
        (20.0, -0.4, "W 20 L 0"),
        (19.9, 2.5, "W 19.9 L 2.5"),
        (1.0, -0.04, "W 1.0 L 0.0"),
        (0.5, 0.25, "W 0.500 L 0.250"),
        (0.001, 0.0, "W 0.00100 L 0.00000"),
        (1e-12, 0.0, "W 0.000000000 L 0.000000000"),
        (0.0, 3.0, "W 0.0 L 3.0"),
    ],
)
def test_a_window_has_as_many_decimals_as_its_width_needs(width, centre, words):
    assert window_words(Window(centre, width)) == words
