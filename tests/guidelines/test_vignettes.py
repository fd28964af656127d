"""The cases that the rules were written with, compared completely."""

import pytest

from tests.guidelines.cases import VERSIONS, run, vignette, vignettes
from tumorboard.guidelines import load_guideline

CASES = [(version, name) for version in VERSIONS for name in sorted(vignettes(version))]


def assessed(version, name):
    return run(vignettes(version)[name]["inputs"], version=version)


@pytest.mark.parametrize(("version", "name"), CASES)
def test_the_whole_result(version, name):
    inputs, expected = vignettes(version)[name]["inputs"], vignettes(version)[name]["expected"]
    result = assessed(version, name).to_json()
    universal = {"O-REFER": "suggest"}
    if inputs.get("site") == "retroperitoneum":
        universal["O-TRIAL"] = "suggest"
    assert result["category"] == expected["category"]
    assert result["category_rule"] == expected["category_rule"]
    options = {k: o["status"] for k, o in result["options"].items()}
    assert options == expected["options"] | universal
    assert result["alerts"] == expected["alerts"]
    assert {k: result["derived"][k] for k in expected["derived"]} == expected["derived"]
    assert result["conflicts"] == expected["conflicts"]
    assert result["follow_up"] == expected["follow_up"]
    assert result["prognosis"] == expected["prognosis"]


@pytest.mark.parametrize("name", sorted(vignettes()))
def test_what_is_said_beside_the_statuses(name):
    expected, result = vignettes()[name]["expected"], assessed("1.1.0", name).to_json()
    for key in ("qualifiers", "silences", "notes"):
        assert sorted(result[key]) == sorted(expected.get(key, result[key]))
    for key in ("state", "departure", "equal_with", "carried"):
        found = {o: result["options"][o][key] for o in expected.get(key, {})}
        assert found == expected.get(key, {})
    for option, names in expected.get("missing", {}).items():
        assert sorted(result["options"][option]["missing"]) == sorted(names)
    details = result["alert_details"]
    severities = expected.get("severity", {})
    assert {rule: details[rule]["severity"] for rule in severities} == severities
    marks = expected.get("marks", {})
    assert {rule: result["marks"][rule] for rule in marks} == marks


@pytest.mark.parametrize(("version", "name"), CASES)
def test_every_conclusion_says_why(version, name):
    result = assessed(version, name)
    reasons = [r for o in result.options for r in o.reasons]
    lines = (*result.alerts, *result.remarks, *result.silences)
    reasons += [line.reason for line in lines]
    for reason in (result.category_reason, *reasons):
        assert reason.sources
        assert all(c.source and c.text for c in reason.sources)
        assert reason.text.endswith((".", ")", "?"))
        assert "{" not in reason.text
        assert load_guideline(version).rule(reason.rule) is not None
    for option in result.options:
        assert [r.lost for r in option.reasons] == [
            r.status != option.status for r in option.reasons
        ]
        assert not option.reasons[0].lost


def test_a_missing_criterion_is_the_only_one_listed():
    result = vignette("V-11")
    assert [m.name for m in result.missing] == ["extensive_spine_involvement"]
    assert result.missing[0].label == "Extensive spine involvement"


def test_incomplete_staging_names_the_study():
    assert [m.name for m in vignette("V-12").missing] == ["chest_ct"]


def test_unresectable_says_that_metastases_are_not_assessed():
    result = vignette("V-01")
    assert result.qualifiers == ("metastatic status not assessed",)
    assert result.category_reason.text == (
        "Excluding finding present: extensive major vessel involvement."
    )
    assert len(result.missing) == 5


def test_the_trace_names_value_author_and_truth():
    read = {i.name: i for i in vignette("V-01").category_reason.inputs}
    vessel = read["extensive_major_vessel_involvement"]
    assert (vessel.text, vessel.truth) == ("Present", "T")
    assert (vessel.provenance.author, vessel.provenance.origin) == ("Dr Reader", "entered")
    assert read["peritoneal_implants"].truth == "U"
    assert read["peritoneal_implants"].provenance.origin == "not recorded"


def test_a_stage_from_an_unknown_grade_is_marked():
    derived = vignette("V-10").derived["ajcc_stage"]
    assert (derived.value, derived.text) == ("IB", "IB (GX)")
    assert vignette("V-07").derived["ajcc_stage"].text == "IB"


def test_the_stage_of_a_recurrence_is_marked():
    assert vignette("V-04").derived["ajcc_stage"].text == "rIV"


def test_a_reason_names_only_what_its_rule_asked():
    reason = vignette("V-11").category_reason
    assert "chest_ct" not in {i.name for i in reason.inputs}
    assert reason.source_texts == ("UpToDate 2024, Determining resectability",)


def test_anthracycline_without_metastases_is_marked_as_extrapolated():
    option = vignette("V-01").option("O-SYS-1L-ANTHRACYCLINE")
    assert option.reasons[0].extrapolated
    assert not vignette("V-04").option("O-SYS-1L-ANTHRACYCLINE").reasons[0].extrapolated


def test_ivc_advice_is_marked_outside_leiomyosarcoma():
    marked = vignette("V-14", histology="UPS").option("O-IVC-RECON").reasons[0]
    assert marked.scope_mark == "other_histology"
    assert marked.mark.startswith("extrapolated: stated for leiomyosarcoma of the IVC")
    assert marked.mark.endswith("not for undifferentiated pleomorphic sarcoma")
    assert vignette("V-14").option("O-IVC-RECON").reasons[0].mark == ""


def test_follow_up_shows_the_default_and_the_alternatives():
    plan = vignette("V-15").follow_up
    assert (len(plan.visits), plan.visits[0].month, plan.visits[-1].month) == (21, 3, 120)
    assert len(plan.variants["Least intensive"]) == 14
    assert {v.chest for v in plan.visits} == {"CT"}


def test_chest_study_alternates_in_well_differentiated_liposarcoma():
    plan = vignette("V-16").follow_up
    assert [(v.month, v.chest) for v in plan.visits[:4]] == [
        (3, "CT"),
        (6, "radiograph"),
        (9, "CT"),
        (12, "radiograph"),
    ]


def test_prognosis_prints_group_figures():
    prognosis = vignette("V-05").prognosis
    assert prognosis.figures == {
        "local_recurrence_percent": 10,
        "distant_metastasis_percent": 50,
        "overall_survival_percent": 45,
    }
    assert "not an individual forecast" in prognosis.label
    assert vignette("V-01").prognosis.figures == {}


def test_deferred_options_say_what_would_settle_them():
    names = [m.name for m in vignette("V-10").option("O-PREOP-RT").missing]
    assert names == ["grade"]
    nothing_known = vignette("V-10", histology="unknown").option("O-PREOP-RT")
    assert [m.name for m in nothing_known.missing] == ["histology"]
    stent = vignette("V-23", quality_of_life_declining="unknown").option("O-IVC-STENT")
    assert {m.name for m in stent.missing} == {
        "quality_of_life_declining",
        "could_become_surgical_candidate",
    }


def test_inputs_read_are_recorded_inputs_and_what_was_computed_from_them():
    names = {i.name for i in vignette("V-05").inputs_read}
    assert {"site", "chest_ct", "m_status", "extensive_spine_involvement"} <= names
    assert "sex" not in names
