"""Numbers as people type them: both decimal signs, units, digits of any script; no guessing."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.quantity import (
    decimals_beside,
    format_number,
    length_words,
    parse_quantities,
    parse_quantity,
    volume_words,
)

#: Typed, unit of the field, what it means there.
READ = [
    ("10.5", "cm", 10.5),
    ("10,5", "cm", 10.5),
    ("10,5 cm", "cm", 10.5),
    ("105 mm", "cm", 10.5),
    ("105mm", "cm", 10.5),
    ("0.5", "", 0.5),
    (",5", "", 0.5),
    (".5", "", 0.5),
    ("5.", "", 5.0),
    ("-1000 HU", "HU", -1000.0),
    ("−3,5", "", -3.5),
    ("270°", "°", 270.0),
    ("1,5 L", "mL", 1500.0),
    ("25 cc", "mL", 25.0),
    ("25 cm³", "mL", 25.0),
    ("2.5 CM", "mm", 25.0),
    ("10.5cm.", "mm", 105.0),
    ("۱۰٫۵", "cm", 10.5),
    ("١٠٫٥", "cm", 10.5),
    ("۱۰۵ mm", "cm", 10.5),
    ("\u200f12", "", 12.0),
    ("0.125", "", 0.125),
    ("0,001", "", 0.001),
    ("1.2345", "", 1.2345),
    ("+4", "", 4.0),
]
REFUSED = [
    ("1,234", ""),
    ("1.500", "mm"),
    ("12,000", ""),
    ("1 234", ""),
    ("1'234", ""),
    ("1,234.5", ""),
    ("1.234,5", ""),
    ("1.2.3", ""),
    ("", ""),
    ("cm", "cm"),
    ("abc", ""),
    ("5 kg", "cm"),
    ("5 cm", ""),
    ("5 cm", "°"),
    ("1e3", ""),
    ("0x10", ""),
    ("inf", ""),
    ("nan", ""),
    ("1_000", ""),
    ("½", ""),
    ("5 5", "cm"),
    ("--5", ""),
    ("5-", ""),
]


@pytest.mark.parametrize(("typed", "unit", "value"), READ)
def test_a_quantity_is_read(typed, unit, value):
    assert parse_quantity(typed, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("typed", "unit"), REFUSED)
def test_what_could_be_meant_otherwise_is_refused_in_a_sentence(typed, unit):
    with pytest.raises(ValueError, match=r"^“") as caught:
        parse_quantity(typed, unit)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("10.5 x 8.9 x 13.2", [10.5, 8.9, 13.2]),
        ("10,5 x 8,9", [10.5, 8.9]),
        ("105 × 89 × 132 mm", [10.5, 8.9, 13.2]),
        ("105 mm x 8.9 cm", [10.5, 8.9]),
        ("10.5 cm × 8.9 cm × 13.2 cm", [10.5, 8.9, 13.2]),
        ("10,5 8,9 13,2", [10.5, 8.9, 13.2]),
        ("7", [7.0]),
        ("10.5; 8.9", [10.5, 8.9]),
        ("10.5*8.9", [10.5, 8.9]),
    ],
)
def test_several_numbers_share_a_unit(typed, values):
    assert parse_quantities(typed, "cm") == pytest.approx(values)


@pytest.mark.parametrize("typed", ["", "x", "10 x x 5", "10, 5", "1,234 x 5", "10.5 x 8.9 kg"])
def test_several_numbers_are_refused_whole(typed):
    with pytest.raises(ValueError, match=r"\.$"):
        parse_quantities(typed, "cm")


@given(value=st.floats(-1e6, 1e6), decimals=st.integers(0, 2), comma=st.booleans())
def test_what_is_shown_is_read_back(value, decimals, comma):
    shown = format_number(value, decimals)
    typed = shown.replace(".", ",") if comma else shown
    assert parse_quantity(typed) == float(shown)


@given(st.text(max_size=20), st.sampled_from(["", "cm", "mL", "°", "HU"]))
def test_any_text_is_a_finite_number_or_refused(typed, unit):
    with contextlib.suppress(ValueError):
        assert abs(parse_quantity(typed, unit)) < float("inf")


@given(
    value=st.floats(-200, 400).filter(lambda v: abs(v - 20) > 1e-4 and abs(v - 180) > 1e-4),
    decimals=st.integers(0, 2),
)
def test_a_value_is_shown_on_its_side_of_each_limit(value, decimals):
    shown = round(value, decimals_beside(value, decimals, (20.0, 180.0)))
    for limit in (20.0, 180.0):
        assert (shown < limit, shown > limit) == (value < limit, value > limit)


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        ((105.0, 89.0, 132.4), "10.5 × 8.9 × 13.2 cm"),
        ((0.0,), "0.0 cm"),
        ((4.96,), "0.5 cm"),
    ],
)
def test_lengths_are_shown_in_cm_with_one_decimal(lengths, words):
    assert length_words(*lengths) == words
    assert length_words(*lengths, times=" x ") == words.replace("×", "x")


@pytest.mark.parametrize(
    ("volume", "words"),
    [(12.34, "12.3 mL"), (99.94, "99.9 mL"), (100.0, "100 mL"), (0.0, "0.0 mL")],
)
def test_volumes_are_shown_in_ml(volume, words):
    assert volume_words(volume) == words
