"""Programs to be held against that are not needed for anything else.

They are no dependency of ours: install them anywhere and name the folder with ``--peers``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def module(name: str) -> Any | None:
    """A module, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def gdcm_reader(files: list[Path]) -> Callable[[], object] | None:
    gdcm = module("gdcm")
    if gdcm is None:
        return None

    def read() -> None:
        for file in files:
            reader = gdcm.ImageReader()
            reader.SetFileName(str(file))
            if not reader.Read():
                raise RuntimeError("GDCM cannot read this series")
            reader.GetImage().GetBuffer()

    return read


def dicomsdl_reader(files: list[Path]) -> Callable[[], object] | None:
    dicomsdl = module("dicomsdl")
    if dicomsdl is None:
        return None
    return lambda: [dicomsdl.open(str(file)).pixelData(storedvalue=True) for file in files]


def vtk_reslice(
    voxels: np.ndarray, spacing: tuple[float, float, float], mode: str = "linear"
) -> Callable[..., Callable[[], object]] | None:
    """Make a function that makes a cut: (origin, right, down, pixel, size, slab layers)."""
    core = module("vtkmodules.vtkImagingCore")
    data = module("vtkmodules.vtkCommonDataModel")
    support = module("vtkmodules.util.numpy_support")
    if core is None or data is None or support is None:
        return None
    image = data.vtkImageData()
    image.SetDimensions(*voxels.shape[::-1])
    image.SetSpacing(*spacing)
    flat = voxels.reshape(-1)
    image.GetPointData().SetScalars(support.numpy_to_vtk(flat))

    def make(
        origin: np.ndarray,
        right: np.ndarray,
        down: np.ndarray,
        pixel: float,
        size: int,
        layers: int = 1,
    ) -> Callable[[], object]:
        reslice = core.vtkImageReslice()
        reslice.SetInputData(image)
        reslice.SetResliceAxesDirectionCosines(*right, *down, *np.cross(right, down))
        reslice.SetResliceAxesOrigin(*origin)
        reslice.SetOutputSpacing(pixel, pixel, pixel)
        reslice.SetOutputOrigin(0, 0, 0)
        reslice.SetOutputExtent(0, size - 1, 0, size - 1, 0, 0)
        reslice.SetInterpolationModeToLinear()
        reslice.SetBackgroundLevel(-1024)
        if layers > 1:
            reslice.SetSlabModeToMax()
            reslice.SetSlabNumberOfSlices(layers)

        def run() -> np.ndarray:
            assert flat is not None  # VTK does not own the voxels
            reslice.Modified()
            reslice.Update()
            out = reslice.GetOutput().GetPointData().GetScalars()
            return support.vtk_to_numpy(out).reshape(size, size)

        return run

    return make
