"""What the files of a series bring beside its frames, read when it is first needed."""

from __future__ import annotations

import struct
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.dicom.decode import DecodeError
from tumorboard.dicom.gate import Limits, TooLargeError, inflate
from tumorboard.dicom.instance import Instance
from tumorboard.language import _

if TYPE_CHECKING:
    from tumorboard.dicom.tables import LookupTable, Palette

#: Value representations whose length takes four bytes after two that are spare (PS3.5 7.1.2).
_LONG = frozenset({b"OB", b"OW", b"OF", b"SQ", b"UT", b"UN", b"OD", b"OL", b"UC", b"UR"})


class Extras:
    """Palettes, tables of values and inflated streams, each read once; safe across threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._inflated: tuple[Path, bytes] | None = None
        self._palettes: dict[Path, Palette | None] = {}
        self._tables: dict[Path, LookupTable | None] = {}
        self._lock = threading.Lock()

    def inflated(self, path: Path) -> bytes:
        """Return the inflated content of a file, kept for its other frames.

        Raises
        ------
        DecodeError
            When it is damaged or too large.

        """
        with self._lock:
            if self._inflated is None or self._inflated[0] != path:
                self._inflated = (path, inflate_file(path, self._limits))
            return self._inflated[1]

    def palette(self, instance: Instance) -> Palette | None:
        """Return the palette of an instance; None where there is none."""
        if instance.photometric != "PALETTE COLOR":
            return None
        from tumorboard.dicom.palette import read_palette

        with self._lock:
            if instance.path not in self._palettes:
                self._palettes[instance.path] = read_palette(instance.path)
            return self._palettes[instance.path]

    def table(self, instance: Instance) -> LookupTable | None:
        """Return the Modality LUT of an instance; None where there is none."""
        if not instance.has_value_table:
            return None
        from tumorboard.dicom.lookup import read_lookup

        with self._lock:
            if instance.path not in self._tables:
                table = read_lookup(instance.path, "ModalityLUTSequence", instance.signed)
                self._tables[instance.path] = table
            return self._tables[instance.path]


def inflate_file(path: Path, limits: Limits) -> bytes:
    """Return what follows a file's own header, inflated, as the scan counted its offsets.

    Raises
    ------
    DecodeError
        When it is damaged or too large.

    """
    data = path.read_bytes()
    try:
        return inflate(data[meta_end(data) :], limits)
    except TooLargeError:
        raise DecodeError(_("It inflates to more than this program opens.")) from None
    except (ValueError, struct.error):
        raise DecodeError(_("Its deflated content is damaged.")) from None


def meta_end(data: bytes) -> int:
    """Return where the File Meta Information of a file ends (PS3.10 section 7.1)."""
    at = 132 if data[128:132] == b"DICM" else 0
    while data[at : at + 2] == b"\x02\x00":
        if data[at + 4 : at + 6] in _LONG:
            at += 12 + int(struct.unpack_from("<L", data, at + 8)[0])
        else:
            at += 8 + int(struct.unpack_from("<H", data, at + 6)[0])
    return at
