"""Reads what others made of the images of a case: masks, outlines, marks, reports, documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tumorboard.annotations.foreign import ForeignMark, SegmentValues
from tumorboard.app.overlay_object import OverlayObject
from tumorboard.app.segment_values import BoundValues, bound
from tumorboard.app.series_record import Record, series_of
from tumorboard.case.model import SeriesRef
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.layers import Layer, lies_within, region_layer, segment_layer
from tumorboard.imaging.overlay import OverlaySet, Segment
from tumorboard.imaging.volume import Volume
from tumorboard.language import N_, _
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.dicom.places import Places
    from tumorboard.dicom.presentation import Presentation
    from tumorboard.dicom.series import Series

LABEL = _("Reading what others drew")

#: The source of bitmaps that images bring with them.
PLANE = N_("Overlay plane")
#: Colour of bitmaps that images bring with them, which have none of their own.
_PLANE_COLOUR = (182, 156, 240)
#: A slice step (mm) for a mask whose images are not there.
_USUAL_STEP_MM = 3.0

RecordOf = Callable[[str], Record | None]
Offset = tuple[float, float, float]
#: Gives the LPS displacement (mm) from one frame of reference to another, or None.
OffsetOf = Callable[[str, str], "np.ndarray | None"]


@dataclass(frozen=True)
class TextDocument:
    """Something to be read: ``text`` of a report, or None for a file that is only opened."""

    key: str
    title: str
    by: str
    text: str | None = None


@dataclass(frozen=True, eq=False)
class Foreign:
    """All that others made of the images of a case; ``problems`` are sentences."""

    objects: tuple[OverlayObject, ...] = ()
    marks: tuple[ForeignMark, ...] = ()
    states: tuple[Presentation, ...] = ()
    documents: tuple[TextDocument, ...] = ()
    problems: tuple[str, ...] = ()
    values: tuple[BoundValues, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        drawn = self.objects or self.marks or self.states or self.values
        return not (drawn or self.documents or self.problems)


@dataclass
class _Found:
    objects: list[OverlayObject] = field(default_factory=list)
    marks: list[ForeignMark] = field(default_factory=list)
    states: list[Presentation] = field(default_factory=list)
    documents: list[TextDocument] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    values: list[SegmentValues] = field(default_factory=list)


def reading(refs: Sequence[SeriesRef], record_of: RecordOf) -> Callable[[Reporter], Foreign]:
    """Return the work that reads all that others made; for a worker thread.

    The records are fetched here, in the thread that may ask the store.
    """
    records = [(ref, record_of(ref.series_instance_uid)) for ref in refs]
    return lambda reporter: _read([(r, x) for r, x in records if x is not None], reporter)


def placement(
    item: OverlayObject, volume: Volume, offset_of: OffsetOf
) -> tuple[Offset | None, str]:
    """Return how far an object lies from a volume (LPS mm), or None and why it is not drawn."""
    if volume.series_instance_uid in item.series:
        offset = np.zeros(3)
    elif volume.whole_uid in item.wholes:
        return None, _("drawn on another part of this series")
    elif not volume.is_placed:
        return None, _("these images do not say where they lie")
    else:
        found = offset_of(item.frame_of_reference_uid, volume.frame_of_reference_uid)
        if found is None:
            return None, _("drawn in another frame of reference; lock the dates to see it here")
        offset = np.asarray(found, dtype=np.float64)
    if not lies_within(item.layer, volume.stack, offset):
        return None, _("lies outside of these images")
    return (float(offset[0]), float(offset[1]), float(offset[2])), ""


def open_outside(record: Record) -> tuple[str, bytes]:
    """Return file ending and content of an encapsulated document, when somebody asks for it.

    Raises
    ------
    UserError
        When there is none, or it is of a kind that is not opened.

    """
    from tumorboard.dicom.overlays import open_document

    document = open_document(series_of(record))
    if document.mime_type != "application/pdf":
        raise UserError(
            _("Only PDF documents can be opened."), _("Ask where it came from for a PDF.")
        )
    return ".pdf", document.data


def _read(records: Sequence[tuple[SeriesRef, Record]], reporter: Reporter) -> Foreign:
    from tumorboard.dicom.places import Places

    series = [(ref, series_of(record)) for ref, record in records]
    pictures = [s for _, s in series if s.has_pixels]
    places, found = Places(pictures), _Found()
    for done, (ref, one) in enumerate(series):
        reporter.step(LABEL, done, len(series))
        try:
            if one.has_pixels:
                found.objects += _planes(one, reporter)
            else:
                _read_one(ref, one, pictures, places, found, reporter)
        except CancelledError:
            raise
        except UserError as error:
            found.problems.append(str(error))
    return Foreign(
        *(tuple(found.objects), tuple(found.marks), tuple(found.states)),
        *(tuple(found.documents), tuple(found.problems), bound(found.values, found.objects)),
    )


def _read_one(
    ref: SeriesRef,
    series: Series,
    pictures: Sequence[Series],
    places: Places,
    found: _Found,
    reporter: Reporter,
) -> None:
    from tumorboard.dicom.overlays import can_overlay

    if can_overlay(series):
        _read_sets(ref, series, pictures, found, reporter)
    elif series.modality == "PR":
        _read_states(series, places, found)
    elif series.modality == "SR":
        _read_reports(ref, series, places, found)
    elif series.kind == "document" and series.modality == "DOC":
        title = ref.description or _("Document")
        found.documents.append(TextDocument(ref.series_instance_uid, title, _author(series)))


def _author(series: Series) -> str:
    from tumorboard.dicom.authorship import author_of
    from tumorboard.dicom.gate import RefusedError

    try:
        return author_of(series.instances[0].path)
    except (RefusedError, OSError):
        return ""


# -- masks and outlines -----------------------------------------------------------------------


def _read_sets(
    ref: SeriesRef,
    series: Series,
    pictures: Sequence[Series],
    found: _Found,
    reporter: Reporter,
) -> None:
    from tumorboard.dicom.overlays import overlay_series, read_overlay

    by = _author(series)
    source = N_("Segmentation") if series.modality == "SEG" else N_("Structure set")
    for n, one in enumerate(read_overlay(series, reporter.quiet())):
        mine = overlay_series(series, [one], pictures)
        group = ref.description or one.label or source
        named = tuple(s.uid for s in mine)
        slices = {s.number: _slices(s) for s in one.segments}
        cut = {s.number for s in one.segments if s.fractional}
        for number, name, colour, layer in _layers(one, mine, found, group):
            key = f"{ref.series_instance_uid}|{n}|{number}"
            about = (one.frame_of_reference_uid, series.instances[n].sop_instance_uid, number)
            lies = slices.get(number, {})
            how = f"{source}, fractions cut at one half" if number in cut else source
            words = (key, name, group, how, by, colour)
            wholes = frozenset(s.series_instance_uid for s in mine)
            found.objects.append(OverlayObject(*words, layer, named, *about, lies, wholes))
        found.problems += [f"{group}: {text}" for text in one.omitted]


def _slices(segment: Segment) -> dict[int, float]:
    """Return where each frame of a segment lies along its normal, mm."""
    return dict(zip(segment.frames, segment.stack.positions.tolist(), strict=True))


def _layers(
    one: OverlaySet, mine: Sequence[Series], found: _Found, group: str
) -> Iterable[tuple[int, str, tuple[int, int, int], Layer]]:
    stacks = [s.stack for s in mine if s.stack is not None and s.has_geometry]
    step = stacks[0].slice_spacing if stacks and stacks[0].shape[0] > 1 else _USUAL_STEP_MM
    for segment in one.segments:
        layer = segment_layer(segment, step, stacks[0] if stacks else None)
        yield segment.number, segment.name, segment.colour, layer
    for region in one.regions:
        if not stacks:
            found.problems.append(
                _("{group}: the images that it was drawn on are not here.", group=group)
            )
            return
        layer = region_layer(region, stacks[0])
        if layer.no_volume:
            found.problems.append(
                _(
                    "{group}: “{name}” has no volume: {no_volume}.",
                    group=group,
                    name=region.name,
                    no_volume=layer.no_volume,
                )
            )
        yield region.number, region.name, region.colour, layer


def _planes(series: Series, reporter: Reporter) -> list[OverlayObject]:
    """Return the bitmaps that the pictures of a series bring with them, one a label."""
    from tumorboard.dicom.overlay_planes import read_overlays

    if not any(i.overlays for i in series.instances) or series.stack is None:
        return []
    shape = series.stack.shape
    masks: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(shape, bool))
    for k, instance in enumerate(series.instances):
        if instance.overlays:
            reporter.step(LABEL, k, len(series.instances))
            for plane in read_overlays(instance):
                usual = _("Region of interest") if plane.is_region else _("Drawn on the images")
                masks[plane.label or usual][k] |= plane.mask
    found = []
    for number, (label, mask) in enumerate(masks.items()):
        if mask.any():
            segment = Segment(number, label, _PLANE_COLOUR, mask, series.stack)
            layer = segment_layer(segment, series.stack.slice_spacing, series.stack)
            key, own = f"{series.uid}|planes|{number}", series.uid
            words = (label, _("Overlay planes"), PLANE, "")
            frame = series.frame_of_reference_uid
            about = (layer, (own,), frame)
            wholes = frozenset({series.series_instance_uid})
            found.append(OverlayObject(key, *words, _PLANE_COLOUR, *about, wholes=wholes))
    return found


# -- marks, states, reports -------------------------------------------------------------------


def _read_states(series: Series, places: Places, found: _Found) -> None:
    from tumorboard.dicom.gate import RefusedError
    from tumorboard.dicom.presentation import read_presentation

    for instance in series.instances:
        try:
            state = read_presentation(instance.path, places)
        except RefusedError as error:
            found.problems.append(_("A presentation state is not shown: {error}", error=error))
            continue
        found.states.append(state)
        found.marks += state.marks
        found.problems += [f"{state.label}: {text}" for text in dict.fromkeys(state.omitted)]


def _read_reports(ref: SeriesRef, series: Series, places: Places, found: _Found) -> None:
    from tumorboard.dicom.gate import RefusedError
    from tumorboard.dicom.overlays import open_report
    from tumorboard.dicom.structured_report import read_report

    for instance in series.instances:
        try:
            report = read_report(instance.path, places)
        except RefusedError as error:
            found.problems.append(_("A structured report is not shown: {error}", error=error))
            continue
        found.marks += report.marks
        found.values += report.segments
    title = ref.description or _("Structured report")
    text = open_report(series)
    found.documents.append(TextDocument(ref.series_instance_uid, title, _author(series), text))
