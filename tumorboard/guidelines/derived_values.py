"""Arithmetic of the derived values. Thresholds come from tables and settings, never from here.

Every function takes a `Known` and returns the value, or None when it is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tumorboard.case.facts import definition
from tumorboard.guidelines.logic import Truth, conjunction, disjunction, letter
from tumorboard.guidelines.parameters import Settings


@dataclass(frozen=True)
class Known:
    """What a derivation can read: values so far, settings, tables, the six criteria."""

    values: Mapping[str, Any]
    settings: Settings
    tables: Mapping[str, Any]
    criteria: tuple[str, ...]


def _word(truth: Truth) -> str | None:
    return None if truth is None else "yes" if truth else "no"


def _is(value: Any, wanted: Any) -> Truth:
    return None if value is None else bool(value == wanted)


def longest_diameter_cm(known: Known) -> float | None:
    """Return the largest of the diameters."""
    diameters = known.values["diameters_cm"]
    return max(diameters) if diameters else None


def size_gt_5(known: Known) -> str | None:
    """Return whether the longest diameter is above the size limit."""
    size = known.values["longest_diameter_cm"]
    return None if size is None else _word(size > known.tables["size_limit_cm"])


def size_ge_5(known: Known) -> str | None:
    """Return whether the longest diameter reaches the size limit."""
    size = known.values["longest_diameter_cm"]
    return None if size is None else _word(size >= known.tables["size_limit_cm"])


def ajcc_t(known: Known) -> str:
    """Return the T category by size; TX when the size is not known."""
    size, table = known.values["longest_diameter_cm"], known.tables["ajcc_t"]
    if size is None:
        return str(table["unknown"])
    return next((str(t) for limit, t in table["bands"] if size <= limit), str(table["beyond"]))


def grade_computed(known: Known) -> int | None:
    """Return the FNCLCC grade from differentiation, mitoses and necrosis; all are needed."""
    table = known.tables["fnclcc"]
    differentiation = known.values["differentiation_score"]
    mitoses, necrosis = known.values["mitoses_per_10hpf"], known.values["necrosis_percent"]
    if differentiation is None or mitoses is None or necrosis is None:
        return None
    total = differentiation + mitoses_score(mitoses, table) + necrosis_score(necrosis, table)
    return _step(table["grade"], total)


def mitoses_score(mitoses: float, table: Mapping[str, Any]) -> int:
    """Return the FNCLCC score of mitoses in ten fields; ``table`` is that of the guideline."""
    return _step(table["mitoses"], mitoses)


def necrosis_score(percent: float, table: Mapping[str, Any]) -> int:
    """Return the FNCLCC score of necrosis in percent; ``table`` is that of the guideline."""
    return 0 if percent == 0 else 1 if percent < table["necrosis_limit_percent"] else 2


def _step(steps: list[list[int]], value: float) -> int:
    """Return the last entry whose start does not exceed the value."""
    return [result for start, result in steps if value >= start][-1]


def grade(known: Known) -> int | None:
    """Return the pathologist's grade, else the computed one."""
    entered: int | None = known.values["grade_entered"]
    computed: int | None = known.values["grade_computed"]
    return computed if entered is None else entered


def effective_depth(known: Known) -> str | None:
    """Return the depth; every retroperitoneal tumour is deep."""
    depth: str | None = known.values["depth"]
    return "deep" if known.values["site"] == "retroperitoneum" else depth


def low_grade_ddlps(known: Known) -> str | None:
    """Return whether it is a dedifferentiated liposarcoma of a grade called low (S-01)."""
    value = known.values["grade"]
    low = None if value is None else value in known.settings.value("S-01")
    return _word(conjunction((_is(known.values["histology"], "DDLPS"), low)))


def rt_histology(known: Known) -> str | None:
    """Return whether preoperative radiotherapy is suggested for the histology."""
    low = _is(known.values["low_grade_ddlps"], "yes")
    return _word(disjunction((_is(known.values["histology"], "WDLPS"), low)))


