"""Who or what made an object, as its header says."""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.gate import LIMITS, Limits
from tumorboard.dicom.header import read_header

KEYWORDS = (
    "SpecificCharacterSet",
    "ContentCreatorName",
    "OperatorsName",
    "Manufacturer",
    "ManufacturerModelName",
    "StationName",
    "AuthorObserverSequence",
    "VerifyingObserverSequence",
)


def made_by(dataset: Dataset) -> str:
    """Return the person and the device that made an object, in words; may be empty."""
    persons = [at.text(dataset, k) for k in ("ContentCreatorName", "OperatorsName")]
    for sequence in ("VerifyingObserverSequence", "AuthorObserverSequence"):
        for item in at.items(dataset, sequence):
            persons.append(at.text(item, "VerifyingObserverName") or at.text(item, "PersonName"))
    person = next((plain_name(p) for p in persons if p), "")
    maker, model = at.text(dataset, "Manufacturer"), at.text(dataset, "ManufacturerModelName")
    device = model if maker and model.startswith(maker) else f"{maker} {model}".strip()
    return " · ".join(part for part in (person, device) if part)


def plain_name(name: str) -> str:
    """Return a DICOM person name as it is written: given name before family name."""
    parts = name.split("=", maxsplit=1)[0].split("^")
    family, given = parts[0], parts[1] if len(parts) > 1 else ""
    return f"{given} {family}".strip()


def author_of(path: Path, limits: Limits = LIMITS) -> str:
    """Return who or what made a file.

    Raises
    ------
    RefusedError
        When it is not DICOM.

    """
    with at.quiet_pydicom():
        return made_by(read_header(path, limits, KEYWORDS).dataset)
