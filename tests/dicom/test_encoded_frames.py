"""The grid of what an encoded frame and its header can say, true and contradicting each other.

The written values are the oracle: a picture is them, or is refused with its reason. Where the
header is true, pydicom, and GDCM where it is installed, must read the same.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.pixels import pixel_array

from tests.dicom import encoded
from tests.dicom.encoded import (
    BASELINE,
    BIG,
    DEFLATED,
    EXPLICIT,
    HTJ2K,
    IMPLICIT,
    J2K,
    J2K_LOSSY,
    JPEG_LS,
    LOSSLESS,
    LOSSLESS_SV1,
    NATIVE,
    NEAR_LOSSLESS,
    RLE,
    Array,
    Form,
    codestream,
    encapsulated,
    header,
    pattern,
    shown,
    values_of,
)

#: What pydicom reads here with the plug-ins that the tests install.
BY_PYDICOM = {IMPLICIT, EXPLICIT, BIG, RLE, JPEG_LS, LOSSLESS, LOSSLESS_SV1, J2K}


def made(form: Form, values: Array) -> encoded.FileDataset:
    """One frame whose header is true."""
    ds = header(form, *values.shape[:2])
    if form.syntax in NATIVE:
        encoded.native(ds, values, form)
    elif form.syntax == RLE:
        plain = Form(EXPLICIT, form.allocated, form.stored, form.signed, None, form.photometric)
        words = np.dtype(f"u{form.allocated // 8}")
        ds.PixelData = encoded.even(values.astype(words.newbyteorder("<")).tobytes())
        ds["PixelData"].VR = "OW"
        ds.file_meta.TransferSyntaxUID = plain.syntax
        if form.samples == 3:
            ds.PlanarConfiguration = 0
        ds.compress(RLE, encoding_plugin="pydicom", generate_instance_uid=False)
        ds["PixelData"].VR = "OB"
    else:
        signed = form.signed and form.syntax in {J2K, HTJ2K}
        encapsulated(ds, [[encoded.even(codestream(values, form.syntax, form.stored, signed))]])
    return ds


GREY = [
    Form(syntax, allocated, stored, signed)
    for syntax in (*NATIVE, RLE, LOSSLESS, LOSSLESS_SV1, JPEG_LS, J2K)
    for allocated, stored in ((8, 8), (16, 10), (16, 12), (16, 16))
    for signed in (False, True)
]
GREY += [Form(HTJ2K, a, a, s) for a in (8, 16) for s in (False, True)]
GREY += [Form(s, 16, 12, signed, 15) for s in (IMPLICIT, BIG) for signed in (False, True)]
GREY += [Form(s, 16, 10, signed, 11) for s in (EXPLICIT, DEFLATED) for signed in (False, True)]
GREY += [Form(s, 8, 8, photometric="MONOCHROME1") for s in (EXPLICIT, RLE, JPEG_LS)]
COLOUR = [
    Form(syntax, 8, 8, photometric=photometric, planar=planar)
    for syntax in (IMPLICIT, EXPLICIT, BIG, DEFLATED, RLE, JPEG_LS, LOSSLESS, J2K)
    for photometric in ("RGB", "YBR_FULL", "YBR_RCT")
    for planar in (0, 1)
    if (planar == 0 or syntax in NATIVE)
    and (photometric != "YBR_RCT" or syntax == J2K)
    and (photometric != "YBR_FULL" or syntax not in {J2K, LOSSLESS})
]


@pytest.mark.parametrize("form", GREY, ids=str)
def test_grey_frames_give_the_written_values(tmp_path: Path, form: Form) -> None:
    values = values_of(form)[0]
    ds = made(form, values)
    (picture,), reasons = shown(tmp_path, ds)
    assert not reasons
    np.testing.assert_array_equal(picture, values)
    if form.syntax in BY_PYDICOM and form.high is None:
        np.testing.assert_array_equal(_by_pydicom(tmp_path), values)


@pytest.mark.parametrize("form", GREY, ids=str)
def test_grey_frames_are_those_of_gdcm(tmp_path: Path, form: Form) -> None:
    gdcm = pytest.importorskip("gdcm")
    values = values_of(form)[0]
    (picture,), _ = shown(tmp_path, made(form, values))
    theirs = _by_gdcm(gdcm, tmp_path / "IM.dcm", form)
    if theirs is None:
        pytest.skip("GDCM does not read this syntax")
    if (form.syntax == JPEG_LS and form.signed and form.stored < form.allocated) or form.high:
        # It leaves the sign of JPEG-LS and values above the low bits as they are.
        np.testing.assert_array_equal(picture, values)
    else:
        np.testing.assert_array_equal(picture, theirs)


@pytest.mark.parametrize("form", COLOUR, ids=str)
def test_colour_frames_give_the_written_colours(tmp_path: Path, form: Form) -> None:
    values = values_of(form)[0]
    (picture,), reasons = shown(tmp_path, made(form, values))
    assert not reasons
    wanted = _rgb(values) if form.photometric == "YBR_FULL" else values
    np.testing.assert_allclose(picture, wanted, atol=1)


def _rgb(ybr: Array) -> Array:
    """PS3.3 section C.7.6.3.1.2."""
    y, b, r = (ybr[..., k].astype(float) for k in range(3))
    rgb = [y + 1.402 * (r - 128), y - 0.344136 * (b - 128) - 0.714136 * (r - 128)]
    return np.clip(np.rint(np.stack([*rgb, y + 1.772 * (b - 128)], axis=-1)), 0, 255)


def _by_pydicom(folder: Path) -> Array:
    return np.asarray(pixel_array(folder / "IM.dcm", raw=True)).astype(np.int64)


def _by_gdcm(gdcm, file: Path, form: Form) -> Array | None:
    reader = gdcm.ImageReader()
    reader.SetFileName(str(file))
    if not reader.Read():
        return None
    image = reader.GetImage()
    kind = np.dtype(f"{'i' if form.signed else 'u'}{form.allocated // 8}")
    try:
        data = image.GetBuffer().encode("utf-8", "surrogateescape")
    except UnicodeDecodeError:
        return None
    size = image.GetDimension(0) * image.GetDimension(1)
    if len(data) != size * kind.itemsize:
        return None
    return np.frombuffer(data, kind).reshape(image.GetDimension(1), -1).astype(np.int64)


# -- what a codestream and its header say against each other --------------------------------


def _contradictions() -> list[tuple[Form, int, bool]]:
    """Header, and the precision and sign of its codestream."""
    found = []
    for syntax, precision, stored in itertools.product(
        (LOSSLESS, JPEG_LS, J2K), (8, 10, 12, 13, 16), (8, 10, 12, 16)
    ):
        for signed in (False, True):
            for stream_signed in (False, True) if syntax == J2K else (False,):
                form = Form(syntax, 16, stored, signed)
                if precision != stored or (syntax == J2K and signed != stream_signed):
                    found.append((form, precision, stream_signed))
    return found


@pytest.mark.parametrize(
    ("form", "precision", "stream_signed"),
    _contradictions(),
    ids=str,
)
@pytest.mark.parametrize("wide", [False, True], ids=["fits", "beyond"])
def test_a_contradiction_gives_the_written_values_or_a_reason(
    tmp_path: Path, form: Form, precision: int, stream_signed: bool, wide: bool
) -> None:
    """https://github.com/pydicom/pydicom/issues/2073, dcm4che/dcm4che/issues/647 on GitHub."""
    negative = form.signed or stream_signed
    bits = precision if wide else min(precision, form.stored)
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if negative else (0, (1 << bits) - 1)
    values = np.random.default_rng(5).integers(low, high, (10, 14), endpoint=True)
    values[0, :2] = low, high
    values = np.repeat(values, 3, axis=1)  # the encoder of JPEG-LS has no room for noise alone
    ds = header(form, *values.shape)
    stream = codestream(values, form.syntax, precision, stream_signed)
    encapsulated(ds, [[encoded.even(stream)]])
    pictures, reasons = shown(tmp_path, ds)
    if pictures and pictures[0] is not None:
        np.testing.assert_array_equal(pictures[0], values)
    else:
        assert reasons == ["The compressed picture has values that its header does not allow."]
    if not wide and form.signed >= stream_signed:
        assert not reasons  # all that fits is shown


