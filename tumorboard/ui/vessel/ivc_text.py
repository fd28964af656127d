"""Joins the text on the vena cava with the case: made, changed, kept, compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tumorboard.annotations.model import Annotation
from tumorboard.annotations.visibility import rests_on
from tumorboard.case.ivc_report import REMARK, Basis, difference, ivc_report
from tumorboard.case.model import Case
from tumorboard.imaging.slicing import native_plane, section_number
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.provenance import dicom_date
from tumorboard.ui.vessel.ivc_text_dialog import IvcTextDialog

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


class IvcText(Feature):
    """Makes the text of the open case and keeps what the reader leaves."""

    def __init__(self, host: Host, vessel_sentences: Callable[[], tuple[str, ...]]) -> None:
        self._host = host
        self._vessel_sentences = vessel_sentences

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"case.ivc_text": lambda: self._host.when_measured(self.show)}

    def made(self, case: Case) -> str:
        """Return the text as it would be made now."""
        session = self._host.session
        level = level_words(session.assessment)
        basis = Basis(session.facts, level, self._vessel_sentences(), _dates(case))
        return ivc_report(case, basis, self._slice_of)

    def show(self) -> None:
        """Show the text to be read, changed and copied."""
        host = self._host
        case = host.case
        if case is None:
            host.say("Open a case first; the text belongs to one case.")
            return
        made, held = self.made(case), case.remark(REMARK)
        text = made if held is None else held.value
        changes = () if held is None else difference(held.note, made)
        dialog = IvcTextDialog(text, made, changes, host.parent_widget)
        dialog.kept.connect(lambda typed: self._keep(case, typed, self._made_from(made)))
        dialog.renewed.connect(lambda typed: self._keep(case, typed, made))
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
        if host.attempt(lambda: session.set_remark(REMARK, text, made, "IVC report text")):
            host.keep_if_scratch()

    def _slice_of(self, annotation: Annotation) -> int | None:
        """Return the slice of an annotation on the series in use, None on any other."""
        volume = self._host.room.active.volume
        if volume is None or not volume.is_placed:
            return None
        if not rests_on(annotation.image, volume):
            return None
        return section_number(volume.stack, native_plane(volume.stack), annotation.points[0])


def level_words(assessment: object) -> str:
    """Return the IVC level in words, nothing while it is not known."""
    from tumorboard.guidelines.assessment import Assessment

    return assessment.ivc_level_text if isinstance(assessment, Assessment) else ""


def _dates(case: Case) -> tuple[str, ...]:
    shown = {(s.study_date, s.modality) for s in case.series if s.kind in ("volume", "stack")}
    return tuple(f"{m} {dicom_date(day)}".strip() for day, m in sorted(shown, reverse=True)[:2])
