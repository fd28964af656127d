"""What a compressed picture claims of itself, against codestreams written by hand and by encoders.

The bytes follow ITU-T T.81 (JPEG), T.87 (JPEG-LS) and T.800 (JPEG 2000).
"""

import struct

import imagecodecs
import numpy as np
import pytest

from tumorboard.dicom.codestream import Claimed, claimed_size, tile_counts

GREY = np.arange(21 * 34, dtype=np.uint8).reshape(21, 34)
COLOUR = np.stack([GREY, GREY[::-1], GREY.T.reshape(21, 34)], axis=-1)
DEEP = GREY.astype(np.uint16) * 15


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def frame(marker: int, bits: int = 8, names: bytes = b"\1", sampling: int = 0x11) -> bytes:
    """A frame header of 21 rows and 34 columns; ``sampling`` is of the first component."""
    each = b"".join(bytes([name, sampling if n == 0 else 0x11, 0]) for n, name in enumerate(names))
    return segment(marker, struct.pack(">BHHB", bits, 21, 34, len(names)) + each)


def scan(count: int = 1, near: int = 0) -> bytes:
    parts = b"".join(bytes([n + 1, 0]) for n in range(count))
    return segment(0xDA, bytes([count]) + parts + bytes([near, 0, 0]))


def jpeg(*parts: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(parts) + b"\x12\x34\xff\xd9"


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def adobe(transform: int) -> bytes:
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


@pytest.mark.parametrize(
    ("data", "claimed"),
    [
        (imagecodecs.jpeg8_encode(GREY), Claimed(21, 34, 1, 8, lossy=True)),
        (imagecodecs.ljpeg_encode(DEEP, bitspersample=12), Claimed(21, 34, 1, 12)),
        (imagecodecs.jpegls_encode(GREY), Claimed(21, 34, 1, 8, family="jpeg-ls")),
        (imagecodecs.jpegls_encode(DEEP), Claimed(21, 34, 1, 16, family="jpeg-ls")),
        (
            imagecodecs.jpegls_encode(GREY, level=3),
            Claimed(21, 34, 1, 8, family="jpeg-ls", lossy=True),
        ),
        (
            imagecodecs.jpeg2k_encode(GREY, codecformat="j2k", reversible=True),
            Claimed(21, 34, 1, 8, family="jpeg-2000"),
        ),
        (
            imagecodecs.jpeg2k_encode(DEEP.astype(np.int16), codecformat="j2k", reversible=True),
            Claimed(21, 34, 1, 16, signed=True, family="jpeg-2000"),
        ),
        (
            imagecodecs.jpeg2k_encode(GREY, codecformat="j2k", level=20, reversible=False),
            Claimed(21, 34, 1, 8, family="jpeg-2000", lossy=True),
        ),
        (
            imagecodecs.jpeg2k_encode(COLOUR, codecformat="jp2", mct=True, reversible=True),
            Claimed(21, 34, 3, 8, family="jpeg-2000", ybr=False),
        ),
        (
            imagecodecs.jpeg2k_encode(COLOUR, codecformat="jp2", mct=False, reversible=True),
            Claimed(21, 34, 3, 8, family="jpeg-2000"),
        ),
    ],
)
def test_what_encoders_write_is_read(data: bytes, claimed: Claimed) -> None:
    assert claimed_size(data) == claimed


#: Which processes lose detail, by their frame markers (T.81 table B.1, T.87).
LOSSLESS = {0xC3, 0xC7, 0xCB, 0xCF, 0xF7}


@pytest.mark.parametrize(
    "marker", [*(m for m in range(0xC0, 0xD0) if m not in (0xC4, 0xC8, 0xCC)), 0xF7]
)
def test_each_process_is_lossless_or_not(marker: int) -> None:
    found = claimed_size(jpeg(frame(marker, 12), scan()))
    assert found is not None
    assert found.lossy is (marker not in LOSSLESS)
    assert found.family == ("jpeg-ls" if marker == 0xF7 else "jpeg")
    assert (found.rows, found.columns, found.components, found.bits) == (21, 34, 1, 12)
    assert not found.signed


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC])
def test_tables_between_the_frames_are_none(marker: int) -> None:
    assert claimed_size(jpeg(frame(marker), scan())) is None
    table = segment(marker, b"\0" * 30)
    assert claimed_size(jpeg(table, frame(0xC0), scan())) == Claimed(21, 34, 1, 8, lossy=True)


@pytest.mark.parametrize("near", [0, 1, 9])
@pytest.mark.parametrize("count", [1, 3])
def test_a_near_lossless_scan_tells_so_after_its_components(near: int, count: int) -> None:
    names = bytes(range(1, count + 1))
    ls = claimed_size(jpeg(frame(0xF7, names=names), scan(count, near)))
    assert ls is not None
    assert ls.lossy is (near > 0)
    plain = claimed_size(jpeg(frame(0xC3, names=names), scan(count, near)))
    assert plain is not None
    assert not plain.lossy  # there it is the predictor