KINDS = {JPEG_LS: "jpeg-ls", LOSSLESS: "jpeg", J2K: "jpeg-2000"}


@pytest.mark.parametrize(
    ("says", "holds"), [(a, b) for a in KINDS for b in KINDS if a != b], ids=KINDS.get
)
def test_another_kind_of_codestream_is_refused(tmp_path: Path, says: str, holds: str) -> None:
    form = Form(says, 16, 12)
    values = values_of(form)[0]
    ds = header(form, *values.shape)
    encapsulated(ds, [[encoded.even(codestream(values, holds, 12))]])
    assert shown(tmp_path, ds)[1] == [
        "The compressed picture is of another kind than its header says."
    ]


@pytest.mark.parametrize(("bits", "stored"), [(8, 12), (8, 16), (12, 16)])
def test_deep_values_squeezed_into_a_lossy_jpeg_are_refused(
    tmp_path: Path, bits: int, stored: int
) -> None:
    image = (np.add.outer(np.arange(32), np.arange(40)) << (bits - 8)).astype(
        np.uint8 if bits == 8 else np.uint16
    )
    stream = imagecodecs.jpeg8_encode(image, level=90, bitspersample=bits)
    ds = header(Form(encoded.EXTENDED, 16, stored), 32, 40)
    encapsulated(ds, [[encoded.even(bytes(stream))]])
    assert shown(tmp_path, ds)[1] == ["The compressed picture has fewer bits than its header says."]


