import pytest

from tests.guidelines.cases import run, vignettes
from tumorboard.errors import UserError
from tumorboard.guidelines import SettingChange, load_guideline

SETTINGS = load_guideline().settings

DEFAULTS = {
    "S-01": (1, 2),
    "S-02": 180,
    "S-07": 5,
    "S-08": {"interval_months": 3, "years": 3},
    "S-10": 1,
    "S-11": "CT",
    "S-12": "unresectable",
    "S-13": "yes",
    "S-14": ("WDLPS",),
    "S-17": {"min_grade": 2, "min_size_cm": 5},
    "S-20": "on",
}


def test_defaults():
    assert {k: SETTINGS.value(k) for k in DEFAULTS} == DEFAULTS
    assert set(SETTINGS.definitions) == {f"S-{n:02}" for n in range(1, 22)}
    assert SETTINGS.value("S-17.min_grade") == 2
    assert SETTINGS.non_default() == ()


def test_a_change_keeps_author_date_and_reason():
    change = SettingChange("S-02", 200, "Dr Lead", "2026-02-01", "local audit")
    changed = SETTINGS.with_change(change)
    assert changed.value("S-02") == 200
    assert changed.non_default() == (change,)
    assert SETTINGS.value("S-02") == 180
    assert changed.with_change(SettingChange("S-02", 180)).non_default() == ()


def test_lists_take_one_form():
    assert SETTINGS.with_change(SettingChange("S-01", [2, 1])).value("S-01") == (1, 2)


@pytest.mark.parametrize(
    ("identifier", "value"),
    [
        ("S-01", [4]),
        ("S-01", 1),
        ("S-02", 0),
        ("S-02", 361),
        ("S-02", "180"),
        ("S-02", True),
        ("S-02", float("nan")),
        ("S-03", {"infrarenal": "I"}),
        ("S-04", "AJCC 9"),
        ("S-08", {"interval_months": 2, "years": 3}),
        ("S-08", {"interval_months": 3.5, "years": 3}),
        ("S-08", {"interval_months": 3}),
        ("S-12", "both"),
        ("S-18", ""),
    ],
)
def test_refused_values(identifier, value):
    with pytest.raises(UserError, match=identifier) as caught:
        SETTINGS.with_change(SettingChange(identifier, value))
    assert caught.value.hint


def test_no_such_setting():
    with pytest.raises(UserError, match="S-99"):
        SETTINGS.with_change(SettingChange("S-99", 1))


def test_every_setting_says_how_far_it_is_supported():
    assert all(s.check and s.title for s in SETTINGS.definitions.values())


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("S-01", [1], "narrower than the source"),
        ("S-01", [1, 2, 3], "wider than the source"),
        ("S-17", {"min_grade": 1, "min_size_cm": 5}, "wider than the source"),
        ("S-17", {"min_grade": 2, "min_size_cm": 7}, "narrower than the source"),
        ("S-07", 3, None),
    ],
)
def test_a_setting_says_how_it_stands_to_its_source(setting, value, words):
    result = run(vignettes()["V-08"]["inputs"], {setting: value})
    assert result.settings_against_source.get(setting) == words
    assert run(vignettes()["V-08"]["inputs"]).settings_against_source == {}
