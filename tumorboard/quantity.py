"""Numbers with their unit as people type them, whatever their language, and as they are shown.

A point and a comma both begin the decimals, so that neither may part thousands: a number that
could be meant in two ways is refused with its reason, never guessed. Imports nothing of the
project but its language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from tumorboard.language import _, number

#: Units that are understood, by the kind of quantity: what one of them is in the first one.
_KINDS: Final[tuple[dict[str, float], ...]] = (
    {"mm": 1.0, "cm": 10.0, "m": 1000.0, "µm": 0.001},
    {"mm2": 1.0, "cm2": 100.0},
    {"mL": 1.0, "cm3": 1.0, "L": 1000.0, "mm3": 0.001},
    {"°": 1.0, "degrees": 1.0, "deg": 1.0},
    {"%": 1.0},
    {"HU": 1.0},
    {"min": 1.0},
)
_SPELLINGS: Final = {
    "ml": "mL", "cc": "cm3", "ccm": "cm3", "l": "L", "degree": "degrees", "μm": "µm",
    "mm²": "mm2", "cm²": "cm2", "mm³": "mm3", "cm³": "cm3", "hu": "HU", "minutes": "min",
    "percent": "%", "umol/l": "µmol/l", "ml/min/1.73m2": "ml/min/1.73m²",
    "ml/min/1,73m2": "ml/min/1.73m²", "ml/min/1,73m²": "ml/min/1.73m²",
}  # fmt: skip

_NAMES: Final = {name.lower(): name for kind in _KINDS for name in kind}

_MINUS: Final = str.maketrans({"−": "-", "–": "-", "٫": ",", "٬": "'", "،": ","})
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")
#: A number with all that might stand between its digits, and what follows it.
_QUANTITY: Final = re.compile(
    r"^\s*([+-]?[\d.,'\s]*\d[.,]?)\s*(\D*?|\D+/1[.,]73\s*m[2²])\s*$"  # per body surface
)
_TIMES: Final = re.compile(r"\s*[x×*;]\s*|(?<=[\d.])\s+(?=[\d.])", re.IGNORECASE)
#: Values nearer to a limit than this are on it; a number is shown with so many decimals at most.
_ON_LIMIT: Final = 1e-6
_MOST_DECIMALS: Final = 6
_GROUPED: Final = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


def parse_quantity(typed: str, unit: str = "", also: Mapping[str, float] | None = None) -> float:
    """Return a typed number in ``unit``: "10,5", "10.5 cm", "105 mm" are 10.5 in cm.

    Digits of any script count. Without a unit the number is in ``unit``; a unit of another kind
    is refused. ``also`` are further units, each with what one of it is in ``unit``: what a
    milligram is in moles depends on the substance, so that its caller says it.

    Raises
    ------
    ValueError
        With one sentence, when there is no number, more than one way to read it, or the unit
        does not fit.

    """
    text = _plain(typed)
    found = _QUANTITY.match(text)
    if found is None:
        raise ValueError(_("“{typed}” is not a number.", typed=typed.strip()))
    for name, factor in (also or {}).items():
        if _unit(found[2]) == _unit(name):
            return _number(found[1].strip(), typed) * factor
    return _number(found[1].strip(), typed) * _factor(found[2], unit, typed)


def parse_quantities(typed: str, unit: str = "") -> list[float]:
    """Return typed numbers in ``unit``: "10,5 x 8,9", "105 × 89 × 132 mm".

    A unit behind the last one is that of all that have none.

    Raises
    ------
    ValueError
        As `parse_quantity`.

    """
    parts = _TIMES.split(_plain(typed).strip())
    last = _QUANTITY.match(parts[-1])
    common = last[2] if last else ""
    values = []
    for part in parts:
        found = _QUANTITY.match(part)
        if found is None:
            raise ValueError(_("“{typed}” is not a number.", typed=part.strip()))
        factor = _factor(found[2] or common, unit, typed)
        values.append(_number(found[1].strip(), part) * factor)
    return values


def format_number(value: float, decimals: int | None = None) -> str:
    """Return a number as it is shown everywhere: no grouping, no needless zeros.

    ``decimals`` fixes how many stand behind the decimal sign of the language.
    """
    if decimals is not None:
        return number(value, f".{decimals}f")
    return number(value, ".10g" if abs(value) < 1e10 else ".0f")


def length_words(*lengths_mm: float, times: str = " × ") -> str:
    """Return lengths as they are shown everywhere: in cm with one decimal.

    >>> length_words(105.0, 89.0, 132.4)
    '10.5 × 8.9 × 13.2 cm'
    """
    return times.join(number(length / 10, ".1f") for length in lengths_mm) + " cm"


def volume_words(volume_ml: float) -> str:
    """Return a volume as it is shown everywhere: mL, from a hundred on without decimals."""
    return f"{number(volume_ml, '.0f' if volume_ml >= 100 else '.1f')} mL"


def signed(value: float, digits: int) -> str:
    """Return a change with its sign: "+0.9", "−1.2", "±0.0"."""
    rounded = round(value, digits)
    sign = "−" if rounded < 0 else "+" if rounded > 0 else "±"
    return f"{sign}{number(abs(rounded), f'.{digits}f')}"


def _plain(typed: str) -> str:
    """Return a text with its digits and signs as ASCII has them, without marks of direction."""
    kept = (c for c in typed.translate(_MINUS) if unicodedata.category(c) != "Cf")
    return "".join(
        str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in kept
    )


def _number(text: str, typed: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(
            _(
                "“{typed}” cannot be read as one number: write it without marks between thousands.",
                typed=typed.strip(),
            )
        )
    if _GROUPED.fullmatch(text):
        whole = re.sub(r"[.,]", "", text)
        decimal = number(float(text.replace(",", ".")), ".4f")
        raise ValueError(
            _(
                "“{text}” can be read in two ways: write {whole} or {decimal}.",
                text=text,
                whole=whole,
                decimal=decimal,
            )
        )
    return float(text.replace(",", "."))


def _factor(named: str, unit: str, typed: str) -> float:
    """Return what one of the named unit is in ``unit``."""
    name, wanted = _unit(named), _unit(unit)
    if not name or name == wanted:
        return 1.0
    for kind in _KINDS:
        if name in kind and wanted in kind:
            # Quotients of exact numbers: 105 mm are 10.5 cm, not 10.500000000000002.
            return kind[name] / kind[wanted]
    if unit:
        raise ValueError(_("“{typed}” is not in {unit}.", typed=typed.strip(), unit=unit))
    raise ValueError(_("“{typed}” has a unit where none is expected.", typed=typed.strip()))


def _unit(name: str) -> str:
    plain = name.strip().rstrip(".").lower().replace(" ", "").replace("μ", "µ")
    return _SPELLINGS.get(plain, _NAMES.get(plain, plain))


def decimals_beside(value: float, decimals: int, limits: Iterable[float]) -> int:
    """Return with how many decimals a value is shown so that no limit seems to be met or passed.

    What stands beside a number was decided by its value: 19.6 beside a limit of 20 is not shown
    as 20, whatever is usual.

    >>> decimals_beside(19.6, 0, (20.0,)), decimals_beside(18.4, 0, (20.0,))
    (1, 0)
    """
    ends = tuple(limits)
    for count in range(decimals, _MOST_DECIMALS):
        if all(_side(round(value, count), end) == _side(value, end) for end in ends):
            return count
    return _MOST_DECIMALS


def _side(value: float, limit: float) -> int:
    """Return -1 below a limit, 1 above it, 0 on it."""
    apart = value - limit
    return 0 if abs(apart) < _ON_LIMIT else 1 if apart > 0 else -1
