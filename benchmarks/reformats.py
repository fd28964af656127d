"""Cuts of every kind, against SimpleITK's resampler, VTK's reslice and scipy."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from benchmarks.loading import body
from benchmarks.measure import Row, side_by_side
from benchmarks.peers import module, vtk_reslice
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.curved import CurvedMode, curved_grid, cut_curved
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.oblique import cut_oblique
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.slab import cut_slab
from tumorboard.imaging.slicing import PlaneGrid, cut
from tumorboard.imaging.volume import Volume

SPACING = (0.8, 0.8, 1.0)
SITK, VTK, SCIPY = "SimpleITK resample", "vtkImageReslice", "scipy map_coordinates"


def volume(slices: int) -> Volume:
    stack = axial_stack(
        slices=slices, rows=512, columns=512, spacing=(0.8, 0.8), step=1.0, origin=(0.0, 0.0, 0.0)
    )
    return volume_of(stack, body(slices) - 1024)


def run(slices: int) -> list[Row]:
    whole = volume(slices)
    image = sitk.GetImageFromArray(whole.voxels)
    image.SetSpacing(SPACING)
    rows = []
    for plane in (Plane.CORONAL, Plane.SAGITTAL):
        rows += _orthogonal(whole, image, plane, slices)
    for size, pixel in ((512, 0.8), (1024, 0.4)):
        rows += _oblique(whole, image, size, pixel)
    return rows + _slab(whole) + _curved(whole)


def tilted(whole: Volume, size: int, pixel: float) -> PlaneGrid:
    right, down = np.array([2.0, 1.0, -2.0]) / 3, np.array([-2.0, 2.0, -1.0]) / 3
    origin = whole.stack.centre - (right + down) * pixel * (size - 1) / 2
    return PlaneGrid(origin, right, down, (pixel, pixel), (size, size))


def _orthogonal(whole: Volume, image: sitk.Image, plane: Plane, slices: int) -> list[Row]:
    centre = whole.stack.centre
    grid = cut(whole, plane, centre).grid
    ours, peers = side_by_side(
        lambda: np.ascontiguousarray(cut(whole, plane, centre).image),
        {SITK: lambda: _resampled(image, grid)},
    )
    return [Row(f"{plane.value} cut, 512 x {slices}", ours, SITK, peers[SITK], 1.0)]


def _oblique(whole: Volume, image: sitk.Image, size: int, pixel: float) -> list[Row]:
    grid = tilted(whole, size, pixel)
    make = vtk_reslice(whole.voxels, SPACING)
    vtk = make and make(grid.origin, grid.right, grid.down, pixel, size)
    works = {SITK: lambda: _resampled(image, grid), VTK: vtk}
    ours, peers = side_by_side(lambda: cut_oblique(whole, grid), works)
    drag, _ = side_by_side(lambda: cut_oblique(whole, grid, every=2), {})
    name = f"oblique, {size} square"
    limit = 4.0 if size == 512 else 14.0
    return [
        *(Row(name, ours, peer, peers[peer], 1.0) for peer in works),
        Row(name, ours, "the aim", limit, 1.0),
        Row(f"{name}, while dragging", drag, "at rest", ours, 0.5),
    ]


def _slab(whole: Volume) -> list[Row]:
    grid = tilted(whole, 512, 0.8)
    make = vtk_reslice(whole.voxels, SPACING)
    origin = grid.origin
    vtk = make and make(origin, grid.right, grid.down, 0.8, 512, 13)
    ours, peers = side_by_side(lambda: cut_slab(whole, grid, 10.0, SlabMode.MAXIMUM), {VTK: vtk})
    coronal = cut(whole, Plane.CORONAL, whole.stack.centre).grid
    along, _ = side_by_side(lambda: cut_slab(whole, coronal, 10.0, SlabMode.MEAN), {})
    return [
        Row("MIP over 10 mm, oblique, 512 square", ours, VTK, peers[VTK], 1.0),
        Row("mean over 10 mm, coronal", along, "oblique MIP over 10 mm", ours),
    ]


def _curved(whole: Volume) -> list[Row]:
    a = np.linspace(0, 1, 60)
    bend = np.stack([30 * np.sin(6 * a), 20 * np.cos(5 * a), (a - 0.5) * 0.6 * len(whole.loaded)])
    line = whole.stack.centre + bend.T
    length = np.linalg.norm(np.diff(line, axis=0), axis=1).sum()
    pixel = length / 399
    grid = curved_grid(line, 199 * pixel, pixel)
    points = grid.to_lps(np.stack(np.mgrid[0 : grid.shape[0], 0 : grid.shape[1]], axis=-1))
    index = np.moveaxis(whole.stack.to_index(points), -1, 0)
    ndimage = module("scipy.ndimage")
    scipy = ndimage and (lambda: ndimage.map_coordinates(whole.voxels, index, order=1))
    rows = []
    for mode in CurvedMode:
        ours, peers = side_by_side(
            lambda m=mode: cut_curved(whole, curved_grid(line, 199 * pixel, pixel, m)),
            {SCIPY: scipy},
        )
        name = f"curved, {mode.value}, {grid.shape[0]} x {grid.shape[1]}"
        rows.append(Row(name, ours, SCIPY, peers[SCIPY], 1.0))
        rows.append(Row(name, ours, "the aim", 2.0, 1.0))
    return rows


def _resampled(image: sitk.Image, grid: PlaneGrid) -> sitk.Image:
    turn = np.stack([grid.right, grid.down, grid.normal], axis=1).ravel().tolist()
    return sitk.Resample(
        image,
        [grid.shape[1], grid.shape[0], 1],
        sitk.Transform(),
        sitk.sitkLinear,
        grid.origin.tolist(),
        [grid.spacing[1], grid.spacing[0], 1.0],
        turn,
        -1024.0,
    )
