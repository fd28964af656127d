"""Which pictures of kept views go on paper, and in which order."""

from dataclasses import replace

import pytest

from tests.store import samples
from tumorboard.case.model import Case
from tumorboard.case.saved_view import SavedPicture
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.ui.key_images.report import shots_of

PLAIN = samples.view("v0").pictures[1]


def picture(display: int, plane: Plane) -> SavedPicture:
    return replace(
        PLAIN, display=display, plane=plane.value, series_key=f"1.2.{display}", spec=CutSpec(plane)
    )


#: Two dates, axial above coronal, as the layout lists them.
COMPARED = tuple(picture(n, plane) for n in (0, 1) for plane in (Plane.AXIAL, Plane.CORONAL))


def shown(pictures, **more) -> list[tuple[str, str]]:
    views = (samples.view("v1", pictures=pictures, **more), samples.view("v2", alone=True))
    shots = shots_of(Case("c", "RP-1", samples.ANNA, views=views))
    assert {shot.caption for shot in shots} == {"Mass"}
    return [(s.series_key, s.plane.value) for s in shots if s.view_uid == "v1"]


@pytest.mark.parametrize(("active", "plane"), [(0, "axial"), (1, "coronal"), (3, "coronal")])
def test_dates_stand_side_by_side_in_the_plane_that_was_worked_in(active, plane):
    found = shown(COMPARED, active=active, alone=False)
    assert found == [("1.2.0", plane), ("1.2.1", plane)]


def test_a_view_shown_alone_stays_alone():
    assert shown(COMPARED, active=2, alone=True) == [("1.2.1", "axial")]


def test_three_planes_of_one_series_give_the_one_that_was_worked_in():
    planes = tuple(picture(0, plane) for plane in Plane)
    assert len(planes) == 3
    assert shown(planes, active=1, alone=False) == [("1.2.0", planes[1].plane)]


def test_beside_a_curved_view_stands_the_plane_through_the_same_place():
    case = Case("c", "RP-1", samples.ANNA, views=(samples.curved_view("v1"),))
    assert [shot.saved.plane for shot in shots_of(case)] == ["axial", "curved"]
