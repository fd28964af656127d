import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels import apply_windowing

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.volume import VoiTable, Window
from tumorboard.imaging.windowing import GreyTable, auto_window, default_window, grey_levels


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
