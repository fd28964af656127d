"""The lines that draw an annotation, in patient space or on a canvas alike."""

from __future__ import annotations

import numpy as np

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.imaging.geometry import Points


def outline(kind: Kind, points: Points) -> list[Points]:
    """Return the polylines, each (M, D), that draw an annotation from its (N, D) points.

    Shapes are affine in their points, so D may be 3 (LPS mm) or 2 (canvas pixels).
    """
    return SPECS[kind].lines(points)


def handles(annotation: Annotation) -> tuple[int, ...]:
    """Return the indices of the points that can be taken hold of."""
    return SPECS[annotation.kind].handles(len(annotation.points))


def middle(annotation: Annotation) -> Points:
    """Return the mean of the points, LPS mm: what a moved label is kept relative to."""
    return np.asarray(np.array(annotation.points).mean(axis=0))
