"""The hashes of files come in the background and stay while the files do."""

import hashlib

from tests.dicom.make import write_slices
from tumorboard.app.file_records import Renewed, with_hashes
from tumorboard.app.imports import find, take_in
from tumorboard.app.workspace import Workspace
from tumorboard.progress import Reporter
from tumorboard.store.series import HASHES, PackedBody, open_body


def imported(folder, *paths):
    workspace = Workspace(folder, "Dr Test")
    outcome = take_in(workspace.session, find(paths, Reporter()))
    return workspace, outcome


def key_of(workspace):
    (summary,) = workspace.session.cases()
    (ref,) = workspace.session.open_case(summary.uid).series
    return ref.series_instance_uid


def fill(workspace, key):
    records = {key: workspace.session.series_record(key)}
    workspace.session.keep_records(with_hashes(records, Reporter()))


def test_the_hash_of_each_file_is_stored_and_a_second_import_keeps_it(tmp_path):
    files = write_slices(tmp_path / "s", 3)
    workspace, _ = imported(tmp_path / "store", tmp_path / "s")
    key = key_of(workspace)
    assert HASHES not in open_body(workspace.session.series_record(key))
    fill(workspace, key)
    wanted = {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
    assert open_body(workspace.session.series_record(key))[HASHES] == wanted
    assert workspace.session.verify().ok
    again = take_in(workspace.session, find([tmp_path / "s"], Reporter()))
    assert (again.added, again.unchanged) == (0, 1)
    assert open_body(workspace.session.series_record(key))[HASHES] == wanted
    assert with_hashes({key: workspace.session.series_record(key)}, Reporter()) == {}
    workspace.close()


def test_files_that_changed_since_lose_their_hashes_until_they_are_worked_out_again(tmp_path):
    write_slices(tmp_path / "s", 3)
    workspace, _ = imported(tmp_path / "store", tmp_path / "s")
    key = key_of(workspace)
    fill(workspace, key)
    write_slices(tmp_path / "s", 3, change=lambda ds, _: setattr(ds, "StudyDescription", "x" * 40))
    again = take_in(workspace.session, find([tmp_path / "s"], Reporter()))
    assert again.added == 1
    assert HASHES not in open_body(workspace.session.series_record(key))
    workspace.close()


def test_a_record_that_was_replaced_meanwhile_stays(tmp_path):
    write_slices(tmp_path / "s", 3)
    workspace, _ = imported(tmp_path / "store", tmp_path / "s")
    key = key_of(workspace)
    before = workspace.session.series_record(key)
    late = Renewed(b"another record", PackedBody.of({"wrong": 1}))
    workspace.session.keep_records({key: late})
    assert workspace.session.series_record(key) == before
    assert workspace.session.verify().ok
    workspace.close()
