"""Applies a guideline to the facts of a case. Pure: the same input gives the same result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tumorboard.case.facts import FactSheet, definition, fact_definitions, to_json
from tumorboard.guidelines.assessment import (
    AlertResult,
    Assessment,
    ConflictResult,
    CriterionState,
    DerivedValue,
    FollowUp,
    InputRead,
    NoteResult,
    OptionResult,
    Prognosis,
    Reason,
)
from tumorboard.guidelines.model import Guideline, RuleGroup
from tumorboard.guidelines.parameters import Settings
from tumorboard.guidelines.run import Concluded, Run, derived_text
from tumorboard.guidelines.schedule import variants, visits


def assess(facts: FactSheet, guideline: Guideline, settings: Settings | None = None) -> Assessment:
    """Assess a case.

    Groups of rules are put in the order of the guideline; in a first-match group the
    first rule that fires decides, elsewhere every rule that fires counts. For an option
    the most restrictive status wins, and every reason is kept.

    Parameters
    ----------
    facts
        What is recorded. Nothing recorded is never read as absent.
    settings
        Institutional settings; without them the defaults of the guideline.

    Raises
    ------
    UserError
        For a fact that is not on the list, or a value outside its choices or range.

    """
    run = Run(guideline, settings or guideline.settings, facts)
    for group in guideline.groups:
        _put_group(run, group)
        if run.stopped:
            break
    return _result(run)


def _put_group(run: Run, group: RuleGroup) -> None:
    for rule in group.rules:
        if run.put(rule) and group.first_match:
            return


def _of(run: Run, kind: str) -> list[Concluded]:
    return [c for c in run.concluded if c.effect.kind == kind]


def _result(run: Run) -> Assessment:
    guideline = run.guideline
    category = _of(run, "category")[0]
    provisional = run.values["histology_confirmed"] != "yes"
    return Assessment(
        guideline_id=guideline.id,
        guideline_version=guideline.version,
        fact_base=guideline.fact_base,
        category=category.effect.target,
        category_text=guideline.categories[category.effect.target],
        category_rule=category.rule.id,
        category_reason=category.reason,
        qualifiers=_qualifiers(run, category),
        provisional=provisional,
        provisional_reason="Histology is not confirmed." if provisional else "",
        criteria=_criteria(run),
        missing=run.missing,
        also_missing=run.also_missing,
        options=_options(run),
        alerts=_alerts(run),
        notes=tuple(
            NoteResult(c.rule.id, c.reason.text, c.effect.target, c.reason)
            for c in _of(run, "note")
        ),
        derived=_derived(run),
        conflicts=_conflicts(run),
        follow_up=_follow_up(run),
        prognosis=_prognosis(run),
        inputs_read=_inputs_read(run),
        changed_settings=run.settings.non_default(),
        hashed=_hashed(run),
    )


def _qualifiers(run: Run, category: Concluded) -> tuple[str, ...]:
    return tuple(q.text for q in category.effect.qualifiers if run.holds(q.condition))


def _criteria(run: Run) -> tuple[CriterionState, ...]:
    return tuple(
        CriterionState(
            name, definition(name).label, run.values[name] or "not_assessed", run.sheet.get(name)
        )
        for name in run.guideline.criteria
    )


def _options(run: Run) -> tuple[OptionResult, ...]:
    """Options with the universal ones first, then by status, then in catalogue order."""
    reasons: dict[str, list[Reason]] = {}
    for c in _of(run, "option"):
        lost = c.effect.status != run.merged[c.effect.target]
        reasons.setdefault(c.effect.target, []).append(replace(c.reason, lost=lost))
    best_first = list(run.guideline.statuses)[::-1]
    catalogue = list(run.guideline.options)

    def key(option: str) -> tuple[bool, int, int]:
        universal = run.guideline.options[option].universal
        return not universal, best_first.index(run.merged[option]), catalogue.index(option)

    return tuple(
        OptionResult(
            id=option,
            title=run.guideline.options[option].title,
            status=run.merged[option],
            status_text=run.guideline.statuses[run.merged[option]],
            universal=run.guideline.options[option].universal,
            reasons=tuple(sorted(reasons[option], key=lambda r: r.lost)),
        )
        for option in sorted(reasons, key=key)
    )


def _alerts(run: Run) -> tuple[AlertResult, ...]:
    order = list(run.guideline.severities)
    found = [
        AlertResult(
            c.rule.id,
            c.effect.target,
            run.guideline.severities[c.effect.target],
            c.reason.text,
            c.reason,
        )
        for c in _of(run, "alert")
    ]
    return tuple(sorted(found, key=lambda a: (order.index(a.severity), a.rule)))


def _derived(run: Run) -> dict[str, DerivedValue]:
    result: dict[str, DerivedValue] = {}
    for name, info in run.guideline.derived.items():
        value = run.values[name]
        plain = list(value) if isinstance(value, tuple) else value
        text = _stage_text(run) if name == "ajcc_stage" else derived_text(info, value)
        result[name] = DerivedValue(
            name,
            info.label,
            info.unknown if value is None else plain,
            text,
            run.guideline.catalogue.citations(info.sources),
        )
    return result


def _stage_text(run: Run) -> str:
    """Return the stage as printed: GX for an unknown grade, a prefix r for a recurrence."""
    value = run.values["ajcc_stage"]
    text = derived_text(run.guideline.derived["ajcc_stage"], value)
    if value in ("not_assignable", "not_computed"):
        return text
    if value in ("IA", "IB") and run.values["grade"] is None:
        text = f"{text} (GX)"
    return f"r{text}" if run.values["disease_phase"] == "recurrence" else text


def _conflicts(run: Run) -> tuple[ConflictResult, ...]:
    catalogue = run.guideline.catalogue
    rules: dict[str, str] = {}
    for c in _of(run, "conflicts"):
        for identifier in c.effect.conflicts:
            rules.setdefault(identifier, c.rule.id)
    return tuple(
        ConflictResult(
            id=identifier,
            title=catalogue.conflicts[identifier].title,
            sides=catalogue.citations(catalogue.conflicts[identifier].sides),
            governs=catalogue.conflicts[identifier].governs,
            why=catalogue.conflicts[identifier].why,
            rule=rules[identifier],
        )
        for identifier in sorted(rules)
    )


def _follow_up(run: Run) -> FollowUp:
    key, guideline = run.values["follow_up"], run.guideline
    schedule = guideline.schedules.get("001" if key == "001" else "003", {})
    planned = visits(
        key, guideline.schedules, run.settings.value("S-08"), run.settings.value("S-11")
    )
    return FollowUp(
        key=key,
        title=guideline.follow_up_keys[key],
        visits=planned,
        visit_text=schedule.get("visit", "") if planned else "",
        variants=variants(guideline.schedules) if planned else {},
        reasons=tuple(c.reason for c in _of(run, "follow_up")),
    )


def _prognosis(run: Run) -> Prognosis:
    key, data = run.values["prognosis"], run.guideline.prognosis
    return Prognosis(
        key=key,
        title=run.guideline.prognosis_keys[key],
        figures=data["figures"].get(key, {}),
        label=data["label"] if key != "none" else "",
        reasons=tuple(c.reason for c in _of(run, "prognosis")),
    )


def _inputs_read(run: Run) -> tuple[InputRead, ...]:
    """Return every input that a conclusion rests on, once; a true comparison counts.

    A computed value brings the inputs along from which it was computed.
    """
    found: dict[str, InputRead] = {}
    for c in run.concluded:
        for read in c.reason.inputs:
            if read.name not in found or read.truth == "T":
                found[read.name] = read
    for read in tuple(found.values()):
        for name in read.rests_on:
            found.setdefault(name, run.input_read(name, truth=True))
    inputs = (*fact_definitions(), *run.guideline.derived)
    return tuple(found[name] for name in inputs if name in found)


def _hashed(run: Run) -> dict[str, Any]:
    facts = {
        name: to_json(name, run.values[name])
        for name, info in fact_definitions().items()
        if run.values[name] not in (None, info.default)
    }
    return {
        "facts": facts,
        "guideline": [run.guideline.id, run.guideline.version],
        "settings": run.settings.to_json(),
    }
