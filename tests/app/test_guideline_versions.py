"""Which guidelines are found, where, and what is said of those that cannot be used."""

import shutil

import pytest

from tests.guidelines.institution import own_guideline
from tumorboard.app.guideline_install import copy_guideline, install
from tumorboard.app.guideline_list import listed
from tumorboard.app.guideline_versions import (
    FOLDER,
    PLACE_VARIABLE,
    digest,
    find_version,
    loaded,
    parts,
    shipped_version,
    versions,
)
from tumorboard.app.settings import Settings
from tumorboard.errors import UserError

SHIPPED = [("rps", "1.0.0"), ("rps", "1.1.0")]


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def keys(store):
    return [v.key for v in versions(store)]


def problems(store):
    return [v.problem for v in versions(store) if v.problem]


def test_those_that_ship_are_always_there(store):
    assert keys(store) == SHIPPED
    assert problems(store) == []


def test_one_in_the_store_and_one_in_the_common_folder(store, tmp_path, monkeypatch):
    install(store, own_guideline(tmp_path / "a", "rps-a"))
    common = tmp_path / "common"
    own_guideline(common / "rps-b" / "2.0.0", "rps-b", "2.0.0")
    monkeypatch.setenv(PLACE_VARIABLE, str(common))
    found = {v.key: v.origin for v in versions(store)}
    assert found[("rps-a", "1.0.0")] == "store"
    assert found[("rps-b", "2.0.0")] == "place"
    monkeypatch.delenv(PLACE_VARIABLE)
    assert ("rps-b", "2.0.0") not in keys(store)
    Settings().set("guidelines.folder", str(common))
    assert ("rps-b", "2.0.0") in keys(store)


def test_a_common_folder_that_is_gone_is_said_and_costs_nothing_else(store, tmp_path, monkeypatch):
    monkeypatch.setenv(PLACE_VARIABLE, str(tmp_path / "gone"))
    assert [k for k in keys(store) if k[0]] == SHIPPED
    assert problems(store) == [
        "The common folder of guidelines cannot be read. Correct the setting."
    ]
    assert "cannot be read" in listed(store).entries[-1].text


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda f: (f / "alerts.yaml").write_text("group: ["), "alerts.yaml, line "),
        (lambda f: (f / "guideline.yaml").write_text("id: x\n"), "guideline.yaml, line 1"),
        (lambda f: (f / "guideline.yaml").write_text("id: [\n"), "guideline.yaml, line "),
        (lambda f: (f / "guideline.yaml").write_bytes(b"\xff\xfe"), "guideline.yaml cannot be"),
        (lambda f: (f / "guideline.yaml").unlink(), "guideline.yaml cannot be read"),
        (lambda f: f.rename(f.parent / "1.9.0"), "named after identifier and version"),
        (lambda f: (f / "schema.json").write_text("{}"), "schema.json"),
        (lambda f: (f / "additions" / "more.yml").write_text(""), "more.yml, line 1: only files"),
        (lambda f: (f / "facts.yaml").write_text("a: &x [*x]"), "facts.yaml, line 1"),
    ],
)
def test_one_that_cannot_be_used_is_named_and_costs_nothing_else(store, make, says):
    folder = own_guideline(store / FOLDER / "rps-a" / "1.0.0", "rps-a")
    sound = own_guideline(store / FOLDER / "rps-b" / "1.0.0", "rps-b")
    make(folder)
    entries = {e.version.folder: e for e in listed(store).entries}
    broken = [e for e in entries.values() if e.state == "cannot be used"]
    assert len(broken) == 1
    assert says in broken[0].problem
    assert str(store) not in broken[0].text
    assert entries[sound].state == "can be chosen"


def test_two_of_one_name_are_told_apart_by_refusing_the_second(store, monkeypatch, tmp_path):
    own_guideline(store / FOLDER / "rps" / "1.1.0", "rps", "1.1.0")
    assert [v.origin for v in versions(store) if v.problem] == ["store"]
    assert "is here already (ships with the program)" in problems(store)[0]
    assert find_version(store, "1.1.0").origin == "shipped"


def test_folders_one_level_too_high_are_named(store):
    own_guideline(store / FOLDER / "mine")
    assert "a guideline lies in <id>/<version>/" in problems(store)[0]


