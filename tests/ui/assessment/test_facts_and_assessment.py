import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QScrollArea

from tests.ui.conftest import CENTRE
from tumorboard.imaging.geometry import Plane
from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import Fold
from tumorboard.ui.shell.text_widgets import MarkedLabel
from tumorboard.ui.viewer.painting import corner_words

Z = np.array([0.0, 0, 1])
CRITERIA = (
    "peritoneal_implants",
    "bilateral_renal_involvement",
    "extensive_spine_involvement",
    "extensive_mesenteric_root_involvement",
    "extensive_liver_hilar_involvement",
    "extensive_major_vessel_involvement",
)


def press(desk, name: str, label: str) -> None:
    """Click the button of a choice in the form."""
    row = desk.window.facts.row(name)
    desk.window.tabs.setCurrentWidget(desk.window.facts)
    desk.window.facts.go_to(name)
    button = next(b for b in row.editor.findChildren(QPushButton) if b.text() == label)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.let_go()


def choose(desk, name: str, label: str) -> None:
    """Choose an entry of a list in the form by keyboard."""
    box = desk.window.facts.row(name).editor.findChild(QComboBox)
    box.setFocus()
    box.setCurrentIndex(box.findText(label))
    box.activated.emit(box.currentIndex())
    desk.let_go()


def type_in(desk, name: str, text: str) -> None:
    desk.window.tabs.setCurrentWidget(desk.window.facts)
    line = desk.window.facts.row(name).editor.findChild(QLineEdit)
    desk.window.facts.go_to(name)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    line.clear()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.let_go()


def shown(panel, kind) -> list:
    """Return the widgets of a kind that a panel shows, after it has settled."""
    QApplication.processEvents()
    return [widget for widget in panel.findChildren(kind) if widget.isVisibleTo(panel)]


def look_at(desk, panel) -> None:
    """Turn to a tab, as a reader does, and back."""
    tabs = desk.window.tabs
    before = tabs.currentWidget()
    tabs.setCurrentWidget(panel)
    tabs.setCurrentWidget(before)


def panel_text(desk) -> str:
    panel = desk.window.assessment
    look_at(desk, panel)
    parts = [*shown(panel, QLabel), *shown(panel, QPushButton)]
    return "\n".join(widget.text() for widget in parts)


def category(desk) -> str:
    return desk.workspace.session.assessment.category


def make_resectable(desk) -> None:
    choose(desk, "site", "Retroperitoneum")
    choose(desk, "disease_phase", "Primary, in place")
    for name in CRITERIA:
        press(desk, name, "Absent")
    press(desk, "chest_ct", "Done")
    press(desk, "abdomen_pelvis_ct", "Done")
    press(desk, "distant_metastasis_read", "Absent")


def test_the_answer_follows_every_statement(desk):
    choose(desk, "site", "Retroperitoneum")
    choose(desk, "disease_phase", "Primary, in place")
    assert category(desk) == "indeterminate"
    assert "6 of 6 excluding findings not assessed" in panel_text(desk)
    make_resectable(desk)
    assert category(desk) == "indeterminate"
    choose_completeness = desk.window.facts.row("expected_completeness").editor
    first = choose_completeness.findChildren(QPushButton) or choose_completeness.findChildren(
        QComboBox
    )
    assert first
    desk.window.features.facts.set_fact("expected_completeness", "complete_expected")
    assert category(desk) == "resectable"
    press(desk, "extensive_liver_hilar_involvement", "Present")
    assert category(desk) == "unresectable"
    assert "R-RES-06" in panel_text(desk)
    press(desk, "extensive_liver_hilar_involvement", "Not assessed")
    assert category(desk) == "indeterminate"
    assert "R-RES-07" in panel_text(desk)


