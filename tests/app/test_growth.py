"""Series grow by what comes later: nothing that was taken in, drawn or kept is lost or moved."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.dicom.make import slice_positions, write_slices
from tests.dicom.test_phases import of, write_phases
from tests.store.samples import curved_view
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation, ImageReference, Kind, as_point, new_uid
from tumorboard.annotations.visibility import on_section, rests_on
from tumorboard.app.edits import put_segmentation, put_view
from tumorboard.app.imports import ImportOutcome, scan_paths, take_in
from tumorboard.app.outlining import begun
from tumorboard.app.series_record import series_of, series_ref
from tumorboard.app.session import Session
from tumorboard.case.annotation_facts import derive
from tumorboard.case.codec import encode
from tumorboard.case.facts import Fact, Provenance
from tumorboard.case.measured import Measured, state_of
from tumorboard.case.segmentation import Segmentation
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.series import Series
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.slicing import cut, native_plane
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter
from tumorboard.store import steps
from tumorboard.store.audit import Stamp
from tumorboard.store.database import Store


@pytest.fixture
def session():
    with Store.in_memory() as store:
        yield Session(store, "Dr Sample")


@pytest.fixture
def deriving():
    """A session whose facts follow from what is drawn and measured."""
    with Store.in_memory() as store:
        yield Session(store, "Dr Sample", derive=derive)


def import_(session: Session, *paths: Path) -> ImportOutcome:
    outcome = take_in(session, scan_paths(paths, Reporter()))
    session.open_case(outcome.cases[0])
    return outcome


def stored(session: Session) -> dict[str, Series]:
    assert session.case is not None
    names = [r.series_instance_uid for r in session.case.series]
    return {name: series_of(session.series_record(name) or b"") for name in names}


def volume_of(session: Session, name: str) -> Volume:
    loader = VolumeLoader(stored(session)[name])
    loader.run()
    return loader.volume


def circle(volume: Volume, k: int) -> Annotation:
    """Draw a circle on a slice, as the program keeps it."""
    ends = [(k, 5, 3), (k, 5, 11), (k, 1, 7), (k, 9, 7)]
    image = ImageReference(
        volume.study_instance_uid,
        volume.series_instance_uid,
        (volume.sop_instance_uids[k],),
        volume.frame_of_reference_uid,
        native_plane(volume.stack),
        volume.calibration,
    )
    points = tuple(as_point(volume.stack.to_lps(np.array(p))) for p in ends)
    normal = as_point(volume.stack.normal)
    return Annotation(new_uid(), Kind.CIRCLE, points, normal, image, "Dr Sample", "2026-01-01")


def put_outline(session: Session, volume: Volume) -> Segmentation:
    """Store an outline of two slices."""
    packed = PackedMask.of(Mask.of(np.ones((2, 3, 3), bool), volume.stack, (1, 1, 1)))
    record = begun(session.case, volume, "").filled_with(packed)
    edit = put_segmentation(session.case, record)
    session.apply(replace(edit, voxels=(packed.voxels, packed.grid)))
    return record


def mean(session: Session, uid: str) -> float:
    assert session.case is not None
    drawn = session.case.annotation(uid)
    assert drawn is not None
    found = measure(drawn, volume_of(session, drawn.image.series_instance_uid)).statistics
    assert found is not None
    return found.mean


def shown(session: Session, uid: str) -> list[str]:
    """Return the series on which an annotation shows anywhere."""
    found = []
    for name in stored(session):
        volume = volume_of(session, name)
        plane = native_plane(volume.stack)
        drawn = tuple(a for a in session.case.annotations if rests_on(a.image, volume))
        cuts = (cut(volume, plane, as_point(o)) for o in volume.stack.origins)
        if any(a.uid == uid for c in cuts for a in on_section(drawn, volume, c)):
            found.append(name)
    return found


def test_the_second_half_of_a_series_joins_the_first(session, tmp_path):
    """As https://github.com/horosproject/horos/issues/476 has it."""
    files = write_slices(tmp_path / "one", 20)
    for file in files[10:]:
        (tmp_path / "two").mkdir(exist_ok=True)
        file.rename(tmp_path / "two" / file.name)
    import_(session, tmp_path / "one")
    (name,) = stored(session)
    drawn = circle(volume_of(session, name), 4)
    session.put_annotation(drawn)
    before = mean(session, drawn.uid)
    outcome = import_(session, tmp_path / "two")
    assert outcome.text == "1 series grew by 10 images."
    assert {n: s.slices for n, s in stored(session).items()} == {name: 20}
    assert session.case.series[0].slices == 20
    assert session.case.annotations == (drawn,)
    assert mean(session, drawn.uid) == before
    again = import_(session, tmp_path)
    assert again.text == "1 series already there."
    assert session.verify().ok