def _lossy_streams() -> dict[str, bytes]:
    image = np.add.outer(np.arange(32), np.arange(40)).astype(np.uint8) * 3
    return {
        LOSSLESS: bytes(imagecodecs.jpeg8_encode(image, level=80)),
        JPEG_LS: encoded.jpeg_ls_of(image, 8, near=3),
        J2K: bytes(imagecodecs.jpeg2k_encode(image, level=60, codecformat="j2k", reversible=False)),
    }


@pytest.mark.parametrize("syntax", [LOSSLESS, JPEG_LS, J2K], ids=KINDS.get)
def test_loss_that_the_header_denies_is_refused_and_what_it_admits_is_said(
    tmp_path: Path, syntax: str
) -> None:
    stream = encoded.even(_lossy_streams()[syntax])
    ds = header(Form(syntax, 8, 8), 32, 40)
    encapsulated(ds, [[stream]])
    assert shown(tmp_path, ds)[1] == [
        "The compressed picture lost detail, which its header denies."
    ]
    ds.LossyImageCompression = "01"
    (picture,), reasons = shown(tmp_path, ds)
    assert picture is not None
    assert not reasons


# -- colours ------------------------------------------------------------------------------------

RED = np.full((16, 24, 3), (200, 30, 30), np.uint8)


def _jpeg(colorspace: str, subsampling: str = "444") -> bytes:
    return bytes(
        imagecodecs.jpeg8_encode(
            RED, level=98, outcolorspace=colorspace, colorspace="rgb", subsampling=subsampling
        )
    )


def _without_markers(stream: bytes) -> bytes:
    """Take JFIF and Adobe out, so that only the header's label is left."""
    at, kept = 2, stream[:2]
    while stream[at + 1] in {0xE0, 0xEE}:
        at += 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
    return kept + stream[at:]


COLOURED = {
    "a JFIF header labelled RGB": ("RGB", _jpeg("ycbcr")),
    "halved chroma labelled RGB": ("RGB", _without_markers(_jpeg("ycbcr", "422"))),
    "a quarter of the chroma labelled RGB": ("RGB", _jpeg("ycbcr", "420")),
    "an Adobe marker of RGB labelled YBR_FULL_422": ("YBR_FULL_422", _jpeg("rgb")),
    "a true RGB": ("RGB", _jpeg("rgb")),
    "a true RGB without markers": ("RGB", _without_markers(_jpeg("rgb"))),
    "a true YBR_FULL": ("YBR_FULL", _jpeg("ycbcr")),
    "a true YBR_FULL without markers": ("YBR_FULL", _without_markers(_jpeg("ycbcr"))),
    "a true YBR_FULL_422": ("YBR_FULL_422", _jpeg("ycbcr", "422")),
}


