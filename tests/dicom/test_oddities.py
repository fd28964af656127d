"""Known points of odd series, in patient coordinates, beside what other readers make of them.

Each oddity is a series made with a formula: the centre of a voxel at (slice, row, column) is
its slice's position plus row and column steps. Our stack must say so exactly. SimpleITK keeps
one spacing for all slices; how far that puts voxels from their place is stated here.
"""

from __future__ import annotations

from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from tests.dicom.make import AXIAL, slice_positions, write_slices
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.progress import Reporter

CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
OBLIQUE = (0.8, 0.6, 0.0, -0.36, 0.48, -0.8)
SPACING = (0.8, 0.5)


def even(count: int, cosines=AXIAL, step: float = 2.5) -> np.ndarray:
    return slice_positions(count, step, cosines)


def without(positions: np.ndarray, *gone: int) -> np.ndarray:
    return np.delete(positions, gone, axis=0)


def tilted(count: int) -> np.ndarray:
    """A gantry tilted by 20 degrees: slices lean while the table moves along the patient."""
    return np.array([[0.0, 0.0, 2.5 * k] for k in range(count)])


TILT = (1.0, 0.0, 0.0, 0.0, float(np.cos(np.radians(20))), float(np.sin(np.radians(20))))

#: Name, orientation, positions, farthest error of SimpleITK in mm (None: it is right).
ODDITIES = {
    "even": (AXIAL, even(8), None),
    "feet first": (AXIAL, even(8)[::-1], None),
    "coronal": (CORONAL, even(8, CORONAL), None),
    "oblique": (OBLIQUE, even(8, OBLIQUE), None),
    "a slice missing": (AXIAL, without(even(9), 4), 1.1),
    "three slices missing": (AXIAL, without(even(11), 3, 4, 5), 4.3),
    "uneven": (AXIAL, even(8) + [[0.0, 0.0, 0.1 * k * k] for k in range(8)], 1.2),
    "tilted gantry": (TILT, tilted(8), 6.0),
}
INDICES = [(0, 0, 0), (3, 2, 1), (4, 11, 0), (7, 0, 15), (5, 7, 9)]


def truth(positions: np.ndarray, cosines, index) -> np.ndarray:
    k, i, j = index
    u, v = np.array(cosines[:3]), np.array(cosines[3:])
    return positions[k] + SPACING[1] * j * u + SPACING[0] * i * v


def ordered(positions: np.ndarray, cosines) -> np.ndarray:
    normal = np.cross(cosines[:3], cosines[3:])
    return positions[np.argsort(positions @ normal)]


def stack_of(folder: Path):
    (series,) = scan([folder], Reporter()).series
    return VolumeLoader(series).volume.stack


@pytest.mark.parametrize("name", ODDITIES)
def test_voxels_lie_where_the_formula_puts_them(tmp_path: Path, name: str) -> None:
    cosines, positions, _ = ODDITIES[name]
    count = len(positions)
    write_slices(tmp_path, count, positions=positions, orientation=cosines, spacing=SPACING)
    stack = stack_of(tmp_path)
    known = ordered(positions, cosines)
    for index in INDICES:
        np.testing.assert_allclose(stack.to_lps(index), truth(known, cosines, index), atol=1e-6)
        np.testing.assert_allclose(stack.to_index(truth(known, cosines, index)), index, atol=1e-6)


@pytest.mark.parametrize("name", ODDITIES)
def test_highdicom_says_the_same_of_each_slice(tmp_path: Path, name: str) -> None:
    cosines, positions, _ = ODDITIES[name]
    files = write_slices(
        tmp_path, len(positions), positions=positions, orientation=cosines, spacing=SPACING
    )
    stack = stack_of(tmp_path)
    for file in files:
        ds = pydicom.dcmread(file)
        plane = highdicom.spatial.PixelToReferenceTransformer(
            image_position=ds.ImagePositionPatient,
            image_orientation=ds.ImageOrientationPatient,
            pixel_spacing=ds.PixelSpacing,
        )
        k = stack.nearest_slice(np.array(ds.ImagePositionPatient, dtype=float))
        pixels = np.array([(0, 0), (15, 0), (0, 11), (7, 5)])  # column, row
        mine = stack.to_lps([(k, row, column) for column, row in pixels])
        np.testing.assert_allclose(mine, plane(pixels), atol=1e-6)


@pytest.mark.parametrize("name", ODDITIES)
def test_where_simpleitk_is_right_we_agree_and_elsewhere_it_is_off(
    tmp_path: Path, name: str
) -> None:
    cosines, positions, off = ODDITIES[name]
    count = len(positions)
    write_slices(tmp_path, count, positions=positions, orientation=cosines, spacing=SPACING)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path)))
    image = reader.Execute()
    known = ordered(positions, cosines)
    errors = []
    for k in range(count):
        for i, j in ((0, 0), (11, 15)):
            theirs = np.array(image.TransformIndexToPhysicalPoint((j, i, k)))
            candidates = [truth(known, cosines, (n, i, j)) for n in (k, count - 1 - k)]
            errors.append([np.linalg.norm(theirs - c) for c in candidates])
    # It may count the slices the other way round; that is no error of place.
    farthest = float(np.min(np.max(np.array(errors), axis=0)))
    if off is None:
        assert farthest < 1e-3
    else:
        assert farthest == pytest.approx(off, abs=0.15)
