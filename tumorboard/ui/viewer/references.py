"""The images that points drawn on a view lie on: by reference, and in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tumorboard.annotations.calibration import calibrated, calibration_of
from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation, ImageReference
from tumorboard.imaging.calibrated import calibration_at
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.slicing import section_number
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.tools.gesture import Scene
from tumorboard.ui.viewer.display import Display


def reference(display: Display, spec: CutSpec, points: tuple[Point, ...]) -> ImageReference:
    """Return the images that points drawn on a display lie on."""
    volume = display.volume
    if volume is None:
        raise ValueError("no volume is shown")
    slices = sorted({volume.stack.nearest_slice(p) for p in points})
    ends = slices if len(slices) < 3 else [slices[0], slices[-1]]
    calibration, scale = calibration_at(volume, np.array(points))
    return ImageReference(
        volume.study_instance_uid,
        volume.series_instance_uid,
        tuple(volume.sop_instance_uids[k] for k in ends),
        volume.frame_of_reference_uid,
        spec.plane,
        calibration,
        scale,
        tuple(volume.frames[k] for k in ends) if volume.frames else (),
    )


def place_words(volume: Volume, spec: CutSpec, point: Point) -> str:
    """Name the cut that a point lies on as the corner of the view does: "slice 12"."""
    if spec.is_turned or not volume.is_placed:
        return (
            _("the cut where it was begun") if spec.is_turned else _("the picture it was begun on")
        )
    return _("slice {number}", number=section_number(volume.stack, spec.plane, point))


def restamped(annotation: Annotation, scene: Scene) -> Annotation:
    """Return an edited annotation with its new slices, calibration, author and time.

    The plane it was drawn in stays; a mark of a vessel may be moved in any plane.
    """
    now = scene.reference(annotation.points)
    known = calibration_of(scene.existing, now)
    fresh = now if SPECS[annotation.kind].is_known_length else calibrated(now, known)
    image = replace(
        annotation.image,
        sop_instance_uids=fresh.sop_instance_uids,
        frames=fresh.frames,
        calibration=fresh.calibration,
        scale=fresh.scale,
    )
    return replace(
        annotation,
        image=image,
        caveats=scene.caveats_of(annotation.kind, annotation.points),
        author=scene.author,
        created_utc=scene.now_utc,
    )
