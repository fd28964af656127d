"""Letters from 12 to 24 px: at once everywhere, and no word is cut without saying so."""

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from tests.ui.desk import Desk
from tests.ui.rounds import at_rest, called, in_sight, opened, rounds
from tests.ui.shell.demonstration_desk import board, demonstration
from tumorboard.ui.shell.parts import ElidedLabel
from tumorboard.ui.shell.theme import apply_theme, text_px
from tumorboard.ui.viewer.letters import letter_px, text_width

__all__ = ["board", "demonstration"]


@pytest.fixture
def small_board(board: Desk):
    """A window of 1366 x 768 that gives back the usual letters."""
    board.window.resize(1366, 768)
    yield board
    apply_theme(QApplication.instance())


def write(desk: Desk, pixels: int) -> None:
    """Choose a size of letters as the preferences do."""
    desk.window.controller.settings.set("font.size", pixels)
    desk.window.features.questions.apply_settings()
    at_rest(desk)


def cut(widget: QWidget) -> str:
    """Return what of the words of a widget is cut, empty for nothing."""
    if isinstance(widget, QLabel):
        return cut_label(widget)
    if isinstance(widget, QPushButton) or (
        isinstance(widget, QToolButton) and widget.toolButtonStyle().name != "ToolButtonIconOnly"
    ):
        words = widget.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
        needed = widget.fontMetrics().horizontalAdvance(words)
        if widget.text() and not widget.toolTip() and needed > widget.width() - 2:
            return f"{needed} px of words on {widget.width()}"
        if widget.text() and widget.fontMetrics().height() > widget.height() + 1:
            return f"{widget.fontMetrics().height()} px high words on {widget.height()}"
    return outside(widget)


def cut_label(label: QLabel) -> str:
    """A label folds its words, or ends in an ellipsis and tells the rest in its tip."""
    metrics, room = label.fontMetrics(), label.contentsRect()
    lines = label.text().split("\n")
    if not label.text():
        return ""
    if isinstance(label, ElidedLabel):
        return "" if label.toolTip() or label.text() == label.full_text else "no tip"
    if label.wordWrap():
        widest = max((metrics.horizontalAdvance(w) for w in label.text().split()), default=0)
        if label.heightForWidth(label.width()) > label.height() + 1:
            return f"{label.heightForWidth(label.width())} px of lines on {label.height()}"
    else:
        widest = max(map(metrics.horizontalAdvance, lines))
    if widest > room.width() + 1:
        return f"{widest} px of words on {room.width()}"
    if metrics.height() > label.height() + 1:
        return f"{metrics.height()} px high words on {label.height()}"
    return outside(label)


def outside(widget: QWidget) -> str:
    """Words that lie past the edge of what holds them; what scrolls can be scrolled."""
    home = widget.parentWidget()
    while home is not None:
        if isinstance(home, QScrollArea):
            return ""
        home = home.parentWidget()
    seen = widget.visibleRegion().boundingRect()
    missing = widget.width() - seen.width()
    return f"{missing} px lie outside" if missing > 2 else ""


@pytest.mark.parametrize("pixels", [12, 16, 20, 24])
def test_no_words_are_cut(small_board, pixels):
    write(small_board, pixels)
    wrong, seen = {}, 0
    for place, root in rounds(small_board):
        for widget in root.findChildren(QWidget):
            if not (isinstance(widget, QLabel | QAbstractButton) and widget.isVisible()):
                continue
            if not in_sight(widget):
                continue
            seen += 1
            if found := cut(widget):
                text = widget.text()[:40] if isinstance(widget, QLabel | QAbstractButton) else ""
                wrong[f"{called(widget)} {text!r}"] = f"{place}: {found}"
    assert seen > 500
    assert not wrong, "\n".join(f"{k}: {v}" for k, v in wrong.items())


def test_another_size_applies_at_once_to_panels_dialogs_and_images(small_board):
    window = small_board.window
    usual = window.worklist.cases.verticalHeader().defaultSectionSize()
    image, header = text_width("10.5 cm"), window.header.height()
    write(small_board, 24)
    assert (text_px(), letter_px()) == (24, 23)
    assert window.tabs.font().pixelSize() == 24
    assert window.worklist.cases.verticalHeader().defaultSectionSize() > 1.5 * usual
    assert window.header.height() > 1.5 * header
    assert text_width("10.5 cm") > 1.6 * image
    window.actions_by_name["case.question"].trigger()
    (dialog,) = opened(window)
    assert dialog.font().pixelSize() == 24
    dialog.close()
    write(small_board, 13)
    assert window.worklist.cases.verticalHeader().defaultSectionSize() == usual
    assert window.header.height() == header
    assert text_width("10.5 cm") == pytest.approx(image)
