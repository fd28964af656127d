"""Outlines and vessels in the session: stored with their step, undone, reloaded, moved."""

from dataclasses import replace

import numpy as np
import pytest

from tests.store.samples import ANNA, blob, incoming, segmentation, vessel
from tumorboard.app.session import Session
from tumorboard.case.model import Lesion
from tumorboard.errors import UserError
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_model import Mask
from tumorboard.store import driver, steps
from tumorboard.store.backup import back_up, copies
from tumorboard.store.database import Store
from tumorboard.store.verify import verify


@pytest.fixture
def session(tmp_path):
    with Store(tmp_path / "store") as store:
        session = Session(store, "Dr Sample")
        session.new_case("A", ANNA)
        session.put_lesion(Lesion("L1", "Mass", is_index=True))
        yield session
        report = verify(store)
        assert report.ok, report.problems


def held(session, uid="s1"):
    return session.case.segmentation(uid)


def bodies(session):
    return session.store.connection.execute("SELECT count(*) FROM mask_voxels").fetchone()[0]


def test_an_outline_is_stored_with_its_voxels_in_one_step(session):
    before = len(session.history())
    session.put_mask(segmentation("s1", author="", created_utc=""), blob(), "Outline the mass")
    record = held(session)
    assert len(session.history()) == before + 1
    assert session.undo_label == "Outline the mass"
    assert record.volume_mm3 == pytest.approx(blob().volume_mm3)
    assert (record.slices, record.origin) == ((1, 5), (1, 4, 5))
    assert record.author == "Dr Sample"
    assert record.created_utc
    assert session.mask("s1").same_as(blob())
    assert session.stored_case() == session.case


def test_undo_and_redo_bring_back_the_voxels(session):
    session.put_mask(segmentation("s1"), blob())
    session.put_mask(held(session), blob(high=14), "Brush")
    session.put_mask(held(session), PackedMask.of(blob(high=16)), "Brush")
    stored = bodies(session)
    assert session.mask("s1").same_as(blob(high=16))
    session.undo()
    assert session.mask("s1").same_as(blob(high=14))
    session.undo()
    assert session.mask("s1").same_as(blob())
    session.redo()
    assert session.mask("s1").same_as(blob(high=14))
    session.undo()
    session.undo()
    assert held(session) is None
    assert bodies(session) == stored == 4  # three masks, one grid


def test_putting_the_same_voxels_is_no_step(session):
    session.put_mask(segmentation("s1"), blob())
    before = len(session.history())
    session.put_mask(held(session), blob())
    assert len(session.history()) == before


def test_another_program_reads_the_same(session):
    session.put_mask(segmentation("s1"), blob())
    session.put_vessel(vessel("v1", lumen_uid="", mass_uids=("s1",)))
    with Store(session.store.folder, backup=False) as again:
        other = Session(again, "Dr Other")
        assert other.open_case(session.case.uid) == session.case
        mask = other.mask("s1")
        assert mask.same_as(blob())
        assert mask.volume_mm3 == blob().volume_mm3
        assert np.array_equal(mask.stack.origins, blob().stack.origins)
        assert mask is other.mask("s1")


def test_a_vessel_is_put_changed_and_taken_back(session):
    session.put_vessel(vessel("v1", lumen_uid="", mass_uids=()))
    first = session.case.vessel("v1")
    session.put_vessel(replace(first, traced=False), "Straighten")
    assert session.case.vessel("v1").traced is False
    session.undo()
    assert session.case.vessel("v1") == first
    steps_before = len(session.history())
    session.put_vessel(first)
    assert len(session.history()) == steps_before
    session.delete_vessel("v1")
    assert session.case.vessels == ()
    assert session.undo() == "Delete vessel"


def test_a_deleted_outline_comes_back_with_its_voxels(session):
    session.put_mask(segmentation("s1"), blob())
    session.delete_segmentation("s1")
    assert held(session) is None
    with pytest.raises(KeyError):
        session.mask("s1")
    session.undo()
    assert session.mask("s1").same_as(blob())


def test_an_empty_outline_is_kept(session):
    session.put_mask(segmentation("s1"), Mask.of(np.zeros((1, 1, 1)), blob().stack))
    assert held(session).is_empty
    assert session.mask("s1").is_empty


def test_a_record_cannot_name_what_is_not_stored(session):
    with pytest.raises(ValueError, match="names nothing stored"):
        session.put_segmentation(segmentation("s1", digest="f" * 64))
    assert held(session) is None


def test_the_audit_holds_no_voxels(session):
    session.put_mask(segmentation("s1"), blob())
    last = session.store.steps.last_step(session.case.uid)
    text = steps.content_of(session.store.connection, last)
    assert held(session).digest in text
    assert len(text) < 2000


def test_voxels_are_never_changed(session):
    session.put_mask(segmentation("s1"), blob())
    for sql in ("UPDATE mask_voxels SET body = body", "DELETE FROM mask_voxels"):
        with pytest.raises(driver.DatabaseError, match="never changed"):
            session.store.connection.execute(sql)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE mask_voxels SET body = zeroblob(9)", "of an outline were changed"),
        ("DELETE FROM mask_voxels", "of an outline are missing"),
        ("DELETE FROM segmentation", "the segmentation rows of case"),
    ],
)
def test_a_change_behind_its_back_is_named(tmp_path, sql, named):
    with Store(tmp_path) as store:
        session = Session(store, "Dr Sample")
        session.new_case("A", ANNA)
        session.put_mask(segmentation("s1"), blob())
        for verb in ("UPDATE", "DELETE"):
            store.connection.execute(f"DROP TRIGGER mask_voxels_no_{verb}")
        store.connection.execute(sql)
        assert any(named in problem for problem in verify(store).problems)
        fresh = Session(store, "Dr Sample")
        fresh.open_case(session.case.uid)
        with pytest.raises((UserError, KeyError)):
            fresh.mask("s1")


def test_a_copy_and_another_store_carry_the_voxels(tmp_path):
    scratch = Session.scratch("Dr Sample")
    scratch.add_series([incoming(1)])
    scratch.open_case(scratch.cases()[0].uid)
    scratch.put_mask(segmentation("s1"), blob(high=14))
    scratch.put_mask(held(scratch), blob(), "Brush")
    with Store(tmp_path / "lasting") as store:
        scratch.save_to(store)
        assert scratch.mask("s1").same_as(blob())
        scratch.undo()
        assert scratch.mask("s1").same_as(blob(high=14))
        assert verify(store).ok
        back_up(tmp_path / "lasting")
        copy = copies(tmp_path / "lasting")[-1]
        opened = driver.connect(str(copy))
        assert opened.execute("SELECT count(*) FROM mask_voxels").fetchone()[0] == 3
        opened.close()


def test_an_outline_saved_into_a_stored_case_arrives(tmp_path):
    with Store(tmp_path / "lasting") as store:
        lasting = Session(store, "Dr Sample")
        lasting.add_series([incoming(1)])
        uid = lasting.cases()[0].uid
        scratch = Session.scratch("Dr Sample")
        scratch.add_series([incoming(1)])
        scratch.open_case(scratch.cases()[0].uid)
        scratch.put_mask(segmentation("s1"), blob())
        scratch.save_to(store, uid)
        assert scratch.case.uid == uid
        assert scratch.mask("s1").same_as(blob())
        assert verify(store).ok
