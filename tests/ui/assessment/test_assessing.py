"""The whole panel, the trial, the form by keyboard, evidence and settings, as a board uses them."""

import json
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from tests.guidelines.cases import vignettes
from tests.ui.assessment.test_facts_and_assessment import choose, press, shown
from tumorboard.app import edits
from tumorboard.app.guideline_files import OVERLAY_NAME
from tumorboard.case.facts import Provenance, sheet_from_json
from tumorboard.case.model import Patient
from tumorboard.store.audit import chain_problems
from tumorboard.ui.assessment.alerts import AlertLine
from tumorboard.ui.assessment.settings_dialog import SettingsDialog
from tumorboard.ui.shell.parts import Fold
from tumorboard.ui.shell.trial_strip import WARNING

STATED = Provenance("entered", "Dr Test", "2026-11-22T08:00:00Z")
LEFT = Qt.MouseButton.LeftButton


def load(desk, vignette: str, **more) -> None:
    """Open a new case with the facts of a vignette."""
    session = desk.workspace.session
    session.new_case(vignette, Patient("", "Test", vignette))
    case = session.case
    sheet = sheet_from_json({**vignettes()[vignette]["inputs"], **more}, STATED)
    session.apply(edits.combine("State the facts", *(edits.put_fact(case, f) for f in sheet)))
    desk.settle()
    desk.window.tabs.setCurrentWidget(desk.window.assessment)
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)


def words_of(widget) -> str:
    return "\n".join(part.text() for part in (*shown(widget, QLabel), *shown(widget, QPushButton)))


def fold(desk, title: str) -> Fold:
    """Open the fold whose title begins so, by its arrow."""
    folds = shown(desk.window.assessment, Fold)
    found = next(f for f in folds if f.title.startswith(title))
    if not found.is_open:
        QTest.mouseClick(found._arrow, LEFT)
    return found


def button(widget, name: str) -> QPushButton:
    return next(b for b in shown(widget, QPushButton) if name in (b.text(), b.accessibleName()))


@pytest.fixture
def empty_desk(open_desk):
    return open_desk()


def test_options_stand_by_status_and_open_to_both_sides(empty_desk):
    load(empty_desk, "V-08")
    panel = empty_desk.window.assessment
    assessment = empty_desk.workspace.session.assessment
    texts = [label.text() for label in shown(panel, QLabel)]
    groups = dict.fromkeys(o.status_text for o in assessment.options)
    assert all(group in texts for group in groups)
    option = next(o for o in assessment.options if not o.universal)
    opened = words_of(fold(empty_desk, option.title))
    for reason in option.reasons:
        assert reason.rule in opened
        assert all(part in opened for s in reason.source_texts for part in s.split("; "))
    assert "WHAT WOULD CHANGE IT" in opened


