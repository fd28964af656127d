"""Shows series: the first picture at once, the rest as it arrives, small pictures beside."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QPixmap

from tumorboard.annotations.model import Annotation
from tumorboard.app.images import OpenSeries
from tumorboard.case.facts import Place
from tumorboard.case.model import Case, SeriesRef
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut, native_plane, section_number
from tumorboard.imaging.viewport import Viewport, resolve
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable, default_window
from tumorboard.progress import Progress
from tumorboard.ui.models.provenance import dicom_date
from tumorboard.ui.viewer.model import SeriesTitle
from tumorboard.ui.viewer.render import grey_image

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller

_LOG = logging.getLogger(__name__)
_THUMB = 44


class ImageLoading:
    """Loads the series that is shown and keeps the list of series in step."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._listed: tuple[SeriesRef, ...] | None = None
        self._case_uid = ""
        self._shown_key = ""
        self._opened: OpenSeries | None = None
        self._slice = -1

    @property
    def shown_key(self) -> str:
        """The key of the series on show."""
        return self._shown_key

    def list_series(self, case: Case | None) -> None:
        """List the series of a case when they differ from those listed."""
        series = None if case is None else case.series
        uid = "" if case is None else case.uid
        if series == self._listed and uid == self._case_uid:
            return
        if uid != self._case_uid:
            self._show_nothing()
        self._listed, self._case_uid = series, uid
        self._controller.window.worklist.set_case(case)
        if self._shown_key:
            self._controller.window.worklist.series.mark(self._shown_key)

    def _show_nothing(self) -> None:
        self._shown_key = ""
        self._controller.window.viewer.set_volume(None, SeriesTitle())

    def show_first(self) -> None:
        """Show the series to start with: newest study, a volume, the most slices."""
        refs = [r for r in self._listed or () if r.kind in ("volume", "stack", "image")]
        if not refs:
            if self._listed is not None:
                self._controller.say("This case has no images yet. Drop a folder on the window.")
            return
        best = max(refs, key=_worth)
        self.show(best.series_instance_uid)

    def show(self, key: str) -> None:
        """Show a series; loading goes on in the background."""
        controller = self._controller
        ref = next((r for r in self._listed or () if r.series_instance_uid == key), None)
        if ref is None or key == self._shown_key:
            return
        try:
            opened = controller.workspace.images.open(key)
        except UserError as error:
            controller.say(str(error), state="warning")
            return
        self._shown_key, self._opened, self._slice = key, opened, -1
        controller.window.worklist.series.mark(key)
        title = SeriesTitle(ref.description or ref.modality, dicom_date(ref.study_date))
        controller.window.viewer.set_volume(opened.volume, title)
        case = controller.session.case
        controller.window.viewer.set_annotations(case.annotations if case else ())
        if opened.is_complete:
            self._loaded(opened)
            return
        controller.jobs.start(
            "load",
            opened.load,
            progressed=self._arrived,
            finished=lambda _result: self._loaded(opened),
            failed=lambda text: controller.say(text, state="warning"),
        )

    def go_to(self, annotation: Annotation) -> None:
        """Show the slice an annotation lies on, in its series."""
        viewer = self._controller.window.viewer
        refs = [
            r
            for r in self._listed or ()
            if r.series_instance_uid == annotation.image.series_instance_uid
        ]
        if refs:
            self.show(refs[0].series_instance_uid)
        viewer.set_point(np.mean(np.array(annotation.points), axis=0))
        viewer.select(annotation.uid)
        plane = Plane(annotation.image.plane)
        self._controller.window.views.views[plane].setFocus()

    def place(self) -> Place | None:
        """Return the picture on show, None without images."""
        viewer = self._controller.window.viewer
        volume = viewer.volume
        if volume is None or not volume.is_placed:
            return None
        plane = native_plane(volume.stack)
        number = section_number(volume.stack, plane, viewer.point)
        return Place(self._shown_key, viewer.point, number)

    def go_to_place(self, place: Place) -> None:
        """Show the picture that something was stated on."""
        self.show(place.series_instance_uid)
        self._controller.window.viewer.set_point(place.point)
        self._controller.window.views.axial.setFocus()

    def follow(self) -> None:
        """Let loading go on where the reader is, and in the direction of scrolling."""
        opened, viewer = self._opened, self._controller.window.viewer
        if opened is None or opened.volume is not viewer.volume or opened.is_complete:
            return
        k = opened.volume.stack.nearest_slice(viewer.point)
        if k != self._slice:
            direction = 0 if self._slice < 0 else (1 if k > self._slice else -1)
            self._slice = k
            opened.focus(k, direction)

    def _arrived(self, _progress: Progress) -> None:
        self._controller.window.viewer.slices_arrived()

    def _loaded(self, opened: OpenSeries) -> None:
        controller = self._controller
        if opened.key != self._shown_key:
            return
        controller.window.viewer.slices_arrived()
        picture = thumbnail(opened.volume)
        if picture is not None:
            controller.window.worklist.set_thumbnail(opened.key, picture)
        if opened.failures:
            count = len(opened.failures)
            reason = next(iter(opened.failures.values()))
            text = f"{count} of {len(opened.volume.loaded)} slices cannot be shown: {reason}"
            controller.say(text, state="warning")


#: Which modality is shown first when a study has several, the last before the others.
_MODALITIES = ("PT", "MR", "CT")


def _worth(ref: SeriesRef) -> tuple[str, bool, int, int]:
    """Order series by what a reader wants to see first: newest, volumes, CT, many slices."""
    rank = _MODALITIES.index(ref.modality) if ref.modality in _MODALITIES else -1
    return ref.study_date, ref.kind == "volume", rank, ref.slices


def thumbnail(volume: Volume) -> QPixmap | None:
    """Return a small picture of the middle slice."""
    section = cut(volume, native_plane(volume.stack), volume.stack.centre)
    projection = resolve(Viewport(), section.grid, (_THUMB, _THUMB), 2.0)
    if not section.complete or projection.is_empty:
        return None
    table = GreyTable(volume, default_window(volume, section.image), inverted=False)
    image, grey = grey_image(section, projection, table, fast=True)
    picture = QPixmap.fromImage(image.copy())
    del image, grey
    return picture
