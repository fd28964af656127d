"""The work of the command line that needs no window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tumorboard import strict_json
from tumorboard.app.case_repository import (
    CaseRepository,
    DamagedStoreError,
    holds_store,
    keeps_copies,
    verify,
)
from tumorboard.app.guidance import Guidance
from tumorboard.app.guideline_tools import reassess
from tumorboard.app.imports import ImportOutcome, find, must_exist, take_in
from tumorboard.app.settings import Settings as ReaderSettings
from tumorboard.app.workspace import Workspace
from tumorboard.case.definitions import fact_definitions
from tumorboard.case.facts import Provenance, sheet_from_json
from tumorboard.dicom.scan import ScanResult
from tumorboard.errors import UserError
from tumorboard.guidelines.assessment import Assessment
from tumorboard.guidelines.batch import assess_lines
from tumorboard.guidelines.evaluate import assess
from tumorboard.guidelines.loader import load_guideline
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.overlay import load_settings_file
from tumorboard.guidelines.parameters import Settings
from tumorboard.language import _, inside
from tumorboard.progress import Reporter


def import_paths(
    folder: Path,
    paths: Sequence[Path],
    reporter: Reporter,
    *,
    same_patient: bool | None = None,
) -> ImportOutcome:
    """Scan files and folders and store what they hold.

    ``same_patient`` answers whether records that differ by a missing birth date are of one
    patient; without an answer they are left out.

    Raises
    ------
    UserError
        When a path does not exist or the store cannot be written.

    """
    must_exist(paths)
    workspace = Workspace(folder, ReaderSettings().author)
    try:
        found = find(paths, reporter, workspace.unpack_to)
        return take_in(workspace.session, found, same_patient=same_patient)
    finally:
        workspace.close()


def import_bundle(folder: Path, path: Path, reporter: Reporter, *, beside: bool = False) -> str:
    """Take a case bundle into the store; return what it brought in words.

    Raises
    ------
    UserError
        When it cannot be taken in, or the case is there already and not wanted ``beside``.

    """
    from tumorboard.app.bundle_intake import arrived_words, take_in_bundle
    from tumorboard.app.bundle_reader import read_bundle

    bundle = read_bundle(path, reporter)
    workspace = Workspace(folder, ReaderSettings().author, wait_for_rules=False)
    try:
        return arrived_words(take_in_bundle(workspace.session, bundle, beside=beside), bundle)
    finally:
        workspace.close()


def scan_table(found: ScanResult) -> str:
    """Return a scan as lines for a terminal, without any patient identity."""
    lines = []
    for series in found.series:
        size = f"{series.slices} x {series.rows} x {series.columns}"
        name = series.info.series_description or _("no description")
        lines.append(f"{series.modality:<4} {series.kind:<9} {size:<18} {name}")
        lines += [_note(caveat.text, 7) for caveat in series.caveats]
    lines += [
        _("left out: {file}: {reason}", file=refusal.file, reason=refusal.reason)
        for refusal in found.refused
    ]
    return "\n".join(lines) or _("No images were found.")


def assess_text(
    text: str, settings_file: Path | None = None, guideline: Guideline | None = None
) -> Assessment:
    """Assess facts given as a JSON object by the names of the closed list.

    Without a guideline the newest that ships is applied.

    Raises
    ------
    UserError
        When the text is not a JSON object, or a name or value is not allowed.

    """
    try:
        values = strict_json.loads(text)
    except ValueError as error:
        raise UserError(
            _("The facts are not valid JSON."),
            _("Write one object of names and values, each name once."),
        ) from error
    if not isinstance(values, dict):
        raise UserError(_("The facts are not one JSON object."), _('Write {"site": "...", ...}.'))
    sheet = sheet_from_json(values, Provenance("entered", note=_("from the file")))
    rules = guideline or load_guideline()
    return assess(sheet, rules, _settings(settings_file, rules))


def result_lines(
    lines: Iterable[str], settings_file: Path | None = None, guideline: Guideline | None = None
) -> Iterator[str]:
    """Assess one JSON object of facts a line; return one result a line.

    Raises
    ------
    UserError
        When the settings cannot be used; a bad line gives an error in its place.

    """
    rules = guideline or load_guideline()
    return assess_lines(lines, rules, _settings(settings_file, rules))


def _settings(file: Path | None, guideline: Guideline) -> Settings | None:
    return None if file is None else load_settings_file(file, guideline)


def reassess_store(folder: Path, keep: bool, reporter: Reporter) -> str:
    """Say what the guideline in force changes in the stored cases, in lines of words.

    Raises
    ------
    UserError
        When there is no store in the folder or it cannot be opened.

    """
    must_hold_store(folder)
    guideline, settings = Guidance(folder).rules
    with CaseRepository(folder) if keep else CaseRepository.to_read(folder) as store:
        found = reassess(
            store,
            guideline,
            settings,
            dry_run=not keep,
            author=ReaderSettings().author,
            reporter=reporter,
        )
    lines = [f"{d.label}: {change.text}" for d in found for change in d.differences]
    return "\n".join(lines) or _("Nothing would change in any stored case.")


def assessment_words(result: dict[str, Any]) -> str:
    """Return an assessment as JSON values in lines of words; nothing of it is left out."""
    lines = [
        _(
            "Guideline {id} {version}",
            id=result["guideline"]["id"],
            version=result["guideline"]["version"],
        ),
        _(
            "{category} (rule {rule})",
            category=result["category_text"],
            rule=result["category_rule"],
        ),
    ]
    if result["provisional"]:
        lines.append("  " + _("provisional: the histology is not confirmed"))
    lines += [f"  {qualifier}" for qualifier in result["category_words"]]
    missing = [*result["missing"], *result["also_missing"]]
    if missing:
        lines.append(_("Not assessed: {labels}", labels=_labels(missing)))
    for rule, alert in result["alert_details"].items():
        severity = inside(alert["severity_text"])
        if alert["contradiction"]:
            severity = _("contradiction, {severity}", severity=severity)
        lines.append(f"{severity}: {_said(alert)} ({rule})")
        lines += _carried_words(alert["carried"])
    for option in result["options"].values():
        lines.append(f"{inside(option['status_text'])}: {option['title']}")
        lines += [f"    {r['rule']}: {_said(r)} [{_cited(r)}]" for r in option["reasons"]]
        if option["missing"]:
            told = _("can still change by: {labels}", labels=_labels(option["missing"]))
            lines.append(f"    {told}")
        lines += _carried_words(option["carried"])
    lines += [_note(f"{_said(n)} ({n['rule']})") for n in result["note_details"]]
    lines += [
        _("silent: {text}", text=f"{s['text']} ({s['rule']})") for s in result["silence_details"]
    ]
    lines += [_("sources differ: {points}", points=conflict) for conflict in result["conflicts"]]
    for setting, value in result["settings"].items():
        against = result["settings_against_source"].get(setting, "")
        lines.append(
            _("setting {setting}: {value}", setting=setting, value=value)
            + (f" ({against})" if against else "")
        )
    return "\n".join(lines)


def _note(text: str, indent: int = 0) -> str:
    return " " * indent + _("note: {text}", text=text)


def _labels(names: Iterable[str]) -> str:
    """Return inputs in words; a grade stands for what it comes from."""
    known = fact_definitions()
    return ", ".join(known[n].label if n in known else n.capitalize() for n in names)


def _said(reason: Mapping[str, Any]) -> str:
    remarks = [part for part in (reason["strength"], reason["mark"]) if part]
    return " · ".join((reason["text"], *remarks, *([_("outweighed")] if reason["lost"] else [])))


def _cited(reason: Mapping[str, Any]) -> str:
    """Return facts, places and the patients they are about."""
    places = "; ".join(dict.fromkeys(reason["citations"]))
    about = ", ".join(dict.fromkeys(s for s in reason["scopes"] if s))
    cited = f"{', '.join(reason['sources'])}: {places}"
    return f"{cited}; {_('about {patients}', patients=about)}" if about else cited


def _carried_words(conflicts: Iterable[str]) -> list[str]:
    carried = ", ".join(conflicts)
    return ["    " + _("the sources differ: {points}", points=carried)] if carried else []


def verify_store(folder: Path, reporter: Reporter) -> tuple[bool, str]:
    """Check a store; return whether it is whole, and what was found in words.

    Raises
    ------
    UserError
        When there is no store in the folder or it cannot be opened.

    """
    must_hold_store(folder)
    try:
        store = CaseRepository.to_read(folder)
    except DamagedStoreError as error:
        return False, str(error)
    with store:
        report = verify(store, reporter)
        lines = (
            [*report.problems] if not report.ok else [_("The store and its audit chain are whole.")]
        )
        lines += [_("to be looked at: {doubt}", doubt=doubt) for doubt in report.doubts]
        checked = _(
            "{cases} cases, {steps} steps, {audit_rows} audit entries",
            cases=report.cases,
            steps=report.steps,
            audit_rows=report.audit_rows,
        )
        lines.append(_("Looked at: {checked}.", checked=checked))
        lines.append(_("Audit head: {head}", head=store.head))
    return report.ok, "\n".join(lines)


def must_hold_store(folder: Path) -> None:
    """Raise a `UserError` unless there is a store in the folder, or what was kept of one."""
    if not holds_store(folder) and not keeps_copies(folder):
        raise UserError(
            _("There is no store in this folder."), _("Name another one with --store DIR.")
        )
