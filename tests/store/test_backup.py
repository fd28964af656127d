"""Copies of the store: made, checked, limited in number, put back."""

import threading

import pytest

from tests.store.samples import ANNA, STAMP, incoming
from tumorboard.errors import UserError
from tumorboard.store import backup, driver, migrations
from tumorboard.store.backup import DATABASE_NAME, back_up, copies, restore
from tumorboard.store.database import Store
from tumorboard.store.verify import verify


def add(store: Store, number: int) -> None:
    store.intake.take_in(STAMP, [incoming(number)])


def test_each_start_copies_what_is_new_and_keeps_ten(tmp_path):
    heads = []
    for n in range(14):
        with Store(tmp_path) as store:
            add(store, n)
            heads.append(store.head)
    names = [p.name for p in copies(tmp_path)]
    # The copy at a start holds what the start before it wrote.
    assert [n[-23:-7] for n in names] == [h[:16] for h in heads[3:13]]
    assert [n[11:17] for n in names] == [f"{n:06d}" for n in range(4, 14)]


def test_a_start_after_nothing_happened_copies_nothing(tmp_path):
    with Store(tmp_path) as store:
        add(store, 1)
    for _ in range(3):
        Store(tmp_path).close()
    assert len(copies(tmp_path)) == 1


def test_a_start_in_a_hurry_leaves_the_copy_to_a_worker(tmp_path):
    with Store(tmp_path, backup=False) as store:
        add(store, 1)
        assert copies(tmp_path) == []
        made = []
        worker = threading.Thread(target=lambda: made.append(back_up(tmp_path)))
        worker.start()
        add(store, 2)
        worker.join()
        assert copies(tmp_path) == made


def test_a_copy_opens_as_a_whole_store(tmp_path):
    with Store(tmp_path / "a") as store:
        add(store, 1)
        head = store.head
        copy = back_up(tmp_path / "a")
    assert copy is not None
    assert copy.stat().st_mode & 0o77 == 0
    (tmp_path / "b").mkdir()
    copy.rename(tmp_path / "b" / DATABASE_NAME)
    with Store(tmp_path / "b") as store:
        assert store.head == head
        assert verify(store).ok
        assert store.backup_problem is None


def test_what_is_not_a_copy_of_ours_is_never_deleted(tmp_path):
    (tmp_path / "backups").mkdir()
    mine = tmp_path / "backups" / "before-the-holiday.sqlite"
    mine.write_bytes(b"kept")
    for n in range(13):
        with Store(tmp_path) as store:
            add(store, n)
    assert mine.read_bytes() == b"kept"


def test_a_copy_that_cannot_be_written_does_not_stop_the_start(tmp_path):
    (tmp_path / "backups").write_text("in the way")
    with Store(tmp_path) as store:
        add(store, 1)
    with Store(tmp_path) as store:
        assert store.backup_problem is not None
        assert "safety copy" in store.backup_problem.message
        add(store, 2)
        assert verify(store).ok


def test_a_copy_that_fails_its_check_is_not_kept(tmp_path, monkeypatch):
    def tear(source, partial):
        copy(source, partial)
        content = bytearray(partial.read_bytes())
        content[4096 * 4 : 4096 * 12] = b"\xff" * 4096 * 8
        partial.write_bytes(content)

    copy = backup._copy
    monkeypatch.setattr(backup, "_copy", tear)
    with Store(tmp_path, backup=False) as store:
        add(store, 1)
        with pytest.raises(UserError, match="damaged"):
            back_up(tmp_path)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_damaged_store_is_put_back_and_kept_aside(tmp_path):
    with Store(tmp_path) as store:
        add(store, 1)
        copy = back_up(tmp_path)
        head = store.head
    assert copy is not None
    (tmp_path / DATABASE_NAME).write_bytes(b"broken" * 1000)
    with pytest.raises(UserError):
        Store(tmp_path)
    aside = restore(tmp_path, copy)
    assert (aside / DATABASE_NAME).read_bytes() == b"broken" * 1000
    with Store(tmp_path) as store:
        assert store.head == head
        assert verify(store).ok
    with pytest.raises(UserError, match="cannot be put back"):
        restore(tmp_path, tmp_path / "none.sqlite")
    with Store(tmp_path) as store:
        assert verify(store).ok


#: The number of steps of the present program.
PRESENT = migrations.SCHEMA


def second_step(monkeypatch, fail: bool) -> None:
    """Make a program of the next version, whose new step may fail half way."""

    def more_tables(db):
        db.conn.execute("CREATE TABLE later (uid TEXT PRIMARY KEY) STRICT")
        if fail:
            raise RuntimeError("half way")

    later = driver.sqlite_utils.Migrations("tumorboard")
    later()(migrations.first_tables)
    later()(migrations.remarks)
    later()(migrations.arrangements)
    later()(migrations.saved_views)
    later()(more_tables)
    monkeypatch.setattr(migrations, "migrations", later)
    monkeypatch.setattr(migrations, "SCHEMA", PRESENT + 1)


def test_the_store_is_copied_before_a_new_version_changes_it(tmp_path, monkeypatch):
    with Store(tmp_path) as store:
        add(store, 1)
    second_step(monkeypatch, fail=False)
    with Store(tmp_path) as store:
        assert store.connection.execute("PRAGMA user_version").fetchone()[0] == PRESENT + 1
        assert store.connection.execute("SELECT count(*) FROM later").fetchone()[0] == 0
        assert store.cases.summaries()[0].patient.name == ANNA.name
        assert verify(store).ok
    (copy,) = copies(tmp_path)
    assert f"-v{PRESENT}-" in copy.name


def test_a_failed_step_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    with Store(tmp_path) as store:
        add(store, 1)
        head = store.head
    with monkeypatch.context() as patch:
        second_step(patch, fail=True)
        with pytest.raises(RuntimeError, match="half way"):
            Store(tmp_path)
    with Store(tmp_path) as store:
        assert store.head == head
        tables = [r[0] for r in store.connection.execute("SELECT name FROM sqlite_master")]
        assert "later" not in tables
        assert verify(store).ok


def test_no_new_version_without_a_copy(tmp_path, monkeypatch):
    with Store(tmp_path) as store:
        add(store, 1)
    (tmp_path / "backups").write_text("in the way")
    second_step(monkeypatch, fail=False)
    with pytest.raises(UserError, match="safety copy"):
        Store(tmp_path)
    connection = driver.connect(str(tmp_path / DATABASE_NAME))
    assert connection.execute("PRAGMA user_version").fetchone()[0] == PRESENT
    connection.close()
