"""Read a segmentation: named masks with their place in the patient (PS3.3 section A.51)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.checks import positions_of, stack_of
from tumorboard.dicom.colours import colour_for, colour_of_lab
from tumorboard.dicom.decode import DecodeError, decode_samples
from tumorboard.dicom.decoder_pool import decoders
from tumorboard.dicom.frame_data import frame_bytes
from tumorboard.dicom.gate import LIMITS, Limits, RefusedError
from tumorboard.dicom.header import Header, read_header
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.keywords import KEYWORDS
from tumorboard.dicom.parting import is_alike
from tumorboard.dicom.read import picture_instances
from tumorboard.imaging.overlay import MaskSource, OverlaySet, Segment
from tumorboard.language import _
from tumorboard.progress import Reporter

LABEL = _("Reading segments")

_KEYWORDS = (
    *KEYWORDS,
    "ContentLabel",
    "SegmentationType",
    "MaximumFractionalValue",
    "SegmentSequence",
    "ReferencedSeriesSequence",
)

#: Frames nearer than this along the normal lie on one slice, mm.
_SAME_SLICE_MM = 1e-3
#: Relative difference of a step and a thickness that are the same.
_SAME_STEP = 0.02

Pixels = Callable[[Instance], NDArray[Any]]


def read_segmentation(
    path: Path, reporter: Reporter | None = None, limits: Limits = LIMITS
) -> OverlaySet:
    """Read the segments of a file.

    Raises
    ------
    RefusedError
        When the file is not a valid segmentation or exceeds a limit.
    CancelledError
        When the reporter was asked to stop.

    """
    reporter = reporter or Reporter()
    with at.quiet_pydicom():
        header = read_header(path, limits, _KEYWORDS)
        __, frames = picture_instances(path, header, limits)
        dataset = header.dataset
        described = at.items(dataset, "SegmentSequence")
        numbers = [_number_of(dataset, i.frame - 1) for i in frames]
    kind = at.text(dataset, "SegmentationType").upper()
    by_segment = _by_segment(frames, numbers, described, kind)
    _check_size(by_segment, limits)
    threshold = (at.number(dataset, "MaximumFractionalValue") or 255.0) / 2
    segments: list[Segment] = []
    truncated = any("truncated" in i.flaws for i in frames)
    omitted = [_("The file ends early: slices are missing.")] if truncated else []
    read = _pixels(header)
    step = _step(dataset, frames)
    for done, item in enumerate(described):
        reporter.step(LABEL, done, len(described))
        number = at.integer(item, "SegmentNumber")
        if number is None or (kind == "LABELMAP" and number == 0):
            continue
        name = at.text(item, "SegmentLabel") or _("Segment {number}", number=number)
        try:
            found = _segment(number, name, item, by_segment[number], read, kind, threshold)
        except (DecodeError, RefusedError) as error:
            omitted.append(f"“{name}”: {error}")
            continue
        except ValueError:
            reason = _("Its slices do not fit.")
            omitted.append(f"“{name}”: {reason}")
            continue
        if found is None:
            omitted.append(_("“{name}” is empty.", name=name))
        else:
            segments.append(replace(found, step=step))
    return OverlaySet(
        at.text(dataset, "ContentLabel"),
        at.uid(dataset, "FrameOfReferenceUID"),
        _series(dataset),
        segments=tuple(segments),
        omitted=tuple(omitted),
        pictures=_pictures(dataset),
    )


def read_identity(path: Path) -> MaskSource:
    """Return what a segmentation says of itself and of the images that it was made on.

    Raises
    ------
    RefusedError
        When it is no DICOM file.

    """
    with at.quiet_pydicom():
        dataset = read_header(path, keywords=_KEYWORDS).dataset
        uids = ("SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID")
        own, study, frame = (at.uid(dataset, k) for k in uids)
        return MaskSource(own, study, frame, _series(dataset), _pictures(dataset))


def _step(dataset: Dataset, frames: Sequence[Instance]) -> float | None:
    """Return what a slice stands for along the normal, mm (PS3.3 section C.7.6.16.2.1).

    Spacing Between Slices, or else Slice Thickness where frames lie side by side with it: those
    that hold nothing need not be there, and slices may overlap. None when nothing says it.
    """
    groups = [
        *at.items(dataset, "SharedFunctionalGroupsSequence")[:1],
        *at.items(dataset, "PerFrameFunctionalGroupsSequence"),
    ]
    measures = [m for g in groups for m in at.items(g, "PixelMeasuresSequence")[:1]]
    spaced = [abs(v) for m in measures if (v := at.number(m, "SpacingBetweenSlices"))]
    gaps = np.diff(np.unique(np.round(positions_of(frames) or [], 3)))
    if spaced:
        return min(*spaced, float(gaps.min())) if len(gaps) else min(spaced)
    thick = next((i.thickness for i in frames if i.thickness), None)
    if thick is None or not len(gaps) or gaps.min() > (1 + _SAME_STEP) * thick:
        return None
    return float(gaps.min())


def _number_of(dataset: Dataset, frame: int) -> int | None:
    """Return the segment number of a frame, from its own functional groups or the shared ones."""
    own = at.items(dataset, "PerFrameFunctionalGroupsSequence")[frame : frame + 1]
    for group in [*own, *at.items(dataset, "SharedFunctionalGroupsSequence")[:1]]:
        for item in at.items(group, "SegmentIdentificationSequence"):
            return at.integer(item, "ReferencedSegmentNumber")
    return None


def _by_segment(
    frames: Sequence[Instance],
    numbers: Sequence[int | None],
    described: Sequence[Dataset],
    kind: str,
) -> dict[int, list[Instance]]:
    """Return the frames of each segment; those of a label map belong to all."""
    found: dict[int, list[Instance]] = defaultdict(list)
    if kind == "LABELMAP":
        for item in described:
            found[at.integer(item, "SegmentNumber") or 0] = list(frames)
        return found
    for instance, number in zip(frames, numbers, strict=True):
        if number is not None:
            found[number].append(instance)
    return found


def _check_size(by_segment: dict[int, list[Instance]], limits: Limits) -> None:
    needed = sum(i.rows * i.columns for frames in by_segment.values() for i in frames)
    if needed > limits.volume:
        raise RefusedError(_("Its segments need more memory than is allowed."))


def _pixels(header: Header) -> Pixels:
    def read(instance: Instance) -> NDArray[Any]:
        if instance.is_encapsulated:
            return decoders().decode(instance)
        if header.stream:
            data = b"".join(header.stream[o : o + n] for o, n in instance.chunks)
            return decode_samples(data, instance)
        return decode_samples(frame_bytes(instance), instance)

    return read


def _segment(
    number: int,
    name: str,
    item: Dataset,
    frames: Sequence[Instance],
    read: Pixels,
    kind: str,
    threshold: float,
) -> Segment | None:
    """Return a segment, or None when it holds nothing.

    Raises
    ------
    ValueError
        When its frames have no place or do not make a stack.
    RefusedError
        When frames of it contradict each other.

    """
    if any(not is_alike(i, frames[0]) for i in frames):
        raise RefusedError(_("Its slices differ in orientation or pixel size."))
    ordered, masks = _one_a_place(frames, [_mask(read(i), kind, number, threshold) for i in frames])
    filled = [k for k, mask in enumerate(masks) if mask.any()]
    if not filled:
        return None
    lab = at.numbers(item, "RecommendedDisplayCIELabValue", 3)
    return Segment(
        number,
        name,
        colour_of_lab(lab) if lab else colour_for(number),
        np.stack([masks[k] for k in filled]),
        stack_of([ordered[k] for k in filled]),
        kind == "FRACTIONAL",
        tuple(ordered[k].frame for k in filled),
    )


def _mask(pixels: NDArray[Any], kind: str, number: int, threshold: float) -> NDArray[np.bool_]:
    if kind == "LABELMAP":
        return np.asarray(pixels == number)
    return np.asarray(pixels >= threshold if kind == "FRACTIONAL" else pixels > 0)


def _one_a_place(
    frames: Sequence[Instance], masks: Sequence[NDArray[np.bool_]]
) -> tuple[list[Instance], list[NDArray[np.bool_]]]:
    """Return frames along their normal with their masks, one of those at one place.

    Raises
    ------
    ValueError
        When a frame has no place.
    RefusedError
        When frames at one place do not say the same: nobody can tell which holds.

    """
    if not frames:
        return [], []
    if not all(i.has_geometry and i.spacing for i in frames):
        raise ValueError(_("a frame without a place"))
    cosines = np.array(frames[0].orientation, dtype=np.float64)
    normal = np.cross(cosines[:3], cosines[3:])
    places = np.array([i.position for i in frames], dtype=np.float64)
    along = places @ normal
    kept: list[int] = []
    for k in sorted(range(len(frames)), key=lambda k: (along[k], frames[k].frame)):
        if not kept or along[k] - along[kept[-1]] > _SAME_SLICE_MM:
            kept.append(k)
        elif not masks[kept[-1]].any():
            kept[-1] = k
        elif masks[k].any() and not (
            np.abs(places[k] - places[kept[-1]]).max() <= _SAME_SLICE_MM
            and np.array_equal(masks[k], masks[kept[-1]])
        ):
            raise RefusedError(_("It has two slices at one place that differ."))
    return [frames[k] for k in kept], [masks[k] for k in kept]


def _pictures(dataset: Dataset) -> frozenset[tuple[str, int]]:
    """Return the pictures it was made on: those its frames derive from, else all it names."""
    groups = [
        *at.items(dataset, "PerFrameFunctionalGroupsSequence"),
        *at.items(dataset, "SharedFunctionalGroupsSequence"),
    ]
    sources = (
        picture
        for group in groups
        for derivation in at.items(group, "DerivationImageSequence")
        for source in at.items(derivation, "SourceImageSequence")
        for picture in at.referenced_pictures(source)
    )
    named = (
        picture
        for series in at.items(dataset, "ReferencedSeriesSequence")
        for image in at.items(series, "ReferencedInstanceSequence")
        for picture in at.referenced_pictures(image)
    )
    return frozenset(sources) or frozenset(named)


def _series(dataset: Dataset) -> tuple[str, ...]:
    found = [at.uid(s, "SeriesInstanceUID") for s in at.items(dataset, "ReferencedSeriesSequence")]
    return tuple(dict.fromkeys(u for u in found if u))