def m_status(known: Known) -> str | None:
    """Return present, absent, or None: absent needs the reader and the required CTs."""
    values = known.values
    implants_count = known.settings.value("S-12") == "metastatic"
    read = values["distant_metastasis_read"]
    if read == "present" or (implants_count and values["peritoneal_implants"] == "present"):
        return "present"
    other_site = values["site"] not in (None, "retroperitoneum")
    staged = values["chest_ct"] == "done" and (values["abdomen_pelvis_ct"] == "done" or other_site)
    return "absent" if read == "absent" and staged else None


def ivc_level(known: Known) -> str | None:
    """Return the IVC level by the cranial end (S-03); "n/a" without involvement."""
    involved, end = known.values["ivc_involvement"], known.values["ivc_cranial_extent"]
    if involved == "absent":
        return "n/a"
    if involved is None or end is None:
        return None
    return str(known.settings.value("S-03")[end])


def ivc_span(known: Known) -> tuple[str, ...] | None:
    """Return all segments from the caudal to the cranial end; None when they do not fit."""
    caudal, cranial = known.values["ivc_caudal_extent"], known.values["ivc_cranial_extent"]
    if caudal is None or cranial is None:
        return None
    levels = tuple(str(c.value) for c in definition("ivc_caudal_extent").choices)
    first, last = levels.index(caudal), levels.index(cranial)
    return levels[first : last + 1] or None


def ajcc_stage(known: Known) -> str:
    """Return the AJCC 8 stage group of the retroperitoneum; first match of its order."""
    values, table = known.values, known.tables["ajcc_stage"]
    if values["site"] != "retroperitoneum":
        return "not_computed"
    if values["m_status"] == "present":
        return str(table["metastatic"])
    nodes, size = values["regional_nodes"], values["ajcc_T"]
    nodes_block = nodes == "suspected" or (nodes is None and known.settings.value("S-15") != "N0")
    if values["m_status"] is None or size == "TX" or nodes_block:
        return "not_assignable"
    if nodes == "confirmed":
        return str(table["nodes"])
    high = values["grade"] is not None and values["grade"] >= table["high_grade_from"]
    return str(table["high_grade" if high else "low_grade"][size])


def high_risk_features(known: Known) -> tuple[str, ...]:
    """Return the features of a poor prognosis known to be present; leiomyosarcoma only."""
    values = known.values
    if values["histology"] != "LMS":
        return ()
    age, value = values["age_years"], values["grade"]
    stages = known.tables["ajcc_stage"]["stage_three"]
    present = {
        "age>=60": age is not None and age >= known.tables["age_limit_years"],
        "size>5cm": values["size_gt_5"] == "yes",
        "deep": values["effective_depth"] == "deep",
        "grade2-3": value is not None and value >= known.tables["high_grade_from"],
        "tumour_necrosis": values["tumour_necrosis"] == "yes",
        "intratumoral_vascular_invasion": values["intratumoral_vascular_invasion"] == "yes",
        "dna_aneuploidy": values["dna_aneuploidy"] == "yes",
        "high_mitotic_rate": values["high_mitotic_rate"] == "yes",
        "AJCC_III": values["ajcc_stage"] in stages,
    }
    return tuple(name for name, holds in present.items() if holds)


def risk_features_named(known: Known) -> tuple[str, ...]:
    """Return the features worth naming: every retroperitoneal tumour is deep, so that is not."""
    features: tuple[str, ...] = known.values["high_risk_features"]
    everywhere = "deep" if known.values["site"] == "retroperitoneum" else None
    return tuple(f for f in features if f != everywhere)


def features_with_figures(known: Known) -> tuple[str, ...]:
    """Return the features of a poor prognosis, to be printed with their relative risks."""
    features: tuple[str, ...] = known.values["high_risk_features"]
    return features


def rt_to_surgery_window(known: Known) -> str | None:
    """Return where the time since radiotherapy lies to the window for surgery."""
    weeks, window = known.values["weeks_since_preop_rt_end"], known.tables["rt_window_weeks"]
    if weeks is None:
        return None
    if weeks < window["from"]:
        return "before_window"
    return "in_window" if weeks <= window["to"] else "past_window"


def generic_high_risk(known: Known) -> str | None:
    """Return whether the tumour is deep, above the size limit and of high grade."""
    size, value = known.values["longest_diameter_cm"], known.values["grade"]
    large = None if size is None else size > known.tables["size_limit_cm"]
    high = None if value is None else value >= known.tables["high_grade_from"]
    return _word(conjunction((_is(known.values["effective_depth"], "deep"), large, high)))


