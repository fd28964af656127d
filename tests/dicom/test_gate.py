"""The resource gate."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.dicom.gate import Claim, Limits, TooLargeError, inflate, refuse_claim


def deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


@given(st.binary(max_size=5000), st.integers(1, 300))
def test_inflate_gives_back_what_was_deflated(data: bytes, repeat: int) -> None:
    assert inflate(deflate(data * repeat)) == data * repeat


@given(st.integers(0, 4000), st.integers(1, 4000))
def test_inflate_stops_exactly_at_its_limit(size: int, limit: int) -> None:
    packed = deflate(b"\0" * size)
    if size <= limit:
        assert len(inflate(packed, Limits(inflated=limit))) == size
    else:
        with pytest.raises(TooLargeError):
            inflate(packed, Limits(inflated=limit))


def test_a_damaged_stream_is_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"):
        inflate(b"\xff" * 100)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (Claim(512, 512, 1, 524288, True, 524288), None),
        (Claim(512, 512, 1, 524288, True, 524287), "ends early"),
        (Claim(0, 512, 1, 0, True, 0), "without any pixels"),
        (Claim(46341, 46341, 1, 46341 * 46341 * 2, False, 9000), "46341 x 46341"),
        (Claim(512, 512, 10**6, 524288, False, 9000), "1000000 frames"),
        (Claim(8192, 8192, 19_000, 2 * 8192 * 8192, False, 9000), "19000 frames"),
    ],
)
def test_claims(claim: Claim, words: str | None) -> None:
    reason = refuse_claim(claim)
    assert reason is None if words is None else reason is not None and words in reason
