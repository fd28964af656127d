"""Scripted steps on the real series of ``../shared/data`` against the masks given there.

What is given was itself drawn or predicted by others: agreement is printed, not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from tumorboard.app.measure_files import NamedMask, load_volume, read_masks
from tumorboard.case.involvement import levels_along, misplaced_levels
from tumorboard.errors import UserError
from tumorboard.imaging.mask_diameters import dimensions
from tumorboard.imaging.mask_model import Mask, intersect
from tumorboard.imaging.segmentation.clean import components, fill_holes, largest, opened, smooth
from tumorboard.imaging.segmentation.distance import image_of, usual_spacing
from tumorboard.imaging.segmentation.grow import Limits, grow, proposed_range
from tumorboard.imaging.segmentation.interpolate import mask_between
from tumorboard.imaging.vessel.centreline import Centreline, evenly, through
from tumorboard.imaging.vessel.contact_profile import ContactSettings, profile
from tumorboard.imaging.vessel.cross_sections import across, outlines_of_mask, outlines_of_values
from tumorboard.imaging.vessel.path import lumen_field
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "series"
TUMOURS = "ct-abdomen-ircadb17"
VESSELS = "ct-abdpelvis-3mm-totalseg"
AORTA, IVC, LIVER, KIDNEYS = 52, 63, 5, (2, 3)


def run() -> str:
    """Return the tables, or the sentence that the data are not here."""
    lines = []
    for name, part in ((TUMOURS, tumours), (VESSELS, vessels)):
        if (DATA / name).exists():
            lines += part(DATA / name)
        else:
            lines.append(f"{name}: not here")
    return "\n".join(lines)


def tumours(folder: Path) -> list[str]:
    """Segment the two liver tumours by scripted steps."""
    volume = load_volume(folder / "dicom", Reporter())
    lines = [f"{'tumour and steps':<58}{'Dice':>6}{'HD95 mm':>9}{'HD mm':>7}{'mL':>8}{'given':>8}"]
    for name in ("livertumor1", "livertumor2"):
        whole = (
            read_masks(folder / "seg" / f"{name}.nii.gz", volume.stack, Reporter()).parts[0].mask
        )
        for number, truth in enumerate(components(whole, 0.5), 1):
            about = f"{name}, part {number} of {truth.volume_ml:.0f} mL"
            grown = click_and_grow(volume, truth)
            lines.append(_agreement(f"{about}: one click, grow, open, smooth", grown, truth))
            every = truth.slices[::5] + truth.slices[-1:]
            drawn = mask_between(_only(truth, every), every)
            text = f"{about}: outlines on {len(set(every))} slices"
            lines.append(_agreement(text, drawn, truth))
    return lines


def click_and_grow(volume: Volume, truth: Mask) -> Mask:
    """Click in the deepest place, grow with the range proposed, cut off leaks, tidy up."""
    depth = sitk.GetArrayFromImage(
        sitk.SignedMaurerDistanceMap(
            image_of(np.pad(truth.voxels, 1), usual_spacing(truth.stack)), False, False, True
        )
    )[1:-1, 1:-1, 1:-1]
    deepest = np.unravel_index(int(depth.argmin()), depth.shape)
    seed = truth.stack.to_lps(np.array(deepest) + truth.origin)
    # A reader sees how large it is: the reach is its own longest diameter.
    reach = dimensions(truth).maximum_3d.length_mm * 0.75
    low, high = proposed_range(volume, seed, 12.0)
    found = fill_holes(grow(volume, seed, low, high, Limits(8000.0, reach)).mask)
    open_one = opened(smooth(found, 1.5), 3.0)
    return fill_holes(largest(open_one if not open_one.is_empty else found))


def vessels(folder: Path) -> list[str]:
    """Find the middle of aorta and vena cava from three clicks each."""
    volume = load_volume(folder / "dicom", Reporter())
    masks = read_masks(
        folder / "seg" / "totalsegmentator_117.nii.gz", volume.stack, Reporter()
    ).parts
    lines = [
        f"{'vessel and way':<58}{'length':>8}{'given':>8}{'apart mm':>10}{'most':>7}{'inside':>8}"
    ]
    for name, label in (("aorta", AORTA), ("IVC", IVC)):
        vessel = largest(_labelled(masks, label))
        given = _middle_line(vessel)
        clicks = given.at(np.array([0.0, 0.5, 1.0]) * given.length_mm)
        for way, mask in (("by values", None), ("in the mask", vessel)):
            try:
                found = through(clicks, lumen_field(volume, list(clicks), mask).trace)
            except UserError as error:
                lines.append(f"{name}, {way}: {error}")
                continue
            lines.append(_apart(f"{name}, way found {way} from 3 clicks", found, given, vessel))
        lines.append(_widths(name, volume, given, vessel))
    return [*lines, _levels(masks)]


def _apart(about: str, found: Centreline, given: Centreline, vessel: Mask) -> str:
    apart = [given.nearest(p)[1] for p in found.line[::4]]
    index = np.floor(vessel.stack.to_index(found.line) + 0.5).astype(int).tolist()
    inside = np.mean([vessel.contains(i) for i in index])
    return (
        f"{about:<58}{found.length_mm:>8.1f}{given.length_mm:>8.1f}"
        f"{np.mean(apart):>10.1f}{max(apart):>7.1f}{100 * inside:>7.0f}%"
    )


def _widths(name: str, volume: Volume, line: Centreline, vessel: Mask) -> str:
    sections = across(line, evenly(line, 3.0))
    nothing = Mask.of(np.zeros((0, 0, 0), bool), volume.stack)
    given = profile(name, line, outlines_of_mask(sections, vessel), nothing).diameter_mm
    ours = profile(name, line, outlines_of_values(volume, sections), nothing).diameter_mm
    off = np.abs(ours - given)
    return (
        f"{name}, diameter by values against the mask: median {np.nanmedian(ours):.1f} and "
        f"{np.nanmedian(given):.1f} mm, apart by {np.nanmedian(off):.1f} in the median, "
        f"{np.nanpercentile(off, 90):.1f} at 90 %"
    )


def _levels(masks: Sequence[NamedMask]) -> str:
    """Return whether levels put near organs come in their order along the vena cava."""
    vessel = largest(_labelled(masks, IVC))
    line = _middle_line(vessel)
    kidneys = [_labelled(masks, k).centroid for k in KIDNEYS]
    liver = _labelled(masks, LIVER)
    sections = across(line, evenly(line, 3.0))
    outlines = outlines_of_mask(sections, vessel)
    # The vein enters the liver where this first holds a third of its circumference.
    held = profile("IVC", line, outlines, liver, ContactSettings(2.0)).contact_degrees >= 120
    entry = line.at(sections.arc_mm[int(np.argmax(held))])
    marks = {
        "iliac confluence": line.line[0],
        "renal veins": np.mean(kidneys, axis=0),
        "entry into the liver": entry,
        "cavo-atrial junction": line.line[-1],
    }
    found = profile("IVC", line, outlines, liver, None, marks)
    order = ", ".join(
        f"{m} {at:.0f}" for m, at in sorted(levels_along(found).items(), key=lambda p: p[1])
    )
    return f"IVC levels along the line, mm: {order}. {misplaced_levels(found) or 'In order.'}"


def _middle_line(vessel: Mask) -> Centreline:
    """Return the line through the middles of a mask's slices, smoothed by every fourth."""
    middles = []
    for n, k in enumerate(range(vessel.origin[0], vessel.origin[0] + len(vessel.voxels))):
        inside = np.argwhere(vessel.voxels[n])
        if len(inside):
            row, column = inside.mean(axis=0) + vessel.origin[1:]
            middles.append(vessel.stack.to_lps([k, row, column]))
    kept = middles[::4] if (len(middles) - 1) % 4 == 0 else [*middles[::4], middles[-1]]
    return through(kept).upwards()


