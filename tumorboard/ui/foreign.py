"""Shows what others made of the images, and a PET in colours, over the views."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox

from tumorboard.annotations.foreign import ForeignMark, adopted, belongs_to
from tumorboard.annotations.model import new_uid, utc_now
from tumorboard.app.drawing import drawn
from tumorboard.app.overlays import PLANE, Foreign, OverlayObject, open_outside, placement, reading
from tumorboard.case.model import Case, SeriesRef
from tumorboard.case.saved_view import FusedWith
from tumorboard.errors import UserError
from tumorboard.imaging.fusion import PALETTES, Fusion, uptake_window
from tumorboard.imaging.volume import Volume
from tumorboard.ui.dialogs.text_dialog import text_dialog
from tumorboard.ui.panels.objects_panel import (
    ForeignRow,
    FusionRow,
    LayerRow,
    ObjectsContent,
    volume_words,
)
from tumorboard.ui.viewer.display import SUV_TOP, Display
from tumorboard.ui.viewer.over import NOTHING, Over, ShownLayer

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller

#: Objects with more parts than this start hidden: all at once would cover the picture.
_SHOWN_AT_FIRST = 8
_STEP = 0.1
#: By then the first pictures of a case stand on the screen.
_AFTER_PICTURES_MS = 300
_NO_PLACE = "These images do not say where they lie in the patient; nothing is laid over them."
_APART = (
    "The PET and these images were not taken together. Show both, bring them to the same place, "
    "and lock them (Ctrl+L); then fuse again."
)
#: Units of standardised uptake: worked out here, or sent ready made (GML, PS3.3 C.8.9.1.1.3).
_UPTAKE_UNITS = ("SUVbw", "g/mL")


class Overlaying(QObject):
    """Keeps what lies over each display in step with the case and the panel."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self._listed: tuple[str, tuple[SeriesRef, ...]] = ("", ())
        self.found = Foreign()
        self._off: set[str] = set()
        self._filling = 0.25
        self._later = QTimer(controller)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._read_all)
        self._copies: list[Path] = []
        self._fused: dict[Display, Fusion | None] = {}

    def start(self) -> None:
        """Listen to the views and the panel."""
        window = self._controller.window
        panel = window.objects
        panel.layer_toggled.connect(lambda key, on: self.toggle((key,), on=on))
        panel.group_toggled.connect(lambda keys, on: self.toggle(keys, on=on))
        panel.filling_changed.connect(self._fill)
        panel.fusion_changed.connect(self._wish)
        panel.acted.connect(self._act)
        window.room.active_changed.connect(self._show)
        for display in window.room.displays:
            self._watch(display)
        window.views.layout_changed.connect(self._watch_all)

    def stop(self) -> None:
        """Read nothing more; take back the copies of documents that were opened."""
        self._later.stop()
        for path in self._copies:
            with contextlib.suppress(OSError):
                path.unlink()
        self._copies.clear()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        return {
            "view.fuse": self.toggle_fusion,
            "view.fuse_more": partial(self.strengthen, _STEP),
            "view.fuse_less": partial(self.strengthen, -_STEP),
        }

    def _watch_all(self) -> None:
        for display in self._controller.window.room.displays:
            self._watch(display)

    def _watch(self, display: Display) -> None:
        if display not in self._fused:
            self._fused.setdefault(display, None)
            display.volume_changed.connect(partial(self._new_volume, display))

    def _new_volume(self, display: Display) -> None:
        self._fused[display] = None
        self._lay(display)
        self._show()

    # -- the case ------------------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """Read what came with the series of a case, when they are others than before."""
        listed = ("", ()) if case is None else (case.uid, case.series)
        if listed == self._listed:
            self.lay_all()
            return
        if listed[0] != self._listed[0]:
            self._off.clear()
        self._listed, self.found = listed, Foreign()
        self.lay_all()
        self._later.stop()
        if any(r.kind in ("overlay", "document") for r in listed[1]) or self._may_hold_planes():
            self._later.start()

    def after_pictures(self) -> None:
        """Read what came with a case only when its pictures are there: its library loads slowly."""
        self._later.setInterval(_AFTER_PICTURES_MS)

    @property
    def is_idle(self) -> bool:
        """Whether no reading waits; one under way is a job of the window."""
        return not self._later.isActive()

    def _read_all(self) -> None:
        self._controller.jobs.start(
            "overlays",
            reading(self._listed[1], self._controller.workspace.session.series_record),
            finished=self._arrived,
            failed=lambda text: self._controller.say(text, state="warning"),
        )

    def _may_hold_planes(self) -> bool:
        return any(r.kind in ("volume", "stack", "image") for r in self._listed[1])

    def _arrived(self, found: Foreign) -> None:
        self.found = found
        groups: dict[tuple[str, str], list[str]] = {}
        for item in found.objects:
            groups.setdefault((item.group, item.by), []).append(item.key)
        for keys in groups.values():
            if len(keys) > _SHOWN_AT_FIRST:
                self._off.update(keys)
        self.lay_all()

    # -- what lies over ------------------------------------------------------------------

    def toggle(self, keys: tuple[str, ...], *, on: bool) -> None:
        """Show or hide masks and outlines."""
        self._off = self._off - set(keys) if on else self._off | set(keys)
        self.lay_all()

    def show_only(self, keys: tuple[str, ...]) -> None:
        """Show these masks and outlines and no others."""
        self._off = {o.key for o in self.found.objects} - set(keys)
        self._controller.segmenting.show_only(keys)
        self.lay_all()

    def shown_keys(self, display: Display) -> tuple[str, ...]:
        """Return the keys of the masks and outlines that a display shows."""
        return tuple(layer.key for layer in display.over.layers)

    def _fill(self, opacity: float) -> None:
        self._filling = opacity
        self.lay_all()

    def lay_all(self) -> None:
        """Lay over each display what shall lie there now."""
        for display in self._controller.window.room.displays:
            self._lay(display)
        self._show()

    def _lay(self, display: Display) -> None:
        volume = display.volume
        if volume is None:
            return
        layers = []
        for item in self.found.objects:
            offset, _ = self._placement(item, volume)
            if offset is not None and item.key not in self._off:
                words = (item.key, item.name, item.layer, item.colour)
                bitmap = item.source == PLANE
                layers.append(ShownLayer(*words, self._filling, offset, bitmap))
        layers += self._controller.segmenting.layers(volume)
        marks = tuple(m for m in self._marks_left() if belongs_to(m, volume))
        fused = self._fused.get(display)
        paths = self._controller.vesselling.paths(volume)
        over = Over(fused, tuple(layers), marks, paths)
        if over.fusion is None and not layers and not marks and not paths:
            over = NOTHING
        if over is not display.over:
            display.lay_over(over)

    def _placement(
        self, item: OverlayObject, volume: Volume
    ) -> tuple[tuple[float, float, float] | None, str]:
        return placement(item, volume, self._controller.window.room.alignment.offset)

    def _marks_left(self) -> list[ForeignMark]:
        """Return the marks that nobody has adopted yet."""
        case = self._controller.session.case
        taken = {a.origin for a in case.annotations} if case is not None else set()
        return [m for m in self.found.marks if _adopted_from(m) not in taken]

    # -- adopting ------------------------------------------------------------------------

    def adopt(self, mark: ForeignMark) -> None:
        """Keep a copy of a mark as the reader's own; undo takes it back."""
        controller = self._controller
        case = controller.session.case
        if case is None or mark.annotation is None:
            controller.say("This has no shape that can be measured here; it stays as it is shown.")
            return
        mine = adopted(mark, new_uid(), controller.session.author, utc_now())
        mine = replace(mine, origin=_adopted_from(mark))
        edit = drawn(case, "Adopt measurement", (mine,))
        if controller.attempt(lambda: controller.session.apply(edit)):
            controller.keep_if_scratch()
            controller.window.room.select(mine.uid)
            controller.say("Adopted: the copy is yours now, and says where it came from.")

    def _act(self, name: str, key: str) -> None:
        mark = next((m for m in self.found.marks if m.uid == key), None)
        if name == "adopt" and mark is not None:
            self.adopt(mark)
        elif name == "adopt_mask":
            found = [o for o in self.found.objects if o.key == key]
            self._controller.segmenting.adopt(found[0])
        elif name == "jump" and mark is not None:
            self._jump(mark)
        elif name == "state":
            self._show_state(int(key))
        elif name == "read":
            self._read(key)
        elif name == "open":
            self._ask_to_open(key)

    def _jump(self, mark: ForeignMark) -> None:
        if mark.annotation is not None:
            self._controller.loading.go_to(mark.annotation)
            return
        window = self._controller.window
        display = self._controller.loading.show(mark.series_instance_uid)
        if display is not None:
            window.room.activate(display)
            points = np.array([p for line in mark.lines for p in line.points])
            display.set_point(points.mean(axis=0))

    def _show_state(self, number: int) -> None:
        """Show images with the window and the part of them that somebody else chose."""
        state = self.found.states[number]
        display = self._controller.loading.show(state.series_instance_uid)
        if display is None:
            return
        views = self._controller.window.views
        self._controller.window.room.activate(display)
        if state.window is not None:
            display.set_window(state.window, "as others showed it")
        if state.area is not None:
            first, last = (np.array(p) for p in state.area)
            display.set_point((first + last) / 2)
            view = views.main
            section = view.section()
            if section is not None:
                size = np.abs(section.grid.to_pixels(last) - section.grid.to_pixels(first))
                size = np.maximum(size * section.grid.spacing, 1.0)
                scale = max(size[1] / max(view.width(), 1), size[0] / max(view.height(), 1))
                x, y, z = (float(v) for v in (first + last) / 2)
                centred = replace(view.viewport, centre=(x, y, z), mm_per_pixel=float(scale))
                view.viewport = centred
                view.update()

    # -- reports and documents -----------------------------------------------------------

    def _read(self, key: str) -> None:
        document = next((d for d in self.found.documents if d.key == key), None)
        if document is not None and document.text is not None:
            text_dialog(document.title, document.text, self._controller.window).open()

    def _ask_to_open(self, key: str) -> None:
        """Ask before a document leaves for a program of the system; never on our own."""
        box = QMessageBox(self._controller.window)
        box.setWindowTitle("Open document")
        box.setText("Open this PDF with the viewer of your system?")
        box.setInformativeText(
            "It comes from the images' sender and may hold the patient's name. A copy is put "
            "into a folder for temporary files until this program ends."
        )
        box.setStandardButtons(QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.accepted.connect(lambda: self._controller.attempt(lambda: self.open_document(key)))
        box.finished.connect(box.deleteLater)
        box.open()

    def open_document(self, key: str) -> Path | None:
        """Hand a document to the system's viewer.

        Raises
        ------
        UserError
            When it holds no PDF, or cannot be written.

        """
        record = self._controller.session.series_record(key)
        if record is None:
            return None
        ending, data = open_outside(record)
        try:
            with tempfile.NamedTemporaryFile(suffix=ending, delete=False) as file:
                file.write(data)
        except OSError as error:
            raise UserError("The document cannot be written.", "Free some space.") from error
        self._copies.append(Path(file.name))
        QDesktopServices.openUrl(QUrl.fromLocalFile(file.name))
        return self._copies[-1]

    # -- fusion --------------------------------------------------------------------------

    def toggle_fusion(self) -> None:
        """Show the PET of the case in colours over the active view, or take it away."""
        display = self._controller.window.room.active
        if self._fused.get(display) is not None:
            self.fuse(display, "")
            return
        choices = [k for k, _ in self._choices(display)]
        if not choices:
            self._controller.say("This case has no PET to lay over these images.")
            return
        self.fuse(display, choices[0])

    def strengthen(self, step: float) -> None:
        """Make the colours of the active view stronger or fainter."""
        display = self._controller.window.room.active
        fusion = self._fused.get(display)
        if fusion is not None:
            self._set(display, replace(fusion, opacity=min(max(fusion.opacity + step, 0.0), 1.0)))

    def fused_with(self, display: Display) -> FusedWith | None:
        """Return what is fused, to be kept with a view."""
        f = self._fused.get(display)
        if f is None:
            return None
        return FusedWith(f.series_key, f.palette, f.opacity, f.window.centre, f.window.width)

    def fuse(self, display: Display, key: str, look: FusedWith | None = None) -> None:
        """Show a series in colours over a display; "" takes it away."""
        if not key or display.volume is None:
            self._set(display, None)
            return
        controller = self._controller
        try:
            opened = controller.workspace.images.open(key)
        except UserError as error:
            controller.say(str(error), state="warning")
            return
        offset, why_not = self._offset(display.volume, opened.volume)
        if offset is None:
            controller.say(why_not)
            self._show()
            return
        self._set(display, _fusion(opened.volume, offset, key, look))
        if not opened.is_complete:
            number = controller.window.room.displays.index(display)
            controller.jobs.start(
                f"fuse {number}",
                opened.load,
                progressed=lambda _: display.changed.emit(),
                finished=lambda _: display.changed.emit(),
                failed=lambda text: controller.say(text, state="warning"),
            )

    def _offset(
        self, below: Volume, above: Volume
    ) -> tuple[tuple[float, float, float] | None, str]:
        if not (below.is_placed and above.is_placed):
            return None, _NO_PLACE
        alignment = self._controller.window.room.alignment
        found = alignment.offset(below.frame_of_reference_uid, above.frame_of_reference_uid)
        if found is None:
            return None, _APART
        return (float(found[0]), float(found[1]), float(found[2])), ""

    def _set(self, display: Display, fusion: Fusion | None) -> None:
        self._fused[display] = fusion
        self._lay(display)
        self._show()

    def _wish(self, row: FusionRow) -> None:
        display = self._controller.window.room.active
        fusion = self._fused.get(display)
        if fusion is None or fusion.series_key != row.key:
            self.fuse(display, row.key)
            return
        upper = uptake_window(row.upper)
        self._set(display, replace(fusion, palette=row.palette, opacity=row.opacity, window=upper))

    def _choices(self, display: Display) -> list[tuple[str, str]]:
        """Return the series that can be laid over a display, those of its study first."""
        volume = display.volume
        if volume is None or volume.modality == "PT":
            return []
        refs = [r for r in self._listed[1] if r.modality == "PT" and r.kind == "volume"]
        refs.sort(key=lambda r: (r.study_instance_uid != volume.study_instance_uid, -r.slices))
        return [(r.series_instance_uid, r.description or "PET") for r in refs]

    # -- the panel -----------------------------------------------------------------------

    def _show(self) -> None:
        display = self._controller.window.room.active
        volume, found = display.volume, self.found
        rows = []
        for item in found.objects:
            why = "" if volume is None else self._placement(item, volume)[1]
            text = volume_words(item.layer.volume_ml)
            on = item.key not in self._off
            rows.append(
                LayerRow(
                    *(item.key, item.name, item.group, item.by, item.source, item.colour),
                    *(text, on, why),
                )
            )
        marks = tuple(_mark_row(m) for m in self._marks_left())
        states = tuple(
            ForeignRow(str(n), s.label, s.by, (("state", "Show it so"),))
            for n, s in enumerate(found.states)
        )
        documents = tuple(
            ForeignRow(d.key, d.title, d.by, (_document_link(d.text),)) for d in found.documents
        )
        self._controller.window.objects.show_content(
            ObjectsContent(
                *(self._fusion_row(display), tuple(rows), self._filling, marks, states),
                *(documents, found.problems),
            )
        )

    def _fusion_row(self, display: Display) -> FusionRow:
        choices = tuple(self._choices(display))
        f = self._fused.get(display)
        if f is not None:
            upper = f.window.centre + f.window.width / 2
            unit = f.volume.unit
            return FusionRow(choices, f.series_key, f.palette, f.opacity, upper, unit)
        note = "" if choices else "A PET of this case can be laid over its CT or MR in colours."
        return FusionRow(choices, palette=PALETTES[0], why_not=note)


def _fusion(
    volume: Volume, offset: tuple[float, float, float], key: str, look: FusedWith | None
) -> Fusion:
    if look is not None:
        window = uptake_window(look.centre + look.width / 2)
        return Fusion(volume, window, look.palette, look.opacity, offset, key)
    upper = SUV_TOP
    if volume.unit not in _UPTAKE_UNITS:
        sent = volume.window
        upper = sent.centre + sent.width / 2 if sent is not None else 20_000.0
    return Fusion(volume, uptake_window(upper), offset=offset, series_key=key)


def _adopted_from(mark: ForeignMark) -> str:
    """Return the note of where an adopted copy came from; it names the one mark."""
    by = f" by {mark.by}" if mark.by else ""
    words = f" ({mark.words})" if mark.words else ""
    return f"Adopted from a {mark.source.lower()}{by}{words} [{mark.uid}]"


def _mark_row(mark: ForeignMark) -> ForeignRow:
    shape = mark.annotation.kind.value.capitalize() if mark.annotation is not None else "Mark"
    adopt = (("adopt", "Adopt"),) if mark.annotation is not None else ()
    by = f"{mark.source} · {mark.by}" if mark.by else mark.source
    return ForeignRow(mark.uid, mark.text or shape, by, (("jump", "Show"), *adopt))


def _document_link(text: str | None) -> tuple[str, str]:
    return ("read", "Read") if text is not None else ("open", "Open…")
