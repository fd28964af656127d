"""Institutional settings: defaults that ship, and changes with author, date and reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tumorboard.errors import UserError
from tumorboard.language import _


@dataclass(frozen=True)
class SettingDefinition:
    """A setting as shipped.

    ``kind`` is number, choice, integers, names, table, record or text; ``check`` says how
    far the default is supported, ``references`` by what.
    """

    id: str
    title: str
    kind: str
    default: Any
    unit: str
    allowed: tuple[Any, ...]
    minimum: float | None
    maximum: float | None
    ranges: Mapping[str, tuple[float, float]]
    references: tuple[str, ...]
    check: str


@dataclass(frozen=True)
class SettingChange:
    """A value that an institution has put in the place of a default."""

    id: str
    value: Any
    author: str = ""
    date: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Settings:
    """The settings in force: the definitions and the changes made to them."""

    definitions: Mapping[str, SettingDefinition]
    changes: Mapping[str, SettingChange]

    def value(self, reference: str) -> Any:
        """Return a value by ``S-02``, or one entry of a record by ``S-17.min_grade``."""
        setting, __, entry = reference.partition(".")
        change = self.changes.get(setting)
        value = self.definitions[setting].default if change is None else change.value
        return value[entry] if entry else value

    def with_change(self, change: SettingChange) -> Settings:
        """Return settings with this change, checked.

        Raises
        ------
        UserError
            When there is no such setting or the value is not allowed.

        """
        if change.id not in self.definitions:
            raise UserError(_('There is no setting "{id}".', id=change.id), _("Check its number."))
        value = check_value(self.definitions[change.id], change.value)
        return Settings(self.definitions, {**self.changes, change.id: replace(change, value=value)})

    def non_default(self) -> tuple[SettingChange, ...]:
        """Return the changes that differ from the default, in order of number."""
        return tuple(
            self.changes[k]
            for k in sorted(self.changes)
            if self.changes[k].value != self.definitions[k].default
        )

    def references(self) -> dict[str, str]:
        """Return everything that a condition may name, with its kind."""
        kinds = {s.id: s.kind for s in self.definitions.values()}
        for setting in self.definitions.values():
            if setting.kind == "record":
                kinds.update({f"{setting.id}.{key}": "number" for key in setting.default})
        return kinds

    def to_json(self) -> dict[str, Any]:
        """Return every value in force by number, for hashing and printing."""
        return {k: _plain(self.value(k)) for k in sorted(self.definitions)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _refuse(setting: SettingDefinition, value: object, hint: str) -> UserError:
    return UserError(
        _(
            'Setting {id} ({title}): "{value}" is not allowed.',
            id=setting.id,
            title=setting.title,
            value=value,
        ),
        hint,
    )


def _number(setting: SettingDefinition, value: Any) -> Any:
    low = -math.inf if setting.minimum is None else setting.minimum
    high = math.inf if setting.maximum is None else setting.maximum
    if not _is_number(value) or not low <= value <= high:
        raise _refuse(
            setting,
            value,
            _(
                "Give a number from {low:g} to {high:g} {unit}.",
                low=low,
                high=high,
                unit=setting.unit,
            ),
        )
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _choice(setting: SettingDefinition, value: Any) -> Any:
    if value not in setting.allowed:
        raise _refuse(
            setting,
            value,
            _("Give one of: {allowed}.", allowed=", ".join(map(str, setting.allowed))),
        )
    return value


def _several(setting: SettingDefinition, value: Any) -> Any:
    if not isinstance(value, list | tuple | set | frozenset) or not set(value) <= set(
        setting.allowed
    ):
        raise _refuse(
            setting,
            value,
            _("Give some of: {allowed}.", allowed=", ".join(map(str, setting.allowed))),
        )
    return tuple(a for a in setting.allowed if a in value)


def _table(setting: SettingDefinition, value: Any) -> Any:
    same_keys = isinstance(value, Mapping) and set(value) == set(setting.default)
    if not same_keys or not set(value.values()) <= set(setting.allowed):
        raise _refuse(
            setting,
            value,
            _("Give each level one of: {allowed}.", allowed=", ".join(setting.allowed)),
        )
    return {key: value[key] for key in setting.default}


def _record(setting: SettingDefinition, value: Any) -> Any:
    if not isinstance(value, Mapping) or set(value) != set(setting.default):
        raise _refuse(
            setting, value, _("Give {entries}.", entries=_(" and ").join(setting.default))
        )
    for key, (low, high) in setting.ranges.items():
        if not _is_number(value[key]) or not low <= value[key] <= high:
            raise _refuse(
                setting,
                value[key],
                _("Give {key} from {low:g} to {high:g}.", key=key, low=low, high=high),
            )
        if isinstance(setting.default[key], int) and value[key] != int(value[key]):
            raise _refuse(setting, value[key], _("Give {key} as a whole number.", key=key))
    return {key: value[key] for key in setting.default}


def _text(setting: SettingDefinition, value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        raise _refuse(setting, value, _("Give a text."))
    return value


_CHECKS: dict[str, Callable[[SettingDefinition, Any], Any]] = {
    "number": _number,
    "choice": _choice,
    "integers": _several,
    "names": _several,
    "table": _table,
    "record": _record,
    "text": _text,
}


def check_value(setting: SettingDefinition, value: Any) -> Any:
    """Return a value in its one form.

    Raises
    ------
    UserError
        When the setting does not allow it.

    """
    return _CHECKS[setting.kind](setting, value)


def setting_from_data(entry: Mapping[str, Any]) -> SettingDefinition:
    """Build a definition from its entry in the settings file."""
    raw = SettingDefinition(
        id=entry["id"],
        title=entry["title"],
        kind=entry["kind"],
        default=entry["default"],
        unit=entry.get("unit", ""),
        allowed=tuple(entry.get("allowed", ())),
        minimum=entry.get("min"),
        maximum=entry.get("max"),
        ranges={k: (v[0], v[1]) for k, v in entry.get("ranges", {}).items()},
        references=tuple(entry["references"]),
        check=entry["check"],
    )
    return replace(raw, default=check_value(raw, raw.default))
