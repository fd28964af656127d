"""Nothing that was drawn on the images of one case is stored in another."""

from dataclasses import replace

import pytest

from tests.annotations.shapes import annotation
from tests.dicom.make import Person
from tests.ui.lectern import write_case
from tumorboard.annotations.model import Kind
from tumorboard.app.annotation_edits import drawn
from tumorboard.app.case_images import check_belongs
from tumorboard.app.edits import apply, put_annotation
from tumorboard.app.headless import import_paths
from tumorboard.app.workspace import Workspace
from tumorboard.case.model import Case, Patient, SeriesRef
from tumorboard.errors import UserError
from tumorboard.progress import Reporter


def on(series: str):
    drawing = annotation(Kind.LENGTH)
    return replace(drawing, image=replace(drawing.image, series_instance_uid=series))


def listed(*keys: str) -> Case:
    whole = {"part two": "split"}
    refs = tuple(
        SeriesRef(k, "1", "CT", "", "", 9, 9, 9, "volume", part_of=whole.get(k, "")) for k in keys
    )
    return Case("c", "A", Patient("p"), series=refs)


#: What a store holds of series by the key that they are listed under.
BODIES = {
    "mine": {"series_instance_uid": "mine"},
    "theirs": {"series_instance_uid": "theirs"},
    "part two": {"info": {"series_instance_uid": "split"}},
    "split": {"series_instance_uid": "split"},
}


@pytest.mark.parametrize(
    ("case", "series", "passes"),
    [
        (listed("mine"), "mine", True),
        (listed("mine"), "theirs", False),
        (listed(), "theirs", False),
        (listed("part two"), "split", True),
        (listed("mine"), "split", False),
        (listed("mine"), "not in the store", True),
    ],
)
def test_only_series_of_the_case_are_drawn_on(case, series, passes):
    edit = drawn(case, "Draw", [on(series)])
    if passes:
        check_belongs(case, edit, BODIES.get)
        return
    with pytest.raises(UserError, match="images of another case; it was not stored"):
        check_belongs(case, edit, BODIES.get)


def test_what_stays_on_its_series_can_be_changed_and_deleted_anywhere():
    held = on("theirs")
    case = apply(listed("mine"), put_annotation(listed("mine"), held))
    check_belongs(case, put_annotation(case, replace(held, label="x")), BODIES.get)


def test_the_session_stores_nothing_of_another_patient(tmp_path):
    for number in (1, 2):
        person = Person(f"P{number}", f"N{number}", "", "")
        import_paths(
            tmp_path / "store", [write_case(tmp_path / f"{number}", number, person)], Reporter()
        )
    workspace = Workspace(tmp_path / "store", "Dr Test")
    first, second = (c.uid for c in workspace.session.cases())
    theirs = workspace.session.open_case(first).series[0].series_instance_uid
    case = workspace.session.open_case(second)
    with pytest.raises(UserError, match="another case"):
        workspace.session.put_annotation(on(theirs))
    assert workspace.session.stored_case().annotations == ()
    workspace.session.put_annotation(on(case.series[0].series_instance_uid))
    assert len(workspace.session.stored_case().annotations) == 1
    workspace.close()
