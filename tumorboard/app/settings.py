"""Settings: declared as data, kept in one small file of the user.

``resources/settings.yaml`` names each setting with type, default and help; the user's file
holds only what differs from the defaults. It never holds patient data.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from platformdirs import user_config_path, user_data_path

from tumorboard import strict_yaml
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.resources import shipped_yaml
from tumorboard.text import changed, line
from tumorboard.whole_file import write_whole

Value = str | int | float | bool | dict[str, str]

_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "choice": (str,),
    "integer": (int,),
    "number": (int, float),
    "switch": (bool,),
    "table": (dict,),
}


@dataclass(frozen=True)
class Setting:
    """A declared setting; ``choices`` for a choice, limits for numbers (both ends allowed)."""

    name: str
    type: str
    default: Value
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def accepts(self, value: object) -> bool:
        """Whether a value has the declared type and lies within the limits."""
        if not isinstance(value, _TYPES[self.type]):
            return False
        if isinstance(value, dict):
            return all(isinstance(part, str) for pair in value.items() for part in pair)
        if isinstance(value, bool):
            return self.type == "switch"
        if isinstance(value, str):
            return not self.choices or value in self.choices
        if not isinstance(value, int | float):
            return False
        low = self.minimum is None or value >= self.minimum
        return low and (self.maximum is None or value <= self.maximum)


@cache
def declared() -> tuple[Setting, ...]:
    """Return the declared settings in the order of their file."""
    entries = shipped_yaml("settings.yaml")["settings"]
    return tuple(Setting(**{**e, "choices": tuple(e.get("choices", ()))}) for e in entries)


def default_settings_file() -> Path:
    """Return where the user's settings lie."""
    return Path(user_config_path("tumorboard", appauthor=False)) / "settings.yaml"


def default_store_folder() -> Path:
    """Return where the store lies unless the user chose another folder."""
    return Path(user_data_path("tumorboard", appauthor=False)) / "store"


def write_settings_file(path: Path, text: str) -> None:
    """Write a file of the user's settings, whole or not at all; its folder is made.

    Raises
    ------
    UserError
        When it cannot be written.

    """
    hint = _("Check the disk and the permissions of your settings folder.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(_("“{name}” cannot be written.", name=path.name), hint) from error
    write_whole(path, text.encode(), hint)


class Settings:
    """The settings in force.

    Parameters
    ----------
    file
        The user's file; it need not exist.

    Attributes
    ----------
    problems
        A sentence for each thing in the file that could not be used; the default is in
        force there.

    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or default_settings_file()
        self.definitions = {setting.name: setting for setting in declared()}
        self.problems: list[str] = []
        content = self._read()
        good: dict[str, Value] = {}
        for name, value in content.items():
            if name not in self.definitions:
                self.problems.append(
                    _(
                        "The settings file names “{name}”, which does not exist.",
                        name=line(str(name)),
                    )
                )
            elif not self.definitions[name].accepts(value):
                self.problems.append(
                    _(
                        "The setting {name} has a value that cannot be used; the default is in "
                        "force.",
                        name=name,
                    )
                )
            else:
                good[name] = changed(value, line)
        self._own = good

    def __getitem__(self, name: str) -> Value:
        return self._own.get(name, self.definitions[name].default)

    def integer(self, name: str) -> int:
        """Return the value of a setting that is a whole number."""
        value = self[name]
        return value if isinstance(value, int) else 0

    def table(self, name: str) -> dict[str, str]:
        """Return a copy of a setting that is a table of texts."""
        value = self[name]
        return dict(value) if isinstance(value, dict) else {}

    def set(self, name: str, value: Value) -> None:
        """Change a setting and write the file.

        Raises
        ------
        UserError
            When the value is not allowed, or the file cannot be written.

        """
        if not self.definitions[name].accepts(value):
            raise UserError(
                _("The setting {name} cannot be {value!r}.", name=name, value=value),
                self._allowed(name),
            )
        self._write({**self._own, name: changed(value, line)})

    def reset(self, name: str) -> None:
        """Go back to the default of a setting.

        Raises
        ------
        UserError
            When the file cannot be written.

        """
        self._write({k: v for k, v in self._own.items() if k != name})

    @property
    def author(self) -> str:
        """Who stands on measurements and statements: the reader's name, else the login."""
        chosen = str(self["reader.name"]).strip()
        if chosen:
            return chosen
        try:
            return line(getpass.getuser())
        except (OSError, KeyError):  # no login name, as in some containers
            return _("Reader")

    @property
    def store_folder(self) -> Path:
        """The folder of the store."""
        chosen = str(self["store.folder"]).strip()
        return Path(chosen).expanduser() if chosen else default_store_folder()

    def _read(self) -> Mapping[str, Any]:
        try:
            content = strict_yaml.load(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, yaml.YAMLError):
            content = 0
        if content is None or isinstance(content, dict):
            return content or {}
        self.problems.append(
            _(
                "The settings file {name} cannot be read; the defaults are in force.",
                name=self._file.name,
            )
        )
        return {}

    def _write(self, values: dict[str, Value]) -> None:
        write_settings_file(self._file, yaml.safe_dump(values, allow_unicode=True))
        self._own = values

    def _allowed(self, name: str) -> str:
        setting = self.definitions[name]
        if setting.choices:
            return _("Choose one of: {choices}.", choices=", ".join(setting.choices))
        if setting.minimum is not None or setting.maximum is not None:
            return _(
                "Give a number from {minimum} to {maximum}.",
                minimum=setting.minimum,
                maximum=setting.maximum,
            )
        return _("Give a value of the type {type}.", type=setting.type)
