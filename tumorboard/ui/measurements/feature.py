"""Keeps what is drawn, and does what the list of lesions asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from tumorboard.annotations.model import Annotation, new_uid, utc_now
from tumorboard.app.annotation_edits import accept, assigned, drawn, erased, lesion_changed
from tumorboard.app.case_change import (
    ANNOTATIONS,
    DERIVED,
    FACTS,
    LESIONS,
    REMARKS,
    SEGMENTATIONS,
    SERIES,
)
from tumorboard.app.edits import Edit
from tumorboard.app.hanging import worth
from tumorboard.app.level_pass import Outlines
from tumorboard.case.facts import FactSheet
from tumorboard.case.lesions import (
    Linked,
    copies_wanted,
    link_between,
    proposed_copy,
    timepoints,
)
from tumorboard.case.mass_card import SHOWN_FACTS, mass_card
from tumorboard.case.model import Case, Lesion, SeriesRef
from tumorboard.case.report_text import Basis
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.language import N_, _
from tumorboard.tools.gesture import Ask
from tumorboard.tools.toolbox import TOOLS, tool_named
from tumorboard.tools.vessel import VesselTool, next_mark
from tumorboard.ui.measurements.level_pass import LevelPass
from tumorboard.ui.measurements.next_cut import NextCutBringer
from tumorboard.ui.measurements.panel import LesionsPanel
from tumorboard.ui.measurements.rows import history_lines
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.text_widgets import ask_text
from tumorboard.ui.viewer.alignment import alignment_of
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.references import reference

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


#: Tools that take away or calibrate: nothing is listed of them.
_LISTED_NOWHERE = ("eraser", "calibration")


class MeasurementsFeature(Feature):
    """Turns gestures on views and wishes of the lesion panel into edits of the case."""

    families = frozenset({ANNOTATIONS, DERIVED, FACTS, LESIONS, REMARKS, SEGMENTATIONS, SERIES})

    def __init__(
        self,
        host: Host,
        panel: LesionsPanel,
        jump_to_vessel: Callable[[tuple[str, ...]], bool],
        choose_outline: Callable[[str], None],
        outlines_of_others: Callable[[], Outlines],
    ) -> None:
        self._host = host
        self._panel = panel
        self._jump_to_vessel, self._choose_outline = jump_to_vessel, choose_outline
        self._new_lesion = False
        self._shown: tuple[object, ...] | None = None
        self._next_cut = NextCutBringer(host)
        self._level_pass = LevelPass(host, outlines_of_others)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        table: dict[str, Callable[[], object]] = {
            f"tool.{tool.name}": partial(self._take_tool, tool.name) for tool in TOOLS
        }
        table["edit.accept"] = self.accept_shown
        table["tool.level_pass"] = self._pass_along_the_vein
        table["edit.delete"] = self._host.room.delete_selected
        return table

    def listen(self) -> None:
        """Listen to the views and the panel."""
        room, panel = self._host.room, self._panel
        room.edited.connect(self.commit)
        room.erase_requested.connect(self.erase)
        room.delete_requested.connect(self.delete)
        room.asked.connect(self.ask)
        panel.jump_requested.connect(self.jump)
        panel.delete_requested.connect(self.delete)
        panel.mark_requested.connect(self.ask_mark)
        panel.measure_requested.connect(self.measure_another)
        panel.lesion_edited.connect(self.change_lesion)
        panel.lesion_deleted.connect(self.delete_lesion)
        panel.copy_requested.connect(self.copy)
        panel.accept_requested.connect(self.accept)
        panel.assign_requested.connect(self.assign)
        panel.history_requested.connect(self.show_history)
        self._next_cut.listen()
        self._level_pass.listen()

    # -- the tool ------------------------------------------------------------------------

    def choose_tool(self, name: str) -> None:
        """Make a tool active; the empty name is window and level."""
        room = self._host.room
        tool = tool_named(name)
        state = None
        if isinstance(tool, VesselTool):
            state = next_mark(room.annotations_of(room.active))
        room.set_tool(tool, state)

    def _take_tool(self, name: str) -> None:
        """Make a tool active as a reader asks for it: what it draws is listed beside."""
        self.choose_tool(name)
        if name not in _LISTED_NOWHERE:
            self._host.show_panel(self._panel)
            self._panel.show_outlines(shown=False)

    def _pass_along_the_vein(self) -> None:
        """Ask for the levels of the vena cava one after the other, beside their list."""
        self._host.show_panel(self._panel)
        self._panel.show_outlines(shown=False)
        self._level_pass.start()

    def ask_mark(self, role: str) -> None:
        """Let the next click set one level of the IVC."""
        self._host.room.set_tool(tool_named("vessel"), role)
        self._host.views.main.setFocus(Qt.FocusReason.OtherFocusReason)

    def measure_another(self) -> None:
        """Let the next mass be a new lesion."""
        self._new_lesion = True
        self.share()
        self.choose_tool("mass")

    def ask(self, ask: Ask) -> None:
        """Let something be typed that a gesture needs to be finished."""
        host = self._host
        taken = partial(self._answered, ask)
        ask_text(host.parent_widget, ask.title, ask.question, taken, held=ask.initial)

    def _answered(self, ask: Ask, typed: str) -> None:
        host = self._host
        host.attempt(lambda: host.room.take(ask.finish(typed)))

    # -- what was drawn ------------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """Show what is drawn in a case, in the panel and on the views."""
        facts = self._host.session.facts
        shown = (*_parts_shown(case), *(facts.get(name) for name in SHOWN_FACTS))
        if self._shown is not None and _are_same(shown, self._shown):
            return
        self._shown = shown
        self._panel.set_case(case, facts if case is not None else None)
        self._host.room.alignment = alignment_of(case)
        self._show_total(case, facts)
        self.share()

    def _show_total(self, case: Case | None, facts: FactSheet) -> None:
        """Let the images on which the index mass was measured say its size and volume."""
        room = self._host.room
        if case is None:
            room.set_total("", frozenset())
            return
        card = mass_card(case, Basis(facts))
        drawn = {a.uid: a.image.series_instance_uid for a in case.annotations}
        outlined = {s.uid: s.series_instance_uid for s in case.segmentations}
        volume = card.line(_("Volume"))
        uids = (*card.origin.annotation_uids, *(volume.origin.annotation_uids if volume else ()))
        where = {(drawn | outlined).get(uid, "") for uid in uids}
        # Numbers of two dates or phases on one picture would be read as of that picture.
        room.set_total(card.total if len(where) == 1 else "", frozenset(where - {""}))

    def share(self) -> None:
        """Let the views show what is drawn in the case."""
        case, room = self._host.case, self._host.room
        index = case.index_lesion if case is not None else None
        room.lesion_uid = index.uid if index is not None and not self._new_lesion else ""
        room.set_annotations(case.annotations if case is not None else ())

    def commit(self, label: str, annotations: tuple[Annotation, ...]) -> None:
        """Store what was drawn, as one step with the lesion that it begins."""
        case = self._host.case
        if case is None:
            return
        edit = drawn(case, label, annotations)
        self._new_lesion = False
        if self._apply(edit):
            self._host.room.select(annotations[-1].uid)

    def erase(self, uids: tuple[str, ...]) -> None:
        """Delete what the eraser touched, as one step."""
        self._edit(lambda case: erased(case, N_("Erase"), uids))

    def delete(self, uid: str) -> None:
        """Delete an annotation; undo brings it back."""
        self._edit(lambda case: erased(case, N_("Delete measurement"), (uid,)))

    def jump(self, uids: tuple[str, ...]) -> None:
        """Show the slice of the first of these annotations or outlines, and highlight it."""
        if self._jump_to_vessel(uids):
            return
        case = self._host.case
        found = [a for a in (case.annotations if case else ()) if a.uid in uids]
        if found:
            self._host.images.go_to(found[0])
            return
        outlines = [uid for uid in uids if case is not None and case.segmentation(uid)]
        if outlines:
            self._choose_outline(outlines[0])

    # -- lesions -------------------------------------------------------------------------

    def change_lesion(self, lesion: Lesion) -> None:
        """Keep a lesion as its fields say."""
        self._edit(lambda case: lesion_changed(case, lesion))

    def delete_lesion(self, uid: str) -> None:
        """Delete a lesion with its measurements; undo brings them back."""
        session = self._host.session
        if session.case is not None and session.case.lesion(uid) is not None:
            self._host.attempt(lambda: session.delete_lesion(uid))

    def assign(self, annotation_uid: str, lesion_uid: str) -> None:
        """Give a measurement to a lesion, to a new one, or to none."""
        wanted = new_uid() if lesion_uid == "new" else lesion_uid
        self._edit(lambda case: assigned(case, annotation_uid, wanted))

    def accept(self, uids: tuple[str, ...]) -> None:
        """Take proposed measurements as the reader's own."""
        author = self._host.session.author
        self._edit(lambda case: accept(case, uids, author, utc_now()))

    def accept_shown(self) -> None:
        """Take the proposed measurement that is selected, or all on the series on show."""
        room = self._host.room
        proposed = [a for a in room.annotations_of(room.active) if a.proposed]
        chosen = [a for a in proposed if a.uid == room.selected_uid] or proposed
        if not chosen:
            self._host.say(_("Nothing is proposed on these images."))
            return
        self.accept(tuple(a.uid for a in chosen))

    def show_history(self, uid: str) -> None:
        """Show who measured what and when."""
        values = self._host.session.values_of("annotation", uid)
        lines = history_lines(
            (step.kind, step.author, step.utc, value if isinstance(value, Annotation) else None)
            for step, value in values
        )
        self._panel.show_history(uid, lines)

    def copy(self, lesion_uid: str, date: str) -> None:
        """Propose the measurements of a lesion at another date, and show the place."""
        host = self._host
        case = host.case
        point = next((t for t in timepoints(case) if t.date == date), None) if case else None
        if case is None or point is None:
            return
        series = [r for r in case.series if r.study_date == date and r.kind == "volume"]
        sources = copies_wanted(case, lesion_uid, point)
        if not series or not sources:
            host.say(_("There is nothing to copy to that date."))
            return
        display = host.images.show(_like(case, sources[0], series).series_instance_uid)
        if display is None:
            return
        copies = [c for c in (self._copy(source, display) for source in sources) if c is not None]
        if not copies:
            host.say(
                _(
                    "Nothing says how the two dates lie to one another. Show both, bring them to "
                    "the "
                    "same place, and lock them (Ctrl+L); then copy again."
                )
            )
            return
        self._edit(lambda now: drawn(now, N_("Propose measurement"), copies))
        self.jump((copies[0].uid,))
        host.say(
            _("Proposed at the linked place, dashed: move it if need be, then accept it (Shift+A).")
        )

    def _copy(self, source: Annotation, display: Display) -> Annotation | None:
        volume, room = display.volume, self._host.room
        if volume is None:
            return None
        there = source.image.frame_of_reference_uid
        offset = room.alignment.offset(there, volume.frame_of_reference_uid)
        aligned = None if offset is None else Linked(shift=(offset[0], offset[1], offset[2]))
        link = link_between(source, volume, aligned)
        if link is None:
            return None
        spec = CutSpec(source.image.plane)
        author = self._host.session.author
        return proposed_copy(
            source, volume, link, partial(reference, display, spec), author, utc_now()
        )

    # -- inside --------------------------------------------------------------------------

    def _edit(self, make: Callable[[Case], Edit]) -> None:
        case = self._host.case
        if case is None:
            return
        try:
            edit = make(case)
        except KeyError:  # deleted meanwhile
            return
        if edit.changes:
            self._apply(edit)

    def _apply(self, edit: Edit) -> bool:
        host = self._host
        done = host.attempt(lambda: host.session.apply(edit))
        if done:
            host.keep_if_scratch()
        return done


def _parts_shown(case: Case | None) -> tuple[object, ...]:
    """Return the parts of a case that the panel shows."""
    if case is None:
        return (None,)
    drawn = (case.annotations, case.lesions, case.segmentations, case.vessels)
    return (case.uid, *drawn, case.remarks, case.series)


def _are_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether the same objects are shown; none of them is ever changed."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _like(case: Case, source: Annotation, series: Iterable[SeriesRef]) -> SeriesRef:
    """Return the series of another date that is most like the one measured on."""
    first = source.image.series_instance_uid
    ref = next((r for r in case.series if r.series_instance_uid == first), None)

    def likeness(other: SeriesRef) -> tuple[bool, bool, tuple[str, bool, int, int]]:
        same_words = ref is not None and other.description == ref.description
        return ref is not None and other.modality == ref.modality, same_words, worth(other)

    return max(series, key=likeness)
