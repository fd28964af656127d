"""What each fact is: its kind, choices, unit and words, read from the terms file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from tumorboard.case.terms import read_yaml
from tumorboard.coding import Code
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.language import number as decimal
from tumorboard.resources import resource_path

KINDS = ("choice", "number", "integer", "numbers", "set", "map", "date")
_UNKNOWN_WORDS = ("unknown", "not_assessed")
#: A year of two digits is no year.
_FIRST_YEAR = 1900
#: What stands behind a sentence that no source states.
CONVENTION = _("app convention, no source")
_REQUIRED = {"name", "label", "origin", "kind"}
_KEYS = {
    *_REQUIRED,
    *("group", "choices", "unknown", "default", "unit", "definition", "help", "help_source"),
    "source",
    *("min", "max", "min_items", "max_items", "lower_bound", "code", "also"),
}


@dataclass(frozen=True)
class AtLeast:
    """A count of which only the lower bound is known."""

    count: int


@dataclass(frozen=True)
class Choice:
    """One allowed value, what the clinician reads for it, and its codes where it has any.

    ``radlex`` is the same concept in RadLex, whose meaning is the preferred name there.
    """

    value: str | int
    label: str
    code: Code | None = None
    radlex: Code | None = None


@dataclass(frozen=True)
class FactDefinition:
    """One fact of the closed list; its words are those of the language.

    ``unknown`` is how a missing value is written ("unknown" or "not_assessed"; empty for
    a plan field, whose ``default`` holds when nothing is recorded). ``origins`` are
    letters: E entered, A derived from annotations, D computed. For a set the choices are
    the members, for a map the keys. ``code`` is what is asked as a coded concept, ``unit_code``
    the unit in UCUM; None where there is none that says the same. ``also`` are further units in
    which the number may be typed, each with what one of it is in ``unit``.
    """

    name: str
    group: str
    label: str
    kind: str
    choices: tuple[Choice, ...]
    unknown: str
    default: str | None
    origins: tuple[str, ...]
    unit: str
    help: str
    source: str
    minimum: float | None
    maximum: float | None
    min_items: int
    max_items: int
    lower_bound: bool
    code: Code | None = None
    unit_code: Code | None = None
    also: Mapping[str, float] = field(default_factory=dict)
    definition: str = ""
    help_source: str = ""

    @property
    def explained(self) -> tuple[str, ...]:
        """What is said of it, each sentence with its own source.

        A sentence of help without one is a convention of the program and says so.
        """
        found = []
        if self.definition:
            found.append(f"{self.definition} ({self.source})")
        if self.help:
            found.append(f"{self.help} ({self.help_source or CONVENTION})")
        if self.source and not self.definition and self.source != self.help_source:
            found.append(_("Source of this field: {source}.", source=self.source))
        return tuple(found)

    @property
    def unit_words(self) -> str:
        """The unit as a reader sees it."""
        return _(self.unit)

    @property
    def unknown_label(self) -> str:
        """What the clinician reads when nothing is recorded."""
        if self.default is not None:
            return self.choice_label(self.default)
        return _("Not assessed") if self.unknown == "not_assessed" else _("Not known")

    def choice_label(self, value: object) -> str:
        """Return the clinician's words for an allowed value."""
        return next((c.label for c in self.choices if c.value == value), str(value))


@lru_cache(maxsize=1)
def fact_definitions() -> Mapping[str, FactDefinition]:
    """Return the closed list by name, in the order of the form."""
    document = read_yaml(resource_path("terms", "facts.yaml"))
    shared = document.data["choices"]
    groups = document.data["groups"]
    result: dict[str, FactDefinition] = {}
    for index, entry in enumerate(document.data["facts"]):
        # Refuse an entry that the program could not use.
        choices = entry.get("choices", {})
        problems = {
            f"unknown key {sorted(set(entry) - _KEYS)}": set(entry) - _KEYS,
            "a name, a label, an origin and a kind are needed": _REQUIRED - set(entry),
            f"the kind is none of {', '.join(KINDS)}": entry.get("kind") not in KINDS,
            "the group is not in the list of groups": entry.get("group") not in groups,
            "there is no such choice list": isinstance(choices, str) and choices not in shared,
            "either unknown or default is needed": ("unknown" in entry) == ("default" in entry),
            "unknown is unknown or not_assessed": entry.get("unknown", "unknown")
            not in _UNKNOWN_WORDS,
            "a code is a scheme, a value and a meaning": not _is_code(entry.get("code", _NO_CODE)),
        }
        for message, wrong in problems.items():
            if wrong:
                raise document.error(("facts", index), f"{message}.")
        if entry["name"] in result:
            raise document.error(
                ("facts", index), _('"{name}" stands here twice.', name=entry["name"])
            )
        result[entry["name"]] = _definition(entry, shared, document.data["units"])
    return MappingProxyType(result)