@pytest.mark.parametrize("name", COLOURED)
def test_red_is_red_whatever_the_label(tmp_path: Path, name: str) -> None:
    """https://github.com/dcm4che/dcm4che/issues/565 and pydicom/pydicom/pull/2280."""
    label, stream = COLOURED[name]
    ds = header(Form(BASELINE, 8, 8, photometric=label), 16, 24)
    encapsulated(ds, [[encoded.even(stream)]])
    (picture,), reasons = shown(tmp_path, ds)
    assert not reasons
    np.testing.assert_allclose(picture[4, 6], (200, 30, 30), atol=6)


@pytest.mark.parametrize("transformed", [True, False])
@pytest.mark.parametrize("label", ["RGB", "YBR_RCT", "YBR_ICT", "YBR_FULL"])
def test_jpeg_2000_tells_by_itself_whether_it_was_transformed(
    tmp_path: Path, label: str, transformed: bool
) -> None:
    ybr = label == "YBR_FULL" and not transformed
    stored = RED
    if ybr:
        r, g, b = (RED[..., k].astype(float) for k in range(3))
        y = 0.299 * r + 0.587 * g + 0.114 * b
        chroma = [128 + (b - y) / 1.772, 128 + (r - y) / 1.402]
        stored = np.rint(np.stack([y, *chroma], axis=-1)).astype(np.uint8)
    stream = imagecodecs.jpeg2k_encode(stored, codecformat="j2k", reversible=True, mct=transformed)
    ds = header(Form(J2K, 8, 8, photometric=label), 16, 24)
    encapsulated(ds, [[encoded.even(bytes(stream))]])
    (picture,), reasons = shown(tmp_path, ds)
    assert not reasons
    np.testing.assert_allclose(picture[4, 6], (200, 30, 30), atol=2)


# -- pieces and offset tables -----------------------------------------------------------------

FRAMES = 4


def _tables() -> dict[str, object]:
    return {
        "none": lambda o: None,
        "true": lambda o: o,
        "two bytes too far": lambda o: [0, *(v + 2 for v in o[1:])],
        "without the headers of items": lambda o: [v - 8 * k for k, v in enumerate(o)],
        "from the wrong start": lambda o: [v + 8 for v in o],
        "backwards": lambda o: o[::-1],
        "all zero": lambda o: [0] * len(o),
        "beyond the end": lambda o: [v + 10_000_000 * (k > 1) for k, v in enumerate(o)],
        "too short": lambda o: o[:-1],
    }


@pytest.mark.parametrize("pieces", [1, 2, 3], ids="{} pieces".format)
@pytest.mark.parametrize("extended", [False, True], ids=["basic", "extended"])
@pytest.mark.parametrize("table", _tables())
@pytest.mark.parametrize("syntax", [JPEG_LS, J2K, LOSSLESS], ids=KINDS.get)
def test_each_frame_is_its_own_or_none(
    tmp_path: Path, syntax: str, table: str, extended: bool, pieces: int
) -> None:
    """https://github.com/Enet4/dicom-rs/pull/399."""
    form = Form(syntax, 16, 12)
    values = values_of(form, FRAMES)
    frames = [_parted(encoded.even(codestream(v, syntax, 12)), pieces) for v in values]
    offsets = _tables()[table](encoded.offsets_of(frames))  # type: ignore[operator]
    ds = header(form, *values.shape[1:], FRAMES)
    encapsulated(ds, frames, None if extended else offsets)
    if extended and offsets is not None:
        ds.ExtendedOffsetTable = np.array(offsets, "<u8").tobytes()
        lengths = [sum(map(len, f)) for f in frames][: len(offsets)]
        ds.ExtendedOffsetTableLengths = np.array(lengths, "<u8").tobytes()
    pictures, reasons = shown(tmp_path, ds)
    if not pictures:
        assert reasons == ["It is not clear which compressed piece belongs to which frame."]
    for picture, wanted in zip(pictures, values, strict=False):
        if picture is not None:
            np.testing.assert_array_equal(picture, wanted)
    if pieces == 1 or table in {"none", "true"}:
        assert len(pictures) == FRAMES
        assert not reasons


