"""What can be done with a row: seen under the pointer and with the keys, said to who cannot see."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tumorboard.ui.shell.row_acts import RowAct, RowActs


@pytest.fixture
def row(qtbot):
    """A row with three acts below another row, and what was done."""
    window, widget, done = QWidget(), QWidget(), []
    line = QHBoxLayout(widget)
    line.addWidget(QLabel("Length"))
    acts = RowActs(
        widget,
        *(
            RowAct(icon, words, lambda words=words: done.append(words), "Length", "More of it")
            for icon, words in (("eye", "Show"), ("pencil", "Edit"), ("trash", "Delete"))
        ),
    )
    line.addWidget(acts)
    column = QVBoxLayout(window)
    other = QPushButton("Elsewhere")
    column.addWidget(other)
    column.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    other.setFocus()
    yield acts, widget, done
    window.close()


def is_painted(button) -> bool:
    image = button.grab().toImage()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    return len(colours) > 1


def hover(widget, *, over: bool) -> None:
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, over)
    place = QPointF(5, 5)
    event = QEnterEvent(place, place, place) if over else QEvent(QEvent.Type.Leave)
    QApplication.sendEvent(widget, event)


def test_they_show_while_the_pointer_is_over_the_row(row):
    acts, widget, _done = row
    hover(widget, over=False)
    assert not any(map(is_painted, acts.buttons))
    before = [button.geometry() for button in acts.buttons]
    hover(widget, over=True)
    assert all(map(is_painted, acts.buttons))
    assert [button.geometry() for button in acts.buttons] == before
    hover(widget, over=False)
    assert not any(map(is_painted, acts.buttons))


def test_keys_reach_show_and_press_them(row):
    acts, widget, done = row
    hover(widget, over=False)
    acts.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    assert all(map(is_painted, acts.buttons))
    QTest.keyClick(acts.buttons[0], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is acts.buttons[1]
    QTest.keyClick(acts.buttons[1], Qt.Key.Key_Space)
    assert done == ["Edit"]


def test_a_press_does_it_and_says_what_it_is(row):
    acts, widget, done = row
    hover(widget, over=True)
    delete = acts.button("Delete")
    QTest.mouseClick(delete, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    assert done == ["Delete"]
    assert delete.accessibleName() == "Delete: Length"
    assert delete.toolTip().startswith("Delete")
    assert "More of it" in delete.toolTip()
    with pytest.raises(KeyError):
        acts.button("Burn")


def test_what_deletes_stands_apart(row):
    show, edit, delete = (button.geometry() for button in row[0].buttons)
    assert edit.left() - show.right() < 3
    assert delete.left() - edit.right() >= 12
