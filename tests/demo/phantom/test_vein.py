from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumorboard.demo.phantom.cases import demonstrations
from tumorboard.demo.phantom.spec import Contact, Ivc, Mass, Thrombus
from tumorboard.demo.phantom.vein import Vein

MASS = Mass((-70.0, 5.0, 150.0), (90.0, 70.0, 80.0), turn=40.0)


@given(arc=st.floats(5, 340), direction=st.floats(-60, 60), z=st.floats(135, 165))
@settings(max_examples=40, deadline=None)
def test_the_vein_touches_the_mass_over_the_arc_asked_for(
    arc: float, direction: float, z: float
) -> None:
    vein = Vein(Ivc(contact=Contact(z, arc, direction)), MASS)
    assert vein.contact_arc(z) == pytest.approx(arc, abs=0.15)


def test_the_arc_agrees_with_a_plane_mass() -> None:
    """Beside a mass so large that its edge is straight, the arc follows from the depth."""
    wide = Mass((-5000.0, 0.0, 150.0), (10000.0, 10000.0, 10000.0))
    for arc in (60.0, 180.0, 300.0):
        vein = Vein(Ivc(radius=10.0, contact=Contact(150.0, arc, 0.0)), wide)
        depth = -vein.centre(150.0)[0]  # how far the centre lies inside the edge at x = 0
        assert depth == pytest.approx(-10.0 * math.cos(math.radians(arc / 2)), abs=0.1)


@given(
    caudal=st.floats(90, 200),
    length=st.floats(30, 140),
    occlusion=st.floats(0.05, 0.99),
    share=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_tumour_in_the_vein_stays_in_it_and_fills_what_it_should(
    caudal: float, length: float, occlusion: float, share: float
) -> None:
    vein = Vein(Ivc(tumour=Thrombus(caudal, caudal + length, occlusion)), None)
    z = caudal + share * length
    found = vein.thrombus(z)
    if share in (0.0, 1.0) or found is None:
        assert not caudal < z < caudal + length
        return
    x, y, radius = found
    assert math.dist((x, y), vein.centre(z)) + radius <= vein.radius(z) + 1e-6
    assert radius**2 / vein.radius(z) ** 2 <= occlusion + 1e-6
    middle = vein.thrombus(caudal + length / 2)
    assert middle is not None
    if length > 2.4 * 13:
        full = (middle[2] / vein.radius(caudal + length / 2)) ** 2
        assert full == pytest.approx(occlusion, abs=1e-6)


def test_nothing_in_the_vein_outside_the_ends() -> None:
    vein = Vein(Ivc(tumour=Thrombus(100, 150, 0.5)), None)
    assert [vein.thrombus(z) for z in (90.0, 100.0, 150.0, 160.0)] == [None] * 4


@pytest.mark.parametrize("case", demonstrations(), ids=lambda c: c.label)
def test_levels_lie_in_order_on_a_course_without_jumps(case: object) -> None:
    for study in case.studies:  # type: ignore[attr-defined]
        spec = study.spec
        heights = astuple(spec.ivc.levels)
        assert list(heights) == sorted(heights)
        vein = Vein(spec.ivc, spec.mass)
        course = np.array([vein.centre(z) for z in np.arange(80.0, 350.0, 2.0)])
        assert np.linalg.norm(np.diff(course, axis=0), axis=1).max() < 2.5
