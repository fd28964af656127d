"""A place to work: a store with a session on it, and its images; or a scratch one."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.app.images import DEFAULT_MEMORY_MB, ImageService
from tumorboard.app.session import Session
from tumorboard.case.derive import derive
from tumorboard.case.facts import FactSheet
from tumorboard.store.database import Store

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import Assessment
    from tumorboard.guidelines.browser import Browser
    from tumorboard.guidelines.model import Guideline
    from tumorboard.guidelines.whatif import WhatIf


_ONE_AT_A_TIME = threading.Lock()


def assess_facts(facts: FactSheet) -> Assessment:
    """Apply the guideline in force to facts."""
    from tumorboard.guidelines.evaluate import assess

    return assess(facts, _guideline())


@lru_cache(maxsize=1)
def _guideline() -> Guideline:
    from tumorboard.guidelines.loader import load_guideline

    return load_guideline()


def what_if(facts: FactSheet) -> WhatIf:
    """Return what would change the conclusions from facts; takes a tenth of a second."""
    from tumorboard.guidelines.whatif import what_would_change

    with _ONE_AT_A_TIME:  # what it remembers between calls is shared
        return what_would_change(facts, _guideline())


def evidence() -> Browser:
    """Return everything the guideline holds, to search in."""
    from tumorboard.guidelines.browser import browser

    return browser(_guideline())


def warm_up() -> None:
    """Make ready what the first case would otherwise wait for; for a worker thread."""
    from tumorboard.dicom.decoders import warm_decoders

    warm_decoders()
    _guideline()


class Workspace:
    """A session on the store in ``folder``.

    A scratch workspace stores nothing until `keep` is called; then its case moves into
    the store and the session goes on there.

    Raises
    ------
    UserError
        When the store cannot be opened.

    """

    def __init__(
        self,
        folder: Path,
        author: str,
        *,
        scratch: bool = False,
        memory_mb: int = DEFAULT_MEMORY_MB,
    ) -> None:
        self.folder = folder
        self._store: Store | None = None if scratch else Store(folder)
        if self._store is None:
            self.session = Session.scratch(author, derive, assess_facts)
        else:
            self.session = Session(self._store, author, derive, assess_facts)
        self.images = ImageService(self.session.series_body, memory_mb)

    @property
    def is_scratch(self) -> bool:
        """Whether nothing here lasts yet."""
        return self._store is None

    def keep(self) -> None:
        """Move a scratch case into the store; without effect in a stored workspace.

        Raises
        ------
        UserError
            When the store cannot take it; the scratch case stays open.

        """
        if self._store is not None or self.session.case is None:
            return
        store = Store(self.folder)
        try:
            self.session.save_to(store)
        except BaseException:
            store.close()
            raise
        self._store = store

    def close(self) -> None:
        """Close the store."""
        self.images.forget()
        if self._store is not None:
            self._store.close()
