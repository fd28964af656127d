"""Coded terms: a value, its scheme and its meaning, as DICOM writes them (PS3.3 section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.language import N_


@dataclass(frozen=True)
class Code:
    """A coded concept. ``scheme`` is a Coding Scheme Designator (0008,0102).

    ``meaning`` is the word of the scheme, in English: it goes into objects, and a reader sees
    its translation.
    """

    value: str
    scheme: str
    meaning: str


LENGTH: Final = Code("410668003", "SCT", N_("Length"))
PATH_LENGTH: Final = Code("121211", "DCM", N_("Path length"))
LONG_AXIS: Final = Code("103339001", "SCT", N_("Long Axis"))
SHORT_AXIS: Final = Code("103340004", "SCT", N_("Short Axis"))
AREA: Final = Code("42798000", "SCT", N_("Area"))
ANGLE: Final = Code("1483009", "SCT", N_("Angle"))
DIAMETER: Final = Code("81827009", "SCT", N_("Diameter"))
PERIMETER: Final = Code("131191004", "SCT", N_("Perimeter"))
MASS: Final = Code("4147007", "SCT", "Mass")
RETROPERITONEUM: Final = Code("82849001", "SCT", "Retroperitoneal space")
CRANIOCAUDAL: Final = Code("CC-EXTENT", "99TUMORBOARD", N_("Craniocaudal extent"))
INFERIOR_VENA_CAVA: Final = Code("64131007", "SCT", "Inferior vena cava")

#: Values of concepts in SNOMED RT, which older objects carry (PS3.16 annex O).
_SNOMED_RT: Final = {LONG_AXIS: "G-A185", SHORT_AXIS: "G-A186"}


def means(value: str, concept: Code) -> bool:
    """Whether a code value as it was sent, of today or of SNOMED RT, stands for a concept."""
    return value in (concept.value, _SNOMED_RT.get(concept))
