"""The institution's settings in the store's folder, and old cases on other rules."""

import dataclasses
import json
from functools import partial

import pytest

from tests.guidelines.cases import READER, vignettes
from tests.store.samples import ANNA
from tumorboard.app.guideline_files import OVERLAY_NAME
from tumorboard.app.guideline_tools import (
    cases_citing,
    preview,
    reassess,
    save_change,
    settings_in_force,
)
from tumorboard.app.session import Session
from tumorboard.case.facts import sheet_from_json
from tumorboard.errors import CancelledError, UserError
from tumorboard.guidelines import SettingChange, assess, load_guideline
from tumorboard.progress import Reporter
from tumorboard.store.database import Store
from tumorboard.store.verify import verify

GUIDELINE = load_guideline()
NEWER = dataclasses.replace(GUIDELINE, version="1.1.0")


def signed(identifier, value):
    return SettingChange(identifier, value, "Dr Lead", "2026-01-05", "Board decision")


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        session = Session(opened, "Dr Sample", None, partial(assess, guideline=GUIDELINE))
        for name in ("V-12", "V-14", "V-19"):
            session.new_case(name, ANNA)
            for fact in sheet_from_json(vignettes()[name]["inputs"], READER):
                session.set_fact(fact.name, fact.value)
        yield opened
        assert verify(opened).ok


def everything(store):
    return [store.assessments.of_case(case.uid) for case in store.cases.summaries()]


# the overlay


def test_without_a_file_the_shipped_settings_are_in_force(tmp_path):
    held = settings_in_force(tmp_path, GUIDELINE)
    assert (held.settings, held.problem) == (GUIDELINE.settings, "")


def test_a_change_is_kept_beside_the_guideline(tmp_path):
    save_change(tmp_path, signed("S-02", 150), GUIDELINE)
    save_change(tmp_path, signed("S-13", "no"), GUIDELINE)
    held = settings_in_force(tmp_path, GUIDELINE)
    assert [c.id for c in held.overlay.changes] == ["S-02", "S-13"]
    assert (held.settings.value("S-02"), held.settings.value("S-13")) == (150, "no")
    assert held.overlay.changes[0].reason == "Board decision"
    assert [p.name for p in tmp_path.iterdir()] == [OVERLAY_NAME]


@pytest.mark.parametrize(
    "text",
    [
        "guideline: [",
        "guideline: rps\nversion: 0.9.0\nchanges: []\n",
        "guideline: rps\nversion: 1.1.0\nsettings: {S-02: 9999}\n",
        "guideline: rps\nversion: 1.1.0\nsettings: {S-77: 1}\n",
    ],
)
def test_a_bad_overlay_leaves_the_shipped_settings_in_force(tmp_path, text):
    path = tmp_path / OVERLAY_NAME
    path.write_text(text, encoding="utf-8")
    held = settings_in_force(tmp_path, GUIDELINE)
    assert held.settings == GUIDELINE.settings
    assert held.problem.startswith(f"{OVERLAY_NAME}, line ")
    with pytest.raises(UserError):
        save_change(tmp_path, signed("S-02", 150), GUIDELINE)
    assert path.read_text(encoding="utf-8") == text


def test_a_change_that_is_refused_writes_nothing(tmp_path):
    with pytest.raises(UserError, match="S-02"):
        save_change(tmp_path, signed("S-02", 9999), GUIDELINE)
    with pytest.raises(UserError, match="author"):
        save_change(tmp_path, SettingChange("S-02", 150), GUIDELINE)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match=OVERLAY_NAME):
        save_change(tmp_path / "gone", signed("S-02", 150), GUIDELINE)


# old cases


def test_the_same_rules_change_nothing(store):
    assert reassess(store, GUIDELINE) == ()
    assert preview(store, GUIDELINE, GUIDELINE.settings, GUIDELINE.settings) == ()


def test_a_preview_names_the_cases_that_would_change_and_writes_nothing(store):
    before = everything(store)
    then = GUIDELINE.settings.with_change(SettingChange("S-07", 1))
    found = preview(store, GUIDELINE, GUIDELINE.settings, then)
    assert everything(store) == before
    for case in found:
        inputs = sheet_from_json(vignettes()[case.label]["inputs"], READER)
        now, later = assess(inputs, GUIDELINE), assess(inputs, GUIDELINE, then)
        for d in case.differences:
            if d.about == "option":
                assert now.option(d.id).status_text == d.before
                assert later.option(d.id).status_text == d.after
    assert [c.label for c in found] == ["V-19"]


