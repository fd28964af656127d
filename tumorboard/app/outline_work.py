"""What the session does with outlines in three dimensions and vessels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from dataclasses import replace
from typing import Final, TypeVar

from tumorboard.annotations.model import utc_now
from tumorboard.app import edits
from tumorboard.app.annotation_edits import outline_deleted
from tumorboard.app.case_repository import CaseRepository
from tumorboard.app.edits import Edit
from tumorboard.app.outlining import outlined
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_codec import PackedMask, unpack_grid, unpack_mask
from tumorboard.imaging.mask_model import Mask
from tumorboard.language import _

#: How many masks and grids are kept unpacked.
_KEPT: Final = 24

K = TypeVar("K")
V = TypeVar("V")


class MaskCache:
    """Masks and grids of a store, read once and kept while they are used.

    Content under a digest never changes, so nothing here grows old.
    """

    def __init__(self, store: CaseRepository) -> None:
        self.store = store
        self._grids: OrderedDict[str, SliceStack] = OrderedDict()
        self._masks: OrderedDict[tuple[str, str], Mask] = OrderedDict()

    def grid(self, digest: str) -> SliceStack:
        """Return the grid under a digest.

        Raises
        ------
        UserError
            When it is not there or damaged.

        """
        if digest not in self._grids:
            try:
                self._grids[digest] = unpack_grid(self.store.masks.body_of(digest))
            except ValueError as error:
                raise _damaged() from error
        return _used(self._grids, digest)

    def mask(self, record: Segmentation) -> Mask:
        """Return the voxels of a record on the grid that it names.

        Raises
        ------
        UserError
            When they are not there or damaged.

        """
        name = (record.digest, record.grid_digest)
        if name not in self._masks:
            grid = self.grid(record.grid_digest)
            try:
                body = self.store.masks.body_of(record.digest)
                self._masks[name] = unpack_mask(body, grid)
            except ValueError as error:
                raise _damaged() from error
        return _used(self._masks, name)

    def keep(self, packed: PackedMask, mask: Mask) -> None:
        """Keep a mask that was just stored."""
        name = (packed.voxels.digest, packed.grid.digest)
        self._masks[name] = mask
        _used(self._masks, name)


def _used(cache: OrderedDict[K, V], name: K) -> V:
    """Return what is kept under a name, and put away what was not used for long."""
    cache.move_to_end(name)
    while len(cache) > _KEPT:
        cache.popitem(last=False)
    return cache[name]


def _damaged() -> UserError:
    return UserError(
        _("The voxels of this outline are damaged in the store."),
        _("Check the store with the command verify, or put back a copy."),
    )


class OutlineWork(ABC):
    """The part of a session that has to do with outlines and vessels."""

    author: str
    _cache: MaskCache | None = None

    @property
    @abstractmethod
    def case(self) -> Case | None:
        """The open case."""

    @property
    @abstractmethod
    def store(self) -> CaseRepository:
        """Where everything lasts."""

    @abstractmethod
    def apply(self, edit: Edit) -> Case:
        """Make an edit."""

    def put_mask(self, record: Segmentation, mask: Mask | PackedMask, label: str = "") -> Case:
        """Give an outline these voxels, or add it and its lesion; one step.

        Volume, box, digests, author and time of the record are filled in. A large mask is
        packed by a worker (`PackedMask.of`) and handed in packed.

        Raises
        ------
        UserError
            When no case is open or it cannot be stored.

        """
        packed = mask if isinstance(mask, PackedMask) else PackedMask.of(mask)
        now = utc_now()
        created = record.created_utc or now
        record = replace(record, author=self.author, created_utc=created, changed_utc=now)
        held = self._open_case().segmentation(record.uid)
        if held is not None and _says_the_same(held, record.filled_with(packed)):
            return self._open_case()
        case = self.apply(outlined(self._open_case(), record, packed, label))
        if isinstance(mask, Mask):
            self._kept().keep(packed, mask)
        return case

    def put_segmentation(self, record: Segmentation, label: str = "") -> Case:
        """Change the words of an outline: its label, role, lesion, colour."""
        return self.apply(edits.put_segmentation(self._open_case(), record, None, label))

    def delete_segmentation(self, uid: str) -> Case:
        """Take an outline away."""
        return self.apply(outline_deleted(self._open_case(), uid))

    def mask(self, uid: str) -> Mask:
        """Return the voxels of an outline of the open case, on their grid.

        Raises
        ------
        KeyError
            When there is no such outline.
        UserError
            When its voxels cannot be read.

        """
        record = self._open_case().segmentation(uid)
        if record is None:
            raise KeyError(uid)
        return self._kept().mask(record)

    def mask_of(self, record: Segmentation) -> Mask:
        """Return the voxels that a record names, such as those of an earlier time.

        Raises
        ------
        UserError
            When they cannot be read.

        """
        return self._kept().mask(record)

    def put_vessel(self, vessel: VesselPath, label: str = "") -> Case:
        """Lay a vessel or replace its older self; author and time are filled in."""
        now = utc_now()
        created = vessel.created_utc or now
        vessel = replace(vessel, author=self.author, created_utc=created, changed_utc=now)
        held = self._open_case().vessel(vessel.uid)
        if held is not None and replace(held, changed_utc=now, author=self.author) == vessel:
            return self._open_case()
        return self.apply(edits.put_vessel(self._open_case(), vessel, label))

    def delete_vessel(self, uid: str) -> Case:
        """Take a vessel away."""
        return self.apply(edits.delete_vessel(self._open_case(), uid))

    def _open_case(self) -> Case:
        if self.case is None:
            raise UserError(_("No case is open."), _("Open a case from the worklist first."))
        return self.case

    def _kept(self) -> MaskCache:
        if self._cache is None or self._cache.store is not self.store:
            self._cache = MaskCache(self.store)
        return self._cache


def _says_the_same(held: Segmentation, record: Segmentation) -> bool:
    return replace(held, author=record.author, changed_utc=record.changed_utc) == record
