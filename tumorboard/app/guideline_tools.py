"""Joins the store and the guideline: the institution's settings, and old cases on new rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tumorboard.annotations.model import utc_now
from tumorboard.app.case_repository import CaseRepository, CaseSummary, NewAssessment, Stamp
from tumorboard.app.guideline_choice import choices, guideline_in_force
from tumorboard.app.guideline_files import (
    SignedMeanwhileError,
    one_writer,
    settings_file,
    text_held,
)
from tumorboard.case.facts import FactSheet
from tumorboard.errors import UserError
from tumorboard.guidelines.assessment_differences import Difference, differences
from tumorboard.guidelines.evaluate import assess
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.overlay import Overlay, empty_overlay, load_overlay, overlay_text
from tumorboard.guidelines.parameters import SettingChange, Settings
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.whole_file import write_whole

_LABEL = _("Assessing cases")


@dataclass(frozen=True)
class InForce:
    """The settings that count here. ``problem`` says why an overlay does not count."""

    overlay: Overlay
    settings: Settings
    problem: str = ""


@dataclass(frozen=True)
class CaseDifference:
    """A case whose conclusions would differ. The label is the board's, not the patient's.

    ``guideline_version`` is that of the stored assessment, empty when there is none.
    """

    case_uid: str
    label: str
    guideline_version: str
    differences: tuple[Difference, ...]


def settings_in_force(folder: Path, guideline: Guideline) -> InForce:
    """Return the institution's settings from the store's folder.

    An overlay that cannot be used does not count: the shipped settings are in force, and
    ``problem`` is the sentence to show. This never raises for a bad file.
    """
    shipped = empty_overlay(guideline)
    try:
        path = settings_file(folder, guideline)
        if not path.exists():
            return InForce(shipped, guideline.settings)
        overlay = load_overlay(path, guideline)
    except UserError as error:
        return InForce(shipped, guideline.settings, str(error))
    return InForce(overlay, overlay.settings(guideline))


def save_change(
    folder: Path, change: SettingChange, guideline: Guideline, seen: Overlay | None = None
) -> InForce:
    """Add a signed change to the overlay and return what is in force now.

    ``seen`` are the settings that the signer saw under this guideline, None where nobody looked.

    Raises
    ------
    UserError
        When the change is not allowed or not signed, when the overlay there cannot be
        used (it is never overwritten), when the folder cannot be written, or when somebody
        else signed since (`SignedMeanwhileError`).

    """
    with one_writer(folder):
        return _save_change(folder, change, guideline, seen)


def _save_change(
    folder: Path, change: SettingChange, guideline: Guideline, seen: Overlay | None
) -> InForce:
    held = settings_in_force(folder, guideline)
    if held.problem:
        raise UserError(
            _("The settings cannot be changed while their file cannot be used."), held.problem
        )
    if seen is not None:
        _refuse_unseen(folder, guideline, held.overlay, seen)
    overlay = held.overlay.with_change(change, guideline)
    path = settings_file(folder, guideline)
    if any(not c.author.strip() for c in held.overlay.changes):
        raise UserError(
            _("{name} holds trial values that nobody signed.", name=path.name),
            _("Take its part “settings” out of the file, then sign."),
        )
    write_whole(path, overlay_text(overlay, text_held(path)).encode())
    return InForce(overlay, overlay.settings(guideline))


def _refuse_unseen(folder: Path, guideline: Guideline, held: Overlay, seen: Overlay) -> None:
    """Refuse to sign on settings, or under a guideline, that the signer has not seen."""
    now = guideline_in_force(folder)
    if now.version.key != (guideline.id, guideline.version):
        last = choices(folder).chosen[-1:] if not now.problem else ()
        said = "".join(f" ({act.text})" for act in last)
        raise SignedMeanwhileError(
            _("{name} came into force meanwhile{said}.", name=now.version.name, said=said)
        )
    if held.changes == seen.changes:
        return
    new = held.changes[len(seen.changes) :]
    if held.changes[: len(seen.changes)] != seen.changes or not new:
        raise SignedMeanwhileError(_("The file of the settings was changed meanwhile."))
    said = "; ".join(f"{c.id} {c.value} · {c.author} · {c.date} · {c.reason}" for c in new)
    raise SignedMeanwhileError(_("Signed meanwhile in another window: {said}.", said=said))


def preview(
    store: CaseRepository,
    guideline: Guideline,
    now: Settings,
    then: Settings,
    reporter: Reporter | None = None,
) -> tuple[CaseDifference, ...]:
    """Return the stored cases that other settings would change; nothing is written."""
    return cases_between(store, (guideline, now), (guideline, then), reporter or Reporter())


def cases_between(
    store: CaseRepository,
    now: tuple[Guideline, Settings],
    then: tuple[Guideline, Settings],
    reporter: Reporter,
) -> tuple[CaseDifference, ...]:
    """Return the stored cases that one guideline under its settings judges as another does not.

    Nothing is written. The version told with a case is that of ``now``.

    Raises
    ------
    UserError
        When the store cannot be read.
    CancelledError
        When the user stops.

    """
    found = []
    for case, facts in _cases(store, reporter):
        before, after = (assess(facts, *rules).to_json() for rules in (now, then))
        changed = differences(before, after, then[0])
        if changed:
            found.append(CaseDifference(case.uid, case.label, now[0].version, changed))
    return tuple(found)


def reassess(
    store: CaseRepository,
    guideline: Guideline,
    settings: Settings | None = None,
    *,
    dry_run: bool = True,
    author: str = "",
    reporter: Reporter | None = None,
) -> tuple[CaseDifference, ...]:
    """Return what this version or these settings change against the stored assessments.

    A case that was never assessed is compared with nothing at all. With ``dry_run``
    nothing is written; without it the new assessment of each differing case is added
    behind the old ones, which stay as they are.

    Raises
    ------
    UserError
        When the store cannot be read or written.
    CancelledError
        When the user stops; what was added until then stays.

    """
    found = []
    for case, facts in _cases(store, reporter or Reporter()):
        held = store.assessments.of_case(case.uid)
        before: dict[str, Any] = held[-1].result if held else {}
        result = assess(facts, guideline, settings)
        changed = differences(before, result.to_json(), guideline)
        if not changed:
            continue
        version = held[-1].guideline_version if held else ""
        found.append(CaseDifference(case.uid, case.label, version, changed))
        if not dry_run:
            new = NewAssessment(
                case.uid, result.input_hash, result.guideline_version, result.to_json()
            )
            with store.transaction():
                store.assessments.append(Stamp(author, utc_now()), new)
    return tuple(found)


def _cases(store: CaseRepository, reporter: Reporter) -> Iterator[tuple[CaseSummary, FactSheet]]:
    """Yield each case with the facts in force, as stored: nothing is derived anew."""
    found = store.cases.summaries()
    for done, case in enumerate(found):
        reporter.step(_LABEL, done, len(found))
        stated = store.cases.load(case.uid).facts
        derived = store.cases.load_derived(case.uid)
        yield case, FactSheet({**derived, **stated.facts})
    reporter.step(_LABEL, len(found), len(found))


def cases_changed_by(
    folder: Path, guideline: Guideline, now: Settings, change: SettingChange, reporter: Reporter
) -> tuple[CaseDifference, ...]:
    """Return the cases of the store in ``folder`` that a change would change; for a worker.

    Raises
    ------
    UserError
        When the change is not allowed, or the store cannot be read.

    """
    then = now.with_change(change)
    with CaseRepository.beside(folder) as store:
        return preview(store, guideline, now, then, reporter)


def cases_using(folder: Path, identifier: str, reporter: Reporter) -> tuple[tuple[str, str], ...]:
    """Return UID and words of the cases in ``folder`` that cite an identifier; for a worker."""
    with CaseRepository.beside(folder) as store:
        found = cases_citing(store, identifier, reporter)
    return tuple((c.uid, " · ".join(p for p in (c.label, c.question) if p)) for c in found)


def cases_citing(
    store: CaseRepository, identifier: str, reporter: Reporter | None = None
) -> tuple[CaseSummary, ...]:
    """Return the cases whose newest stored assessment used a rule, fact, setting or conflict.

    ``identifier`` is such as R-SUR-01, F-129, S-07 or C-18. Nothing is assessed anew.
    """
    told, found = reporter or Reporter(), []
    summaries = store.cases.summaries()
    for done, case in enumerate(summaries):
        told.step(_("Looking through cases"), done, len(summaries))
        held = store.assessments.of_case(case.uid)
        if held and identifier in set(_identifiers(held[-1].result)):
            found.append(case)
    return tuple(found)


def _identifiers(result: object, key: str = "") -> Iterator[str]:
    """Yield what stands under the keys that hold identifiers, at any depth."""
    if isinstance(result, dict):
        for name, value in result.items():
            yield from _identifiers(value, name)
    elif isinstance(result, list | tuple):
        for value in result:
            yield from _identifiers(value, key)
    elif key in _IDENTIFYING and isinstance(result, str):
        yield result


_IDENTIFYING = frozenset({"rule", "category_rule", "sources", "settings", "conflicts"})
