"""A copy of the store holds settings, choice and own guidelines, and gives them back."""

import shutil
import zipfile

import pytest

from tests.store.samples import ANNA
from tumorboard import cli
from tumorboard.app.guidance import Guidance
from tumorboard.app.guideline_choice import CHOICE_NAME, Signature, guideline_in_force
from tumorboard.app.guideline_files import OVERLAY_NAME
from tumorboard.app.guideline_install import copy_guideline, install
from tumorboard.app.guideline_versions import find_version
from tumorboard.app.store_copy import restore_newest
from tumorboard.app.workspace import Workspace
from tumorboard.errors import UserError
from tumorboard.guidelines.parameters import SettingChange
from tumorboard.store.backup import DATABASE_NAME, back_up, copies
from tumorboard.store.backup_files import archive_of, packed

SIGNED = Signature("Dr Lead", "2026-01-05", "Board of 5 January")
CHANGE = SettingChange("S-02", 150, "Dr Lead", "2026-01-05", "Board of 5 January")
OWN = "guidelines/rps-ours/1.0.0/guideline.yaml"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store that goes by its own guideline, with a setting of its own, and a copy of all."""
    tmp_path = tmp_path_factory.mktemp("made")
    folder = tmp_path / "store"
    workspace = Workspace(folder, "Dr Sample")
    workspace.session.new_case("RP-1", ANNA)
    workspace.close()
    copy_guideline(find_version(folder, "1.1.0"), tmp_path / "ours", "rps-ours", "1.0.0")
    install(folder, tmp_path / "ours")
    guidance = Guidance(folder)
    guidance.choose(find_version(folder, "rps-ours"), SIGNED)
    guidance.change(CHANGE)
    back_up(folder)
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "store")


def break_database(folder):
    for suffix in ("-wal", "-shm"):
        (folder / f"{DATABASE_NAME}{suffix}").unlink(missing_ok=True)
    (folder / DATABASE_NAME).write_bytes(b"broken" * 1000)


def beside(folder):
    files = {p.name: p.read_bytes() for p in folder.glob("guideline-*.yaml")}
    own = folder / "guidelines"
    return files | {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in own.rglob("*") if p.is_file()
    }


def test_all_of_it_comes_back_and_holds_as_before(folder):
    held = beside(folder)
    assert OWN in held
    break_database(folder)
    for name in held:
        (folder / name).unlink()
    shutil.rmtree(folder / "guidelines")
    said = restore_newest(folder)
    assert beside(folder) == held
    assert CHOICE_NAME in said
    in_force = guideline_in_force(folder)
    assert (in_force.version.name, in_force.problem) == ("rps-ours 1.0.0", "")
    assert Guidance(folder).rules[1].value("S-02") == 150


@pytest.mark.parametrize("name", [CHOICE_NAME, "guideline-settings*.yaml", OWN])
@pytest.mark.parametrize("damage", [b"", b"\x00" * 200, b"acts: [", None])
def test_a_damaged_file_comes_back_and_goes_aside(folder, name, damage):
    held = beside(folder)
    (path,) = folder.glob(name)
    break_database(folder)
    path.unlink() if damage is None else path.write_bytes(damage)
    restore_newest(folder)
    assert beside(folder) == held
    if damage is not None:
        aside = [p.read_bytes() for p in folder.glob("damaged-*/*") if p.name != DATABASE_NAME]
        assert damage in aside


def test_what_was_signed_since_stays_and_that_of_the_copy_lies_aside(folder):
    before = beside(folder)
    Guidance(folder).change(SettingChange("S-02", 160, "Dr Lead", "2026-02-05", "Later"))
    after = beside(folder)
    break_database(folder)
    said = restore_newest(folder)
    assert beside(folder) == after
    assert "Kept as here, in the copy otherwise: guideline-settings" in said
    (name,) = [n for n in after if after[n] != before[n]]
    assert any(p.read_bytes() == before[name] for p in folder.glob("damaged-*/*.of-copy"))


def test_a_file_that_is_lost_in_a_whole_store_comes_back_too(folder, capsys):
    (folder / CHOICE_NAME).unlink()
    assert cli.main(["--store", str(folder), "restore"]) == cli.DONE
    assert "Put back from it: guideline-choice.yaml." in capsys.readouterr().out
    assert guideline_in_force(folder).version.name == "rps-ours 1.0.0"
    with pytest.raises(UserError, match="is whole"):
        restore_newest(folder)


def test_an_older_copy_without_them_says_so_and_leaves_what_is_here(folder):
    held = beside(folder)
    archive_of(copies(folder)[-1]).unlink()
    break_database(folder)
    said = restore_newest(folder)
    assert "has no settings, choice or guidelines beside it. Those in the store stay" in said
    assert beside(folder) == held


@pytest.mark.parametrize("name", ["../evil.yaml", "/evil.yaml", "guidelines/../../e", "x.yaml"])
def test_an_archive_that_names_other_places_or_is_damaged_puts_nothing_back(folder, name):
    held, archive = beside(folder), archive_of(copies(folder)[-1])
    with zipfile.ZipFile(archive, "a") as grown:
        grown.writestr(name, "x")
    (folder / CHOICE_NAME).unlink()
    break_database(folder)
    assert "is damaged: no settings were put back" in restore_newest(folder)
    del held[CHOICE_NAME]
    assert beside(folder) == held
    assert not (folder.parent / "evil.yaml").exists()


def test_only_a_change_makes_a_new_copy_and_old_ones_go_whole(folder):
    assert back_up(folder) is None
    for n in range(12):
        Guidance(folder).change(SettingChange("S-02", 100 + n, "Dr Lead", "2026-02-05", "Later"))
        made = back_up(folder)
        assert archive_of(made).stat().st_mode & 0o77 == 0
        assert back_up(folder) is None
    left = {p.name for p in (folder / "backups").iterdir()}
    kept = copies(folder)
    assert left == {p.name for p in kept} | {archive_of(p).name for p in kept}
    assert len(kept) == 10


def test_links_and_hidden_files_stay_out(folder, tmp_path):
    (tmp_path / "secret.yaml").write_text("a: 1")
    (folder / "guidelines" / "rps-ours" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "guidelines" / ".partial-1").mkdir()
    (folder / "guidelines" / ".partial-1" / "x.yaml").write_text("a: 1")
    (folder / "notes.yaml").write_text("a: 1")
    path = tmp_path / "made.zip"
    path.write_bytes(packed(folder))
    assert set(zipfile.ZipFile(path).namelist()) == set(beside(folder)) - {
        "guidelines/rps-ours/link.yaml",
        "guidelines/.partial-1/x.yaml",
    }
    assert any(n.startswith(OVERLAY_NAME[:18]) for n in zipfile.ZipFile(path).namelist())
