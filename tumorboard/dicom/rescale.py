"""How stored values become quantities, and which unit they have then (PS3.3 section C.11.1).

A slope or intercept that is missing where it is needed, or no number, is never taken for 1
and 0 in silence: the values then stay as they are stored, without a unit, and a flaw says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.instance import UNSCALED
from tumorboard.language import N_

#: A decimal comma where DICOM has a point. Three digits behind it may be thousands, unless a
#: zero stands before it.
_COMMA: Final = re.compile(r"[+-]?(\d+),(\d+)")
_THOUSANDS: Final = 3

#: Modalities whose images need a transformation (PS3.3 sections C.8.2.1 and C.8.9.4).
_NEEDED: Final = frozenset({"CT", "PT"})

#: CT Image, Enhanced CT and Legacy Converted Enhanced CT Image Storage.
_CT_CLASSES: Final = frozenset(f"1.2.840.10008.5.1.4.1.1.{n}" for n in ("2", "2.1", "2.2"))

#: Secondary Capture, single and multi-frame: levels of a screen, never of a tissue (PS3.3 A.8).
_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"

#: Words of Image Type that say that a picture was taken from a screen.
_SCREEN: Final = frozenset({"SCREEN SAVE", "SCREENSAVE", "SCREENSHOT", "SCREEN CAPTURE"})

#: Words of Image Type for maps that are computed from scans and hold no attenuation of a tissue:
#: several energies (PS3.3 section C.8.15.2.1.1.5), derived contrast (C.8.16.3), perfusion.
_MAPS: Final = frozenset(
    {"MAT_SPECIFIC", "MAT_FRACTIONAL", "MAT_VALUE_BASED", "MAT_MODIFIED", "EFF_ATOMIC_NUM"}
    | {"ELECTRON_DENSITY", "EFF_Z", "Z_EFF", "ZEFF", "RHO", "EDW", "IODINE", "IODINE_DENSITY"}
    | {"IODINE_MAP", "CALCIUM", "URIC_ACID", "HAP"}
    | {"ADDITION", "SUBTRACTION", "MULTIPLY", "DIVISION", "STD_DEVIATION", "QUANTITY"}
    | {"PERFUSION", "CBF", "CBV", "MTT", "TTP", "TMAX", "TTD", "PERMEABILITY"}
    | {"BLOOD_FLOW", "BLOOD_VOLUME"}
)

#: Rescale Type and Modality LUT Type (PS3.3 section C.11.1.1.2), Units of a PET (C.8.9.1.1.3).
_RESCALE_TYPES: Final = {
    "HU": "HU",
    "US": "",
    "OD": N_("10⁻³ optical density"),
    "MGML": "mg/mL",
    "Z_EFF": N_("effective Z"),
    "ED": N_("10²³ electrons/mL"),
    "EDW": N_("electron density, relative to water"),
    "HU_MOD": N_("modified HU"),
    "PCT": "%",
    "UNSPECIFIED": "",
}

#: Hounsfield units as scanners write them out, misspelt too.
_HOUNSFIELD: Final = re.compile(r"HOUND?S?FIELD(?: UNITS?)?")
_UNITS: Final = {
    "BQML": "Bq/mL",
    "CNTS": N_("counts"),
    "CPS": N_("counts/s"),
    "PROPCNTS": N_("proportional to counts"),
    "PROPCPS": N_("proportional to counts/s"),
    "GML": "g/mL",
    "CM2ML": "cm2/mL",
    "CM2": "cm2",
    "PCNT": "%",
    "NONE": "",
    "1CM": "1/cm",
    "MLG": "mL/g",
    "MLML": "mL/mL",
    "MLMINML": "mL/min/mL",
    "MLMING": "mL/min/g",
    "MGMINML": "mg/min/mL",
    "UMOLMINML": "µmol/min/mL",
    "UMOLML": "µmol/mL",
    "STDDEV": N_("standard deviations"),
}

#: SUV Type (PS3.3 section C.8.9.1): what the body is measured by.
_SUV_TYPES: Final = {
    "BW": "SUVbw",
    "LBM": "SUVlbm",
    "LBMJAMES128": "SUVlbm",
    "LBMJANMA": "SUVlbm",
    "BSA": "SUVbsa",
    "IBW": "SUVibw",
}


@dataclass(frozen=True)
class Rescale:
    """Value = stored value * ``slope`` + ``intercept``; 1 and 0 with a flaw of `UNSCALED`."""

    slope: float
    intercept: float
    flaws: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether values are what the header says that they are."""
        return not UNSCALED.intersection(self.flaws)