def test_an_alert_is_acknowledged_with_a_reason_and_stands_again_after_undo(empty_desk):
    load(empty_desk, "V-01")
    panel, session = empty_desk.window.assessment, empty_desk.workspace.session
    line = next(x for x in panel.findChildren(AlertLine) if x.row.key == "alert:R-ALT-04")
    QTest.mouseClick(button(line, "acknowledge"), LEFT)
    QTest.keyClick(line.reason, Qt.Key.Key_Return)
    assert session.case.remarks == ()  # not without a reason
    QTest.keyClicks(line.reason, "CT is booked")
    QTest.keyClick(line.reason, Qt.Key.Key_Return)
    (remark,) = session.case.remarks
    assert (remark.author, remark.note) == ("Dr Test", "CT is booked")
    text = words_of(fold(empty_desk, "1 acknowledged"))
    assert "Acknowledged by Dr Test" in text
    assert "CT is booked" in text
    assert session.verify().ok
    QTest.keyClick(panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.case.remarks == ()
    assert "acknowledged" not in words_of(panel)
    assert not list(chain_problems(session._store.connection))


def test_an_acknowledged_alert_comes_back_when_it_says_something_else(empty_desk):
    load(empty_desk, "V-01", biopsy_status="planned", pre_biopsy_imaging="unknown")
    session = empty_desk.workspace.session
    line = next(
        x
        for x in empty_desk.window.assessment.findChildren(AlertLine)
        if x.row.key == "alert:R-ALT-01"
    )
    session.set_remark(line.row.key, line.row.stands_for, "images are on the way")
    assert "1 acknowledged" in words_of(empty_desk.window.assessment)
    session.set_fact("pre_biopsy_imaging", "no")
    assert "acknowledged\n" not in words_of(empty_desk.window.assessment)


def test_a_trial_shows_what_would_follow_and_records_nothing(empty_desk):
    load(empty_desk, "V-01")
    panel, session = empty_desk.window.assessment, empty_desk.workspace.session
    head, steps = session.store.head, len(session.history())
    stored = len(session.assessments())
    before = sorted(words_of(panel).splitlines())
    QTest.keyClick(panel, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert not panel.strip.isHidden()
    assert WARNING in words_of(panel)
    press(empty_desk, "extensive_major_vessel_involvement", "Absent")
    assert WARNING in words_of(empty_desk.window.facts.strip)
    empty_desk.window.tabs.setCurrentWidget(panel)
    text = words_of(panel.strip)
    assert "Extensive major vessel involvement: Absent (recorded: Present)" in text
    assert "Category: Unresectable, metastatic status not assessed, now Indeterminate" in text
    empty_desk.settle()
    assert session.facts.value("extensive_major_vessel_involvement") == "present"
    assert (session.store.head, len(session.history())) == (head, steps)
    assert len(session.assessments()) == stored
    QTest.mouseClick(panel.strip.leave, LEFT)
    empty_desk.settle()
    assert panel.strip.isHidden()
    assert sorted(words_of(panel).splitlines()) == before
    assert session.store.head == head


def test_a_way_to_another_answer_can_be_tried_and_one_value_taken_out(empty_desk):
    load(empty_desk, "V-01")
    panel = empty_desk.window.assessment
    fold(empty_desk, "What would change it")  # folded: the category is settled
    way = next(b for b in shown(panel, QPushButton) if b.text() == "try")
    QTest.mouseClick(way, LEFT)
    assert "Category: Unresectable, metastatic status not assessed, now Metastatic" in words_of(
        panel.strip
    )
    QTest.mouseClick(button(panel.strip, "remove"), LEFT)
    assert "now" not in words_of(panel.strip)


def test_another_case_ends_the_trial(empty_desk):
    load(empty_desk, "V-01")
    empty_desk.window.features.assessment.attempt((("site", "uterus"),))
    load(empty_desk, "V-06")
    assert empty_desk.window.assessment.strip.isHidden()
    assert empty_desk.workspace.session.assessment.category == "resectable"


def test_the_form_of_another_case_shows_nothing_that_was_tried(empty_desk):
    load(empty_desk, "V-01")
    name, session = "extensive_major_vessel_involvement", empty_desk.workspace.session
    row = empty_desk.window.facts.row(name)

    def chosen() -> list[str]:
        return [b.text() for b in row.findChildren(QPushButton) if b.isChecked()]

    first = session.case.uid
    empty_desk.window.features.assessment.attempt(((name, "absent"),))
    assert chosen() == ["Absent"]
    session.new_case("Another", Patient("", "Test", "Another"))
    assert chosen() == ["Not assessed"]
    session.open_case(first)  # the trial is over, also for the case that it was on
    assert chosen() == ["Present"]


def test_follow_up_is_dated_from_the_day_of_surgery_and_exported(empty_desk, tmp_path):
    load(empty_desk, "V-15")
    part = fold(empty_desk, "Follow-up")
    assert "month 3" in words_of(part)
    field = part.findChild(QLineEdit)
    field.setFocus()  # else Enter belongs to the images, which have the keys once a case opens
    QTest.keyClicks(field, "2020-01-31")
    QTest.keyClick(field, Qt.Key.Key_Return)
    part = fold(empty_desk, "Follow-up")
    text = words_of(part)
    assert "2020-04-30" in text
    assert "overdue: no images here" in text
    assert "Most intensive" in text
    assert "At least yearly CT" in text
    session = empty_desk.workspace.session
    assert session.derived["months_since_surgery"].value > 60
    assert button(part, "Export as calendar file…").isEnabled()
    target = tmp_path / "follow-up.ics"
    empty_desk.window.features.assessment.write_calendar(target)
    calendar = target.read_bytes().decode()
    visits = len(session.assessment.follow_up.visits)
    assert calendar.count("BEGIN:VEVENT") == visits > 0
    assert "DTSTART;VALUE=DATE:20200430" in calendar


def test_a_date_that_cannot_be_read_is_said_below_it(empty_desk):
    load(empty_desk, "V-15")
    row = empty_desk.window.facts.date_row("date:surgery")
    empty_desk.window.tabs.setCurrentWidget(empty_desk.window.facts)
    row.line.setFocus()
    QTest.keyClicks(row.line, "last spring")
    QTest.keyClick(row.line, Qt.Key.Key_Return)
    assert "is not a date" in words_of(row)
    assert empty_desk.workspace.session.case.remarks == ()


def test_staging_and_grade_show_their_parts(empty_desk):
    load(empty_desk, "V-06", differentiation_score=2, mitoses_per_10hpf=12, necrosis_percent=20)
    text = words_of(fold(empty_desk, "Staging and grade"))
    derived = empty_desk.workspace.session.assessment.derived
    assert derived["ajcc_stage"].text in text
    assert "12 per" not in text.split("Grade computed")[0]
    assert "score 2" in text
    assert "score 1" in text
    assert f"Longest diameter: {derived['longest_diameter_cm'].text}" in text


def test_disagreements_pitfalls_and_outcome_stay_folded_until_asked_for(empty_desk):
    load(empty_desk, "V-06")
    panel = empty_desk.window.assessment
    assessment = empty_desk.workspace.session.assessment
    assert assessment.conflicts
    assert assessment.prognosis.figures
    closed = words_of(panel)
    conflict = assessment.conflicts[0]
    assert conflict.why not in closed
    assert assessment.prognosis.label not in closed
    opened = words_of(fold(empty_desk, "Sources differ"))
    assert conflict.why in opened
    assert all(side.text in opened for side in conflict.sides)
    assert "Governs" in opened
    assert assessment.prognosis.label in words_of(fold(empty_desk, "Outcome"))
    assert "F-360" in words_of(fold(empty_desk, "Pitfalls"))


def test_one_key_answers_and_moves_to_the_next_field(empty_desk):
    load(empty_desk, "V-01")
    facts, form = empty_desk.workspace.session, empty_desk.window.facts
    empty_desk.window.tabs.setCurrentWidget(form)
    names = ("peritoneal_implants", "bilateral_renal_involvement", "extensive_spine_involvement")
    form.go_to(names[0])
    for key in (
        Qt.Key.Key_Return,
        Qt.Key.Key_A,
        Qt.Key.Key_1,
        Qt.Key.Key_P,
    ):  # absent, first choice, present
        QTest.keyClick(empty_desk.window.focusWidget(), key)
    assert [facts.facts.value(n) for n in names] == ["absent", "present", "present"]
    assert form.row("extensive_mesenteric_root_involvement").isAncestorOf(
        empty_desk.window.focusWidget()
    )
    form.answer(names[1])
    QTest.keyClick(empty_desk.window.focusWidget(), Qt.Key.Key_0)
    assert facts.facts.value(names[1]) is None
    QTest.keyClick(empty_desk.window.focusWidget(), Qt.Key.Key_Up)
    assert form.row(names[1]).isAncestorOf(empty_desk.window.focusWidget())


def test_a_list_takes_a_number(empty_desk):
    load(empty_desk, "V-01")
    form = empty_desk.window.facts
    empty_desk.window.tabs.setCurrentWidget(form)
    form.go_to("site")
    box = form.row("site").editor.findChild(QComboBox)
    QTest.keyClick(box, Qt.Key.Key_Return)
    QTest.keyClick(box, Qt.Key.Key_2)
    assert empty_desk.workspace.session.facts.value("site") == box.itemData(2)


def test_the_foot_tells_what_a_field_means_and_what_it_held(empty_desk):
    load(empty_desk, "V-01")
    form = empty_desk.window.facts
    press(empty_desk, "peritoneal_implants", "Present")
    press(empty_desk, "peritoneal_implants", "Absent")
    text = form.foot.text
    assert form.row("peritoneal_implants").definition.help in text
    lines = [line for line in text.splitlines() if "Dr Test" in line]
    assert [line.split(" · ")[0] for line in lines] == ["Absent", "Present"]
    form.go_to("age_years")
    assert "years." in form.foot.text


def test_every_input_is_in_the_form_with_its_unit(empty_desk):
    form = empty_desk.window.facts
    from tumorboard.case.facts import fact_definitions

    for name, definition in fact_definitions().items():
        text = "\n".join(label.text() for label in form.row(name).findChildren(QLabel))
        assert definition.label in text
        assert definition.unit in text


def test_evidence_names_the_cases_and_leads_there(empty_desk):
    load(empty_desk, "V-01")
    load(empty_desk, "V-06")
    window = empty_desk.window
    rule = window.controller.session.assessment.category_rule
    window.features.assessment.show_evidence(rule)
    QTest.mouseClick(button(window.evidence, "Cases in which it counts"), LEFT)
    empty_desk.settle()
    assert "IN 1 CASE" in words_of(window.evidence)
    window.features.assessment.show_evidence("R-RES-06")
    QTest.mouseClick(button(window.evidence, "Cases in which it counts"), LEFT)
    empty_desk.settle()
    QTest.mouseClick(button(window.evidence, "V-01"), LEFT)
    assert window.controller.session.case.label == "V-01"


def settings_dialog(desk, setting: str) -> SettingsDialog:
    desk.window.features.assessment.show_evidence(setting)
    QTest.mouseClick(button(desk.window.evidence, "Change it here…"), LEFT)
    return desk.window.findChild(SettingsDialog)


def test_a_setting_is_previewed_signed_and_counts_at_once(empty_desk, tmp_path):
    load(empty_desk, "V-08")
    session = empty_desk.workspace.session
    assert session.assessment.option("O-PREOP-RT").status == "suggest"
    dialog = settings_dialog(empty_desk, "S-01")
    box = dialog.editor._parts[2]
    QTest.mouseClick(box, LEFT, pos=box.rect().center() - box.rect().center() / 1.2)
    box.setChecked(False)
    QTest.mouseClick(dialog.preview, LEFT)
    empty_desk.settle()
    assert "V-08: " in words_of(dialog)
    assert "Preoperative radiotherapy" in words_of(dialog)
    assert not (tmp_path / "store" / OVERLAY_NAME).exists()
    QTest.mouseClick(dialog.save, LEFT)
    assert "has no reason" in words_of(dialog)
    QTest.keyClicks(dialog.reason, "Board of 22 November")
    QTest.mouseClick(dialog.save, LEFT)
    assert (tmp_path / "store" / OVERLAY_NAME).exists()
    assert session.assessment.option("O-PREOP-RT").status == "not_established"
    assert f"1 · Dr Test · {date.today().isoformat()} · Board of 22 November" in words_of(dialog)
    dialog.close()
    stored = [json.dumps(a.result["settings"]) for a in session.assessments()]
    assert stored[-1] != stored[0]
    empty_desk.window.tabs.setCurrentWidget(empty_desk.window.assessment)
    assert "Board of 22 November" in words_of(fold(empty_desk, "Settings changed here"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("guideline: [", "line 2"),
        ("guideline: rps\nversion: 0.9.0\nchanges: []\n", "version 0.9.0"),
        ("guideline: rps\nversion: 1.1.0\nsettings: {S-02: 999}\n", "line 3"),
    ],
)
def test_settings_that_cannot_be_used_are_said_in_the_window(open_desk, tmp_path, text, says):
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / OVERLAY_NAME).write_text(text, encoding="utf-8")
    desk = open_desk(folder)
    load(desk, "V-08")
    notice = words_of(desk.window.notice)
    assert OVERLAY_NAME in notice
    assert says in notice
    assert desk.workspace.session.assessment.option("O-PREOP-RT").status == "suggest"


@pytest.mark.parametrize("vignette", ["V-01", "V-06", "V-11", "V-14", "V-18"])
def test_nothing_of_an_opened_panel_is_wider_than_its_column(empty_desk, vignette):
    empty_desk.window.resize(1366, 768)
    load(empty_desk, vignette)
    panel = empty_desk.window.assessment
    for part in panel.findChildren(Fold):
        part.open()
    QApplication.processEvents()
    content = panel.findChild(Fold).parentWidget()
    assert content.minimumSizeHint().width() <= content.parentWidget().width()


def test_choosing_site_in_a_trial_from_a_list(empty_desk):
    load(empty_desk, "V-01")
    empty_desk.window.features.assessment.switch_trial()
    choose(empty_desk, "site", "Uterus")
    empty_desk.window.tabs.setCurrentWidget(empty_desk.window.assessment)
    assert "Site of the primary: Uterus" in words_of(empty_desk.window.assessment.strip)
    assert empty_desk.workspace.session.facts.value("site") == "retroperitoneum"
