"""What a header says of its pixels."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.header import Header, RefusedError
from tumorboard.dicom.instance import LOSSY_SYNTAXES
from tumorboard.dicom.keywords import OVERLAY_ROWS
from tumorboard.language import _

_PHOTOMETRIC = frozenset(
    {
        "MONOCHROME1",
        "MONOCHROME2",
        "PALETTE COLOR",
        "RGB",
        "YBR_FULL",
        "YBR_FULL_422",
        "YBR_ICT",
        "YBR_RCT",
    }
)
_FLOAT_TAGS = {0x7FE00008: 32, 0x7FE00009: 64}


def pixel_description(header: Header) -> dict[str, Any]:
    """Return the Image Pixel attributes (PS3.3 section C.7.6.3).

    Raises
    ------
    RefusedError
        When one that is needed is missing or cannot be.

    """
    dataset = header.dataset
    floating = header.pixel_tag in _FLOAT_TAGS
    needed = ["Rows", "Columns", "SamplesPerPixel", "BitsAllocated"]
    needed += [] if floating else ["PixelRepresentation"]
    found = {k: at.integer(dataset, k) for k in needed}
    photometric = at.text(dataset, "PhotometricInterpretation").upper()
    found["PhotometricInterpretation"] = len(photometric) or None
    if lacking := ", ".join(k for k, v in found.items() if v is None):
        raise RefusedError(_("It lacks what describes its pixels: {missing}.", missing=lacking))
    bits = found["BitsAllocated"] or 0
    stored = at.integer(dataset, "BitsStored") or bits
    stated = at.integer(dataset, "HighBit")
    high = stored - 1 if stated is None else stated
    if photometric not in _PHOTOMETRIC:
        raise RefusedError(
            _("Its colour model is not supported: {photometric}.", photometric=photometric[:20])
        )
    allowed = {_FLOAT_TAGS[header.pixel_tag]} if floating else {8, 16, 32}
    if bits == 1 and _is_bitmap(header, found["SamplesPerPixel"]):
        allowed = {1}
    if bits not in allowed or not 0 < stored <= bits or not stored <= high + 1 <= bits:
        raise RefusedError(
            _("Its pixels of {stored} in {bits} bits are not supported.", stored=stored, bits=bits)
        )
    samples = found["SamplesPerPixel"]
    if samples != (1 if photometric in {"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"} else 3):
        raise RefusedError(
            _(
                "It has {samples} samples a pixel, which {photometric} does not.",
                samples=samples,
                photometric=photometric,
            )
        )
    signed = found.get("PixelRepresentation") == 1
    return {
        "rows": found["Rows"],
        "columns": found["Columns"],
        "samples": samples,
        "photometric": photometric,
        "planar": at.integer(dataset, "PlanarConfiguration") or 0,
        "bits_allocated": bits,
        "bits_stored": stored,
        "high_bit": high,
        "signed": signed,
        "floating": floating,
        "inverted": _is_inverted(dataset, photometric),
        "overlays": any(at.tag_of(t) in dataset for t in OVERLAY_ROWS),
        "padding": _padding(dataset, "PixelPaddingValue", bits, signed),
        "padding_limit": _padding(dataset, "PixelPaddingRangeLimit", bits, signed),
    }


def _is_inverted(dataset: Dataset, photometric: str) -> bool:
    """Whether low values are shown bright.

    Presentation LUT Shape, where there is one, is the last step and says so by itself (PS3.3
    sections C.11.6.1.2 and C.8.11.3.1.2); else the photometric interpretation does.
    """
    shape = at.text(dataset, "PresentationLUTShape").upper()
    if shape in {"IDENTITY", "INVERSE"}:
        return shape == "INVERSE"
    return photometric == "MONOCHROME1"


def _is_bitmap(header: Header, samples: int | None) -> bool:
    """Whether pixels of one bit are packed as they are (PS3.5 section 8.1.1)."""
    return samples == 1 and header.pixel_length is not None


def _padding(dataset: Dataset, keyword: str, bits: int, signed: bool) -> int | None:
    """Return Pixel Padding Value or its Range Limit in the representation of the pixels."""
    value = at.integer(dataset, keyword)
    if value is None or not -(1 << bits) < value < 1 << bits:
        return None
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def is_lossy(dataset: Dataset, syntax: str) -> bool:
    """Return whether the pixels were ever compressed with loss (PS3.3 section C.7.6.1.1.5)."""
    stated = at.text(dataset, "LossyImageCompression")
    if stated == "00" and syntax in {"1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"}:
        return False  # these two may hold a reversible codestream
    return stated == "01" or syntax in LOSSY_SYNTAXES
