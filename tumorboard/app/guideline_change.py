"""Going over to another guideline: what it does to settings and stored cases, and the signature."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tumorboard.app.case_repository import CaseRepository, holds_store
from tumorboard.app.guideline_choice import (
    CHOOSE,
    Choices,
    GuidelineInForce,
    Signature,
    add_act,
    choices,
    guideline_in_force,
    refuse_unseen,
)
from tumorboard.app.guideline_files import (
    one_writer,
    own_file,
    settings_file,
    settings_named,
    text_held,
)
from tumorboard.app.guideline_tools import (
    CaseDifference,
    InForce,
    cases_between,
    settings_in_force,
)
from tumorboard.app.guideline_versions import SHIPPED, GuidelineVersion, loaded
from tumorboard.errors import UserError
from tumorboard.guidelines.authoring.lint import ERROR, lint
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.overlay import Overlay, empty_overlay, overlay_text
from tumorboard.guidelines.parameters import SettingChange, SettingDefinition, Settings
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.whole_file import write_whole


@dataclass(frozen=True)
class LeftBehind:
    """A signed setting that another guideline does not take, with the reason."""

    change: SettingChange
    reason: str

    @property
    def text(self) -> str:
        """One line: which setting, and why."""
        return _("{id} is not carried over: {reason}", id=self.change.id, reason=self.reason)


@dataclass(frozen=True)
class CarriedSettings:
    """The settings that hold under another guideline, and those that stay behind."""

    overlay: Overlay
    settings: Settings
    left: tuple[LeftBehind, ...]


@dataclass(frozen=True)
class Preview:
    """What choosing a version does: to the settings, and to each stored case that changes."""

    version: GuidelineVersion
    carried: CarriedSettings
    cases: tuple[CaseDifference, ...]

    @property
    def lines(self) -> list[str]:
        """The preview in lines of words."""
        kept = self.carried.settings.non_default()
        found = [left.text for left in self.carried.left]
        if kept:
            found.append(
                _("Settings changed here then: {kept}.", kept=", ".join(c.id for c in kept))
            )
        found += [f"{c.label}: {d.text}" for c in self.cases for d in c.differences]
        return found if self.cases else [*found, _("No stored case would change.")]


def carried_settings(folder: Path, now: Guideline, then: Guideline) -> CarriedSettings:
    """Return what of the signed settings under ``now`` holds under ``then``.

    A setting goes over with its history when it means the same there and its last value is
    allowed. What ``then`` had when it was in force before stands first.

    Raises
    ------
    UserError
        When a file of settings cannot be used: nothing is left behind unread.

    """
    held, before = settings_in_force(folder, now), _settings_of(folder, then)
    for found in (held, before):
        if found.problem:
            text = _("The settings here cannot be carried over while their file cannot be used.")
            raise UserError(text, found.problem)
    overlay = before.overlay
    if (now.id, now.version) == (then.id, then.version):
        return CarriedSettings(overlay, overlay.settings(then), ())
    last = {c.id: c for c in held.overlay.changes}
    refused = {i: reason for i, c in last.items() if (reason := _refusal(c, now, then))}
    left = [LeftBehind(last[i], reason) for i, reason in refused.items()]
    there = [*overlay.changes]
    for change in held.overlay.changes:
        if change in there:
            there.remove(change)  # carried over before; the same may have been signed again since
        elif change.id not in refused:
            with contextlib.suppress(UserError):  # an earlier value, which does not count any more
                overlay = overlay.with_change(change, then)
    return CarriedSettings(overlay, overlay.settings(then), tuple(left))


def _settings_of(folder: Path, guideline: Guideline) -> InForce:
    """Return the settings that a guideline had here; none when only those of others are here."""
    named = settings_named(folder)
    own = own_file(folder, guideline).exists()
    if not own and named is not None and named != (guideline.id, guideline.version):
        return InForce(empty_overlay(guideline), guideline.settings)
    return settings_in_force(folder, guideline)


def _refusal(change: SettingChange, now: Guideline, then: Guideline) -> str:
    """Return why a setting cannot go over, empty when it can."""
    old = now.settings.definitions[change.id]
    new = then.settings.definitions.get(change.id)
    if new is None:
        return _(
            "“{title}” is no setting of {id} {version}.",
            title=old.title,
            id=then.id,
            version=then.version,
        )
    if _meaning(old) != _meaning(new):
        return _(
            "“{title}” reads “{other}” in {id} {version}.",
            title=old.title,
            other=new.title,
            id=then.id,
            version=then.version,
        )
    try:
        empty_overlay(then).with_change(change, then)
    except UserError as error:
        return error.message
    return ""


def _meaning(setting: SettingDefinition) -> tuple[object, ...]:
    keys = tuple(setting.default) if isinstance(setting.default, Mapping) else ()
    return setting.title, setting.kind, setting.unit, keys


def preview_version(folder: Path, version: GuidelineVersion, reporter: Reporter) -> Preview:
    """Return what choosing a version would do in the store in ``folder``; for a worker.

    Raises
    ------
    UserError
        When the version or the settings here cannot be used, or the store cannot be read.
    CancelledError
        When the user stops.

    """
    now, then = guideline_in_force(folder).guideline, _choosable(folder, version)
    carried = carried_settings(folder, now, then)
    before = settings_in_force(folder, now).settings
    if not holds_store(folder):
        return Preview(version, carried, ())
    with CaseRepository.beside(folder) as store:
        cases = cases_between(store, (now, before), (then, carried.settings), reporter)
    return Preview(version, carried, cases)


def choose(
    folder: Path, version: GuidelineVersion, signature: Signature, seen: Choices | None = None
) -> GuidelineInForce:
    """Let the store in ``folder`` go by a version from now on; stored assessments stay.

    The settings of the version are written first, then the choice, which counts as soon as it
    is written: whatever stops this in between leaves the old guideline with its settings. ``seen``
    is the history that the signer saw, None where nobody looked at one.

    Raises
    ------
    UserError
        When it is retired, cannot be used or has errors, when the settings here cannot be
        used, when it is not signed, when the folder cannot be written, or when somebody else
        signed since (`SignedMeanwhileError`).

    """
    signature.checked()
    then = _choosable(folder, version)
    with one_writer(folder):
        refuse_unseen(folder, seen)
        _refuse_retired(folder, version)
        _go_over(folder, version, then, signature)
    return guideline_in_force(folder)


def _go_over(
    folder: Path, version: GuidelineVersion, then: Guideline, signature: Signature
) -> None:
    now = guideline_in_force(folder).guideline
    carried = carried_settings(folder, now, then)
    names = settings_named(folder)
    if (now.id, now.version) != (then.id, then.version) and (
        carried.overlay.changes or names is not None
    ):
        plain = names == (then.id, then.version)
        path = settings_file(folder, then) if plain else own_file(folder, then)
        write_whole(path, overlay_text(carried.overlay, text_held(path)).encode())
    add_act(folder, CHOOSE, version, signature)


def _choosable(folder: Path, version: GuidelineVersion) -> Guideline:
    if version.problem:
        raise UserError(version.problem)
    _refuse_retired(folder, version)
    if version.origin != SHIPPED:
        refuse_errors(version.folder, version.name)
    return loaded(version)


def _refuse_retired(folder: Path, version: GuidelineVersion) -> None:
    if version.key in choices(folder).retired:
        text = _("{name} is retired here.", name=version.name)
        raise UserError(text, _("Choose another version, or reinstate this one."))


def refuse_errors(folder: Path, name: str) -> None:
    """Raise a `UserError` that names what an examination finds wrong with a guideline."""
    errors = [f for f in lint(folder) if f.severity == ERROR]
    if errors:
        first = errors[0]
        place = (
            _("{file}, line {line}", file=first.file, line=first.line) if first.line else first.file
        )
        hint = _("Correct it.")
        if errors[1:]:
            hint += " " + _("And {count} more: see the command lint.", count=len(errors) - 1)
        raise UserError(
            _("{name} has an error. {place}: {text}", name=name, place=place, text=first.text),
            hint,
        )
