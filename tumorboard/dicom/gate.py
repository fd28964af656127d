"""The resource gate: what a file may claim before anything of it is decoded.

A header is a claim by a stranger. Each check returns one sentence for the reader when the
claim is refused, or None; nothing here allocates in proportion to a claim.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from tumorboard.language import _
from tumorboard.text import line

#: Compressed bytes given to the inflater at a time.
_INFLATE_STEP = 1 << 16


@dataclass(frozen=True)
class Limits:
    """Upper bounds on what is read, chosen far above clinical use.

    Sizes are bytes unless named otherwise. A 600-slice CT is 0.3 GiB, a mammogram about
    60 MiB a frame, an ultrasound cine some hundred frames.
    """

    files: int = 200_000
    header: int = 256 << 20
    inflated: int = 256 << 20
    nesting: int = 32
    pixels_a_frame: int = 1 << 27
    frames: int = 20_000
    pixels_a_file: int = 8 << 30
    volume: int = 8 << 30
    archive: int = 64 << 30
    member: int = 8 << 30


LIMITS = Limits()


#: Why a folder without any file is named.
EMPTY_FOLDER = _("The folder holds no files.")

#: Why an archive is left out where there is no place to unpack it.
ARCHIVE = _("It is a ZIP archive: unpack it and import the folder.")


@dataclass(frozen=True, order=True)
class Refusal:
    """A file that was left out, named relative to what was scanned, and the reason."""

    file: str
    reason: str

    def __post_init__(self) -> None:
        # A name may hold line ends and forge another line of a list.
        object.__setattr__(self, "file", line(self.file))
        object.__setattr__(self, "reason", line(self.reason))


class RefusedError(Exception):
    """The file is left out; the text is one sentence for the reader, without its name."""


@dataclass(frozen=True)
class Claim:
    """What a header says about its pixels; ``available`` is what the file holds of them.

    ``frame_bytes`` is the size of one decoded frame; ``native`` means that the file
    stores just these bytes.
    """

    rows: int
    columns: int
    frames: int
    frame_bytes: int
    native: bool
    available: int


def refuse_claim(claim: Claim, limits: Limits = LIMITS) -> str | None:
    """Return why an image of this claimed size is refused, or None."""
    size = f"{claim.rows} x {claim.columns}"
    if claim.rows <= 0 or claim.columns <= 0 or claim.frames <= 0:
        return _("It claims to be an image without any pixels.")
    if claim.native and claim.available < claim.frame_bytes:
        return _(
            "It claims {size} pixels, but the file ends early: it holds "
            "{available} of {frame_bytes} bytes.",
            size=size,
            available=claim.available,
            frame_bytes=claim.frame_bytes,
        )
    if claim.rows * claim.columns > limits.pixels_a_frame:
        return _("It claims {size} pixels, more than this program opens.", size=size)
    if claim.frames > limits.frames:
        return _("It claims {frames} frames, more than this program opens.", frames=claim.frames)
    if claim.frames * claim.frame_bytes > limits.pixels_a_file:
        return _(
            "It claims {frames} frames of {size} pixels, more than this program opens.",
            frames=claim.frames,
            size=size,
        )
    return None


class TooLargeError(Exception):
    """A compressed stream grows beyond the limit when it is inflated."""


def inflate(data: bytes, limits: Limits = LIMITS) -> bytes:
    """Inflate a raw deflate stream (PS3.5 section A.5), at most ``limits.inflated`` bytes.

    A stream that ends early gives what there is of it.

    Raises
    ------
    TooLargeError
        When the result would be larger than the limit.
    ValueError
        When the stream is damaged.

    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    parts: list[bytes] = []
    room = limits.inflated
    rest = memoryview(data)
    while rest and not inflater.eof:
        try:
            part = inflater.decompress(rest[:_INFLATE_STEP], room + 1)
        except zlib.error as error:
            raise ValueError(_("the deflated stream is damaged")) from error
        rest = rest[_INFLATE_STEP:]
        room -= len(part)
        if room < 0 or inflater.unconsumed_tail:
            raise TooLargeError
        parts.append(part)
    return b"".join(parts)
