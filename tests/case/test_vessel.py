"""Vessels as a reader laid them: the line that follows, and the record as data."""

import json

import numpy as np
import pytest

from tests.store.samples import vessel
from tumorboard.case.vessel import (
    Correction,
    Stretch,
    VesselPath,
    Word,
    centreline_of,
    vessel_from_json,
    vessel_label,
    vessel_names,
    vessel_to_json,
)
from tumorboard.imaging.geometry import Caveat

NEEDED = ("uid", "vessel", "study_instance_uid", "series_instance_uid", "frame_of_reference_uid")
FULL = vessel("v", changed_utc="2026-02-01T00:00:00Z", caveats=(Caveat("gap", "A gap."),))


def test_a_vessel_is_read_as_it_was_written():
    assert vessel_from_json(json.loads(json.dumps(vessel_to_json(FULL)))) == FULL


def test_a_vessel_with_the_least_that_it_needs_is_read():
    data = {name: name for name in NEEDED}
    assert vessel_from_json({**data, "surplus": 1}) == VesselPath(*NEEDED)
    said = {
        "corrections": [{"arc_mm": 3}, {"arc_mm": 4, "degrees": 0}],
        "words": [{"start_mm": 1, "end_mm": 2, "word": "bland thrombus"}],
    }
    read = vessel_from_json({**data, **said})
    assert read.corrections == (Correction(3.0), Correction(4.0, 0.0))
    assert read.words == (Stretch(1.0, 2.0, Word.BLAND),)


@pytest.mark.parametrize("name", NEEDED)
def test_a_vessel_without_what_it_needs_is_refused(name):
    data = vessel_to_json(FULL)
    del data[name]
    with pytest.raises(ValueError, match=name):
        vessel_from_json(data)


def test_a_later_version_and_another_word_are_refused():
    data = vessel_to_json(FULL)
    with pytest.raises(ValueError, match=f"version {data['version'] + 1}"):
        vessel_from_json({**data, "version": data["version"] + 1})
    data["words"][0]["word"] = "clear"
    with pytest.raises(ValueError, match="clear"):
        vessel_from_json(data)


def test_it_names_the_outlines_that_it_is_measured_from():
    assert FULL.rests_on == ("s2", "s1", "s3")
    assert vessel("v", lumen_uid="", mass_uids=()).rests_on == ()


def test_a_line_needs_two_clicks_and_runs_upwards_whichever_came_first():
    assert centreline_of(vessel("v", anchors=())) is None
    assert centreline_of(vessel("v", anchors=((0.0, 0.0, 0.0),))) is None
    clicks = ((0.0, 0.0, 60.0), (4.0, 0.0, 30.0), (0.0, 0.0, 0.0))
    line = centreline_of(vessel("v", anchors=clicks, pieces=(), traced=False)).line
    np.testing.assert_allclose(line[[0, -1]], [clicks[2], clicks[0]], atol=1e-6)
    assert np.linalg.norm(line - clicks[1], axis=1).min() < 0.5


def test_a_line_that_was_found_through_the_lumen_is_kept_where_each_piece_has_its_clicks():
    found = centreline_of(FULL)
    away = np.linalg.norm(found.line - FULL.pieces[0][1], axis=1).min()
    assert away < 0.5  # through the middle of the piece, off the chord of the clicks
    np.testing.assert_allclose(found.line[[0, -1]], FULL.anchors, atol=1e-6)
    # With a click that no piece leads to, the pieces say nothing.
    more = vessel("v", anchors=(*FULL.anchors, (9.0, 1.0, 90.0)))
    np.testing.assert_allclose(centreline_of(more).line[-1], (9.0, 1.0, 90.0), atol=1e-6)


def test_vessels_have_names_of_the_list_and_the_clinicians_words():
    assert {"IVC", "aorta"} <= set(vessel_names())
    assert len(set(vessel_names())) == len(vessel_names())
    assert vessel_label("aorta") == "Aorta"
    assert vessel_label("not on the list") == "not on the list"


def test_a_vessel_is_written_in_the_first_version_which_programs_before_it_read():
    written = vessel_to_json(FULL)
    assert written["version"] == 1
    del written["version"]
    assert vessel_from_json(written) == FULL
