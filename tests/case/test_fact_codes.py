"""The codes of the facts are those of the standards, and what has none is known by name."""

import json
import re
from pathlib import Path

import pytest
from pydicom.sr._concepts_dict import concepts

from tests.guidelines.cases import run, vignettes
from tumorboard.case.definitions import (
    AtLeast,
    FactDefinition,
    fact_definitions,
    normalise,
    value_text,
)
from tumorboard.case.fact_codes import fact_codes
from tumorboard.coding import Code
from tumorboard.errors import UserError
from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.dependencies import needs
from tumorboard.ui.facts.editors import parse_value

#: Not in pydicom's dictionaries; docs/codes.md names where each was looked up.
LOOKED_UP = {
    ("ICDO3", "8890/3"),
    ("ICDO3", "8851/3"),
    ("ICDO3", "8858/3"),
    ("ICDO3", "9540/3"),
    ("ICDO3", "8815/1"),
    ("ICDO3", "8802/3"),
    ("SCT", "9911007"),
    ("SCT", "70871006"),
    ("SCT", "8889005"),
    ("SCT", "48635004"),
    ("SCT", "82385007"),
    ("SCT", "128053003"),
    ("LN", "14682-9"),
    ("LN", "59847-4"),
    ("LN", "89247-1"),
    ("UCUM", "{lesions}"),
    ("UCUM", "mL/min/{1.73_m2}"),
    ("UCUM", "umol/L"),
}
#: Of the inputs of V-01, as it was before there were these facts.
HASH_OF_V_01 = "7408f0845d4d6fee7d85e29c25904e9263240b4c9d196c4cc46d87ade0473eed"
# fmt: off
WITHOUT_CODE = {
    "distant_metastasis_read", "regional_nodes", "local_recurrence",
    "disease_phase", "histology_confirmed", "differentiation_score", "mitoses_per_10hpf",
    "necrosis_percent", "dna_aneuploidy", "high_mitotic_rate", "treating_centre_specialised",
    "primary_origin", "sampling", "ihc_desmin", "ihc_sma", "ihc_caldesmon", "ihc_ckit",
    "ihc_s100", "ihc_mdm2",
    "fat_component_percent", "dedifferentiated_component", "medically_fit_for_major_surgery",
    "kidney_function_date", "depth", "chest_ct", "abdomen_pelvis_ct", "metastasis_sites",
    "metastasis_count", "metastases_resectable", "new_lesion", "unifocal", "disease_burden",
    "peritoneal_implants", "bilateral_renal_involvement", "extensive_spine_involvement",
    "extensive_mesenteric_root_involvement", "extensive_liver_hilar_involvement",
    "extensive_major_vessel_involvement", "expected_completeness", "ivc_involvement",
    "ivc_caudal_extent", "ivc_cranial_extent", "hepatic_vein_ostia_clear", "ivc_occlusion",
    "ivc_growth_pattern", "ivc_extravascular_component", "vessel_contacts", "symptomatic",
    "severe_symptoms", "quality_of_life_declining", "symptoms_from_ivc_occlusion",
    "could_become_surgical_candidate", "palliation_likely_to_improve_qol", "bilateral_leg_oedema",
    "renal_dysfunction", "ruq_tenderness", "anticoagulated", "anticoagulation_contraindicated",
    "pre_biopsy_imaging", "biopsy_in_planned_trajectory", "preop_rt", "weeks_since_preop_rt_end",
    "preop_chemo", "preop_crt", "hyperthermia_available", "prior_anthracycline", "adjuvant_rt",
    "adjuvant_chemo", "bso_planned", "lnd_planned", "resection_status", "months_since_surgery",
    "months_since_last_imaging", "eligible_for_further_resection",
    "reresection_feasible_low_morbidity", "residual_component", "wd_component_assessed",
    "growth_would_change_operation",
}
RECORDED_ONLY = {
    "primary_origin", "sampling", "ihc_desmin", "ihc_sma", "ihc_caldesmon", "ihc_ckit",
    "ihc_s100", "ihc_mdm2",
    "fat_component_percent", "dedifferentiated_component", "egfr", "creatinine",
    "kidney_function_date",
}
# fmt: on


