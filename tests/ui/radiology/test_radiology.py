"""The radiology report in the window: made, changed, kept, compared, followed, copied."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar

from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.case.model import Lesion, Remark
from tumorboard.case.radiology_report import REMARK
from tumorboard.imaging.geometry import Plane
from tumorboard.reports.identity import WITHHELD
from tumorboard.ui.radiology.dialog import RadiologyDialog
from tumorboard.ui.shell.word_questions import WordQuestions

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


def opened(desk) -> RadiologyDialog:
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    desk.key(Qt.Key.Key_I, CTRL_SHIFT)
    (dialog,) = [d for d in desk.window.findChildren(RadiologyDialog) if d.isVisible()]
    return dialog


def gone(desk, dialog) -> None:
    desk.qtbot.waitUntil(lambda: not any(w is dialog for w in QApplication.topLevelWidgets()))


def closed(desk, dialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    gone(desk, dialog)


def line_of(dialog, begins: str):
    block = dialog.field.document().begin()
    while block.isValid() and not block.text().startswith(begins):
        block = block.next()
    assert block.isValid(), begins
    return block


def click_mark(dialog, begins: str) -> None:
    """Click the mark of a line as a hand does: scroll to it, then press beside it."""
    field, block = dialog.field, line_of(dialog, begins)
    bar: QScrollBar = field.verticalScrollBar()
    bar.setValue(max(0, block.blockNumber() - 3))
    rect = field.block_rect(block)
    QTest.mouseClick(field.marks, LEFT, pos=QPoint(8, rect.top() + 6))


def test_the_text_is_changed_kept_compared_and_written_anew(desk):
    session = desk.workspace.session
    session.set_fact("ivc_involvement", "present")
    session.set_remark("organ|liver", "touched", place=desk.window.features.series.place())
    dialog = opened(desk)
    text = dialog.field.toPlainText()
    assert "IVC involvement: present." in text
    assert "Liver: touched (slice " in text
    assert not dialog.note.isVisible()
    closed(desk, dialog)
    assert desk.case.remark(REMARK) is None, "reading alone keeps nothing"

    dialog = opened(desk)
    QTest.keyClicks(dialog.field, "Seen with Dr B. ")
    closed(desk, dialog)
    assert desk.case.remark(REMARK).value.startswith("Seen with Dr B. ")

    session.set_fact("ivc_occlusion", "total")
    dialog = opened(desk)
    assert dialog.field.toPlainText().startswith("Seen with Dr B. ")
    assert dialog.note.isVisible()
    QTest.mouseClick(dialog.again, LEFT)
    assert not dialog.note.isVisible()
    QTest.keyClicks(dialog.field, "!")
    closed(desk, dialog)
    held = desk.case.remark(REMARK)
    assert "Seen with" not in held.value
    assert "!" in held.value
    assert "total" in held.note
    dialog = opened(desk)
    assert not dialog.note.isVisible()
    closed(desk, dialog)


def test_a_text_that_still_holds_is_not_asked_about_again(desk):
    session = desk.workspace.session
    dialog = opened(desk)
    QTest.keyClicks(dialog.field, "Mine. ")
    closed(desk, dialog)
    session.set_fact("ivc_involvement", "absent")
    dialog = opened(desk)
    QTest.mouseClick(dialog.mine, LEFT)
    closed(desk, dialog)
    dialog = opened(desk)
    assert dialog.field.toPlainText().startswith("Mine. ")
    assert not dialog.note.isVisible()
    closed(desk, dialog)


def test_it_is_copied_as_text_and_as_html_without_the_name(desk):
    dialog = opened(desk)
    name = desk.case.patient.name.split("^")[0]  # a word too: a person says what it is here
    QTest.keyClicks(dialog.field, f"<b>5 < 6 & {name} ")
    QTest.mouseClick(dialog.copy, LEFT)
    (question,) = [w for w in dialog.findChildren(WordQuestions) if w.isVisible()]
    assert not question.go_on.isEnabled()
    ((keep, blank),) = question.buttons
    assert not keep.isChecked()
    assert not blank.isChecked()
    QTest.mouseClick(blank, LEFT, pos=QPoint(8, blank.height() // 2))
    QTest.mouseClick(question.go_on, LEFT)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text().startswith(f"<b>5 < 6 & {WITHHELD} ")
    assert "Impression\nSize of the mass: " in data.text()
    assert "<h3>Impression</h3>" in data.html()
    assert "&lt;b&gt;5 &lt; 6 &amp; " in data.html()
    for told in (data.text(), data.html()):
        assert name not in told
    QTest.mouseClick(dialog.copy, LEFT)  # the same sentence is not asked about twice
    assert not [w for w in dialog.findChildren(WordQuestions) if w.isVisible()]
    closed(desk, dialog)


def test_a_click_on_a_mark_leads_to_slice_drawing_or_field(desk):
    session = desk.workspace.session
    place = desk.window.features.series.place()
    session.set_remark("organ|liver", "touched", place=place)
    display = desk.window.room.active
    display.set_point((place.point[0], place.point[1], place.point[2] + 20.0))
    dialog = opened(desk)
    QTest.keyClicks(dialog.field, "Mine. ")
    click_mark(dialog, "Liver: touched")
    gone(desk, dialog)
    assert desk.case.remark(REMARK).value.startswith("Mine. "), "what was typed is kept first"
    assert abs(display.point[2] - place.point[2]) < 1e-6

    dialog = opened(desk)
    assert dialog.field.textCursor().block().text().startswith("Liver: touched")
    assert dialog.place.text() == f"Show {place.words}"
    click_mark(dialog, "New lesion since")
    gone(desk, dialog)
    assert desk.window.tabs.currentWidget() is desk.window.facts
    row = desk.window.facts.row("new_lesion")
    desk.qtbot.waitUntil(lambda: row.isAncestorOf(desk.window.focusWidget()))


def test_keys_lead_to_the_place_of_the_line(desk):
    dialog = opened(desk)
    cursor = dialog.field.textCursor()
    cursor.setPosition(line_of(dialog, "Peritoneum: implants").position())
    dialog.field.setTextCursor(cursor)
    assert dialog.place.isEnabled()
    QTest.keyClick(dialog.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(desk, dialog)
    row = desk.window.facts.row("peritoneal_implants")
    desk.qtbot.waitUntil(lambda: row.isAncestorOf(desk.window.focusWidget()))
    dialog = opened(desk)
    cursor = dialog.field.textCursor()
    cursor.setPosition(line_of(dialog, "Technique").position())
    dialog.field.setTextCursor(cursor)
    assert not dialog.place.isEnabled()
    QTest.keyClick(dialog.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.isVisible()
    QTest.mouseClick(dialog.field.marks, LEFT, pos=QPoint(8, dialog.field.height() - 4))
    closed(desk, dialog)


def test_a_changed_line_keeps_its_link(desk):
    dialog = opened(desk)
    block = line_of(dialog, "Regional lymph nodes")
    cursor = dialog.field.textCursor()
    cursor.setPosition(block.position() + len(block.text()))
    dialog.field.setTextCursor(cursor)
    QTest.keyClicks(dialog.field, " Two small ones.")
    assert dialog.field.origin_of(block).fact == "regional_nodes"
    closed(desk, dialog)


def test_a_mass_that_was_drawn_is_led_to(desk):
    session, volume = desk.workspace.session, desk.viewer.volume
    session.put_lesion(Lesion("m", "Mass", is_index=True))
    image = ImageReference(
        *(volume.study_instance_uid, volume.series_instance_uid, volume.sop_instance_uids[10:11]),
        *(volume.frame_of_reference_uid, Plane.AXIAL),
    )
    x, y, z = (float(v) for v in volume.stack.origins[10])
    points = ((x + 20, y + 20, z), (x + 60, y + 20, z), (x + 40, y + 10, z), (x + 40, y + 40, z))
    axes = Annotation(
        *("axes", Kind.BIDIRECTIONAL, points, (0.0, 0.0, 1.0), image, "Dr A"),
        *("2026-01-02T03:04:05Z",),
        lesion_uid="m",
    )
    session.put_annotation(axes)
    desk.settle()
    desk.window.room.active.set_point((x, y, float(volume.stack.origins[2][2])))
    dialog = opened(desk)
    line = line_of(dialog, "Mass:").text()
    size = "4.0 × 3.0 cm, axial long × axial short; craniocaudal not measured"
    assert line.startswith(f"Mass: {size}")
    assert "(slice " in line
    click_mark(dialog, "Mass:")
    gone(desk, dialog)
    assert abs(desk.window.room.active.point[2] - z) < 1e-6
    assert desk.window.room.selected_uid == "axes"


def test_an_earlier_text_on_the_vena_cava_goes_along(desk):
    session = desk.workspace.session
    session.set_remark("ivc-report", "Mass: as big as a fist.\n\nReaches the liver.", "made")
    assert isinstance(desk.case.remark("ivc-report"), Remark)
    dialog = opened(desk)
    text = dialog.field.toPlainText()
    assert (
        "Text on the vena cava, kept earlier\nMass: as big as a fist.\nReaches the liver." in text
    )
    closed(desk, dialog)


def test_without_a_case_it_says_so(open_desk, tmp_path):
    empty = open_desk(tmp_path / "other")
    empty.window.actions_by_name["case.radiology"].trigger()
    assert "Open a case first" in empty.window.notice.text


def test_the_line_of_the_images_leads_to_their_series(desk):
    desk.window.tabs.setCurrentWidget(desk.window.facts)
    dialog = opened(desk)
    click_mark(dialog, "Images:")
    gone(desk, dialog)
    shown = desk.window.features.series.shown_key
    desk.qtbot.waitUntil(lambda: shown == desk.case.series[0].series_instance_uid)


def test_marks_stand_beside_lines_that_lead_somewhere_and_nowhere_else(desk):
    dialog = opened(desk)
    field = dialog.field
    picture = field.marks.grab().toImage()
    ground = picture.pixelColor(1, picture.height() - 2)
    ratio = picture.devicePixelRatio()
    for block in field.blocks_on_show():
        rect = field.block_rect(block)
        if rect.bottom() * ratio >= picture.height():
            continue
        rows = range(round((rect.top() + 1) * ratio), round((rect.bottom() - 1) * ratio))
        marked = any(
            picture.pixelColor(x, y) != ground for y in rows for x in range(picture.width())
        )
        assert marked == (field.origin_of(block) is not None), block.text()
    closed(desk, dialog)
