"""The port to the store: together or not at all, and a repository a thread."""

import threading

import pytest

from tests.store.samples import ANNA, STAMP, incoming
from tumorboard.app import case_repository
from tumorboard.app.case_repository import CaseRepository, NewCase, match_key
from tumorboard.case.meeting import Meeting
from tumorboard.errors import UserError
from tumorboard.store.backup import copies


def both(repository: CaseRepository, meeting: Meeting) -> None:
    """Store a case and then a meeting."""
    with repository.transaction():
        patient = repository.patients.register(STAMP, ANNA, match_key(ANNA, "own"))
        repository.cases.create(STAMP, NewCase("1.2.3", patient, "Anna"))
        repository.meetings.put(STAMP, meeting)


def test_what_several_parts_write_is_kept_together_or_not_at_all():
    with CaseRepository.in_memory() as repository:
        head = repository.head
        with pytest.raises(UserError, match="changed in another window"):
            both(repository, Meeting("1.2.4", "2026-03-04", version=7))
        assert repository.head == head
        assert (repository.cases.count(), repository.meetings.all()) == (0, [])
        both(repository, Meeting("1.2.4", "2026-03-04"))
        assert [line.label for line in repository.cases.summaries()] == ["Anna"]
        assert [meeting.date for meeting in repository.meetings.all()] == ["2026-03-04"]
        assert case_repository.verify(repository).ok


def test_nothing_that_the_audit_chain_covers_is_written_outside_a_transaction():
    with CaseRepository.in_memory() as repository:
        with pytest.raises(ValueError, match="outside a transaction"):
            repository.audit.append(STAMP, "told", "1.2.3", "initials", "1.2.3")
        assert list(repository.audit.rows()) == []


def test_a_worker_opens_a_repository_beside_the_one_that_is_open(tmp_path):
    found: list[object] = []
    with CaseRepository(tmp_path) as repository:
        made = copies(tmp_path)
        repository.intake.take_in(STAMP, [incoming(1)])

        def read() -> None:
            try:
                repository.cases.count()
            except Exception as error:  # noqa: BLE001  # the driver's own kind
                found.append(type(error).__name__)
            with CaseRepository.beside(tmp_path) as beside:
                found.append(beside.cases.count())

        worker = threading.Thread(target=read)
        worker.start()
        worker.join()
        assert found == ["ProgrammingError", 1]
        assert copies(tmp_path) == made


def test_the_port_lists_all_that_it_gives():
    public = {n for n, v in vars(case_repository).items() if not n.startswith("_")}
    assert public == set(case_repository.__all__)