def _parted(stream: bytes, pieces: int) -> list[bytes]:
    step = -(-len(stream) // pieces // 2) * 2
    return [stream[k : k + step] for k in range(0, len(stream), step)]


# -- syntaxes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "syntax", ["1.2.840.113619.5.2", "1.3.46.670589.33.1.4.1", "1.2.840.10008.1.2.3", "2.25.1"]
)
def test_unknown_and_private_syntaxes_are_never_guessed(tmp_path: Path, syntax: str) -> None:
    """https://github.com/cornerstonejs/dicomParser/issues/107."""
    form = Form(EXPLICIT)
    values = values_of(form)[0]
    ds = header(form, *values.shape)
    encoded.native(ds, values, form)
    encoded.write(ds, tmp_path / "IM.dcm")
    data = (tmp_path / "IM.dcm").read_bytes()
    old = b"\x02\x00\x10\x00UI" + len(b"1.2.840.10008.1.2.1\0").to_bytes(2, "little")
    new = encoded.even(syntax.encode())
    at = data.index(old)
    grown = data[:at] + old[:6] + len(new).to_bytes(2, "little") + new + data[at + len(old) + 20 :]
    (tmp_path / "IM.dcm").write_bytes(grown)
    found = encoded.scan([tmp_path])
    assert not found.series
    assert "transfer syntax" in found.refused[0].reason


def test_near_lossless_and_lossy_stay_near(tmp_path: Path) -> None:
    image = (np.add.outer(np.arange(32), np.arange(40)) * 20).astype(np.uint16)
    streams = {
        NEAR_LOSSLESS: encoded.jpeg_ls_of(image, 12, near=4),
        J2K_LOSSY: bytes(
            imagecodecs.jpeg2k_encode(
                image, level=55, codecformat="j2k", reversible=False, bitspersample=12
            )
        ),
    }
    for syntax, stream in streams.items():
        ds = header(Form(syntax, 16, 12), 32, 40)
        encapsulated(ds, [[encoded.even(stream)]])
        (picture,), _ = shown(tmp_path, ds)
        assert picture is not None
        assert np.abs(picture - image).max() <= (4 if syntax == NEAR_LOSSLESS else 60)


@pytest.mark.parametrize("frames", [1, 3])
def test_bytes_in_words_of_big_endian(tmp_path: Path, frames: int) -> None:
    """Pixels of 8 bits as OW: words turned round two by two (PS3.5 section A.3)."""
    form = Form(BIG, 8, 8)
    values = np.arange(frames * 5 * 7).reshape(frames, 5, 7) % 251
    ds = header(form, 5, 7, frames)
    data = encoded.even(values.astype(np.uint8).tobytes())
    ds.PixelData = np.frombuffer(data, "<u2").byteswap().tobytes()
    ds["PixelData"].VR = "OW"
    pictures, reasons = shown(tmp_path, ds)
    assert not reasons
    np.testing.assert_array_equal(np.array(pictures), values)
    theirs = np.asarray(pixel_array(tmp_path / "IM.dcm", raw=True)).reshape(values.shape)
    np.testing.assert_array_equal(theirs, values)


def test_patterns_are_those_of_twos_complement() -> None:
    assert pattern(np.array([-1, -1000]), 12).tolist() == [4095, 3096]


def test_more_pictures_than_the_header_says_are_said(tmp_path: Path) -> None:
    form = Form(JPEG_LS, 16, 12)
    values = values_of(form, 3)
    ds = header(form, *values.shape[1:])
    encapsulated(ds, [[encoded.even(codestream(v, JPEG_LS, 12))] for v in values])
    (tmp_path / "packed").mkdir()
    assert shown(tmp_path / "packed", ds)[1] == ["It holds more pictures than its header says."]
    form = Form(EXPLICIT)
    ds = header(form, *values.shape[1:])
    encoded.native(ds, values, form)
    (tmp_path / "plain").mkdir()
    pictures, _ = shown(tmp_path / "plain", ds)
    np.testing.assert_array_equal(pictures[0], values[0])
    (series,) = encoded.scan([tmp_path / "plain"]).series
    assert "surplus-pixels" in {c.code for c in series.caveats}


