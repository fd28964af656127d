"""What was outlined in three dimensions: a record of each mask; its voxels lie beside it.

The record names the voxels and the grid they lie on by digests
(`tumorboard.imaging.mask_codec`), so that undo brings back an older digest and a mask is
never laid on another grid unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.language import N_, _

#: Raised when a key changes its meaning; new optional keys do not raise it.
VERSION = 1

Index = tuple[int, int, int]


class Role(StrEnum):
    """What a mask stands for."""

    MASS = N_("mass")
    SOLID = N_("solid component")
    LUMEN = N_("lumen")
    TUMOUR_IN_LUMEN = N_("tumour in the lumen")
    BLAND_THROMBUS = N_("bland thrombus")
    OTHER = N_("other")

    @property
    def words(self) -> str:
        """What a reader sees for it."""
        return _(self.value)


@dataclass(frozen=True)
class Segmentation:
    """A mask of one thing on one series.

    ``uid`` stays through every edit. ``lesion_uid`` is the tracking UID of the lesion it
    belongs to, ``parent_uid`` the mask that a solid component is part of, ``vessel`` the name
    of the vessel that a lumen or thrombus belongs to; all may be empty. ``grid_shape`` is
    (slices, rows, columns) of the series, ``grid_digest`` stands for its whole geometry.
    ``digest`` names the voxels, ``origin`` and ``shape`` their box. ``volume_mm3`` is None
    where there is none (one slice alone); ``slices`` are the first and last filled, from 0.
    ``method`` says in words how it came about; ``colour`` is its number in the palette.
    ``author`` and ``changed_utc`` are of the last change.
    """

    uid: str
    label: str
    role: Role
    study_instance_uid: str
    series_instance_uid: str
    frame_of_reference_uid: str
    lesion_uid: str = ""
    parent_uid: str = ""
    vessel: str = ""
    grid_shape: Index = (0, 0, 0)
    grid_digest: str = ""
    digest: str = ""
    origin: Index = (0, 0, 0)
    shape: Index = (0, 0, 0)
    volume_mm3: float | None = None
    slices: tuple[int, ...] = ()
    method: str = ""
    colour: int = 0
    author: str = ""
    created_utc: str = ""
    changed_utc: str = ""
    caveats: tuple[Caveat, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled."""
        return not self.slices

    @property
    def volume_ml(self) -> float | None:
        """The volume in mL, None where there is none."""
        return None if self.volume_mm3 is None else self.volume_mm3 / 1000

    @property
    def digests(self) -> tuple[str, ...]:
        """What has to lie in the store for this record to be read."""
        return tuple(d for d in (self.digest, self.grid_digest) if d)

    def filled_with(self, packed: PackedMask) -> Segmentation:
        """Return the record of other voxels of the same thing."""
        return replace(
            self,
            grid_shape=packed.grid_shape,
            grid_digest=packed.grid.digest,
            digest=packed.voxels.digest,
            origin=packed.origin,
            shape=packed.shape,
            volume_mm3=packed.volume_mm3,
            slices=packed.slices,
        )


def segmentation_to_json(s: Segmentation) -> dict[str, Any]:
    """Return a record as JSON values."""
    plain = {name: getattr(s, name) for name in _PLAIN}
    return {
        "version": VERSION,
        **plain,
        "role": s.role.value,
        **{name: list(getattr(s, name)) for name in _LISTS},
        "caveats": [{"code": c.code, "text": c.text} for c in s.caveats],
    }


def segmentation_from_json(data: Mapping[str, Any]) -> Segmentation:
    """Read a record; keys that are not known are passed over.

    Raises
    ------
    ValueError
        When it has a later version, an unknown role, or lacks a needed key.

    """
    if data.get("version", VERSION) > VERSION:
        raise ValueError(
            _(
                "outline of version {version}, known are up to {newest}",
                version=data["version"],
                newest=VERSION,
            )
        )
    try:
        needed = {name: data[name] for name in _NEEDED}
    except KeyError as error:
        raise ValueError(_("outline without {key}", key=error.args[0])) from error
    fields: dict[str, Any] = {
        **needed,
        **{name: data[name] for name in _PLAIN if name in data},
        **{name: tuple(int(v) for v in data[name]) for name in _LISTS if name in data},
        "caveats": tuple(Caveat(c["code"], c["text"]) for c in data.get("caveats", ())),
        "role": Role(data["role"]),
    }
    return Segmentation(**fields)


_NEEDED = ("uid", "label", "study_instance_uid", "series_instance_uid", "frame_of_reference_uid")
_PLAIN = (
    *_NEEDED,
    *("lesion_uid", "parent_uid", "vessel", "grid_digest", "digest", "volume_mm3"),
    *("method", "colour", "author", "created_utc", "changed_utc"),
)
_LISTS = ("grid_shape", "origin", "shape", "slices")
