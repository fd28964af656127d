"""An institution's settings: a file beside the guideline, never in it.

    guideline: rps
    version: 1.0.0
    changes:
      - {id: S-02, value: 150, author: Dr Lead, date: "2026-01-05", reason: Board of 5 January}

The last change of a setting counts; earlier ones stay as its history. A file of trial
values may give ``settings: {S-02: 150}`` in the place of ``changes``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tumorboard.case.terms import Document, Place
from tumorboard.errors import UserError
from tumorboard.guidelines.appended import with_more
from tumorboard.guidelines.files import read_document
from tumorboard.guidelines.loader import load_guideline
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.parameters import SettingChange, Settings
from tumorboard.language import _

_HEAD = {"guideline", "version"}
_HEADING = """Settings of this institution: signed changes, the oldest first.
The last change of a setting counts. New changes are put behind; comments stay."""
_WORDS = ("author", "date", "reason")


@dataclass(frozen=True)
class Overlay:
    """The changes an institution made to the settings of one guideline version, in order."""

    guideline_id: str
    guideline_version: str
    changes: tuple[SettingChange, ...] = ()

    def with_change(self, change: SettingChange, guideline: Guideline) -> Overlay:
        """Return the overlay with one more change, checked.

        Raises
        ------
        UserError
            For an unknown setting, a value that is not allowed, or a change without
            author, date or reason.

        """
        checked = guideline.settings.with_change(change).changes[change.id]
        problem = _unsigned(checked)
        if problem:
            raise UserError(
                _("Setting {id}: {problem}.", id=change.id, problem=problem),
                _("Say who changes it and why."),
            )
        return replace(self, changes=(*self.changes, checked))

    def history(self, setting: str) -> tuple[SettingChange, ...]:
        """Return all changes of a setting, the oldest first."""
        return tuple(c for c in self.changes if c.id == setting)

    def settings(self, guideline: Guideline) -> Settings:
        """Return the settings in force: the defaults with the last change of each."""
        settings = guideline.settings
        for change in self.changes:
            settings = settings.with_change(change)
        return settings


def empty_overlay(guideline: Guideline) -> Overlay:
    """Return an overlay without changes."""
    return Overlay(guideline.id, guideline.version)


def load_settings_file(path: Path, guideline: Guideline | None = None) -> Settings:
    """Return the settings of a guideline with the changes in a file.

    Raises
    ------
    UserError
        With file and line: malformed, for another guideline or version, an unknown
        setting, a value out of range, or a change that nobody signed.

    """
    chosen = guideline or load_guideline()
    return load_overlay(path, chosen).settings(chosen)


def load_overlay(path: Path, guideline: Guideline) -> Overlay:
    """Read an overlay file; the errors are those of `load_settings_file`."""
    document = read_document(path)
    data = document.data
    if not isinstance(data, dict) or set(data) - {*_HEAD, "changes", "settings"}:
        raise document.error((), _("guideline, version and changes are expected, nothing else."))
    if set(data) & _HEAD != _HEAD:
        raise document.error((), _("it does not say for which guideline and version it is."))
    if data["guideline"] != guideline.id:
        text = _(
            'it is for the guideline "{guideline}", not {id}.',
            guideline=data["guideline"],
            id=guideline.id,
        )
        raise document.error(("guideline",), text)
    if str(data["version"]) != guideline.version:
        text = _(
            "it is for version {version}; in force is {in_force}.",
            version=data["version"],
            in_force=guideline.version,
        )
        raise document.error(("version",), text)
    overlay = empty_overlay(guideline)
    for place, change, signed in _entries(document):
        try:
            if signed:
                overlay = overlay.with_change(change, guideline)
            else:
                value = guideline.settings.with_change(change).changes[change.id]
                overlay = replace(overlay, changes=(*overlay.changes, value))
        except UserError as error:
            raise document.error(place, error.message) from error
    return overlay


def overlay_text(overlay: Overlay, held: str | None = None) -> str:
    """Return the text of the file that `load_overlay` reads.

    ``held`` is the text of the file as it is: what a person wrote there stays, and new changes go
    behind the others.
    """
    data = {
        "guideline": overlay.guideline_id,
        "version": overlay.guideline_version,
        "changes": [
            {"id": c.id, "value": _plain(c.value), **{w: getattr(c, w) for w in _WORDS}}
            for c in overlay.changes
        ],
    }
    return with_more(held, _HEADING, data, "changes")


def _entries(document: Document) -> Iterator[tuple[Place, SettingChange, bool]]:
    """Yield place and change; whether it has to be signed."""
    changes = document.data.get("changes") or []
    settings = document.data.get("settings") or {}
    if not isinstance(changes, list) or not isinstance(settings, dict):
        raise document.error((), _("changes is a list, settings are names with values."))
    for i, entry in enumerate(changes):
        place: Place = ("changes", i)
        if not isinstance(entry, dict) or set(entry) != {"id", "value", *_WORDS}:
            text = _("a change has id, value, author, date and reason, and nothing else.")
            raise document.error(place, text)
        words = {w: str(entry[w] if entry[w] is not None else "") for w in _WORDS}
        yield place, SettingChange(str(entry["id"]), entry["value"], **words), True
    for identifier, value in settings.items():
        yield ("settings", str(identifier)), SettingChange(str(identifier), value), False


def _unsigned(change: SettingChange) -> str:
    missing = [w for w in _WORDS if not getattr(change, w).strip()]
    if missing:
        return _("the change has no {key}", key=missing[0])
    try:
        date.fromisoformat(change.date)
    except ValueError:
        return _('"{date}" is not a date such as 2026-01-05', date=change.date)
    return ""


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
