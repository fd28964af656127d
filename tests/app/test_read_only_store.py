"""A store that cannot be written, on a medium or of another user, is verified and read."""

import os

import pytest

from tests.store.test_file import fill, public_folder, without_privileges
from tumorboard import cli
from tumorboard.app.case_repository import CaseRepository
from tumorboard.app.headless import verify_store
from tumorboard.errors import UserError
from tumorboard.progress import Reporter

__all__ = ["public_folder"]

pytestmark = pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs POSIX users")


@pytest.fixture
def kept(public_folder):
    """A store in a folder in which nothing may be written."""
    with CaseRepository(public_folder) as store:
        fill(store, 2)
    for file in public_folder.rglob("*"):
        file.chmod(0o555 if file.is_dir() else 0o444)
    public_folder.chmod(0o555)
    return public_folder


def content(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_it_is_verified(kept):
    before = content(kept)
    with without_privileges():
        whole, text = verify_store(kept, Reporter())
    assert whole
    assert "1 cases" in text
    assert content(kept) == before


def test_its_cases_are_read_and_nothing_is_kept(kept):
    with without_privileges(), CaseRepository.to_read(kept) as store:
        assert [s.label for s in store.cases.summaries()] == ["TB-0001"]
        with pytest.raises(UserError, match="open for reading only"), store.transaction():
            pass


@pytest.mark.parametrize("words", [("figures",), ("reassess",)])
def test_commands_that_read_work_on_it(kept, capsys, words):
    assert cli.main(["--store", str(kept), *words]) == 0  # nobody may import what is root's
    before = content(kept)
    with without_privileges():
        code = cli.main(["--store", str(kept), *words])
    assert code == 0, capsys.readouterr().err
    assert content(kept) == before
