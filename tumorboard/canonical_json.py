"""One canonical JSON text for each value: what is stored, compared and hashed."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any, Final

from tumorboard.text import all_lines

Json = dict[str, Any]


def dumps(value: Any) -> str:
    """Return the canonical text: sorted keys, no blanks, ASCII, finite numbers only.

    Raises
    ------
    ValueError, TypeError
        When the value has no JSON form.

    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


#: Escapes of a canonical text for characters that may act: all but those of quotes, line ends
#: and tabs, and of letters below U+0300.
_SUSPECT: Final = re.compile(r"\\(?:[bfr]|u(?!00[b-f]|00a[0-9abcef]|0[12]))")
_BACKSLASH: Final = "\\\\"
_DELETE: Final = "\x7f"


def loads(text: str) -> Any:
    """Read a JSON text; what could act in its words is shown (`tumorboard.text.lines`)."""
    value = json.loads(text)
    return all_lines(value) if may_act(text) else value


def may_act(text: str) -> bool:
    """Whether a canonical text may hold a character that acts; never False for one that does."""
    # Escaped backslashes, of which image types have many, begin no other escape.
    rest = text.replace(_BACKSLASH, "")
    return _DELETE in rest or _SUSPECT.search(rest) is not None


def loads_exactly(text: str) -> Any:
    """Read a JSON text as it is: a record whose digest was signed."""
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
