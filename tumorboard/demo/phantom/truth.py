"""What is known exactly about a generated series, saved beside it."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tumorboard.demo.phantom.shapes import Vector
from tumorboard.demo.phantom.spec import Mass, PhantomSpec, from_mapping
from tumorboard.demo.phantom.vein import Vein
from tumorboard.errors import UserError

FILE = "truth.json"
Ends = tuple[Vector, Vector]


@dataclass(frozen=True)
class AxesTruth:
    """The ends (LPS mm) of the three axes of an ellipsoid, and their lengths in mm."""

    long: Ends
    short: Ends
    craniocaudal: Ends
    axes_mm: Vector


@dataclass(frozen=True)
class VeinTruth:
    """What is true of the vein: landmark points by name, tumour ends, occlusion, contact."""

    levels: dict[str, Vector]
    tumour_ends: dict[str, Vector]
    occlusion: float
    contact_arc_degrees: float
    contact_z: float


@dataclass(frozen=True)
class MetastasisTruth:
    """Another lesion."""

    name: str
    site: str
    axes: AxesTruth


@dataclass(frozen=True)
class Truth:
    """Everything known about one series, with the UIDs that name it."""

    study_instance_uid: str
    series_instance_uid: str
    frame_of_reference_uid: str
    content_hash: str
    mass: AxesTruth | None
    vein: VeinTruth
    metastases: tuple[MetastasisTruth, ...]

    def save(self, folder: Path) -> None:
        """Write the truth into the folder of its series."""
        text = json.dumps(dataclasses.asdict(self), indent=1)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def load_truth(folder: Path) -> Truth:
    """Read the truth beside a series.

    Raises
    ------
    UserError
        When it is missing or damaged.

    """
    try:
        values: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return from_mapping(Truth, values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"The demonstration data is damaged ({FILE}).", "Delete its folder; it is made again."
        ) from error


def truth_of(spec: PhantomSpec, uids: tuple[str, str, str]) -> Truth:
    """Compute the truth of a specification; ``uids`` name study, series, frame of reference."""
    found = tuple(
        MetastasisTruth(m.name, m.site, axes_of(Mass(m.centre, m.axes, m.turn)))
        for m in spec.metastases
    )
    mass = axes_of(spec.mass) if spec.mass else None
    vein = Vein(spec.ivc, spec.mass)
    levels = {n: vein.point(z) for n, z in dataclasses.asdict(spec.ivc.levels).items()}
    tumour, contact = spec.ivc.tumour, spec.ivc.contact
    ends = {}
    if tumour is not None:
        ends = {"caudal": vein.point(tumour.caudal), "cranial": vein.point(tumour.cranial)}
    z = contact.z if contact is not None else spec.ivc.levels.renal_veins
    occlusion = tumour.occlusion if tumour is not None else 0.0
    return Truth(
        *uids,
        spec.content_hash,
        mass,
        VeinTruth(levels, ends, occlusion, vein.contact_arc(z), z),
        found,
    )


def axes_of(mass: Mass) -> AxesTruth:
    """Return the ends of the axes of an ellipsoid."""
    angle = math.radians(mass.turn)
    cosine, sine = math.cos(angle), math.sin(angle)
    a, b, c = mass.half
    return AxesTruth(
        _ends(mass.centre, (a * cosine, a * sine, 0.0)),
        _ends(mass.centre, (-b * sine, b * cosine, 0.0)),
        _ends(mass.centre, (0.0, 0.0, c)),
        mass.axes,
    )


def _ends(centre: Vector, arm: Vector) -> Ends:
    x, y, z = centre
    return (x - arm[0], y - arm[1], z - arm[2]), (x + arm[0], y + arm[1], z + arm[2])
