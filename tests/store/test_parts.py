"""Stores of older versions, in which the Series Instance UID alone said what a drawing is on.

They are built by the statements of their own version. What was drawn, kept or stated is the same
before and after; what nobody can tell for certain is named.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.test_growth import circle, put_outline, volume_of
from tests.dicom.make import write_slices
from tests.dicom.test_phases import of, write_phases
from tests.store.samples import STAMP, curved_view
from tumorboard.annotations.model import Annotation, Kind, new_uid
from tumorboard.app.edits import put_annotation, put_view
from tumorboard.app.headless import verify_store
from tumorboard.app.imports import scan_paths, take_in
from tumorboard.app.session import Session
from tumorboard.progress import Reporter
from tumorboard.store import driver, migrations, state
from tumorboard.store.backup import DATABASE_NAME
from tumorboard.store.database import Store
from tumorboard.store.verify import verify

#: Since which version a store holds a family.
SINCE = {"annotation": 1, "view": 4, "segmentation": 7}
VERSIONS = range(1, 9)


def old_store(folder: Path, source: Store, version: int) -> None:
    """Write a store of an older version: its own tables, filled with what it could hold."""
    folder.mkdir()
    connection = driver.connect(str(folder / DATABASE_NAME))
    driver.configure(connection)
    steps = migrations.Steps("tumorboard")
    steps._steps = migrations.migrations._steps[:version]
    with driver.transaction(connection):
        connection.execute(f"PRAGMA application_id={migrations.APPLICATION_ID}")
        steps.apply(driver.sqlite_utils.Database(connection, execute_plugins=False))
        connection.execute(f"PRAGMA user_version={version}")
    connection.execute("PRAGMA foreign_keys=OFF")
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'"
    ).fetchall()
    for (table,) in [tuple(row) for row in tables]:
        columns = [r["name"] for r in connection.execute(f"PRAGMA table_info({table})")]
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        read = "SELECT NAMES FROM TABLE".replace("NAMES", names).replace("TABLE", table)
        write = "INSERT INTO TABLE (NAMES) VALUES (MARKS)".replace("NAMES", names)
        write = write.replace("TABLE", table).replace("MARKS", marks)
        for row in source.connection.execute(read).fetchall():
            connection.execute(write, tuple(row))
    connection.close()


def count(store: Store, *families: str) -> dict[str, int]:
    sql = "SELECT count(*) FROM TABLE"
    return {
        f: store.connection.execute(sql.replace("TABLE", state.TABLES[f])).fetchone()[0]
        for f in families
    }


def known_length(drawn: Annotation) -> Annotation:
    return replace(
        drawn, uid=new_uid(), kind=Kind.CALIBRATION, points=drawn.points[:2], known_mm=20.0
    )


def as_before(session: Session, drawn: Annotation) -> Annotation:
    """Draw as an older version did: under the Series Instance UID, whichever part it was."""
    whole = session.case.series[0].whole_uid
    old = replace(drawn, image=replace(drawn.image, series_instance_uid=whole))
    session.apply(put_annotation(session.case, old))
    return old


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_that_was_drawn_kept_or_stated_is_lost(tmp_path, version):
    write_phases(tmp_path / "images", (0, 0), of("AcquisitionNumber", 1, 2))
    families = [f for f, since in SINCE.items() if since <= version]
    with Store.in_memory() as source:
        session = Session(source, "Dr Sample")
        outcome = take_in(session, scan_paths([tmp_path / "images"], Reporter()))
        session.open_case(outcome.cases[0])
        first, second = (r.series_instance_uid for r in session.case.series)
        drawn = [circle(volume_of(session, name), 2) for name in (first, second)]
        old = [as_before(session, d) for d in (*drawn, known_length(drawn[1]))]
        if "view" in families:
            view = curved_view(new_uid(), curve=None)
            session.apply(put_view(session.case, view))
        if "segmentation" in families:
            put_outline(session, volume_of(session, first))
        before = count(source, *families)
        old_store(tmp_path / "store", source, version)
    with Store(tmp_path / "store") as store:
        assert count(store, *families) == before
        assert verify(store).ok, verify(store).problems
        session = Session(store, "Dr Sample")
        case = session.open_case(session.cases()[0].uid)
        homes = {a.uid: a.image.series_instance_uid for a in case.annotations}
        assert homes == {old[0].uid: first, old[1].uid: second, old[2].uid: second}
        told = [d.text for d in store.pictures.doubts()]
        assert len(told) == ("segmentation" in families)
        assert all(text.startswith("outline") for text in told)
        session.undo()
        session.redo()
        assert {a.uid: a.image.series_instance_uid for a in session.case.annotations} == homes
    whole, text = verify_store(tmp_path / "store", Reporter())
    assert whole
    assert all(d in text for d in told)


def test_pictures_that_a_later_import_took_the_place_of_are_named(tmp_path):
    files = write_slices(tmp_path / "images", 8)
    with Store.in_memory() as source:
        session = Session(source, "Dr Sample")
        outcome = take_in(session, scan_paths(files[:4], Reporter()))
        session.open_case(outcome.cases[0])
        (ref,) = session.case.series
        drawn = circle(volume_of(session, ref.series_instance_uid), 1)
        session.put_annotation(drawn)
        with source.transaction():  # as older versions did with the second half
            rest = take_in_body(scan_paths(files[4:], Reporter()))
            source.connection.execute("UPDATE series SET body = ?", (rest,))
        old_store(tmp_path / "store", source, 8)
    with Store(tmp_path / "store") as store:
        (doubt,) = store.pictures.doubts(unseen=True)
        assert "import them again" in doubt.text
        with store.transaction():
            store.pictures.mark_seen(STAMP.utc)
        assert store.pictures.doubts(unseen=True) == ()
        assert len(store.pictures.doubts()) == 1
        session = Session(store, "Dr Sample")
        take_in(session, scan_paths(files, Reporter()))
        case = session.open_case(session.cases()[0].uid)
        assert case.series[0].slices == 8
        volume = volume_of(session, ref.series_instance_uid)
        assert case.annotations[0].image.sop_instance_uids[0] in volume.sop_instance_uids


def take_in_body(result) -> bytes:
    from tumorboard.store.series import PackedBody

    return PackedBody.of(result.series[0].to_json()).blob
