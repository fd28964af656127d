"""The guideline in force at this institution, loaded when first needed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.case.facts import FactSheet
from tumorboard.language import _

if TYPE_CHECKING:
    from tumorboard.app.guideline_change import Preview
    from tumorboard.app.guideline_choice import Choices, GuidelineInForce, Signature
    from tumorboard.app.guideline_tools import InForce
    from tumorboard.app.guideline_versions import GuidelineVersion
    from tumorboard.guidelines.assessment import Assessment
    from tumorboard.guidelines.browser import Browser
    from tumorboard.guidelines.model import Guideline
    from tumorboard.guidelines.parameters import SettingChange, Settings
    from tumorboard.guidelines.whatif import WhatIf
    from tumorboard.progress import Reporter


#: Assessments kept: most edits of a case, and their undoing, leave its facts as they were.
_MOST_KEPT = 4


class Guidance:
    """The guideline that the store in ``folder`` goes by, under the settings that lie there.

    A choice or settings that cannot be used do not count; ``problem`` says so. Safe to call
    from any thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._thinking = threading.Lock()
        self._assessed: tuple[tuple[FactSheet, Guideline, Settings, Assessment], ...] = ()
        self._held: tuple[GuidelineInForce, InForce] | None = None

    def assess(self, facts: FactSheet) -> Assessment:
        """Apply the guideline to facts; it follows from these and the settings alone."""
        from tumorboard.guidelines.evaluate import assess

        guideline, settings = self.rules
        assessed = self._assessed
        for of_facts, by, under, found in assessed:
            if by is guideline and of_facts == facts and under == settings:
                return found
        found = assess(facts, guideline, settings)
        self._assessed = ((facts, guideline, settings, found), *assessed)[:_MOST_KEPT]
        return found

    def assess_if_ready(self, facts: FactSheet) -> Assessment | None:
        """Apply the guideline to facts, or return None while it is not read yet."""
        return self.assess(facts) if self._held is not None else None

    def make_ready(self) -> None:
        """Read the guideline and the settings of the institution; for a worker thread."""
        self.assess(FactSheet())

    def what_if(self, facts: FactSheet) -> WhatIf:
        """Return what would change the conclusions from facts; takes a tenth of a second."""
        from tumorboard.guidelines.whatif import what_would_change

        guideline, settings = self.rules
        with self._thinking:  # what it remembers between calls is shared
            return what_would_change(facts, guideline, settings)

    def evidence(self) -> Browser:
        """Return everything the guideline holds, to search in."""
        from tumorboard.guidelines.browser import browser

        return browser(self.guideline)

    def marks(self, identifier: str) -> tuple[str, ...]:
        """Return the reservations of a rule or fact, such as "public guidance"."""
        entry = self.evidence().entries.get(identifier)
        return () if entry is None else entry.marks

    @property
    def in_force(self) -> InForce:
        """The settings that count here, with the changes the institution made."""
        return self._load()[1]

    @property
    def chosen(self) -> GuidelineInForce:
        """The guideline that counts here, and what is to be said of the choice."""
        return self._load()[0]

    @property
    def rules(self) -> tuple[Guideline, Settings]:
        """The guideline and the settings that count here, as they belong together."""
        chosen, in_force = self._load()
        return chosen.guideline, in_force.settings

    @property
    def guideline(self) -> Guideline:
        """The guideline that counts here."""
        return self.chosen.guideline

    @property
    def problem(self) -> str:
        """Why a choice or settings do not count, in a sentence; empty when they do."""
        chosen, in_force = self._load()
        settings = _("{problem} The shipped settings are in force.", problem=in_force.problem)
        said = (chosen.problem, settings if in_force.problem else "")
        return " ".join(text for text in said if text)

    def change(self, change: SettingChange) -> None:
        """Keep a signed change beside the guideline; it counts from now on.

        Raises
        ------
        UserError
            When it is not allowed or not signed, or cannot be written; when somebody else signed
            since the settings were read, after which those hold here (`SignedMeanwhileError`).

        """
        from tumorboard.app.guideline_files import SignedMeanwhileError
        from tumorboard.app.guideline_tools import save_change

        with self._lock:
            chosen, seen = self.chosen, self.in_force.overlay
            try:
                held = save_change(self._folder, change, chosen.guideline, seen)
            except SignedMeanwhileError:
                self.forget()
                raise
            self._held = chosen, held

    def choose(
        self, version: GuidelineVersion, signature: Signature, seen: Choices | None = None
    ) -> GuidelineInForce:
        """Go by another guideline from now on; for a worker thread.

        ``seen`` is the history that the signer saw. When somebody else signed since, that holds
        here from now on.

        Raises
        ------
        UserError
            When it cannot be chosen or written; the errors are those of `guideline_change`.

        """
        from tumorboard.app.guideline_change import choose
        from tumorboard.app.guideline_files import SignedMeanwhileError
        from tumorboard.app.guideline_tools import settings_in_force
        from tumorboard.guidelines.browser import browser

        try:
            chosen = choose(self._folder, version, signature, seen)
        except SignedMeanwhileError:
            self.forget()
            self.make_ready()
            raise
        in_force = settings_in_force(self._folder, chosen.guideline)
        browser(chosen.guideline).reach  # noqa: B018  # worked out here, so that nobody waits
        with self._lock:
            self._held = chosen, in_force
        return chosen

    def forget(self) -> None:
        """Read guideline and settings again when they are next asked for."""
        with self._lock:
            self._held = None

    def preview(self, version: GuidelineVersion, reporter: Reporter) -> Preview:
        """Return what choosing a version would do; for a worker thread."""
        from tumorboard.app.guideline_change import preview_version

        return preview_version(self._folder, version, reporter)

    def _load(self) -> tuple[GuidelineInForce, InForce]:
        with self._lock:
            if self._held is None:
                from tumorboard.app.guideline_choice import guideline_in_force
                from tumorboard.app.guideline_tools import settings_in_force

                chosen = guideline_in_force(self._folder)
                self._held = chosen, settings_in_force(self._folder, chosen.guideline)
            return self._held
