"""ZIP archives: what is unpacked, what is left out, and that nothing leaves its folder."""

import hashlib
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.dicom.make import ramp, write_slices
from tumorboard.dicom.archive import unpack
from tumorboard.dicom.gate import Limits
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.state import file_hashes, file_state
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Reporter


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return path


def images(folder: Path, count: int = 3) -> dict[str, bytes]:
    files = write_slices(folder, count)
    return {f"DICOM/A/{f.name}": f.read_bytes() for f in files}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_an_archive_is_scanned_and_loads(tmp_path: Path, method: int) -> None:
    members = images(tmp_path / "made")
    path = archive(tmp_path / "disc.zip", {**members, "readme.txt": b"hello there"}, method)
    out = tmp_path / "out"
    out.mkdir()
    result = scan([path], unpack_to=out)
    (series,) = result.series
    loader = VolumeLoader(series)
    loader.run()
    np.testing.assert_array_equal(loader.volume.voxels, ramp(3, (12, 16)))
    assert [(r.file, r.reason) for r in result.refused] == [
        ("disc.zip/readme.txt", "It is not a DICOM file.")
    ]
    assert all(out in i.path.parents for i in series.instances)


def test_without_a_folder_an_archive_is_left_out(tmp_path: Path) -> None:
    path = archive(tmp_path / "disc.zip", images(tmp_path / "made"))
    (refused,) = scan([path]).refused
    assert "ZIP archive" in refused.reason


def test_names_that_lead_out_stay_inside(tmp_path: Path) -> None:
    data = b"x" * 10
    names = ["../up.dcm", "/abs.dcm", "a/../../b.dcm", "..\\win.dcm", "C:\\x.dcm", "a/b", "a/b"]
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name in names[:-1]:
            out.writestr(name, data)
    target = tmp_path / "in" / "out"
    found = unpack(path, target)
    assert len(found.files) == len(names) - 1
    assert all(f.parent == target for f in found.files)
    assert {p.name for p in tmp_path.iterdir()} == {"evil.zip", "in"} | {
        p.name for p in tmp_path.iterdir() if p.name.startswith("xdg")
    }
    assert not any(".." in name.split("/") for name in found.files.values())


def test_a_bomb_is_left_out_and_the_rest_is_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "b.zip", {"bomb": b"\0" * (30 << 20), "good": os.urandom(500)})
    found = unpack(path, tmp_path / "out")
    assert list(found.files.values()) == ["good"]
    assert found.refused == (("bomb", "It grows to more than this program unpacks."),)


def test_the_sum_of_all_members_is_limited(tmp_path: Path) -> None:
    members = {str(k): os.urandom(1000) for k in range(5)}
    path = archive(tmp_path / "b.zip", members)
    found = unpack(path, tmp_path / "out", limits=Limits(archive=2500))
    assert len(found.files) == 2
    assert len(found.refused) == 3


def test_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    path = archive(tmp_path / "l.zip", {"a": b"a" * 5000})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        data[at : at + 4] = struct.pack("<L", 10)
    path.write_bytes(bytes(data))
    found = unpack(path, tmp_path / "out")
    assert found.files == {}
    assert [reason for _, reason in found.refused] == ["It is damaged in the archive."]


def test_links_and_passwords_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(link, "/etc/passwd")
        out.writestr("locked", b"data")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02") + 8
    data[at] |= 1
    path.write_bytes(bytes(data))
    found = unpack(path, tmp_path / "out")
    assert found.refused == (
        ("link", "It is a link."),
        ("locked", "It is protected by a password."),
    )


def test_too_many_members(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.zip", {str(k): b"x" for k in range(5)})
    found = unpack(path, tmp_path / "out", limits=Limits(files=3))
    assert len(found.files) == 3
    assert "more than 3 files" in found.refused[0][1]


@pytest.mark.parametrize("keep", [4, 30, 200])
def test_a_damaged_archive_is_one_sentence(tmp_path: Path, keep: int) -> None:
    path = archive(tmp_path / "cut.zip", {"a": os.urandom(300)})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match=r"“cut\.zip” is damaged"):
        unpack(path, tmp_path / "out")


def test_unpacking_can_be_cancelled(tmp_path: Path) -> None:
    path = archive(tmp_path / "c.zip", {"a": b"x"})
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        unpack(path, tmp_path / "out", reporter)


def test_files_that_changed_or_went_are_noticed_and_can_be_scanned_again(tmp_path: Path) -> None:
    files = write_slices(tmp_path, 4)
    (series,) = scan([tmp_path]).series
    assert file_state(series).is_current
    assert file_state(series).text == ""
    files[1].write_bytes(files[1].read_bytes() + b"\0\0")
    files[2].unlink()
    state = file_state(series)
    assert (state.changed, state.missing) == ((files[1],), (files[2],))
    assert state.text == "Files of this series: 1 changed, 1 not there any more since the import."
    (again,) = scan(state.changed).series
    assert again.series_instance_uid == series.series_instance_uid
    assert file_state(again).is_current


def test_hashes_are_those_of_the_files(tmp_path: Path) -> None:
    files = write_slices(tmp_path, 3)
    (series,) = scan([tmp_path]).series
    files[2].write_bytes(b"other")
    expected = {f: hashlib.sha256(f.read_bytes()).hexdigest() for f in files[:2]}
    assert file_hashes(series) == expected
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        file_hashes(series, reporter)
