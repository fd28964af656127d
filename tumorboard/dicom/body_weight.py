"""Whether a stated weight can be that of a body of the stated height and age.

The bounds lie far beyond practice: what they catch are slips of the keyboard by a factor of
some, as 7 for 70 kg, which nothing else in a header tells from the truth.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.moment import date_of
from tumorboard.language import _

#: Heights in m that are one, and those that are surely meant in cm: feet and inches are neither.
_HEIGHT: Final = (0.3, 2.5)
_HEIGHT_CM: Final = (100.0, 250.0)

#: Weight by the square of the height, in kg/m2: from below the least that was survived.
_BODY_MASS_INDEX: Final = (8.0, 100.0)

#: From which age in years on which weights in kg can be: a third of the third percentile of
#: growth charts, and twice what the heaviest children weigh.
_BY_AGE: Final = (
    (0.0, 0.4, 25.0),
    (1.0, 3.0, 45.0),
    (3.0, 5.0, 70.0),
    (6.0, 7.0, 130.0),
    (10.0, 10.0, 220.0),
    (14.0, 14.0, 350.0),
    (18.0, 20.0, 450.0),
)

#: Years of one of the units of an age string (PS3.5 section 6.2, AS).
_YEARS: Final = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_OLDEST: Final = 120.0


def weight_reason(dataset: Dataset) -> str:
    """Return why a stated weight cannot be that of the patient; empty where nothing denies it."""
    weight = at.number(dataset, "PatientWeight") or 0.0
    if weight <= 0:
        return ""
    height = at.number(dataset, "PatientSize") or 0.0
    if _HEIGHT_CM[0] <= height <= _HEIGHT_CM[1]:
        height /= 100
    if _HEIGHT[0] <= height <= _HEIGHT[1]:
        low, high = _BODY_MASS_INDEX
        if not low <= weight / height**2 <= high:
            return _(
                "the patient's weight of {weight:g} kg does not fit the height of {height:g} m",
                weight=weight,
                height=height,
            )
    age = age_of(dataset)
    if age is not None:
        low, high = next((a, b) for start, a, b in reversed(_BY_AGE) if age >= start)
        if not low <= weight <= high:
            told = (
                _("{age:.0f} years", age=age) if age >= 2 else _("{age:.0f} months", age=age * 12)
            )
            return _(
                "the patient's weight of {weight:g} kg does not fit the age of {told}",
                weight=weight,
                told=told,
            )
    return ""


def age_of(dataset: Dataset) -> float | None:
    """Return the age in years when the images were taken, None where it is not known.

    An age of 0 years or a birth on the day of the images is what takes the place of a true one
    in files without identity, and says nothing.
    """
    stated = re.fullmatch(r"(\d{3})([DWMY])", at.text(dataset, "PatientAge").upper())
    if stated is not None:
        age = int(stated[1]) * _YEARS[stated[2]]
    else:
        born = date_of(dataset, "PatientBirthDate")
        taken = date_of(dataset, "SeriesDate") or date_of(dataset, "StudyDate")
        if not born or not taken:
            return None
        days = datetime.strptime(taken, "%Y%m%d") - datetime.strptime(born, "%Y%m%d")
        age = days.days / 365.25
    return age if 0 < age <= _OLDEST else None