def test_a_ct_that_lost_its_sign_is_refused(tmp_path: Path) -> None:
    """https://github.com/pydicom/pydicom/issues/2073: nothing in the stream tells it any more."""
    form = Form(JPEG_LS, 16, 16, signed=True)
    values = np.full((20, 20), -1000)
    values[8:12, 8:12] = 60
    for bits, refused in ((12, True), (16, False)):
        ds = header(form, 20, 20)
        ds.Modality, ds.RescaleType = "CT", "HU"
        ds.RescaleSlope, ds.RescaleIntercept = 1, 0
        encapsulated(ds, [[encoded.even(encoded.jpeg_ls_of(pattern(values, bits), 16))]])
        (picture,), reasons = shown(tmp_path, ds)
        assert (picture is None) == refused
        assert [r[:26] for r in reasons] == (["Its values cannot be those"] if refused else [])


# -- lossless JPEG, written out by hand -----------------------------------------------------------


def lossless_of(values: Array, bits: int, predictor: int, restart: int = 0) -> bytes:
    """Process 14 of ITU-T T.81 annex H: one table of 17 categories, five bits each."""
    rows, columns = values.shape
    out = bytearray(b"\xff\xd8\xff\xc3\x00\x0b")
    out += bytes([bits, *rows.to_bytes(2, "big"), *columns.to_bytes(2, "big"), 1, 1, 0x11, 0])
    out += b"\xff\xc4\x00\x24\x00" + bytes([0, 0, 0, 0, 17] + [0] * 11) + bytes(range(17))
    if restart:
        out += b"\xff\xdd\x00\x04" + (restart * columns).to_bytes(2, "big")
    out += b"\xff\xda\x00\x08\x01\x01\x00" + bytes([predictor, 0, 0])
    text = ""
    for y in range(rows):
        starts = restart and y % restart == 0
        if starts and y:
            out += _packed(text) + bytes([0xFF, 0xD0 + (y // restart - 1) % 8])
            text = ""
        first = starts or y == 0
        for x in range(columns):
            a = int(values[y, x - 1]) if x else 0
            b, c = (int(values[y - 1, x]), int(values[y - 1, x - 1]) if x else 0) if y else (0, 0)
            guess = _guess(predictor, a, b, c, first, x == 0, bits)
            text += _coded(int(values[y, x]) - guess)
    return bytes(out + _packed(text) + b"\xff\xd9")


def _guess(predictor: int, a: int, b: int, c: int, first: bool, at_left: bool, bits: int) -> int:
    if first:
        return 1 << (bits - 1) if at_left else a
    if at_left:
        return b
    choices = (a, b, c, a + b - c, a + ((b - c) >> 1), b + ((a - c) >> 1), (a + b) >> 1)
    return choices[predictor - 1]


def _coded(difference: int) -> str:
    difference = (difference + 32768) % 65536 - 32768
    if difference == -32768:
        return f"{16:05b}"
    size = abs(difference).bit_length()
    extra = difference if difference > 0 else difference + (1 << size) - 1
    return f"{size:05b}" + (f"{extra:0{size}b}" if size else "")


def _packed(text: str) -> bytes:
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")


@pytest.mark.parametrize("restart", [0, 4])
@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("predictor", range(1, 8))
def test_all_predictors_of_lossless_jpeg(
    tmp_path: Path, predictor: int, bits: int, restart: int
) -> None:
    """https://github.com/Efferent-Health/fo-dicom.Codecs/issues/97."""
    form = Form(LOSSLESS, 8 if bits == 8 else 16, bits)
    values = values_of(form)[0]
    ds = header(form, *values.shape)
    encapsulated(ds, [[encoded.even(lossless_of(values, bits, predictor, restart))]])
    (picture,), reasons = shown(tmp_path, ds)
    assert not reasons
    np.testing.assert_array_equal(picture, values)
