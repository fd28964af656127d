"""A series parted by hand: drawings stay with their pictures, and later imports keep the parts."""

import pytest
from pydicom.dataset import Dataset

from tests.app.test_growth import (
    circle,
    import_,
    mean,
    put_outline,
    session,
    shown,
    stored,
    volume_of,
)
from tests.dicom.make import write_slices
from tests.dicom.test_phases import of, write_phases
from tumorboard.app.imports import scan_paths, take_in
from tumorboard.app.series_parts import Way, part_series, ways_to_part
from tumorboard.errors import UserError
from tumorboard.progress import Reporter

__all__ = ["session"]


def silent(ds: Dataset, phase: int, k: int) -> None:
    """Say nothing that tells the phases apart: their numbers alternate."""
    del ds.AcquisitionNumber, ds.AcquisitionTime
    ds.InstanceNumber = 2 * k + phase + 1


def way(session, name: str, words: str) -> Way:
    return next(w for w in ways_to_part(stored(session)[name]) if w.words == words)


def test_slices_that_alternate_are_parted_by_turns(session, tmp_path):
    write_phases(tmp_path, (0, 0.4), silent)
    import_(session, tmp_path)
    (name,) = stored(session)
    assert stored(session)[name].kind == "stack"
    drawn = [circle(volume_of(session, name), k) for k in (2, 3)]
    for one in drawn:
        session.put_annotation(one)
    names = part_series(session, name, way(session, name, "Every other slice"))
    assert names[0] == name
    assert [(s.kind, s.slices) for s in stored(session).values()] == [("volume", 6)] * 2
    assert [shown(session, one.uid) for one in drawn] == [[n] for n in names]
    assert [mean(session, one.uid) for one in drawn] == [-1024, -1023]
    before = {n: s.slices for n, s in stored(session).items()}
    take_in(session, scan_paths([tmp_path], Reporter()))
    session.open_case(session.case.uid)
    assert {n: s.slices for n, s in stored(session).items()} == before
    session.undo()
    session.redo()
    assert [shown(session, one.uid) for one in drawn] == [[n] for n in names]
    assert session.verify().ok


@pytest.mark.parametrize(
    ("words", "counts"),
    [("Halves in the order of their numbers", (4, 4)), ("Slice thickness", (2, 6))],
)
def test_a_series_can_be_parted_by_what_its_pictures_say(session, tmp_path, words, counts):
    def change(ds: Dataset, k: int) -> None:
        ds.SliceThickness = "2" if k > 1 else "5"

    write_slices(tmp_path, 8, change=change)
    import_(session, tmp_path)
    (name,) = stored(session)
    part_series(session, name, way(session, name, words))
    assert sorted(s.slices for s in stored(session).values()) == sorted(counts)


def test_what_all_pictures_say_is_no_way_to_part_them(session, tmp_path):
    write_phases(tmp_path, (0,), of("AcquisitionNumber", 7))
    import_(session, tmp_path)
    (series,) = stored(session).values()
    words = [w.words for w in ways_to_part(series)]
    assert "Acquisition" not in words
    assert len(words) == 3


def test_a_series_with_an_outline_is_not_parted(session, tmp_path):
    write_slices(tmp_path, 8)
    import_(session, tmp_path)
    (name,) = stored(session)
    put_outline(session, volume_of(session, name))
    with pytest.raises(UserError, match="not parted"):
        part_series(session, name, way(session, name, "Every other slice"))
    assert list(stored(session)) == [name]
