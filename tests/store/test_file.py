"""Opening a store: what it is, and each way in which the world can refuse it."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlcipher3

from tests.store.samples import ANNA, STAMP, annotation, incoming
from tumorboard.app.session import Session
from tumorboard.errors import UserError
from tumorboard.store import driver, migrations, place
from tumorboard.store.backup import DATABASE_NAME, DamagedStoreError, copies, restore
from tumorboard.store.database import Store
from tumorboard.store.verify import verify


def pragma(store: Store, name: str) -> object:
    return store.connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_the_settings_that_keep_data_safe_are_on(tmp_path):
    with Store(tmp_path) as store:
        assert pragma(store, "journal_mode") == "wal"
        assert pragma(store, "synchronous") == 2
        assert pragma(store, "foreign_keys") == 1
        assert pragma(store, "recursive_triggers") == 1
        assert pragma(store, "application_id") == 0x54756D42
        assert pragma(store, "busy_timeout") == 5000


def test_sqlite_utils_uses_the_driver_that_raises_the_errors():
    utils = driver.sqlite_utils.utils
    assert utils.sqlite3 is sqlcipher3
    assert issubclass(utils.OperationalError, driver.DatabaseError)


def test_the_driver_has_a_sqlite_without_the_wal_reset_bug():
    version = sqlcipher3.dbapi2.sqlite_version_info
    assert version >= (3, 51, 3)


def test_every_table_of_ours_is_strict(tmp_path):
    with Store(tmp_path) as store:
        rows = store.connection.execute("PRAGMA table_list").fetchall()
    others = ("sqlite_", "case_text")  # SQLite's own, and those of the full-text index
    ours = {r["name"]: r["strict"] for r in rows if not r["name"].startswith(others)}
    assert len(ours) >= 14
    assert set(ours.values()) == {1}


def test_only_the_owner_can_read_the_store(tmp_path):
    with Store(tmp_path / "new" / "store") as store:
        assert store.folder is not None
        assert store.folder.stat().st_mode & 0o77 == 0
        for file in store.folder.iterdir():
            assert file.stat().st_mode & 0o77 == 0, file.name


def test_the_schema_number_counts_the_steps():
    database = driver.sqlite_utils.Database(driver.connect(":memory:"))
    assert len(migrations.migrations.pending(database)) == migrations.SCHEMA
    database.close()


def test_steps_are_applied_once(tmp_path):
    for _ in range(2):
        with Store(tmp_path) as store:
            applied = store.connection.execute("SELECT name FROM _sqlite_migrations").fetchall()
            names = sorted(r["name"] for r in applied)
            known = ["arrangements", "case_text", "first_tables", "masks_and_vessels", "meetings"]
            assert names == [
                *known,
                *("parts_of_series", "remarks", "saved_views", "talk_times", "words_of_facts"),
            ]


def test_a_newer_store_is_refused_and_left_alone(tmp_path):
    with Store(tmp_path) as store:
        store.connection.execute(f"PRAGMA user_version={migrations.SCHEMA + 1}")
    before = (tmp_path / DATABASE_NAME).read_bytes()
    with pytest.raises(UserError) as caught:
        Store(tmp_path)
    assert caught.value.message == "The store was written by a newer version of this program."
    assert "Install" in caught.value.hint
    assert (tmp_path / DATABASE_NAME).read_bytes() == before


def test_the_file_of_another_program_is_refused_and_left_alone(tmp_path):
    other = driver.connect(str(tmp_path / DATABASE_NAME))
    other.execute("CREATE TABLE bookmarks (url)")
    other.close()
    before = (tmp_path / DATABASE_NAME).read_bytes()
    with pytest.raises(UserError, match="another program"):
        Store(tmp_path)
    assert (tmp_path / DATABASE_NAME).read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    (tmp_path / DATABASE_NAME).write_bytes(b"these are my notes\n" * 300)
    with pytest.raises(UserError, match=r"tumorboard\.sqlite is not a store") as caught:
        Store(tmp_path)
    assert str(tmp_path) not in str(caught.value)
    assert (tmp_path / DATABASE_NAME).read_bytes() == b"these are my notes\n" * 300


def damage(path):
    """Overwrite the last pages of a store's file."""
    content = bytearray(path.read_bytes())
    for page in range(len(content) // 4096 - 8, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)


def test_a_damaged_store_is_refused_and_names_its_newest_good_copy(tmp_path):
    with Store(tmp_path) as store:
        fill(store, 40)
    Store(tmp_path).close()  # copies what was filled
    damage(tmp_path / DATABASE_NAME)
    with pytest.raises(DamagedStoreError, match=r"tumorboard\.sqlite is damaged") as caught:
        Store(tmp_path)
    copy = caught.value.copy
    assert copy is not None
    assert copy.cases == 1
    damage(copies(tmp_path)[-1])
    with pytest.raises(DamagedStoreError) as caught:
        Store(tmp_path)
    older = caught.value.copy
    assert older is None or older.path != copy.path


def test_a_damaged_store_without_copies_says_so(tmp_path):
    with Store(tmp_path, backup=False) as store:
        fill(store, 40)
    damage(tmp_path / DATABASE_NAME)
    with pytest.raises(DamagedStoreError) as caught:
        Store(tmp_path)
    assert caught.value.copy is None
    assert "None of its copies is good" in caught.value.hint


def test_a_damaged_header_is_damage_when_there_is_a_copy(tmp_path):
    with Store(tmp_path) as store:
        fill(store, 3)
    Store(tmp_path).close()
    path = tmp_path / DATABASE_NAME
    path.write_bytes(b"\x00" * 100 + path.read_bytes()[100:])
    with pytest.raises(DamagedStoreError) as caught:
        Store(tmp_path)
    assert caught.value.copy is not None


def test_a_damaged_store_can_be_read_and_takes_nothing(tmp_path):
    with Store(tmp_path) as store:
        fill(store, 40)
    damage(tmp_path / DATABASE_NAME)
    before = (tmp_path / DATABASE_NAME).read_bytes()
    with Store(tmp_path, read_only=True) as store:
        assert store.connection.execute("SELECT count(*) FROM board_case").fetchone()[0] == 1
        with pytest.raises(UserError, match="reading only"), store.transaction():
            pass
        with pytest.raises(driver.DatabaseError):
            store.connection.execute("DELETE FROM board_case")
    assert (tmp_path / DATABASE_NAME).read_bytes() == before


@pytest.mark.parametrize("how", ["removed", "replaced"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file in its place")
def test_a_file_that_is_taken_away_takes_no_step_and_loses_none(tmp_path, how):
    with Store(tmp_path) as store:
        fill(store, 5)
        head = store.head
        path = tmp_path / DATABASE_NAME
        if how == "replaced":
            other = tmp_path / "other.sqlite"
            other.write_bytes(path.read_bytes())
            other.replace(path)
        else:
            path.unlink()
        with pytest.raises(UserError, match="removed or replaced") as caught:
            fill(store, 1)
        assert "was not kept" in caught.value.message
        assert copies(tmp_path)[-1].name in caught.value.hint
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"{DATABASE_NAME}{suffix}").unlink(missing_ok=True)
    restore(tmp_path, copies(tmp_path)[-1])
    with Store(tmp_path) as again:
        assert again.head == head


def open_everything(store: Store) -> None:
    session = Session(store, "Dr Sample")
    for line in session.cases():
        for ref in session.open_case(line.uid).series:
            session.store.series.body_of(ref.series_instance_uid)
        session.set_detail("question", "Resectable?")


def fill(store: Store, count: int) -> None:
    store.intake.take_in(STAMP, [incoming(n) for n in range(count)])


@contextmanager
def without_privileges():
    """Root may write anywhere: act as nobody for a while."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def public_folder():
    """A folder that any user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="tumorboard-test-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs POSIX users")
@pytest.mark.parametrize("kind", ["missing store", "empty folder", "filled store"])
def test_a_read_only_folder_is_refused(public_folder, kind):
    folder = public_folder / "deep" if kind == "missing store" else public_folder
    if kind == "filled store":
        with Store(folder) as store:
            fill(store, 2)
        for file in folder.rglob("*"):
            file.chmod(0o555 if file.is_dir() else 0o444)
    public_folder.chmod(0o555)
    with without_privileges(), pytest.raises(UserError) as caught:
        Store(folder)
    assert caught.value.message == f"The store folder {folder.name} cannot be written to."
    assert "--store" in caught.value.hint


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "store").write_text("not a folder")
    with pytest.raises(UserError, match="The store folder store cannot be written to"):
        Store(tmp_path / "store")
    with pytest.raises(UserError, match="cannot be written to"):
        Store(tmp_path / "store" / "below")


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path):
    (tmp_path / DATABASE_NAME).mkdir()
    with pytest.raises(UserError, match=r"tumorboard\.sqlite cannot be written to"):
        Store(tmp_path)


