"""Frames decoded in this very process: what the pool of codecs does, seen from within its walls.

The grid is that of `test_encoded_frames`; the written values are the oracle here as well.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import FileDataset

from tests.dicom import encoded
from tests.dicom.encoded import (
    BASELINE,
    DEFLATED,
    EXPLICIT,
    HTJ2K,
    J2K,
    JPEG_LS,
    LOSSLESS,
    NATIVE,
    RLE,
    Array,
    Form,
    codestream,
    encapsulated,
    header,
    values_of,
)
from tests.dicom.make import write
from tests.dicom.test_encoded_frames import (
    COLOUR,
    COLOURED,
    GREY,
    KINDS,
    _contradictions,
    _lossy_streams,
    _rgb,
    made,
)
from tumorboard.dicom.decode import (
    DecodeError,
    colour_of,
    decode_frame,
    decode_samples,
    sample_shape,
    stored_type,
    voxel_type,
    voxels_of,
)
from tumorboard.dicom.frame_data import frame_bytes
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.scan import scan


def taken(folder: Path, ds: FileDataset) -> tuple[bytes, Instance]:
    """Write a file of one frame and return the frame as it lies there, and what was read of it."""
    write(ds, folder / "IM.dcm")
    (series,) = scan([folder]).series
    instance = series.instances[0]
    return frame_bytes(instance), instance


@pytest.mark.parametrize("form", [f for f in GREY if f.syntax != DEFLATED], ids=str)
def test_grey_frames_are_the_written_values(tmp_path: Path, form: Form) -> None:
    values = values_of(form)[0]
    data, instance = taken(tmp_path, made(form, values))
    samples = decode_samples(data, instance)
    np.testing.assert_array_equal(samples, values)
    assert samples.dtype == stored_type(instance) == voxel_type(instance)
    assert samples.shape == sample_shape(instance)
    assert samples.dtype.itemsize == form.allocated // 8
    assert (samples.dtype.kind == "i") is form.signed
    np.testing.assert_array_equal(decode_frame(data, instance), values)


@pytest.mark.parametrize("form", [f for f in COLOUR if f.syntax != DEFLATED], ids=str)
def test_colour_frames_are_the_written_colours(tmp_path: Path, form: Form) -> None:
    values = values_of(form)[0]
    data, instance = taken(tmp_path, made(form, values))
    samples = decode_samples(data, instance)
    wanted = _rgb(values) if form.photometric == "YBR_FULL" else values
    np.testing.assert_allclose(colour_of(samples, instance).astype(int), wanted, atol=1)
    grey = voxels_of(samples, instance)
    # Rec. 601 luma, which is stored as such where the colours are luma and chroma.
    luma = values[..., 0] if form.photometric == "YBR_FULL" else values @ [0.299, 0.587, 0.114]
    np.testing.assert_allclose(grey.astype(float), luma, atol=1)
    assert grey.dtype == voxel_type(instance) == np.uint8


@pytest.mark.parametrize(("form", "precision", "stream_signed"), _contradictions(), ids=str)
@pytest.mark.parametrize("wide", [False, True], ids=["fits", "beyond"])
def test_a_contradiction_gives_the_written_values_or_a_reason(
    tmp_path: Path, form: Form, precision: int, stream_signed: bool, wide: bool
) -> None:
    negative = form.signed or stream_signed
    bits = precision if wide else min(precision, form.stored)
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if negative else (0, (1 << bits) - 1)
    values = np.random.default_rng(5).integers(low, high, (10, 14), endpoint=True)
    values[0, :2] = low, high
    values = np.repeat(values, 3, axis=1)
    ds = header(form, *values.shape)
    encapsulated(ds, [[encoded.even(codestream(values, form.syntax, precision, stream_signed))]])
    data, instance = taken(tmp_path, ds)
    found: Array | None = None
    reason = ""
    try:
        found = decode_samples(data, instance)
    except DecodeError as error:
        reason = str(error)
    if found is None:
        assert reason == "The compressed picture has values that its header does not allow."
    else:
        np.testing.assert_array_equal(found, values)
    if not wide and form.signed >= stream_signed:
        assert found is not None


@pytest.mark.parametrize("name", COLOURED)
def test_red_is_red_whatever_the_label(tmp_path: Path, name: str) -> None:
    label, stream = COLOURED[name]
    ds = header(Form(BASELINE, 8, 8, photometric=label), 16, 24)
    encapsulated(ds, [[encoded.even(stream)]])
    data, instance = taken(tmp_path, replace_lossy(ds))
    picture = colour_of(decode_samples(data, instance), instance)
    np.testing.assert_allclose(picture[4, 6].astype(int), (200, 30, 30), atol=6)


def replace_lossy(ds: FileDataset) -> FileDataset:
    ds.LossyImageCompression = "01"
    return ds


def refused(data: bytes, instance: Instance) -> str:
    with pytest.raises(DecodeError) as raised:
        decode_samples(data, instance)
    return str(raised.value)


@pytest.mark.parametrize("says", KINDS, ids=KINDS.get)
@pytest.mark.parametrize("holds", KINDS, ids=KINDS.get)
def test_each_way_in_which_a_codestream_can_deny_its_header(
    tmp_path: Path, says: str, holds: str
) -> None:
    form = Form(says, 16, 12)
    values = values_of(form)[0]
    ds = header(form, *values.shape)
    encapsulated(ds, [[encoded.even(codestream(values, holds, 12))]])
    data, instance = taken(tmp_path, ds)
    if says != holds:
        assert "another kind" in refused(data, instance)
        return
    decode_samples(data, instance)
    for changes, words in (
        ({"rows": 11}, "another size"),
        ({"columns": 13}, "another size"),
        ({"bits_allocated": 8, "bits_stored": 8}, "more bits"),
    ):
        assert words in refused(data, replace(instance, **changes))
    assert "damaged" in refused(b"\0" * 64, instance)


@pytest.mark.parametrize("syntax", [LOSSLESS, JPEG_LS, J2K], ids=KINDS.get)
def test_loss_is_taken_where_the_header_admits_it(tmp_path: Path, syntax: str) -> None:
    ds = header(Form(syntax, 8, 8), 32, 40)
    encapsulated(ds, [[encoded.even(_lossy_streams()[syntax])]])
    data, instance = taken(tmp_path, ds)
    assert "lost detail" in refused(data, instance)
    wanted = np.add.outer(np.arange(32), np.arange(40)) * 3
    found = decode_samples(data, replace(instance, lossy=True)).astype(int)
    assert np.abs(found - wanted).mean() < 4


@pytest.mark.parametrize("syntax", [LOSSLESS, JPEG_LS, BASELINE], ids=str)
def test_a_jpeg_without_its_end_is_cut_off(tmp_path: Path, syntax: str) -> None:
    form = Form(syntax, 8, 8, lossy=True)
    ds = header(form, 16, 24)
    if syntax == BASELINE:
        ds.PhotometricInterpretation, ds.SamplesPerPixel = "RGB", 3
        ds.PlanarConfiguration = 0
        stream = COLOURED["a true RGB"][1]
    else:
        stream = codestream(np.arange(16 * 24).reshape(16, 24) % 256, syntax, 8)
    encapsulated(ds, [[encoded.even(stream)]])
    data, instance = taken(tmp_path, ds)
    decode_samples(data, instance)
    decode_samples(data + b"\0" * 900, instance)  # what may follow the end
    assert "cut off" in refused(data[: data.rindex(b"\xff\xd9")], instance)
    assert "cut off" in refused(data + b"\0" * 1100, instance)


@pytest.mark.parametrize("syntax", [J2K, HTJ2K], ids=str)
def test_a_jpeg_2000_that_is_cut_off_is_refused(tmp_path: Path, syntax: str) -> None:
    form = Form(syntax, 8, 8)
    ds = header(form, 10, 14)
    encapsulated(ds, [[encoded.even(codestream(values_of(form)[0], syntax, 8))]])
    data, instance = taken(tmp_path, ds)
    assert refused(data[: len(data) // 2], instance)
    assert "damaged" in refused(data[:60], instance)


def test_an_unknown_syntax_is_never_guessed(tmp_path: Path) -> None:
    form = Form(JPEG_LS, 8, 8)
    ds = header(form, 10, 14)
    encapsulated(ds, [[encoded.even(codestream(values_of(form)[0], JPEG_LS, 8))]])
    data, instance = taken(tmp_path, ds)
    other = replace(instance, transfer_syntax="1.2.840.10008.1.2.4.54")
    assert refused(data, other) == "Its compression is not supported."


@pytest.mark.parametrize("syntax", NATIVE[:3], ids=str)
@pytest.mark.parametrize("change", [-1, 1, -2, 2])
def test_a_native_frame_has_as_many_bytes_as_its_header_says(
    tmp_path: Path, syntax: str, change: int
) -> None:
    form = Form(syntax, 16, 12)
    data, instance = taken(tmp_path, made(form, values_of(form)[0]))
    changed = data[:change] if change < 0 else data + b"\0" * change
    assert refused(changed, instance) == "The picture is cut off."


def rle(*segments: bytes, count: int | None = None, start: int = 64) -> bytes:
    """A frame by the letter of PS3.5 annex G."""
    offsets, at = [], start
    for segment in segments:
        offsets.append(at)
        at += len(segment)
    numbers = [len(segments) if count is None else count, *offsets]
    head = b"".join(n.to_bytes(4, "little") for n in (*numbers, *[0] * (16 - len(numbers))))
    return head + b"".join(segments)


def literal(values: list[int]) -> bytes:
    return bytes([len(values) - 1, *values])


def test_run_lengths_by_hand(tmp_path: Path) -> None:
    form = Form(RLE, 16, 16)
    values = np.array([[0x0102, 0x0304], [0x0506, 0xFF08]])
    _, instance = taken(tmp_path, made(form, values))
    high, low = literal([1, 3, 5, 255]), literal([2, 4, 6, 8])
    np.testing.assert_array_equal(decode_samples(rle(high, low), instance), values)
    for pad in (b"\0", b"\1", b"\x7f", b"\x80", b"\xff"):  # a segment has an even length
        padded = rle(high + pad, low + pad)
        np.testing.assert_array_equal(decode_samples(padded, instance), values)
    run = rle(bytes([256 - 3, 7]), low)  # four times 7
    np.testing.assert_array_equal(decode_samples(run, instance) >> 8, 7)
    eight = replace(instance, bits_allocated=8, bits_stored=8, high_bit=7)
    np.testing.assert_array_equal(decode_samples(rle(low), eight), values & 255)
    signed = replace(instance, signed=True)
    assert decode_samples(rle(high, low), signed)[1, 1] == 0xFF08 - 65536
    four = replace(instance, bits_allocated=32, bits_stored=32, high_bit=31)
    deep = decode_samples(rle(high, low, low, high), four)
    assert deep[0, 0] == 0x01020201
    for wrong, words in (
        (rle(high, low)[:63], "cut off"),
        (rle(high), "another form"),
        (rle(high, low, low), "another form"),
        (rle(high, low, start=60), "damaged"),
        (rle(high, b""), "damaged"),
        (rle(literal([1, 3, 5]), low), "damaged"),
        (rle(literal([1, 3, 5, 7, 9, 11]), low), "damaged"),
    ):
        assert words in refused(wrong, instance)


def test_colours_by_run_lengths_come_by_samples(tmp_path: Path) -> None:
    form = Form(RLE, 8, 8, photometric="RGB")
    values = np.array([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]])
    _, instance = taken(tmp_path, made(form, values))
    planes = [literal(values[..., k].ravel().tolist()) for k in range(3)]
    np.testing.assert_array_equal(decode_samples(rle(*planes), instance), values)


@pytest.mark.parametrize("frame", [1, 2, 3])
def test_pixels_of_one_bit_follow_without_a_gap(tmp_path: Path, frame: int) -> None:
    form = Form(EXPLICIT, 8, 8)
    _, plain = taken(tmp_path, made(form, values_of(form)[0]))
    bits = np.random.default_rng(frame).integers(0, 2, (3, 5, 7), dtype=np.uint8)
    packed = np.packbits(bits.ravel(), bitorder="little")
    first = (frame - 1) * 35 // 8
    last = -(-frame * 35 // 8)
    one = replace(
        plain, bits_allocated=1, bits_stored=1, high_bit=0, rows=5, columns=7, frame=frame
    )
    data = packed[first:last].tobytes()
    np.testing.assert_array_equal(decode_samples(data, one), bits[frame - 1])
    assert refused(data[:-1], one) == "The picture is cut off."
    assert stored_type(one) == np.uint8


def test_two_neighbours_share_the_chroma(tmp_path: Path) -> None:
    """YBR_FULL_422 native: luma, luma, blue, red of each pair (PS3.3 section C.7.6.3.1.2)."""
    form = Form(EXPLICIT, 8, 8, photometric="RGB")
    _, plain = taken(tmp_path, made(form, values_of(form)[0]))
    pairs = replace(plain, photometric="YBR_FULL_422", rows=1, columns=4)
    data = bytes([10, 20, 128, 128, 30, 40, 90, 200])
    short = replace(pairs, chunks=((pairs.chunks[0][0], 8),))
    samples = decode_samples(data, short)
    wanted = [[[10, 128, 128], [20, 128, 128], [30, 90, 200], [40, 90, 200]]]
    np.testing.assert_array_equal(samples, wanted)
    np.testing.assert_array_equal(voxels_of(samples, short), [[10, 20, 30, 40]])
    np.testing.assert_allclose(
        colour_of(samples, short).astype(int), _rgb(np.array(wanted)), atol=1
    )


def test_luma_and_chroma_of_more_than_eight_bits_are_refused(tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(0, 4000, (10, 14, 3)).astype(np.uint16)
    stream = imagecodecs.jpeg2k_encode(values, codecformat="j2k", reversible=True, mct=False)
    ds = header(Form(J2K, 16, 16, photometric="YBR_FULL"), 10, 14)
    encapsulated(ds, [[encoded.even(bytes(stream))]])
    data, instance = taken(tmp_path, ds)
    assert refused(data, instance) == "Its colours of more than 8 bits are not supported."
    found = decode_samples(data, replace(instance, photometric="RGB"))
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize(("value", "fits"), [(4095, True), (0, True), (4096, False), (-1, False)])
def test_a_signed_stream_fits_an_unsigned_header_to_its_last_value(
    tmp_path: Path, value: int, fits: bool
) -> None:
    values = np.full((10, 14), 7)
    values[3, 4] = value
    ds = header(Form(J2K, 16, 12), 10, 14)
    encapsulated(ds, [[encoded.even(codestream(values, J2K, 16, stream_signed=True))]])
    data, instance = taken(tmp_path, ds)
    if fits:
        np.testing.assert_array_equal(decode_samples(data, instance), values)
    else:
        assert "values that its header does not allow" in refused(data, instance)


@pytest.mark.parametrize(("signed", "low", "high"), [(True, -2048, 2047), (False, 0, 4095)])
def test_what_loss_alone_can_make_is_clipped_to_what_the_header_holds(
    tmp_path: Path, signed: bool, low: int, high: int
) -> None:
    values = np.full((10, 14), 7)
    values[0, :4] = (low, low - 9 * signed, high, high + 9)
    ds = header(Form(J2K, 16, 12, signed, lossy=True), 10, 14)
    encapsulated(ds, [[encoded.even(codestream(values, J2K, 16, stream_signed=signed))]])
    data, instance = taken(tmp_path, ds)
    found = decode_samples(data, instance)
    assert found[0, :4].tolist() == [low, low, high, high]
    assert (found[1:] == 7).all()


@pytest.mark.parametrize("syntax", [J2K, JPEG_LS])
@pytest.mark.parametrize(("stored", "signed"), [(12, False), (12, True), (10, False), (16, True)])
@pytest.mark.parametrize("lossy", [False, True])
def test_a_stream_of_as_many_bits_or_more_keeps_all_that_the_header_holds(
    tmp_path: Path, syntax: str, stored: int, signed: bool, lossy: bool
) -> None:
    """To the least and the greatest value, whatever precision the stream states."""
    low, high = (-(1 << stored - 1), (1 << stored - 1) - 1) if signed else (0, (1 << stored) - 1)
    values = np.full((10, 14), 3)
    values[0, :4] = (low, low + 1, high - 1, high)
    for bits in {stored, min(stored + 1, 16), 16}:
        folder = tmp_path / str(bits)
        folder.mkdir()
        ds = header(Form(syntax, 16, stored, signed, lossy=lossy), 10, 14)
        stream = codestream(values, syntax, bits, stream_signed=signed)
        encapsulated(ds, [[encoded.even(stream)]])
        data, instance = taken(folder, ds)
        np.testing.assert_array_equal(decode_samples(data, instance), values)
        into = np.zeros((10, 14), stored_type(instance))
        np.testing.assert_array_equal(decode_samples(data, instance, into=into), values)


@pytest.mark.parametrize("above", [1, 5, 700])
def test_bit_patterns_beyond_what_is_stored_are_clipped_where_loss_made_them(
    tmp_path: Path, above: int
) -> None:
    """JPEG-LS knows no sign: 12 stored bits in a stream of 16."""
    values = np.full((10, 14), 3)
    values[0, :4] = (-2048, -2048 - above, 2047, 2047 + above)
    ds = header(Form(JPEG_LS, 16, 12, signed=True, lossy=True), 10, 14)
    encapsulated(ds, [[encoded.even(codestream(values, JPEG_LS, 16))]])
    data, instance = taken(tmp_path, ds)
    found = decode_samples(data, instance)
    assert found[0, :4].tolist() == [-2048, -2048, 2047, 2047]
    assert (found[1:] == 3).all()
    if above > 5:
        refused(data, replace(instance, lossy=False))


def test_frames_of_one_byte_and_of_two_are_read_into_what_was_made_for_them(
    tmp_path: Path,
) -> None:
    for allocated, stored in ((8, 8), (16, 8), (16, 12), (16, 16)):
        folder = tmp_path / f"{allocated}-{stored}"
        folder.mkdir()
        form = Form(JPEG_LS, allocated, stored)
        values = values_of(form)[0]
        data, instance = taken(folder, made(form, values))
        into = np.zeros(sample_shape(instance), stored_type(instance))
        found = decode_samples(data, instance, into=into)
        np.testing.assert_array_equal(found, values)
        assert found.dtype == into.dtype
        # Deep ones are decoded in place: no copy of a large series is made.
        assert np.shares_memory(found, into) is (stored > 8)