def coded(definition: FactDefinition) -> list[Code]:
    found = [definition.code, definition.unit_code, *(c.code for c in definition.choices)]
    return [code for code in found if code is not None]


ALL = sorted(
    {c for d in fact_definitions().values() for c in coded(d)}, key=lambda c: (c.scheme, c.value)
)


@pytest.mark.parametrize("code", ALL, ids=lambda c: f"{c.scheme} {c.value}")
def test_a_code_is_that_of_the_dictionary(code):
    named = [
        meaning
        for entries in concepts.get(code.scheme, {}).values()
        for value, (meaning, _) in entries.items()
        if value == code.value
    ]
    if (code.scheme, code.value) in LOOKED_UP:
        assert not named, "the dictionary has it now: compare with that"
    else:
        assert code.meaning in named


RADLEX = {
    (choice.radlex.value, choice.radlex.meaning, choice.code.value if choice.code else "none here")
    for found in fact_definitions().values()
    for choice in found.choices
    if choice.radlex
}


def test_radlex_stands_where_it_was_looked_up_with_the_code_of_the_same_concept():
    table = (Path(__file__).parents[2] / "docs" / "codes.md").read_text("utf-8")
    rows = {tuple(re.findall(r"[^|]+", line)) for line in table.splitlines() if "| RID" in line}
    assert {tuple(cell.strip() for cell in row) for row in rows} == RADLEX
    assert all(re.fullmatch(r"RID\d{1,13}", value) for value, _, _ in RADLEX)
    assert len({value for value, _, _ in RADLEX}) == len(RADLEX)


def test_a_fact_is_told_in_radlex_beside_its_other_codes():
    told = fact_codes("vessel_contacts", {"IVC": 90.0, "renal_vein_L": 20.0, "iliac_L": 10.0})
    assert {value: code["value"] for value, code in told["radlex"].items()} == {
        "IVC": "RID1178",
        "renal_vein_L": "RID37994",
    }
    assert {code["scheme"] for code in told["radlex"].values()} == {"RADLEX"}
    assert "radlex" not in fact_codes("histology", "LMS")


def test_what_has_no_code_is_known_by_name():
    assert {n for n, d in fact_definitions().items() if d.code is None} == WITHOUT_CODE


def test_every_unit_has_its_code_but_one():
    without = {d.unit for d in fact_definitions().values() if d.unit and d.unit_code is None}
    assert without == {"per 10 HPF"}
    assert all(
        d.unit_code is None or d.unit_code.scheme == "UCUM" for d in fact_definitions().values()
    )


def test_a_code_stands_for_one_value_of_a_fact():
    for definition in fact_definitions().values():
        found = [(c.code.scheme, c.code.value) for c in definition.choices if c.code]
        assert len(found) == len(set(found)), definition.name
    assert all(len(c.meaning) <= 64 and len(c.value) <= 16 for c in ALL), "PS3.3 8.8: LO and SH"


def test_every_histology_that_a_rule_names_has_its_morphology_but_those_that_are_none():
    histology = fact_definitions()["histology"]
    without = {c.value for c in histology.choices if c.code is None}
    assert without == {"other_sarcoma", "non_sarcoma"}
    others = [c.code for c in histology.choices if c.code]
    assert all(c.scheme == "ICDO3" and re.fullmatch(r"\d{4}/\d", c.value) for c in others)


def test_what_is_recorded_only_says_so_and_no_rule_reads_it():
    guideline = load_guideline()
    read = needs(guideline, ["category", *guideline.options]).inputs
    assert not RECORDED_ONLY & set(read)
    rules = "\n".join(str(rule) for rule in guideline.rules)
    for name in RECORDED_ONLY:
        assert fact_definitions()[name].help.startswith("Recorded only; no rule reads it.")
        assert f"'{name}'" not in rules