def test_a_series_grows_in_every_case_that_lists_it(session, tmp_path):
    files = write_slices(tmp_path / "one", 6)
    (tmp_path / "two").mkdir()
    for file in files[4:]:
        file.rename(tmp_path / "two" / file.name)
    import_(session, tmp_path / "one")
    first, patient = session.case.uid, session.case.patient
    other = session.new_case("Other", patient).uid
    take_in(session, scan_paths([tmp_path / "one"], Reporter()), other)
    outcome = take_in(session, scan_paths([tmp_path / "two"], Reporter()), first)
    assert set(outcome.cases) == {first, other}
    assert [session.open_case(uid).series[0].slices for uid in (first, other)] == [6, 6]
    assert session.verify().ok


def test_slices_between_those_that_are_there_join_them(session, tmp_path):
    files = write_slices(tmp_path / "one", 9)
    (tmp_path / "two").mkdir()
    for file in files[1::2]:
        file.rename(tmp_path / "two" / file.name)
    import_(session, tmp_path / "one")
    assert import_(session, tmp_path / "two").text == "1 series grew by 4 images."
    (series,) = stored(session).values()
    positions = [i.position[2] for i in series.instances]
    assert positions == sorted(positions)


def parts_of(tmp_path: Path, counts: Sequence[int]) -> list[Path]:
    """Write acquisitions of one series, of some slices each, each into a folder of its own."""
    for phase, count in enumerate(counts):

        def stamp(ds: Dataset, k: int, phase: int = phase) -> None:
            ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{phase}.{k}"
            ds.AcquisitionNumber = phase + 1

        values = np.full((count, 12, 16), 1024 + 100 * phase, np.int16)
        folder = tmp_path / str(phase)
        write_slices(folder, count, change=stamp, values=values, positions=slice_positions(count))
    return [tmp_path / str(phase) for phase in range(len(counts))]


@pytest.mark.parametrize("counts", [(6, 9), (9, 6), (6, 6), (4, 9, 12)])
def test_what_came_first_keeps_its_name_and_pictures(session, tmp_path, counts):
    """Near https://github.com/OHIF/Viewers/issues/4768"""
    parts = parts_of(tmp_path, counts)
    import_(session, parts[0])
    (first,) = stored(session)
    drawn = circle(volume_of(session, first), 2)
    session.put_annotation(drawn)
    for n in range(1, len(parts)):
        before = {name: series.slices for name, series in stored(session).items()}
        import_(session, *parts[: n + 1])
        now = {name: series.slices for name, series in stored(session).items()}
        assert before.items() <= now.items()
        assert len(now) == n + 1
        assert mean(session, drawn.uid) == 0.0
        assert shown(session, drawn.uid) == [first]
    assert session.verify().ok


def test_a_circle_on_the_second_part_is_of_the_second_part(session, tmp_path):
    """https://github.com/rordenlab/dcm2niix/issues/590"""
    write_phases(tmp_path, (0, 0), of("AcquisitionNumber", 1, 2))
    import_(session, tmp_path)
    second = next(r for r in session.case.series if r.part_of)
    drawn = circle(volume_of(session, second.series_instance_uid), 3)
    session.put_annotation(drawn)
    assert shown(session, drawn.uid) == [second.series_instance_uid]
    assert mean(session, drawn.uid) == -1024 + 1


