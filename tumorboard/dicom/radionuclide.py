"""Which positron emitter was given, and how long it lives: a check of what a header states."""

from __future__ import annotations

import functools
import re
from typing import Final, NamedTuple

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at


class Radionuclide(NamedTuple):
    """``half_life`` in seconds; ``codes`` in SNOMED CT, its older form, or DICOM (CID 4020)."""

    name: str
    half_life: float
    codes: tuple[str, ...]


_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0

#: Half-lives after NUBASE2020 (Chinese Physics C 45, 030001), codes after PS3.16 CID 4020.
_KNOWN: Final = (
    Radionuclide("C-11", 20.36 * _MINUTE, ("40565003", "C-105A1")),
    Radionuclide("N-13", 9.965 * _MINUTE, ("21576001", "C-107A1")),
    Radionuclide("O-14", 70.62, ("424875009", "C-1018C")),
    Radionuclide("O-15", 122.27, ("129504001", "C-B1038")),
    Radionuclide("F-18", 109.77 * _MINUTE, ("77004003", "C-111A1")),
    Radionuclide("Na-22", 950.5 * _DAY, ("71633006", "C-155A1")),
    Radionuclide("K-38", 7.636 * _MINUTE, ("423764008", "C-135A4")),
    Radionuclide("Sc-43", 3.891 * _HOUR, ("126605",)),
    Radionuclide("Sc-44", 4.042 * _HOUR, ("126600",)),
    Radionuclide("Ti-45", 184.8 * _MINUTE, ("75696008", "C-166A2")),
    Radionuclide("Mn-51", 45.81 * _MINUTE, ("126601",)),
    Radionuclide("Mn-52", 5.591 * _DAY, ("37225000", "C-149A1")),
    Radionuclide("Mn-52m", 21.1 * _MINUTE, ("126607",)),
    Radionuclide("Fe-52", 8.275 * _HOUR, ("69089000", "C-130A1")),
    Radionuclide("Cu-60", 23.7 * _MINUTE, ("425364008", "C-127A4")),
    Radionuclide("Cu-61", 3.343 * _HOUR, ("71425003", "C-127A1")),
    Radionuclide("Cu-62", 9.672 * _MINUTE, ("422934004", "C-127A5")),
    Radionuclide("Cu-64", 12.7006 * _HOUR, ("3932008", "C-127A2")),
    Radionuclide("Zn-62", 9.193 * _HOUR, ("65054007", "C-141A1")),
    Radionuclide("Ga-66", 9.304 * _HOUR, ("79477007", "C-131A1")),
    Radionuclide("Ga-68", 67.842 * _MINUTE, ("35337001", "C-131A3")),
    Radionuclide("Ge-68", 271.05 * _DAY, ("53315004", "C-128A2")),
    Radionuclide("As-70", 52.6 * _MINUTE, ("126602",)),
    Radionuclide("As-72", 26.0 * _HOUR, ("2705002", "C-115A2")),
    Radionuclide("Se-73", 7.15 * _HOUR, ("87437000", "C-116A2")),
    Radionuclide("Br-75", 96.7 * _MINUTE, ("17910003", "C-113A1")),
    Radionuclide("Br-76", 16.2 * _HOUR, ("79523006", "C-113A2")),
    Radionuclide("Br-77", 57.04 * _HOUR, ("86521004", "C-113A3")),
    Radionuclide("Rb-82", 75.45, ("79197006", "C-159A2")),
    Radionuclide("Y-86", 14.74 * _HOUR, ("10738001", "C-162A3")),
    Radionuclide("Zr-89", 78.36 * _HOUR, ("63360001", "C-168A4")),
    Radionuclide("Nb-90", 14.60 * _HOUR, ("126603",)),
    Radionuclide("Y-90", 64.05 * _HOUR, ("14691008", "C-162A7")),
    Radionuclide("Tc-94m", 52.0 * _MINUTE, ("424079002", "C-163AA")),
    Radionuclide("I-124", 4.1760 * _DAY, ("40937006", "C-114A5")),
    Radionuclide("Tb-152", 17.8784 * _HOUR, ("126606",)),
)

#: Names of tracers that tell their nuclide where no nuclide is named: ligands have several.
_NAMES: Final = (
    (r"\bfdg\b|fluoro-?deoxy|\bpsma-?1007\b|dcfpyl|piflufolastat|florbeta", "F-18"),
    (r"dotatoc|dotatate|dotanoc|\bpsma-?11\b|gozetotide", "Ga-68"),
)

#: Names that stand for one nuclide whatever else is said.
_SURE: Final = ((r"\bfdg\b|fluoro-?deoxy", "F-18"),)

