"""The trace of an assessment as text: each conclusion with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tumorboard.guidelines.assessment import Assessment, InputRead, Reason
from tumorboard.guidelines.catalogue import Citation
from tumorboard.language import N_, _

_STEP = "  "
_ORIGINS = {
    "annotation": N_("annotation"),
    "derived": N_("derived"),
    "entered": N_("entered"),
    "tried": N_("tried"),
}


def explain(assessment: Assessment) -> str:
    """Return every conclusion with its rule, the inputs read, settings and sources.

    Each input stands with T, F or U (held, did not hold, not known), its value and where
    it came from. A reason that a more restrictive one outweighed is marked so.
    """
    return "\n".join((*_head(assessment), *_body(assessment))) + "\n"


def _head(assessment: Assessment) -> Iterator[str]:
    yield (
        _(
            "Guideline {guideline_id} {guideline_version}, fact base {fact_base}",
            guideline_id=assessment.guideline_id,
            guideline_version=assessment.guideline_version,
            fact_base=assessment.fact_base,
        )
    )
    yield _("Inputs {input_hash}", input_hash=assessment.input_hash)
    read = ", ".join(sorted({i.label for i in assessment.inputs_read}))
    yield _("Read by the rules: {read}", read=read or _("nothing"))
    for change in assessment.changed_settings:
        who = ", ".join(part for part in (change.author, change.date, change.reason) if part)
        said = _("Setting {id} = {value}", id=change.id, value=change.value)
        yield f"{said} ({who})" if who else said
    yield ""
    yield _("CATEGORY") + f" {assessment.category_text} [{assessment.category_rule}]"
    yield from _reason(assessment.category_reason)
    yield from (_STEP + _("qualifier: {text}", text=text) for text in assessment.category_words)
    if assessment.provisional:
        yield _STEP + _("provisional: {reason}", reason=assessment.provisional_reason)
    for word, items in ((_("missing"), assessment.missing), (_("also"), assessment.also_missing)):
        if items:
            yield f"{_STEP}{word}: {', '.join(f'{m.label} ({m.name})' for m in items)}"


def _body(assessment: Assessment) -> Iterator[str]:
    for option in assessment.options:
        yield from ("", _("OPTION") + f" {option.id} {option.title}: {option.words}")
        yield from _reasons(option.reasons)
        if option.carried:
            yield _STEP + _("sources differ: {conflicts}", conflicts=", ".join(option.carried))
    for alert in assessment.alerts:
        yield from ("", _("ALERT") + f" {alert.rule} {alert.severity_text}")
        yield from _reason(alert.reason)
    for kind, lines in (
        (_("NOTE"), assessment.notes),
        (_("DISPLAY"), assessment.displays),
        (_("SILENCE"), assessment.silences),
    ):
        for line in lines:
            yield from ("", f"{kind} {line.about}".rstrip())
            yield from _reason(line.reason)
    yield from ("", _("FOLLOW-UP") + f" {assessment.follow_up.title}")
    yield from _reasons(assessment.follow_up.reasons)
    months = ", ".join(str(visit.month) for visit in assessment.follow_up.visits)
    if months:
        yield _STEP + _("months: {months}", months=months)
    yield from ("", _("PROGNOSIS") + f" {assessment.prognosis.title}")
    yield from _reasons(assessment.prognosis.reasons)
    for conflict in assessment.conflicts:
        yield from ("", _("CONFLICT") + f" {conflict.id} {conflict.title} [{conflict.rule}]")
        yield from (_STEP + _("side: {source}", source=_cited(c)) for c in conflict.sides)
        governs = ", ".join(conflict.governs) or _("none")
        yield _STEP + _("governs: {sides}. {why}", sides=governs, why=conflict.why)
    yield from ("", _("COMPUTED"))
    for value in assessment.derived.values():
        sources = ", ".join(c.id for c in value.sources)
        yield f"{_STEP}{value.label} ({value.name}): {value.text} [{sources}]"


def _reasons(reasons: Iterable[Reason]) -> Iterator[str]:
    for reason in reasons:
        yield from _reason(reason)


def _reason(reason: Reason) -> Iterator[str]:
    weighed = _(" (outweighed)") if reason.lost else ""
    status = f" {reason.status}" if reason.status else ""
    yield f"{_STEP}{reason.rule}{status}{weighed}: {reason.text}"
    inner = _STEP * 2
    if reason.mark:
        yield inner + _("mark: {text}", text=reason.mark)
    if reason.strength:
        yield inner + _("strength: {grade}", grade=reason.strength)
    yield from (f"{inner}{_input(read)}" for read in reason.inputs)
    if reason.missing:
        yield inner + _("missing: {names}", names=", ".join(m.name for m in reason.missing))
    if reason.settings:
        yield inner + _("settings: {names}", names=", ".join(reason.settings))
    yield from (inner + _("source: {source}", source=_cited(c)) for c in reason.sources)


def _cited(citation: Citation) -> str:
    scope = f", {citation.scope}" if citation.scope else ""
    return f"{citation.id}{scope}: {citation.source}"


def _input(read: InputRead) -> str:
    p = read.provenance
    kind = _(_ORIGINS.get(p.origin, p.origin))
    origin = ", ".join(part for part in (kind, p.author, p.time_utc, p.note) if part)
    return f"[{read.truth}] {read.label} ({read.name}): {read.text} - {origin}"
