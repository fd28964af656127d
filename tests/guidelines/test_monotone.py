"""What is not known never gives more than what is known could.

Stated precisely, when an input that is not recorded is given any value:

- a category other than indeterminate stays, or becomes metastatic where the metastatic
  status was not assessed (which stands first in the order of the rules), or becomes not
  applicable where the report names no sarcoma;
- where a rule puts a three-valued test and its answer was yes or no, and the rule still
  speaks, the answer stays. A grade stated by the pathologist overrules a computed one, so
  stating it is a correction of what was known and no answer to what was not.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.guidelines.authoring.test_lint import GUIDELINE, RESECTABILITY
from tests.guidelines.cases import run
from tumorboard.case.facts import definition, fact_definitions
from tumorboard.guidelines.authoring.enumeration import decision_table, setting_variants

TESTED = {r.id: r for r in GUIDELINE.rules if r.test is not None}
#: Answers that are known and still not what is asked for: the question stays open.
STILL_OPEN = {
    ("chest_ct", "not_done"),
    ("abdomen_pelvis_ct", "not_done"),
    ("histology_confirmed", "no"),
    ("pre_biopsy_imaging", "no"),
    ("anticoagulation_contraindicated", "yes"),
    ("resection_status", "not_resected"),
    ("resection_status", "RX"),
}


def categories(table):
    """The category of each combination, shaped by its inputs; index 0 is not known."""
    shape = [len(v) for v in table.values]
    result = np.full(table.size, -1)
    order = list(GUIDELINE.categories)
    for rule, holds in zip(RESECTABILITY.rules, table.holds, strict=True):
        (target, *others) = [e.target for found in rule.effects.values() for e in found]
        result[(result < 0) & holds] = order.index(others[0] if others else target)
    grid = result.reshape(shape)
    at_site = [slice(None)] * grid.ndim
    at_site[table.names.index("site")] = 0
    grid[tuple(at_site)] = order.index("indeterminate")
    return grid, order


def metastatic_status_unknown(table, settings_in_use):
    """Where the metastatic status is not known, worked out from the words of its definition."""
    axes = np.indices([len(v) for v in table.values])

    def code(name, value):
        return axes[table.names.index(name)] == table.values[table.names.index(name)].index(value)

    present = code("distant_metastasis_read", "present")
    if settings_in_use.value("S-12") == "metastatic":
        present |= code("peritoneal_implants", "present")
    elsewhere = ~code("site", None) & ~code("site", "retroperitoneum")
    abdomen = code("abdomen_pelvis_ct", "done") | elsewhere
    absent = code("distant_metastasis_read", "absent") & code("chest_ct", "done") & abdomen
    return ~present & ~absent


@pytest.mark.parametrize("chosen", list(setting_variants(GUIDELINE, RESECTABILITY)))
def test_no_answer_contradicts_a_category_in_any_combination(chosen):
    table = decision_table(GUIDELINE, RESECTABILITY, chosen)
    grid, order = categories(table)
    unknown_m = metastatic_status_unknown(table, chosen)
    indeterminate, metastatic = order.index("indeterminate"), order.index("metastatic")
    checked = 0
    for axis, values in enumerate(table.values):
        before = np.take(grid, 0, axis)
        may_turn = np.take(unknown_m, 0, axis)
        # the peritoneum can count as a metastasis: then its answer is one about metastases
        if chosen.value("S-12") == "metastatic" and table.names[axis] == "peritoneal_implants":
            may_turn = np.ones_like(may_turn)
        for code in range(1, len(values)):
            after = np.take(grid, code, axis)
            fine = (before == indeterminate) | (after == before)
            fine |= may_turn & (after == metastatic)
            assert fine.all(), table.names[axis]
            checked += fine.size
    assert checked > table.size


def test_the_shape_of_the_check_is_that_of_the_evaluation():
    table = decision_table(GUIDELINE, RESECTABILITY, GUIDELINE.settings)
    grid, order = categories(table)
    for row in range(0, table.size, table.size // 60):
        inputs = {k: v for k, v in table.combination(row).items() if v is not None}
        assert run(inputs).category == order[grid.ravel()[row]]


def answers(result):
    """The answer, T or F, of each three-valued test that was put and settled."""
    found = {}
    for option in result.options:
        for reason in option.reasons:
            rule = TESTED.get(reason.rule)
            for letter, effects in rule.effects.items() if rule else ():
                same = any(
                    e.status == reason.status and (e.text or rule.text) == reason.text
                    for e in effects
                )
                if same and letter != "U":
                    found[rule.id, option.id] = letter
    return found


CHOICES = {
    name: [c.value for c in info.choices]
    for name, info in fact_definitions().items()
    if info.kind == "choice"
}
ANSWERS = [(name, value) for name, values in CHOICES.items() for value in values]
#: Any choices, biased towards cases on which most rules speak.
ANY = st.lists(st.sampled_from(ANSWERS), max_size=30).map(
    lambda pairs: {"site": "retroperitoneum", "histology_confirmed": "yes", **dict(pairs)}
)
ANSWER = st.sampled_from(ANSWERS)
#: What is planned has a default: nothing recorded means nothing planned, which is known.
PLANS = frozenset(n for n, d in fact_definitions().items() if d.default is not None)
STATED = {"disease_phase": "primary_unresected", "expected_completeness": "complete_expected"}


#: The inputs of the rules that put tests, so that most draws matter.
PERTINENT = st.fixed_dictionaries(
    {"site": st.just("retroperitoneum"), "histology_confirmed": st.just("yes")},
    optional={
        name: st.sampled_from([c.value for c in definition(name).choices])
        for name in (
            *("histology", "distant_metastasis_read", "chest_ct", "abdomen_pelvis_ct"),
            *("symptomatic", "severe_symptoms", "disease_burden", "unifocal"),
            *("palliation_likely_to_improve_qol", "metastases_resectable", "grade_entered"),
            *("ivc_involvement", "symptoms_from_ivc_occlusion", "quality_of_life_declining"),
            *("hyperthermia_available", "disease_phase", "peritoneal_implants"),
        )
    },
)


@settings(max_examples=250, deadline=None)
@given(PERTINENT, ANSWER.filter(lambda a: a[0] != "grade_entered" and a[0] not in PLANS))
def test_no_answer_turns_a_settled_test(inputs, answer):
    name, value = answer
    inputs.pop(name, None)
    before, after = answers(run(inputs)), answers(run({**inputs, name: value}))
    for key, letter in before.items():
        assert after.get(key, letter) == letter


@settings(max_examples=250, deadline=None)
@given(st.one_of(ANY, PERTINENT), ANSWER.filter(lambda a: a not in STILL_OPEN))
def test_a_known_value_is_never_asked_for_again(inputs, answer):
    name, value = answer
    result = run({**inputs, name: value})
    asked = {m.name for m in (*result.missing, *result.also_missing)}
    asked |= {m.name for o in result.options for m in o.missing}
    assert name not in asked


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much],  # most cases drawn are indeterminate
)
@given(ANY, ANSWER)
def test_no_answer_but_no_sarcoma_takes_a_stated_category_away(inputs, answer):
    name, value = answer
    inputs = {**dict.fromkeys(GUIDELINE.criteria, "absent"), **STATED, **inputs}
    inputs.pop(name, None)
    before = run(inputs)
    assume(before.category != "indeterminate" and before.category_rule != "R-GATE-00")
    after = run({**inputs, name: value})
    allowed = {before.category}
    if before.derived["m_status"].value == "not_assessed":
        allowed.add("metastatic")
    assert after.category in allowed or after.category_rule == "R-GATE-00"