def test_not_assessed_looks_different_from_absent(desk):
    choose(desk, "site", "Retroperitoneum")
    press(desk, "peritoneal_implants", "Absent")
    panel = desk.window.assessment
    desk.window.tabs.setCurrentWidget(panel)
    desk.settle()
    marks = sorted(shown(panel, Mark), key=lambda m: m.mapTo(panel, m.rect().topLeft()).y())
    assert [m.state for m in marks][:6] == ["absent", *["unknown"] * 5]


def test_a_statement_shows_who_made_it_and_can_be_undone(desk):
    press(desk, "peritoneal_implants", "Present")
    fact = desk.workspace.session.facts.get("peritoneal_implants")
    assert fact.value == "present"
    assert fact.provenance.author == "Dr Test"
    assert "Dr Test" in desk.window.facts.row("peritoneal_implants")._origin.full_text
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.workspace.session.facts.value("peritoneal_implants") is None
    row = desk.window.facts.row("peritoneal_implants")
    assert next(b for b in row.editor.findChildren(QPushButton) if b.isChecked()).text() == (
        "Not assessed"
    )


def test_the_assess_link_leads_to_the_field(desk):
    choose(desk, "site", "Retroperitoneum")
    choose(desk, "disease_phase", "Primary, in place")
    desk.window.tabs.setCurrentWidget(desk.window.assessment)
    links = desk.window.assessment.findChildren(QPushButton)
    QTest.mouseClick(next(b for b in links if b.text() == "assess"), Qt.MouseButton.LeftButton)
    assert desk.window.tabs.currentWidget() is desk.window.facts
    row = desk.window.facts.row("peritoneal_implants")
    assert row.isAncestorOf(desk.window.focusWidget())


def test_levels_and_ends_give_the_extent_and_jump_back(desk):
    levels = {
        "caudal": 32.0,
        "cranial": 60.0,
        "iliac confluence": 0.0,
        "renal veins": 32.0,
        "entry into the liver": 48.0,
        "hepatic veins": 84.0,
        "cavo-atrial junction": 100.0,
    }
    desk.key(Qt.Key.Key_V)
    for z in levels.values():
        place = np.array([CENTRE[0], CENTRE[1], z])
        desk.look_at(place)
        desk.click(Plane.AXIAL, place)
    facts = desk.workspace.session.facts
    assert facts.value("ivc_caudal_extent") == "renal_vein_confluence"
    assert facts.value("ivc_cranial_extent") == "intrahepatic"
    assert facts.value("ivc_involvement") == "present"
    assert facts.value("extensive_major_vessel_involvement") is None
    texts = [label.text() for label in desk.window.lesions.findChildren(QLabel)]
    assert "Within the liver" in texts
    desk.look_at(CENTRE + 40 * Z)
    row = desk.window.facts.row("ivc_cranial_extent")
    desk.window.tabs.setCurrentWidget(desk.window.facts)
    QTest.mouseClick(row._jump, Qt.MouseButton.LeftButton)
    assert desk.viewer.point[2] == pytest.approx(60.0)


def test_an_end_without_the_level_it_needs_names_that_level(desk):
    desk.key(Qt.Key.Key_V)
    desk.click(Plane.AXIAL, CENTRE)
    texts = [label.text() for label in desk.window.lesions.findChildren(QLabel)]
    assert any("mark “Renal veins” to name the level" in text for text in texts)
    assert desk.workspace.session.facts.value("ivc_caudal_extent") is None


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("age_years", "58", 58),
        ("diameters_cm", "10.5 x 8.9 x 13.2", (10.5, 8.9, 13.2)),
        ("metastasis_count", "3", 3),
    ],
)
def test_typed_values(desk, name, typed, value):
    type_in(desk, name, typed)
    assert desk.workspace.session.facts.value(name) == value


@pytest.mark.parametrize(("name", "typed"), [("age_years", "old"), ("age_years", "300")])
def test_what_cannot_be_read_is_said_beside_the_field(desk, name, typed):
    type_in(desk, name, typed)
    row = desk.window.facts.row(name)
    assert desk.workspace.session.facts.value(name) is None
    assert row.editor._problem.isVisibleTo(row)
    assert row.editor._problem.text()


