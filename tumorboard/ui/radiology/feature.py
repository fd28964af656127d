"""Joins the radiology report with the case: made, changed, kept, compared, led from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tumorboard.annotations.model import Annotation
from tumorboard.annotations.visibility import rests_on
from tumorboard.app.identity import names_of
from tumorboard.case.facts import Place
from tumorboard.case.model import Case
from tumorboard.case.radiology_report import REMARK, first_text, radiology_report
from tumorboard.case.report_text import Basis, Origin, Report, Sentence, changes_since
from tumorboard.guidelines.assessment import level_words
from tumorboard.imaging.slicing import native_plane, section_number
from tumorboard.imaging.volume import instance_number_at
from tumorboard.language import N_, _
from tumorboard.reports.identity import Withholding
from tumorboard.ui.radiology.dialog import RadiologyDialog
from tumorboard.ui.shell.host import Feature

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


@dataclass(frozen=True)
class Places:
    """Who shows where a sentence can be checked: a picture, what was drawn, a series, a field."""

    picture: Callable[[Place], None]
    drawn: Callable[[tuple[str, ...]], None]
    series: Callable[[str], object]
    field: Callable[[str], None]


class RadiologyFeature(Feature):
    """Makes the report of the open case and keeps what the reader leaves.

    ``vessels`` and ``components`` give what was measured along vessels and of the index mass,
    in sentences, ``segments`` the contact along vessels by segment.
    """

    def __init__(
        self,
        host: Host,
        vessels: Callable[[], tuple[str, ...]],
        segments: Callable[[], tuple[Sentence, ...]],
        components: Callable[[], tuple[str, ...]],
        places: Places,
    ) -> None:
        self._host = host
        self._vessels = vessels
        self._segments = segments
        self._components = components
        self._places = places
        #: The line at which the reader left the report of a case, by the UID of the case.
        self._left_at: dict[str, int] = {}

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"case.radiology": lambda: self._host.when_measured(self.show)}

    def made(self, case: Case) -> Report:
        """Return the report as it would be made now."""
        session = self._host.session
        basis = Basis(
            session.facts,
            level_words(session.assessment),
            self._vessels(),
            components=self._components(),
            derived=session.derived,
            segments=self._segments(),
        )
        return radiology_report(case, basis, self._slice_of)

    def show(self) -> None:
        """Show the report to be read, changed, followed and copied."""
        host = self._host
        case = host.case
        if case is None:
            host.say(_("Open a case first; the report belongs to one case."))
            return
        made, held = self.made(case), case.remark(REMARK)
        text = first_text(case, made) if held is None else held.value
        changes = () if held is None else changes_since(held.note, made)
        withheld = Withholding(names_of(host.session.store, case))
        dialog = RadiologyDialog(text, made, changes, withheld, host.parent_widget)
        dialog.field.go_to_line(self._left_at.get(case.uid, 0))
        dialog.kept.connect(lambda typed: self._keep(case, typed, self._made_from(made.note)))
        dialog.renewed.connect(lambda typed: self._keep(case, typed, made.note))
        # Once the dialog is gone: the window that gets the keys back gives them to what had them.
        later = partial(QTimer.singleShot, 0, host.parent_widget)
        dialog.followed.connect(lambda origin: later(lambda: self.follow(origin)))
        dialog.left_at.connect(lambda line: self._left_at.update({case.uid: line}))
        dialog.open()

    def _made_from(self, made: str) -> str:
        """Return what the kept text was made from, so that what changed since can be shown."""
        case = self._host.case
        held = None if case is None else case.remark(REMARK)
        return made if held is None else held.note

    def _keep(self, case: Case, text: str, made: str) -> None:
        host = self._host
        session = host.session
        if session.case is None or session.case.uid != case.uid:
            return
        if host.attempt(lambda: session.set_remark(REMARK, text, made, N_("Radiology report"))):
            host.keep_if_scratch()

    def follow(self, origin: Origin) -> None:
        """Show where a sentence can be checked: its picture, its drawing, else its field."""
        case = self._host.case
        if case is None:
            return
        drawn = tuple(
            uid
            for uid in origin.annotation_uids
            if case.annotation(uid) or case.segmentation(uid) or case.vessel(uid)
        )
        if origin.place is not None:
            self._places.picture(origin.place)
        elif drawn:
            self._places.drawn(drawn)
        elif origin.series:
            self._places.series(origin.series)
        elif origin.fact:
            self._places.field(origin.fact)

    def _slice_of(self, annotation: Annotation) -> tuple[int, int] | None:
        """Return slice and instance number of one on the series in use, None on any other."""
        volume = self._host.room.active.volume
        if volume is None or not volume.is_placed:
            return None
        if not rests_on(annotation.image, volume):
            return None
        place = annotation.points[0]
        number = section_number(volume.stack, native_plane(volume.stack), place)
        return number, instance_number_at(volume, place)