@pytest.mark.parametrize(
    ("parts", "ybr"),
    [
        ((), None),
        ((JFIF,), True),
        ((adobe(0),), False),
        ((adobe(1),), True),
        ((adobe(2),), True),
        ((JFIF, adobe(0)), False),  # the more precise word
        ((adobe(1), JFIF), True),
        ((segment(0xE0, b"JFXX\0\x10"),), None),
        ((segment(0xEE, b"Adobe\0\x64\0\0\0"),), None),  # too short for its flag
        ((segment(0xEE, b"Other\0\x64\0\0\0\0\0"),), None),
    ],
)
def test_colours_are_what_the_markers_say(parts: tuple[bytes, ...], ybr: bool | None) -> None:
    found = claimed_size(jpeg(*parts, frame(0xC0, names=b"\1\2\3"), scan(3)))
    assert found is not None
    assert found.ybr is ybr
    grey = claimed_size(jpeg(*parts, frame(0xC0), scan()))
    assert grey is not None
    assert grey.ybr is None


def test_a_lossless_picture_is_not_coloured_by_a_word_of_jfif() -> None:
    found = claimed_size(jpeg(JFIF, frame(0xC3, names=b"\1\2\3"), scan(3)))
    assert found is not None
    assert found.ybr is None
    marked = claimed_size(jpeg(JFIF, adobe(0), frame(0xC3, names=b"\1\2\3"), scan(3)))
    assert marked is not None
    assert marked.ybr is False


def test_names_and_sampling_of_components_tell_their_colours() -> None:
    named = claimed_size(jpeg(frame(0xC0, names=b"RGB"), scan(3)))
    sampled = claimed_size(jpeg(frame(0xC0, names=b"\1\2\3", sampling=0x21), scan(3)))
    both = claimed_size(jpeg(frame(0xC0, names=b"RGB", sampling=0x21), scan(3)))
    four = claimed_size(jpeg(frame(0xC0, names=b"\1\2\3\4", sampling=0x21), scan(3)))
    assert [f.ybr if f else "" for f in (named, sampled, both, four)] == [False, True, False, None]


def test_fill_bytes_and_markers_without_a_length_are_passed_over() -> None:
    filled = jpeg(b"\xff\xff", frame(0xC0)[1:], b"\xff\x01", b"\xff\xd0", b"\xff\xd8", scan())
    assert claimed_size(filled) == Claimed(21, 34, 1, 8, lossy=True)


WHOLE = jpeg(JFIF, frame(0xC0), scan())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        jpeg(scan()),  # a scan before any frame
        jpeg(frame(0xC0)),  # no scan
        b"\xff\xd9" + WHOLE[2:],
        jpeg(b"\x00\x00\x00\x00\x00", frame(0xC0), scan()),
        jpeg(segment(0xC0, b"\x08\x00"), scan()),  # a frame header cut off
        jpeg(frame(0xF7), segment(0xDA, b"\x09")),
        WHOLE[: WHOLE.index(b"\xff\xc0") + 6],
        b"BM" + WHOLE,
    ],
)
def test_what_is_no_codestream_claims_nothing(data: bytes) -> None:
    assert claimed_size(data) is None


def size_of(
    *, end=(134, 121), start=(100, 100), tile=(50, 50), tile_0=(90, 95), depths=(7,)
) -> bytes:
    """SIZ: all pairs are (x, y)."""
    numbers = (*end, *start, *tile, *tile_0)
    each = b"".join(bytes([d, 1, 1]) for d in depths)
    return segment(0x51, struct.pack(">H8LH", 0, *numbers, len(depths)) + each)


def coding(transformed: int = 0, kernel: int = 1) -> bytes:
    """COD: styles, layers and transformation of components, then levels, blocks and kernel."""
    return segment(0x52, bytes([0, 0, 0, 1, transformed, 5, 4, 4, 0, kernel]))


def part(number: int, length: int = 14) -> bytes:
    return segment(0x90, struct.pack(">HLBB", number, length, 0, 1)) + b"\xff\x93"


def j2k(*parts: bytes) -> bytes:
    return b"\xff\x4f" + b"".join(parts)


