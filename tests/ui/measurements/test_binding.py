import sys

from PySide6.QtGui import QColor


def test_the_binding_of_qt_keeps_count_of_none(qapp):
    """A binding that drops references to None ends the process after seconds of scrolling."""
    colour = QColor("red")
    before = sys.getrefcount(None)
    for _ in range(2000):
        colour.setAlpha(100)
    assert abs(sys.getrefcount(None) - before) < 100
