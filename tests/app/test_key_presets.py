"""Keys of other viewers: every one works, nothing of ours is lost, nothing calls two things."""

import re

import pytest
from PySide6.QtGui import QKeySequence

from tests.architecture.project import ROOT
from tumorboard.app.commands import COMMANDS
from tumorboard.app.key_presets import OURS, key_presets, preset_of
from tumorboard.app.keymap import changes, conflicts, keymap, refusal

PRESETS = key_presets()
BY_NAME = {preset.name: preset for preset in PRESETS}
#: A few keys of each, as its own page has them.
KNOWN = {
    "OHIF": {"view.flip_h": "H", "view.flip_v": "V", "view.rotate": "R", "view.reset": "Space"},
    "Weasis": {"tool.pan": "T", "tool.length": "D", "tool.scroll": "S", "file.print": "P"},
    "Horos": {"tool.pan": "M", "tool.arrow": "Q", "tool.polygon": "C", "tool.freehand": "D"},
    "Slicer": {"help.palette": "Ctrl+F", "view.overlays": "G", "view.fuse": "T"},
}


def test_the_four_viewers_are_there():
    assert BY_NAME.keys() == KNOWN.keys()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_a_preset_calls_nothing_twice_and_leaves_no_command_without_its_key(preset):
    keys = preset.keymap
    assert conflicts(keys) == {}
    assert keys.keys() == {command.name for command in COMMANDS}
    for command in COMMANDS:
        assert bool(keys[command.name]) >= bool(command.keys), command.name
    for name, key in KNOWN[preset.name].items():
        assert keys[name][0] == key


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_keys_are_written_as_the_toolkit_writes_them(preset):
    for keys in (*preset.theirs.values(), *preset.moved.values()):
        for key in keys:
            portable = QKeySequence.SequenceFormat.PortableText
            assert QKeySequence(key).toString(portable) == key
            assert QKeySequence(key).count() == 1


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_only_what_gave_up_a_key_has_moved(preset):
    ours, taken = keymap({}), {key for keys in preset.theirs.values() for key in keys}
    for name in preset.moved:
        assert set(ours[name]) & taken, name
    others = ours.keys() - preset.moved.keys() - preset.theirs.keys()
    assert all(preset.keymap[name] == ours[name] for name in others)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_a_preset_is_kept_in_the_settings_and_known_again(preset):
    kept = changes(preset.keymap)
    assert preset_of(keymap(kept)) == preset.name
    assert preset_of({**preset.keymap, "tool.length": ("Ctrl+9",)}) == ""


def test_ours_are_known_too():
    assert preset_of(keymap({})) == OURS
    assert changes(keymap({})) == {}


def test_the_guide_cites_the_page_of_each():
    guide = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8")
    for preset in PRESETS:
        assert preset.source in guide
        assert re.match(r"https://\S+$", preset.source)


def test_a_key_that_is_taken_or_held_by_the_views_is_refused_in_one_sentence():
    keys = keymap({})
    assert refusal(keys, "tool.length", "Ctrl+9") == ""
    assert refusal(keys, "tool.length", "L") == ""
    assert "“Invert”" in refusal(keys, "tool.length", "I")
    assert "slice back" in refusal(keys, "tool.length", "Up")