@lru_cache(maxsize=1)
def fact_groups() -> Mapping[str, str]:
    """Return the sections of the form, name to title, in order."""
    groups = read_yaml(resource_path("terms", "facts.yaml")).data["groups"]
    return MappingProxyType({name: _(title) for name, title in groups.items()})


_NO_CODE = ("", "", "")


def _is_code(parts: Any) -> bool:
    """Whether these are a scheme, a value and a meaning, all of them texts."""
    return (
        isinstance(parts, list | tuple)
        and len(parts) == len(_NO_CODE)
        and all(isinstance(part, str) for part in parts)
    )


def _code(parts: Any) -> Code | None:
    """Return [scheme, value, meaning] of the file as a coded term, None where it has none."""
    if parts is None:
        return None
    scheme, value, meaning = parts
    return Code(value, scheme, meaning)


def _choice_of(value: str | int, entry: Any) -> Choice:
    """Return a choice, which the file gives as its words or as words with a code."""
    if isinstance(entry, Mapping):
        radlex = entry.get("radlex")
        coded = None if radlex is None else Code(radlex[0], "RADLEX", radlex[1])
        return Choice(value, _(entry["label"]), _code(entry.get("code")), coded)
    return Choice(value, _(entry))


def _definition(
    entry: dict[str, Any], shared: dict[str, Any], units: dict[str, Any]
) -> FactDefinition:
    choices = entry.get("choices", {})
    table = shared[choices] if isinstance(choices, str) else choices
    return FactDefinition(
        name=entry["name"],
        group=entry["group"],
        label=_(entry["label"]),
        kind=entry["kind"],
        choices=tuple(_choice_of(value, words) for value, words in table.items()),
        unknown=entry.get("unknown", ""),
        default=entry.get("default"),
        origins=tuple(entry["origin"]),
        unit=entry.get("unit", ""),
        definition=_(entry.get("definition", "")),
        help=_(entry.get("help", "")),
        help_source=entry.get("help_source", ""),
        source=entry.get("source", ""),
        minimum=entry.get("min"),
        maximum=entry.get("max"),
        min_items=entry.get("min_items", 0),
        max_items=entry.get("max_items", 0),
        lower_bound=entry.get("lower_bound", False),
        code=_code(entry.get("code")),
        unit_code=_code(units.get(entry.get("unit", ""))),
        also=MappingProxyType(entry.get("also", {})),
    )


def definition(name: str) -> FactDefinition:
    """Return the definition of a fact.

    Raises
    ------
    UserError
        When the name is not on the list.

    """
    found = fact_definitions().get(name)
    if found is None:
        raise UserError(
            _('"{name}" is not a fact that can be recorded.', name=name),
            _("Check its spelling against the list of facts."),
        )
    return found


def normalise(name: str, value: Any) -> Any:
    """Bring a value into its one form; None for unknown, not assessed, empty or missing.

    Choices stay words (or whole numbers), ``numbers`` become a tuple of floats, a set a
    tuple in the order of the list, a map a dict in the order of the list, a lower bound
    an `AtLeast`, a date its ISO text.

    Raises
    ------
    UserError
        When the name is unknown or the value is outside its choices or range.

    """
    found = definition(name)
    if value is None or (isinstance(value, str) and value in ("", *_UNKNOWN_WORDS)):
        return None
    return _NORMALISERS[found.kind](found, value)


def _refuse(found: FactDefinition, value: object, hint: str) -> UserError:
    return UserError(
        _(
            '{label} ({name}): "{value}" is not possible.',
            label=found.label,
            name=found.name,
            value=value,
        ),
        hint,
    )


def _choice(found: FactDefinition, value: Any) -> str | int:
    for choice in found.choices:
        same_kind = isinstance(value, bool) is False
        if same_kind and (value == choice.value or value == str(choice.value)):
            return choice.value
    allowed = ", ".join(str(c.value) for c in found.choices)
    hint = (
        _("Give one of: {allowed} or {unknown}.", allowed=allowed, unknown=found.unknown)
        if found.unknown
        else _("Give one of: {allowed}.", allowed=allowed)
    )
    raise _refuse(found, value, hint)