#: Elements as they are written out.
_ELEMENTS: Final = {
    "C": "carbon",
    "N": "nitrogen",
    "O": "oxygen",
    "F": "fluorine|fluor",
    "Na": "sodium",
    "Sc": "scandium",
    "Cu": "copper",
    "Ga": "gallium",
    "Ge": "germanium",
    "Rb": "rubidium",
    "Y": "yttrium",
    "Zr": "zirconium",
    "I": "iodine",
}

#: Relative difference of a stated half-life from the known one that is rounding or an older
#: measurement, as 68 minutes of Ga-68 and 76.4 s of Rb-82; that of other units is far beyond.
_TOLERANCE: Final = 0.015


class Given(NamedTuple):
    """What is given of a nuclide, far beyond practice, and what is usual for a kg.

    ``most`` in Bq; ``usual`` in Bq/kg, None where doses differ too much to say.
    """

    most: float
    usual: tuple[float, float] | None = None


#: Usual for a kg are the dosage cards of the EANM for adults and children, halved for scanners
#: of the whole body and doubled for old ones.
_GIVEN: Final = {
    "C-11": Given(2e9),
    "N-13": Given(2e9),
    "F-18": Given(1.5e9, (1e6, 15e6)),
    "Cu-64": Given(1.5e9),
    "Ga-68": Given(8e8, (0.3e6, 8e6)),
    "Zr-89": Given(4e8),
    "I-124": Given(6e8),
}


def half_life_is_plausible(tracer: Dataset, half_life: float) -> bool:
    """Whether a half-life (s) is that of the nuclide that a tracer names, or else of any known."""
    named = _named(tracer)
    known = [k for k in _KNOWN if k.name in named] if named else list(_KNOWN)
    return any(_lives(k, half_life) for k in known)


def given(tracer: Dataset, half_life: float) -> Given | None:
    """Return what is given of the nuclide that a tracer names or its half-life (s) tells."""
    named = _named(tracer)
    lives = [k.name for k in _KNOWN if _lives(k, half_life) and (not named or k.name in named)]
    return _GIVEN.get(lives[0]) if len(lives) == 1 else None


def names_contradict(tracer: Dataset) -> bool:
    """Whether the nuclide's code and the words beside it name different nuclides.

    A nuclide and the one it comes from, as Ga-68 and Ge-68, may stand side by side.
    """
    told = [names for names in (_coded(tracer), *_worded(tracer)) if names]
    return bool(told) and not frozenset.intersection(*told)


def _lives(nuclide: Radionuclide, half_life: float) -> bool:
    return abs(half_life - nuclide.half_life) <= _TOLERANCE * nuclide.half_life


def _named(tracer: Dataset) -> frozenset[str]:
    """Return the nuclides that a tracer may be of, by code, by words, by what it is."""
    for names in (_coded(tracer), *_worded(tracer)):
        if names:
            return names
    words = at.text(tracer, "Radiopharmaceutical").lower()
    return frozenset(name for pattern, name in _NAMES if re.search(pattern, words))


def _coded(tracer: Dataset) -> frozenset[str]:
    codes = {at.text(i, "CodeValue") for i in at.items(tracer, "RadionuclideCodeSequence")}
    return frozenset(k.name for k in _KNOWN if codes.intersection(k.codes))


def _worded(tracer: Dataset) -> list[frozenset[str]]:
    """Return the nuclides that each of the words beside the code names."""
    said = [at.text(tracer, "Radiopharmaceutical")]
    for sequence in ("RadionuclideCodeSequence", "RadiopharmaceuticalCodeSequence"):
        said += [at.text(i, "CodeMeaning") for i in at.items(tracer, sequence)]
    return [_nuclides_in(text) for text in said]


@functools.lru_cache(maxsize=256)
def _nuclides_in(text: str) -> frozenset[str]:
    """Return the nuclides that words name, as "Ga-68", "[18F]", "^68^Gallium" or "F18-FDG"."""
    found = {name for pattern, name in _SURE if re.search(pattern, text, re.IGNORECASE)}
    for nuclide in _KNOWN:
        symbol, mass = nuclide.name.split("-")
        element = f"(?:{'|'.join(filter(None, (symbol, _ELEMENTS.get(symbol, ''))))})"
        between = r"[\s^\[\]()-]*"
        before = rf"(?<![a-z]){element}{between}(?<!\d){mass}(?![0-9m])"
        after = rf"(?<![0-9a-z]){mass}{between}{element}(?![a-z])"
        # Symbols that are words of a language too, as As, are told by their capitals.
        if re.search(f"{before}|{after}", text, re.IGNORECASE if symbol in _ELEMENTS else 0):
            found.add(nuclide.name)
    return frozenset(found)
