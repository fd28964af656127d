"""Which keys call which command: the usual ones, and what the user changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from tumorboard.app.commands import COMMANDS
from tumorboard.language import _

#: Between the keys of one command in the settings file.
SEPARATOR: Final = " or "
#: Keys that views and fields handle themselves; a command on one of them would hide that.
RESERVED: Final[Mapping[str, str]] = {
    "Up": _("slice back"),
    "Down": _("slice on"),
    "Shift+Up": _("ten slices back"),
    "Shift+Down": _("ten slices on"),
    "Home": _("first slice"),
    "End": _("last slice"),
    "PgUp": _("previous series"),
    "PgDown": _("next series"),
}

Keymap = Mapping[str, tuple[str, ...]]


def keymap(changed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of each command, in Qt's portable notation.

    ``changed`` maps names of commands to keys joined by `SEPARATOR`, empty for none; names
    that are not known are passed over.
    """
    usual = {command.name: command.keys for command in COMMANDS}
    own = {n: tuple(k for k in text.split(SEPARATOR) if k) for n, text in changed.items()}
    return {**usual, **{name: keys for name, keys in own.items() if name in usual}}


def conflicts(keys: Keymap) -> dict[str, tuple[str, ...]]:
    """Return the keys that call more than one thing, with the words for what they call."""
    labels = {command.name: command.label for command in COMMANDS}
    users: dict[str, list[str]] = defaultdict(list)
    for name, chosen in keys.items():
        for key in chosen:
            users[key].append(labels[name])
    for key, what in RESERVED.items():
        if key in users:
            users[key].append(what)
    return {key: tuple(names) for key, names in users.items() if len(names) > 1}


def refusal(keys: Keymap, name: str, key: str) -> str:
    """Return why a command cannot have a key, in one sentence; empty when it can."""
    labels = {command.name: command.label for command in COMMANDS}
    if key in RESERVED:
        return _(
            "{key} is the key for {use} and stays it. Choose another key.",
            key=key,
            use=RESERVED[key],
        )
    other = next((n for n, chosen in keys.items() if n != name and key in chosen), None)
    if other is None:
        return ""
    return _(
        "{key} is the key of “{command}”. Choose another, or take it away there first.",
        key=key,
        command=labels[other],
    )


def changes(keys: Keymap) -> dict[str, str]:
    """Return what differs from the usual keys, as it is kept in the settings."""
    usual = {command.name: command.keys for command in COMMANDS}
    return {n: SEPARATOR.join(chosen) for n, chosen in keys.items() if chosen != usual[n]}
