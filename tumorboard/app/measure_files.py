"""Reads what is measured from files: images, masks (SEG, NIfTI, NRRD), lists of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard import strict_json
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat, Points, SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.mask_placement import mask_on
from tumorboard.imaging.overlay import MaskSource, Segment
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.text import all_lines, line

if TYPE_CHECKING:
    from tumorboard.dicom.series import Series

_IMAGE_ENDS: Final = (".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd")
#: More parts than any segmentation of a case has; such a file holds no labels.
_MOST_LABELS: Final = 256
#: From this share on a voxel of a mask of fractions is inside.
_HALF: Final = 0.5
_POINTS_HINT: Final = _(
    'Write {"lines": {"name": [[x, y, z], ...]}, "vessels": [{"name": "IVC", "points": [...], '
    '"landmarks": {"renal veins": [x, y, z]}}]}, all in LPS millimetres.'
)


@dataclass(frozen=True, eq=False)
class NamedMask:
    """A part of a mask file on the grid of the images."""

    name: str
    mask: Mask


@dataclass(frozen=True, eq=False)
class MaskFile:
    """The parts of a mask file that lie on the images, and what has to be said of the file."""

    parts: tuple[NamedMask, ...]
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, eq=False)
class VesselPoints:
    """A vessel as clicked.

    ``mask`` names the part of the mask file that is its lumen, ``thrombus`` those that are
    tumour inside it.
    """

    name: str
    points: Points
    landmarks: dict[str, Points] = field(default_factory=dict)
    trace: bool = False
    mask: str = ""
    thrombus: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class PointsFile:
    """Lines by name, each (N, 3) LPS mm, and vessels."""

    lines: dict[str, Points]
    vessels: tuple[VesselPoints, ...]


def load_volume(
    path: Path, reporter: Reporter, series_uid: str = "", meant: MaskSource | None = None
) -> Volume:
    """Load the series below a path: the one named, or the only or largest volume.

    Of several, those that a mask names (``meant``) go before larger ones: its series, and of
    the parts of one those with the pictures that it was made on.

    Raises
    ------
    UserError
        When there is no path, no such series, or a slice cannot be read.

    """
    from tumorboard.dicom.load import VolumeLoader
    from tumorboard.dicom.scan import scan

    if not path.exists():
        raise UserError(_("“{name}” does not exist.", name=path.name), _("Check the name."))
    found = [s for s in scan([path], reporter).series if s.kind == "volume"]
    if series_uid:
        found = [s for s in found if series_uid in (s.series_instance_uid, s.uid)]
        found = [s for s in found if s.uid == series_uid] or found
        if not found:
            raise UserError(
                _("“{name}” holds no such series.", name=path.name), _("Check the UID.")
            )
    if not found:
        raise UserError(
            _("“{name}” holds no volume.", name=path.name), _("Name a folder of DICOM slices.")
        )
    if meant is not None:
        found = [s for s in found if s.series_instance_uid in meant.referenced_series] or found
        found = [s for s in found if s.holds_any(meant.pictures)] or found
    series: Series = max(found, key=lambda s: s.slices * s.rows * s.columns)
    rivals = [s for s in found if _is_rival(s, series)]
    if rivals and series_uid != series.uid:
        names = _(" or ").join(s.uid for s in (series, *rivals))
        raise UserError(
            _("“{name}” holds several parts of one series, such as phases.", name=path.name),
            _("Name one of them with --series {names}.", names=names),
        )
    loader = VolumeLoader(series)
    loader.run(reporter)
    if loader.failures:
        count = len(loader.failures)
        raise UserError(
            _("{count} slices of “{name}” cannot be read.", count=count, name=path.name),
            _("Copy the images again."),
        )
    return loader.volume


def _is_rival(s: Series, series: Series) -> bool:
    """Whether a part of the same series may be meant as well."""
    same = s is not series and s.series_instance_uid == series.series_instance_uid
    return same and 2 * s.slices >= series.slices


def read_masks(file: Path, stack: SliceStack, reporter: Reporter) -> MaskFile:
    """Read the parts of a mask file onto the grid of the images.

    Raises
    ------
    UserError
        When the file cannot be read, holds nothing, or lies outside the images.

    """
    if not file.is_file():
        raise UserError(
            _("“{name}” does not exist.", name=file.name), _("Name a SEG, NIfTI or NRRD file.")
        )
    omitted: tuple[str, ...] = ()
    if file.name.lower().endswith(_IMAGE_ENDS):
        segments = _from_image(file)
    else:
        segments, omitted = _from_seg(file, reporter)
    found = [NamedMask(s.name, mask_on(s, stack)) for s in segments]
    parts = tuple(named for named in found if not named.mask.is_empty)
    caveats = [Caveat("mask-omitted", text) for text in omitted]
    caveats += [
        Caveat(
            "mask-fractions", _("“{name}” holds fractions; it was cut at one half.", name=s.name)
        )
        for s in segments
        if s.fractional
    ]
    if not parts:
        said = " ".join(omitted)
        raise UserError(
            f"{_('Nothing of “{name}” lies on these images.', name=file.name)} {said}".strip(),
            _("Check that both belong together."),
        )
    return MaskFile(parts, tuple(caveats))


def _from_seg(file: Path, reporter: Reporter) -> tuple[Sequence[Segment], tuple[str, ...]]:
    """Return the segments of a file, and what of it cannot be read."""
    from tumorboard.dicom.gate import RefusedError
    from tumorboard.dicom.segmentation import read_segmentation

    try:
        found = read_segmentation(file, reporter)
    except RefusedError as error:
        raise UserError(
            _("“{name}” is no mask that can be read.", name=file.name),
            _("Name a SEG, NIfTI or NRRD file."),
        ) from error
    return found.segments, found.omitted


def _from_image(file: Path) -> Sequence[Segment]:
    """Read labels by SimpleITK, which turns the RAS of NIfTI into LPS."""
    import SimpleITK as sitk

    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        image = sitk.ReadImage(str(file))
    except RuntimeError as error:
        raise UserError(
            _("“{name}” cannot be read as an image of labels.", name=file.name),
            _("Export the mask again."),
        ) from error
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        raise UserError(
            _("“{name}” is no mask in three dimensions.", name=file.name),
            _("Export the mask again."),
        )
    labels, stack = _as_slices(sitk.GetArrayFromImage(image), image)
    return _segments(labels, stack, file)


def _as_slices(array: NDArray[Any], image: Any) -> tuple[NDArray[Any], SliceStack]:
    """Return the array with slices growing along their normal, and its geometry."""
    spacing = image.GetSpacing()
    ways = np.array(image.GetDirection(), dtype=np.float64).reshape(3, 3)
    right, down, step = ways[:, 0], ways[:, 1], ways[:, 2] * spacing[2]
    origins = np.array(image.GetOrigin()) + np.outer(np.arange(len(array)), step)
    if float(step @ np.cross(right, down)) < 0:
        array, origins = array[::-1], origins[::-1]
    shape = array.shape
    stack = SliceStack(origins, right, down, (spacing[1], spacing[0]), shape[1], shape[2])
    return np.ascontiguousarray(array), stack


def _segments(labels: NDArray[Any], stack: SliceStack, file: Path) -> list[Segment]:
    fractional = False
    if labels.dtype.kind == "f":
        whole = np.rint(labels)
        fractional = not np.array_equal(whole, labels)
        if fractional and not ((labels >= 0) & (labels <= 1)).all():
            raise _no_labels(file)
        labels = labels >= _HALF if fractional else whole.astype(np.int32)
    numbers = [int(n) for n in np.unique(labels) if n != 0]
    if not numbers:
        raise UserError(_("“{name}” is empty.", name=file.name), _("Export the mask again."))
    if len(numbers) > _MOST_LABELS:
        raise _no_labels(file)
    stem = line(file.name.split(".")[0])
    names = {n: stem if len(numbers) == 1 else f"{stem} {n}" for n in numbers}
    yellow = (255, 255, 0)
    return [Segment(n, names[n], yellow, labels == n, stack, fractional) for n in numbers]


def _no_labels(file: Path) -> UserError:
    return UserError(
        _("“{name}” holds values, not labels.", name=file.name), _("Name the mask, not images.")
    )


def read_points(file: Path) -> PointsFile:
    """Read lines and vessels from a JSON file of LPS points in mm.

    Raises
    ------
    UserError
        When it cannot be read or is not as described.

    """
    try:
        content = all_lines(strict_json.loads(file.read_text(encoding="utf-8")))
        lines = {str(n): _points(p, 2) for n, p in content.get("lines", {}).items()}
        vessels = tuple(_vessel(v) for v in content.get("vessels", []))
    except OSError as error:
        raise UserError(
            _("“{name}” cannot be read.", name=file.name), _("Name a JSON file of points.")
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(_("“{name}” is not as needed.", name=file.name), _POINTS_HINT) from error
    if not lines and not vessels:
        raise UserError(_("“{name}” names no line and no vessel.", name=file.name), _POINTS_HINT)
    return PointsFile(lines, vessels)


def _vessel(entry: dict[str, Any]) -> VesselPoints:
    marks = {str(n): _points([p], 1)[0] for n, p in entry.get("landmarks", {}).items()}
    values = entry.get("thrombus", [])
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise TypeError("parts of the mask file are a list of names")
    return VesselPoints(
        str(entry["name"]),
        _points(entry["points"], 1),
        marks,
        bool(entry.get("trace", False)),
        str(entry.get("mask", "")),
        tuple(values),
    )


def _points(values: Any, least: int) -> Points:
    points = np.asarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or len(points) < least:
        raise ValueError(_("points have three coordinates"))
    if not np.isfinite(points).all():
        raise ValueError(_("points are finite"))
    return points
