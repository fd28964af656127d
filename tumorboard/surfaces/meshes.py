"""From a mask to a surface: blocks of voxels, a contour, true places. Needs VTK."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersCore import (
    vtkFlyingEdges3D,
    vtkPolyDataNormals,
    vtkTubeFilter,
    vtkWindowedSincPolyDataFilter,
)
from vtkmodules.vtkImagingGeneral import vtkImageGaussianSmooth

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.mask_model import Mask

#: Most blocks along an axis: finer surfaces look the same and turn slowly.
_MOST_BLOCKS = 160
_SMOOTHING = (20, 0.03)
#: Width of the blur (blocks) before the contour, without which a mask shows terraces; room for it.
_SOFTNESS = 1.0
_PAD = 3
_TUBE_SIDES = 24


def mask_mesh(mask: Mask) -> Any:
    """Return the surface of a mask as vtkPolyData, its points in LPS mm.

    The contour is found on indices and each point then goes to its true place, so that
    uneven slices and a tilted gantry show as they are.
    """
    factors = [max(1, -(-n // _MOST_BLOCKS)) for n in mask.voxels.shape]
    blocks = _block_means(mask.voxels, factors)
    padded = np.pad(blocks, _PAD)
    image = vtkImageData()
    image.SetDimensions(*padded.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(padded.ravel(), deep=True))
    soft = vtkImageGaussianSmooth()
    soft.SetInputData(image)
    soft.SetDimensionality(3)
    soft.SetStandardDeviation(_SOFTNESS)
    contour = vtkFlyingEdges3D()
    contour.SetInputConnection(soft.GetOutputPort())
    contour.SetValue(0, 0.5)
    contour.ComputeNormalsOff()
    smooth = vtkWindowedSincPolyDataFilter()
    smooth.SetInputConnection(contour.GetOutputPort())
    smooth.SetNumberOfIterations(_SMOOTHING[0])
    smooth.SetPassBand(_SMOOTHING[1])
    smooth.NormalizeCoordinatesOn()
    smooth.Update()
    mesh = smooth.GetOutput()
    # Points are (column, row, slice) of blocks, moved by the pad.
    places = vtk_to_numpy(mesh.GetPoints().GetData())[:, ::-1].astype(np.float64) - _PAD
    index = (places + 0.5) * factors - 0.5 + np.array(mask.origin)
    points = mask.stack.to_lps(index)
    held = vtkPoints()
    held.SetData(numpy_to_vtk(np.ascontiguousarray(points), deep=True))
    mesh.SetPoints(held)
    normals = vtkPolyDataNormals()
    normals.SetInputData(mesh)
    normals.SplittingOff()
    normals.ConsistencyOn()
    normals.AutoOrientNormalsOn()
    normals.Update()
    return normals.GetOutput()


def _block_means(voxels: NDArray[np.bool_], factors: list[int]) -> NDArray[np.float32]:
    """Return the share of each block that is filled; the last blocks are made whole."""
    if factors == [1, 1, 1]:
        return voxels.astype(np.float32)
    wanted = [-(-n // f) * f for n, f in zip(voxels.shape, factors, strict=True)]
    whole = np.pad(voxels, [(0, w - n) for w, n in zip(wanted, voxels.shape, strict=True)])
    a, b, c = (w // f for w, f in zip(wanted, factors, strict=True))
    parts = whole.reshape(a, factors[0], b, factors[1], c, factors[2])
    return np.asarray(parts.mean(axis=(1, 3, 5), dtype=np.float32))


def tube_mesh(line: Points, radius_mm: float) -> Any:
    """Return a tube along a line, shape (N, 3), as vtkPolyData."""
    points = vtkPoints()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(line), deep=True))
    cells = vtkCellArray()
    cells.InsertNextCell(len(line), list(range(len(line))))
    path = vtkPolyData()
    path.SetPoints(points)
    path.SetLines(cells)
    tube = vtkTubeFilter()
    tube.SetInputData(path)
    tube.SetRadius(radius_mm)
    tube.SetNumberOfSides(_TUBE_SIDES)
    tube.CappingOn()
    tube.Update()
    return tube.GetOutput()
