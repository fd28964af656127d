"""Decisions and agendas in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tumorboard.app.case_repository import StoredDecision
from tumorboard.case.decision import Agreement, Considered, Decision, Intent
from tumorboard.case.meeting import Meeting
from tumorboard.language import _
from tumorboard.reports.identity import Withholding
from tumorboard.reports.meeting_content import Decided, Rejected, Signature
from tumorboard.reports.words import iso_date, local_time_with_zone

_DAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def day_in_words(text: str) -> str:
    """Return an ISO date as "Friday, 27 Nov 2026"; other text as it is."""
    try:
        return f"{_DAYS[date.fromisoformat(text).weekday()]}, {iso_date(text)}"
    except ValueError:
        return text


def planned_starts(meeting: Meeting) -> tuple[str, ...]:
    """Return when each case begins: 14:36, or "+6 min" where the start is no clock time."""
    try:
        begin = datetime.strptime(meeting.start.strip(), "%H:%M")
    except ValueError:
        return tuple(_("+{minutes} min", minutes=offset) for offset in meeting.offsets())
    return tuple(f"{begin + timedelta(minutes=m):%H:%M}" for m in meeting.offsets())


@dataclass(frozen=True)
class Words:
    """How what was stored is put into words.

    ``staff`` are the names that stay even where a patient has the same, ``titles`` the
    options of the catalogue by identifier.
    """

    blanked: Withholding
    staff: frozenset[str]
    titles: Mapping[str, str]

    def free(self, text: str) -> str:
        """Return what a person wrote, without surrounding space and without identity."""
        return self.blanked(text.strip())

    def person(self, name: str) -> str:
        """Return the name of somebody who works here, or free words for one."""
        return name.strip() if name in self.staff else self.free(name)

    def option(self, identifier: str, frozen: Mapping[str, str]) -> str:
        """Return the title of an option, as it read when it was signed."""
        title = frozen.get(identifier) or self.titles.get(identifier)
        return title if title is not None else self.free(identifier)


def decided_words(saving: StoredDecision, words: Words) -> Decided:
    """Put a decision into words; a signed one names options as they read then."""
    decision, frozen = saving.decision, _frozen_titles(saving.record)
    spoken = [words.option(o, frozen) for o in decision.options]
    free = words.free(decision.recommendation)
    return Decided(
        recommendation=(*spoken, free) if free else tuple(spoken),
        intent=_INTENTS[decision.intent],
        rejected=tuple(
            Rejected(words.option(r.option, frozen), words.free(r.reason))
            for r in decision.rejected
        ),
        agreement=_agreement(decision, words),
        stage=words.free(decision.stage),
        histology=words.free(decision.histology),
        trial=_TRIAL[decision.trial],
        responsible=words.person(decision.responsible),
        due=decision.due.strip(),
        deferred_because=words.free(decision.deferred_because),
        outcome=_outcome(decision, words),
        signature=_signature(saving) if saving.signed else None,
    )


_INTENTS: Final = {
    Intent.NOT_STATED: "",
    Intent.CURATIVE: _("curative"),
    Intent.PALLIATIVE: _("palliative"),
    Intent.DIAGNOSTIC: _("diagnostic"),
    Intent.SURVEILLANCE: _("surveillance"),
}
_TRIAL: Final = {Considered.NOT_STATED: "", Considered.YES: _("yes"), Considered.NO: _("no")}


def _agreement(decision: Decision, words: Words) -> str:
    if decision.agreement is Agreement.DISSENTS:
        reason = words.free(decision.dissent_reason)
        return (
            _("differs from the assessment: {reason}", reason=reason)
            if reason
            else _("differs from the assessment")
        )
    return _("agrees with the assessment") if decision.agreement is Agreement.AGREES else ""


def _outcome(decision: Decision, words: Words) -> str:
    told = words.free(decision.outcome)
    if decision.outcome_as_recommended is None:
        return told
    if decision.outcome_as_recommended:
        return _("{outcome} (as recommended)", outcome=told).strip()
    because = words.free(decision.differs_because)
    return _("{outcome} (not as recommended: {because})", outcome=told, because=because).strip()


def _signature(saving: StoredDecision) -> Signature:
    return Signature(
        saving.author,
        local_time_with_zone(saving.utc),
        saving.version,
        str(saving.record.get("digest", "")),
        str(saving.record.get("audit_head", "")),
        _follows(saving),
    )


def _follows(saving: StoredDecision) -> str:
    """Say which signed version one corrects or carries on; older records tell the last saving."""
    if "record_version" in saving.record and saving.record["record_version"] > 1:
        before = saving.record.get("follows", {}).get("version")
        return _("follows version {before}", before=before) if before else ""
    return _("follows version {before}", before=saving.version - 1) if saving.predecessor else ""


def _frozen_titles(record: Mapping[str, Any]) -> dict[str, str]:
    options = record.get("assessment", {}).get("options", {})
    if not isinstance(options, dict):
        return {}
    found = {key: value.get("title") for key, value in options.items() if isinstance(value, dict)}
    return {key: title for key, title in found.items() if isinstance(title, str)}
