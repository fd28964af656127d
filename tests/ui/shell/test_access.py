"""Every control can be heard: a name that says what it is, and a role of its own."""

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from tests.ui.rounds import called, reached_by_tab, rounds
from tests.ui.shell.demonstration_desk import board, demonstration
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.viewer.image_view import ImageView

__all__ = ["board", "demonstration"]

Role = QAccessible.Role
#: What a program that reads the screen can say of what it meets. Views that are painted are
#: told by their name and description.
ROLES = {
    *(Role.Button, Role.ButtonMenu, Role.CheckBox, Role.RadioButton, Role.ComboBox),
    *(Role.EditableText, Role.SpinBox, Role.Slider, Role.List, Role.Table, Role.Tree),
    *(Role.PageTabList, Role.HotkeyField, Role.StaticText),
}
#: Painted by the program itself, or an area that is scrolled by keys.
DRAWN = {Role.Client, Role.Graphic, Role.Pane}
#: Words that say what is done but not to what: too little where a panel has many of them.
BARE = {"show", "delete", "edit", "remove", "more", "state", "again", "re-mark", "mark", "assess"}
BARE |= {"accept", "rename", "export"}


def name_of(widget: QWidget) -> str:
    """Return the name that is read out; a choice is named by its label, not by its value."""
    if isinstance(widget, QComboBox):
        labels = [w for w in widget.window().findChildren(QLabel) if w.buddy() is widget]
        return widget.accessibleName() or "".join(label.text() for label in labels)
    face = QAccessible.queryAccessibleInterface(widget)
    return face.text(QAccessible.Text.Name)


def test_every_control_has_a_name_and_a_role(board):
    wrong: dict[str, str] = {}
    seen = 0
    for place, root in rounds(board, folds=True):
        for widget in reached_by_tab(root):
            seen += 1
            name = name_of(widget).strip()
            if len(name) < 2 or not any(letter.isalpha() for letter in name):
                wrong[called(widget)] = f"{place}: has the name {name!r}"
            elif name.lower() in BARE:
                wrong[called(widget)] = f"{place}: {name!r} of what?"
            role = QAccessible.queryAccessibleInterface(widget).role()
            if role not in ROLES | DRAWN:
                wrong[called(widget)] = f"{place}: has the role {role.name}"
    assert seen > 500
    assert not wrong


def test_an_image_is_told_by_series_plane_and_slice(board):
    view = board.view(Plane.AXIAL)
    board.window.grab()
    name, before = view.accessibleName(), view.accessibleDescription()
    assert "Portal venous" in name
    assert "CT" in name
    assert "Axial" in name
    assert before.startswith("Slice ")
    assert "W 400 L 40" in before
    view.scroll_by(1)
    board.window.grab()
    after = view.accessibleDescription()
    assert after != before
    assert after.startswith("Slice ")
    told = [w.accessibleName() for w in board.window.views.findChildren(ImageView)]
    assert len(told) == len(set(told)), "planes are told apart"


def test_no_name_of_the_patient_is_read_out(board):
    board.window.grab()
    words = [w.accessibleName() + w.accessibleDescription() for w in board.window.views.views]
    assert words
    assert not any("Phantom" in text or "DEMO" in text for text in words)
