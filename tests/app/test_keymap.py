"""Which keys call what: the usual ones, changed ones, and those that two commands share."""

from tumorboard.app.commands import COMMANDS
from tumorboard.app.keymap import changes, conflicts, keymap


def test_the_usual_keys_share_nothing():
    assert conflicts(keymap({})) == {}


def test_a_change_is_kept_and_named_when_it_shares_a_key():
    keys = keymap({"tool.length": "Ctrl+1 or B", "no.such.command": "Q"})
    assert keys["tool.length"] == ("Ctrl+1", "B")
    assert "no.such.command" not in keys
    assert set(conflicts(keys)) == {"B"}
    assert len(conflicts(keys)["B"]) == 2
    assert changes(keys) == {"tool.length": "Ctrl+1 or B"}


def test_a_key_of_the_views_is_not_free():
    assert "slice back" in conflicts(keymap({"view.invert": "Up"}))["Up"]


def test_a_command_without_keys_stays_without():
    name = next(c.name for c in COMMANDS if c.keys)
    assert keymap({name: ""})[name] == ()
    assert changes(keymap({name: ""})) == {name: ""}
