"""The store as the rest of the program knows it: its parts, each with the verbs of its field."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from tumorboard.store.arrangements import Arrangements
from tumorboard.store.arrival import Arrivals
from tumorboard.store.assessments import Assessments
from tumorboard.store.audit import AuditChain
from tumorboard.store.backup import can_be_written, holds_store
from tumorboard.store.cases import Cases
from tumorboard.store.decisions import Decisions
from tumorboard.store.file import StoreFile
from tumorboard.store.intake import Intake
from tumorboard.store.masks import Masks
from tumorboard.store.meetings import Meetings
from tumorboard.store.patients import Patients
from tumorboard.store.pictures import Pictures
from tumorboard.store.series import SeriesRecords
from tumorboard.store.series_parts import SeriesParts
from tumorboard.store.steps import Steps
from tumorboard.store.talk_times import TalkTimes


class Store(StoreFile):
    """Everything that lasts, in parts; opened as `StoreFile` says, for the thread that opens it.

    What a part writes stands inside a ``with store.transaction():`` of its caller, so that
    things which belong together are kept together; `Intake` and `Arrivals` make their own.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        allow_network: bool = False,
        backup: bool = True,
        read_only: bool = False,
    ) -> None:
        super().__init__(folder, allow_network=allow_network, backup=backup, read_only=read_only)
        connection = self.connection
        self.cases = Cases(connection)
        self.patients = Patients(connection)
        self.steps = Steps(connection)
        self.series = SeriesRecords(connection)
        self.series_parts = SeriesParts(connection)
        self.pictures = Pictures(connection)
        self.masks = Masks(connection)
        self.meetings = Meetings(connection)
        self.decisions = Decisions(connection)
        self.talk_times = TalkTimes(connection)
        self.assessments = Assessments(connection)
        self.arrangements = Arrangements(connection)
        self.audit = AuditChain(connection)
        self.intake = Intake(self)
        self.arrivals = Arrivals(self)

    @classmethod
    def beside(cls, folder: Path) -> Self:
        """Open a store once more, for a worker thread beside the one that has it open.

        A store belongs to the thread that opened it. This makes no safety copy: whoever opened
        it first did.
        """
        return cls(folder, backup=False, read_only=_is_kept_from_writing(folder))

    @classmethod
    def to_read(cls, folder: Path) -> Self:
        """Open a store for a command that reads; one that cannot be written is read as it is."""
        return cls(folder, read_only=_is_kept_from_writing(folder))

    @property
    def head(self) -> str:
        """The hash that stands for everything written so far, 64 hexadecimal digits."""
        return self.audit.head()


def _is_kept_from_writing(folder: Path) -> bool:
    return holds_store(folder) and not can_be_written(folder)
