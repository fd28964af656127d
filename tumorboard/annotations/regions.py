"""The pixels inside a drawn region, on the cut it was drawn on."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation
from tumorboard.annotations.visibility import rests_on
from tumorboard.imaging.geometry import Plane, Point, Points
from tumorboard.imaging.oblique import cut_oblique, plane_through
from tumorboard.imaging.roi_statistics import (
    Histogram,
    histogram,
    masked_values,
)
from tumorboard.imaging.slicing import Section, cut, native_plane
from tumorboard.imaging.volume import Volume

#: Cosine between two normals above which a plane is the anatomical one: less than a degree.
_PARALLEL = 0.9999
#: A region reaches beyond the picture by more than this, in pixels.
_RIM = 0.05


def region_section(annotation: Annotation, volume: Volume) -> Section:
    """Return the cut on which the values of a region are read.

    The stored slice or reformat that it was drawn on; on a turned plane, that plane.
    """
    point = annotation.points[0]
    section = _cut(volume, Plane(annotation.image.plane), point)
    normal = np.array(annotation.normal)
    if abs(float(normal @ section.grid.normal)) >= _PARALLEL:
        return section
    right = np.cross(np.eye(3)[int(np.abs(normal).argmin())], normal)
    right = right / np.linalg.norm(right)
    return cut_oblique(volume, plane_through(volume.stack, point, right, np.cross(normal, right)))


def _cut(volume: Volume, plane: Plane, point: Point) -> Section:
    """Cut a volume; of many regions on one stored slice all but the first get it at once."""
    if plane is not native_plane(volume.stack):
        return cut(volume, plane, point)
    k = volume.stack.nearest_slice(point)
    wanted = (k, bool(volume.loaded[k]))
    last, section = _last.get(volume, (None, None))
    if section is None or last != wanted:
        section = cut(volume, plane, point)
        _last[volume] = wanted, section
    return section


#: The stored slice of each volume that was read last; its values are a view of the volume's.
_last: WeakKeyDictionary[Volume, tuple[tuple[int, bool], Section]] = WeakKeyDictionary()


def region_values(annotation: Annotation, volume: Volume) -> Points | None:
    """Return the values of the pixels whose centre lies inside a region, shape (N,).

    None for other pictures than those it was drawn on, while slices are loading, or when
    no pixel centre is inside.
    """
    inside = SPECS[annotation.kind].inside
    if inside is None:
        return None
    if not rests_on(annotation.image, volume):
        return None
    native = Plane(annotation.image.plane) is native_plane(volume.stack)
    if not native and not volume.loaded.all():
        return None
    section = region_section(annotation, volume)
    if not section.complete:
        return None
    return masked_values(volume, section, inside(section.grid, annotation.points))


def leaves_picture(annotation: Annotation, volume: Volume) -> bool:
    """Whether a part of a region lies beyond the pixels of the pictures it was drawn on."""
    if not rests_on(annotation.image, volume):
        return False
    (line,) = SPECS[annotation.kind].lines(np.array(annotation.points, dtype=np.float64))
    index = volume.stack.to_index(line)
    last = np.array(volume.stack.shape) - 0.5
    return bool(((index < -0.5 - _RIM) | (index > last + _RIM)).any())


def region_histogram(annotation: Annotation, volume: Volume, bins: int = 32) -> Histogram | None:
    """Return the histogram of a region, when asked for; None when there are no values."""
    values = region_values(annotation, volume)
    return None if values is None else histogram(values, volume.unit, bins)
