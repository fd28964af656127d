"""What the new version may change of the old one, over any facts: less is offered, never more."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guidelines.cases import run
from tests.guidelines.test_evaluate import FACTS, _likely

OFFERED = {"suggest", "consider"}
#: Alerts that the new version took back, or whose condition an entry can settle now.
FEWER = {"R-ALT-14", "R-ALT-15", "R-ALT-18", "R-ALT-20", "R-ALT-13", "R-ALT-32"}


@settings(max_examples=200, deadline=None)
@given(FACTS, st.booleans())
def test_categories_stay_and_no_option_becomes_more_favourable(inputs, likely):
    inputs = _likely(inputs) if likely else inputs
    old, new = run(inputs, version="1.0.0"), run(inputs, version="1.1.0")
    assert (old.category, old.category_rule) == (new.category, new.category_rule)
    assert (old.follow_up.key, old.prognosis.key) == (new.follow_up.key, new.prognosis.key)
    before, after = ({o.id: o.status for o in r.options} for r in (old, new))
    for option in {*before, *after}:
        was, now = before.get(option), after.get(option)
        if was != now:
            surveillance = (option, was, now) == ("O-SURVEILLANCE", None, "consider")
            assert surveillance or (was in OFFERED and now in {"deferred", "consider"})
            assert not (was == "consider" and now == "suggest")
    gone = {a.rule for a in old.alerts} - {a.rule for a in new.alerts}
    assert gone <= FEWER


@settings(max_examples=100, deadline=None)
@given(FACTS)
def test_a_contradiction_changes_no_conclusion_and_stands_behind_the_category(inputs):
    result = run(_likely(inputs))
    named = {q.removeprefix("contradicted by ") for q in result.qualifiers if "R-ALT-" in q}
    assert named <= {a.rule for a in result.contradictions}
    assert len(set(result.qualifiers)) == len(result.qualifiers)
    for alert in result.contradictions:
        assert alert.reason.scope_mark == ""
        assert alert.text.endswith("?") or alert.rule in {"R-ALT-48", "R-ALT-47", "R-ALT-57"}
        assert alert.reason.inputs
