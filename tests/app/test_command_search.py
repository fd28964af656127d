"""Commands by their names, their menus and other words; and that each has its place."""

from collections import Counter

import pytest

from tumorboard.app.command_search import other_words, ranked
from tumorboard.app.commands import COMMANDS
from tumorboard.app.menus import MENUS, Submenu, path_of
from tumorboard.app.tool_groups import ALWAYS, BUTTONS, GROUPS, PARTS
from tumorboard.resources import resource_path, shipped_yaml

LABELS = {command.name: command.label for command in COMMANDS}


def listed() -> Counter[str]:
    entries = [entry for sections in MENUS.values() for section in sections for entry in section]
    return Counter(n for e in entries for n in (e.names if isinstance(e, Submenu) else (e,)))


def test_every_command_of_a_menu_stands_there_once():
    assert listed() == Counter(c.name for c in COMMANDS if c.menu)
    for command in COMMANDS:
        assert path_of(command.name).split(" › ")[0] == command.menu


def test_no_menu_is_a_long_flat_list():
    for title, sections in MENUS.items():
        assert max(len(section) for section in sections) <= 7, title
        for section in sections:
            subs = [entry for entry in section if isinstance(entry, Submenu)]
            assert all(2 <= len(sub.names) <= 8 for sub in subs), title


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("vein", {"tool.vessel", "tool.centreline"}),
        ("ivc", {"tool.vessel", "tool.landmark"}),
        ("caliper", {"tool.length", "tool.bidirectional"}),
        ("contour", {"tool.mask_outline", "tool.mask_brush", "tool.polygon"}),
        ("preset", {"window.2", "window.5", "window.auto"}),
        ("Preset LUNG", {"window.5"}),
        ("roi", {"tool.ellipse", "tool.rectangle"}),
        ("fullscreen", {"screen.full"}),
        ("flip and turn", {"view.rotate", "view.flip_h"}),
        ("institution", {"institution.settings"}),
        ("shortcuts", {"help.keys"}),
        ("undo", {"edit.undo"}),
    ],
)
def test_a_command_is_found_by_another_word_for_it(typed, wanted):
    found = ranked(LABELS, typed)
    assert wanted <= set(found)
    assert len(found) < len(LABELS) / 2


def test_every_command_is_found_by_its_label_and_its_menu():
    for name, label in LABELS.items():
        assert name in ranked(LABELS, label)
        assert name in ranked(LABELS, path_of(name).replace("›", ""))


def test_labels_come_before_other_words():
    found = ranked(LABELS, "window")
    assert found[0] == "tool.window"
    assert ranked(LABELS, "reset")[0] == "view.reset"
    contours = ranked(LABELS, "outline")
    assert contours.index("tool.mask_outline") < contours.index("tool.polygon")
    assert ranked({"a": "Board report", "b": "Report a fault", "c": "Zoom"}, "report") == ["b", "a"]


def test_other_words_are_of_commands_that_there_are():
    assert set(other_words()) <= set(LABELS)
    for name, words in other_words().items():
        assert words, name
        assert all(word == word.casefold() for word in words), name
        assert not [word for word in words if word in LABELS[name].casefold()], name


@pytest.mark.parametrize(
    "file", sorted(p.name for p in resource_path("terms").glob("commands.*.yaml"))
)
def test_words_of_each_language_are_of_commands_that_there_are(file):
    entries = shipped_yaml("terms", file)["words"]
    assert set(entries) <= set(LABELS)
    for name, words in entries.items():
        assert words, name
        assert all(word == word.lower() for word in words), name


def test_every_tool_stands_in_one_group_and_has_a_picture_of_its_own():
    names = Counter(name for group in GROUPS for name in group.names)
    assert max(names.values()) == 1
    tools = {c.name for c in COMMANDS if c.menu in ("Tools", "Outline", "Vessel", "Layout")}
    assert tools - set(names) == {"layout.protocols"}
    icons = Counter(tool.icon for tool in BUTTONS.values())
    assert max(icons.values()) == 1
    assert len(BUTTONS) == sum(len(group.tools) for group in GROUPS) + len(ALWAYS) + len(PARTS)
    for name in icons:
        assert resource_path("icons", "tabler", f"{name}.svg").is_file(), name


def test_only_pictures_in_use_are_kept_with_their_licence():
    folder = resource_path("icons", "tabler")
    assert "MIT License" in (folder / "LICENSE").read_text(encoding="utf-8")
    here = {path.stem for path in folder.glob("*.svg")}
    others = {"layout-sidebar-left-expand", "users", "photo", "chevron-left", "dots"}
    ways_to_begin = {"folder-open", "files", "test-pipe"}
    of_rows = {"eye", "dots", "trash", "refresh", "pencil", "file-export"}
    assert here == {tool.icon for tool in BUTTONS.values()} | others | ways_to_begin | of_rows
