"""From activity to standardized uptake value by body weight, where a PET says enough.

Follows the vendor-neutral way of the Quantitative Imaging Biomarkers Alliance: pixels in
Bq/mL, corrected for attenuation and decay, the decay reference known. Everything that is
missing or contradictory is a reason to leave the values in Bq/mL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at

#: Times between injection and scan beyond this are taken for a mistake.
_LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Uptake:
    """``factor`` turns Bq/mL into SUV (g/mL); None with the ``reason`` why there is none."""

    factor: float | None = None
    reason: str = ""


def uptake(dataset: Dataset) -> Uptake:
    """Return how the values of a PET image become SUV by body weight."""
    if at.text(dataset, "Units").upper() == "GML":
        return Uptake()  # they are SUV already
    reason = _unmet(dataset)
    if reason:
        return Uptake(reason=reason)
    tracer = at.items(dataset, "RadiopharmaceuticalInformationSequence")[0]
    weight = at.number(dataset, "PatientWeight") or 0.0
    dose = at.number(tracer, "RadionuclideTotalDose") or 0.0
    half_life = at.number(tracer, "RadionuclideHalfLife") or 0.0
    if at.text(dataset, "DecayCorrection").upper() == "ADMIN":
        return Uptake(weight * 1000.0 / dose)
    waited = _waited(dataset, tracer)
    if isinstance(waited, str):
        return Uptake(reason=waited)
    left = dose * 2.0 ** (-waited.total_seconds() / half_life)
    return Uptake(weight * 1000.0 / left)


def _unmet(dataset: Dataset) -> str:
    """Return the first precondition that is not met, or an empty text."""
    corrected = at.text(dataset, "CorrectedImage").upper().split("\\")
    tracer = at.items(dataset, "RadiopharmaceuticalInformationSequence")
    dose = at.number(tracer[0], "RadionuclideTotalDose") if tracer else None
    half_life = at.number(tracer[0], "RadionuclideHalfLife") if tracer else None
    checks = {
        "the values are not in Bq/mL": at.text(dataset, "Units").upper() == "BQML",
        "they are not corrected for attenuation": "ATTN" in corrected,
        "they are not corrected for decay": "DECY" in corrected
        and at.text(dataset, "DecayCorrection").upper() in {"START", "ADMIN"},
        "the patient's weight is missing": (at.number(dataset, "PatientWeight") or 0) > 0,
        "the injected dose is missing": (dose or 0) > 0,
        "the half-life is missing": (half_life or 0) > 0,
    }
    return next((reason for reason, met in checks.items() if not met), "")


def _waited(dataset: Dataset, tracer: Dataset) -> timedelta | str:
    """Return the time from injection to the decay reference, or why it is not known."""
    scan = _moment(at.text(dataset, "SeriesDate"), at.text(dataset, "SeriesTime"))
    acquired = _moment(at.text(dataset, "AcquisitionDate"), at.text(dataset, "AcquisitionTime"))
    if scan is None:
        return "the time of the scan is missing"
    if acquired is not None and scan > acquired:
        return "the series was made anew after the scan"
    stamp = at.text(tracer, "RadiopharmaceuticalStartDateTime")
    injected = _moment(stamp[:8], stamp[8:].split("+")[0].split("-")[0])
    if injected is None:
        time = at.text(tracer, "RadiopharmaceuticalStartTime")
        injected = _moment(scan.strftime("%Y%m%d"), time)
        if injected is not None and injected > scan:  # over midnight
            injected -= timedelta(days=1)
    if injected is None:
        return "the time of the injection is missing"
    waited = scan - injected
    if not timedelta(0) <= waited <= _LONGEST:
        return "the times of injection and scan contradict each other"
    return waited


def _moment(date: str, time: str) -> datetime | None:
    """Return a DICOM date and time, to the second; None when they are not valid."""
    digits = time.split(".", maxsplit=1)[0].replace(":", "")
    if len(digits) not in {4, 6}:
        return None
    try:
        return datetime.strptime(date.replace(".", "") + digits.ljust(6, "0"), "%Y%m%d%H%M%S")
    except ValueError:
        return None
