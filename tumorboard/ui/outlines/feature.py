"""Outlines in three dimensions: joins tools, canvas, panel, layers and the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QWheelEvent

from tumorboard.app import outlining
from tumorboard.app.case_change import LESIONS, SEGMENTATIONS, SERIES
from tumorboard.app.mask_editor import MaskEditor
from tumorboard.app.outlining import begun, on_grid
from tumorboard.app.overlay_object import OverlayObject
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Segmentation
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_layer import mask_layer
from tumorboard.imaging.mask_model import Mask, subtract, union
from tumorboard.imaging.segmentation.brush import Brush
from tumorboard.imaging.segmentation.draw import ball, fill_outline
from tumorboard.imaging.segmentation.grow import Grown, Limits, grow
from tumorboard.imaging.value_words import number
from tumorboard.imaging.volume import Volume
from tumorboard.language import N_, _
from tumorboard.progress import Reporter
from tumorboard.tools.mask_brush import MaskBrushTool
from tumorboard.tools.masking import Accepted, Mark, MaskAct, Outline, Seed, Stroke
from tumorboard.tools.toolbox import MASK_TOOLS, tool_named
from tumorboard.ui.outlines.acts import OutlineActs, method_with
from tumorboard.ui.outlines.layers import OutlineLayers
from tumorboard.ui.outlines.measures import OutlineMeasures
from tumorboard.ui.outlines.panel import SegmentsContent, SegmentsPanel
from tumorboard.ui.outlines.proposals import Proposals
from tumorboard.ui.outlines.rows import outline_details, outline_rows, volume_text
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.jobs import Job
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.overlay_stack import ShownLayer

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_FENCE = _("Or set how far from the click it may go.")
_LEAST_MM, _MOST_MM = 0.5, 60.0
_NOTCH = 120
_STEP = 1.15


class OutlinesFeature(QObject, Feature):
    """Keeps the outline that is worked on, and turns what hands do into steps of the case."""

    families = frozenset({LESIONS, SEGMENTATIONS, SERIES})

    def __init__(
        self,
        host: Host,
        panel: SegmentsPanel,
        show_panel: Callable[[], None],
        lay_all: Callable[[], None],
        growing_changed: Callable[[bool], None],
    ) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._panel, self._show_panel = panel, show_panel
        self.brush = panel.brush
        self._lay_all, self._growing_changed = lay_all, growing_changed
        self._editor = MaskEditor()
        self.active = ""
        self._fresh: str | None = None
        self._layers = OutlineLayers(host, self._editor, self.record)
        self.measures = OutlineMeasures(host, self._layers, self.show)
        self._acts = OutlineActs(host, self)
        self._proposals = Proposals(host, self, self._layers, growing_changed)
        self.busy = ""
        self._refused = ""
        self._case_uid = ""
        self._prepared = False
        self._begun: Segmentation | None = None
        self._known: frozenset[str] = frozenset()
        self._was_read = False
        self._growing: Job | None = None
        self._watched: set[ImageView] = set()

    # -- wiring --------------------------------------------------------------------------

    def listen(self) -> None:
        """Listen to the views and the panel."""
        host, panel, room = self._host, self._panel, self._host.room
        panel.set_tools([host.actions[f"tool.{t.name}"] for t in MASK_TOOLS])
        panel.chosen.connect(self.choose)
        panel.toggled.connect(self.toggle)
        panel.acted.connect(self._acts.act)
        panel.brush_changed.connect(self._set_brush)
        panel.cuts_changed.connect(self._set_cuts)
        panel.filling_changed.connect(self._fill)
        room.mask_touched.connect(self._touched)
        room.tool_changed.connect(self._tool_changed)
        room.active_changed.connect(self.show)
        host.views.layout_changed.connect(self._watch)
        self._watch()

    def stop(self) -> None:
        """Measure nothing more."""
        self.measures.stop()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        table: dict[str, Callable[[], object]] = {
            f"tool.{tool.name}": partial(self.choose_tool, tool.name) for tool in MASK_TOOLS
        }
        for name in ("between", "holes", "smooth", "largest", "sizes", "export"):
            table[f"outline.{name}"] = partial(self._acts.act, name, "")
        table["view.thicker"] = partial(self._thicker, 1)
        table["view.thinner"] = partial(self._thicker, -1)
        return table

    @property
    def is_idle(self) -> bool:
        """Whether no measuring waits; one under way is a job of the window."""
        return self.measures.is_idle

    def choose_tool(self, name: str) -> None:
        """Take a tool and show the outlines."""
        self._show_panel()
        self._host.room.set_tool(tool_named(name))
        if not self._prepared:
            self._prepared = True
            self._host.jobs.start("prepare outlines", _prepare)

    def _watch(self) -> None:
        views = set(self._host.views.everywhere)
        for view in views - self._watched:
            view.installEventFilter(self)
        self._watched = views

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Take Alt and the wheel for the size of the brush."""
        if event.type() is QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            if alt and self._has_brush:
                # With Alt some systems turn the wheel to its side.
                delta = event.angleDelta()
                self._resize((delta.y() or delta.x()) / _NOTCH)
                return True
        return super().eventFilter(watched, event)

    # -- the brush -----------------------------------------------------------------------

    @property
    def _has_brush(self) -> bool:
        return isinstance(self._host.room.tool, MaskBrushTool)

    def _thicker(self, step: int) -> None:
        if self._has_brush:
            self._resize(step)
        else:
            self._host.views.active_view().thicken(step)

    def _resize(self, notches: float) -> None:
        room = self._host.room
        radius = min(max(room.brush.radius_mm * _STEP**notches, _LEAST_MM), _MOST_MM)
        self._set_brush(replace(room.brush, radius_mm=round(radius, 1)))
        self.brush.show_brush(room.brush)

    def _set_brush(self, brush: Brush) -> None:
        room = self._host.room
        room.brush = brush
        room.changed.emit()

    def _set_cuts(self, cuts: bool) -> None:
        self._host.room.cuts = cuts

    # -- the case ------------------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """Show the outlines of a case, and have those measured that are new."""
        uid = case.uid if case is not None else ""
        if uid != self._case_uid:
            self._case_uid, self.active, self._fresh = uid, "", None
            self._known, self._was_read = frozenset(), False
            self.give_up()
            self._editor.clear()
            self._layers.forget()
            self.measures.found.clear()
        if case is not None:
            here = frozenset(s.uid for s in case.segmentations)
            came = here - self._known
            if self.active not in here:  # one that an undo brings back is worked on again
                self.active = next(iter(came)) if len(came) == 1 and self._was_read else ""
            self._known, self._was_read = here, True
        if case is not None and case.segmentations:
            self.measures.soon()
        self.show()

    def record(self) -> Segmentation | None:
        """Return the outline worked on, None without one."""
        case = self._host.case
        return None if case is None else case.segmentation(self.active)

    def choose(self, uid: str) -> None:
        """Work on an outline, and show where it lies."""
        self.active, self._fresh = uid, None
        record = self.record()
        if record is not None and not record.is_empty:
            display = self._host.images.show(record.series_instance_uid)
            mask = self._layers.mask(record)
            if display is not None and display.volume is not None and mask is not None:
                display.set_point(mask.centroid)
        self.lay()

    def toggle(self, uid: str, on: bool) -> None:
        """Show or hide an outline."""
        self._layers.hidden = self._layers.hidden - {uid} if on else self._layers.hidden | {uid}
        self.lay()

    def show_only(self, keys: tuple[str, ...]) -> None:
        """Show the outlines with these keys of layers and no others."""
        self._layers.show_only(keys)
        self.show()

    def layers(self, volume: Volume) -> list[ShownLayer]:
        """Return the outlines to be drawn over a volume."""
        return self._layers.layers(volume)

    def adopt(self, item: OverlayObject) -> None:
        """Keep a mask of others as an own outline."""
        self._host.attempt(lambda: self._acts.adopt(item))

    def begin_new(self, whose: str) -> None:
        """Let the next gesture begin another outline: of the same lesion, or of an "other"."""
        self._fresh = whose

    def _fill(self, opacity: float) -> None:
        self._layers.filling = opacity
        self.lay()

    # -- layers --------------------------------------------------------------------------

    def lay(self) -> None:
        """Lay the outlines over the views again, and list them."""
        self._lay_all()
        self.show()

    # -- what hands do -------------------------------------------------------------------

    def _touched(self, act: MaskAct) -> None:
        if isinstance(act, Stroke):
            self._host.attempt(lambda: self._stroke(act))
        elif isinstance(act, Outline):
            self._host.attempt(lambda: self._outline(act))
        elif isinstance(act, Seed):
            self._host.attempt(lambda: self._seed(act))
        elif isinstance(act, Mark | Accepted):
            self._host.attempt(lambda: self._proposals.take(act))
        else:
            self._drop_preview()

    def _tool_changed(self) -> None:
        """Forget a stroke that was given up."""
        if self._editor.is_open:
            self._editor.clear()
            self.lay()
        self._proposals.drop()
        self._drop_preview()

    def _drop_preview(self) -> None:
        if self._layers.preview is not None:
            self._layers.preview = None
            self.lay()

    def volume(self) -> Volume:
        """Return the images of the active view.

        Raises
        ------
        UserError
            When there are none, or they have no place in the patient.

        """
        volume = self._host.room.active.volume
        if volume is None or self._host.case is None:
            raise UserError(_("There are no images to outline."), _("Open a case that has some."))
        if not volume.is_placed:
            raise UserError(
                _("These images do not say where they lie in the patient."),
                _("An outline in three dimensions needs that; measure on the images instead."),
            )
        return volume

    def working_on(self, volume: Volume) -> Segmentation:
        """Return the outline that a stroke on a volume belongs to, a new one where none is."""
        case = self._host.case
        if case is None:
            raise UserError(_("No case is open."), _("Open a case from the worklist first."))
        if self._fresh is None:
            here = [
                s for s in case.segmentations if s.series_instance_uid == volume.series_instance_uid
            ]
            active = next((s for s in here if s.uid == self.active), here[-1] if here else None)
            if active is not None:
                self.active = active.uid
                return active
        record = self.record()
        lesion = record.lesion_uid if record is not None else self._host.room.lesion_uid
        return begun(case, volume, "" if self._fresh == "other" else lesion)

    def current(self, record: Segmentation, volume: Volume) -> Mask | None:
        """Return the voxels of an outline on the grid of a volume; None for a new one."""
        case = self._host.case
        if case is None or case.segmentation(record.uid) is None or record.is_empty:
            return None
        return on_grid(volume, self._host.session.mask_of(record))

    def _stroke(self, stroke: Stroke) -> None:
        volume = self.volume()
        if not self._editor.is_open:
            record = self.working_on(volume)
            self._begun = record
            key = (record.uid, record.digest)
            if not self._editor.holds(volume, key):
                self._editor.lay(volume, self.current(record, volume), key)
        if stroke.brush.erases and not self._editor.volume_ml:
            self._editor.is_open = False
            raise UserError(_("There is nothing to rub out."), _("Choose an outline in the list."))
        self._editor.stroke(stroke, volume)
        if not stroke.ended:
            self._lay_all()
            self._host.room.tell_hint(volume_text(self._editor.volume_ml))
            return
        mask = self._editor.mask()
        label = N_("Erase from outline") if stroke.brush.erases else N_("Brush outline")
        if self._begun is None:
            return
        record = replace(self._begun, method=method_with(self._begun, N_("brush")))
        self._editor.is_open = False
        self.keep(record, mask, label, drawn=True)

    def _outline(self, outline: Outline) -> None:
        volume = self.volume()
        record = self.working_on(volume)
        part = fill_outline(volume.stack, outline.points, outline.normal)
        before = self.current(record, volume)
        if outline.cuts and before is None:
            raise UserError(
                _("There is nothing to cut away from."), _("Choose an outline in the list.")
            )
        mask = part if before is None else (subtract if outline.cuts else union)(before, part)
        label = N_("Cut away from outline") if outline.cuts else N_("Outline slice")
        self.keep(replace(record, method=method_with(record, N_("outlines"))), mask, label)

    def _seed(self, seed: Seed) -> None:
        volume = self.volume()
        low, high = outlining.seed_range(volume, seed.point, seed.widen)
        settings, fence = self._host.settings, self.brush.fence_mm
        limits = Limits(
            float(str(settings["outline.grow_limit_ml"])),
            float(str(settings["outline.grow_reach_mm"])),
        )

        def work(reporter: Reporter) -> Grown:
            within = None if fence is None else ball(volume.stack, seed.point, fence)
            return grow(volume, seed.point, low, high, limits, within=within, reporter=reporter)

        def finished(got: Grown) -> None:
            if self._growing is job:  # else it was cancelled, or another one was asked for
                self._note_growing(None)
                self._grown(seed, volume, (low, high), got)

        def failed(sentence: str) -> None:
            if self._growing is job:
                self._note_growing(None)
                self.refuse(sentence)

        job = self._host.jobs.start("grow", work, finished=finished, failed=failed)
        self._note_growing(job)

    def _note_growing(self, job: Job | None) -> None:
        self._growing = job
        self._growing_changed(job is not None)

    def give_up(self) -> bool:
        """Cancel growing that is under way; nothing of it is kept. Return whether there was one."""
        job = self._growing
        if job is None:
            return self._proposals.drop()
        self._note_growing(None)
        job.cancel()
        self._drop_preview()
        self._host.room.tell_hint(_("Growing was cancelled: nothing was kept."))
        return True

    def refuse(self, sentence: str) -> None:
        """Say why nothing was grown; the sentence goes when an outline is kept."""
        self._refused = sentence
        self._host.say(sentence, state="warning")

    def _grown(self, seed: Seed, volume: Volume, values: tuple[float, float], got: Grown) -> None:
        unit = f" {volume.unit}" if volume.unit else ""
        low, high = (number(v, volume.unit) for v in values)
        text = _(
            "{low} to {high}{unit}: {volume}",
            low=low,
            high=high,
            unit=unit,
            volume=volume_text(got.mask.volume_ml),
        )
        self._host.room.tell_hint(text if not got.leaked else got.reason)
        if not seed.ended:
            self._layers.preview = mask_layer(got.mask)
            self._lay_all()
            return
        self._layers.preview = None
        if got.leaked:
            self.lay()
            self.refuse(" ".join((_("It leaked."), got.reason, _FENCE)))
            return
        self._host.attempt(lambda: self._add(volume, got.mask, f"grown, {text}"))

    def _add(self, volume: Volume, part: Mask, how: str) -> None:
        record = self.working_on(volume)
        before = self.current(record, volume)
        mask = part if before is None else union(before, part)
        self.keep(replace(record, method=method_with(record, how)), mask, N_("Grow outline"))

    def keep(
        self,
        record: Segmentation,
        mask: Mask,
        label: str,
        *,
        drawn: bool = False,
        caveats: tuple[Caveat, ...] = (),
    ) -> None:
        """Store an outline as one step; ``drawn`` tells that it lies on the canvas.

        ``caveats`` are reservations besides those of the mask.
        """
        session = self._host.session
        unsure = (c for c in record.caveats if c.code == outlining.PROPOSED)
        said = dict.fromkeys((*mask.caveats, *unsure, *caveats))
        record = replace(record, caveats=tuple(said))
        self.active, self._fresh = record.uid, None
        self._layers.hidden -= {record.uid}
        if drawn:
            packed = PackedMask.of(mask)
            self._editor.kept((record.uid, packed.voxels.digest))
        if self._host.attempt(lambda: session.put_mask(record, mask, label)):
            if self._refused:
                self._host.unsay(self._refused)
            self._refused = ""
            self._host.keep_if_scratch()
        else:
            self._editor.clear()
        self.lay()

    # -- the panel -----------------------------------------------------------------------

    def show(self) -> None:
        """List the outlines, and what is known of the one worked on."""
        case = self._host.case
        if case is None:
            self._panel.show_content(SegmentsContent())
            return
        volume = self._host.room.active.volume
        why = {} if volume is None else {uid: w for _, (uid, w) in self._layers.placed(volume) if w}
        record = self.record()
        measures = None if record is None else self.measures.of(record)
        others = tuple((s.uid, s.label) for s in case.segmentations if s.uid != self.active)
        self._panel.show_content(
            SegmentsContent(
                outline_rows(case, self.active, self._layers.hidden, why),
                outline_details(case, record, measures, self.measures.solid_words(case, record)),
                tuple((x.uid, x.name) for x in case.lesions),
                others if record is not None else (),
                self.busy,
            )
        )


def _prepare(_: Reporter) -> None:
    """Load the filters of masks before one is asked for."""
    from tumorboard.imaging.segmentation.distance import load_filters

    load_filters()
