"""Joins the tools and the lesion panel with the session: typed values, erasing, copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog

from tumorboard.annotations.model import (
    Annotation,
    ImageReference,
    Point,
    as_point,
    new_uid,
    utc_now,
)
from tumorboard.app import drawing
from tumorboard.app.edits import Edit
from tumorboard.case.lesions import Linked, copies_wanted, link_between, proposed_copy, timepoints
from tumorboard.case.model import Case, Lesion
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.tools.gesture import Ask
from tumorboard.ui.models.lesion_rows import history_lines
from tumorboard.ui.viewer.room import reference

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller


class Measuring(QObject):
    """What a reader does with measurements beyond drawing them."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller

    def start(self) -> None:
        """Listen to the lesion panel."""
        panel = self._controller.window.lesions
        panel.lesion_edited.connect(self.change_lesion)
        panel.lesion_deleted.connect(self.delete_lesion)
        panel.copy_requested.connect(self.copy)
        panel.accept_requested.connect(self.accept)
        panel.assign_requested.connect(self.assign)
        panel.history_requested.connect(self.show_history)

    def _make(self, edit: Callable[[Case], Edit]) -> bool:
        """Make an edit of the open case; say so when it cannot be stored."""
        controller = self._controller
        case = controller.session.case
        if case is None:
            return False
        done = controller.attempt(lambda: controller.session.apply(edit(case)))
        if done:
            controller.keep_if_scratch()
        return done

    # -- lesions -----------------------------------------------------------------------

    def change_lesion(self, lesion: Lesion) -> None:
        """Keep the words, place, side and role of a lesion."""
        self._make(lambda case: drawing.lesion_changed(case, lesion))

    def delete_lesion(self, uid: str) -> None:
        """Delete a lesion with its measurements; undo brings them back."""
        session = self._controller.session
        if session.case is not None and session.case.lesion(uid) is not None:
            self._controller.attempt(lambda: session.delete_lesion(uid))

    def assign(self, annotation_uid: str, lesion_uid: str) -> None:
        """Give a measurement to a lesion, a new one, or none."""
        uid = new_uid() if lesion_uid == "new" else lesion_uid
        self._make(lambda case: drawing.assigned(case, annotation_uid, uid))

    def accept(self, uids: Iterable[str]) -> None:
        """Take proposed measurements as the reader's own."""
        author = self._controller.session.author
        self._make(lambda case: drawing.accept(case, uids, author, utc_now()))

    def show_history(self, uid: str) -> None:
        """Show who measured what and when."""
        session = self._controller.session
        values = (
            (step.kind, step.author, step.utc, part if isinstance(part, Annotation) else None)
            for step, part in session.values_of("annotation", uid)
        )
        self._controller.window.lesions.show_history(uid, history_lines(values))

    def copy(self, lesion_uid: str, date: str) -> None:
        """Propose the measurements of a lesion at the linked place of the series on show."""
        controller = self._controller
        case, display = controller.session.case, controller.window.room.active
        volume = display.volume
        if case is None or volume is None:
            return
        wanted = next((t for t in timepoints(case) if t.date == date), None)
        if wanted is None or volume.study_instance_uid not in wanted.study_instance_uids:
            controller.say("Show a series of that date first, then copy the lesion to it.")
            return
        copies = []
        for source in copies_wanted(case, lesion_uid, wanted):
            link = link_between(
                source, volume, self._aligned(source, volume.frame_of_reference_uid)
            )
            if link is None:
                controller.say(
                    "These dates are not linked. Bring both to the same place and lock them "
                    "(Ctrl+L), then copy again."
                )
                return
            spec = CutSpec(Plane(source.image.plane))

            def images(points: tuple[Point, ...], spec: CutSpec = spec) -> ImageReference:
                return reference(display, spec, points)

            author = controller.session.author
            copies.append(proposed_copy(source, volume, link, images, author, utc_now()))
        if copies and self._make(lambda case: drawing.drawn(case, "Copy lesion", copies)):
            controller.jump((copies[0].uid,))

    def _aligned(self, source: Annotation, frame: str) -> Linked | None:
        alignment = self._controller.window.room.alignment
        offset = alignment.offset(source.image.frame_of_reference_uid, frame)
        return None if offset is None else Linked(shift=as_point(offset))

    # -- tools -------------------------------------------------------------------------

    def erase(self, uids: Iterable[str]) -> None:
        """Delete what the eraser touched, or one selected annotation; undo brings it back."""
        gone = tuple(uids)
        if gone:
            label = "Erase measurement" if len(gone) == 1 else "Erase measurements"
            self._make(lambda case: drawing.erased(case, label, gone))

    def answer(self, ask: Ask, label: str) -> None:
        """Ask for what a tool needs typed, and keep what it makes of it."""
        dialog = QInputDialog(self._controller.window)
        dialog.setWindowTitle(ask.title)
        dialog.setLabelText(ask.question)
        dialog.setTextValue(ask.initial)
        dialog.textValueSelected.connect(lambda typed: self._answered(ask, label, typed))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _answered(self, ask: Ask, label: str, typed: str) -> None:
        try:
            step = ask.finish(typed)
        except UserError as error:
            self._controller.say(str(error), state="warning")
            return
        if step.commit:
            self._controller.commit(label, step.commit)