def _labelled(masks: Sequence[NamedMask], label: int) -> Mask:
    return next(m.mask for m in masks if m.name.endswith(f" {label}"))


def _only(mask: Mask, slices: tuple[int, ...]) -> Mask:
    voxels = mask.voxels.copy()
    kept = [k - mask.origin[0] for k in slices]
    voxels[[n for n in range(len(voxels)) if n not in kept]] = False
    return Mask.of(voxels, mask.stack, mask.origin)


def _agreement(about: str, ours: Mask, truth: Mask) -> str:
    dice = 2 * intersect(ours, truth).count / (ours.count + truth.count)
    low = [min(a.start, b.start) - 1 for a, b in zip(ours.box, truth.box, strict=True)]
    high = [max(a.stop, b.stop) + 1 for a, b in zip(ours.box, truth.box, strict=True)]
    spacing = usual_spacing(truth.stack)
    a, b = (image_of(m.cropped(low, high), spacing) for m in (ours, truth))
    apart = np.concatenate([_surface_distances(a, b), _surface_distances(b, a)])
    return (
        f"{about:<58}{dice:>6.2f}{np.percentile(apart, 95):>9.1f}{apart.max():>7.1f}"
        f"{ours.volume_ml:>8.1f}{truth.volume_ml:>8.1f}"
    )


def _surface_distances(one: sitk.Image, other: sitk.Image) -> np.ndarray:
    far = sitk.GetArrayFromImage(sitk.Abs(sitk.SignedMaurerDistanceMap(other, False, False, True)))
    return far[sitk.GetArrayFromImage(sitk.LabelContour(one)) > 0]
