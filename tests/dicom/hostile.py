"""Named inputs that are broken or meant to do harm, and the sentence each has to get.

Each is made here from a small sound file; none is kept as bytes. A finding of the fuzzer
becomes another one.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.dicom.make import codestream, ct_slice, ramp, write

VALUES = ramp(1, (24, 20))[0]
EXPLICIT = str(ExplicitVRLittleEndian)

NOT_DICOM = "It is not a DICOM file."
NOTHING_TO_SEE = "It is not a DICOM image or document."
ENDS_EARLY = "It claims {} x {} pixels, but the file ends early: it holds {} of {} bytes."
NO_PICTURE = "It holds no picture, or the file was cut off before it."
DAMAGED = "The compressed picture is damaged."
MISSING = "A part of the compressed picture is missing."
CUT = "The compressed picture is cut off."
OTHER_KIND = "The compressed picture is of another kind than its header says."
OTHER_SIZE = "The compressed picture has another size than its header says."
OTHER_FORM = "The compressed picture has another form than its header says."
MORE_BITS = "The compressed picture has more bits than its header says."
NOT_STORED_SO = "Its pixels are not stored in the way that the header says."
NO_PIECES = "The file ends before its compressed pixels."
NO_PIXELS = "It claims to be an image without any pixels."
NESTED = "Its sequences are nested too deeply."


@dataclass(frozen=True)
class Hostile:
    """``make`` returns the bytes of the file; ``expected`` is what a reader has to be told."""

    name: str
    make: Callable[[Path], bytes]
    expected: str


def part10(syntax: str, body: bytes) -> bytes:
    """Return a file of a meta header and a raw dataset, made without any library."""
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    element = struct.pack("<HH2sH", 2, 0x10, b"UI", len(value)) + value
    length = struct.pack("<HH2sHL", 2, 0, b"UL", 4, len(element))
    return b"\0" * 128 + b"DICM" + length + element + body


def nested(depth: int, *, undefined: bool = True) -> bytes:
    """Return a sequence within itself, explicit little endian."""
    start = struct.pack("<HH2sH", 0x40, 0x9096, b"SQ", 0)
    item, end = struct.pack("<HH", 0xFFFE, 0xE000), struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
    if undefined:
        open_ended = start + b"\xff" * 4 + item + b"\xff" * 4
        return open_ended * depth + (end + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)) * depth
    heads = []
    for size in range(0, 20 * depth, 20):
        heads.append(start + struct.pack("<L", size + 8) + item + struct.pack("<L", size))
    return b"".join(reversed(heads))


def whole(folder: Path, syntax: str = EXPLICIT) -> bytes:
    ds = ct_slice(VALUES, (0, 0, 0), transfer_syntax=syntax)
    return write(ds, folder / "made").read_bytes()


def edited(
    edit: Callable[[FileDataset], object], syntax: str = EXPLICIT
) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        ds = ct_slice(VALUES, (0, 0, 0), transfer_syntax=syntax)
        edit(ds)
        return write(ds, folder / "made").read_bytes()

    return make


def with_values(**values: object) -> Callable[[Path], bytes]:
    def edit(ds: FileDataset) -> None:
        for name, value in values.items():
            setattr(ds, name, value)

    return edited(edit)


def without(*names: str) -> Callable[[Path], bytes]:
    def edit(ds: FileDataset) -> None:
        for name in names:
            delattr(ds, name)

    return edited(edit)


_WRITABLE = (JPEGLSLossless, JPEG2000Lossless, JPEGLosslessSV1, RLELossless)


def packed(syntax: str, stream: bytes | list[bytes], **values: object) -> Callable[[Path], bytes]:
    """Put another codestream into a sound compressed file."""

    def edit(ds: FileDataset) -> None:
        pieces = stream if isinstance(stream, list) else [stream]
        ds.PixelData = encapsulate(pieces)
        ds["PixelData"].VR = "OB"
        for name, value in values.items():
            setattr(ds, name, value)

    start = syntax if syntax in _WRITABLE else JPEGLSLossless
    make = edited(edit, start)

    def renamed(folder: Path) -> bytes:
        make(folder)
        ds = pydicom.dcmread(folder / "made")
        ds.file_meta.TransferSyntaxUID = syntax
        return write(ds, folder / "made").read_bytes()

    return renamed


def sound(syntax: str, size: tuple[int, int] = VALUES.shape) -> bytes:
    """Return a whole codestream; RLE as literal runs, high bytes first."""
    if syntax != RLELossless:
        return codestream(ramp(1, size)[0], syntax)
    bits = VALUES.view(np.uint16)
    planes = [(bits >> shift).astype(np.uint8).tobytes() for shift in (8, 0)]
    parts = [b"".join(_literal(p[k : k + 128]) for k in range(0, len(p), 128)) for p in planes]
    head = struct.pack("<16L", 2, 64, 64 + len(parts[0]), *[0] * 13)
    return head + b"".join(parts)


def _literal(piece: bytes) -> bytes:
    return bytes([len(piece) - 1]) + piece


def cut_pieces(keep: int) -> Callable[[Path], bytes]:
    """Cut a compressed file some bytes after the start of its pixels."""

    def make(folder: Path) -> bytes:
        data = whole(folder, JPEGLSLossless)
        return data[: data.index(b"\xe0\x7f\x10\x00OB") + keep]

    return make


def spoiled(data: bytes, changes: dict[int, bytes]) -> bytes:
    result = bytearray(data)
    for at, new in changes.items():
        result[at : at + len(new)] = new
    return bytes(result)


def marker(data: bytes, code: bytes, offset: int, new: bytes) -> bytes:
    return spoiled(data, {data.index(code) + offset: new})


def deflated(body: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


def element(group: int, number: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    return struct.pack("<HH2sH", group, number, vr, size) + value


def long_element(group: int, number: int, vr: bytes, length: int) -> bytes:
    return struct.pack("<HH2sHL", group, number, vr, 0, length)


def ultrasound_nest(ds: FileDataset, *, undefined: bool = False) -> None:
    inner = Dataset()
    for _ in range(60):
        outer = Dataset()
        outer.SequenceOfUltrasoundRegions = [inner]
        outer["SequenceOfUltrasoundRegions"].is_undefined_length = undefined
        inner.is_undefined_length_sequence_item = undefined
        inner = outer
    ds.SequenceOfUltrasoundRegions = [inner]
    ds["SequenceOfUltrasoundRegions"].is_undefined_length = undefined


LS, J2K, SV1 = (sound(s) for s in (JPEGLSLossless, JPEG2000Lossless, JPEGLosslessSV1))
RLE = sound(RLELossless)
HEAD = element(8, 0x60, b"CS", b"CT")

TABLE: list[Hostile] = [
    # not DICOM at all
    Hostile("empty", lambda _: b"", "The file is empty."),
    Hostile("one-byte", lambda _: b"\0", NOT_DICOM),
    Hostile("letter", lambda _: b"Dear colleague, thank you for", NOT_DICOM),
    Hostile("zeros", lambda _: b"\0" * 5000, NOT_DICOM),
    Hostile("ones", lambda _: b"\xff" * 5000, NOT_DICOM),
    Hostile("program", lambda _: b"\x7fELF" + b"\0" * 200, NOT_DICOM),
    Hostile("pdf", lambda _: b"%PDF-1.7\n" + b" " * 300, NOT_DICOM),
    Hostile("jpeg", lambda _: b"\xff\xd8\xff\xe0" + b"\0" * 300, NOT_DICOM),
    Hostile(
        "zip",
        lambda _: b"PK\x03\x04" + b"\0" * 60,
        "It is a ZIP archive: unpack it and import the folder.",
    ),
    Hostile("preamble-only", lambda _: b"\0" * 128 + b"DICM", NOTHING_TO_SEE),
    Hostile("cut-in-preamble", lambda f: whole(f)[:100], NOT_DICOM),
    Hostile("cut-in-meta", lambda f: whole(f)[:150], NOTHING_TO_SEE),
    Hostile("cut-in-header", lambda f: whole(f)[:600], NO_PICTURE),
    Hostile(
        "cut-in-pixels",
        lambda f: whole(f)[:-100],
        ENDS_EARLY.format(24, 20, 860, 960),
    ),
    Hostile("only-meta", lambda _: part10(EXPLICIT, b""), NOTHING_TO_SEE),
    Hostile("noise-after-meta", lambda _: part10(EXPLICIT, bytes(range(256)) * 4), NOTHING_TO_SEE),
    # lengths
    Hostile(
        "length-beyond-end",
        lambda _: part10(EXPLICIT, HEAD + long_element(8, 0x1140, b"OB", 0x7FFFFFF0)),
        NOTHING_TO_SEE,
    ),
    Hostile(
        "length-four-gigabytes",
        lambda _: part10(EXPLICIT, HEAD + long_element(8, 0x1140, b"OB", 0xFFFFFFFE)),
        NOTHING_TO_SEE,
    ),
    Hostile(
        "undefined-length-text",
        lambda _: part10(EXPLICIT, HEAD + long_element(8, 0x1140, b"UT", 0xFFFFFFFF)),
        NOTHING_TO_SEE,
    ),
    Hostile(
        "sequence-without-end",
        lambda _: part10(EXPLICIT, HEAD + long_element(8, 0x1140, b"SQ", 0xFFFFFFFF)),
        "Its header is damaged.",
    ),
    Hostile(
        "pixels-without-length",
        lambda f: marker(whole(f), b"\xe0\x7f\x10\x00OW", 8, b"\xff\xff\xff\xff"),
        NOT_STORED_SO,
    ),
    Hostile(
        "pixels-too-long",
        lambda f: marker(whole(f), b"\xe0\x7f\x10\x00OW", 8, b"\xf0\xff\xff\x7f"),
        "opens",
    ),
    Hostile(
        "pixels-too-short",
        lambda f: marker(whole(f), b"\xe0\x7f\x10\x00OW", 8, b"\x10\0\0\0"),
        ENDS_EARLY.format(24, 20, 16, 960),
    ),
    Hostile(
        "meta-length-lies",
        lambda f: marker(whole(f), b"\x02\x00\x00\x00UL", 8, b"\xff\xff\xff\x7f"),
        "opens",
    ),
    # nesting and inflation
    Hostile("deep-undefined", lambda _: part10(EXPLICIT, HEAD + nested(3000)), NESTED),
    Hostile(
        "deep-defined",
        lambda _: part10(EXPLICIT, HEAD + nested(3000, undefined=False)),
        NOTHING_TO_SEE,
    ),
    Hostile("deep-but-never-looked-at", edited(ultrasound_nest), "opens"),
    Hostile("deep-in-what-is-read", edited(partial(ultrasound_nest, undefined=True)), NESTED),
    Hostile(
        "inflation-bomb",
        lambda _: part10(DeflatedExplicitVRLittleEndian, deflated(HEAD + b"\0" * (40 << 20))),
        "It inflates to more than this program opens.",
    ),
    Hostile(
        "deflated-noise",
        lambda _: part10(DeflatedExplicitVRLittleEndian, b"\xff\xfe\xfd" * 90),
        "Its deflated content is damaged.",
    ),
    Hostile(
        "deflated-nothing", lambda _: part10(DeflatedExplicitVRLittleEndian, b""), NOTHING_TO_SEE
    ),
    # claims
    Hostile(
        "giant-square",
        with_values(Rows=46341, Columns=46341),
        ENDS_EARLY.format(46341, 46341, 960, 4294976562),
    ),
    Hostile(
        "giant-both",
        with_values(Rows=65535, Columns=65535),
        ENDS_EARLY.format(65535, 65535, 960, 8589672450),
    ),
    Hostile("no-rows", with_values(Rows=0), NO_PIXELS),
    Hostile("no-columns", with_values(Columns=0), NO_PIXELS),
    Hostile(
        "frames-million",
        packed(JPEGLSLossless, LS, NumberOfFrames="1000000"),
        "It claims 1000000 frames, more than this program opens.",
    ),
    Hostile("frames-negative", with_values(NumberOfFrames="-5"), "opens"),
    Hostile("frames-more-than-there", with_values(NumberOfFrames="7"), "opens"),
    Hostile(
        "giant-compressed",
        packed(JPEGLSLossless, LS, Rows=30000, Columns=30000),
        "It claims 30000 x 30000 pixels, more than this program opens.",
    ),
    Hostile(
        "bits-zero", with_values(BitsAllocated=0), "Its pixels of 16 in 0 bits are not supported."
    ),
    Hostile(
        "bits-odd", with_values(BitsAllocated=12), "Its pixels of 16 in 12 bits are not supported."
    ),
    Hostile(
        "bits-more-stored",
        with_values(BitsStored=20),
        "Its pixels of 20 in 16 bits are not supported.",
    ),
    Hostile(
        "bits-high-outside",
        with_values(HighBit=40),
        "Its pixels of 16 in 16 bits are not supported.",
    ),
    Hostile(
        "bits-64",
        with_values(BitsAllocated=64, BitsStored=64, HighBit=63),
        "Its pixels of 64 in 64 bits are not supported.",
    ),
    Hostile(
        "samples-four",
        with_values(SamplesPerPixel=4),
        "It has 4 samples a pixel, which MONOCHROME2 does not.",
    ),
    Hostile(
        "samples-rgb-one",
        with_values(PhotometricInterpretation="RGB"),
        "It has 1 samples a pixel, which RGB does not.",
    ),
    Hostile(
        "colour-model-unknown",
        with_values(PhotometricInterpretation="ARGB"),
        "Its colour model is not supported: ARGB.",
    ),
    Hostile(
        "colour-model-long",
        with_values(PhotometricInterpretation="X" * 16),
        "Its colour model is not supported: XXXXXXXXXXXXXXXX.",
    ),
    Hostile(
        "palette-missing",
        with_values(PhotometricInterpretation="PALETTE COLOR"),
        "Its colour palette cannot be read.",
    ),
    Hostile("lacks-rows", without("Rows"), "It lacks what describes its pixels: Rows."),
    Hostile(
        "lacks-several",
        without("Columns", "BitsAllocated"),
        "It lacks what describes its pixels: Columns, BitsAllocated.",
    ),
    Hostile(
        "lacks-photometric",
        without("PhotometricInterpretation"),
        "It lacks what describes its pixels: PhotometricInterpretation.",
    ),
    Hostile("lacks-pixels", without("PixelData"), NO_PICTURE),
    # geometry
    Hostile("position-not-numbers", with_values(ImagePositionPatient=["1", "2"]), "opens"),
    Hostile("orientation-zero", with_values(ImageOrientationPatient=[0] * 6), "opens"),
    Hostile("orientation-skew", with_values(ImageOrientationPatient=[1, 0, 0, 1, 0, 0]), "opens"),
    Hostile("spacing-zero", with_values(PixelSpacing=[0, 0]), "opens"),
    Hostile("spacing-negative", with_values(PixelSpacing=[-1, 1]), "opens"),
    Hostile("slope-zero", with_values(RescaleSlope=0), "opens"),
    Hostile("window-negative", with_values(WindowWidth=-400), "opens"),
    # compressed pixels
    Hostile("pieces-missing", cut_pieces(12), NO_PIECES),
    Hostile("pieces-only-table", cut_pieces(20), NO_PIECES),
    Hostile("pieces-cut", cut_pieces(60), NO_PIECES),
    Hostile("pieces-empty", packed(JPEGLSLossless, b"\0\0"), DAMAGED),
    Hostile(
        "unclear-pieces",
        packed(JPEGLosslessSV1, [b"ab"] * 5, NumberOfFrames="3"),
        "It is not clear which compressed piece belongs to which frame.",
    ),
    Hostile(
        "native-called-compressed",
        lambda f: whole(f).replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0"),
        NOT_STORED_SO,
    ),
    Hostile(
        "video", packed("1.2.840.10008.1.2.4.102", b"\0" * 80), "Its compression is not supported."
    ),
    Hostile("ls-noise", packed(JPEGLSLossless, b"\x13\x37" * 40), DAMAGED),
    Hostile("ls-cut", packed(JPEGLSLossless, LS[: len(LS) // 2]), CUT),
    Hostile("ls-larger", packed(JPEGLSLossless, sound(JPEGLSLossless, (200, 300))), OTHER_SIZE),
    Hostile(
        "ls-claims-giant",
        packed(JPEGLSLossless, marker(LS, b"\xff\xf7", 5, b"\xff\xff\xff\xff")),
        OTHER_SIZE,
    ),
    Hostile(
        "ls-many-bits",
        packed(JPEGLSLossless, LS, BitsAllocated=8, BitsStored=8, HighBit=7),
        MORE_BITS,
    ),
    Hostile(
        "ls-scan-noise", packed(JPEGLSLossless, LS[:60] + b"\x55" * 200 + b"\xff\xd9"), DAMAGED
    ),
    Hostile("sv1-cut", packed(JPEGLosslessSV1, SV1[:-40]), CUT),
    Hostile(
        "sv1-without-tables",
        packed(JPEGLosslessSV1, SV1.replace(b"\xff\xc4", b"\xff\xfe")),
        DAMAGED,
    ),
    Hostile("baseline-is-lossless", packed(JPEGBaseline8Bit, LS), OTHER_KIND),
    Hostile("j2k-cut", packed(JPEG2000Lossless, J2K[:60]), DAMAGED),
    Hostile(
        "j2k-claims-giant",
        packed(JPEG2000Lossless, spoiled(J2K, {8: b"\x7f\xff\xff\xff"})),
        OTHER_SIZE,
    ),
    Hostile(
        "j2k-tiles-of-nothing", packed(JPEG2000Lossless, spoiled(J2K, {24: b"\0" * 8})), DAMAGED
    ),
    Hostile(
        "j2k-tiles-of-one-pixel",
        packed(JPEG2000Lossless, spoiled(J2K, {24: b"\0\0\0\1" * 2})),
        MISSING,
    ),
    Hostile(
        "j2k-tiles-of-half-the-picture",
        packed(JPEG2000Lossless, spoiled(J2K, {24: b"\0\0\0\x0a"})),
        MISSING,
    ),
    Hostile(
        "j2k-tiles-beyond-the-picture",
        packed(JPEG2000Lossless, spoiled(J2K, {32: b"\0\0\1\0" * 2})),
        DAMAGED,
    ),
    Hostile(
        "j2k-tile-numbered-too-high",
        packed(JPEG2000Lossless, marker(J2K, b"\xff\x90\0\x0a", 4, b"\0\7")),
        DAMAGED,
    ),
    Hostile(
        "j2k-narrower",
        packed(JPEG2000Lossless, spoiled(J2K, {8: b"\0\0\0\x0a"})),
        OTHER_SIZE,
    ),
    Hostile(
        "ls-narrower",
        packed(JPEGLSLossless, marker(LS, b"\xff\xf7", 7, b"\0\x0a")),
        OTHER_SIZE,
    ),
    Hostile(
        "sv1-shorter",
        packed(JPEGLosslessSV1, marker(SV1, b"\xff\xc3", 5, b"\0\x0a")),
        OTHER_SIZE,
    ),
    Hostile("j2k-noise", packed(JPEG2000Lossless, J2K[:100] + b"\xaa" * 300), DAMAGED),
    Hostile("rle-short", packed(RLELossless, b"\0" * 20), CUT),
    Hostile("rle-many-segments", packed(RLELossless, spoiled(RLE, {0: b"\x0f\0\0\0"})), OTHER_FORM),
    Hostile(
        "rle-offsets-back", packed(RLELossless, spoiled(RLE, {4: b"\x50\0\0\0\x45\0\0\0"})), DAMAGED
    ),
    Hostile(
        "rle-offsets-far", packed(RLELossless, spoiled(RLE, {8: b"\xff\xff\xff\x7f"})), DAMAGED
    ),
    Hostile("rle-runs-over", packed(RLELossless, RLE[:64] + b"\x81\x00" * 200), DAMAGED),
]
