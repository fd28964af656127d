"""One change at a time: what must differ, and that nothing else does."""

import pytest

from tests.guidelines.cases import alerts, boundaries, run, statuses, vignettes


@pytest.mark.parametrize("check", boundaries(), ids=lambda c: c["id"])
def test_single_change(check):
    inputs = vignettes()[check["base"]]["inputs"]
    expected = vignettes()[check["base"]]["expected"]
    result = run({**inputs, **check["change"]}, check.get("settings"))
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


def test_no_universal_option_outside_the_scope():
    result = run({**vignettes()["V-05"]["inputs"], "histology": "non_sarcoma"})
    assert result.options == ()
    assert result.alerts[0].severity == "critical"
    assert result.derived["ajcc_stage"].value == "IIIB"


def test_every_listed_check_is_here():
    numbers = {int(c["id"][2:4]) for c in boundaries()}
    assert numbers == set(range(1, 43))
