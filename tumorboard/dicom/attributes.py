"""Read values out of a header, forgiving about form and silent about content.

Values come from strangers' files: a wrong one reads as missing, never as an exception,
and neither a warning nor a log line may quote it.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import re
import struct
import threading
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from pydicom import config
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from tumorboard.text import line

_pydicom_lock = threading.RLock()


class _Quiet(threading.local):
    """How often this thread is within `quiet_pydicom`."""

    depth = 0


_quiet = _Quiet()


@contextlib.contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Use pydicom without its warnings and log lines, which quote header values.

    Warning filters belong to the whole process, so one thread at a time.
    """
    logger = logging.getLogger("pydicom")
    with _pydicom_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mode, disabled = config.settings.reading_validation_mode, logger.disabled
        config.settings.reading_validation_mode = config.IGNORE
        logger.disabled = True
        _quiet.depth += 1
        try:
            yield
        finally:
            _quiet.depth -= 1
            config.settings.reading_validation_mode = mode
            logger.disabled = disabled


@functools.cache
def tag_of(keyword: str) -> BaseTag:
    """Return the tag of a keyword, or of a number written as "0x60000010"."""
    return Tag(keyword)


#: Value representations of plain ASCII, and of binary numbers with their format.
_ASCII = frozenset({"CS", "DS", "IS", "UI", "DA", "TM", "AS"})
#: Texts in the character set of the file, which all have ASCII in common.
_LETTERS = frozenset({"LO", "SH", "PN"})
_BINARY = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "FL": "f", "FD": "d"}


@functools.cache
def _dictionary_vr(tag: BaseTag) -> str:
    return dictionary_VR(tag) if dictionary_has_tag(tag) else ""


def _value(dataset: Dataset, keyword: str) -> Any:
    tag = tag_of(keyword)
    try:
        found = dataset.get_item(tag)
        if isinstance(found, RawDataElement) and found.value is not None:
            vr = found.VR or _dictionary_vr(tag)
            if vr in _ASCII:
                return _ascii(found.value)
            if vr in _BINARY:
                return _binary(found.value, _BINARY[vr], found.is_little_endian)
        if _quiet.depth:
            return dataset[tag].value
        with quiet_pydicom():
            return dataset[tag].value
    except RecursionError:
        raise
    except Exception:  # noqa: BLE001 - a value that cannot be converted reads as missing
        return None


def _ascii(raw: bytes) -> Any:
    """Return a text, or several; what most values are, without pydicom's detours."""
    found = [v.strip(" \0") for v in raw.decode("latin-1").rstrip(" \0").split("\\")]
    return found if len(found) > 1 else found[0]


def _binary(raw: bytes, kind: str, little: bool) -> Any:
    size = struct.calcsize(f"<{kind}")
    found = struct.unpack(f"{'<' if little else '>'}{len(raw) // size}{kind}", raw)
    return found[0] if len(found) == 1 else list(found)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        return [value]
    return list(value)


#: Longer values than this many bytes are not remembered.
_SHORT = 256


def _stored(dataset: Dataset, keyword: str) -> tuple[str, bytes] | None:
    """Return the representation of a short value and its bytes as the file holds them.

    A missing value is an empty one; None stands for all others, which pydicom is to convert.
    """
    tag = tag_of(keyword)
    try:
        found = dataset.get_item(tag)
    except KeyError:
        return "CS", b""
    if not isinstance(found, RawDataElement) or not isinstance(found.value, bytes):
        return None
    if len(found.value) > _SHORT:
        return None
    return found.VR or _dictionary_vr(tag), found.value


@functools.lru_cache(maxsize=4096)
def _line_of(raw: bytes, is_plain: bool) -> str:
    """Return bytes of ASCII as one line; what all files of a series share is read once."""
    if is_plain:
        value = _ascii(raw)
        return line("\\".join(value) if isinstance(value, list) else value)
    return line(raw.decode("ascii").rstrip(" \0"))


def text(dataset: Dataset, keyword: str) -> str:
    """Return a value as one line of text; empty when missing."""
    if (stored := _stored(dataset, keyword)) is not None:
        vr, raw = stored
        if not raw:
            return ""
        if vr in _ASCII or (vr in _LETTERS and raw.isascii() and b"\x1b" not in raw):
            return _line_of(raw, vr in _ASCII)
    return line("\\".join(str(v) for v in _list(_value(dataset, keyword))))


def uid(dataset: Dataset, keyword: str) -> str:
    """Return a unique identifier; empty when missing or longer than 64 characters."""
    found = text(dataset, keyword)
    return found if len(found) <= 64 else ""


def numbers(dataset: Dataset, keyword: str, count: int | None = None) -> tuple[float, ...] | None:
    """Return finite numbers, or None when missing, not numbers, or not ``count`` of them."""
    stored = _stored(dataset, keyword)
    if stored is not None and not stored[1]:
        return None
    if stored is not None and stored[0] in {"DS", "IS"}:
        found = _numbers_of(stored[1])
        return found if found and (count is None or len(found) == count) else None
    values = _list(_value(dataset, keyword))
    if not values or (count is not None and len(values) != count):
        return None
    return _finite(values)


#: A decimal string (PS3.5 section 6.2). Python would read more, as "1_000" or digits of any script.
_DECIMAL = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


@functools.lru_cache(maxsize=4096)
def _numbers_of(raw: bytes) -> tuple[float, ...] | None:
    """Return the finite numbers of a decimal or integer string, or None."""
    return _finite(_list(_ascii(raw)))


def _finite(values: Sequence[Any]) -> tuple[float, ...] | None:
    """Return values as numbers, or None when one of them is none."""
    if any(isinstance(v, bytes) or (type(v) is str and not _DECIMAL.fullmatch(v)) for v in values):
        return None
    try:
        found = tuple(float(v) for v in values)
    except (TypeError, ValueError):
        return None
    return found if all(math.isfinite(v) for v in found) else None


def number(dataset: Dataset, keyword: str) -> float | None:
    """Return the first of the numbers, or None."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def decimal(dataset: Dataset, keyword: str) -> float | None:
    """Return the number of a private decimal string, whatever representation it claims."""
    found = raw_bytes(dataset, keyword) or text(dataset, keyword).encode("ascii", "replace")
    parsed = _numbers_of(found)
    return parsed[0] if parsed and len(parsed) == 1 else None


def integer(dataset: Dataset, keyword: str) -> int | None:
    """Return a whole number, or None."""
    found = number(dataset, keyword)
    return None if found is None or found != int(found) else int(found)


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence; empty when missing."""
    return [v for v in _list(_value(dataset, keyword)) if isinstance(v, Dataset)]


def referenced_pictures(image: Dataset) -> frozenset[tuple[str, int]]:
    """Return the pictures that an Image SOP Instance Reference (PS3.3 section 10.3) names.

    Each is (SOP Instance UID, frame); frame 0 stands for all of an object.
    """
    name = uid(image, "ReferencedSOPInstanceUID")
    frames = numbers(image, "ReferencedFrameNumber") or (0.0,)
    return frozenset((name, int(frame)) for frame in frames if name)


def raw_bytes(dataset: Dataset, keyword: str) -> bytes:
    """Return a binary value; empty when missing."""
    value = _value(dataset, keyword)
    return value if isinstance(value, bytes) else b""
