"""Undo and redo of outlines on series that grew since: they lie on the slices as they are now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tumorboard.app.edits import Change, Edit
from tumorboard.app.series_record import series_of
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Segmentation
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_codec import Packed

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository


def on_slices_of_now(store: CaseRepository, case: Case, edit: Edit) -> Edit:
    """Return an edit of an earlier time with its outlines on the series as they are now.

    An import that let a series grow laid its outlines on all slices; so does this with what
    they were before or became later. Everything else stays as it is.
    """
    slices = {s.series_instance_uid: s.slices for s in case.series}
    stacks: dict[str, SliceStack | None] = {}
    voxels: list[Packed] = list(edit.voxels)

    def now(record: Segmentation) -> Segmentation:
        name, count = record.series_instance_uid, record.grid_shape[0]
        if not record.digest or slices.get(name, count) == count:
            return record
        if name not in stacks:
            stacks[name] = _stack(store, name)
        stack = stacks[name]
        if stack is None:
            return record
        found, packed = store.masks.laid(record, stack)
        voxels.extend(packed)
        return found

    changes = tuple(_as_now(case, change, now) for change in edit.changes)
    return edit if changes == edit.changes else Edit(edit.label, changes, tuple(voxels))


def _as_now(case: Case, change: Change, now: Callable[[Segmentation], Segmentation]) -> Change:
    before, after = change.before, change.after
    if isinstance(after, Segmentation):
        after = now(after)
    if isinstance(before, Segmentation) and before != case.segmentation(change.key):
        before = now(before)
    return replace(change, before=before, after=after)


def _stack(store: CaseRepository, name: str) -> SliceStack | None:
    record = store.series.packed_of(name)
    try:
        return None if record is None else series_of(record).stack
    except UserError:
        return None
