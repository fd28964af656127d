"""Joins the radiology report with the case: made, changed, kept, compared, led from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tumorboard.annotations.model import Annotation
from tumorboard.annotations.visibility import rests_on
from tumorboard.app.told import withholding_of
from tumorboard.case.facts import Place
from tumorboard.case.model import Case, Remark
from tumorboard.case.radiology_report import REMARK, first_text, radiology_report
from tumorboard.case.report_text import Basis, Origin, Report, Sentence, changes_since
from tumorboard.guidelines.assessment import level_words
from tumorboard.imaging.slicing import native_plane, section_number
from tumorboard.imaging.volume import instance_number_at
from tumorboard.language import N_, _
from tumorboard.reports.written import in_words
from tumorboard.ui.radiology.dialog import RadiologyDialog
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.word_questions import with_words_settled

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


@dataclass(frozen=True)
class Places:
    """Who shows where a sentence can be checked: a picture, what was drawn, a series, a field."""

    picture: Callable[[Place], None]
    drawn: Callable[[tuple[str, ...]], None]
    series: Callable[[str], object]
    field: Callable[[str], None]


def told_text(text: str, made: Report, told: Report, word: Callable[[str], str]) -> str:
    """Return the text of a reader as it may be told.

    A line that the program made stands as in the report that it made of blanked words, so that
    the program's own are not searched; only lines of the reader are.
    """
    ours = dict(zip(made.text.split("\n"), told.text.split("\n"), strict=False))
    return "\n".join(ours[row] if row in ours else word(row) for row in text.split("\n"))


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

    def made(self, case: Case, word: Callable[[str], str] = str) -> Report:
        """Return the report as it would be made now; ``word`` is put on what people wrote."""
        session = self._host.session
        basis = Basis(
            in_words(session.facts, word),
            level_words(session.assessment),
            self._vessels(),
            components=self._components(),
            derived=in_words(session.derived, word),
            segments=self._segments(),
        )
        return radiology_report(in_words(case, word), basis, self._slice_of)

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
        dialog = RadiologyDialog(
            text,
            made,
            changes,
            lambda typed, take: self._copying(case.uid, typed, take, dialog),
            host.parent_widget,
        )
        dialog.field.go_to_line(self._left_at.get(case.uid, 0))
        dialog.kept.connect(lambda typed: self._keep(case, typed, self._made_from(made.note)))
        dialog.renewed.connect(lambda typed: self._keep(case, typed, made.note))
        # Once the dialog is gone: the window that gets the keys back gives them to what had them.
        later = partial(QTimer.singleShot, 0, host.parent_widget)
        dialog.followed.connect(lambda origin: later(lambda: self.follow(origin)))
        dialog.left_at.connect(lambda line: self._left_at.update({case.uid: line}))
        dialog.open()

    def _copying(
        self, uid: str, typed: str, take: Callable[[str], None], dialog: RadiologyDialog
    ) -> None:
        """Hand over a reader's text as it may be told, words that may be a name decided on."""
        host = self._host
        case = host.case
        if case is None or case.uid != uid:
            return
        made = self.made(case)
        ours = set(made.text.split("\n"))
        own = "\n".join(row for row in typed.split("\n") if row not in ours)

        def tell() -> None:
            now = host.case or case
            word = withholding_of(host.session.store, now)
            take(told_text(typed, made, self.made(now, word), word))

        more = (Remark(REMARK, own, "", "", ""),)
        with_words_settled(host, (uid,), tell, more=more, parent=dialog)

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