def test_frames_of_one_object_are_told_apart(session, tmp_path):
    """A reference names frames where an object holds several pictures."""
    write_slices(tmp_path, 3)
    import_(session, tmp_path)
    (name,) = stored(session)
    whole = replace(volume_of(session, name), sop_instance_uids=("1.2.3",) * 3)
    one, other = (replace(whole, frames=frames) for frames in ((1, 2, 3), (4, 5, 6)))
    image = replace(circle(one, 1).image, frames=(2,))
    assert [rests_on(image, v) for v in (one, other)] == [True, False]


def as_one(session: Session) -> str:
    """Let the store hold both phases as one volume, as an older version made of them."""
    first, second = stored(session).values()
    pairs = zip(first.instances, second.instances, strict=True)
    turns = tuple(i for pair in pairs for i in pair)
    whole = replace(first, instances=turns, name="")
    body = whole.to_json()
    del body["name"]
    ref = series_ref(replace(whole, name=first.uid))
    with session.store.transaction():
        stamp = Stamp("older", "2020-01-01T00:00:00Z")
        session.store.series.put(stamp, ref, body)
        session.store.connection.execute("DELETE FROM part_picture")
        name = second.uid
        held = encode(next(r for r in session.case.series if r.series_instance_uid == name))
        row = steps.row_of("series", name, held, None)
        mine = steps.row_of("series", first.uid, held, encode(ref))
        session.store.steps.write(
            steps.NewStep(session.case.uid, "import", "older", stamp, (row, mine))
        )
        session.store.connection.execute("UPDATE series SET whole_uid = uid WHERE uid = ?", (name,))
    session.open_case(session.case.uid)
    return first.uid


@pytest.mark.parametrize("outlined", [False, True])
def test_a_volume_of_two_phases_is_parted_when_it_is_imported_again(session, tmp_path, outlined):
    write_phases(tmp_path, (0, 0.4), of("AcquisitionNumber", 1, 2))
    import_(session, tmp_path)
    name = as_one(session)
    assert stored(session)[name].slices == 12
    drawn = [circle(volume_of(session, name), k) for k in (2, 9)]
    for one in drawn:
        session.put_annotation(one)
    view = curved_view(new_uid(), curve=None)
    point = as_point(volume_of(session, name).stack.origins[9])
    shot = replace(view.pictures[0], series_key=name, point=point)
    session.apply(put_view(session.case, replace(view, pictures=(shot,))))
    if outlined:
        put_outline(session, volume_of(session, name))
    outcome = import_(session, tmp_path)
    now = {n: s.slices for n, s in stored(session).items()}
    if outlined:
        assert now == {name: 12}
        assert "several acquisitions" in outcome.text
        return
    assert sorted(now.values()) == [6, 6]
    assert "was parted" in outcome.text
    other = next(n for n in now if n != name)
    homes = [shown(session, one.uid) for one in drawn]
    assert sorted(homes) == sorted([[name], [other]])
    moved = session.case.views[0].pictures[0].series_key
    assert [moved] == homes[1]
    assert session.verify().ok


@pytest.mark.parametrize("later", [slice(6, None), slice(1, None, 2)], ids=["beside", "between"])
def test_a_series_of_an_older_store_grows(session, tmp_path, later):
    """Older versions kept the kernel of a series, not that of each picture."""

    def kernel(ds: Dataset, _k: int) -> None:
        ds.ConvolutionKernel = "B30f"

    files = write_slices(tmp_path / "one", 12, change=kernel)
    (tmp_path / "two").mkdir()
    for file in files[later]:
        file.rename(tmp_path / "two" / file.name)
    import_(session, tmp_path / "one")
    (ref,) = session.case.series
    body = session.store.series.body_of(ref.series_instance_uid)
    del body["name"]
    for row in (body["common"], *body["instances"]):
        if "marks" in row:
            row["marks"] = [m for m in row["marks"] if m[0] != "ConvolutionKernel"]
    with session.store.transaction():
        session.store.series.put(Stamp("older", "2020-01-01T00:00:00Z"), ref, body)
    assert import_(session, tmp_path / "two").text == "1 series grew by 6 images."
    assert [s.slices for s in stored(session).values()] == [12]