@pytest.mark.parametrize(
    ("data", "claimed"),
    [
        (j2k(size_of(), coding(), part(0)), Claimed(21, 34, 1, 8, family="jpeg-2000")),
        (
            j2k(size_of(depths=(0x8B,)), coding(kernel=0), part(0)),
            Claimed(21, 34, 1, 12, signed=True, family="jpeg-2000", lossy=True),
        ),
        (
            j2k(size_of(depths=(7, 7, 7)), segment(0x64, b"\0\1text"), coding(1), part(0)),
            Claimed(21, 34, 3, 8, family="jpeg-2000", ybr=False),
        ),
        (j2k(size_of(), part(0), coding(kernel=0)), Claimed(21, 34, 1, 8, family="jpeg-2000")),
        (j2k(size_of(depths=(0x7F,))), Claimed(21, 34, 1, 128, family="jpeg-2000")),
        (j2k(size_of(depths=(7, 7, 8)), coding(), part(0)), None),  # unlike depths
        (j2k(size_of())[:-3], None),
        (b"\xff\x4f\xff\x52" + bytes(60), None),
    ],
)
def test_a_jpeg_2000_codestream_claims_its_size_depth_and_kernel(
    data: bytes, claimed: Claimed | None
) -> None:
    assert claimed_size(data) == claimed
    boxed = b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"box" * 5 + data
    assert claimed_size(boxed) == claimed
    assert claimed_size(b"\x00\x00\x00\x0cjP  \r\n\x87\n") is None


#: 34 x 21 pixels from (100, 100): tiles of 20 x 8 from (90, 95) are three across and four down.
GRID = {"tile": (20, 8)}


@pytest.mark.parametrize(
    ("header", "parts", "counts"),
    [
        ({}, [part(0)], (1, 1)),
        (GRID, [part(n) for n in range(12)], (12, 12)),
        (GRID, [part(n) for n in (0, 1, 1, 2, 11)], (12, 4)),
        (GRID, [part(12)], None),  # beyond the last
        (GRID, [], None),
        (GRID, [part(0), part(1, 0), part(2)], (12, 2)),  # 0: to the end
        ({"tile_0": (101, 95)}, [part(0)], None),  # begins behind the image
        ({"tile_0": (90, 101)}, [part(0)], None),
        ({"tile_0": (100, 100)}, [part(0)], (1, 1)),
        ({"tile": (10, 50)}, [part(0)], None),  # ends where the image begins
        ({"tile": (11, 50)}, [part(0)], (4, 1)),
        ({"tile": (50, 5)}, [part(0)], None),
        ({"end": (100, 121)}, [part(0)], None),  # no pixel
        ({"end": (134, 100)}, [part(0)], None),
        (
            {"end": (66_000, 1), "start": (0, 0), "tile": (1, 1), "tile_0": (0, 0)},
            [part(0)],
            None,  # more than can be numbered
        ),
        (
            {"end": (65_535, 1), "start": (0, 0), "tile": (1, 1), "tile_0": (0, 0)},
            [part(0)],
            (65_535, 1),
        ),
    ],
)
def test_tiles_are_counted_that_are_claimed_and_that_are_there(
    header: dict, parts: list[bytes], counts: tuple[int, int] | None
) -> None:
    data = j2k(size_of(**header), coding(), *parts)
    assert tile_counts(data) == counts
    assert tile_counts(b"box" * 4 + data) == counts


def test_without_a_size_there_are_no_tiles() -> None:
    assert tile_counts(b"") is None
    assert tile_counts(b"\xff\x4f\xff\x51" + bytes(30)) is None


@pytest.mark.parametrize(("marker", "needed"), [(0xC0, 4), (0xC3, 4), (0xF7, 4 + 1 + 2 + 1)])
def test_a_jpeg_that_is_cut_off_claims_nothing_until_its_scan_begins(marker, needed):
    """``needed``: as much of the scan header as the claim is read from."""
    whole = jpeg(JFIF, frame(marker), scan())
    at = whole.index(b"\xff\xda")
    claimed = [n for n in range(len(whole) + 1) if claimed_size(whole[:n]) is not None]
    assert claimed == list(range(at + needed, len(whole) + 1))
    assert len({claimed_size(whole[:n]) for n in claimed}) == 1


def test_a_jpeg_2000_that_is_cut_off_claims_its_size_and_never_another_kernel():
    whole = j2k(size_of(), coding(kernel=0), part(0))
    at = whole.index(b"\xff\x52")
    size = Claimed(21, 34, 1, 8, family="jpeg-2000")
    found = {n: claimed_size(whole[:n]) for n in range(len(whole) + 1)}
    assert all(found[n] is None for n in range(43))
    assert all(found[n] == size for n in range(43, at + 4))
    assert all(found[n] is None for n in range(at + 4, at + 14))  # within what names the kernel
    assert all(found[n] == size._replace(lossy=True) for n in range(at + 14, len(whole) + 1))


def test_a_tile_counts_when_its_header_is_there():
    whole = j2k(size_of(**GRID), coding(), part(0), part(1))
    first, second = (n for n in range(len(whole)) if whole[n : n + 2] == b"\xff\x90")
    for n in range(len(whole) + 1):
        counted = None if n < first + 12 else (12, 1) if n < second + 12 else (12, 2)
        assert tile_counts(whole[:n]) == counted