def test_a_person_overrules_a_measurement_and_both_are_kept(desk):
    desk.key(Qt.Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - [48, 0, 0], CENTRE + [48, 0, 0])
    desk.drag(Plane.AXIAL, CENTRE - [0, 30, 0], CENTRE + [0, 30, 0])
    session = desk.workspace.session
    assert session.facts.get("diameters_cm").provenance.origin == "annotation"
    type_in(desk, "diameters_cm", "11 × 7")
    assert session.facts.get("diameters_cm").provenance.origin == "annotation"  # reason first
    row = desk.window.facts.row("diameters_cm")
    assert row.reason.hasFocus()
    QTest.keyClicks(row.reason, "measured on the pathology")
    QTest.keyClick(row.reason, Qt.Key.Key_Return)
    assert session.facts.value("diameters_cm") == (11.0, 7.0)
    assert session.derived["diameters_cm"].value[0] == pytest.approx(9.6, abs=0.1)
    text = "\n".join(label.text() for label in shown(row, QLabel))
    assert "Overrules 9.6 x 6.0 cm (from the images" in text
    assert "measured on the pathology" in text
    QTest.mouseClick(row.back, Qt.MouseButton.LeftButton)
    assert session.facts.get("diameters_cm").provenance.origin == "annotation"


def test_every_line_shows_its_rule_and_source(desk):
    make_resectable(desk)
    assessment = desk.workspace.session.assessment
    for fold in desk.window.assessment.findChildren(Fold):
        fold.open()
    text = panel_text(desk)
    for option in assessment.options:
        assert option.title in text
        for reason in option.reasons:
            assert reason.rule in text
    for alert in assessment.alerts:
        assert alert.text in text


