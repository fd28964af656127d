"""Value tables of the derived values."""

import pytest

from tests.guidelines.cases import run


def derived(name, settings=None, **inputs):
    return run({"site": "retroperitoneum", **inputs}, settings).derived[name].value


@pytest.mark.parametrize(
    ("size", "wanted"),
    [(5.0, "T1"), (5.1, "T2"), (10.0, "T2"), (10.1, "T3"), (15.0, "T3"), (15.1, "T4")],
)
def test_t_category(size, wanted):
    assert derived("ajcc_T", diameters_cm=[1.0, size]) == wanted


def test_t_category_without_a_size():
    assert derived("ajcc_T") == "TX"
    assert derived("longest_diameter_cm") == "unknown"


@pytest.mark.parametrize(
    ("differentiation", "mitoses", "necrosis", "wanted"),
    [
        (1, 9, 0, 1),
        (1, 10, 0, 1),
        (2, 9, 0, 1),
        (1, 20, 0, 2),
        (2, 9, 1, 2),
        (2, 19, 49, 2),
        (2, 20, 49, 3),
        (3, 0, 0, 2),
        (3, 9, 49, 2),
        (3, 9, 50, 3),
        (3, 20, 100, 3),
        (None, 9, 0, "unknown"),
        (1, None, 0, "unknown"),
        (1, 9, None, "unknown"),
    ],
)
def test_fnclcc(differentiation, mitoses, necrosis, wanted):
    components = {
        "differentiation_score": differentiation,
        "mitoses_per_10hpf": mitoses,
        "necrosis_percent": necrosis,
    }
    assert derived("grade", **components) == wanted
    assert derived("grade", **components, grade_entered=3) == 3


def test_fnclcc_against_the_published_sums():
    for d in (1, 2, 3):
        for m, mitosis_score in ((0, 1), (9, 1), (10, 2), (19, 2), (20, 3), (99, 3)):
            for n, necrosis_score in ((0, 0), (0.5, 1), (49.9, 1), (50, 2), (100, 2)):
                total = d + mitosis_score + necrosis_score
                wanted = 1 if total <= 3 else 2 if total <= 5 else 3
                found = derived(
                    "grade", differentiation_score=d, mitoses_per_10hpf=m, necrosis_percent=n
                )
                assert found == wanted


@pytest.mark.parametrize(
    ("end", "wanted"),
    [
        ("infrarenal", "I"),
        ("renal_vein_confluence", "II"),
        ("suprarenal_subhepatic", "II"),
        ("intrahepatic", "II"),
        ("hepatic_vein_ostia", "III"),
        ("suprahepatic", "III"),
        ("right_atrium", "III"),
        ("unknown", "unknown"),
    ],
)
def test_ivc_level(end, wanted):
    assert derived("ivc_level", ivc_involvement="present", ivc_cranial_extent=end) == wanted
    assert derived("ivc_level", ivc_involvement="absent", ivc_cranial_extent=end) == "n/a"
    assert derived("ivc_level", ivc_cranial_extent=end) == "unknown"


def test_ivc_span():
    span = derived(
        "ivc_span", ivc_caudal_extent="renal_vein_confluence", ivc_cranial_extent="intrahepatic"
    )
    assert span == ["renal_vein_confluence", "suprarenal_subhepatic", "intrahepatic"]
    assert derived("ivc_span", ivc_caudal_extent="infrarenal") == "unknown"
    upside_down = {"ivc_caudal_extent": "right_atrium", "ivc_cranial_extent": "infrarenal"}
    assert derived("ivc_span", **upside_down) == "unknown"


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ({"distant_metastasis_read": "present"}, "present"),
        ({"distant_metastasis_read": "absent"}, "not_assessed"),
        ({"distant_metastasis_read": "absent", "chest_ct": "done"}, "not_assessed"),
        (
            {"distant_metastasis_read": "absent", "chest_ct": "done", "abdomen_pelvis_ct": "done"},
            "absent",
        ),
        (
            {"distant_metastasis_read": "absent", "chest_ct": "done", "site": "extremity"},
            "absent",
        ),
        (
            {"distant_metastasis_read": "absent", "chest_ct": "done", "site": "unknown"},
            "not_assessed",
        ),
        ({"chest_ct": "done", "abdomen_pelvis_ct": "done"}, "not_assessed"),
        ({"metastasis_sites": ["lung"], "metastasis_count": 4}, "not_assessed"),
        ({"peritoneal_implants": "present"}, "not_assessed"),
    ],
)
def test_m_status(inputs, wanted):
    assert derived("m_status", **inputs) == wanted


