"""The guidelines that are here with their state in words, for the window and the command line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tumorboard.app.case_repository import CaseRepository, holds_store
from tumorboard.app.guideline_choice import (
    Choices,
    choices,
    guideline_in_force,
)
from tumorboard.app.guideline_versions import ORIGINS, GuidelineVersion, loaded, versions
from tumorboard.errors import UserError
from tumorboard.language import _, ngettext
from tumorboard.progress import Reporter

IN_FORCE, RETIRED, USABLE, UNUSABLE = (
    _("in force"),
    "retired",
    _("can be chosen"),
    _("cannot be used"),
)


@dataclass(frozen=True)
class Entry:
    """A guideline with its state; ``cases`` is how many cases were last assessed by it."""

    version: GuidelineVersion
    state: str
    problem: str
    cases: int

    @property
    def text(self) -> str:
        """One line, such as "rps 1.1.0: in force; ships with the program; 3 cases"."""
        parts = [p for p in (self.state, ORIGINS[self.version.origin], self.used) if p]
        said = f": {self.problem}" if self.problem else ""
        return f"{self.version.name.strip() or _('Guidelines')}: {'; '.join(parts)}{said}"

    @property
    def used(self) -> str:
        """How many cases were last assessed by it, in words; empty for none."""
        if not self.cases:
            return ""
        return ngettext(
            "{count} case last assessed by it", "{count} cases last assessed by it", self.cases
        )


@dataclass(frozen=True)
class Listed:
    """Every guideline, what is to be said of the one in force, and the signed history.

    ``choices`` is the history as it was read, for who signs on what is shown here.
    """

    entries: tuple[Entry, ...]
    sentences: tuple[str, ...]
    history: tuple[str, ...]
    choices: Choices


def listed(folder: Path, reporter: Reporter | None = None) -> Listed:
    """Return the guidelines that the store in ``folder`` can go by, each one loaded.

    Raises
    ------
    UserError
        When the store cannot be read.
    CancelledError
        When the user stops.

    """
    told = reporter or Reporter()
    held = guideline_in_force(folder)
    try:
        acts = choices(folder)
    except UserError:  # `held.problem` says so
        acts = Choices()
    used, found = _used(folder), []
    here = versions(folder)
    for done, version in enumerate(here):
        told.step(_("Reading guidelines"), done, len(here))
        problem = version.problem or _fault(version)
        if (version.key, version.origin) == (held.version.key, held.version.origin):
            state = IN_FORCE
        elif version.key in acts.retired:
            state = RETIRED
        else:
            state = UNUSABLE if problem else USABLE
        found.append(Entry(version, state, problem, used[version.key]))
    told.step(_("Reading guidelines"), len(here), len(here))
    sentences = tuple(text for text in (held.problem, held.newer) if text)
    return Listed(tuple(found), sentences, tuple(act.text for act in reversed(acts.acts)), acts)


def _fault(version: GuidelineVersion) -> str:
    try:
        loaded(version)
    except UserError as error:
        return str(error)
    return ""


def _used(folder: Path) -> Counter[tuple[str, str]]:
    """Return how many cases were last assessed by which guideline."""
    found: Counter[tuple[str, str]] = Counter()
    if not holds_store(folder):
        return found
    with CaseRepository.beside(folder) as store:
        for case in store.cases.summaries():
            stored = store.assessments.of_case(case.uid)
            if stored:
                named = stored[-1].result.get("guideline")
                name = named.get("id") if isinstance(named, dict) else None
                found[str(name or "rps"), stored[-1].guideline_version] += 1
    return found
