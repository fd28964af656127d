"""What was outlined on a series that has grown since: laid on its slices as they are now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tumorboard.case.segmentation import Segmentation, segmentation_from_json
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat, SliceStack
from tumorboard.imaging.mask_codec import Packed, PackedMask, pack_grid, unpack_grid, unpack_mask
from tumorboard.imaging.mask_model import laid_on
from tumorboard.store import state, steps
from tumorboard.store.codec import encode
from tumorboard.store.jsontext import loads
from tumorboard.store.masks import Masks

if TYPE_CHECKING:
    from sqlite3 import Connection

#: What is said of an outline that slices came into.
SLICES_CAME = Caveat(
    "slices-came",
    "Slices came between those that were outlined, and nobody said what it holds there: it has no "
    "volume or size on these images. Outline it anew.",
)


@dataclass(frozen=True)
class Grown:
    """The changes of a case, and the voxels and grids that they name."""

    rows: tuple[steps.ChangeRow, ...] = ()
    voxels: tuple[Packed, ...] = ()


def on_grown_series(connection: Connection, case_uid: str, name: str, stack: SliceStack) -> Grown:
    """Return what changes in a case when a series that it lists comes to lie on ``stack``.

    Outlines name the slices as they are counted now. One that slices came into has no volume
    any more. What was measured on outlines and vessels of the series is taken away until it is
    measured anew.
    """
    rows: list[steps.ChangeRow] = []
    voxels: list[Packed] = []
    resting: set[str] = set()
    for uid, text in state.items(connection, case_uid, "segmentation"):
        before = loads(text)
        if before["series_instance_uid"] != name or not before.get("digest"):
            continue
        after, packed = laid(Masks(connection), segmentation_from_json(before), stack)
        resting.add(uid)
        if encode(after) != before:
            rows.append(steps.row_of("segmentation", uid, before, encode(after)))
            voxels += packed
    for uid, text in state.items(connection, case_uid, "vessel"):
        if loads(text)["series_instance_uid"] == name:
            resting.add(uid)
    for fact, text in state.items(connection, case_uid, "derived"):
        held: dict[str, Any] = loads(text)
        if resting.intersection(held["provenance"]["annotation_uids"]):
            rows.append(steps.row_of("derived", fact, held, None))
    return Grown(tuple(rows), tuple(voxels))


def laid(
    masks: Masks, record: Segmentation, stack: SliceStack
) -> tuple[Segmentation, list[Packed]]:
    """Return an outline on the slices of a stack, and the voxels and grid that it then names.

    One that lies there already stays as it is; one that slices came into has no volume.
    """
    if record.grid_digest == pack_grid(stack).digest:
        return record, []
    try:
        grid = unpack_grid(masks.body_of(record.grid_digest))
        mask = unpack_mask(masks.body_of(record.digest), grid)
    except (UserError, ValueError):
        return record, []  # the check of the store names what is damaged
    found = laid_on(mask, stack)
    if found is None:
        kept = tuple(c for c in record.caveats if c.code != SLICES_CAME.code)
        return replace(record, volume_mm3=None, caveats=(*kept, SLICES_CAME)), []
    packed = PackedMask.of(found)
    return replace(record.filled_with(packed), caveats=found.caveats), [packed.voxels, packed.grid]
