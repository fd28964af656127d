"""A place to work: a store with a session on it, and its images; or a scratch one."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from tumorboard.app.case_repository import CaseRepository, DamagedStoreError, GoodCopy
from tumorboard.app.guidance import Guidance
from tumorboard.app.images import DEFAULT_MEMORY_MB, ImageService
from tumorboard.app.session import Session
from tumorboard.app.thumbnails import Thumbnails
from tumorboard.case.annotation_facts import derive
from tumorboard.language import _
from tumorboard.progress import Reporter

__all__ = ["DamagedStoreError", "GoodCopy", "Workspace", "warm_up"]


def warm_up(guidance: Guidance, reporter: Reporter) -> None:
    """Make ready what the first case would otherwise wait for; for a worker thread."""
    from tumorboard.dicom.decoder_pool import warm_decoders

    reporter.step(_("Reading the guideline"), 0, 0)
    guidance.make_ready()
    warm_decoders()
    guidance.evidence().reach  # noqa: B018  # worked out here, so that nobody waits for it


class Workspace:
    """A session on the store in ``folder``.

    With ``wait_for_rules`` False cases are assessed only once `warm_up` has read the guideline;
    then `Session.assess_again` is to be called. A scratch workspace stores nothing until
    `keep` is called; then its case moves into the store and the session goes on there.
    ``read_only`` opens a store as it is, damaged or not, and keeps nothing.

    Raises
    ------
    DamagedStoreError
        When the store's file is damaged; it names the newest good copy.
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
        wait_for_rules: bool = True,
        read_only: bool = False,
    ) -> None:
        self.folder = folder
        #: What was put back before this was opened, in words.
        self.restored = ""
        self.guidance = Guidance(folder)
        self._scratch_name = f"view-{secrets.token_hex(8)}" if scratch else ""
        self._store: CaseRepository | None = (
            None if scratch else CaseRepository(folder, read_only=read_only)
        )
        assess = self.guidance.assess if wait_for_rules else self.guidance.assess_if_ready
        if self._store is None:
            self.session = Session.scratch(author, derive, assess)
        else:
            self.session = Session(self._store, author, derive, assess)
        self.images = ImageService(
            self.session.series_record, memory_mb, folder / "paged", self.session.keep_records
        )
        self.thumbnails = Thumbnails(
            self.session.series_record, None if scratch else folder / "thumbnails"
        )

    @property
    def unpack_to(self) -> Path:
        """Where archives are unpacked; what a scratch workspace did not keep goes with it."""
        return self.folder / "archives" / self._scratch_name

    @property
    def is_scratch(self) -> bool:
        """Whether nothing here lasts yet."""
        return self._store is None

    @property
    def reservation(self) -> str:
        """What a reader should know of the store before any work; empty when all is well."""
        if self._store is None:
            return ""
        if self._store.read_only:
            return _("The store is open for reading only: nothing that you change is kept.")
        problem = self._store.backup_problem
        return str(problem) if problem is not None else ""

    def keep(self) -> None:
        """Move a scratch case into the store; without effect in a stored workspace.

        Raises
        ------
        UserError
            When the store cannot take it; the scratch case stays open.

        """
        if self._store is not None or self.session.case is None:
            return
        store = CaseRepository(self.folder)
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
        else:
            shutil.rmtree(self.unpack_to, ignore_errors=True)
