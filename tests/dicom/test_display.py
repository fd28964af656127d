"""What a file says about showing its values: tables, colours, palettes, overlays, padding."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileDataset
from pydicom.pixels import (
    apply_color_lut,
    apply_modality_lut,
    apply_voi_lut,
    convert_color_space,
)
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from tests.dicom.make import ct_slice, ramp, write, write_slices
from tests.shared_data import shared_data
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.overlay_planes import read_overlays
from tumorboard.dicom.scan import scan
from tumorboard.imaging.volume import Volume, Window
from tumorboard.imaging.windowing import GreyTable, default_window

RNG = np.random.default_rng(11)
Change = Callable[[Dataset, int], None]


def load(path: Path) -> Volume:
    (series,) = scan([path]).series
    loader = VolumeLoader(series)
    loader.run()
    assert loader.failures == {}
    return loader.volume


def table_item(entries: np.ndarray, first: int, bits: int, signed: bool = False) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if signed else "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return item


def modality_table(ds: Dataset, _: int) -> None:
    ds.ModalityLUTSequence = [table_item(np.arange(50, 0, -1) * 7, 10, 16)]
    ds.ModalityLUTSequence[0].ModalityLUTType = "US"
    del ds.RescaleSlope, ds.RescaleIntercept


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless])
def test_values_pass_the_modality_table(tmp_path: Path, syntax: str) -> None:
    values = RNG.integers(0, 80, (2, 6, 8)).astype(np.uint16)
    files = write_slices(tmp_path, 2, values=values, change=modality_table, transfer_syntax=syntax)
    volume = load(tmp_path)
    for k, file in enumerate(files):
        expected = apply_modality_lut(values[k], pydicom.dcmread(file))
        np.testing.assert_array_equal(volume.values(volume.voxels[k]), expected)
    assert "modality-lut" in {c.code for c in volume.caveats}


def test_a_modality_table_that_cannot_be_read_is_a_reason(tmp_path: Path) -> None:
    def broken(ds: Dataset, k: int) -> None:
        modality_table(ds, k)
        del ds.ModalityLUTSequence[0].LUTData

    write_slices(tmp_path, 1, change=broken)
    (series,) = scan([tmp_path]).series
    loader = VolumeLoader(series)
    loader.run()
    assert loader.failures == {0: "Its table of values cannot be read."}


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_table_for_the_display_is_the_window_when_none_was_sent(
    tmp_path: Path, bits: int
) -> None:
    entries = np.sort(RNG.integers(0, 1 << bits, 200))

    def tabled(ds: Dataset, _: int) -> None:
        del ds.WindowCenter, ds.WindowWidth
        ds.RescaleIntercept = 0
        ds.VOILUTSequence = [table_item(entries, 5, bits)]

    values = RNG.integers(0, 260, (1, 9, 9)).astype(np.uint16)
    (file,) = write_slices(tmp_path, 1, values=values, change=tabled)
    volume = load(tmp_path)
    window = default_window(volume, volume.voxels[0])
    assert window == Window(105.0, 200.0, "TABLE")
    shown = GreyTable(volume, window, inverted=False)(volume.voxels[0])
    expected = apply_voi_lut(values[0], pydicom.dcmread(file)) / ((1 << bits) - 1) * 255
    np.testing.assert_allclose(shown, expected, atol=0.51)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_the_function_of_a_window_is_applied(tmp_path: Path, function: str) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.RescaleIntercept = 0
        ds.WindowCenter, ds.WindowWidth, ds.VOILUTFunction = 100, 60, function

    values = RNG.integers(0, 256, (1, 9, 9)).astype(np.uint8)
    (file,) = write_slices(tmp_path, 1, values=values, change=change)
    volume = load(tmp_path)
    assert volume.window == Window(100, 60, function)
    shown = GreyTable(volume, volume.window, inverted=False)(volume.voxels[0])
    np.testing.assert_allclose(shown, apply_voi_lut(values[0], pydicom.dcmread(file)), atol=0.51)


def test_an_unknown_function_is_linear(tmp_path: Path) -> None:
    write_slices(tmp_path, 1, change=lambda ds, _: setattr(ds, "VOILUTFunction", "WAVY"))
    assert load(tmp_path).window == Window(40, 400)


@pytest.mark.parametrize("inverted", [False, True])
def test_a_range_of_padding_stays_black(tmp_path: Path, inverted: bool) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.PixelPaddingValue, ds.PixelPaddingRangeLimit = -2000, -1990
        if inverted:
            ds.PhotometricInterpretation = "MONOCHROME1"

    values = np.array([[[-2000, -1995, -1990, -1989, 1000, 1100, 1200, 1300]]], np.int16)
    write_slices(tmp_path, 1, values=values, change=change)
    volume = load(tmp_path)
    assert (volume.padding, volume.padding_limit) == (-2000, -1990)
    shown = GreyTable(volume, Window(0, 4000), inverted=False)(volume.voxels[0])
    assert (shown[0, :3] == 0).all()
    assert (shown[0, 4:] > 0).all()
    mean = volume.values(values[0, 0, 3:]).mean()
    assert abs(default_window(volume, volume.voxels[0]).centre - mean) > 0
    assert volume.is_padding(values[0, 0]).tolist() == [True] * 3 + [False] * 5


@pytest.mark.parametrize("size", [(8, 8), (5, 7)])
def test_pictures_of_one_bit(tmp_path: Path, size: tuple[int, int]) -> None:
    frames = RNG.integers(0, 2, (3, *size)).astype(np.uint8)
    ds = ct_slice(np.zeros(size, np.uint8), (0, 0, 0))
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit, ds.NumberOfFrames = 0, 3
    del ds.ImagePositionPatient
    packed = np.packbits(frames.reshape(-1), bitorder="little").tobytes()
    ds.PixelData = packed + b"\0" * (len(packed) % 2)
    write(ds, tmp_path / "a.dcm")
    volume = load(tmp_path)
    np.testing.assert_array_equal(volume.voxels, frames)


@pytest.mark.parametrize("kind", [np.uint32, np.int32])
def test_values_of_32_bits(tmp_path: Path, kind: type[np.integer]) -> None:
    info = np.iinfo(kind)
    values = RNG.integers(info.min, info.max, (2, 6, 8), dtype=kind)
    write_slices(tmp_path, 2, values=values)
    volume = load(tmp_path)
    assert volume.voxels.dtype == kind
    np.testing.assert_array_equal(volume.voxels, values)


@pytest.mark.parametrize(
    ("name", "kind"), [("FloatPixelData", "f4"), ("DoubleFloatPixelData", "f8")]
)
def test_floating_values(tmp_path: Path, name: str, kind: str) -> None:
    values = RNG.normal(0, 1e3, (6, 8)).astype(kind)
    ds = ct_slice(np.zeros((6, 8), np.uint16), (0, 0, 0))
    del ds.PixelData, ds.PixelRepresentation, ds.BitsStored, ds.HighBit
    ds.BitsAllocated = 32 if kind == "f4" else 64
    setattr(ds, name, values.tobytes())
    write(ds, tmp_path / "a.dcm")
    volume = load(tmp_path)
    assert volume.voxels.dtype == np.float32
    np.testing.assert_allclose(volume.voxels[0], values, rtol=1e-6)


def rgb_file(photometric: str, planar: int, pixels: np.ndarray, syntax: str) -> FileDataset:
    ds = ct_slice(np.zeros(pixels.shape[:2], np.uint8), (0, 0, 0))
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 3, photometric
    ds.PlanarConfiguration = planar
    ds.PixelData = (np.moveaxis(pixels, 2, 0) if planar else pixels).tobytes()
    if syntax == RLELossless:
        ds.PlanarConfiguration = 0
        ds.PixelData = pixels.tobytes()
        ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    return ds


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL"])
def test_colours_are_carried_beside_their_luminance(
    tmp_path: Path, photometric: str, planar: int, syntax: str
) -> None:
    pixels = RNG.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    write(rgb_file(photometric, planar, pixels, syntax), tmp_path / "a.dcm")
    volume = load(tmp_path)
    expected = pixels if photometric == "RGB" else convert_color_space(pixels, "YBR_FULL", "RGB")
    assert volume.colour is not None
    assert volume.colour.shape == (1, 6, 8, 3)
    np.testing.assert_allclose(volume.colour[0].astype(int), expected, atol=1)
    if photometric == "RGB":
        luma = pixels @ np.array([0.299, 0.587, 0.114])
        np.testing.assert_allclose(volume.voxels[0], luma, atol=0.51)
    else:
        np.testing.assert_array_equal(volume.voxels[0], pixels[..., 0])


def test_two_pixels_share_their_chroma(tmp_path: Path) -> None:
    quads = RNG.integers(0, 256, (6, 4, 4)).astype(np.uint8)  # y y b r
    ds = ct_slice(np.zeros((6, 8), np.uint8), (0, 0, 0))
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_FULL_422", 0
    ds.PixelData = quads.tobytes()
    write(ds, tmp_path / "a.dcm")
    full = np.stack(
        [quads[..., :2].reshape(6, 8), *(np.repeat(quads[..., k], 2, axis=1) for k in (2, 3))],
        axis=-1,
    )
    volume = load(tmp_path)
    assert volume.colour is not None
    expected = convert_color_space(full, "YBR_FULL", "RGB")
    np.testing.assert_allclose(volume.colour[0].astype(int), expected, atol=1)


def test_grey_series_carry_no_colours(tmp_path: Path) -> None:
    write_slices(tmp_path, 2)
    assert load(tmp_path).colour is None


def segments_16() -> tuple[list[int], int]:
    """A discrete, a linear, an indirect of both, and a linear segment; 16 bits."""
    discrete = [0, 3, 100, 5000, 65535]
    linear = [1, 6, 20000]
    indirect = [2, 2, 0, 0]
    return [*discrete, *linear, *indirect, 1, 4, 7], 3 + 6 + 3 + 6 + 4


@pytest.mark.parametrize("bits", [8, 16])
def test_segmented_palettes(tmp_path: Path, bits: int) -> None:
    if bits == 16:
        numbers, count = segments_16()
    else:
        numbers, count = [0, 3, 10, 50, 255, 1, 6, 20, 2, 2, 0, 0, 0, 0, 1, 4, 7], 22
    indices = RNG.integers(0, count, (1, 6, 8)).astype(np.uint8)

    def paint(ds: Dataset, _: int) -> None:
        ds.PhotometricInterpretation = "PALETTE COLOR"
        data = struct.pack(f"<{len(numbers)}{'H' if bits == 16 else 'B'}", *numbers)
        for name in ("Red", "Green", "Blue"):
            keyword = f"{name}PaletteColorLookupTable"
            ds.add_new(f"{keyword}Descriptor", "US", [count, 0, bits])
            ds.add_new(f"Segmented{keyword}Data", "OW", data + b"\0" * (len(data) % 2))

    (file,) = write_slices(tmp_path, 1, values=indices, change=paint)
    volume = load(tmp_path)
    expected = apply_color_lut(indices[0], pydicom.dcmread(file))
    assert volume.colour is not None
    scale = 257 if bits == 16 else 1
    np.testing.assert_allclose(volume.colour[0], expected / scale, atol=0.51)


def overlay(ds: Dataset, group: int, mask: np.ndarray, origin: tuple[int, int]) -> None:
    ds.add_new((group, 0x0010), "US", mask.shape[0])
    ds.add_new((group, 0x0011), "US", mask.shape[1])
    ds.add_new((group, 0x0040), "CS", "G")
    ds.add_new((group, 0x0050), "SS", list(origin))
    ds.add_new((group, 0x0100), "US", 1)
    ds.add_new((group, 0x0102), "US", 0)
    ds.add_new((group, 0x1500), "LO", f"plane {group:x}")
    packed = np.packbits(mask.reshape(-1), bitorder="little").tobytes()
    ds.add_new((group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))


@settings(max_examples=25, deadline=None)
@given(
    row=st.integers(-12, 14),
    column=st.integers(-12, 14),
    size=st.tuples(st.integers(1, 13), st.integers(1, 13)),
)
def test_overlay_planes_lie_where_they_say_and_are_cut_to_the_picture(
    tmp_path_factory: pytest.TempPathFactory, row: int, column: int, size: tuple[int, int]
) -> None:
    folder = tmp_path_factory.mktemp("overlay")
    mask = np.random.default_rng(0).integers(0, 2, size).astype(np.uint8)
    write_slices(
        folder, 1, shape=(9, 11), change=lambda ds, _: overlay(ds, 0x6002, mask, (row, column))
    )
    (series,) = scan([folder]).series
    (plane,) = read_overlays(series.instances[0])
    expected = np.zeros((9, 11), bool)
    for r in range(size[0]):
        for c in range(size[1]):
            if 0 <= r + row - 1 < 9 and 0 <= c + column - 1 < 11:
                expected[r + row - 1, c + column - 1] = mask[r, c]
    assert plane.label == "plane 6002"
    np.testing.assert_array_equal(plane.mask, expected)


def test_an_overlay_in_the_spare_bits_of_the_pixels(tmp_path: Path) -> None:
    mask = RNG.integers(0, 2, (6, 8)).astype(np.uint16)
    values = RNG.integers(0, 4096, (6, 8)).astype(np.uint16)

    def embed(ds: Dataset, _: int) -> None:
        overlay(ds, 0x6000, mask.astype(np.uint8), (1, 1))
        del ds[0x6000, 0x3000]
        ds[0x6000, 0x0100].value, ds[0x6000, 0x0102].value = 16, 12
        ds.BitsStored, ds.HighBit = 12, 11

    write_slices(tmp_path, 1, values=(values | mask << 12)[None], change=embed)
    (series,) = scan([tmp_path]).series
    (plane,) = read_overlays(series.instances[0])
    np.testing.assert_array_equal(plane.mask, mask.astype(bool))
    np.testing.assert_array_equal(load(tmp_path).voxels[0], values)


def test_a_picture_without_overlays_has_none(tmp_path: Path) -> None:
    write_slices(tmp_path, 1, values=ramp(1, (4, 4)))
    (series,) = scan([tmp_path]).series
    assert read_overlays(series.instances[0]) == ()


@pytest.mark.data
@pytest.mark.parametrize("name", ["mlut_18.dcm", "CR-ModalitySequenceLUT.dcm"])
def test_real_modality_tables_agree_with_other_decoders(name: str) -> None:
    path = shared_data(f"odd/photometric-lut/{name}")
    stored = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))[0]
    ds = pydicom.dcmread(path)
    if ds.PhotometricInterpretation == "MONOCHROME1":  # ITK turns it over
        stored = (1 << ds.BitsStored) - 1 - stored
    expected = apply_modality_lut(stored, ds)
    np.testing.assert_array_equal(load(path).voxels[0], expected)


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    ["TestPattern_Palette.dcm", "TestPattern_Palette_16.dcm", "SC_ybr_full_uncompressed.dcm"],
)
def test_real_colours_agree_with_pydicom(name: str) -> None:
    path = shared_data(f"odd/photometric-lut/{name}")
    volume = load(path)
    ds = pydicom.dcmread(path)
    pixels = ds.pixel_array
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, ds)
        pixels = pixels / 257 if pixels.dtype == np.uint16 else pixels
    assert volume.colour is not None
    np.testing.assert_allclose(volume.colour[0], pixels, atol=1.01)


@pytest.mark.data
def test_a_real_overlay_beyond_the_edge_agrees_with_pydicom() -> None:
    path = shared_data("odd/photometric-lut/OutOfBoundsOverlay.dcm")
    (series,) = scan([path]).series
    plane, *_ = read_overlays(series.instances[0])
    whole = pydicom.dcmread(path).overlay_array(0x6000) != 0
    expected = np.zeros(plane.mask.shape, bool)
    part = expected[703 : 703 + 101, 408 : 408 + 101]
    part[...] = whole[: part.shape[0], : part.shape[1]]
    np.testing.assert_array_equal(plane.mask, expected)
    assert plane.label == "First reference mark"


@pytest.mark.data
def test_a_real_overlay_in_the_spare_bits() -> None:
    path = shared_data("odd/photometric-lut/dcm4che_ovly_p01.dcm")
    (series,) = scan([path]).series
    plane, *_ = read_overlays(series.instances[0])
    words = np.frombuffer(pydicom.dcmread(path).PixelData, "<u2").reshape(512, 512)
    np.testing.assert_array_equal(plane.mask, words >= 1 << 15)
    assert plane.mask.any()
