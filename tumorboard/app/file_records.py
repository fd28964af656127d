"""What the store knows of the files of a series, kept true in the background.

The functions are pure work for a thread: they take records as they lie in the store, and
`Session.keep_records` stores what they give back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tumorboard.app.case_repository import HASHES, PackedBody, open_body
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.dicom.series import Series


@dataclass(frozen=True)
class Renewed:
    """A record that was read, and the one to put in its place."""

    old: bytes
    new: PackedBody


def renewed(old: bytes, series: Series) -> Renewed:
    """Return the record of a series whose files were read anew; their hashes come later."""
    return Renewed(old, PackedBody.of(series.to_json()))


def hashes_of(record: bytes) -> dict[str, str]:
    """Return the SHA-256 of the files of a series by their paths, as far as it was taken."""
    return dict(open_body(record).get(HASHES, {}))


def with_hashes(records: Mapping[str, bytes], reporter: Reporter) -> dict[str, Renewed]:
    """Add the SHA-256 of the files to records, by series, that have none yet.

    A file that cannot be read, or is not the one that was scanned, gets none.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.

    """
    from tumorboard.dicom.series import Series
    from tumorboard.dicom.state import file_hashes

    found: dict[str, Renewed] = {}
    for uid, packed in records.items():
        body = open_body(packed)
        if HASHES in body:
            continue
        hashes = file_hashes(Series.from_json(body), reporter)
        body[HASHES] = {str(path): digest for path, digest in hashes.items()}
        found[uid] = Renewed(packed, PackedBody.of(body))
    return found