def _number(found: FactDefinition, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _refuse(found, value, _("Give a number."))
    low, high = found.minimum, found.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        hint = (
            _(
                "Give a number from {low:g} to {high:g} {unit}.",
                low=low,
                high=high,
                unit=found.unit_words,
            )
            if found.unit
            else _("Give a number from {low:g} to {high:g}.", low=low, high=high)
        )
        raise _refuse(found, value, hint)
    return value


def _integer(found: FactDefinition, value: Any) -> int | AtLeast:
    if found.lower_bound and isinstance(value, AtLeast):
        return AtLeast(cast(int, _integer(found, value.count)))
    if found.lower_bound and isinstance(value, Mapping) and set(value) == {"at_least"}:
        return AtLeast(cast(int, _integer(found, value["at_least"])))
    number = _number(found, value)
    if number != int(number):
        raise _refuse(found, value, _("Give a whole number."))
    return int(number)


def _numbers(found: FactDefinition, value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple):
        raise _refuse(found, value, _("Give a list of numbers."))
    if not value:
        return None
    if not found.min_items <= len(value) <= found.max_items:
        raise _refuse(
            found,
            value,
            _("Give {least} to {most} numbers.", least=found.min_items, most=found.max_items),
        )
    return tuple(float(_number(found, v)) for v in value)


def _set(found: FactDefinition, value: Any) -> tuple[str | int, ...] | None:
    if not isinstance(value, list | tuple | set | frozenset):
        raise _refuse(found, value, _("Give a list."))
    members = {_choice(found, v) for v in value}
    return tuple(c.value for c in found.choices if c.value in members) or None


def _map(found: FactDefinition, value: Any) -> dict[str | int, float] | None:
    if not isinstance(value, Mapping):
        raise _refuse(found, value, _("Give an object of names and numbers."))
    known = {
        _choice(found, k): _number(found, v)
        for k, v in value.items()
        if v is not None and v not in _UNKNOWN_WORDS
    }
    return {c.value: known[c.value] for c in found.choices if c.value in known} or None


def _date(found: FactDefinition, value: Any) -> str:
    hint = _("Give a date such as 2026-03-01.")
    if not isinstance(value, str):
        raise _refuse(found, value, hint)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _refuse(found, value, hint) from None
    if day.year < _FIRST_YEAR:
        raise _refuse(found, value, hint)
    return day.isoformat()


_NORMALISERS: dict[str, Callable[[FactDefinition, Any], Any]] = {
    "choice": _choice,
    "number": _number,
    "integer": _integer,
    "numbers": _numbers,
    "set": _set,
    "map": _map,
    "date": _date,
}


def to_json(name: str, value: Any) -> Any:
    """Return a value as it is written in a JSON file; the inverse of `normalise`."""
    found = definition(name)
    if value is None:
        return found.default if found.default is not None else found.unknown
    if isinstance(value, AtLeast):
        return {"at_least": value.count}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple | frozenset):
        return list(value)
    return value


def value_text(name: str, value: Any) -> str:
    """Return a value in the clinician's words, with its unit.

    >>> value_text("ivc_cranial_extent", "intrahepatic")
    'Within the liver'
    """
    found = definition(name)
    if value is None:
        return found.unknown_label
    if isinstance(value, AtLeast):
        return _("at least {count}", count=value.count)
    if found.kind == "choice":
        return found.choice_label(value)
    if found.kind == "set":
        return ", ".join(found.choice_label(v) for v in value)
    if found.kind == "map":
        return ", ".join(f"{found.choice_label(k)} {decimal(v, '.10g')}°" for k, v in value.items())
    if found.kind == "numbers":
        return " x ".join(_with_a_decimal(v) for v in value) + f" {found.unit_words}"
    if found.kind == "date":
        return str(value)
    gap = "" if found.unit == "%" else " "
    return f"{decimal(value, 'g')}{gap}{found.unit_words}".strip()


def _with_a_decimal(value: float) -> str:
    """Return a number with one decimal, or all that were stated: a limit may lie between."""
    return decimal(value, ".1f" if round(value, 1) == value else ".10g")
