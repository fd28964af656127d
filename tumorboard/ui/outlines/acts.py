"""What the panel of outlines asks for: acts on the outline worked on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tumorboard.annotations.model import as_point
from tumorboard.app import outlining
from tumorboard.app.annotation_edits import drawn
from tumorboard.app.edits import Edit
from tumorboard.app.outline_export import exporting
from tumorboard.app.outlining import Work, on_grid
from tumorboard.app.overlay_object import OverlayObject
from tumorboard.app.overlays import placement
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask, laid_on
from tumorboard.imaging.view_cut import normal_of
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter
from tumorboard.tools.toolbox import MASK_TOOLS
from tumorboard.ui.shell.text_widgets import ask_text

if TYPE_CHECKING:
    from tumorboard.ui.outlines.feature import OutlinesFeature
    from tumorboard.ui.shell.file_dialogs import ask_save
from tumorboard.language import N_, _
from tumorboard.ui.shell.host import Host

_CHANGED = _("The outline was changed meanwhile; nothing was done to it.")


class OutlineActs:
    """Does what the buttons of the panel and the menu say."""

    def __init__(self, host: Host, outlines: OutlinesFeature) -> None:
        self._host = host
        self._outlines = outlines

    def act(self, name: str, argument: str) -> None:
        """Do what a button of the panel says."""
        settings = self._host.settings
        width = float(str(settings["outline.bridge_mm"]))
        works: dict[str, tuple[str, Work]] = {
            "between": (N_("Fill between slices"), outlining.between_slices),
            "holes": (N_("Fill holes"), outlining.filled),
            "smooth": (
                N_("Smooth outline"),
                outlining.smoothed(float(str(settings["outline.smooth_mm"]))),
            ),
            "largest": (N_("Keep largest part"), outlining.largest_part),
            "bridges": (N_("Cut thin bridges"), outlining.bridges_cut(width)),
            "values": (
                N_("Keep values"),
                outlining.limited(*self._outlines.brush.values),
            ),
        }
        if name in works:
            self._host.attempt(lambda: self._work(*works[name]))
        else:
            acts: dict[str, Callable[[str], object]] = {
                "new": self._begin,
                "clear": self._clear_slice,
                "split": self._split,
                "add": partial(self._combine, N_("Add outline"), outlining.joined),
                "subtract": partial(self._combine, N_("Take outline away"), outlining.without),
                "sizes": self._take_sizes,
                "rename": self._ask_name,
                "delete": self._delete,
                "role": lambda role: self._change(self._outlines.active, role=Role(role)),
                "lesion": lambda uid: self._change(self._outlines.active, lesion_uid=uid),
                "export": self._export,
            }
            self._host.attempt(lambda: acts[name](argument))

    def adopt(self, item: OverlayObject) -> None:
        """Keep a mask of others as an own outline, on the images on show.

        Raises
        ------
        UserError
            When it has no area, or cannot be laid on these images.

        """
        volume, case = self._outlines.volume(), self._host.case
        if case is None:
            return
        offset, why = placement(item, volume, self._host.room.alignment.offset)
        if offset is None:
            raise UserError(
                _("{name} is not adopted: {why}.", name=item.name, why=why),
                _("Show the series it is for."),
            )
        record = outlining.adopted_record(case, item, volume)
        self._host.jobs.start(
            "outline",
            outlining.adopted(item, volume, offset),
            finished=partial(self._adopted, record),
            failed=lambda text: self._host.say(text, state="warning"),
        )

    def _adopted(self, record: Segmentation, mask: Mask) -> None:
        self._outlines.keep(record, mask, N_("Adopt outline"))
        self._host.say(_("Adopted: it stands under Lesions, Outlines; say there what it is."))

    def _begin(self, whose: str) -> None:
        self._outlines.begin_new(whose)
        self._host.say(_("The next stroke, outline or click begins a new outline."))
        if self._host.room.tool not in MASK_TOOLS:
            self._outlines.choose_tool("mask_brush")

    def _chosen(self) -> tuple[Segmentation, Volume, Mask]:
        """Return the outline worked on, its images and its voxels.

        Raises
        ------
        UserError
            When there is none, or its images are not on show.

        """
        volume = self._outlines.volume()
        case = self._host.case
        record = self._outlines.record() or next(
            (
                s
                for s in reversed(case.segmentations if case is not None else ())
                if s.series_instance_uid == volume.series_instance_uid
            ),
            None,
        )
        if record is None or record.is_empty:
            raise UserError(_("There is no outline to work on."), _("Press S and paint one first."))
        mask = on_grid(volume, self._host.session.mask_of(record))
        self._outlines.active = record.uid
        return record, volume, mask

    def _work(self, label: str, work: Work) -> None:
        record, volume, mask = self._chosen()
        self._start(
            label,
            lambda reporter: work(volume, mask, reporter),
            partial(self._worked, record, label),
        )

    def _start(
        self, label: str, work: Callable[[Reporter], object], finished: Callable[..., object]
    ) -> None:
        self._outlines.busy = f"{label}…"
        self._outlines.show()
        self._host.jobs.start(
            "outline",
            work,
            finished=finished,
            failed=lambda text: self._host.say(text, state="warning"),
            ended=self._rest,
        )

    def _worked(self, record: Segmentation, label: str, mask: Mask) -> None:
        case = self._host.case
        now = case.segmentation(record.uid) if case is not None else None
        if now is None or now.digest != record.digest:
            self._host.say(_CHANGED)
        elif mask.is_empty:
            self._host.say(_("Nothing would be left of the outline; it stays as it is."))
        else:
            how = method_with(record, label.lower())
            self._outlines.keep(replace(now, method=how), mask, label)

    def _rest(self) -> None:
        self._outlines.busy = ""
        self._outlines.show()

    def _combine(self, label: str, make: Callable[[Mask], Work], other_uid: str) -> None:
        case = self._host.case
        other = case.segmentation(other_uid) if case is not None else None
        if other is None:
            return
        _record, volume, _mask = self._chosen()
        mask = on_grid(volume, self._host.session.mask_of(other))
        self._work(label, make(mask))

    def _clear_slice(self, __: str) -> None:
        record, volume, mask = self._chosen()
        k = volume.stack.nearest_slice(self._host.room.active.point)
        voxels = mask.voxels.copy()
        if 0 <= k - mask.origin[0] < len(voxels):
            voxels[k - mask.origin[0]] = False
        self._outlines.keep(
            record, Mask.of(voxels, mask.stack, mask.origin), N_("Clear slice of outline")
        )

    def _split(self, __: str) -> None:
        record, volume, mask = self._chosen()
        view = self._host.views.active_view()
        point, normal = view.display.point, as_point(normal_of(volume, view.spec))
        self._start(
            N_("Split outline"),
            lambda _reporter: outlining.halves(mask, point, normal),
            partial(self._parted, record),
        )

    def _parted(self, record: Segmentation, parts: tuple[Mask, Mask]) -> None:
        case = self._host.case
        now = case.segmentation(record.uid) if case is not None else None
        if case is None or now is None or now.digest != record.digest:
            self._host.say(_CHANGED)
        else:
            self._apply(outlining.split(case, now, parts))

    def _take_sizes(self, __: str) -> None:
        record, volume, _mask = self._chosen()
        measures = self._outlines.measures.of(record)
        case = self._host.case
        if measures is None or case is None:
            raise UserError(_("The outline is still being measured."), _("Try again in a moment."))
        author = self._host.session.author
        made = outlining.size_annotations(measures, record, volume, author)
        if self._apply(drawn(case, N_("Take sizes from outline"), made)):
            self._host.images.go_to(made[0])

    def _ask_name(self, uid: str) -> None:
        record = self._outlines.record()
        if record is None:
            return
        parent, taken = self._host.parent_widget, partial(self.rename, uid)
        ask_text(parent, _("Name of the outline"), _("Name"), taken, held=record.label)

    def rename(self, uid: str, name: str) -> None:
        """Give an outline another name."""
        self._change(uid, label=name.strip())

    def _delete(self, uid: str) -> None:
        if self._host.attempt(lambda: self._host.session.delete_segmentation(uid)):
            self._outlines.active = ""
            self._outlines.lay()

    def _change(self, uid: str, **changes: Any) -> None:
        case = self._host.case
        record = case.segmentation(uid) if case is not None else None
        if record is not None and all(v != "" for k, v in changes.items() if k == "label"):
            session = self._host.session
            self._host.attempt(
                lambda: session.put_segmentation(replace(record, **changes), N_("Change outline"))
            )

    def _export(self, __: str) -> None:
        record, _volume, _mask = self._chosen()
        path = ask_save(
            *(self._host, _("Export outlines as DICOM"), f"{record.label}.dcm"),
            _("DICOM segmentation (*.dcm)"),
        )
        if path is not None:
            self._host.attempt(lambda: self.export_to(path))

    def export_to(self, path: Path) -> None:
        """Write all outlines of the series on show to a DICOM segmentation.

        Raises
        ------
        UserError
            When there is none, or its images are not known.

        """
        _chosen, volume, _mask = self._chosen()
        session, case = self._host.session, self._host.case
        found = [
            (s, session.mask_of(s))
            for s in (case.segmentations if case is not None else ())
            if s.series_instance_uid == volume.series_instance_uid and not s.is_empty
        ]
        laid = [(s, laid_on(m, volume.stack)) for s, m in found]
        here = [(s, m) for s, m in laid if m is not None]
        stored = session.series_record(volume.series_instance_uid)
        self._host.jobs.start(
            "export outlines",
            exporting(path, here, volume, stored, session.author),
            finished=lambda written: self._host.say(
                _("Outlines written: {name}", name=written.name)
            ),
            failed=lambda text: self._host.say(text, state="warning"),
        )

    def _apply(self, edit: Edit) -> bool:
        host = self._host
        done = host.attempt(lambda: host.session.apply(edit))
        if done:
            host.keep_if_scratch()
            self._outlines.lay()
        return done


def method_with(record: Segmentation, how: str) -> str:
    """Return the words for how an outline came about, each once, in their order."""
    parts = [p for p in record.method.split("; ") if p]
    return "; ".join([*(p for p in parts if p != how), how][-6:])
