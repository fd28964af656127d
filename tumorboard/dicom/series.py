"""A series: pictures that belong together, in their order in space."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any

from tumorboard.dicom.checks import caveat, has_geometry, positions_of, stack_of
from tumorboard.dicom.instance import (
    UNSCALED,
    Instance,
    PatientIdentity,
    SeriesInfo,
    derived_uid,
)
from tumorboard.imaging.geometry import Calibration, Caveat, SliceStack, nearest_plane
from tumorboard.imaging.overlay import Picture
from tumorboard.imaging.volume import Window

#: Caveat of pictures of which an older program did not note the unit.
OLD_READING = "old-reading"

__all__ = ["Instance", "PatientIdentity", "Series", "SeriesInfo"]


@dataclass(frozen=True)
class Series:
    """Pictures of one series, size and orientation, sorted along their normal.

    A DICOM series that cannot be one stack is several of these, told apart by ``part``
    (0 is the largest) with the reason among the ``caveats``.

    Parameters
    ----------
    kind
        "volume": slices of known position; "stack": several pictures that make no
        volume; "image": one picture; "document" and "overlay": listed, not shown.
    scattered
        The pictures of a stack do not lie side by side: at one place one after another, or
        each in a direction of its own. Then their positions say nothing about the stack.
    name
        Under which name it was taken into a case first; empty before that.

    """

    info: SeriesInfo
    kind: str
    instances: tuple[Instance, ...]
    part: int = 0
    caveats: tuple[Caveat, ...] = field(default=())
    scattered: bool = False
    name: str = ""

    @property
    def uid(self) -> str:
        """What names this series in a case, for good.

        The Series Instance UID for the first part that was taken in, for others a UID made
        from what they are: their pictures.
        """
        if self.name or self.part == 0:
            return self.name or self.series_instance_uid
        return self.part_uid

    @property
    def part_uid(self) -> str:
        """A UID made from the pictures, the same wherever and in whatever company they come."""
        pictures = sorted(f"{i.sop_instance_uid} {i.frame}" for i in self.instances)
        uids = (self.study_instance_uid, self.series_instance_uid, self.modality)
        return derived_uid("part", *uids, *pictures)

    @property
    def patient(self) -> PatientIdentity:
        """Who the pictures are of, as the headers say."""
        return self.info.patient

    @property
    def study_instance_uid(self) -> str:
        """Study Instance UID, or one made where it is missing."""
        return self.info.study_instance_uid

    @property
    def series_instance_uid(self) -> str:
        """Series Instance UID, or one made where it is missing; shared by all parts."""
        return self.info.series_instance_uid

    @property
    def unit(self) -> str:
        """Unit of rescaled values; a localizer's are no HU even if the header says so.

        Colours are measured by how bright they are.
        """
        if self.instances[0].localizer:
            return ""
        if self.instances[0].is_colour:
            return "brightness"
        if not self.is_rescaled:
            return ""
        units = {self.info.unit if i.unit is None else i.unit for i in self.instances}
        if len(units) > 1:
            return ""
        return "SUVbw" if self.info.suv_factor else units.pop()

    @cached_property
    def is_rescaled(self) -> bool:
        """Whether all pictures say how their stored values become what they stand for.

        Where one does not, all keep their stored values, so that none is compared with another
        that means something else.
        """
        return not any(UNSCALED.intersection(i.flaws) for i in self.instances)

    @property
    def scales(self) -> frozenset[tuple[float, float]]:
        """Each slope and intercept that is in force for one of the pictures."""
        if not self.is_rescaled:
            return frozenset({(1.0, 0.0)})
        return frozenset((i.slope, i.intercept) for i in self.instances)

    @property
    def frame_of_reference_uid(self) -> str:
        """Frame of Reference UID, empty when missing."""
        return self.instances[0].frame_of_reference_uid

    @property
    def modality(self) -> str:
        """Modality, "OT" when missing."""
        return self.info.modality

    @property
    def has_pixels(self) -> bool:
        """Whether there is anything to load."""
        return self.kind in {"volume", "stack", "image"}

    def holds_any(self, pictures: frozenset[Picture]) -> bool:
        """Whether one of its pictures, or the object that it is a frame of, is among these."""
        own = ((i.sop_instance_uid, n) for i in self.instances for n in (0, i.frame))
        return not pictures.isdisjoint(own)

    @property
    def slices(self) -> int:
        """How many pictures."""
        return len(self.instances)

    @property
    def rows(self) -> int:
        """Rows of a picture or overlay; 0 for documents."""
        return self.instances[0].rows

    @property
    def columns(self) -> int:
        """Columns of a picture or overlay; 0 for documents."""
        return self.instances[0].columns

    @property
    def pixel_spacing(self) -> tuple[float, float] | None:
        """Millimetres between rows, and between columns; None when uncalibrated."""
        return self.instances[0].spacing

    @property
    def calibration(self) -> Calibration:
        """What the pixel spacing rests on."""
        return self.instances[0].calibration

    @property
    def transfer_syntax(self) -> str:
        """Transfer Syntax UID of the first picture."""
        return self.instances[0].transfer_syntax

    @property
    def lossy(self) -> bool:
        """Whether any picture was compressed with loss."""
        return any(i.lossy for i in self.instances)

    @property
    def window(self) -> Window | None:
        """The window sent with the middle picture, or with the first that has one."""
        middle = self.instances[len(self.instances) // 2]
        sent = (i for i in (middle, *self.instances) if i.window)
        first = next(sent, None)
        if first is None or first.window is None or not self.is_rescaled:
            return None  # a window is told in values after rescale
        centre, width = (v * (self.info.suv_factor or 1.0) for v in first.window)
        return Window(centre, width, first.voi_function or "LINEAR")

    @cached_property
    def stack(self) -> SliceStack | None:
        """The geometry; None without pixels. See `checks.stack_of` for missing positions."""
        return stack_of(self.instances, placed=self.has_geometry) if self.has_pixels else None

    @property
    def has_geometry(self) -> bool:
        """Whether it is known where in the patient the pixels lie."""
        return self.has_pixels and not self.scattered and has_geometry(self.instances)

    @property
    def plane(self) -> str:
        """The nearest anatomical plane; empty when the position is not known."""
        stack = self.stack
        return nearest_plane(stack.normal).value if stack and self.has_geometry else ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data for the store; what all instances share is kept once."""
        rows = [i.to_json() for i in self.instances]
        common = {k: v for k, v in rows[0].items() if all(r[k] == v for r in rows)}
        return {
            "info": asdict(self.info),
            "kind": self.kind,
            "part": self.part,
            "scattered": self.scattered,
            "name": self.name,
            "caveats": [asdict(c) for c in self.caveats],
            "common": common,
            "instances": [{k: v for k, v in r.items() if k not in common} for r in rows],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Series:
        """Rebuild a series from `to_json`, also after a passage through JSON text."""
        known = {f.name for f in fields(SeriesInfo)}
        info = {k: v for k, v in data["info"].items() if k in known}
        info["patient"] = PatientIdentity(**info["patient"])
        instances = Instance.many_from_json(data["common"], data["instances"])
        caveats = {c["code"]: Caveat(**c) for c in data["caveats"]}
        if any(i.chunks and i.unit is None for i in instances):
            caveats[OLD_READING] = caveat(OLD_READING)
        return cls(
            SeriesInfo(**info),
            data["kind"],
            instances,
            data["part"],
            tuple(caveats.values()),
            scattered=bool(data.get("scattered", False)),
            name=str(data.get("name", "")),
        )

    def public_json(self) -> dict[str, Any]:
        """Return what ``scan --json`` prints: no patient identity, no paths.

        ``affine`` maps (slice, row, column, 1) to LPS mm, as nested lists; None when no
        such matrix exists (uneven slices, no position, no calibration).
        """
        stack = self.stack if self.has_geometry else None
        matrix = stack.affine if stack else None
        spacing = self.pixel_spacing
        return {
            "series_instance_uid": self.series_instance_uid,
            "modality": self.modality,
            "kind": self.kind,
            "slices": self.slices,
            "rows": self.rows,
            "columns": self.columns,
            "pixel_spacing_mm": None if spacing is None else list(spacing),
            "positions_mm": (positions_of(self.instances) or []) if self.has_pixels else [],
            "affine": None if matrix is None else matrix.tolist(),
            "transfer_syntax": self.transfer_syntax,
            "lossy": self.lossy,
            "caveats": [asdict(c) for c in self.caveats],
        }