def test_a_network_share_is_refused_unless_allowed(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    share = tmp_path / "a share"
    escaped = str(share.resolve()).replace(" ", "\\040")
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {escaped} nfs4 rw 0 0\n")
    monkeypatch.setattr(place, "_MOUNTS", mounts)
    with pytest.raises(UserError, match="network share") as caught:
        Store(share / "store")
    assert "disk of this computer" in caught.value.hint
    with Store(share / "store", allow_network=True) as store:
        assert verify(store).ok
    with Store(tmp_path / "local") as store:
        assert verify(store).ok


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/anna/x", "ext4"),
        ("/home/anna/share/x", "cifs"),
        ("/home/anna/share/x/over/y", "tmpfs"),
        ("/home/anna/sharepoint", "ext4"),
        ("/mnt/my disk/x", "fuse.sshfs"),
    ],
)
def test_the_mount_nearest_to_the_folder_counts(path, expected):
    mounts = (
        "/dev/sda / ext4 rw 0 0\n//srv/a /home/anna/share cifs rw 0 0\nbroken\n"
        "tmpfs /home/anna/share/x/over tmpfs rw 0 0\n"
        "u@h: /mnt/my\\040disk ext2 rw 0 0\nu@h: /mnt/my\\040disk fuse.sshfs rw 0 0\n"
    )
    assert place.filesystem_type(Path(path), mounts) == expected