def criteria_not_assessed(known: Known) -> tuple[str, ...]:
    """Return the names of the criteria without a statement."""
    return tuple(name for name in known.criteria if known.values[name] is None)


def criteria_present(known: Known) -> tuple[str, ...]:
    """Return the names of the criteria stated as present."""
    return tuple(name for name in known.criteria if known.values[name] == "present")


def overdue_after_months(known: Known) -> float:
    """Return the longest permitted time between images, with the tolerance (S-10)."""
    months, table = known.values["months_since_surgery"], known.tables["permitted_gap_months"]
    early = months is not None and months <= table["early_until"]
    gap = table["early"] if early else table["later"]
    return float(gap + known.settings.value("S-10"))


def first_imaging_due_months(known: Known) -> float:
    """Return the months after surgery by which images must be dated, with tolerance (S-10)."""
    return float(known.tables["first_interval_months"] + known.settings.value("S-10"))


def distant_sites(known: Known) -> tuple[str, ...]:
    """Return the sites marked as metastatic, the peritoneum left out."""
    return tuple(s for s in known.values["metastasis_sites"] or () if s != "peritoneum")


def distant_sites_count(known: Known) -> int:
    """Return how many sites are marked as metastatic, the peritoneum left out."""
    return len(known.values["distant_sites"])


def public_list_met(known: Known) -> tuple[str, ...]:
    """Return what is met of the public list of non-resectability (S-19, X-06).

    A vessel of the list that is in contact from the prompt on (S-02), and leiomyosarcoma
    whose upper end in the IVC has reached the hepatic veins.
    """
    contacts = known.values["vessel_contacts"] or {}
    limit, listed = known.settings.value("S-02"), known.tables["public_list"]
    met = [v for v in listed["vessels"] if contacts.get(v, 0) >= limit]
    high = known.values["ivc_cranial_extent"] in listed["upper_ends"]
    if known.values["histology"] == "LMS" and high:
        met.append("retrohepatic_ivc")
    return tuple(met)


def contacts_against(known: Known) -> dict[str, float]:
    """Return the contacts from the prompt on (S-02) of the vessels that count (S-21)."""
    return _from_prompt(known, known.settings.value("S-21"))


def ivc_contact_against(known: Known) -> dict[str, float]:
    """Return the contact with the IVC from the prompt on (S-02)."""
    return _from_prompt(known, ("IVC",))


def _from_prompt(known: Known, vessels: tuple[str, ...]) -> dict[str, float]:
    contacts, limit = known.values["vessel_contacts"] or {}, known.settings.value("S-02")
    return {v: degrees for v, degrees in contacts.items() if v in vessels and degrees >= limit}


def residual_is_wdlps(known: Known) -> str | None:
    """Return T or F: whether the remnant is a well-differentiated liposarcoma.

    Where nobody recorded it, a confirmed histology that can leave no other remnant, or not
    this one, stands for it.
    """
    residual, histology = known.values["residual_component"], known.values["histology"]
    if residual is not None:
        return letter(residual == "WDLPS")
    if known.values["histology_confirmed"] != "yes":
        return None
    if histology == "WDLPS":
        return letter(True)
    return letter(False) if histology in known.tables["residual_other_histologies"] else None


#: By the names of the derived values in the data.
FUNCTIONS: dict[str, Callable[[Known], Any]] = {
    "ajcc_T": ajcc_t,
    **{
        function.__name__: function
        for function in (
            longest_diameter_cm,
            size_gt_5,
            size_ge_5,
            grade_computed,
            grade,
            effective_depth,
            low_grade_ddlps,
            rt_histology,
            m_status,
            ivc_level,
            ivc_span,
            ajcc_stage,
            high_risk_features,
            risk_features_named,
            features_with_figures,
            rt_to_surgery_window,
            generic_high_risk,
            criteria_not_assessed,
            criteria_present,
            overdue_after_months,
            first_imaging_due_months,
            distant_sites,
            distant_sites_count,
            public_list_met,
            contacts_against,
            ivc_contact_against,
            residual_is_wdlps,
        )
    },
}
