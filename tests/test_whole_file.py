"""Files are written whole or not at all, to the place that their name means."""

import os
import stat
import threading
from pathlib import Path

import pytest

from tumorboard.errors import UserError
from tumorboard.whole_file import write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_new_or_stands_in_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "report.pdf"
    for content in (b"one", b"another"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert names(tmp_path) == ["report.pdf"]


def test_a_new_file_has_the_rights_that_the_mask_leaves_and_an_old_one_keeps_its_own(tmp_path):
    mask = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", b"x")
        (tmp_path / "private").write_bytes(b"old")
        (tmp_path / "private").chmod(0o600)
        write_whole(tmp_path / "private", b"x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600


@pytest.mark.parametrize("old", [b"old", None])
def test_a_link_stays_and_its_file_is_written(tmp_path, old):
    (tmp_path / "share").mkdir()
    target, link = tmp_path / "share" / "minutes.pdf", tmp_path / "minutes.pdf"
    if old is not None:
        target.write_bytes(old)
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names(tmp_path / "share") == ["minutes.pdf"]


def test_a_link_that_leads_to_itself_is_refused(tmp_path):
    link = tmp_path / "a"
    link.symlink_to(link)
    with pytest.raises(UserError, match="“a” cannot be written"):
        write_whole(link, b"x")
    assert link.is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"%PDF")
    reader.join(10)
    assert got == [b"%PDF"]
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no /dev/null")
def test_a_device_is_written_to_and_stays():
    before = os.stat("/dev/null")
    write_whole(Path("/dev/null"), b"x" * 1000)
    assert os.stat("/dev/null").st_rdev == before.st_rdev


def test_a_folder_of_the_name_is_named_and_stays(tmp_path):
    (tmp_path / "x.pdf").mkdir()
    with pytest.raises(UserError, match="a folder of this name is there"):
        write_whole(tmp_path / "x.pdf", b"x")
    assert names(tmp_path) == ["x.pdf"]


def test_an_old_file_stays_when_the_disk_refuses(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_bytes(b"old")

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="no space left on device"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["x.csv"]
