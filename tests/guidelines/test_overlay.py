"""The institution's settings beside the guideline."""

from dataclasses import replace

import pytest

from tumorboard.errors import UserError
from tumorboard.guidelines import SettingChange, load_guideline
from tumorboard.guidelines.overlay import (
    empty_overlay,
    load_overlay,
    load_settings_file,
    overlay_text,
)

GUIDELINE = load_guideline()
HEAD = "guideline: rps\nversion: 1.1.0\n"
SIGNED = 'author: Dr Lead, date: "2026-01-05", reason: Board decision'


def change(identifier, value, **words):
    signed = {"author": "Dr Lead", "date": "2026-01-05", "reason": "Board decision"}
    return SettingChange(identifier, value, **{**signed, **words})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "guideline-settings.yaml"


@pytest.mark.parametrize(
    ("identifier", "value"),
    [
        ("S-01", (2, 3)),
        ("S-02", 150),
        ("S-02", 90.5),
        ("S-03", {**GUIDELINE.settings.value("S-03"), "infrarenal": "III"}),
        ("S-08", {"interval_months": 4, "years": 2}),
        ("S-13", "no"),
        ("S-14", ("WDLPS", "SFT")),
        ("S-18", "Über 1,5 mg/dL: ja"),
        ("S-20", "off"),
    ],
)
def test_what_is_written_is_read(file, identifier, value):
    overlay = empty_overlay(GUIDELINE).with_change(change(identifier, value), GUIDELINE)
    file.write_text(overlay_text(overlay), encoding="utf-8")
    assert load_overlay(file, GUIDELINE) == overlay
    assert load_settings_file(file).value(identifier) == value
    assert GUIDELINE.settings.value(identifier) != value


def test_the_last_change_counts_and_the_first_is_history(file):
    overlay = empty_overlay(GUIDELINE)
    for value in (150, 120, 180):
        overlay = overlay.with_change(change("S-02", value), GUIDELINE)
    file.write_text(overlay_text(overlay), encoding="utf-8")
    held = load_overlay(file, GUIDELINE)
    assert [c.value for c in held.history("S-02")] == [150, 120, 180]
    assert held.settings(GUIDELINE).value("S-02") == 180
    assert held.settings(GUIDELINE).non_default() == ()


def test_a_file_of_trial_values(file):
    file.write_text(HEAD + "settings:\n  S-02: 150\n  S-13: no\n", encoding="utf-8")
    settings = load_settings_file(file)
    assert (settings.value("S-02"), settings.value("S-13")) == (150, "no")


def test_only_the_head_is_no_change(file):
    file.write_text(HEAD, encoding="utf-8")
    assert load_settings_file(file).non_default() == ()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("guideline: [", 1, "not well-formed"),
        ("", 1, "expected"),
        ("just words", 1, "expected"),
        ("guideline: rps\n", 1, "for which guideline and version"),
        ("guideline: gist\nversion: 1.1.0\n", 1, "gist"),
        ("guideline: rps\nversion: 2.0.0\n", 2, "version 2.0.0; in force is 1.1.0"),
        (HEAD + "rules: []\n", 1, "nothing else"),
        (HEAD + "changes: 5\n", 1, "changes is a list"),
        (HEAD + "changes:\n  - {id: S-02, value: 150}\n", 4, "author"),
        (HEAD + "changes:\n  - {id: S-99, value: 1, " + SIGNED + "}\n", 4, "S-99"),
        (HEAD + "changes:\n  - {id: S-02, value: 999, " + SIGNED + "}\n", 4, "999"),
        (HEAD + "changes:\n\n  - {id: S-02, value: [1], " + SIGNED + "}\n", 5, "S-02"),
        (
            HEAD + 'changes:\n  - {id: S-02, value: 9, author: "", date: "2026-01-05", reason: x}',
            4,
            "no author",
        ),
        (
            HEAD + "changes:\n  - {id: S-02, value: 9, author: A, date: yesterday, reason: x}",
            4,
            "yesterday",
        ),
        (HEAD + "settings:\n  S-02: 150\n  S-07: many\n", 5, "many"),
        (HEAD + "settings:\n  S-02: 150\n  S-02: 160\n", 5, "twice"),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_line(file, text, line, says):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_settings_file(file)
    message = caught.value.message
    assert message.startswith(f"{file.name}, line ")
    assert says in message
    named = int(message.removeprefix(f"{file.name}, line ").split(":")[0])
    assert abs(named - line) <= 1
    assert str(file.parent) not in str(caught.value)
    assert load_guideline().settings.non_default() == ()


def test_a_missing_file(file):
    with pytest.raises(UserError, match=file.name):
        load_settings_file(file)


@pytest.mark.parametrize("words", [{"author": " "}, {"date": "5 Jan"}, {"reason": ""}])
def test_a_change_has_to_be_signed(words):
    with pytest.raises(UserError, match="S-02"):
        empty_overlay(GUIDELINE).with_change(change("S-02", 150, **words), GUIDELINE)


def test_the_guideline_itself_never_changes():
    before = replace(GUIDELINE.settings)
    empty_overlay(GUIDELINE).with_change(change("S-02", 150), GUIDELINE).settings(GUIDELINE)
    assert GUIDELINE.settings == before
