"""A case that comes from elsewhere finds its pictures, whatever the parts are called here."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.test_growth import circle, import_, parts_of, shown, stored, volume_of
from tests.store.samples import STAMP, curved_view
from tumorboard.annotations.model import new_uid
from tumorboard.app.edits import put_view
from tumorboard.app.imports import scan_paths, take_in
from tumorboard.app.session import Session
from tumorboard.progress import Reporter
from tumorboard.store.arrival import Arrival
from tumorboard.store.database import Store


def on_first(session: Session, folders: list[Path]) -> str:
    """Import the smaller part first, then all; draw on it and keep a key image of it."""
    import_(session, folders[0])
    import_(session, *folders)
    first = next(n for n, s in stored(session).items() if s.slices == 6)
    session.put_annotation(circle(volume_of(session, first), 2))
    view = curved_view(new_uid(), curve=None)
    pictures = tuple(replace(p, series_key=first, curve=None) for p in view.pictures)
    session.apply(put_view(session.case, replace(view, pictures=pictures)))
    return first


def is_right(session: Session) -> None:
    """Check that circle and key image are on the part of six slices, and on no other."""
    case = session.case
    first = next(n for n, s in stored(session).items() if s.slices == 6)
    assert shown(session, case.annotations[0].uid) == [first]
    assert {p.series_key for v in case.views for p in v.pictures} == {first}
    assert [r.slices for r in case.series if r.series_instance_uid == first] == [6]
    assert session.verify().ok


@pytest.fixture
def folders(tmp_path):
    return parts_of(tmp_path, (6, 9))


def bundle_of(session: Session) -> Arrival:
    case = session.case
    parts = {
        "series": [(r.series_instance_uid, r) for r in case.series],
        "annotation": [(a.uid, a) for a in case.annotations],
        "view": [(v.uid, v) for v in case.views],
    }
    return Arrival(new_uid(), "From afar", "", "", case.patient, parts)


@pytest.mark.parametrize("before", [True, False], ids=["images before", "images after"])
def test_a_case_that_arrives_finds_its_part(folders, before):
    with Store.in_memory() as there, Store.in_memory() as here:
        source, target = Session(there, "Dr Sample"), Session(here, "Dr Here")
        first = on_first(source, folders)
        if before:
            import_(target, *folders)
            assert stored(target)[first].slices == 9  # the name stands for other pictures here
        arrived = here.arrivals.receive(STAMP, bundle_of(source))
        take_in(target, scan_paths(folders, Reporter()), arrived.case_uid)
        target.open_case(arrived.case_uid)
        is_right(target)


@pytest.mark.parametrize("into", [True, False], ids=["into a case", "as a case"])
def test_what_was_viewed_and_is_then_saved_finds_its_part(folders, into):
    with Store.in_memory() as here:
        target = Session(here, "Dr Here")
        import_(target, *folders)
        case = target.case.uid
        scratch = Session(Store.in_memory(), "Dr Sample")
        on_first(scratch, folders)
        scratch.save_to(here, case if into else "")
        is_right(scratch)
