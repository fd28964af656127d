"""The guideline in force at this institution, loaded when first needed."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.case.facts import FactSheet

if TYPE_CHECKING:
    from tumorboard.app.guideline_tools import InForce
    from tumorboard.guidelines.assessment import Assessment
    from tumorboard.guidelines.browser import Browser
    from tumorboard.guidelines.model import Guideline
    from tumorboard.guidelines.parameters import SettingChange, Settings
    from tumorboard.guidelines.whatif import WhatIf


#: Assessments kept: most edits of a case, and their undoing, leave its facts as they were.
_MOST_KEPT = 4


class Guidance:
    """The shipped guideline under the institution's settings, which lie in ``folder``.

    Settings that cannot be used do not count; ``problem`` says so. Safe to call from any
    thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._thinking = threading.Lock()
        self._assessed: tuple[tuple[FactSheet, Settings, Assessment], ...] = ()

    def assess(self, facts: FactSheet) -> Assessment:
        """Apply the guideline to facts; it follows from these and the settings alone."""
        from tumorboard.guidelines.evaluate import assess

        guideline, settings, assessed = self.guideline, self._settings, self._assessed
        for of_facts, under, found in assessed:
            if of_facts == facts and under == settings:
                return found
        found = assess(facts, guideline, settings)
        self._assessed = ((facts, settings, found), *assessed)[:_MOST_KEPT]
        return found

    def assess_if_ready(self, facts: FactSheet) -> Assessment | None:
        """Apply the guideline to facts, or return None while it is not read yet."""
        ready = "_loaded" in vars(self) and "_in_force" in vars(self)
        return self.assess(facts) if ready else None

    def make_ready(self) -> None:
        """Read the guideline and the settings of the institution; for a worker thread."""
        self.assess(FactSheet())

    def what_if(self, facts: FactSheet) -> WhatIf:
        """Return what would change the conclusions from facts; takes a tenth of a second."""
        from tumorboard.guidelines.whatif import what_would_change

        guideline, settings = self.guideline, self._settings
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
        with self._lock:
            return self._in_force

    def change(self, change: SettingChange) -> None:
        """Keep a signed change beside the guideline; it counts from now on.

        Raises
        ------
        UserError
            When it is not allowed or not signed, or cannot be written.

        """
        from tumorboard.app.guideline_tools import save_change

        guideline = self.guideline
        with self._lock:
            self._in_force = save_change(self._folder, change, guideline)

    @property
    def problem(self) -> str:
        """Why the institution's settings do not count, in a sentence; empty when they do."""
        return self._in_force.problem

    @property
    def _settings(self) -> Settings:
        with self._lock:
            return self._in_force.settings

    @property
    def guideline(self) -> Guideline:
        """The guideline, loaded once."""
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> Guideline:
        from tumorboard.guidelines.loader import load_guideline

        return load_guideline()

    @cached_property
    def _in_force(self) -> InForce:
        from tumorboard.app.guideline_tools import settings_in_force

        return settings_in_force(self._folder, self.guideline)
