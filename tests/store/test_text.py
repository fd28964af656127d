"""Words of a store are text; the names of files in it are those of the file system."""

import os

import pytest

from tests.dicom.make import write_slices
from tumorboard.app.imports import find, take_in
from tumorboard.app.series_record import series_of
from tumorboard.app.workspace import Workspace
from tumorboard.canonical_json import dumps, loads, may_act, pack_text
from tumorboard.progress import Reporter
from tumorboard.store import series
from tumorboard.text import all_lines


@pytest.mark.parametrize(
    "name",
    [b"a\x1b[31m", "\u202ex".encode(), b"\xff\xfe", "\u05d4\u200f".encode(), b"a\nb"],
)
def test_files_are_found_whatever_they_are_called(name, tmp_path):
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
    os.mkdir(folder)
    for path in write_slices(tmp_path / "plain", 2):
        path.rename(os.path.join(folder, path.name))
    workspace = Workspace(tmp_path / "store", "Dr Test")
    take_in(workspace.session, find([tmp_path], Reporter()))
    (summary,) = workspace.session.cases()
    (ref,) = workspace.session.open_case(summary.uid).series
    found = series_of(workspace.session.series_record(ref.series_instance_uid))
    assert all(instance.path.is_file() for instance in found.instances)
    workspace.close()


def test_words_of_a_planted_record_are_text():
    body = {
        "info": {"series_description": "a\x1bb"},
        "caveats": [{"code": "x", "text": "\u202e"}],
        "common": {"path": "/\u202ec", "unit": "\u202e"},
        "instances": [{"path": "/a\x1b"}, {"unit": "\x9b", "flaws": ["\u200b"]}],
        "hashes": {"/a\x1b": "0"},
    }
    read = series.open_body(pack_text(dumps(body)))
    assert read["common"] == {"path": "/\u202ec", "unit": "[U+202E]"}
    assert read["instances"] == [{"path": "/a\x1b"}, {"unit": "[U+009B]", "flaws": ["[U+200B]"]}]
    assert read["hashes"] == body["hashes"]
    assert read["info"] == {"series_description": "a[U+001B]b"}


@pytest.mark.parametrize("text", ["Müller", 'a"b', "a\\b", "x\ny\tz", "ɐ", "5 µm", "/a/b"])
def test_ordinary_words_need_no_second_look(text):
    assert not may_act(dumps({"x": text}))
    assert loads(dumps({"x": text})) == {"x": text}


def test_no_character_that_acts_is_passed_over():
    for code in range(0x110000):
        value = {"x": f"a{chr(code)}b"}
        if all_lines(value) != value:
            assert may_act(dumps(value)), hex(code)
