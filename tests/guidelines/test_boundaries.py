"""One change at a time: what must differ, and that nothing else does."""

import pytest

from tests.guidelines.cases import VERSIONS, alerts, boundaries, run, statuses, vignettes

#: The four that decide on re-resection; what is missing of the staging stands beside them.
RESECTION = (
    "eligible_for_further_resection",
    "reresection_feasible_low_morbidity",
    "residual_component",
    "growth_would_change_operation",
)
CHECKS = [(version, check) for version in VERSIONS for check in boundaries(version)]


@pytest.mark.parametrize(
    ("version", "check"), CHECKS, ids=[f"{version}-{check['id']}" for version, check in CHECKS]
)
def test_single_change(version, check):
    base = vignettes(version)[check["base"]]
    expected = base["expected"]
    result = run({**base["inputs"], **check["change"]}, check.get("settings"), version)
    free = check.get("rest") == "free"
    assert result.category == check.get("category", expected["category"])
    assert result.category_rule == check.get("rule", expected["category_rule"])
    _check_options(check, expected, statuses(result), free)
    _check_alerts(check, expected, alerts(result), free)
    for name, value in check.get("derived", {}).items():
        assert result.derived[name].value == value
    for key in ("follow_up", "prognosis"):
        if key in check:
            assert getattr(result, key).key == check[key]
    if "conflicts" in check:
        assert [c.id for c in result.conflicts] == check["conflicts"]
    if "provisional" in check:
        assert result.provisional is check["provisional"]
    severities = {a.rule: a.severity for a in result.alerts}
    for rule, severity in check.get("severities", {}).items():
        assert severities[rule] == severity
    _check_words(check, result.to_json())


def _check_words(check, found):
    """What is said beside the statuses."""
    for key in ("qualifiers", "notes"):
        if key in check:
            assert found[key] == check[key]
    for key in ("state", "departure", "equal_with"):
        for option, value in check.get(key, {}).items():
            assert found["options"][option][key] == value
    for option, names in check.get("missing", {}).items():
        assert sorted(found["options"][option]["missing"]) == sorted(names)
    for option, names in check.get("missing_resection", {}).items():
        assert [n for n in found["options"][option]["missing"] if n in RESECTION] == names
    for rule, mark in check.get("marks", {}).items():
        assert found["marks"][rule] == mark
    assert set(check.get("shown_conflicts", ())) <= set(found["conflicts"])
    reasons = [r for o in found["options"].values() for r in o["reasons"]]
    for rule, strength in check.get("strengths", {}).items():
        assert {r["strength"] for r in reasons if r["rule"] == rule} == {strength}


def _check_options(check, expected, found, free):
    if "all_options" in check:
        assert found == check["all_options"]
        return
    changed = check.get("options", {})
    for option, status in changed.items():
        assert found.get(option) == status
    if not free and not check.get("options_free"):
        wanted = {k: v for k, v in (expected["options"] | changed).items() if v is not None}
        assert found == wanted


def _check_alerts(check, expected, found, free):
    if "all_alerts" in check:
        assert found == set(check["all_alerts"])
        return
    added, removed = set(check.get("alerts_added", ())), set(check.get("alerts_removed", ()))
    assert added <= found
    assert not removed & found
    if not free and "all_options" not in check:
        assert found == (set(expected["alerts"]) | added) - removed


@pytest.mark.parametrize("version", VERSIONS)
def test_no_universal_option_outside_the_scope(version):
    inputs = vignettes(version)["V-05"]["inputs"]
    result = run({**inputs, "histology": "non_sarcoma"}, version=version)
    assert result.options == ()
    assert result.alerts[0].severity == "critical"
    assert result.derived["ajcc_stage"].value == "IIIB"
    assert result.qualifiers == ()


@pytest.mark.parametrize(("version", "last"), [("1.0.0", 42), ("1.1.0", 66)])
def test_every_listed_check_is_here(version, last):
    numbers = {int(c["id"][2:4]) for c in boundaries(version)}
    assert numbers == set(range(1, last + 1))
