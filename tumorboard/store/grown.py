"""What was outlined on a series that has grown since: laid on its slices as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tumorboard.canonical_json import loads
from tumorboard.case.codec import encode
from tumorboard.case.segmentation import segmentation_from_json
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_codec import Packed
from tumorboard.store import state, steps
from tumorboard.store.masks import Masks

if TYPE_CHECKING:
    from sqlite3 import Connection


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
        after, packed = Masks(connection).laid(segmentation_from_json(before), stack)
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
