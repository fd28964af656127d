"""Shows series: the first picture at once, the rest as it arrives, small pictures beside."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPixmap

from tumorboard.annotations.model import Annotation, as_point
from tumorboard.app.case_change import SERIES
from tumorboard.app.hanging import worth
from tumorboard.app.images import OpenSeries
from tumorboard.app.layouts import SECOND
from tumorboard.app.preview import Preview, is_preview, told
from tumorboard.app.thumbnails import Grey
from tumorboard.case.facts import Place
from tumorboard.case.model import Case, SeriesRef
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import native_plane, section_number
from tumorboard.imaging.volume import instance_number_at
from tumorboard.language import _
from tumorboard.progress import Progress, Reporter
from tumorboard.ui.shell.case_words import series_title
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.provenance import dicom_date
from tumorboard.ui.viewer.display import Display, SeriesTitle

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_LOG = logging.getLogger(__name__)
#: Pixels of a small picture a logical pixel, and how many are made before they are shown.
_PICTURE_RATIO, _AT_ONCE = 2.0, 4

#: Seconds between two paintings of slices that come while others are on show: to paint them
#: all would keep the window from everything else.
_PACE_S = 0.12

#: Loading the rest begins this much (ms) after the click is dealt with, when the first picture
#: is painted: both at once take far longer. It never waits longer than the second (s).
_PAINTED_MS, _PAINTING_S = 10, 0.1


@dataclass
class _Shown:
    """The series on a display, the slice that loading was last told of, and what was painted."""

    opened: OpenSeries
    slice: int = -1
    painted: float = 0.0
    whole: bool = False


class SeriesList(Protocol):
    """The list of the series of the open case, beside that of the cases."""

    @property
    def next_case(self) -> str:
        """The case that is listed below the open one; empty without."""

    def set_case(self, case: Case | None) -> None:
        """List the series of a case."""

    def mark(self, key: str) -> None:
        """Mark a series."""

    def set_thumbnail(self, key: str, picture: QPixmap) -> None:
        """Show a small picture of a series."""


class SeriesFeature(Feature):
    """Loads the series that are shown and keeps the list of series in step."""

    families = frozenset({SERIES})

    def __init__(
        self,
        host: Host,
        series_list: SeriesList,
        find_files: Callable[[], None],
        arrived: Callable[[], None],
    ) -> None:
        self._host = host
        self._list = series_list
        self._find_files, self._tell_arrived = find_files, arrived
        self._listed: tuple[SeriesRef, ...] | None = None
        self._case_uid = ""
        self._shown: dict[int, _Shown] = {}

    def listen(self) -> None:
        """Listen to the views."""
        room, views = self._host.room, self._host.views
        room.moved.connect(self.follow)
        room.active_changed.connect(self.mark)
        views.series_dropped.connect(self.show)
        views.layout_changed.connect(lambda: self.forget(views.shape.displays))

    # -- what is on show -----------------------------------------------------------------

    @property
    def shown_key(self) -> str:
        """The key of the series on the active display."""
        shown = self._shown.get(self._number())
        return shown.opened.key if shown else ""

    @property
    def shown_keys(self) -> dict[int, str]:
        """The keys of the series on show, by the number of the display."""
        return {number: shown.opened.key for number, shown in self._shown.items()}

    def _number(self) -> int:
        room = self._host.room
        return room.displays.index(room.active)

    def show_case(self, case: Case | None) -> None:
        """List the series of a case when they differ from those listed."""
        series = None if case is None else case.series
        uid = "" if case is None else case.uid
        if series == self._listed and uid == self._case_uid:
            return
        if uid != self._case_uid:
            self._show_nothing()
        self._listed, self._case_uid = series, uid
        self._list.set_case(case)
        self.mark()
        self._find_thumbnails(_ranked(series or ()), make=False)

    def _find_thumbnails(self, keys: Sequence[str], *, make: bool) -> None:
        """Show the small pictures of series, a few at a time; ``make`` those that are not kept."""
        if not keys or not set(keys) <= {r.series_instance_uid for r in self._listed or ()}:
            return

        thumbnails = self._host.workspace.thumbnails

        def show(_result: object) -> None:
            for key, grey in thumbnails.taken().items():
                self._list.set_thumbnail(key, _pixmap(grey))
            self._find_thumbnails(keys[_AT_ONCE:], make=make)

        work = thumbnails.work(keys[:_AT_ONCE], make=make)
        self._host.jobs.start("small pictures", work, finished=show)

    def mark(self) -> None:
        """Mark the series of the active display in the list."""
        if self.shown_key:
            self._list.mark(self.shown_key)

    def _show_nothing(self) -> None:
        self._shown.clear()
        for display in self._host.room.displays:
            display.clear()

    def show_again(self) -> None:
        """Open what is on show anew: its files are elsewhere now."""
        self._host.workspace.images.forget()
        keys = self.shown_keys
        self._show_nothing()
        for number, key in keys.items():
            self.show(key, number)

    def show_grown(self) -> None:
        """Open what is on show anew where slices came to it since."""
        slices = {ref.series_instance_uid: ref.slices for ref in self._listed or ()}
        shown = (s.opened for s in self._shown.values())
        if any(slices.get(o.key) != len(o.volume.loaded) for o in shown):
            self.show_again()

    def _pictures(self) -> list[SeriesRef]:
        return [r for r in self._listed or () if r.kind in ("volume", "stack", "image")]

    @property
    def first(self) -> SeriesRef | None:
        """The series to start with: newest study, a volume, the most slices."""
        return max(self._pictures(), key=worth, default=None)

    def show_first(self) -> None:
        """Show the series to start with, or say that there is none."""
        best = self.first
        if best is not None:
            self.show(best.series_instance_uid, 0)
        elif self._listed is not None:
            self._host.say(_("This case has no images yet. Drop a folder on the window."))

    def fill(self, count: int, first: int = 0) -> None:
        """Show the series that come next in the list on displays that show none yet."""
        refs = self._pictures()
        room = self._host.room
        for number in range(first, first + count):
            if room.display(number).volume is None:
                taken = set(self.shown_keys.values())
                left = [r for r in refs if r.series_instance_uid not in taken]
                if left:
                    self.show(max(left, key=worth).series_instance_uid, number)
        self.mark()

    def forget(self, count: int) -> None:
        """Let go of what displays beyond the first ``count`` showed, but for a second window."""
        room = self._host.room
        beside = (n for n in self._shown if n >= SECOND and room.display(n).volume is not None)
        kept = [*(n for n in self._shown if n < count), *beside]
        self._shown = {n: self._shown[n] for n in kept}

    def show(self, key: str, number: int = -1) -> Display | None:
        """Show a series on a display, by default the active one; loading goes on behind."""
        host = self._host
        number = self._number() if number < 0 else number
        display = host.room.display(number)
        ref = next((r for r in self._listed or () if r.series_instance_uid == key), None)
        if ref is None:
            return None
        shown = self._shown.get(number)
        if shown is not None and shown.opened.key == key and display.volume is not None:
            return display
        try:
            opened = host.workspace.images.open(key)
        except UserError as error:
            host.say(str(error), state="warning")
            return None
        stack = opened.volume.stack
        first = bool(opened.volume.loaded[opened.first])
        self._shown[number] = _Shown(opened, painted=time.monotonic(), whole=first)
        case = host.case
        self._list.mark(key)
        display.set_volume(opened.volume, series_title(case, ref))
        if opened.first != stack.nearest_slice(stack.centre):
            index = stack.to_index(stack.centre)
            display.set_point(as_point(stack.to_lps([opened.first, index[1], index[2]])))
        if opened.is_complete:
            self._loaded(number, opened)
        else:
            self._load(number, opened)
        return display

    def _load(self, number: int, opened: OpenSeries) -> None:
        host = self._host
        painted = threading.Event()
        wait_ms = _PAINTED_MS if opened.volume.loaded.any() else 0
        QTimer.singleShot(wait_ms, host.parent_widget, painted.set)

        def load(reporter: Reporter) -> None:
            painted.wait(_PAINTING_S if wait_ms else 0)
            opened.load(reporter)

        host.jobs.start(
            f"load {number}",
            load,
            progressed=partial(self._arrived, opened),
            finished=lambda _result: self._loaded(number, opened),
            failed=lambda text: host.say(text, state="warning"),
        )

    # -- new files -----------------------------------------------------------------------

    def show_preview(self, preview: Preview) -> None:
        """Show a picture of files still being read; never beside an open case."""
        host = self._host
        if host.case is not None or self._shown:
            return
        ref = preview.ref
        title = SeriesTitle(ref.description or ref.modality, dicom_date(ref.study_date))
        host.workspace.images.preview = preview
        host.room.display(0).set_volume(preview.volume, title)

    def tell_preview(self, progress: Progress) -> None:
        """Say on the preview how far the reading of the files is."""
        display = self._host.room.display(0)
        if display.volume is not None and is_preview(display.volume):
            display.volume = told(display.volume, progress)
            display.changed.emit()

    def end_preview(self) -> None:
        """Leave nothing of the preview; what was found takes its place, if anything was."""
        self._host.workspace.images.preview = None
        display = self._host.room.display(0)
        if is_preview(display.volume):
            display.clear()

    # -- going to places -----------------------------------------------------------------

    def go_to(self, annotation: Annotation) -> None:
        """Show the slice an annotation lies on, in its series."""
        host = self._host
        display = self._display_of(annotation.image.series_instance_uid)
        if display is None:
            return
        host.room.activate(display)
        display.set_point(np.mean(np.array(annotation.points), axis=0))
        host.room.select(annotation.uid)
        host.views.show_plane(Plane(annotation.image.plane)).setFocus()

    def _display_of(self, key: str) -> Display | None:
        """Return the display that shows a series; show it on the active one if none does."""
        room = self._host.room
        number = next((n for n, shown in self.shown_keys.items() if shown == key), -1)
        if number >= 0 and room.display(number).volume is not None:
            return room.display(number)
        return self.show(key)

    def place(self) -> Place | None:
        """Return the picture on show, None without images."""
        display = self._host.room.active
        volume = display.volume
        if volume is None or not volume.is_placed or is_preview(volume):
            return None
        plane = native_plane(volume.stack)
        number = section_number(volume.stack, plane, display.point)
        instance = instance_number_at(volume, display.point)
        return Place(self.shown_key, display.point, number, instance)

    def go_to_place(self, place: Place) -> None:
        """Show the picture that something was stated on."""
        host = self._host
        display = self._display_of(place.series_instance_uid)
        if display is not None:
            host.room.activate(display)
            display.set_point(place.point)
            host.views.main.setFocus()

    # -- loading -------------------------------------------------------------------------

    def follow(self) -> None:
        """Let loading go on where the reader is, and in the direction of scrolling."""
        room = self._host.room
        for number, shown in self._shown.items():
            display = room.display(number)
            if display.volume is not shown.opened.volume or shown.opened.is_complete:
                continue
            k = shown.opened.volume.stack.nearest_slice(display.point)
            if k != shown.slice:
                direction = 0 if shown.slice < 0 else (1 if k > shown.slice else -1)
                shown.slice = k
                shown.opened.focus(k, direction)

    def _arrived(self, opened: OpenSeries, _progress: Progress) -> None:
        """Paint slices that came: the one on show at once, others now and then."""
        now = time.monotonic()
        for number, shown in self._shown.items():
            display, volume = self._host.room.display(number), opened.volume
            if shown.opened is not opened or display.volume is not volume:
                continue
            whole = bool(volume.loaded[volume.stack.nearest_slice(display.point)])
            if whole != shown.whole or now - shown.painted >= _PACE_S:
                shown.painted, shown.whole = now, whole
                display.slices_arrived()

    def _loaded(self, number: int, opened: OpenSeries) -> None:
        host = self._host
        shown = self._shown.get(number)
        if shown is None or shown.opened is not opened:
            return
        for display in host.room.displays:
            if display.volume is opened.volume:
                display.slices_arrived()
        self._find_thumbnails(_ranked(self._listed or ()), make=True)
        if text := trouble(opened):
            find = self._find_files if opened.missing else None
            host.say(text, state="warning", more=find, more_text=_("Find the files…"))
        self._tell_arrived()
        # Load the other series of the case, then those of the next, as far as memory goes.
        host = self._host
        keys = _ranked(self._listed or ())
        if self._list.next_case:
            keys += _ranked(host.session.series_of(self._list.next_case))
        work = host.workspace.images.prefetch(list(dict.fromkeys(keys)))
        host.jobs.start("load ahead", lambda reporter: work(reporter.quiet()))


def _ranked(series: Sequence[SeriesRef]) -> list[str]:
    """Return the keys of the series that are pictures, in the order in which they are wanted."""
    refs = [r for r in series if r.kind in ("volume", "stack", "image")]
    return [r.series_instance_uid for r in sorted(refs, key=worth, reverse=True)]


def trouble(opened: OpenSeries) -> str:
    """Return what to say of slices that cannot be shown and files that are not what they were."""
    texts, count = [opened.notice], len(opened.failures)
    failed = _(
        "{count} of {total} slices cannot be shown", count=count, total=len(opened.volume.loaded)
    )
    if count and opened.missing == count:
        return _("{slices}: their files are not where they were.", slices=failed)
    if count:
        texts.insert(0, f"{failed}: {next(iter(opened.failures.values()))}")
    return " ".join(filter(None, texts))


def _pixmap(grey: Grey) -> QPixmap:
    height, width = grey.shape
    image = QImage(grey.data, width, height, grey.strides[0], QImage.Format.Format_Grayscale8)
    picture = QPixmap.fromImage(image.copy())
    picture.setDevicePixelRatio(_PICTURE_RATIO)
    return picture
