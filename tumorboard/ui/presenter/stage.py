"""Puts a page with pictures on the stage: opens the series, cuts them as they were kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from tumorboard.annotations.model import Annotation
from tumorboard.app.hanging import worth
from tumorboard.app.images import OpenSeries
from tumorboard.app.layouts import layout_named
from tumorboard.app.overlays import PLANE, Foreign, placement, reading
from tumorboard.app.talk import Page, PageKind
from tumorboard.case.model import Case, SeriesRef
from tumorboard.case.saved_view import SavedPicture, SavedView
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.key_images.feature import place_pictures
from tumorboard.ui.key_images.pictures import fusion_of
from tumorboard.ui.presenter.stage_curve import StageCurve
from tumorboard.ui.presenter.stage_view import StageArea, StageRoom
from tumorboard.ui.shell.provenance import dicom_date
from tumorboard.ui.viewer.alignment import alignment_of
from tumorboard.ui.viewer.display import Display, SeriesTitle
from tumorboard.ui.viewer.overlay_stack import NOTHING, OverlayStack, ShownLayer

if TYPE_CHECKING:
    from tumorboard.app.workspace import Workspace
    from tumorboard.ui.shell.jobs import JobRunner

GONE: Final = _("The images are not at hand at the moment.")
BURNED: Final = _("Words are burned into these images: they may name the patient. Not shown.")
NONE: Final = _("This case has no images.")
_FILLING: Final = 0.25
_PICTURES: Final = ("volume", "stack", "image")


@dataclass
class _Shown:
    """What a display shows, and where its picture lies."""

    opened: OpenSeries
    picture: SavedPicture | None = None
    upper: OpenSeries | None = None


class Stage(QObject):
    """The pictures before the audience.

    ``changed`` tells that the stage looks different; ``loaded`` that all it shows is there;
    ``trouble`` carries a sentence for the presenter alone.
    """

    changed = Signal()
    loaded = Signal()
    trouble = Signal(str)

    def __init__(self, workspace: Workspace, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self.room = StageRoom(self)
        self.area = StageArea(self.room)
        self.area.set_layout(layout_named("single"))
        self.curve = StageCurve(self.room)
        self._workspace = workspace
        self._jobs = jobs
        self._case: Case | None = None
        self._foreign = Foreign()
        self._foreign_of = ""
        self._view: SavedView | None = None
        self._shown: dict[int, _Shown] = {}
        self._failed = False
        self._over = False
        self.room.changed.connect(self.changed)
        self.room.moved.connect(self._follow)

    def stop(self) -> None:
        """Stop the work of all views and show nothing, whatever still arrives."""
        self._over = True
        self.area.stop()
        self.curve.clear()
        self._shown.clear()
        for display in self.room.displays:
            display.clear()

    # -- a page ------------------------------------------------------------------------

    def leave_page(self) -> None:
        """Drop what is dragged or half drawn: it belongs to the pictures that go."""
        room = self.room
        room.drop_held()
        if room.is_half_drawn:
            room.set_tool(room.tool)

    def show_page(self, case: Case, page: Page, drawn: Iterable[Annotation]) -> None:
        """Show the pictures of a page, with what the case holds and what was drawn."""
        self._case = case
        self.room.alignment = alignment_of(case)
        self.set_annotations(case, drawn)
        if self._failed:  # the disk may be back: what failed is tried again
            self._failed = False
            self._workspace.images.forget()
        view = case.view(page.view_uid)
        self._view = view
        self.curve.clear()
        for display in self.room.displays:
            self.room.said.pop(display, None)
        if view is not None:
            self._show_view(view)
        else:
            best = newest_series(case)
            self._show_alone(best.series_instance_uid if best is not None else "")
        self._read_foreign(case)
        self._load()

    def set_annotations(self, case: Case, drawn: Iterable[Annotation]) -> None:
        """Show the annotations of a case, with those drawn in the talk in their place."""
        fresh = tuple(drawn)
        uids = {a.uid for a in fresh}
        held = (a for a in case.annotations if a.uid not in uids and not a.proposed)
        self.room.set_annotations((*held, *fresh))

    def _show_view(self, view: SavedView) -> None:
        room, area = self.room, self.area
        room.linked = False
        if area.shape.name != view.layout or area.alone is not None:
            area.set_layout(layout_named(view.layout))
        room.overlays_visible = view.marks
        self._shown.clear()
        numbers = {p.display for p in view.pictures}
        for number in numbers:
            self._show_display([p for p in view.pictures if p.display == number])
        for number, display in enumerate(room.displays):
            if number not in numbers:
                display.clear()
        main = place_pictures(area, view)
        room.activate(main.display)
        curved, case = view.curved, self._case
        if curved is not None and case is not None and curved.display in self._shown:
            self.curve.show_kept(case, curved, room.display(curved.display))
        room.linked = view.linked
        room.changed.emit()

    def _show_display(self, pictures: list[SavedPicture]) -> None:
        first = pictures[0]
        display = self._open(first.series_key, first.display)
        if display is None:
            return
        self._shown[first.display].picture = first
        display.straighten()
        for picture in pictures:
            right, down = picture.spec.right, picture.spec.down
            if right is not None and down is not None:
                display.set_axes(picture.spec.plane, right, down)
        display.set_point(first.point)
        display.inverted = first.inverted
        display.window, display.window_name = first.window, first.window_name
        if first.fused is not None:
            try:
                upper = self._workspace.images.open(first.fused.series_key)
                self._shown[first.display].upper = upper
            except UserError as error:
                self.trouble.emit(str(error))
        self._lay(first.display)

    def show_series(self, case: Case, key: str, drawn: Iterable[Annotation]) -> None:
        """Show a series of a case from its middle, as a click on a date asks."""
        self._case, self._view = case, None
        self.curve.clear()
        self.room.alignment = alignment_of(case)
        self.set_annotations(case, drawn)
        for display in self.room.displays:
            self.room.said.pop(display, None)
        self._show_alone(key)
        self._load()

    def _show_alone(self, key: str) -> None:
        self.area.set_layout(layout_named("single"))
        self.room.overlays_visible = True
        self._shown.clear()
        if not key:
            self.room.display(0).clear()
            self.room.say(self.room.display(0), NONE)
            return
        display = self._open(key, 0)
        if display is not None:
            self.area.main.reset()
            self._lay(0)

    def _open(self, key: str, number: int) -> Display | None:
        display = self.room.display(number)
        series = self._case.series if self._case is not None else ()
        ref = next((s for s in series if s.series_instance_uid == key), None)
        try:
            opened = self._workspace.images.open(key)
        except UserError as error:
            display.clear()
            self.room.say(display, GONE)
            self.trouble.emit(str(error))
            return None
        if opened.volume.has_burned_in_words:
            display.clear()
            self.room.say(display, BURNED)
            self.trouble.emit(BURNED)
            return None
        self._shown[number] = _Shown(opened)
        date = dicom_date(ref.study_date) if ref is not None else ""
        if display.volume is not opened.volume:
            display.set_volume(opened.volume, SeriesTitle("", date))
        display.title = SeriesTitle("", date)
        return display

    # -- what lies over ----------------------------------------------------------------

    def _read_foreign(self, case: Case) -> None:
        """Read masks and outlines where a key image shows some; words of others stay out."""
        wanted = any(p.overlays for v in case.views for p in v.pictures)
        if case.uid == self._foreign_of or not wanted:
            return
        self._foreign, self._foreign_of = Foreign(), case.uid
        self._jobs.start(
            "stage overlays",
            reading(case.series, self._workspace.session.series_record),
            finished=partial(self._take_foreign, case.uid),
        )

    def _take_foreign(self, uid: str, found: Foreign) -> None:
        if uid == self._foreign_of and not self._over:
            self._foreign = found
            for number in self._shown:
                self._lay(number)

    def _lay(self, number: int) -> None:
        shown, display, case = self._shown[number], self.room.display(number), self._case
        volume, picture = display.volume, shown.picture
        if volume is None or case is None or picture is None:
            display.lay_over(NOTHING)
            return
        wanted = set(picture.overlays) if self._foreign_of == case.uid else set()
        layers = []
        for item in self._foreign.objects:
            if item.key in wanted and item.source != PLANE:  # bitmaps may hold words
                offset, _ = placement(item, volume, self.room.alignment.offset)
                if offset is not None:
                    words = (item.key, item.name, item.layer, item.colour)
                    layers.append(ShownLayer(*words, _FILLING, offset))
        upper = shown.upper.volume if shown.upper is not None else None
        display.lay_over(OverlayStack(fusion_of(volume, case, picture, upper), tuple(layers)))

    # -- loading -----------------------------------------------------------------------

    def _load(self) -> None:
        """Load what is on show, the slices on show first."""
        waiting = []
        for number, shown in self._shown.items():
            volume = shown.opened.volume
            if not shown.opened.is_complete:
                shown.opened.focus(volume.stack.nearest_slice(self.room.display(number).point), 0)
            waiting += [o for o in (shown.opened, shown.upper) if o is not None]
        if all(o.is_complete for o in waiting):
            self._all_loaded()
            return

        def load(reporter: Reporter) -> None:
            for opened in waiting:
                opened.load(reporter)

        self._jobs.start(
            "stage",
            load,
            progressed=lambda _progress: self._arrived(),
            finished=lambda _result: self._all_loaded(),
            failed=self._load_failed,
        )

    def _load_failed(self, sentence: str) -> None:
        if not self._over:
            self.trouble.emit(sentence)

    def _arrived(self) -> None:
        if self._over:
            return
        for number, shown in self._shown.items():
            display = self.room.display(number)
            if display.volume is shown.opened.volume:
                display.slices_arrived()
        self.curve.update()

    def _follow(self) -> None:
        """Load where the presenter scrolls."""
        for number, shown in self._shown.items():
            display = self.room.display(number)
            if display.volume is shown.opened.volume and not shown.opened.is_complete:
                shown.opened.focus(display.volume.stack.nearest_slice(display.point), 0)

    def _all_loaded(self) -> None:
        if self._over:
            return
        self._arrived()
        for number, shown in self._shown.items():
            if shown.opened.failures:
                self._failed = True
                opened = shown.opened
                display = self.room.display(number)
                count = len(opened.failures)
                reason = next(iter(opened.failures.values()))
                total = len(opened.volume.loaded)
                self.trouble.emit(
                    _(
                        "{count} of {total} slices cannot be shown: {reason}",
                        count=count,
                        total=total,
                        reason=reason,
                    )
                )
                here = opened.volume.stack.nearest_slice(display.point)
                if here in opened.failures:
                    self.room.say(display, GONE)
            elif shown.opened.notice:
                self.trouble.emit(shown.opened.notice)
        self.changed.emit()
        self.loaded.emit()

    @property
    def is_complete(self) -> bool:
        """Whether all that is shown is there."""
        return all(shown.opened.is_complete for shown in self._shown.values())


def newest_series(case: Case) -> SeriesRef | None:
    """Return the series to show of a case without key images."""
    refs = [r for r in case.series if r.kind in _PICTURES]
    return max(refs, key=worth, default=None)


def keys_of(case: Case, pages: Iterable[Page]) -> list[str]:
    """Return the keys of the series that pages show, in their order, each once."""
    found: list[str] = []
    for page in pages:
        if page.kind is not PageKind.PICTURE:
            continue
        view = case.view(page.view_uid)
        if view is None:
            best = newest_series(case)
            found += [best.series_instance_uid] if best is not None else []
            continue
        pictures = [view.main, *view.pictures]
        found += [p.series_key for p in pictures]
        found += [p.fused.series_key for p in pictures if p.fused is not None]
    return list(dict.fromkeys(found))
