"""The strip below the images: words, progress, and a height that stays."""

from PySide6.QtWidgets import QApplication, QProgressBar

from tumorboard.progress import Progress
from tumorboard.ui.shell.status_strip import StatusStrip
from tumorboard.ui.shell.theme import apply_theme


def test_images_above_do_not_move_when_work_begins(qtbot):
    application = QApplication.instance()
    if application.property("look") != "standard":
        apply_theme(application)
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show()
    QApplication.processEvents()
    before = strip.sizeHint().height()
    bar = strip.findChild(QProgressBar)
    strip.set_progress(Progress(3, 10, "Reading"))
    qtbot.waitUntil(bar.isVisible)
    assert bar.value() == 3
    assert strip.sizeHint().height() == before
    strip.clear_progress()
    assert not bar.isVisible()
    assert strip.sizeHint().height() == before
