"""From activity to standardized uptake value by body weight, where a PET says enough.

Follows the vendor-neutral way of the Quantitative Imaging Biomarkers Alliance: pixels in
Bq/mL, corrected for attenuation and decay, the decay reference known. Everything that is
missing, contradictory or cannot be is a reason to leave the values as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.body_weight import weight_reason
from tumorboard.dicom.moment import Moment, moment, zone_of
from tumorboard.dicom.radionuclide import given, half_life_is_plausible, names_contradict
from tumorboard.dicom.rescale import rescale_of
from tumorboard.language import _

#: Bounds of what is given to and weighed of people, far beyond practice: Bq, kg, Bq/kg. A
#: value in another unit than DICOM's (PS3.3 sections C.8.9.2 and C.7.2.2) falls outside.
_DOSE: Final = (1e6, 1e10)
_WEIGHT: Final = (0.4, 450.0)
_DOSE_A_KG: Final = (2e4, 2e8)

#: Half-lives from injection to scan beyond which too little is left to be measured.
_MOST_HALF_LIVES: Final = 7.0

#: Clocks of one scanner write two times of one moment this far apart, by rounding.
_SAME_MOMENT: Final = timedelta(seconds=1)

#: Two statements of one injection may differ by this: one is often rounded to the minute.
_SAME_INJECTION: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)

#: Private elements of Philips (its DICOM conformance statements), by which values are
#: multiplied to become SUV by body weight, or Bq/mL.
_PHILIPS: Final = "Philips PET Private Group"
PHILIPS_CREATOR: Final = "0x70530010"
PHILIPS_SUV_FACTOR: Final = "0x70531000"
PHILIPS_ACTIVITY_FACTOR: Final = "0x70531009"


@dataclass(frozen=True)
class Uptake:
    """``factor`` turns values into SUV (g/mL); None with the ``reason`` why there is none.

    ``flaws`` are codes of caveats about the values that there are.
    """

    factor: float | None = None
    reason: str = ""
    flaws: tuple[str, ...] = ()


def uptake(dataset: Dataset) -> Uptake:
    """Return how the values of a PET image become SUV by body weight."""
    # The transformation of the first frame, from its functional groups where it has any.
    groups = [
        *at.items(dataset, "PerFrameFunctionalGroupsSequence")[:1],
        *at.items(dataset, "SharedFunctionalGroupsSequence")[:1],
    ]
    own = [t for g in groups for t in at.items(g, "PixelValueTransformationSequence")[:1]]
    if not rescale_of(own[0] if own else dataset, "PT").is_valid:
        return Uptake(reason=_("the rescale slope or intercept is missing or no valid number"))
    units = at.text(dataset, "Units").upper()
    if units == "GML":  # they are SUV already, of whatever weight was stated
        return Uptake(flaws=("doubtful-weight",) if weight_reason(dataset) else ())
    reason = _uncorrected(dataset)
    if reason:
        return Uptake(reason=reason)
    scale = 1.0
    if units == "CNTS":
        ready = _private(dataset, PHILIPS_SUV_FACTOR)
        if ready is not None:
            reason = weight_reason(dataset)
            return Uptake(reason=reason) if reason else Uptake(ready)
        scale = _private(dataset, PHILIPS_ACTIVITY_FACTOR) or 0.0
    if not scale:
        return Uptake(reason=_("the values are not in Bq/mL"))
    found = _by_activity(dataset)
    return found if found.factor is None else replace(found, factor=found.factor * scale)


def _private(dataset: Dataset, tag: str) -> float | None:
    """Return a positive number that Philips keeps beside counts, or None."""
    if at.text(dataset, PHILIPS_CREATOR) != _PHILIPS:
        return None
    found = at.decimal(dataset, tag)
    return found if found is not None and found > 0 else None


def _uncorrected(dataset: Dataset) -> str:
    """Return the correction that is missing, or an empty text."""
    corrected = at.text(dataset, "CorrectedImage").upper().split("\\")
    decay = at.text(dataset, "DecayCorrection").upper()
    if at.text(dataset, "Units").upper() not in {"BQML", "CNTS"}:
        return _("the values are not in Bq/mL")
    if "ATTN" not in corrected:
        return _("they are not corrected for attenuation")
    if "DECY" not in corrected or decay not in {"START", "ADMIN"}:
        return _("they are not corrected for decay")
    return ""


def _by_activity(dataset: Dataset) -> Uptake:
    """Return the factor for Bq/mL: body weight by the dose that is left."""
    tracers = at.items(dataset, "RadiopharmaceuticalInformationSequence")
    if len(tracers) > 1:
        return Uptake(reason=_("several injections are stated"))
    tracer = tracers[0] if tracers else Dataset()
    weight = at.number(dataset, "PatientWeight") or 0.0
    dose = at.number(tracer, "RadionuclideTotalDose") or 0.0
    half_life = at.number(tracer, "RadionuclideHalfLife") or 0.0
    checks = {
        _("the patient's weight is missing or no number"): weight > 0,
        _("the patient's weight of {weight:g} kg cannot be", weight=weight): _within(
            weight, _WEIGHT
        ),
        weight_reason(dataset): not weight_reason(dataset),
        _("the code and the name of the tracer contradict each other"): not names_contradict(
            tracer
        ),
        _("the injected dose is missing or no number"): dose > 0,
        _("the injected dose of {dose:g} MBq cannot be", dose=dose / 1e6): _within(dose, _DOSE),
        _("the injected dose does not fit the patient's weight"): weight > 0
        and _within(dose / weight, _DOSE_A_KG),
        _("the half-life is missing or no number"): half_life > 0,
        _(
            "the half-life of {seconds:g} s is not that of the tracer", seconds=half_life
        ): half_life_is_plausible(tracer, half_life),
    }
    reason = next((text for text, met in checks.items() if not met), "")
    practice = given(tracer, half_life)
    if not reason and practice is not None and dose > practice.most:
        reason = _(
            "the injected dose of {dose:g} MBq is more than is given of the tracer",
            dose=dose / 1e6,
        )
    if reason:
        return Uptake(reason=reason)
    usual = practice.usual if practice is not None else None
    flaws = () if usual is None or _within(dose / weight, usual) else ("unusual-dose",)
    if at.text(dataset, "DecayCorrection").upper() == "ADMIN":
        return Uptake(weight * 1000.0 / dose, flaws=flaws)
    waited = _waited(dataset, tracer, half_life)
    if isinstance(waited, str):
        return Uptake(reason=waited)
    left = dose * 2.0 ** (-waited.total_seconds() / half_life)
    return Uptake(weight * 1000.0 / left, flaws=flaws)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _waited(dataset: Dataset, tracer: Dataset, half_life: float) -> timedelta | str:
    """Return the time from injection to the decay reference, or why it is not known."""
    scan = moment(at.text(dataset, "SeriesDate"), at.text(dataset, "SeriesTime"))
    acquired = moment(at.text(dataset, "AcquisitionDate"), at.text(dataset, "AcquisitionTime"))
    if scan is None:
        return _("the time of the scan is missing")
    if acquired is not None and scan - acquired > _SAME_MOMENT:
        return _("the series was made anew after the scan")
    injected = _injected(dataset, tracer, scan)
    if isinstance(injected, str):
        return injected
    waited = scan - injected
    longest = timedelta(seconds=_MOST_HALF_LIVES * half_life)
    if not -_SAME_MOMENT <= waited <= longest:
        return _("the times of injection and scan contradict each other")
    return waited


def _injected(dataset: Dataset, tracer: Dataset, scan: datetime) -> datetime | str:
    """Return when the tracer was given, on the clock of the scan, or why it is not known.

    A date and time may name its zone (PS3.5 section 6.2, DT); all others are in that of
    Timezone Offset From UTC (PS3.3 section C.12.1.1.9), or of the place where it was taken.
    """
    stamp = Moment.parse(at.text(tracer, "RadiopharmaceuticalStartDateTime"))
    time = at.text(tracer, "RadiopharmaceuticalStartTime")
    by_time = moment(scan.strftime("%Y%m%d"), time)
    if by_time is not None and by_time - scan > _SAME_MOMENT:  # over midnight
        by_time -= timedelta(days=1)
    if stamp is None:
        return _("the time of the injection is missing") if by_time is None else by_time
    zone = zone_of(dataset)
    if stamp.offset is None:
        told = stamp.clock
    elif zone is not None:
        told = stamp.clock - stamp.offset + zone
    elif by_time is not None and by_time.time() == stamp.clock.time():
        told = stamp.clock
    else:
        return _("the time zone of the scan is not known")
    apart = timedelta() if by_time is None else abs(told - by_time) % _DAY
    if min(apart, _DAY - apart) > _SAME_INJECTION:
        return _("two times of the injection contradict each other")
    return told
