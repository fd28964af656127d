"""Masses proposed on a real CT, against the masks that others drew."""

import numpy as np
import pytest

from tests.shared_data import shared_data
from tumorboard.annotations.model import as_point
from tumorboard.app.measure_files import load_volume, read_masks
from tumorboard.imaging.mask_diameters import dimensions
from tumorboard.imaging.mask_model import intersect
from tumorboard.imaging.segmentation.clean import largest
from tumorboard.imaging.segmentation.proposal import propose
from tumorboard.progress import Reporter

FOLDER = "series/ct-abdomen-ircadb17"


@pytest.mark.parametrize("name", ["livertumor1", "livertumor2"])
def test_measured_axes_and_any_one_click_give_most_of_a_liver_tumour(name):
    folder = shared_data(FOLDER)
    volume = load_volume(folder / "dicom", Reporter())
    given = read_masks(folder / "seg" / f"{name}.nii.gz", volume.stack, Reporter()).parts[0].mask
    truth = largest(given)
    sizes = dimensions(truth)
    calipers = (sizes.long_axis, sizes.short_axis, sizes.craniocaudal)
    ends = tuple(as_point(p) for c in calipers for p in (c.start, c.end))
    inside = np.argwhere(truth.voxels) + np.array(truth.origin)
    for n in np.random.default_rng(3).choice(len(inside), 4, replace=False):
        found = propose(volume, truth.stack.to_lps(inside[n].astype(float)), ends)
        both = intersect(found.mask, truth).count
        assert 2 * both / (found.mask.count + truth.count) > 0.75
        assert not found.leaked