def test_names(store, tmp_path):
    for words in ("1.1.0", "rps 1.1.0", "rps/1.1.0"):
        assert find_version(store, words).key == ("rps", "1.1.0")
    install(store, own_guideline(tmp_path / "a", "rps-a", "1.1.0"))
    assert find_version(store, "rps-a").key == ("rps-a", "1.1.0")
    with pytest.raises(UserError, match="more than one"):
        find_version(store, "1.1.0")
    for words in ("", "9.9.9", "rps", "../rps", "1.1"):
        with pytest.raises(UserError):
            find_version(store, words)


def test_versions_are_ordered_by_their_numbers():
    assert parts("1.10.0") > parts("1.9.9") > parts("1.9.0")
    assert parts("1.9") == parts("") == parts("x.y.z") == ()


# a copy, and installing it


def test_a_copy_says_the_same_under_its_own_name(tmp_path):
    shipped = shipped_version()
    copy_guideline(shipped, tmp_path / "copy", "rps-mine", "3.1.4")
    store = tmp_path / "store"
    mine = loaded(install(store, tmp_path / "copy"))
    assert (mine.id, mine.version) == ("rps-mine", "3.1.4")
    assert mine.groups == loaded(shipped).groups


@pytest.mark.parametrize("name", ["", "Rps", "../x", "a/b", "a b", "-a", "a" * 41])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(UserError, match="no name"):
        copy_guideline(shipped_version(), tmp_path / "copy", name, "1.0.0")
    assert not (tmp_path / "copy").exists()


def test_a_folder_that_is_not_empty_is_left_as_it_is(tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(UserError, match="there already"):
        copy_guideline(shipped_version(), tmp_path, "rps-a", "1.0.0")
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]


def left(store):
    return sorted(p.relative_to(store).as_posix() for p in store.rglob("*") if p.is_file())


def test_installing_is_whole_or_not_at_all(store, tmp_path):
    mine = own_guideline(tmp_path / "mine")
    version = install(store, mine)
    assert digest(version.folder) == digest(mine)
    assert (version.folder / "cases.json").exists()
    before = left(store)
    with pytest.raises(UserError, match="here already"):
        install(store, mine)
    (mine / "alerts.yaml").write_text("group: [")
    with pytest.raises(UserError, match=r"alerts\.yaml, line 2"):
        install(store, mine)
    assert left(store) == before


@pytest.mark.parametrize("number", ["1", "1.0", "v1.0.0", "1.0.0/../../x"])
def test_a_version_that_is_no_name_of_a_folder_is_refused(store, tmp_path, number):
    mine = own_guideline(tmp_path / "mine")
    head = mine / "guideline.yaml"
    head.write_text(head.read_text().replace("version: 1.0.0", f'version: "{number}"'))
    with pytest.raises(UserError):
        install(store, mine)
    assert left(store) == []


def test_an_identifier_that_leads_out_of_the_store_is_refused(store, tmp_path):
    mine = own_guideline(tmp_path / "mine")
    head = mine / "guideline.yaml"
    head.write_text(head.read_text().replace("id: rps-example", 'id: "../../outside"'))
    with pytest.raises(UserError, match="no name for a guideline"):
        install(store, mine)
    assert left(store) == []
    assert not (tmp_path / "outside").exists()


def test_links_are_not_followed(store, tmp_path):
    mine = own_guideline(tmp_path / "mine")
    (tmp_path / "secret").write_text("not for the store")
    (mine / "additions" / "link.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(UserError, match=r"link\.yaml"):
        install(store, mine)
    assert left(store) == []


def test_a_folder_without_a_guideline_is_refused(store, tmp_path):
    with pytest.raises(UserError, match=r"holds no guideline\.yaml"):
        install(store, tmp_path)


def test_what_was_added_and_would_be_passed_over_is_refused(store, tmp_path):
    mine = own_guideline(tmp_path / "mine")
    shutil.copy(mine / "additions" / "anaesthesia.yaml", mine / "additions" / "more.yml")
    with pytest.raises(UserError, match=r"additions/more\.yml"):
        install(store, mine)