def test_the_panel_says_what_would_change_it_and_leads_there(desk):
    choose(desk, "site", "Retroperitoneum")
    choose(desk, "disease_phase", "Primary, in place")
    for name in CRITERIA[:-1]:
        press(desk, name, "Absent")
    desk.settle()
    panel = desk.window.assessment
    desk.window.tabs.setCurrentWidget(panel)
    desk.settle()
    assert "Would become unresectable if" in panel_text(desk)
    wanted = "Extensive major vessel involvement: Present"
    button = next(
        b
        for b in panel.findChildren(QPushButton)
        if b.accessibleName() == wanted and b.isVisibleTo(panel)
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.window.tabs.currentWidget() is desk.window.facts
    row = desk.window.facts.row("extensive_major_vessel_involvement")
    assert row.isAncestorOf(desk.window.focusWidget())
    assert desk.workspace.session.facts.value("extensive_major_vessel_involvement") is None


def test_a_criterion_leads_back_to_the_slice_it_was_stated_on(desk, open_desk, tmp_path):
    desk.look_at(CENTRE + 16 * Z)
    press(desk, "peritoneal_implants", "Absent")
    press(desk, "histology_confirmed", "Yes")
    facts = desk.workspace.session.facts
    assert facts.get("histology_confirmed").provenance.place is None
    place = facts.get("peritoneal_implants").provenance.place
    assert place.point[2] == pytest.approx(CENTRE[2] + 16)
    again = open_desk(tmp_path / "store")
    again.window.controller.open_case(desk.case.uid)
    again.settle()
    panel = again.window.assessment
    button = next(b for b in panel.findChildren(QPushButton) if b.text() == place.words)
    button.click()
    assert again.viewer.point == pytest.approx(place.point)
    corners = corner_words(again.view(), again.view().frame())
    assert f"Slice {place.slice_number} /" in corners[1][0]


def test_who_the_case_is_about_shows_only_on_demand(desk):
    label = desk.window.header._case
    assert "TEST" not in label.text()
    assert "F" in label.text()
    assert "TEST, ONE" in label.toolTip()


def test_a_rule_leads_to_the_facts_it_rests_on_and_back(desk):
    choose(desk, "site", "Retroperitoneum")
    panel, evidence = desk.window.assessment, desk.window.evidence
    desk.window.tabs.setCurrentWidget(panel)
    rule = next(b for b in shown(panel, QPushButton) if b.text() == "R-GEN-01")
    QTest.mouseClick(rule, Qt.MouseButton.LeftButton)
    assert desk.window.tabs.currentWidget() is evidence
    links = {b.text(): b for b in shown(evidence, QPushButton)}
    assert {"R-GEN-01", "F-120"} <= set(links)
    links["F-120"].click()
    assert {"F-120", "R-GEN-01"} <= {b.text() for b in shown(evidence, QPushButton)}


def test_the_evidence_is_searched_as_it_is_typed(desk):
    evidence = desk.window.evidence
    desk.window.tabs.setCurrentWidget(evidence)
    QTest.keyClicks(evidence.search, "cava stent")
    desk.qtbot.waitUntil(lambda: not evidence._pause.isActive())
    assert any("stent" in label.text().lower() for label in shown(evidence, QLabel))
    assert not any("{" in label.text() for label in shown(evidence, QLabel))
    assert any("Stent" in w.plain or "stent" in w.plain for w in shown(evidence, MarkedLabel))
    assert any("underline" in w.text() for w in shown(evidence, MarkedLabel))
    evidence.search.setText("zzzz qqq")
    desk.qtbot.waitUntil(lambda: not evidence._pause.isActive())
    texts = [label.text() for label in shown(evidence, QLabel)]
    assert "Nothing holds all of these words." in texts


def test_what_looks_like_markup_in_a_hit_is_shown_as_it_is():
    label = MarkedLabel((("more than <b>5</b> & ", False), ("<i>cm</i>", True)))
    document = QTextDocument()
    document.setHtml(label.text())
    assert document.toPlainText() == label.plain == "more than <b>5</b> & <i>cm</i>"
    assert "<b>" not in label.text()


def test_the_evidence_is_read_by_subject_with_what_the_sources_disagree_on(desk):
    evidence = desk.window.evidence
    desk.window.tabs.setCurrentWidget(evidence)
    for title in ("Read by subject", "Who gets it"):
        (button,) = [b for b in shown(evidence, QPushButton) if b.text() == title]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    texts = [b.text() for b in shown(evidence, QPushButton)]
    assert {"C-01", "C-02", "F-001", "All subjects"} <= set(texts)
    assert any("all retroperitoneal sarcomas" in w.text() for w in shown(evidence, QLabel))


@pytest.mark.parametrize("width", [1366, 1920])
def test_no_panel_is_wider_than_its_column(desk, width):
    """Nothing is cut at the right edge, whoever stated it and however long it is."""
    desk.workspace.session.author = "Professor Emerita Dr Anneliese Example-Longname"
    desk.window.resize(width, 768)
    for name in CRITERIA:
        press(desk, name, "Absent")
    desk.settle()
    for panel in (desk.window.facts, desk.window.lesions, desk.window.assessment):
        desk.window.tabs.setCurrentWidget(panel)
        QApplication.processEvents()
        area = panel.findChild(QScrollArea)
        assert area.widget().width() <= area.viewport().width()
        assert area.widget().minimumSizeHint().width() <= area.viewport().width()


def test_a_value_from_the_images_says_of_which_and_what_limits_it(desk):
    desk.key(Qt.Key.Key_M)
    desk.drag(Plane.AXIAL, CENTRE - [48.0, 0, 0], CENTRE + [48.0, 0, 0])
    desk.drag(Plane.AXIAL, CENTRE - [0, 30.0, 0], CENTRE + [0, 30.0, 0])
    desk.window.tabs.setCurrentWidget(desk.window.facts)
    desk.window.facts.go_to("diameters_cm")
    note = desk.workspace.session.facts.get("diameters_cm").provenance.note
    assert "images of" in note
    shown = [w for w in desk.window.facts.findChildren(QLabel) if w.text() == note]
    assert [w.isVisible() for w in shown] == [True]