def test_what_no_rule_reads_changes_no_assessment():
    values = {
        **dict.fromkeys(("ihc_desmin", "ihc_sma"), "positive"),
        **dict.fromkeys(("ihc_ckit", "ihc_s100"), "negative"),
        **{"sampling": "core", "egfr": 55, "kidney_function_date": "2026-03-01"},
    }
    for entry in list(vignettes().values())[:4]:
        inputs = entry["inputs"]
        plain, more = run(inputs).to_json(), run({**inputs, **values}).to_json()
        plain.pop("input_hash")
        more.pop("input_hash")
        assert json.dumps(plain, sort_keys=True) == json.dumps(more, sort_keys=True)


def test_recorded_inputs_of_old_cases_keep_their_hash():
    assert run(vignettes("1.1.0")["V-01"]["inputs"], version="1.1.0").input_hash == HASH_OF_V_01


@pytest.mark.parametrize(
    ("name", "value", "parts"),
    [
        ("histology", "LMS", {"concept": "59847-4", "LMS": "8890/3"}),
        ("histology", "UPS", {"concept": "59847-4", "UPS": "8802/3"}),
        ("histology", "other_sarcoma", {"concept": "59847-4"}),
        ("ihc_desmin", "positive", {"positive": "10828004"}),
        ("creatinine", 106.0, {"concept": "14682-9", "unit": "umol/L"}),
        ("diameters_cm", (10.5, 8.9), {"concept": "81827009", "unit": "cm"}),
        ("metastasis_sites", ("lung", "other"), {"lung": "39607008"}),
        ("metastasis_count", AtLeast(3), {"unit": "{lesions}"}),
        ("vessel_contacts", {"IVC": 90.0}, {"IVC": "64131007", "unit": "deg"}),
        ("peritoneal_implants", None, {}),
    ],
)
def test_a_fact_is_told_in_codes(name, value, parts):
    told = fact_codes(name, value)
    told.pop("radlex", None)
    flat = {**told.pop("values", {}), **told}
    assert {part: code["value"] for part, code in flat.items()} == parts


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("creatinine", "106", 106.0),
        ("creatinine", "106 µmol/L", 106.0),
        ("creatinine", "106,5 umol/l", 106.5),
        ("creatinine", "1.2 mg/dL", 106.08),
        ("creatinine", "1,2mg/dl", 106.08),
        ("egfr", "55", 55.0),
        ("egfr", "55 mL/min/1.73 m²", 55.0),
        ("egfr", "55 ml/min/1,73m2", 55.0),
        ("kidney_function_date", "1.3.2026", "2026-03-01"),
    ],
)
def test_kidney_values_are_taken_in_their_units(name, typed, value):
    found = fact_definitions()[name]
    kept = normalise(name, parse_value(found, typed))
    assert kept == pytest.approx(value) if isinstance(value, float) else kept == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("creatinine", "1.2"),  # mg/dL without saying so
        ("creatinine", "106 mL"),
        ("creatinine", "1.2 g/dL"),
        ("egfr", "55 mL/min"),  # not per body surface
        ("egfr", "55 mg/dL"),
        ("kidney_function_date", "1.3.26"),
        ("kidney_function_date", "yesterday"),
    ],
)
def test_kidney_values_in_other_units_are_refused(name, typed):
    found = fact_definitions()[name]
    with pytest.raises((UserError, ValueError)):
        normalise(name, parse_value(found, typed))


def test_a_date_reads_as_it_is_written():
    assert value_text("kidney_function_date", "2026-03-01") == "2026-03-01"
    assert normalise("kidney_function_date", "20260301") == "2026-03-01"
    for wrong in (20260301, "0026-03-01", "2026-02-30", True):
        with pytest.raises(UserError):
            normalise("kidney_function_date", wrong)
