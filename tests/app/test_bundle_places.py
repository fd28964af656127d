"""Drawings of a case bundle lie in the space of their series, wherever that is in the patient."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.app import bundles
from tests.app.bundles import FRIEDA, changed, forged, members_of
from tests.dicom.make import Person, write_slices
from tests.store import samples
from tumorboard.app.bundle_format import CASE
from tumorboard.app.bundle_intake import take_in_bundle
from tumorboard.app.bundle_places import BEYOND_MM, Space, check_places, drawings_of
from tumorboard.app.bundle_reader import read_bundle
from tumorboard.app.guidance import Guidance
from tumorboard.app.imports import find, take_in
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.progress import Reporter
from tumorboard.store.database import Store

NUMBERS = st.floats(-1.0, 2.0)
SHARES = st.tuples(NUMBERS, NUMBERS, NUMBERS)


@st.composite
def stacks(draw):
    """A stack anywhere in the patient, turned any way."""
    turn = np.linalg.qr(
        np.array(draw(st.lists(st.floats(-1, 1), min_size=9, max_size=9))).reshape(3, 3)
        + 3 * np.eye(3)
    )[0]
    count = draw(st.integers(1, 9))
    start = np.array(draw(st.tuples(*[st.floats(-900, 900)] * 3)))
    normal = np.cross(turn[0], turn[1])
    origins = start + np.arange(count)[:, None] * draw(st.floats(0.5, 9)) * normal
    spacing = (draw(st.floats(0.3, 3)), draw(st.floats(0.3, 3)))
    return SliceStack(origins, turn[0], turn[1], spacing, draw(st.integers(1, 512)), 64)


@given(stacks(), SHARES)
def test_how_far_a_point_lies_outside_is_that_of_the_indices(stack, share):
    """By the stack's own map to indices: half a voxel beyond the outer centres is the edge."""
    index = np.array(share) * np.array(stack.shape) - 0.5
    steps = np.array([stack.slice_spacing, *stack.pixel_spacing])
    beyond = np.maximum(np.maximum(-0.5 - index, index + 0.5 - np.array(stack.shape)), 0) * steps
    found = Space.of(stack).beyond_mm([stack.to_lps(index)])
    assert found == pytest.approx(beyond.max(), abs=1e-6)


@given(stacks(), SHARES)
def test_a_space_survives_its_json(stack, share):
    space = Space.of(stack)
    again = Space.from_json(space.to_json())
    point = stack.to_lps(np.array(share) * np.array(stack.shape))
    assert again.beyond_mm([point]) == pytest.approx(space.beyond_mm([point]), abs=0.1)


@given(stacks(), SHARES)
def test_what_lies_outside_is_refused_and_nothing_else(stack, share):
    space = Space.of(stack, "1.2.9")
    point = tuple(map(float, stack.to_lps(np.array(share) * (3 * np.array(stack.shape)))))
    beyond = space.beyond_mm([point])
    assume(abs(beyond - BEYOND_MM) > 1e-3)
    drawn = samples.annotation("1.2", points=(point,))
    ref = samples.incoming(4, FRIEDA, 3).ref
    drawings = list(drawings_of({"annotation": [("1.2", drawn)]}))
    if beyond <= BEYOND_MM:
        check_places(drawings, [ref], {"1.2.3.4": space})
    else:
        with pytest.raises(UserError, match=f"annotation 1, a length, lies {beyond:.0f} mm"):
            check_places(drawings, [ref], {"1.2.3.4": space})


@pytest.fixture(scope="module")
def guidance(tmp_path_factory):
    return Guidance(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def case(tmp_path, guidance):
    """A store with real slices and a length on them: the store, the case and the bundle of it."""
    person = Person("PID-77-31", "QUIXFICT^FRIEDA-MARIA", "19590412", "F")
    write_slices(tmp_path / "ct", 5, patient=person, study_uid="1.2.3", series_uid="1.2.3.4")
    with Store(tmp_path / "store") as store:
        session = bundles.session_on(store, guidance)
        take_in(session, find([tmp_path / "ct"], Reporter()))
        (summary,) = session.cases()
        session.open_case(summary.uid)
        corner = (-10.0, -20.0, 30.0)
        image = samples.annotation("x").image
        session.put_annotation(
            samples.annotation(
                "2.25.1",
                points=(corner, (-8.0, -18.0, 30.0)),
                image=image.__class__("1.2.3", "1.2.3.4", image.sop_instance_uids, "", image.plane),
            )
        )
    path = tmp_path / "b.zip"
    bundles.written(tmp_path / "store", guidance, summary.uid, path, with_identity=True)
    return tmp_path, path


def outside(path, to):
    return forged(
        path,
        to,
        lambda m: changed(
            m, CASE, lambda c: c["annotations"][0].update(points=[[-10.0, -20.0, 130.0]])
        ),
    )


def test_a_bundle_says_where_its_images_lie(case, guidance):
    folder, path = case
    with Store(folder / "other") as store:
        take_in_bundle(bundles.session_on(store, guidance), read_bundle(path))
    with pytest.raises(UserError, match=r"annotation 1, a length, lies 9. mm outside"):
        read_bundle(outside(path, folder / "far.zip"))


def test_images_that_are_here_say_where_they_lie_themselves(case, guidance):
    """A bundle that keeps silent about its space is compared with the images of this store."""
    folder, path = case
    silent = forged(
        outside(path, folder / "far.zip"),
        folder / "silent.zip",
        lambda m: changed(m, CASE, lambda c: c["series"][0].pop("space")),
    )
    assert b'"space"' not in members_of(silent)[CASE]
    bundle = read_bundle(silent)
    with Store(folder / "store") as store:
        session = bundles.session_on(store, guidance)
        before = store.head
        with pytest.raises(UserError, match=r"annotation 1, a length, lies 9. mm outside"):
            take_in_bundle(session, bundle, beside=True)
        assert store.head == before
