"""Segmenting and vessels, against the times that a reader does not feel."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from benchmarks.measure import Row, median_ms, side_by_side
from tests.imaging.phantoms import FAT, TISSUE, VesselPhantom, noisy
from tests.imaging.volumes import axial_stack
from tumorboard.annotations.model import as_point
from tumorboard.app.mask_editor import MaskEditor
from tumorboard.app.vessel_measures import ToFollow, follow
from tumorboard.case.vessel import VesselPath
from tumorboard.imaging.curved import curved_grid, cut_curved
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_diameters import dimensions
from tumorboard.imaging.mask_model import Mask, MaskCanvas
from tumorboard.imaging.segmentation.brush import Brush, Tip, paint
from tumorboard.imaging.segmentation.grow import grow
from tumorboard.imaging.slicing import cut
from tumorboard.imaging.vessel.centreline import evenly, through
from tumorboard.imaging.vessel.contact_profile import ContactSettings, profile
from tumorboard.imaging.vessel.cross_sections import across, outlines_of_mask, outlines_of_values
from tumorboard.imaging.vessel.path import lumen_field
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter
from tumorboard.tools.masking import Stroke
from tumorboard.ui.shell.application import start_qt
from tumorboard.ui.vessel.page import VesselPage
from tumorboard.ui.vessel.scene import VesselScene
from tumorboard.ui.viewer.display import Display, SeriesTitle

AIM = "the aim"


def run(slices: int = 300) -> list[Row]:
    volume, mask = body(slices)
    return [*_grow(volume), *_edit(volume, mask), *_vessel(), *_vessel_page()]


def body(slices: int) -> tuple[Volume, Mask]:
    """Return 512 x 512 slices with a noisy mass of 14 x 12 x 16 cm, and its mask."""
    stack = axial_stack(slices, 512, 512, (0.8, 0.8), 1.0, (-204.8, -204.8, -slices / 2))
    z, y, x = np.ogrid[:slices, :512, :512]
    z, y, x = z - slices / 2, (y - 256) * 0.8, (x - 256) * 0.8
    inside = (x / 70) ** 2 + (y / 60) ** 2 + (z / 80) ** 2 <= 1
    values = np.where(inside, np.float32(TISSUE), np.float32(FAT))
    return noisy(stack, values, 15.0, 1), Mask.of(inside, stack)


def _grow(volume: Volume) -> list[Row]:
    centre = volume.stack.centre
    image = sitk.GetImageFromArray(volume.voxels)
    seed = [n // 2 for n in reversed(volume.stack.shape)]
    ours, peers = side_by_side(
        lambda: grow(volume, centre, -20.0, 200.0),
        {"SimpleITK": lambda: sitk.ConnectedThreshold(image, [seed], -20.0, 200.0)},
        3,
    )
    name = f"grow a mass of 2.8 L, 512 x 512 x {volume.stack.shape[0]}"
    return [
        Row(name, ours, AIM, 1000.0, 1.0),
        Row(name, ours, "SimpleITK ConnectedThreshold", peers["SimpleITK"]),
    ]


def _edit(volume: Volume, mask: Mask) -> list[Row]:
    canvas = MaskCanvas(volume.stack, mask)
    edge = volume.stack.centre + np.array([70.0, 0, 0])
    line = np.stack([edge, edge + np.array([0, 6.0, 0])])
    normal = np.array([0.0, 0, 1])

    def stroke(brush: Brush) -> None:
        change = paint(canvas, line, normal, brush, volume)
        if change is not None:
            canvas.apply(change)
            canvas.apply(change)

    editor = MaskEditor()
    editor.lay(volume, mask, ("mass", ""))
    grid = cut(volume, Plane.AXIAL, edge).grid
    parts = [tuple(as_point(p) for p in line + np.array([0, 2.0 * n, 0])) for n in range(8)]
    count = iter(range(10_000))

    def drag() -> None:
        n = next(count)
        brush = Brush(15.0, erases=n % 16 >= 8)
        editor.stroke(Stroke(parts[n % 8], as_point(normal), brush), volume)
        layer = editor.layer()
        if layer is not None:
            layer.lines(grid)

    def keep() -> None:
        PackedMask.of(editor.mask())

    disc = median_ms(lambda: stroke(Brush(15.0)), 15)
    ball = median_ms(lambda: stroke(Brush(25.0, Tip.BALL)), 15)
    sizes = median_ms(lambda: dimensions(mask), 3)
    return [
        Row("brush stroke with a disc of 30 mm, and undo", disc, AIM, 16.0, 1.0),
        Row("brush stroke with a ball of 50 mm, and undo", ball, AIM, 16.0, 1.0),
        Row("move of the brush with the border of its slice", median_ms(drag, 31), AIM, 16.0, 1.0),
        Row("end of a stroke: voxels packed to be stored", median_ms(keep, 15), AIM, 16.0, 1.0),
        Row("dimensions of a mass of 16 cm", sizes, AIM, 300.0, 1.0),
    ]


def _vessel() -> list[Row]:
    phantom = VesselPhantom(12.0, 240.0, 200.0, 150.0, 0.3)
    stack = phantom.stack((0.8, 0.8, 1.5), (0.2, 0.4, 0.6))
    volume = phantom.volume(stack, 15.0)
    vessel, tumour = phantom.masks(stack)
    clicks = phantom.line()[::80]
    line = through(clicks)
    arcs = np.linspace(0, line.length_mm, 200)

    def drag() -> None:
        moved = line.moved(2, clicks[2] + [1.0, 0.5, 0])
        cut_curved(volume, curved_grid(moved.line, 80.0, 0.5))

    def contact() -> None:
        sections = across(line, arcs)
        profile("IVC", line, outlines_of_mask(sections, vessel), tumour)

    def by_values() -> None:
        sections = across(line, arcs)
        profile("IVC", line, outlines_of_values(volume, sections), tumour)

    ends = clicks[[0, -1]]
    field = lumen_field(volume, ends, vessel)
    way = median_ms(lambda: field.trace(*ends), 3)
    frames = median_ms(lambda: across(line, evenly(line, 1.2)))
    prepared = median_ms(lambda: lumen_field(volume, ends), 3)
    return [
        Row("curved view while dragging a point", median_ms(drag, 15), AIM, 33.0, 1.0),
        Row("contact profile of 200 positions, by mask", median_ms(contact), AIM, 300.0, 1.0),
        Row("contact profile of 200 positions, by values", median_ms(by_values), AIM, 300.0, 1.0),
        Row("way through 24 cm of lumen", way, AIM, 500.0, 1.0),
        Row("preparing the search for it", prepared, AIM, 2000.0, 1.0),
        Row("centreline of 7 clicks", median_ms(lambda: through(clicks).line), AIM, 5.0, 1.0),
        Row(
            "cross-sections, 200 frames",
            frames,
            AIM,
            10.0,
            1.0,
        ),
    ]


def _vessel_page() -> list[Row]:
    """Measure the work of the window for a vein of 24 cm, its views as large as at 1080p."""
    phantom = VesselPhantom(12.0, 240.0, 200.0, 150.0, 0.3)
    stack = phantom.stack((0.8, 0.8, 1.5), (0.2, 0.4, 0.6))
    volume = phantom.volume(stack, 15.0)
    lumen, tumour = phantom.masks(stack)
    clicks = tuple(as_point(p) for p in phantom.line()[20:-20:72])
    record = VesselPath("1", "IVC", "1", "2", "3", clicks)
    item = ToFollow(record, volume, lumen, {"Mass": tumour}, {}, {}, ("1",), ContactSettings())
    reading = follow(item)(Reporter())
    start_qt(offscreen=True)
    page, display = VesselPage(), Display()
    page.resize(640, 960)
    display.set_volume(volume, SeriesTitle())
    scene = VesselScene("1", "IVC", volume, reading.line, (), reading)
    page.show_scene(scene, display)
    page.set_position(20.0)
    page.grab()

    def along() -> None:
        page.set_position(page.position % 200.0 + 1.0)
        for view in page.canvases:
            view.grab()

    def dragged() -> None:
        line = through(np.array(clicks) + np.array([0.0, page.position % 2, 0.0]))
        page.show_scene(VesselScene("1", "IVC", volume, line), display)
        along()

    moves = median_ms(along, 15)
    drags = median_ms(dragged, 15)
    page.deleteLater()
    name = f"vessel measured in its job, {len(reading.profile.arc_mm)} positions, with HU"
    return [
        Row(name, median_ms(lambda: follow(item)(Reporter()), 5), AIM, 300.0, 1.0),
        Row("four views of a vessel, a step along it", moves, AIM, 33.0, 1.0),
        Row("four views of a vessel, a point dragged", drags, AIM, 33.0, 1.0),
    ]
