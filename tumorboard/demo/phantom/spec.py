"""What is to be generated: every number that matters, as data.

Lengths are millimetres, points LPS, HU Hounsfield units. z is zero at the upper pelvis and
grows to the head.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]
Part = TypeVar("Part")


#: Raise it when the same specification gives other voxels than before.
GENERATION = 2


@dataclass(frozen=True)
class Sampling:
    """The voxels: head first, supine, axial, no tilt.

    ``centre_y`` is where the middle of the field of view lies in LPS y; in x it is 0.
    """

    rows: int = 512
    columns: int = 512
    pixel_mm: float = 0.78125
    slices: int = 190
    slice_mm: float = 2.0
    z_low: float = 0.0
    centre_y: float = 8.0

    @cached_property
    def x(self) -> NDArray[np.float64]:
        """Return LPS x of the columns, shape (columns,)."""
        middle = (self.columns - 1) / 2
        return np.asarray((np.arange(self.columns) - middle) * self.pixel_mm, np.float64)

    @cached_property
    def y(self) -> NDArray[np.float64]:
        """Return LPS y of the rows, shape (rows,)."""
        steps = np.arange(self.rows) - (self.rows - 1) / 2
        return np.asarray(steps * self.pixel_mm + self.centre_y, np.float64)

    @cached_property
    def z(self) -> NDArray[np.float64]:
        """Return LPS z of the slices, shape (slices,), growing to the head."""
        return np.asarray(self.z_low + np.arange(self.slices) * self.slice_mm, np.float64)


@dataclass(frozen=True)
class Body:
    """The habitus: half of the width, how far the front lies before y = 0, fat."""

    half_width: float = 172.0
    front: float = 110.0
    back: float = 120.0
    fat: float = 1.0


@dataclass(frozen=True)
class Mass:
    """The mass: an ellipsoid whose long axis is turned in the axial plane.

    ``axes`` are full lengths: axial long, axial short, craniocaudal. ``turn`` is degrees
    of the long axis from +x (left) to +y (posterior). ``centre`` lies on the plane of a
    slice, so the axial axes are exact there. ``necrosis`` is the size of the core as a
    share of the axes; ``rim`` an outer shell of ``rim_mm`` that enhances; ``septa`` makes
    the inside fat crossed by strands. ``fat_plane`` is the width of fat around it, and
    ``push`` how far it squeezes soft tissue aside (0: nothing, 1: all of it).
    """

    centre: Vector
    axes: Vector
    turn: float = 0.0
    hu: float = 68.0
    rim: float = 92.0
    rim_mm: float = 3.0
    necrosis: float = 0.0
    septa: bool = False
    fat_plane: float = 1.5
    push: float = 0.7

    @property
    def half(self) -> Vector:
        """The half axes in the order of ``axes``."""
        a, b, c = self.axes
        return (a / 2, b / 2, c / 2)

    def scale_at(self, z: float) -> float:
        """Return the size of the axial cut at z as a share of the largest; 0 outside."""
        w = (z - self.centre[2]) / self.half[2]
        return float(np.sqrt(max(0.0, 1 - w * w)))


@dataclass(frozen=True)
class Thrombus:
    """Tumour inside the vein from ``caudal`` to ``cranial`` (z).

    ``occlusion`` is the share of the lumen's area that it fills, ``distended`` the radius
    of the vein around it.
    """

    caudal: float
    cranial: float
    occlusion: float
    distended: float = 13.0
    hu: float = 62.0


@dataclass(frozen=True)
class Contact:
    """At this z the vein lies so far into the mass that ``arc`` degrees of its wall touch it.

    ``direction`` is where the vein lies seen from the centre of the mass, degrees from +x
    to +y. ``reach`` is how far above and below the vein's course is bent.
    """

    z: float
    arc: float
    direction: float
    reach: float = 70.0


@dataclass(frozen=True)
class Levels:
    """Positions (z) of the landmarks along the inferior vena cava, caudal to cranial."""

    iliac_confluence: float = 80.0
    renal_veins: float = 188.0
    liver_entry: float = 236.0
    hepatic_veins: float = 322.0
    cavoatrial_junction: float = 348.0


@dataclass(frozen=True)
class Ivc:
    """The inferior vena cava: a circle of ``radius`` on each axial slice."""

    levels: Levels = field(default_factory=Levels)
    radius: float = 10.5
    shift: tuple[float, float] = (0.0, 0.0)
    tumour: Thrombus | None = None
    contact: Contact | None = None


@dataclass(frozen=True)
class Metastasis:
    """An ellipsoid elsewhere; ``axes`` are full lengths, ``turn`` as for the mass."""

    name: str
    site: str
    centre: Vector
    axes: Vector
    turn: float = 0.0
    hu: float = 70.0
    rim: float = 95.0


@dataclass(frozen=True)
class Identity:
    """Whose images these claim to be: a person who does not exist."""

    name: str = "Phantom^Nobody"
    patient_id: str = "DEMO-0"
    birth_date: str = "19700101"
    sex: str = "O"
    study_date: str = "20260105"
    study_time: str = "090000"
    study_description: str = "CT abdomen and pelvis"
    accession: str = "DEMO"


@dataclass(frozen=True)
class PhantomSpec:
    """One series.

    ``shifts`` moves organs by name (mm): right_kidney, left_kidney, bowel.
    ``absent`` leaves organs out by name.
    """

    seed: int = 1
    sampling: Sampling = field(default_factory=Sampling)
    body: Body = field(default_factory=Body)
    mass: Mass | None = None
    ivc: Ivc = field(default_factory=Ivc)
    metastases: tuple[Metastasis, ...] = ()
    shifts: Mapping[str, Vector] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    identity: Identity = field(default_factory=Identity)
    noise: float = 11.0

    def __post_init__(self) -> None:
        if self.mass is not None:
            planes = np.abs(self.sampling.z - self.mass.centre[2])
            if float(planes.min()) > 1e-6:
                raise ValueError("the centre of the mass lies on no slice")

    @property
    def content_hash(self) -> str:
        """Hash of everything above, hexadecimal: equal for equal series."""
        text = json.dumps([GENERATION, dataclasses.asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def from_mapping(kind: type[Part], values: Mapping[str, Any]) -> Part:
    """Build one of the records above from plain values, such as those of a YAML file.

    Raises
    ------
    ValueError
        For a name that the record does not have.
    TypeError
        For values that are not named, or when one is missing.

    """
    if not isinstance(values, Mapping):
        raise TypeError(f"{kind.__name__} needs named values")
    hints = typing.get_type_hints(kind)
    unknown = set(values) - set(hints)
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**{name: _value(hints[name], value) for name, value in values.items()})


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, types.UnionType):
        hint = next(a for a in typing.get_args(hint) if a is not type(None))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_mapping(hint, value)
    origin = typing.get_origin(hint)
    if origin is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_value(inner, v) for v in value)
    if origin is not None and isinstance(value, Mapping):
        return {k: _value(typing.get_args(hint)[1], v) for k, v in value.items()}
    return hint(value) if hint in (float, int, str) else value