def test_another_picture_under_the_same_identifier_is_not_taken(session, tmp_path):
    write_slices(tmp_path / "a", 5)
    import_(session, tmp_path / "a")

    def moved(ds: Dataset, _k: int) -> None:
        ds.ImagePositionPatient = [0.0, 0.0, *ds.ImagePositionPatient[2:]]

    write_slices(tmp_path / "b", 5, change=moved)
    before = stored(session)
    outcome = take_in(session, scan_paths([tmp_path / "b"], Reporter()))
    assert "same identifier" in outcome.refused[0].reason
    assert stored(session) == before


STEPS = st.lists(st.sets(st.integers(0, 17), min_size=1), min_size=1, max_size=4)


@given(steps=STEPS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_order_of_imports_loses_or_moves_a_picture(tmp_path_factory, steps):
    """A picture stays under the name it was taken in with, unless it is told that it does not."""
    folder = tmp_path_factory.mktemp("parts")
    write_phases(folder, (0, 0.4, 0.9), of("AcquisitionNumber", 1, 2, 3))
    files = sorted(folder.iterdir())
    home: dict[str, str] = {}
    with Store.in_memory() as store:
        session = Session(store, "Dr Sample")
        for n, step in enumerate(steps):
            text = import_(session, *(files[k] for k in step)).text
            now = {
                i.sop_instance_uid: name
                for name, series in stored(session).items()
                for i in series.instances
            }
            assert home.keys() <= now.keys()
            assert home.items() <= now.items() or "was parted" in text
            assert len(now) == len(set().union(*steps[: n + 1]))
            home = now
        assert session.verify().ok


def test_other_pixels_under_stored_identifiers_do_not_take_the_place_of_the_stored(
    session, tmp_path
):
    values = np.zeros((4, 12, 16), np.int16)
    write_slices(tmp_path / "a", 4, values=values)
    write_slices(tmp_path / "b", 4, values=values + 300)
    import_(session, tmp_path / "a")
    found = take_in(session, scan_paths([tmp_path / "b"], Reporter()))
    (series,) = stored(session).values()
    assert {i.path.parent.name for i in series.instances} == {"a"}
    assert any("same identifier" in r.reason for r in found.refused)


def halves(folder: Path, first: slice, rest: slice) -> None:
    """Write slices of one series into two folders."""
    places = slice_positions(8)
    values = np.zeros((8, 12, 16), np.int16)
    for name, part in (("a", first), ("b", rest)):
        count = len(places[part])
        write_slices(folder / name, count, prefix=name, positions=places[part], values=values[part])


def measured_outline(session: Session) -> Segmentation:
    """Outline two slices of the one series, and say what was measured on them."""
    (name,) = stored(session)
    record = put_outline(session, volume_of(session, name))
    note = Provenance("annotation", "Dr", "", (record.uid,), "slices 2 to 3")
    fact = Fact("diameters_cm", (5.0, 4.0), note)
    session.set_measured([Measured.on(session.case, (record.uid,), [fact])])
    assert session.facts.value("diameters_cm") is not None
    return session.case.segmentation(record.uid)


@pytest.mark.parametrize(
    ("first", "rest", "slices"),
    [(slice(4, 8), slice(0, 4), (5, 6)), (slice(0, 4), slice(4, 8), (1, 2))],
)
def test_outlines_name_the_slices_of_a_series_that_grew(deriving, tmp_path, first, rest, slices):
    halves(tmp_path, first, rest)
    import_(deriving, tmp_path / "a")
    before = measured_outline(deriving)
    import_(deriving, tmp_path / "b")
    after = deriving.case.segmentation(before.uid)
    assert (before.slices, after.slices) == ((1, 2), slices)
    assert after.grid_shape[0] == 8
    assert after.volume_mm3 == pytest.approx(before.volume_mm3)
    old, new = deriving.mask_of(before), deriving.mask_of(after)
    np.testing.assert_allclose(old.centroid, new.centroid)
    assert deriving.facts.value("diameters_cm") is None


def test_an_outline_that_slices_came_into_has_no_volume(deriving, tmp_path):
    halves(tmp_path, slice(0, None, 2), slice(1, None, 2))
    import_(deriving, tmp_path / "a")
    before = measured_outline(deriving)
    import_(deriving, tmp_path / "b")
    after = deriving.case.segmentation(before.uid)
    assert (after.volume_mm3, after.digest) == (None, before.digest)
    assert "slices-came" in {c.code for c in after.caveats}
    assert state_of(deriving.case, after.uid) is None
    assert deriving.facts.value("diameters_cm") is None
    # Nothing that was measured before holds again, neither now nor in another window.
    deriving.open_case(deriving.case.uid)
    assert deriving.facts.value("diameters_cm") is None


def test_other_cases_with_outlines_on_a_series_hear_that_it_grew(deriving, tmp_path):
    halves(tmp_path, slice(4, 8), slice(0, 4))
    import_(deriving, tmp_path / "a")
    before = measured_outline(deriving)
    uid = deriving.case.uid
    deriving.close_case()
    take_in(deriving, scan_paths([tmp_path / "b"], Reporter()))
    deriving.open_case(uid)
    assert deriving.case.segmentation(before.uid).slices == (5, 6)
    assert deriving.facts.value("diameters_cm") is None


@pytest.mark.parametrize(
    ("first", "rest"),
    [(slice(4, 8), slice(0, 4)), (slice(0, None, 2), slice(1, None, 2))],
)
def test_outlines_are_undone_and_redone_across_the_growth_of_their_series(
    deriving, tmp_path, first, rest
):
    halves(tmp_path, first, rest)
    import_(deriving, tmp_path / "a")
    before = measured_outline(deriving)
    (name,) = stored(deriving)
    larger = Mask.of(np.ones((2, 4, 4), bool), volume_of(deriving, name).stack, (1, 1, 1))
    deriving.put_mask(before, larger)
    import_(deriving, tmp_path / "b")
    grown = deriving.case.segmentation(before.uid)
    deriving.undo()
    back = deriving.case.segmentation(before.uid)
    assert (back.slices, back.grid_digest) == (grown.slices, grown.grid_digest)
    assert deriving.mask_of(back).count == deriving.mask_of(before).count
    assert (back.volume_mm3 is None) == (first.step == 2)
    deriving.undo()
    assert deriving.case.segmentations == ()
    deriving.redo()
    assert deriving.case.segmentation(before.uid) == back
    deriving.redo()
    assert deriving.case.segmentation(before.uid) == grown
    assert deriving.facts.value("diameters_cm") is None
    assert deriving.verify().ok


@pytest.mark.parametrize("every_other", [True, False])
def test_pictures_of_another_day_that_come_later_are_an_entry_of_their_own(
    session, tmp_path, every_other
):
    parts = (slice(0, None, 2), slice(1, None, 2)) if every_other else (slice(0, 4), slice(4, 8))
    places = slice_positions(8)
    for name, part, day in zip("ab", parts, ("20260302", "20280302"), strict=True):
        write_slices(
            tmp_path / name,
            4,
            prefix=name,
            positions=places[part],
            values=np.zeros((4, 12, 16), np.int16),
            change=lambda ds, _k, day=day: setattr(ds, "StudyDate", day),
        )
    import_(session, tmp_path / "a")
    first = next(iter(stored(session)))
    import_(session, tmp_path / "b")
    dates = {r.series_instance_uid: r.study_date for r in session.case.series}
    assert len(dates) == 2
    assert dates[first] == "20260302"
    assert sorted(dates.values()) == ["20260302", "20280302"]
