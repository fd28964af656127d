"""Records of outlines as data: what is written is read again, and what is none is refused."""

import json

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack
from tests.store.samples import segmentation
from tumorboard.case.segmentation import (
    Role,
    Segmentation,
    segmentation_from_json,
    segmentation_to_json,
)
from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_model import Mask

NEEDED = ("uid", "label", "study_instance_uid", "series_instance_uid", "frame_of_reference_uid")
FULL = segmentation(
    "s",
    role=Role.TUMOUR_IN_LUMEN,
    parent_uid="p",
    vessel="IVC",
    grid_shape=(9, 8, 7),
    grid_digest="g",
    digest="d",
    origin=(1, 2, 3),
    shape=(4, 5, 6),
    volume_mm3=12.5,
    slices=(1, 4),
    changed_utc="2026-02-01T00:00:00Z",
)


@pytest.mark.parametrize("made", [FULL, segmentation("s"), segmentation("s", volume_mm3=None)])
def test_a_record_is_read_as_it_was_written(made):
    assert segmentation_from_json(json.loads(json.dumps(segmentation_to_json(made)))) == made


def test_a_record_with_the_least_that_it_needs_is_read():
    data = {**{name: name for name in NEEDED}, "role": "mass", "surplus": 1}
    assert segmentation_from_json(data) == Segmentation("uid", "label", Role.MASS, *NEEDED[2:])


@pytest.mark.parametrize("name", NEEDED)
def test_a_record_without_what_it_needs_is_refused(name):
    data = segmentation_to_json(FULL)
    del data[name]
    with pytest.raises(ValueError, match=f"^outline without {name}$"):
        segmentation_from_json(data)


def test_a_record_of_a_later_version_or_another_role_is_refused():
    data = segmentation_to_json(FULL)
    with pytest.raises(ValueError, match=f"version {data['version'] + 1}"):
        segmentation_from_json({**data, "version": data["version"] + 1})
    with pytest.raises(ValueError, match="shadow"):
        segmentation_from_json({**data, "role": "shadow"})


def test_a_volume_is_told_in_millilitres_and_what_is_not_filled_is_empty():
    assert FULL.volume_ml == pytest.approx(0.0125)
    assert segmentation("s", volume_mm3=None).volume_ml is None
    assert not FULL.is_empty
    assert segmentation("s").is_empty
    assert FULL.digests == ("d", "g")
    assert segmentation("s").digests == ()


def test_other_voxels_of_the_same_thing_change_what_is_said_of_voxels_alone():
    stack = axial_stack(slices=6, rows=10, columns=12, spacing=(0.5, 2.0), step=3.0)
    voxels = np.zeros(stack.shape, bool)
    voxels[2:5, 3:7, 4:6] = True
    packed = PackedMask.of(Mask.of(voxels, stack))
    filled = FULL.filled_with(packed)
    assert filled.grid_shape == (6, 10, 12)
    assert (filled.origin, filled.shape) == ((2, 3, 4), (3, 4, 2))
    assert filled.slices == (2, 4)
    assert filled.volume_mm3 == pytest.approx(24 * 3.0)
    assert filled.digests == (packed.voxels.digest, packed.grid.digest)
    kept = ("uid", "label", "role", "lesion_uid", "parent_uid", "vessel", "colour", "caveats")
    assert [getattr(filled, name) for name in kept] == [getattr(FULL, name) for name in kept]
    assert filled.caveats == (Caveat("missing-slices", "Slices are missing."),)


def test_what_nobody_filled_yet_lies_nowhere_and_has_no_volume():
    bare = Segmentation("uid", "label", Role.MASS, "study", "series", "frame")
    assert (bare.grid_shape, bare.origin, bare.shape) == ((0, 0, 0),) * 3
    assert (bare.volume_mm3, bare.volume_ml, bare.slices, bare.colour) == (None, None, (), 0)
    assert (bare.lesion_uid, bare.parent_uid, bare.vessel, bare.digest) == ("",) * 4
    assert bare.is_empty
    assert segmentation_to_json(bare)["version"] == 1
    without = {k: v for k, v in segmentation_to_json(bare).items() if k != "version"}
    assert segmentation_from_json(without) == bare
