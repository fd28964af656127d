"""A place to work: a store with a session on it, and its images; or a scratch one."""

from __future__ import annotations

from pathlib import Path

from tumorboard.app.guidance import Guidance
from tumorboard.app.images import DEFAULT_MEMORY_MB, ImageService
from tumorboard.app.session import Session
from tumorboard.case.derive import derive
from tumorboard.store.database import Store


def warm_up(guidance: Guidance) -> None:
    """Make ready what the first case would otherwise wait for; for a worker thread."""
    from tumorboard.dicom.decoders import warm_decoders

    warm_decoders()
    guidance.evidence()


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
        self.guidance = Guidance(folder)
        self._store: Store | None = None if scratch else Store(folder)
        if self._store is None:
            self.session = Session.scratch(author, derive, self.guidance.assess)
        else:
            self.session = Session(self._store, author, derive, self.guidance.assess)
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