def test_peritoneum_counts_as_metastatic_by_setting():
    assert derived("m_status", {"S-12": "metastatic"}, peritoneal_implants="present") == "present"


@pytest.mark.parametrize(
    ("histology", "grade", "low", "wanted"),
    [
        ("WDLPS", None, "no", "yes"),
        ("DDLPS", 1, "yes", "yes"),
        ("DDLPS", 2, "yes", "yes"),
        ("DDLPS", 3, "no", "no"),
        ("DDLPS", None, "unknown", "unknown"),
        ("LMS", None, "no", "no"),
        (None, None, "unknown", "unknown"),
        (None, 3, "no", "unknown"),
    ],
)
def test_histology_for_radiotherapy(histology, grade, low, wanted):
    assert derived("low_grade_ddlps", histology=histology, grade_entered=grade) == low
    assert derived("rt_histology", histology=histology, grade_entered=grade) == wanted


STAGED = {"distant_metastasis_read": "absent", "chest_ct": "done", "abdomen_pelvis_ct": "done"}


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ({"diameters_cm": [5], "grade_entered": 1}, "IA"),
        ({"diameters_cm": [5]}, "IA"),
        ({"diameters_cm": [16], "grade_entered": 1}, "IB"),
        ({"diameters_cm": [5], "grade_entered": 2}, "II"),
        ({"diameters_cm": [10], "grade_entered": 3}, "IIIA"),
        ({"diameters_cm": [11], "grade_entered": 2}, "IIIB"),
        ({"diameters_cm": [16], "grade_entered": 3}, "IIIB"),
        ({"diameters_cm": [4], "grade_entered": 1, "regional_nodes": "confirmed"}, "IIIB"),
        ({"diameters_cm": [4], "regional_nodes": "suspected"}, "not_assignable"),
        ({"grade_entered": 2}, "not_assignable"),
        ({"diameters_cm": [4], "chest_ct": "not_done"}, "not_assignable"),
        ({"distant_metastasis_read": "present"}, "IV"),
        ({"distant_metastasis_read": "present", "site": "uterus"}, "not_computed"),
    ],
)
def test_stage(inputs, wanted):
    assert derived("ajcc_stage", **{**STAGED, **inputs}) == wanted


def test_stage_with_nodes_not_assessed_by_setting():
    settings = {"S-15": "not assignable"}
    assert derived("ajcc_stage", settings, **STAGED, diameters_cm=[5]) == "not_assignable"


def test_poor_prognosis_is_for_leiomyosarcoma_and_known_features_only():
    features = {"age_years": 60, "diameters_cm": [5.1], "dna_aneuploidy": "yes"}
    assert derived("high_risk_features", histology="LMS", **features) == [
        "age>=60",
        "size>5cm",
        "deep",
        "dna_aneuploidy",
    ]
    assert derived("high_risk_features", histology="UPS", **features) == []
    assert "age>=60" not in derived("high_risk_features", histology="LMS", age_years=59)


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ({"depth": "superficial"}, "no"),
        ({"depth": "deep", "diameters_cm": [5.1], "grade_entered": 2}, "yes"),
        ({"depth": "deep", "diameters_cm": [5.0], "grade_entered": 2}, "no"),
        ({"diameters_cm": [5.1], "grade_entered": 2}, "unknown"),
        ({"grade_entered": 1}, "no"),
    ],
)
def test_generic_high_risk(inputs, wanted):
    assert derived("generic_high_risk", site="extremity", **inputs) == wanted


def test_the_retroperitoneum_is_deep():
    assert derived("effective_depth", depth="superficial") == "deep"


@pytest.mark.parametrize(("months", "wanted"), [(0, 7), (48, 7), (48.1, 13), (120, 13), (None, 13)])
def test_longest_time_between_images(months, wanted):
    assert derived("overdue_after_months", months_since_surgery=months) == wanted
