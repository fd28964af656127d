"""One canonical JSON text for each value: what is stored, compared and hashed."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def dumps(value: Any) -> str:
    """Return the canonical text: sorted keys, no blanks, ASCII, finite numbers only.

    Raises
    ------
    ValueError, TypeError
        When the value has no JSON form.

    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def loads(text: str) -> Any:
    """Read a JSON text."""
    return json.loads(text)


def digest(text: str) -> str:
    """Return the SHA-256 of a text as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def pack(value: Mapping[str, Any]) -> bytes:
    """Return a large object as compressed canonical JSON (zlib)."""
    return pack_text(dumps(dict(value)))


def pack_text(text: str) -> bytes:
    """Return canonical JSON compressed (zlib)."""
    return zlib.compress(text.encode("ascii"), 6)


def unpack(blob: bytes) -> str:
    """Return the canonical text inside a packed object.

    Raises
    ------
    ValueError
        When the bytes are damaged.

    """
    try:
        return zlib.decompress(blob).decode("ascii")
    except (zlib.error, UnicodeDecodeError) as error:
        raise ValueError("a packed object is damaged") from error
