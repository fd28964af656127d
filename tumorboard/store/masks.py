"""Voxels of masks and the grids they lie on, each under the digest of its content.

Rows are only ever added, in the transaction of the step that names them; an undo names an
older digest. Nothing here says whose they are: that is in the steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tumorboard.case.segmentation import Segmentation
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat, SliceStack
from tumorboard.imaging.mask_codec import (
    Packed,
    PackedMask,
    digest_of,
    pack_grid,
    unpack_grid,
    unpack_mask,
)
from tumorboard.imaging.mask_model import laid_on
from tumorboard.language import _
from tumorboard.store.driver import user_errors

if TYPE_CHECKING:
    from sqlite3 import Connection

#: The family whose records name voxels.
FAMILY = "segmentation"

#: What is said of an outline that slices came into.
SLICES_CAME = Caveat(
    "slices-came",
    _(
        "Slices came between those that were outlined, and nobody said what it holds there: it has "
        "no volume or size on these images. Outline it anew."
    ),
)

_NAMED = """SELECT DISTINCT value FROM (
    SELECT json_extract(body, '$.digest') AS value FROM (SELECTED)
    UNION SELECT json_extract(body, '$.grid_digest') FROM (SELECTED)
    ) WHERE value != ''"""
_BODIES = """SELECT after AS body FROM change JOIN step ON step.sequence = change.step
    WHERE entity = 'segmentation' AND after IS NOT NULL AND (?1 = '' OR case_uid = ?1)"""


@dataclass(frozen=True)
class Masks:
    """The voxels of masks and their grids, by digest."""

    _connection: Connection

    def put(self, packed: Iterable[Packed]) -> None:
        """Store what is not there yet; in a transaction."""
        for one in packed:
            self._connection.execute(
                "INSERT INTO mask_voxels (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (one.digest, one.body),
            )

    @user_errors()
    def body_of(self, digest: str) -> bytes:
        """Return the stored bytes of a digest.

        Raises
        ------
        UserError
            When they are not there.

        """
        row = self._connection.execute(
            "SELECT body FROM mask_voxels WHERE digest = ?", (digest,)
        ).fetchone()
        if row is None:
            raise UserError(
                _("The voxels of this outline are not in the store."),
                _("Check the store with the command verify, or put back a copy."),
            )
        return bytes(row["body"])

    def digests_of(self, case_uid: str = "") -> list[str]:
        """Return every digest that the history of a case names; of all cases without one."""
        sql = _NAMED.replace("SELECTED", _BODIES)
        return sorted(str(row[0]) for row in self._connection.execute(sql, (case_uid,)))

    def laid(self, record: Segmentation, stack: SliceStack) -> tuple[Segmentation, list[Packed]]:
        """Return an outline on the slices of a stack, and the voxels and grid that it then names.

        One that lies there already stays as it is; one that slices came into has no volume.
        """
        if record.grid_digest == pack_grid(stack).digest:
            return record, []
        try:
            grid = unpack_grid(self.body_of(record.grid_digest))
            mask = unpack_mask(self.body_of(record.digest), grid)
        except (UserError, ValueError):
            return record, []  # the check of the store names what is damaged
        found = laid_on(mask, stack)
        if found is None:
            kept = tuple(c for c in record.caveats if c.code != SLICES_CAME.code)
            return replace(record, volume_mm3=None, caveats=(*kept, SLICES_CAME)), []
        packed = PackedMask.of(found)
        return replace(record.filled_with(packed), caveats=found.caveats), [
            packed.voxels,
            packed.grid,
        ]


def copy(source: Connection, target: Connection, case_uid: str) -> None:
    """Copy what the history of a case names to another store; in a transaction there."""
    Masks(target).put(
        Packed(d, Masks(source).body_of(d)) for d in Masks(source).digests_of(case_uid)
    )


def check_named(connection: Connection, record: Mapping[str, Any]) -> None:
    """Check that what a record names is stored.

    Raises
    ------
    ValueError
        When it is not: our bug.

    """
    for name in ("digest", "grid_digest"):
        if record.get(name) and not _is_held(connection, record[name]):
            raise ValueError(f"the {name} of an outline names nothing stored")


def _is_held(connection: Connection, digest: str) -> bool:
    sql = "SELECT 1 FROM mask_voxels WHERE digest = ?"
    return connection.execute(sql, (digest,)).fetchone() is not None


def problems(connection: Connection) -> Iterator[str]:
    """Name voxels that are missing, or are not what their digest says."""
    held = {row["digest"] for row in connection.execute("SELECT digest FROM mask_voxels")}
    for digest in Masks(connection).digests_of():
        if digest not in held:
            yield _("voxels {digest} of an outline are missing", digest=digest[:16])
    for digest in sorted(held):
        if digest_of(Masks(connection).body_of(digest)) != digest:
            yield _("voxels {digest} of an outline were changed", digest=digest[:16])
