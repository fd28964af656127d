"""The closed list of facts: what it takes, what it refuses, how it reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.case.definitions import CONVENTION
from tumorboard.case.facts import (
    AtLeast,
    Fact,
    FactSheet,
    Provenance,
    definition,
    fact_definitions,
    fact_groups,
    normalise,
    sheet_from_json,
    sheet_to_json,
    to_json,
    value_text,
)
from tumorboard.errors import UserError

# fmt: off
NAMES = {
    "site", "disease_phase", "histology", "histology_confirmed", "differentiation_score",
    "mitoses_per_10hpf", "necrosis_percent", "grade_entered", "age_years", "sex",
    "menopausal_status", "ecog", "medically_fit_for_major_surgery", "treating_centre_specialised",
    "tumour_necrosis", "intratumoral_vascular_invasion", "dna_aneuploidy", "high_mitotic_rate",
    "diameters_cm", "depth", "chest_ct", "abdomen_pelvis_ct", "distant_metastasis_read",
    "metastasis_sites", "metastasis_count", "metastases_resectable", "regional_nodes",
    "local_recurrence", "new_lesion", "unifocal", "disease_burden", "peritoneal_implants",
    "bilateral_renal_involvement", "extensive_spine_involvement",
    "extensive_mesenteric_root_involvement", "extensive_liver_hilar_involvement",
    "extensive_major_vessel_involvement", "expected_completeness", "ivc_involvement",
    "ivc_caudal_extent", "ivc_cranial_extent", "ivc_occlusion", "hepatic_vein_ostia_clear",
    "ivc_growth_pattern",
    "ivc_extravascular_component", "vessel_contacts", "bilateral_leg_oedema", "renal_dysfunction",
    "budd_chiari_signs", "ruq_tenderness", "symptomatic", "severe_symptoms",
    "quality_of_life_declining", "symptoms_from_ivc_occlusion", "could_become_surgical_candidate",
    "palliation_likely_to_improve_qol", "pe", "dvt", "anticoagulated",
    "anticoagulation_contraindicated", "biopsy_status", "pre_biopsy_imaging",
    "biopsy_in_planned_trajectory", "preop_rt", "preop_chemo", "preop_crt", "adjuvant_rt",
    "adjuvant_chemo", "weeks_since_preop_rt_end", "resection_status", "months_since_surgery",
    "months_since_last_imaging", "reresection_feasible_low_morbidity",
    "eligible_for_further_resection", "residual_component", "wd_component_assessed",
    "growth_would_change_operation",
    "prior_anthracycline", "hyperthermia_available", "bso_planned", "lnd_planned",
    "primary_origin", "sampling", "ihc_desmin", "ihc_sma",
    "ihc_caldesmon", "ihc_ckit", "ihc_s100", "ihc_mdm2", "fat_component_percent",
    "dedifferentiated_component", "egfr", "creatinine", "kidney_function_date",
}
# fmt: on

PLAN = {"preop_rt", "preop_chemo", "preop_crt", "adjuvant_rt", "adjuvant_chemo"}
PLAN |= {"bso_planned", "lnd_planned"}
ENTERED = Provenance("entered")


def test_the_list_is_complete():
    assert set(fact_definitions()) == NAMES
    assert {d.group for d in fact_definitions().values()} == set(fact_groups())


def test_plan_fields_have_a_default_and_all_others_an_unknown():
    with_default = {n for n, d in fact_definitions().items() if d.default is not None}
    assert with_default == PLAN
    assert all(bool(d.unknown) != (n in PLAN) for n, d in fact_definitions().items())


@pytest.mark.parametrize("unknown", [None, "", "unknown", "not_assessed"])
def test_unknown_is_one_thing(unknown):
    assert {normalise(name, unknown) for name in NAMES} == {None}


def test_every_choice_is_taken_and_reads_as_words():
    choices = [
        (n, c) for n, d in fact_definitions().items() if d.kind == "choice" for c in d.choices
    ]
    assert len(choices) > 150
    for name, choice in choices:
        assert normalise(name, choice.value) == choice.value
        assert to_json(name, choice.value) == choice.value
        assert "_" not in value_text(name, choice.value)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("grade_entered", "2", 2),
        ("diameters_cm", [10, 14.5], (10.0, 14.5)),
        ("diameters_cm", [], None),
        ("metastasis_sites", ["bone", "lung"], ("lung", "bone")),
        ("metastasis_sites", [], None),
        ("metastasis_count", {"at_least": 7}, AtLeast(7)),
        ("metastasis_count", 7.0, 7),
        ("vessel_contacts", {"aorta": 120, "IVC": 90}, {"IVC": 90, "aorta": 120}),
        ("vessel_contacts", {"aorta": "not_assessed"}, None),
        ("necrosis_percent", 0, 0),
    ],
)
def test_one_form(name, raw, value):
    assert normalise(name, raw) == value
    assert normalise(name, normalise(name, raw)) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("site", "moon"),
        ("site", 3),
        ("site", True),
        ("grade_entered", 4),
        ("grade_entered", True),
        ("age_years", -1),
        ("age_years", 121),
        ("age_years", "old"),
        ("age_years", float("nan")),
        ("age_years", float("inf")),
        ("mitoses_per_10hpf", 2.5),
        ("mitoses_per_10hpf", {"at_least": 3}),
        ("metastasis_count", {"at_least": -1}),
        ("metastasis_count", {"more": 3}),
        ("necrosis_percent", 100.1),
        ("diameters_cm", [0]),
        ("diameters_cm", [1, 2, 3, 4]),
        ("diameters_cm", 5),
        ("metastasis_sites", ["moon"]),
        ("metastasis_sites", "lung"),
        ("vessel_contacts", {"IVC": 361}),
        ("vessel_contacts", {"moon": 10}),
        ("vessel_contacts", [10]),
        ("preop_rt", "maybe"),
        ("chest_ct", {"done": 1}),
    ],
)
def test_refused(name, raw):
    with pytest.raises(UserError) as caught:
        normalise(name, raw)
    assert name in caught.value.message
    assert caught.value.hint


def test_a_name_outside_the_list():
    with pytest.raises(UserError, match="shoe_size"):
        sheet_from_json({"shoe_size": 42}, ENTERED)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ivc_cranial_extent", "intrahepatic", "Within the liver"),
        ("ivc_cranial_extent", None, "Not known"),
        ("peritoneal_implants", None, "Not assessed"),
        ("preop_rt", None, "None"),
        ("diameters_cm", (10.5, 8.9, 13.2), "10.5 x 8.9 x 13.2 cm"),
        ("metastasis_count", AtLeast(7), "at least 7"),
        ("metastasis_sites", ("lung", "liver"), "Lung, Liver"),
        ("vessel_contacts", {"IVC": 150}, "IVC 150°"),
        ("vessel_contacts", {"SMA": 179.6}, "Superior mesenteric artery 179.6°"),
        ("diameters_cm", (5.04, 4.0), "5.04 x 4.0 cm"),
        ("age_years", 66, "66 years"),
        ("necrosis_percent", 30, "30%"),
    ],
)
def test_words(name, value, text):
    assert value_text(name, value) == text


@pytest.mark.parametrize(
    ("name", "written"),
    [("preop_rt", "none"), ("bso_planned", "no"), ("pe", "not_assessed"), ("site", "unknown")],
)
def test_nothing_recorded_is_written_as_the_list_words_it(name, written):
    assert to_json(name, None) == written


def test_a_sheet_leaves_out_what_is_unknown_and_keeps_provenance():
    sheet = sheet_from_json({"site": "uterus", "sex": "unknown", "ecog": 1}, ENTERED)
    assert {f.name for f in sheet} == {"site", "ecog"}
    assert sheet.get("site").provenance is ENTERED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(sorted(NAMES)), JSON)
def test_any_json_is_taken_or_refused_in_one_sentence(name, raw):
    try:
        value = normalise(name, raw)
    except UserError as error:
        value, sentence = None, error.message
        if name not in sentence:
            raise
    assert normalise(name, to_json(name, value)) == (
        value if value is not None else definition(name).default
    )


def test_written_and_read_again():
    inputs = {
        "site": "retroperitoneum",
        "diameters_cm": [10.5, 8.9, 13.2],
        "metastasis_count": {"at_least": 3},
        "metastasis_sites": ["lung"],
        "vessel_contacts": {"IVC": 150},
        "grade_entered": 2,
    }
    sheet = sheet_from_json(inputs, ENTERED)
    assert sheet_to_json(sheet) == inputs
    assert sheet_from_json(sheet_to_json(sheet), ENTERED) == sheet


def test_a_sheet_with_and_without_a_fact():
    first = Fact("histology", "x", Provenance("entered"))
    other = Fact("grade", "y", Provenance("entered"))
    sheet = FactSheet().with_fact(first).with_fact(other)
    assert sheet.get("histology") is first
    assert sheet.get("nothing") is None
    assert sheet.value("grade") == "y"
    assert sheet.value("nothing") is None
    assert [f.name for f in sheet] == ["histology", "grade"]
    assert [f.name for f in sheet.without("histology")] == ["grade"]
    assert [f.name for f in sheet.without("nothing")] == ["histology", "grade"]
    again = sheet.with_fact(Fact("grade", "z", Provenance("entered")))
    assert (again.value("grade"), sheet.value("grade")) == ("z", "y")


def test_every_sentence_about_a_fact_has_its_own_source_or_says_that_it_is_a_convention():
    for fact in fact_definitions().values():
        for sentence in fact.explained:
            assert sentence.endswith(")") or sentence.startswith("Source of this field: ")
        if fact.help:
            (said,) = [s for s in fact.explained if s.startswith(fact.help)]
            assert said.endswith(f"({fact.help_source or CONVENTION})")


@pytest.mark.parametrize(
    ("name", "convention"),
    [
        ("bilateral_renal_involvement", "Contact with one kidney"),
        ("extensive_mesenteric_root_involvement", "Infiltration of the mesocolon alone"),
    ],
)
def test_what_no_source_says_stands_above_no_source(name, convention):
    said, other = fact_definitions()[name].explained
    assert said.endswith(
        "No source puts a number to it. (UpToDate 2024, Determining resectability)"
    )
    assert other.startswith(convention)
    assert other.endswith("(app convention, no source)")


def test_that_the_vein_alone_is_not_extensive_names_both_sides_and_whom_it_is_about():
    told = fact_definitions()["extensive_major_vessel_involvement"].explained[1]
    assert "C-26" in told
    assert "leiomyosarcoma of the IVC" in told
    assert "UpToDate" not in told
