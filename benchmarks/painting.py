"""Cutting and painting, against SimpleITK's resampler and a frame at 60 Hz."""

from __future__ import annotations

import os
import time

import numpy as np
import SimpleITK as sitk

from benchmarks.loading import body
from benchmarks.measure import Row, median_ms
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut

FRAME_MS = 1000 / 60


def run(slices: int) -> list[Row]:
    voxels = body(slices) - 1024
    volume = volume_of(
        axial_stack(slices=slices, rows=512, columns=512, spacing=(0.8, 0.8), step=1.0), voxels
    )
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing([0.8, 0.8, 1.0])
    rows = []
    for plane in (Plane.CORONAL, Plane.SAGITTAL):
        ours = median_ms(
            lambda p=plane: np.ascontiguousarray(cut(volume, p, volume.stack.centre).image)
        )
        peer = median_ms(lambda p=plane: _resampled(image, p, slices))
        rows.append(Row(f"{plane.value} cut, 512 x {slices}", ours, "SimpleITK resample", peer))
    return rows + _scrolling(volume)


def _resampled(image: sitk.Image, plane: Plane, slices: int) -> sitk.Image:
    columns = (1.0, 0.0, 0.0) if plane is Plane.CORONAL else (0.0, 1.0, 0.0)
    across = (0.0, 1.0, 0.0) if plane is Plane.CORONAL else (1.0, 0.0, 0.0)
    matrix = np.array([columns, (0.0, 0.0, 1.0), across]).T.ravel().tolist()
    middle = list(image.TransformContinuousIndexToPhysicalPoint([0.0, 0.0, 0.0]))
    middle[1 if plane is Plane.CORONAL else 0] += 200.0
    return sitk.Resample(
        image, [512, slices, 1], sitk.Transform(), sitk.sitkLinear, middle, [0.8, 1.0, 1.0], matrix
    )


def _scrolling(volume: object) -> list[Row]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tumorboard.ui.application import start_qt

    application = start_qt(offscreen=True)
    from tumorboard.ui.viewer.model import SeriesTitle, ViewerModel
    from tumorboard.ui.viewer.mpr import MprView

    rows = []
    for name, size in (("1080p", (1920, 1080)), ("2160p", (3840, 2160))):
        model = ViewerModel()
        views = MprView(model)
        views.resize(*size)
        views.show()
        model.set_volume(volume, SeriesTitle("Benchmark"))
        application.processEvents()
        views.maximise(views.axial)
        application.processEvents()
        times = []
        for i in range(80):
            start = time.perf_counter()
            views.axial.scroll_by(1 if i % 40 < 20 else -1)
            views.axial.repaint()
            times.append((time.perf_counter() - start) * 1000)
            application.processEvents()
        ordered = sorted(times)
        rows.append(
            Row(
                f"axial scroll to painted, {name}, median",
                ordered[40],
                "a frame at 60 Hz",
                FRAME_MS,
            )
        )
        rows.append(
            Row(f"axial scroll to painted, {name}, p95", ordered[75], "a frame at 60 Hz", FRAME_MS)
        )
        views.close()
        views.deleteLater()
        application.processEvents()
    return rows