def draw_many(session: Session) -> None:
    for n in range(2, 500):
        session.put_annotation(annotation(str(n)))


def test_a_full_disk_loses_nothing_and_is_survived(tmp_path):
    with Store(tmp_path) as store:
        session = Session(store, "Dr Sample")
        session.new_case("A", ANNA)
        session.put_annotation(annotation("1"))
        pages = pragma(store, "page_count")
        store.connection.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(UserError, match=r"disk .* is full") as caught:
            draw_many(session)
        assert "everything before it is saved" in caught.value.hint
        case = session.case
        assert case is not None
        kept = case.annotations
        assert 1 <= len(kept) < 499
        assert session.open_case(case.uid).annotations == kept
        assert verify(store).ok
        store.connection.execute("PRAGMA max_page_count=100000")
        assert len(session.put_annotation(annotation("last")).annotations) == len(kept) + 1
        assert verify(store).ok


_FULL = """
import resource, sys
from pathlib import Path
from tests.store.samples import ANNA, annotation
from tumorboard.app.session import Session
from tumorboard.errors import UserError
from tumorboard.store.database import Store
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
done = 0
try:
    with Store(Path(sys.argv[1])) as store:
        session = Session(store, "Dr Sample")
        session.new_case("A", ANNA)
        for done in range(500):
            session.put_annotation(annotation(str(done)))
except UserError as error:
    sys.stdout.write(f"{done}|{error}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs file size limits")
@pytest.mark.parametrize("limit", [100, 30_000, 200_000])
def test_a_disk_that_takes_no_more_is_told_in_a_sentence(tmp_path, limit):
    found = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path), str(limit)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    done, sentence = found.stdout.split("|")
    assert sentence.startswith("The disk that holds the store"), found.stderr
    with Store(tmp_path) as store:
        assert verify(store).ok
        session = Session(store, "Dr Sample")
        if int(done):
            case = session.open_case(session.cases()[0].uid)
            assert len(case.annotations) == int(done)


def test_a_store_that_another_program_holds_is_told(tmp_path):
    with Store(tmp_path) as store, Store(tmp_path, backup=False) as other:
        store.connection.execute("PRAGMA busy_timeout=30")
        with other.transaction(), pytest.raises(UserError, match="Another program is writing"):
            fill(store, 1)
        fill(store, 1)
        assert verify(store).ok


def forget_a_label(store: Store) -> None:
    with store.transaction():
        store.connection.execute("UPDATE board_case SET label = 'gone'")
        raise ZeroDivisionError


def test_an_error_inside_a_transaction_leaves_nothing_behind(tmp_path):
    with Store(tmp_path) as store:
        fill(store, 1)
        head = store.head
        with pytest.raises(ZeroDivisionError):
            forget_a_label(store)
        assert store.head == head
        assert verify(store).ok


def test_the_log_and_the_sentences_hold_no_patient_and_no_path(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with Store(tmp_path) as store:
        session = Session(store, "Dr Sample")
        session.new_case("A", ANNA)
        store.connection.execute(f"PRAGMA max_page_count={pragma(store, 'page_count')}")
        with pytest.raises(UserError) as caught:
            draw_many(session)
    text = caplog.text + str(caught.value) + caught.value.details
    assert "SQLITE_FULL" in text
    for secret in ("ZZTEST", "Z-1", "19600101", str(tmp_path)):
        assert secret not in text
