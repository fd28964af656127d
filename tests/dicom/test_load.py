"""Loading: every syntax gives the written values, and one bad slice costs one slice."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.dicom.make import NATIVE, codestream, ramp, slice_positions, write_slices
from tumorboard.dicom.gate import Limits
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.volume import Window
from tumorboard.progress import Progress, Reporter

COMPRESSED = (RLELossless, JPEGLSLossless, JPEGLosslessSV1, JPEG2000Lossless, HTJ2KLossless)


def one_series(folder: Path) -> Series:
    (series,) = scan([folder]).series
    return series


def loaded(folder: Path) -> VolumeLoader:
    loader = VolumeLoader(one_series(folder))
    loader.run()
    return loader


@pytest.mark.parametrize("kind", [np.int16, np.uint16])
@pytest.mark.parametrize("syntax", [*NATIVE, *COMPRESSED])
def test_lossless_syntaxes_give_the_written_values(
    tmp_path: Path, syntax: str, kind: type[np.integer]
) -> None:
    values = ramp(4, (12, 16)).astype(kind)
    write_slices(tmp_path, 4, values=values, transfer_syntax=syntax)
    loader = loaded(tmp_path)
    volume = loader.volume
    assert loader.failures == {}
    assert volume.voxels.dtype == kind
    assert volume.voxels.flags.c_contiguous
    np.testing.assert_array_equal(volume.voxels, values)
    assert volume.loaded.all()
    assert (volume.rescale_slope, volume.rescale_intercept, volume.unit) == (1.0, -1024.0, "HU")
    assert volume.window == Window(40.0, 400.0)
    assert not volume.lossy


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, JPEG2000Lossless])
def test_values_and_positions_agree_with_simpleitk(tmp_path: Path, syntax: str) -> None:
    files = write_slices(tmp_path, 5, transfer_syntax=syntax)
    volume = loaded(tmp_path).volume
    image = sitk.ReadImage([str(f) for f in files])
    np.testing.assert_array_equal(
        volume.values(volume.voxels), sitk.GetArrayFromImage(image).astype(float)
    )
    np.testing.assert_allclose(volume.stack.origins[0], image.GetOrigin(), atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    stored=st.integers(2, 16),
    signed=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    low=st.integers(0, 4),
    syntax=st.sampled_from([ExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless]),
)
def test_bits_beside_the_stored_ones_are_ignored(
    tmp_path_factory: pytest.TempPathFactory,
    stored: int,
    signed: bool,
    seed: int,
    low: int,
    syntax: str,
) -> None:
    """The stored bits may sit anywhere in the word, as overlays were kept in the others."""
    folder = tmp_path_factory.mktemp("bits")
    low = min(low, 16 - stored)
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 2**16, (2, 6, 8)).astype(np.uint16)
    expected = (words.astype(np.int64) >> low) & ((1 << stored) - 1)
    if signed:
        expected -= (expected >> (stored - 1)) << stored

    def narrow(ds: Dataset, _: int) -> None:
        ds.BitsStored, ds.HighBit = stored, low + stored - 1
        ds.PixelRepresentation = int(signed)

    write_slices(folder, 2, values=words, transfer_syntax=syntax, change=narrow)
    volume = loaded(folder).volume
    np.testing.assert_array_equal(volume.voxels, expected)


def test_signed_values_of_fewer_bits_in_a_compressed_picture(tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(-2048, 2048, (3, 10, 12)).astype(np.int16)

    def narrow(ds: Dataset, k: int) -> None:
        ds.BitsStored, ds.HighBit = 12, 11
        pattern = (values[k] & 0x0FFF).astype(np.uint16)
        ds.PixelData = encapsulate([codestream(pattern, JPEGLSLossless)])

    write_slices(tmp_path, 3, values=values, transfer_syntax=JPEGLSLossless, change=narrow)
    np.testing.assert_array_equal(loaded(tmp_path).volume.voxels, values)


def test_monochrome1_is_inverted_and_empty_slices_are_dark(tmp_path: Path) -> None:
    def invert(ds: Dataset, _: int) -> None:
        ds.PhotometricInterpretation = "MONOCHROME1"

    files = write_slices(tmp_path, 2, change=invert)
    loader = VolumeLoader(one_series(tmp_path))
    assert loader.volume.inverted
    for file in files:
        file.unlink()
    loader.run()
    assert (loader.volume.voxels == 32767).all()


def test_slices_scaled_differently_become_float_values(tmp_path: Path) -> None:
    def scale(ds: Dataset, k: int) -> None:
        ds.RescaleSlope, ds.RescaleIntercept = 0.5 + k, -10 * k

    values = ramp(3, (8, 9))
    write_slices(tmp_path, 3, values=values, change=scale)
    volume = loaded(tmp_path).volume
    assert volume.voxels.dtype == np.float32
    assert (volume.rescale_slope, volume.rescale_intercept) == (1.0, 0.0)
    for k in range(3):
        np.testing.assert_allclose(volume.voxels[k], values[k] * (0.5 + k) - 10 * k, rtol=1e-6)
    assert "mixed-rescale" in {c.code for c in volume.caveats}


def set_window(centre: object, width: object) -> Callable[[Dataset, int], None]:
    def change(ds: Dataset, _: int) -> None:
        ds.WindowCenter, ds.WindowWidth = centre, width

    return change


@pytest.mark.parametrize(
    ("centre", "width", "expected"),
    [
        (0, 0, None),
        (None, None, None),
        (40, None, None),
        ([50, -600], [350, 1500], Window(50, 350)),
        (-600, 1500, Window(-600, 1500)),
    ],
)
def test_window(tmp_path: Path, centre: object, width: object, expected: Window | None) -> None:
    write_slices(tmp_path, 2, change=set_window(centre, width))
    assert VolumeLoader(one_series(tmp_path)).volume.window == expected


def test_the_wanted_slice_comes_first_and_the_rest_outwards(tmp_path: Path) -> None:
    write_slices(tmp_path, 9)
    loader = VolumeLoader(one_series(tmp_path))
    assert not loader.volume.loaded.any()
    seen: list[set[int]] = []

    def watch(progress: Progress) -> None:
        seen.append(set(np.flatnonzero(loader.volume.loaded).tolist()))

    loader.run(Reporter(watch), first=6)
    assert seen[0] == set()
    assert seen[1] == {6}
    assert seen[-1] == set(range(9))
    loader.run(Reporter(watch), first=0)  # nothing is left to do
    assert loader.volume.loaded.all()


def test_cancelling_keeps_what_is_there_and_can_be_resumed(tmp_path: Path) -> None:
    values = ramp(12, (12, 16))
    write_slices(tmp_path, 12, values=values)
    loader = VolumeLoader(one_series(tmp_path))
    reporter = Reporter(lambda p: reporter.cancel() if p.done == 3 else None)
    before = threading.active_count()
    with pytest.raises(CancelledError):
        loader.run(reporter, first=0)
    assert threading.active_count() == before
    assert loader.volume.loaded[0]
    loader.run()
    np.testing.assert_array_equal(loader.volume.voxels, values)


def spoil_length(path: Path) -> None:
    data = path.read_bytes()
    at = data.index(b"\xfe\xff\x00\xe0", 200)
    path.write_bytes(data[:at])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda p: p.unlink(), "not there any more"),
        (lambda p: p.write_bytes(p.read_bytes() + b"\0\0"), "has changed"),
        (spoil_length, "has changed"),
    ],
)
def test_a_slice_that_was_lost_since_leaves_the_others(
    tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    values = ramp(5, (12, 16))
    files = write_slices(tmp_path, 5, values=values, transfer_syntax=JPEGLSLossless)
    series = one_series(tmp_path)
    spoil(files[2])
    loader = VolumeLoader(series)
    loader.run()
    assert list(loader.failures) == [2]
    assert words in loader.failures[2]
    assert loader.volume.loaded.tolist() == [True, True, False, True, True]
    assert (loader.volume.voxels[2] == 24).all()  # air, at this intercept
    np.testing.assert_array_equal(loader.volume.voxels[3], values[3])


@pytest.mark.parametrize("syntax", COMPRESSED)
def test_damaged_codestreams_fail_with_a_reason_and_never_crash(
    tmp_path: Path, syntax: str
) -> None:
    files = write_slices(tmp_path, 6, transfer_syntax=syntax)
    rng = np.random.default_rng(5)
    for k, file in enumerate(files[1:], 1):
        data = bytearray(file.read_bytes())
        start = len(data) - 150 if k < 5 else len(data) - 20
        for at in rng.integers(start, len(data) - 8, 25):
            data[at] = int(rng.integers(0, 256))
        file.write_bytes(bytes(data))
    result = scan([tmp_path])
    for series in result.series:
        loader = VolumeLoader(series)
        loader.run()
        assert set(loader.failures) == set(np.flatnonzero(~loader.volume.loaded).tolist())
        assert all(reason.endswith(".") for reason in loader.failures.values())
    assert sum(s.slices for s in result.series) + len(result.refused) == 6


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.97])
@pytest.mark.parametrize("syntax", COMPRESSED)
def test_a_codestream_that_ends_early_is_no_picture(
    tmp_path: Path, syntax: str, keep: float
) -> None:
    values = np.random.default_rng(0).integers(-500, 500, (3, 24, 24)).astype(np.int16)

    def shorten(ds: Dataset, k: int) -> None:
        if k == 2:
            (whole,) = generate_frames(ds.PixelData, number_of_frames=1)
            ds.PixelData = encapsulate([whole[: int(len(whole) * keep)]])

    write_slices(tmp_path, 3, values=values, transfer_syntax=syntax, change=shorten)
    loader = loaded(tmp_path)
    assert list(loader.failures) == [2]
    np.testing.assert_array_equal(loader.volume.voxels[:2], values[:2])


@pytest.mark.parametrize("syntax", [JPEGLSLossless, JPEGLosslessSV1, JPEG2000Lossless])
def test_a_codestream_of_another_size_is_refused(tmp_path: Path, syntax: str) -> None:
    larger = ramp(1, (40, 40))[0]

    def swap(ds: Dataset, k: int) -> None:
        if k == 1:
            ds.PixelData = encapsulate([codestream(larger, syntax)])

    write_slices(tmp_path, 3, transfer_syntax=syntax, change=swap)
    loader = loaded(tmp_path)
    assert "another size" in loader.failures[1]
    assert loader.volume.loaded.tolist() == [True, False, True]


def test_a_tiled_picture_opens_only_with_all_its_tiles(tmp_path: Path) -> None:
    values = ramp(2, (48, 40))

    def tile(ds: Dataset, k: int) -> None:
        stream = bytes(imagecodecs.htj2k_encode(values[k], reversible=True, tile=(16, 16)))
        parts = stream.split(b"\xff\x90\x00\x0a")
        assert len(parts) == 1 + 9
        kept = parts if k == 0 else parts[:5] + parts[6:]
        ds.PixelData = encapsulate([b"\xff\x90\x00\x0a".join(kept)])

    write_slices(tmp_path, 2, values=values, transfer_syntax=HTJ2KLossless, change=tile)
    loader = loaded(tmp_path)
    assert loader.failures == {1: "A part of the compressed picture is missing."}
    np.testing.assert_array_equal(loader.volume.voxels[0], values[0])


def test_an_unknown_compression_is_a_reason(tmp_path: Path) -> None:
    def video(ds: Dataset, _: int) -> None:
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.102"
        ds.PixelData = encapsulate([b"\0" * 64])
        ds["PixelData"].VR = "OB"

    write_slices(tmp_path, 1, change=video)
    assert loaded(tmp_path).failures == {0: "Its compression is not supported."}


def colour(photometric: str, planar: int, rgb: np.ndarray) -> Callable[[Dataset, int], None]:
    def change(ds: Dataset, _: int) -> None:
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 3, photometric
        ds.PlanarConfiguration = planar
        ds.BitsAllocated = ds.BitsStored = 8
        ds.HighBit, ds.PixelRepresentation = 7, 0
        ds.PixelData = (np.moveaxis(rgb, 2, 0) if planar else rgb).tobytes()

    return change


@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL"])
def test_colour_is_shown_as_grey(tmp_path: Path, photometric: str, planar: int) -> None:
    rgb = np.random.default_rng(3).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    stored = rgb
    luma = rgb @ np.array([0.299, 0.587, 0.114])
    if photometric == "YBR_FULL":
        stored = rgb.copy()
        stored[..., 0] = np.rint(luma)
    write_slices(tmp_path, 1, shape=(6, 8), change=colour(photometric, planar, stored))
    loader = loaded(tmp_path)
    np.testing.assert_array_equal(loader.volume.voxels[0], np.rint(luma))
    assert "colour-as-grey" in {c.code for c in loader.volume.caveats}


@pytest.mark.parametrize(("bits", "scale"), [(16, 1), (8, 257)])
def test_palette_colour_is_shown_as_grey(tmp_path: Path, bits: int, scale: int) -> None:
    rng = np.random.default_rng(4)
    table = rng.integers(0, 1 << bits, (3, 20))
    indices = rng.integers(0, 40, (6, 8)).astype(np.uint8)  # some before, some after the table

    def paint(ds: Dataset, _: int) -> None:
        ds.PhotometricInterpretation = "PALETTE COLOR"
        for name, entries in zip(("Red", "Green", "Blue"), table, strict=True):
            words = entries.astype(f"<u{bits // 8}").tobytes()
            setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [20, 10, bits])
            ds[f"{name}PaletteColorLookupTableDescriptor"].VR = "US"
            setattr(ds, f"{name}PaletteColorLookupTableData", words)

    write_slices(tmp_path, 1, values=indices[None], change=paint)
    entries = table[:, np.clip(indices.astype(int) - 10, 0, 19)] * scale
    expected = np.rint(np.tensordot([0.299, 0.587, 0.114], entries, 1) / 257)
    np.testing.assert_array_equal(loaded(tmp_path).volume.voxels[0], expected)


def test_documents_and_giants_are_refused_in_words(tmp_path: Path) -> None:
    def report(ds: Dataset, _: int) -> None:
        ds.Modality = "SR"
        del ds.PixelData

    write_slices(tmp_path / "a", 1, change=report)
    with pytest.raises(UserError, match="a document, not pictures"):
        VolumeLoader(one_series(tmp_path / "a"))
    write_slices(tmp_path / "b", 3)
    with pytest.raises(UserError, match="GiB"):
        VolumeLoader(one_series(tmp_path / "b"), Limits(volume=1000))


def test_pixel_padding_is_read_as_the_pixels_are_signed(tmp_path: Path) -> None:
    def pad(ds: Dataset, _: int) -> None:
        ds.PixelPaddingValue = -2000

    files = write_slices(tmp_path, 2, change=pad, transfer_syntax=ImplicitVRLittleEndian)
    loader = VolumeLoader(one_series(tmp_path))
    assert loader.volume.padding == -2000
    for file in files:
        file.unlink()
    loader.run()
    assert (loader.volume.voxels == -2000).all()


def test_slices_that_wait_are_dark_and_those_that_are_loaded_are_not_touched(
    tmp_path: Path,
) -> None:
    values = ramp(120, (64, 64))
    write_slices(tmp_path, 120, values=values, shape=(64, 64))
    for _ in range(5):
        loader = VolumeLoader(one_series(tmp_path))
        assert not loader.volume.voxels.any()
        loader.run(first=3)
        np.testing.assert_array_equal(loader.volume.voxels, values)


def test_a_series_from_the_store_loads_without_a_scan(tmp_path: Path) -> None:
    values = ramp(3, (12, 16))
    write_slices(tmp_path, 3, values=values, transfer_syntax=RLELossless)
    loader = VolumeLoader(Series.from_json(one_series(tmp_path).to_json()))
    loader.run()
    np.testing.assert_array_equal(loader.volume.voxels, values)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_files_are_closed_after_use(tmp_path: Path) -> None:
    write_slices(tmp_path, 6, transfer_syntax=JPEGLSLossless)
    loaded(tmp_path)  # the processes that decode are there now
    before = len(os.listdir("/proc/self/fd"))
    loaded(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_uids_are_in_the_order_of_the_slices(tmp_path: Path) -> None:
    positions = slice_positions(4)[[2, 0, 3, 1]]
    files = write_slices(tmp_path, 4, positions=positions)
    uids = [pydicom.dcmread(f, stop_before_pixels=True).SOPInstanceUID for f in files]
    volume = VolumeLoader(one_series(tmp_path)).volume
    assert volume.sop_instance_uids == (uids[1], uids[3], uids[0], uids[2])
