"""Turn the bytes of one frame into stored values, by transfer syntax.

The result always has the size and type that the header claims; anything else is an error,
never a picture that looks right.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.dicom.codestream import Claimed, claimed_size, tile_counts
from tumorboard.dicom.instance import BIG_ENDIAN_SYNTAX, RLE_SYNTAX, Instance
from tumorboard.dicom.tables import LUMA, LookupTable, Palette
from tumorboard.language import _

Array = NDArray[Any]

_END_OF_IMAGE = b"\xff\xd9"

#: Bytes that may follow the end of image marker; entropy-coded data cannot hold the marker.
_PADDING = 1024


class DecodeError(Exception):
    """The frame cannot be decoded; the text is one sentence for the reader."""


def _jpeg(data: bytes, _: Instance) -> Array:
    """Decode any of the JPEG processes of ITU-T T.81, lossless ones included.

    Colours come as they are stored, so that one place alone decides what they are.
    """
    import imagecodecs

    _check_end(data)
    claimed = claimed_size(data)
    if claimed is not None and claimed.components == 3:
        return np.asarray(imagecodecs.jpeg8_decode(data, colorspace="rgb", outcolorspace="rgb"))
    return np.asarray(imagecodecs.jpeg8_decode(data))


def _check_end(data: bytes) -> None:
    """Refuse a codestream without its end.

    The JPEG decoder fills up what is missing without a word, and the JPEG-LS one may
    count zeros for seconds.
    """
    if _END_OF_IMAGE not in data[-_PADDING:]:
        raise DecodeError(_("The compressed picture is cut off."))


def _jpeg_ls(data: bytes, _: Instance, into: Array | None = None) -> Array:
    import imagecodecs

    _check_end(data)
    return np.asarray(imagecodecs.jpegls_decode(data, out=into))


def _jpeg_2000(data: bytes, __: Instance) -> Array:
    """Decode JPEG 2000 and HTJ2K, which is the same file format with a faster block coder."""
    import imagecodecs

    tiles = tile_counts(data)
    if tiles is None:
        raise DecodeError(_("The compressed picture is damaged."))
    claimed, found = tiles
    if found < claimed:
        raise DecodeError(_("A part of the compressed picture is missing."))
    return np.asarray(imagecodecs.jpeg2k_decode(data))


_NO_PALETTE = _("Its colour palette cannot be read.")

_PREFIX = "1.2.840.10008.1.2.4."
_CODECS: dict[str, Callable[[bytes, Instance], Array]] = {
    **dict.fromkeys((_PREFIX + n for n in ("50", "51", "53", "55", "57", "70")), _jpeg),
    **dict.fromkeys((_PREFIX + n for n in ("80", "81")), _jpeg_ls),
    **dict.fromkeys((_PREFIX + n for n in ("90", "91", "201", "202", "203")), _jpeg_2000),
}
_FAMILIES: dict[object, str] = {_jpeg: "jpeg", _jpeg_ls: "jpeg-ls", _jpeg_2000: "jpeg-2000"}

_OTHER_FORM = _("The compressed picture has another form than its header says.")
_BEYOND = _("The compressed picture has values that its header does not allow.")


def stored_type(instance: Instance) -> np.dtype[Any]:
    """Return the type of one stored sample, native byte order; float32 for float pixels."""
    if instance.floating:
        return np.dtype(np.float32)
    width = max(1, instance.bits_allocated // 8)
    return np.dtype(f"{'i' if instance.signed and instance.bits_allocated > 1 else 'u'}{width}")


def voxel_type(instance: Instance) -> np.dtype[Any]:
    """Return the type of one pixel of `decode_frame`: grey of colours is never signed."""
    if instance.photometric == "PALETTE COLOR":
        return np.dtype(np.uint8)
    if instance.has_value_table:
        return np.dtype(np.uint16)
    if instance.is_colour:
        return np.dtype(f"u{instance.bits_allocated // 8}")
    return stored_type(instance)


def decode_samples(data: bytes, instance: Instance, into: Array | None = None) -> Array:
    """Return the stored samples of a frame: (rows, columns), or (rows, columns, 3) of colours.

    The type is that of `stored_type`. No palette and no colour transform is applied but
    the one that a codestream declares itself. ``into`` is room of that shape and type that a
    codec may fill; what is returned is either that room or an array of its own.

    Raises
    ------
    DecodeError
        When the syntax is not supported, the data is damaged, or its size is not the
        one that the header claims.

    """
    if instance.transfer_syntax == RLE_SYNTAX:
        return _run_length(data, instance)
    if instance.is_encapsulated:
        codec = _CODECS.get(instance.transfer_syntax)
        if codec is None:
            raise DecodeError(_("Its compression is not supported."))
        claimed = _claim(data, instance, _FAMILIES[codec])
        try:
            if into is not None and codec is _jpeg_ls and claimed.bits > 8 and into.itemsize == 2:
                decoded = _jpeg_ls(data, instance, into.view(np.uint16))
            else:
                decoded = codec(data, instance)
        except DecodeError:
            raise
        except Exception as error:  # codecs raise whatever they meet
            raise DecodeError(_("The compressed picture is damaged.")) from error
        if decoded.shape != _shape(instance):
            raise DecodeError(_("The compressed picture has another size than its header says."))
        return _as_stored(_as_rgb(decoded, claimed, instance), claimed, instance)
    return _native(data, instance)


def sample_shape(instance: Instance) -> tuple[int, ...]:
    """Return the shape of what `decode_samples` gives."""
    return _shape(instance)


def voxels_of(
    samples: Array,
    instance: Instance,
    palette: Palette | None = None,
    table: LookupTable | None = None,
) -> Array:
    """Return samples as voxels, shape (rows, columns), type `voxel_type`: colours as luminance.

    Raises
    ------
    DecodeError
        When a palette or a table of values is needed and missing.

    """
    if instance.has_value_table and not instance.is_colour:
        if table is None:
            raise DecodeError(_("Its table of values cannot be read."))
        return np.asarray(table(samples))
    if instance.photometric == "PALETTE COLOR":
        if palette is None:
            raise DecodeError(_NO_PALETTE)
        return palette.luminance[_entries(samples, palette)]
    return _luminance(samples, instance) if instance.samples > 1 else samples


def colour_of(samples: Array, instance: Instance, palette: Palette | None = None) -> Array:
    """Return samples as RGB, uint8, shape (rows, columns, 3); only for colours.

    Raises
    ------
    DecodeError
        When a palette is needed and missing.

    """
    if instance.photometric == "PALETTE COLOR":
        if palette is None:
            raise DecodeError(_NO_PALETTE)
        return np.asarray(palette.colours[_entries(samples, palette)])
    shift = max(0, instance.bits_stored - 8)
    eight = samples if shift == 0 else samples.view(f"u{samples.itemsize}") >> shift
    eight = eight.astype(np.uint8)
    return _rgb_of_ybr(eight) if _is_ybr(instance) else eight


def _is_ybr(instance: Instance) -> bool:
    """Whether samples are luma and chroma still; codestreams that know colours come as RGB."""
    codec = _CODECS.get(instance.transfer_syntax)
    return instance.photometric.startswith("YBR") and codec not in {_jpeg, _jpeg_2000}


def _as_rgb(decoded: Array, claimed: Claimed, instance: Instance) -> Array:
    """Return colours as RGB: by what the codestream says of them, else by the header's label.

    A label of a JPEG 2000 transformation says what the decoder undid already.
    """
    if claimed.components != 3 or claimed.family == "jpeg-ls":
        return decoded
    labelled = instance.photometric.startswith("YBR")
    if claimed.family == "jpeg-2000":
        labelled = instance.photometric in {"YBR_FULL", "YBR_FULL_422"}
    ybr = labelled if claimed.ybr is None else claimed.ybr
    if ybr and decoded.dtype != np.uint8:
        raise DecodeError(_("Its colours of more than 8 bits are not supported."))
    return _rgb_of_ybr(decoded) if ybr else decoded


def _rgb_of_ybr(ybr: Array) -> Array:
    """Convert YBR_FULL to RGB (PS3.3 section C.7.6.3.1.2)."""
    y, b, r = (ybr[..., k].astype(np.float32) for k in range(3))
    b, r = b - 128, r - 128
    rgb = np.stack([y + 1.402 * r, y - 0.344136 * b - 0.714136 * r, y + 1.772 * b], axis=-1)
    return np.asarray(np.rint(np.clip(rgb, 0, 255)), dtype=np.uint8)


def decode_frame(data: bytes, instance: Instance, palette: Palette | None = None) -> Array:
    """Return the voxels of a frame: `voxels_of` of its `decode_samples`.

    Raises
    ------
    DecodeError
        As these two.

    """
    return voxels_of(decode_samples(data, instance), instance, palette)


def _native(data: bytes, instance: Instance) -> Array:
    if instance.bits_allocated == 1:
        # Unpack pixels of one bit, the first in the lowest bit; frames follow without a gap.
        pixels = instance.rows * instance.columns
        skip = (instance.frame - 1) * pixels % 8
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[skip : skip + pixels]
        if bits.size != pixels:
            raise DecodeError(_("The picture is cut off."))
        return bits.reshape(_shape(instance))
    if instance.in_words:
        first = (instance.frame - 1) * instance.frame_bytes % 2
        turned = np.frombuffer(data, "<u2").byteswap().tobytes() if len(data) % 2 == 0 else b""
        data = turned[first : first + instance.frame_bytes]
    if len(data) != instance.frame_bytes:
        raise DecodeError(_("The picture is cut off."))
    swapped = instance.transfer_syntax == BIG_ENDIAN_SYNTAX
    floating = f"f{instance.bits_allocated // 8}"
    kind = np.dtype(floating) if instance.floating else stored_type(instance)
    raw = np.frombuffer(data, kind.newbyteorder(">" if swapped else "<"))
    values = raw.astype(stored_type(instance))
    if instance.floating:
        return values.reshape(_shape(instance))
    if instance.photometric == "YBR_FULL_422":
        # Luma and chroma of each pixel; two neighbours share the chroma.
        quads = values.reshape(-1, 4)
        full = np.empty((len(quads), 2, 3), quads.dtype)
        full[:, :, 0] = quads[:, :2]
        full[:, :, 1:] = quads[:, None, 2:]
        return full.reshape(_shape(instance))
    if instance.samples == 1:
        return unpack_bits(values.reshape(_shape(instance)), instance)
    if instance.planar == 1:
        planes = values.reshape(instance.samples, instance.rows, instance.columns)
        return np.moveaxis(planes, 0, 2)
    return values.reshape(_shape(instance))


def _shape(instance: Instance) -> tuple[int, ...]:
    plane = (instance.rows, instance.columns)
    return plane if instance.samples == 1 else (*plane, instance.samples)


def unpack_bits(values: Array, instance: Instance) -> Array:
    """Keep the stored bits of each word, in place, and extend their sign (PS3.5 section 8.1.1).

    The others may hold anything, as overlays of old.
    """
    spare = instance.bits_allocated - instance.bits_stored
    if instance.floating or spare == 0:
        return values
    above = instance.bits_allocated - 1 - instance.high_bit
    values <<= above
    values >>= spare
    return values


def _run_length(data: bytes, instance: Instance) -> Array:
    """Decode RLE Lossless (PS3.5 annex G): one segment for each byte of each sample."""
    width = instance.bits_allocated // 8
    pixels = instance.rows * instance.columns
    # Cut the frame at the offsets of its header of sixteen words.
    wanted = instance.samples * width
    if len(data) < 64:
        raise DecodeError(_("The compressed picture is cut off."))
    count, *offsets = struct.unpack("<16L", data[:64])
    if count != wanted:
        raise DecodeError(_OTHER_FORM)
    bounds = [*offsets[:count], len(data)]
    if bounds[0] < 64 or any(a >= b for a, b in pairwise(bounds)):
        raise DecodeError(_("The compressed picture is damaged."))
    segments = [data[a:b] for a, b in pairwise(bounds)]
    if (instance.samples, width) == (1, 2):
        words = _unpacked(segments[0], pixels).astype(np.uint16)
        words <<= 8
        words |= _unpacked(segments[1], pixels)
        return unpack_bits(words.view(stored_type(instance)).reshape(_shape(instance)), instance)
    planes = np.empty((instance.samples, pixels, width), np.uint8)
    for number, segment in enumerate(segments):
        sample, byte = divmod(number, width)
        planes[sample, :, width - 1 - byte] = _unpacked(segment, pixels)
    values = planes.view(stored_type(instance).newbyteorder("<"))[..., 0]
    values = values.astype(stored_type(instance))
    if instance.samples == 1:
        return unpack_bits(values.reshape(_shape(instance)), instance)
    return np.moveaxis(values.reshape(instance.samples, instance.rows, instance.columns), 0, 2)


def _unpacked(segment: bytes, size: int) -> Array:
    """Undo the run lengths of a segment, whose last byte may be padding to an even length."""
    import imagecodecs

    for piece in (segment, segment[:-1]):
        try:
            decoded = np.frombuffer(imagecodecs.packbits_decode(piece, out=size), np.uint8)
        except imagecodecs.PackbitsError:
            continue
        if decoded.size == size:
            return decoded
    raise DecodeError(_("The compressed picture is damaged."))


def _claim(data: bytes, instance: Instance, family: str) -> Claimed:
    """Return what a codestream claims, when that fits what the header says of it."""
    claimed = claimed_size(data)
    if claimed is None:
        raise DecodeError(_("The compressed picture is damaged."))
    size = (claimed.rows, claimed.columns, claimed.components)
    checks = {
        _("The compressed picture is of another kind than its header says."): claimed.family
        == family,
        _("The compressed picture has another size than its header says."): size
        == (instance.rows, instance.columns, instance.samples),
        _("The compressed picture has more bits than its header says."): claimed.bits
        <= instance.bits_allocated,
        _("The compressed picture lost detail, which its header denies."): instance.lossy
        or not claimed.lossy,
        # The lossy processes hold 8 bits or 12: deeper values were squeezed into them.
        _("The compressed picture has fewer bits than its header says."): not (
            family == "jpeg" and claimed.lossy
        )
        or claimed.bits >= instance.bits_stored,
    }
    wrong = next((text for text, holds in checks.items() if not holds), "")
    if wrong:
        raise DecodeError(wrong)
    return claimed


def _as_stored(decoded: Array, claimed: Claimed, instance: Instance) -> Array:
    """Give decoded values the representation that the header claims.

    JPEG and JPEG-LS know no sign, so that signed values arrive as their bit pattern, in as many
    bits as the codestream states; JPEG 2000 states the sign itself.

    Raises
    ------
    DecodeError
        When values would have to be guessed or cut off to fit. What loss alone can make is
        clipped.

    """
    if instance.signed and not claimed.signed:
        return _with_sign(decoded, claimed.bits, instance)
    target, bits = stored_type(instance), instance.bits_stored
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if instance.signed else (0, (1 << bits) - 1)
    if claimed.bits <= bits and claimed.signed == instance.signed:
        return decoded.astype(target, copy=False)
    least, most = int(decoded.min()), int(decoded.max())
    if low <= least and most <= high:
        return decoded.astype(target, copy=False)
    if claimed.signed != instance.signed:
        raise DecodeError(_BEYOND)
    if instance.lossy:
        return np.clip(decoded, low, high).astype(target)
    if claimed.bits == instance.bits_allocated and instance.overlays:
        # The whole word was compressed, with an overlay of old in its spare bits.
        return unpack_bits(decoded.astype(target), instance)
    return decoded.astype(target)  # the stream states its own precision, and keeps to it


def _with_sign(decoded: Array, bits: int, instance: Instance) -> Array:
    """Return bit patterns of ``bits`` bits as signed values (two's complement).

    With fewer bits than the header stores the sign stands in the highest that there are; with
    more the pattern must be that of the stored bits, with zeros or the sign above them.
    """
    target, stored = stored_type(instance), instance.bits_stored
    values = decoded.astype(np.dtype(f"u{target.itemsize}"), copy=False).view(target)
    spare = target.itemsize * 8 - bits
    values = values if spare == 0 else (values << spare) >> spare
    if bits <= stored:
        return np.asarray(values)
    if instance.high_bit != stored - 1:
        return unpack_bits(values.copy(), instance)
    rest = target.itemsize * 8 - stored
    short = (values << rest) >> rest
    if instance.lossy:
        clipped = np.clip(values, -(1 << stored - 1), (1 << stored - 1) - 1)
        return np.asarray(clipped, dtype=target)
    if not (np.array_equal(short, values) or int(decoded.max()) < 1 << stored):
        raise DecodeError(_BEYOND)
    return np.asarray(short)


def _luminance(samples: Array, instance: Instance) -> Array:
    """Return the grey of colours: luma where it is stored as such, else from RGB.

    JPEG and JPEG 2000 decoders undo the colour transform that the codestream declares,
    so that their samples are RGB.
    """
    target = voxel_type(instance)
    if _is_ybr(instance):
        return np.ascontiguousarray(samples[..., 0], dtype=target)
    grey = samples[..., 0] * LUMA[0] + samples[..., 1] * LUMA[1] + samples[..., 2] * LUMA[2]
    return np.rint(grey).astype(target)


def _entries(values: Array, palette: Palette) -> NDArray[np.int64]:
    return np.clip(values.astype(np.int64) - palette.first, 0, len(palette.luminance) - 1)