def rescale_of(item: Dataset, modality: str) -> Rescale:
    """Return the transformation that a dataset, or an item of a functional group, states."""
    if at.items(item, "ModalityLUTSequence"):
        return Rescale(1.0, 0.0, ("modality-lut",))
    slope, slope_flaw = _number(item, "RescaleSlope")
    intercept, intercept_flaw = _number(item, "RescaleIntercept")
    flaws = {slope_flaw, intercept_flaw} - {""}
    if slope is not None and intercept is not None:
        if slope == 0:
            return Rescale(1.0, 0.0, ("bad-rescale",))
        return Rescale(slope, intercept, tuple(flaws))
    if "rescale-unreadable" in flaws:
        return Rescale(1.0, 0.0, ("rescale-unreadable",))
    if slope is not None or intercept is not None:
        return Rescale(1.0, 0.0, ("rescale-incomplete",))
    return Rescale(1.0, 0.0, ("rescale-missing",) if modality in _NEEDED else ())


def _number(item: Dataset, keyword: str) -> tuple[float | None, str]:
    """Return a number and its flaw; None without a flaw where nothing is stated."""
    found = at.numbers(item, keyword)
    if found is not None:
        return (found[0], "") if len(set(found)) == 1 else (None, "rescale-unreadable")
    stated = at.text(item, keyword)
    if not stated:
        return None, ""
    comma = _COMMA.fullmatch(stated)
    if comma is None or (len(comma[2]) == _THOUSANDS and comma[1].strip("0")):
        return None, "rescale-unreadable"
    return float(stated.replace(",", ".")), "rescale-comma"


def unit_of(header: Dataset, items: Sequence[Dataset], modality: str, rescale: Rescale) -> str:
    """Return the unit of a frame's values; empty where the object gives them none.

    Parameters
    ----------
    header
        The whole header.
    items
        Where Rescale Type is looked for, in turn: functional groups go before the header.
    modality
        Modality of the series.
    rescale
        What `rescale_of` made of the same items.

    """
    sop_class = at.uid(header, "SOPClassUID")
    if not rescale.is_valid or sop_class.startswith(_CAPTURE):
        return ""
    tables = [t for d in items for t in at.items(d, "ModalityLUTSequence")[:1]]
    if tables:
        kind = at.text(tables[0], "ModalityLUTType")
        return _RESCALE_TYPES.get(kind.upper(), kind)
    kind = next((s for d in items if (s := at.text(d, "RescaleType"))), "")
    units = at.text(header, "Units").upper()
    if modality == "PT" and units:
        kind = at.text(header, "SUVType").upper() if units in {"GML", "CM2ML"} else ""
        return _SUV_TYPES.get(kind) or _UNITS.get(units, units)
    if kind:
        spelt = bool(_HOUNSFIELD.fullmatch(kind.upper()))
        return "HU" if spelt else {**_UNITS, **_RESCALE_TYPES}.get(kind.upper(), kind)
    if units:
        return _UNITS.get(units, units)
    return "HU" if modality == "CT" and _is_ct(header, sop_class) else ""


def _is_ct(header: Dataset, sop_class: str) -> bool:
    """Whether a picture without a Rescale Type is one of a scanner, whose values are then HU.

    A CT image has 16 bits allocated (PS3.3 section C.8.2.1.1) and was never converted from
    something else; one with several energies would have to state the type (C.8.2.1), and a
    map that does not is known by the word for it.
    """
    kinds = set(at.text(header, "ImageType").upper().split("\\"))
    return (
        sop_class in {*_CT_CLASSES, ""}
        and not at.text(header, "ConversionType")
        and not kinds & (_SCREEN | _MAPS)
        and at.integer(header, "BitsAllocated") == 16
        and at.integer(header, "SamplesPerPixel") == 1
        and at.text(header, "MultienergyCTAcquisition").upper() != "YES"
    )
