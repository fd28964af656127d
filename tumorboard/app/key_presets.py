"""Keys as other viewers have them: read from `resources/keys/presets.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from tumorboard.app.keymap import Keymap, keymap
from tumorboard.resources import shipped_yaml

#: The name under which our own keys stand among the presets.
OURS: Final = "Tumorboard"


@dataclass(frozen=True)
class KeyPreset:
    """The keys of another viewer.

    ``source`` is the page that ``theirs`` were taken from; ``moved`` are commands of ours that
    gave up a key for one of these. Both are keys by the names of commands.
    """

    name: str
    source: str
    theirs: Mapping[str, tuple[str, ...]]
    moved: Mapping[str, tuple[str, ...]]

    @property
    def keymap(self) -> dict[str, tuple[str, ...]]:
        """The keys of every command: theirs, those that moved, and ours for all others."""
        return {**keymap({}), **self.moved, **self.theirs}


@cache
def key_presets() -> tuple[KeyPreset, ...]:
    """Return the presets of other viewers, in their order."""
    return tuple(
        KeyPreset(p["name"], p["source"], _keys(p["keys"]), _keys(p["moved"]))
        for p in shipped_yaml("keys", "presets.yaml")["presets"]
    )


def preset_of(keys: Keymap) -> str:
    """Return the name of the preset that these keys are, empty when they are nobody's."""
    known = {OURS: keymap({}), **{preset.name: preset.keymap for preset in key_presets()}}
    return next((name for name, found in known.items() if found == dict(keys)), "")


def _keys(told: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(keys) for name, keys in told.items()}
