"""Positron emitters: each code of the standard's list, with the half-life of published tables."""

import re

import pytest
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from tumorboard.dicom.radionuclide import given, half_life_is_plausible

MINUTE, HOUR, DAY = 60, 3600, 86400

#: Half-lives in seconds, of the ENSDF evaluations as the IAEA's chart of nuclides lists them.
HALF_LIVES = {
    "11 Carbon": 20.36 * MINUTE,
    "13 Nitrogen": 9.97 * MINUTE,
    "14 Oxygen": 70.6,
    "15 Oxygen": 122.2,
    "18 Fluorine": 109.8 * MINUTE,
    "22 Sodium": 2.602 * 365.25 * DAY,
    "38 Potassium": 7.64 * MINUTE,
    "43 Scandium": 3.89 * HOUR,
    "44 Scandium": 4.04 * HOUR,
    "45 Titanium": 3.08 * HOUR,
    "51 Manganese": 46 * MINUTE,
    "52 Manganese": 5.59 * DAY,
    "52m Manganese": 21.1 * MINUTE,
    "52 Iron": 8.28 * HOUR,
    "60 Copper": 23.7 * MINUTE,
    "61 Copper": 3.34 * HOUR,
    "62 Copper": 9.67 * MINUTE,
    "62 Zinc": 9.2 * HOUR,
    "64 Copper": 12.7 * HOUR,
    "66 Gallium": 9.3 * HOUR,
    "68 Gallium": 67.8 * MINUTE,
    "68 Germanium": 271 * DAY,
    "70 Arsenic": 52.6 * MINUTE,
    "72 Arsenic": 26.0 * HOUR,
    "73 Selenium": 7.15 * HOUR,
    "75 Bromine": 1.61 * HOUR,
    "76 Bromine": 16.2 * HOUR,
    "77 Bromine": 57.0 * HOUR,
    "82 Rubidium": 1.258 * MINUTE,
    "86 Yttrium": 14.7 * HOUR,
    "89 Zirconium": 3.27 * DAY,
    "90 Niobium": 14.6 * HOUR,
    "90 Yttrium": 2.67 * DAY,
    "94m Technetium": 52 * MINUTE,
    "124 Iodine": 4.18 * DAY,
    "152 Terbium": 17.9 * HOUR,
}
LISTED = {
    re.sub(r"\^(\w+)\^", r"\1 ", code.meaning): code
    for code in (getattr(codes.cid4020, name) for name in codes.cid4020.dir())
}


def tracer(code: str = "", words: str = "") -> Dataset:
    made = Dataset()
    if code:
        item = Dataset()
        item.CodeValue = code
        made.RadionuclideCodeSequence = [item]
    if words:
        made.Radiopharmaceutical = words
    return made


def test_the_list_of_the_standard_is_known() -> None:
    assert set(LISTED) == set(HALF_LIVES)


@pytest.mark.parametrize("name", HALF_LIVES)
def test_a_nuclide_lives_as_long_as_is_published_and_no_other_time(name: str) -> None:
    made, half_life = tracer(LISTED[name].value), HALF_LIVES[name]
    assert half_life_is_plausible(made, half_life)
    for wrong in (0.96, 1.04, 0.5, 2.0, 1 / 60, 60):
        assert not half_life_is_plausible(made, half_life * wrong)


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ("C-105A1", "11 Carbon"),
        ("C-107A1", "13 Nitrogen"),
        ("C-B1038", "15 Oxygen"),
        ("C-111A1", "18 Fluorine"),
        ("C-131A3", "68 Gallium"),
        ("C-127A2", "64 Copper"),
        ("C-114A5", "124 Iodine"),
        ("C-168A4", "89 Zirconium"),
        ("C-159A2", "82 Rubidium"),
    ],
)
def test_codes_of_old_files_are_known(old: str, name: str) -> None:
    assert half_life_is_plausible(tracer(old), HALF_LIVES[name])
    assert not half_life_is_plausible(tracer(old), 1.5 * HALF_LIVES[name])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("FDG", "18 Fluorine"),
        ("FDG -- fluorodeoxyglucose", "18 Fluorine"),
        ("Fluoro-deoxyglucose", "18 Fluorine"),
        ("F-18 PSMA", "18 Fluorine"),
        ("F18", "18 Fluorine"),
        ("18F-FET", "18 Fluorine"),
        ("[18F]FES", "18 Fluorine"),
        ("^18^Fluorine", "18 Fluorine"),
        ("Ga-68 DOTA", "68 Gallium"),
        ("68Ga-PSMA", "68 Gallium"),
        ("DOTATATE", "68 Gallium"),
        ("^68^Gallium", "68 Gallium"),
    ],
)
def test_names_of_tracers_tell_their_nuclide(words: str, name: str) -> None:
    other = {"18 Fluorine": "68 Gallium", "68 Gallium": "18 Fluorine"}[name]
    assert half_life_is_plausible(tracer(words=words), HALF_LIVES[name])
    assert not half_life_is_plausible(tracer(words=words), HALF_LIVES[other])


def test_a_code_goes_before_a_name_and_without_either_any_nuclide_will_do() -> None:
    both = tracer(LISTED["68 Gallium"].value, "FDG")
    assert half_life_is_plausible(both, HALF_LIVES["68 Gallium"])
    assert not half_life_is_plausible(both, HALF_LIVES["18 Fluorine"])
    for unknown in (tracer(), tracer("999"), tracer(words="water")):
        assert all(half_life_is_plausible(unknown, half_life) for half_life in HALF_LIVES.values())
        assert not half_life_is_plausible(unknown, 300.0)
        assert not half_life_is_plausible(unknown, 1e9)
        assert not half_life_is_plausible(unknown, 0.0)


@pytest.mark.parametrize(("share", "near"), [(0.014, True), (0.016, False)])
@pytest.mark.parametrize("sense", [1, -1])
def test_rounding_is_taken_for_rounding(share: float, near: bool, sense: int) -> None:
    """As 68 minutes of Ga-68 and 76.4 s of Rb-82 are."""
    fluorine = tracer(LISTED["18 Fluorine"].value)
    assert half_life_is_plausible(fluorine, 109.77 * 60 * (1 + sense * share)) is near
    assert half_life_is_plausible(tracer(LISTED["82 Rubidium"].value), 76.4)


@pytest.mark.parametrize("name", ["18 Fluorine", "68 Gallium", "11 Carbon", "89 Zirconium"])
def test_what_is_given_is_that_of_the_nuclide_that_name_and_half_life_agree_on(name):
    half_life = HALF_LIVES[name]
    named, unnamed = tracer(LISTED[name].value), tracer()
    assert given(named, half_life) is not None
    assert given(named, half_life) == given(unnamed, half_life)
    for other in ("18 Fluorine", "68 Gallium", "11 Carbon", "89 Zirconium"):
        if other != name:
            assert given(named, HALF_LIVES[other]) is None
    assert given(unnamed, 300.0) is None
    assert given(named, 300.0) is None
