"""The steps of the guide on a real CT: two liver tumours, against the masks that others drew."""

import sys

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.shared_data import shared_data
from tests.ui.desk import LEFT, move
from tumorboard.app.measure_files import read_masks
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.isolines import borders
from tumorboard.imaging.mask_diameters import dimensions
from tumorboard.imaging.mask_model import intersect
from tumorboard.imaging.segmentation.clean import components
from tumorboard.imaging.segmentation.distance import signed_distance, usual_spacing
from tumorboard.imaging.volume import Window
from tumorboard.progress import Reporter

SERIES = "series/ct-abdomen-ircadb17"


@pytest.fixture
def tumour(request, open_desk):
    """A window on the tumour, and the mask that others drew of it."""
    folder = shared_data(SERIES)
    desk = open_desk()
    desk.import_paths(folder / "dicom")
    stack = desk.viewer.volume.stack
    given = read_masks(folder / "seg" / f"{request.param}.nii.gz", stack, Reporter()).parts[0].mask
    desk.viewer.set_window(Window(90, 200))
    return desk, components(given, 0.5)[0]


def told(desk, truth, how, capsys) -> float:
    """Print and return the Dice coefficient of the outline with the mask that is given."""
    (record,) = desk.case.segmentations
    mask = desk.workspace.session.mask(record.uid)
    dice = 2 * intersect(mask, truth).volume_ml / (mask.volume_ml + truth.volume_ml)
    with capsys.disabled():
        sizes = f"{mask.volume_ml:.0f} mL of {truth.volume_ml:.0f} given"
        sys.stdout.write(f"\n{how}: Dice {dice:.2f}, {sizes}\n")
    return dice


@pytest.mark.parametrize("tumour", ["livertumor1"], indirect=True)
def test_one_click_takes_the_even_part_of_a_liver_tumour(tumour, capsys):
    desk, truth = tumour
    seed = inner_point(truth)
    desk.look_at(seed)
    fields = desk.window.outlines.brush
    desk.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    desk.settle()
    fields.fenced.setChecked(True)
    fields.fence.setValue(dimensions(truth).maximum_3d.length_mm / 20 * 1.1)
    desk.click(Plane.AXIAL, seed)
    desk.settle()
    for change in ("holes", "smooth", "bridges"):
        desk.window.outlines.changes[change].click()
        desk.settle()
    assert told(desk, truth, "one click, tidied up", capsys) > 0.5


@pytest.mark.parametrize("tumour", ["livertumor2"], indirect=True)
def test_outlines_on_a_few_slices_give_the_whole_tumour(tumour, capsys):
    desk, truth = tumour
    desk.key(Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    desk.settle()
    every = sorted({*truth.slices[::5], truth.slices[-1]})
    desk.look_at(truth.centroid)
    desk.view().zoom(2.5, QPointF(desk.canvas(Plane.AXIAL, truth.centroid)))
    for k in every:
        follow(desk, truth, k)
    desk.window.outlines.changes["between"].click()
    desk.settle()
    assert told(desk, truth, f"outlines on {len(every)} slices", capsys) > 0.9


def follow(desk, truth, k) -> None:
    """Draw along the largest border of a slice of a mask with the button held."""
    cropped = truth.cropped((k, 0, 0), (k + 1, *truth.stack.shape[1:]))[0]
    line = max(borders(cropped.astype(np.uint8) * 255), key=len)
    line = line[:: max(1, len(line) // 60)]
    points = truth.stack.to_lps(np.column_stack([np.full(len(line), float(k)), line]))
    desk.look_at([*desk.viewer.point[:2], points[0][2]])
    view, places = desk.view(), [desk.canvas(Plane.AXIAL, p) for p in points]
    QTest.mousePress(view, LEFT, pos=places[0])
    for place in places[1:]:
        move(view, QPointF(place), LEFT, Qt.KeyboardModifier.NoModifier)
    QTest.mouseRelease(view, LEFT, pos=places[-1])
    desk.settle()


def inner_point(mask):
    """The voxel of a mask that lies deepest, as a reader would click."""
    depth = signed_distance(np.pad(mask.voxels, 1), usual_spacing(mask.stack))[1:-1, 1:-1, 1:-1]
    deepest = np.unravel_index(int(depth.argmin()), depth.shape)
    return mask.stack.to_lps(np.array(deepest) + mask.origin)
