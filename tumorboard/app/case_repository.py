"""The one port to the store: what lasts, asked for in the words of the field.

A `CaseRepository` is opened from the place where a store lies and has a part for each thing that
is kept: ``cases``, ``patients``, ``steps``, ``series``, ``masks``, ``meetings``, ``decisions``,
``assessments``, ``audit`` and others (`tumorboard.store.database`). Nothing else of the program
imports the store, so that another way of keeping can be put behind these names.

A repository belongs to the thread that opened it. A worker opens its own with
`CaseRepository.beside` and closes it again; records may go from thread to thread.
"""

from tumorboard.store.arrival import (
    CAME_FROM,
    AlreadyThereError,
    Arrival,
    Arrived,
    ArrivingDecision,
)
from tumorboard.store.assessments import NewAssessment, StoredAssessment
from tumorboard.store.audit import Stamp
from tumorboard.store.backup import (
    DamagedStoreError,
    GoodCopy,
    can_be_written,
    holds_store,
    keeps_copies,
    move_store,
    newest_good_copy,
    restore,
)
from tumorboard.store.backup_files import Returned
from tumorboard.store.backup_files import lacking as files_lacking
from tumorboard.store.backup_files import put_back as put_back_files
from tumorboard.store.cases import (
    ARCHIVED,
    FORMER_PATIENT,
    NEXT_MEETING,
    NO_MEETING,
    STATUS,
    CaseFilter,
    CaseSummary,
    NewCase,
)
from tumorboard.store.database import Store as CaseRepository
from tumorboard.store.decisions import NewDecision, StoredDecision, read_decision
from tumorboard.store.intake import Incoming, IntakeReport, Target
from tumorboard.store.part_names import pictures_named
from tumorboard.store.patients import match_key, may_be_one
from tumorboard.store.series import AWAITED, HASHES, PackedBody, open_body
from tumorboard.store.steps import ChangeRow, NewStep, Step
from tumorboard.store.talk_times import TalkTime
from tumorboard.store.transfer import transfer
from tumorboard.store.verify import VerifyReport, verify

__all__ = [
    "ARCHIVED",
    "AWAITED",
    "CAME_FROM",
    "FORMER_PATIENT",
    "HASHES",
    "NEXT_MEETING",
    "NO_MEETING",
    "STATUS",
    "AlreadyThereError",
    "Arrival",
    "Arrived",
    "ArrivingDecision",
    "CaseFilter",
    "CaseRepository",
    "CaseSummary",
    "ChangeRow",
    "DamagedStoreError",
    "GoodCopy",
    "Incoming",
    "IntakeReport",
    "NewAssessment",
    "NewCase",
    "NewDecision",
    "NewStep",
    "PackedBody",
    "Returned",
    "Stamp",
    "Step",
    "StoredAssessment",
    "StoredDecision",
    "TalkTime",
    "Target",
    "VerifyReport",
    "files_lacking",
    "can_be_written",
    "holds_store",
    "keeps_copies",
    "match_key",
    "may_be_one",
    "move_store",
    "newest_good_copy",
    "open_body",
    "pictures_named",
    "put_back_files",
    "read_decision",
    "restore",
    "transfer",
    "verify",
]