def test_other_settings_against_the_stored_assessments(store):
    before = everything(store)
    settings = GUIDELINE.settings.with_change(SettingChange("S-07", 1))
    found = reassess(store, GUIDELINE, settings)
    assert {c.label for c in found} == {
        c.label for c in preview(store, GUIDELINE, GUIDELINE.settings, settings)
    }
    assert [c.guideline_version for c in found] == ["1.1.0"]
    assert everything(store) == before


def test_a_new_version_that_says_the_same_lists_nothing(store):
    assert reassess(store, NEWER) == ()


def test_without_dry_run_the_old_ones_stay(store):
    before = everything(store)
    settings = NEWER.settings.with_change(SettingChange("S-07", 1))
    found = reassess(store, NEWER, settings, dry_run=False, author="Dr Sample")
    after = everything(store)
    assert len(found) == 1
    assert sum(map(len, after)) == sum(map(len, before)) + len(found)
    for old, new in zip(before, after, strict=True):
        assert new[: len(old)] == old
    assert reassess(store, NEWER, settings) == ()


def test_the_differences_name_no_patient(store):
    found = reassess(store, GUIDELINE, GUIDELINE.settings.with_change(SettingChange("S-07", 1)))
    assert found
    text = json.dumps([dataclasses.asdict(c) for c in found])
    assert ANNA.name not in text
    assert ANNA.patient_id not in text


def test_it_can_be_stopped(store):
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        reassess(store, GUIDELINE, reporter=reporter)


def test_progress_counts_the_cases(store):
    told = []
    reassess(store, GUIDELINE, reporter=Reporter(told.append))
    assert [(p.done, p.total) for p in told] == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_from_a_fact_to_the_cases_in_which_it_counted(store):
    for identifier in ("R-RES-11", "F-129", "S-13", "R-MET-01", "C-18", "R-UT-01"):
        expected = []
        for case in store.cases.summaries():
            inputs = sheet_from_json(vignettes()[case.label]["inputs"], READER)
            result = assess(inputs, GUIDELINE)
            reasons = [result.category_reason, *(r for o in result.options for r in o.reasons)]
            reasons += [*(a.reason for a in result.alerts), *(n.reason for n in result.notes)]
            used = {i for r in reasons for i in (r.rule, *r.facts, *r.settings, *r.conflicts)}
            if identifier in used | {c.id for c in result.conflicts}:
                expected.append(case.label)
        assert [c.label for c in cases_citing(store, identifier)] == expected


def test_a_file_with_trial_values_is_not_signed_over_and_stays_readable(tmp_path):
    guideline = load_guideline()
    text = f"guideline: rps\nversion: {guideline.version}\nsettings: {{S-02: 150}} # a trial\n"
    (tmp_path / OVERLAY_NAME).write_text(text)
    change = SettingChange("S-02", 160, "Dr Lead", "2026-01-05", "Board")
    with pytest.raises(UserError, match="trial values that nobody signed"):
        save_change(tmp_path, change, guideline)
    assert (tmp_path / OVERLAY_NAME).read_text() == text


def test_what_a_person_wrote_stays_in_the_file_of_the_settings(tmp_path):
    guideline = load_guideline()
    text = (
        "# Ask Dr Lead first.\n"
        f"version: {guideline.version}  # newest\n"
        "guideline: rps\n"
        "changes:\n"
        "  # contact\n"
        "  - {id: S-02, value: 150, author: Dr Lead, date: 2026-01-05, reason: Board}  # first\n"
        "  # more to come\n"
    )
    (tmp_path / OVERLAY_NAME).write_text(text)
    change = SettingChange("S-02", 160, "Dr Lead", "2026-02-05", "Board")
    save_change(tmp_path, change, guideline)
    now = (tmp_path / OVERLAY_NAME).read_text()
    assert [line for line in text.splitlines() if line not in now.splitlines()] == []
    assert len(now.splitlines()) == len(text.splitlines()) + 1
    assert settings_in_force(tmp_path, guideline).settings.value("S-02") == 160
