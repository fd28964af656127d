"""A tilted gantry in the window: its cuts across are scrolled from the first voxel to the last."""

import numpy as np
import pytest

from tests.imaging.fields import voxel_points
from tests.imaging.test_slicing import leaning
from tests.imaging.volumes import volume_of
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.view_cut import CutSpec, make_cut
from tumorboard.ui.viewer.display import Display, SeriesTitle
from tumorboard.ui.viewer.painting import where_words


@pytest.mark.parametrize(("plane", "axis"), [(Plane.CORONAL, 1), (Plane.SAGITTAL, 0)])
def test_the_wheel_reaches_every_row_of_every_slice(qapp, plane, axis):
    stack, values = leaning()
    volume, display = volume_of(stack, values), Display()
    display.set_volume(volume, SeriesTitle())
    spec, height = CutSpec(plane), display.point[2]
    words, places = [], []
    display.scroll(spec, -1000)
    for _ in range(1000):
        before = display.point
        words.append(where_words(volume, spec, display.point))
        places.append(display.point[axis])
        assert make_cut(volume, spec, display.point).image.size
        display.scroll(spec, 1)
        if display.point == before:
            break
    true = voxel_points(stack)[..., axis]
    assert min(places) == pytest.approx(true.min(), abs=0.9)
    assert max(places) == pytest.approx(true.max(), abs=0.9)
    count = len(dict.fromkeys(words))
    assert words[0] == f"Cut 1 / {count}"
    assert words[-1] == f"Cut {count} / {count}"
    assert display.point[2] == pytest.approx(height), "the slice on show stays"
    display.scroll(CutSpec(Plane.AXIAL), -1000)
    display.scroll(CutSpec(Plane.AXIAL), 1000)
    assert np.isfinite(display.point).all()
