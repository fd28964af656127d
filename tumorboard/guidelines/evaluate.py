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
)
from tumorboard.guidelines.catalogue import Conflict
from tumorboard.guidelines.model import EvidenceLists, Guideline, RuleGroup
from tumorboard.guidelines.parameters import Settings
from tumorboard.guidelines.run import Concluded, Run, derived_text
from tumorboard.guidelines.schedule import variants, visits
from tumorboard.guidelines.tree import OFFERED
from tumorboard.language import _


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
    # Every conflict that a line of this assessment can carry.
    held = {c.conflict for c in run.guideline.carried if run.holds(c.condition)}
    return Assessment(
        guideline_id=guideline.id,
        guideline_version=guideline.version,
        fact_base=guideline.fact_base,
        category=category.effect.target,
        category_text=guideline.categories[category.effect.target],
        category_rule=category.rule.id,
        category_reason=category.reason,
        qualifiers=_qualifiers(run, category),
        category_words=_category_words(run, category),
        provisional=provisional,
        provisional_reason=_("Histology is not confirmed.") if provisional else "",
        criteria=_criteria(run),
        missing=run.missing,
        also_missing=run.also_missing,
        options=_options(run),
        alerts=_alerts(run),
        notes=_texts(run, "note"),
        displays=_texts(run, "display"),
        silences=_texts(run, "silence"),
        derived=_derived(run),
        conflicts=_conflicts(run),
        carried={identifier: _conflict(run, identifier, "") for identifier in sorted(held)},
        follow_up=_follow_up(run),
        prognosis=_prognosis(run),
        inputs_read=_inputs_read(run),
        changed_settings=run.settings.non_default(),
        settings_against_source=_against_source(run),
        works={s.short: s.full for s in guideline.catalogue.sources.values()},
        hashed=_hashed(run),
    )


PROVISIONAL = "provisional"


def _plain_qualifiers(run: Run, category: Concluded) -> tuple[str, ...]:
    marks = (*category.effect.qualifiers, *run.guideline.qualifiers)
    return tuple(q.text for q in marks if run.holds(q.condition))


def _touching(run: Run) -> list[Concluded]:
    """Contradictions that the category line names, by the number of their rule."""
    if run.stopped or not run.guideline.contradicted:
        return []
    found = [c for c in _of(run, "alert") if c.effect.touches_category]
    return sorted(found, key=lambda c: c.rule.id)


def _qualifiers(run: Run, category: Concluded) -> tuple[str, ...]:
    if run.stopped:
        return ()
    template = run.guideline.contradicted
    by = dict.fromkeys(template.format(rule=c.rule.id) for c in _touching(run))
    return (*_plain_qualifiers(run, category), *by)


def _category_words(run: Run, category: Concluded) -> tuple[str, ...]:
    if run.stopped:
        return ()
    template = run.guideline.contradicted
    plain = (q for q in _plain_qualifiers(run, category) if q != PROVISIONAL)
    named = (
        f"{template.format(rule=c.rule.id)}: {run.render(c.effect.summary)}" for c in _touching(run)
    )
    return tuple(dict.fromkeys((*plain, *named)))


def _carried(run: Run, line: str) -> tuple[str, ...]:
    """Return the conflicts of the sources that a line carries, in order of number."""
    found = {
        c.conflict for c in run.guideline.carried if line in c.lines and run.holds(c.condition)
    }
    return tuple(sorted(found))


def _texts(run: Run, kind: str) -> tuple[NoteResult, ...]:
    return tuple(
        NoteResult(c.rule.id, c.reason.text, c.effect.target, c.reason, _carried(run, c.rule.id))
        for c in _of(run, kind)
    )


def _criteria(run: Run) -> tuple[CriterionState, ...]:
    return tuple(
        CriterionState(
            name,
            definition(name).label,
            run.values[name] or "not_assessed",
            run.sheet.get(name),
            _carried(run, name),
        )
        for name in run.guideline.criteria
    )


def _options(run: Run) -> tuple[OptionResult, ...]:
    """Options with the universal ones first, then by status, then in catalogue order.

    An equal alternative stands right behind the option that it equals.
    """
    found: dict[str, list[Concluded]] = {}
    for c in _of(run, "option"):
        found.setdefault(c.effect.target, []).append(c)
    results = {option: _option(run, option, concluded) for option, concluded in found.items()}
    best_first = list(run.guideline.statuses)[::-1]
    catalogue = list(run.guideline.options)

    def key(option: str) -> tuple[bool, int, int, bool]:
        equal = results[option].equal_with
        beside = equal if equal in results else option
        rank = best_first.index(run.merged[beside])
        universal = run.guideline.options[option].universal
        return not universal, rank, catalogue.index(beside), beside != option

    return tuple(results[option] for option in sorted(results, key=key))


def _option(run: Run, option: str, concluded: list[Concluded]) -> OptionResult:
    status = run.merged[option]
    reasons = tuple(replace(c.reason, lost=c.effect.status != status) for c in concluded)
    kept = [c.effect for c in concluded if c.effect.status == status]
    state = next((e.state for e in kept if e.state), "")
    equal_with = next((e.equal_with for e in kept if e.equal_with), "")
    plain = run.guideline.statuses[status]
    words = run.guideline.states.get(state) or (run.guideline.equal_words if equal_with else "")
    return OptionResult(
        id=option,
        title=run.guideline.options[option].title,
        status=status,
        status_text=plain,
        universal=run.guideline.options[option].universal,
        reasons=tuple(sorted(reasons, key=lambda r: r.lost)),
        words=words if words and status in OFFERED else plain,
        state=state,
        equal_with=equal_with,
        departure=tuple(dict.fromkeys(s for e in kept for s in e.departure)),
        carried=_carried(run, option),
        evidence=run.guideline.evidence.get(option, EvidenceLists()),
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
            contradiction=c.effect.contradiction,
            summary=run.render(c.effect.summary),
            carried=_carried(run, c.rule.id),
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
    rules: dict[str, str] = {}
    for c in _of(run, "conflicts"):
        for identifier in c.effect.conflicts:
            rules.setdefault(identifier, c.rule.id)
    return tuple(_conflict(run, identifier, rules[identifier]) for identifier in sorted(rules))


def _conflict(run: Run, identifier: str, rule: str) -> ConflictResult:
    catalogue = run.guideline.catalogue
    conflict = catalogue.conflicts[identifier]
    return ConflictResult(
        id=identifier,
        title=conflict.title,
        sides=catalogue.citations(conflict.sides),
        governs=_governs(run, conflict),
        why=conflict.why,
        rule=rule,
    )


def _governs(run: Run, conflict: Conflict) -> tuple[str, ...]:
    """Return the governing side; where it depends on the case, by the first that holds."""
    by_case = run.guideline.governing.get(conflict.id)
    if by_case is None:
        return conflict.governs
    return next((sides for condition, sides in by_case if run.holds(condition)), ())


def _against_source(run: Run) -> dict[str, str]:
    """Return the words on each changed setting that is narrower or wider than its source."""
    words = {
        change.id: ", ".join(
            mark.text
            for mark in run.guideline.against_source.get(change.id, ())
            if run.holds(mark.condition)
        )
        for change in run.settings.non_default()
    }
    return {setting: text for setting, text in words.items() if text}


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
