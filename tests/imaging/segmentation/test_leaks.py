"""Growing does not flood the body: the start and the result are judged."""

import numpy as np
import pytest

from tests.shared_data import shared_data
from tumorboard.app.measure_files import load_volume, read_masks
from tumorboard.app.outlining import seed_range
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.clean import components
from tumorboard.imaging.segmentation.grow import Limits, compact_share, grow
from tumorboard.progress import Reporter

FOLDER = "series/ct-abdomen-ircadb17"


@pytest.fixture(scope="module")
def real():
    folder = shared_data(FOLDER)
    volume = load_volume(folder / "dicom", Reporter())
    masks = {
        name: components(
            read_masks(folder / "seg" / f"{name}.nii.gz", volume.stack, Reporter()).parts[0].mask,
            0.5,
        )[0]
        for name in ("liver", "livertumor1")
    }
    return volume, masks


@pytest.mark.parametrize("name", ["liver", "livertumor1"])
def test_a_click_anywhere_in_an_organ_of_a_real_ct_keeps_no_flood(real, name):
    """Twelve places in each, as a reader might click: what is kept is near the truth or nothing."""
    volume, masks = real
    truth = masks[name]
    inside = np.argwhere(truth.voxels) + np.array(truth.origin)
    kept = []
    for place in np.random.default_rng(7).choice(len(inside), 12, replace=False):
        point = tuple(volume.stack.to_lps(inside[place].astype(float)))
        try:
            got = grow(volume, point, *seed_range(volume, point, 1.0), Limits(4000, 300))
        except UserError:
            continue
        if not got.leaked:
            kept.append(got.mask.volume_ml)
    assert all(volume_ml < 1.3 * truth.volume_ml for volume_ml in kept), kept


def test_a_solid_organ_is_compact_also_with_the_holes_of_noise(real):
    liver = real[1]["liver"]
    assert compact_share(liver) > 0.9
    holes = np.random.default_rng(1).random(liver.voxels.shape) > 0.13
    assert compact_share(Mask(liver.voxels & holes, liver.origin, liver.stack)) > 0.85


@pytest.mark.parametrize("long", [1.0, 3.0])
def test_compactness_of_shapes_that_are_known(real, long):
    """An ellipsoid of 500 mL is compact, however long; plates a few voxels thick are not."""
    stack = real[0].stack
    steps = np.array([stack.slice_spacing, *stack.pixel_spacing])
    axes = 49.0 * np.array([1.0, long**-0.5, long**0.5]) ** 1.0
    axes = axes * (49.0**3 / np.prod(axes)) ** (1 / 3)
    shape = tuple(np.ceil(2 * axes / steps).astype(int) + 3)
    grid = np.indices(shape).reshape(3, -1).T * steps
    centre = np.array(shape) * steps / 2
    solid = (((grid - centre) / axes) ** 2).sum(axis=1).reshape(shape) <= 1
    assert compact_share(Mask(solid, (0, 0, 0), stack)) > 0.85
    plates = solid & (np.indices(shape)[1] % 8 < 4)
    assert compact_share(Mask(plates, (0, 0, 0), stack)) < 0.5
