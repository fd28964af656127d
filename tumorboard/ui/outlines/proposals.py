"""The proposal of a mass under way: its marks, its preview, and keeping it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from tumorboard.app.mass_proposal import measured_ends, proposed_record
from tumorboard.case.segmentation import Segmentation
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.mask_layer import mask_layer
from tumorboard.imaging.mask_model import Mask, union
from tumorboard.imaging.segmentation.proposal import Click, Proposal, correct, propose
from tumorboard.imaging.volume import Volume
from tumorboard.language import N_, _
from tumorboard.progress import Reporter
from tumorboard.tools.mask_propose import Marking
from tumorboard.tools.masking import Accepted, Mark
from tumorboard.ui.outlines.layers import OutlineLayers
from tumorboard.ui.outlines.rows import volume_text
from tumorboard.ui.shell.jobs import Job

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_LEAKED = _("It leaked.")
_NOT_YET = _("The proposal is still being computed.")


class OutlineKeeper(Protocol):
    """What a proposal asks of whoever keeps the outlines."""

    def volume(self) -> Volume:
        """Return the images of the active view."""

    def lay(self) -> None:
        """Lay the outlines over the views again."""

    def refuse(self, sentence: str) -> None:
        """Say why nothing is kept."""

    def working_on(self, volume: Volume) -> Segmentation:
        """Return the outline that is worked on, a new one where none is."""

    def current(self, record: Segmentation, volume: Volume) -> Mask | None:
        """Return its voxels, None for a new one."""

    def keep(
        self,
        record: Segmentation,
        mask: Mask,
        label: str,
        *,
        drawn: bool = False,
        caveats: tuple[Caveat, ...] = (),
    ) -> None:
        """Store it as one step."""


class Proposals:
    """Holds at most one proposal, shows it, and keeps it when it is accepted."""

    def __init__(
        self,
        host: Host,
        outlines: OutlineKeeper,
        layers: OutlineLayers,
        working_changed: Callable[[bool], None],
    ) -> None:
        self._host = host
        self._outlines = outlines
        self._layers = layers
        self._working_changed = working_changed
        self._held: Proposal | None = None
        self._volume: Volume | None = None
        self._job: Job | None = None
        self._waiting: list[Mark] = []

    def take(self, act: Mark | Accepted) -> None:
        """Take a mark, or the word that the proposal is right.

        Raises
        ------
        UserError
            When it leaked, is not there yet, or its images are not on show any more.

        """
        if isinstance(act, Accepted):
            self._accept()
        elif self._job is not None:
            self._waiting.append(act)
        else:
            self._start(act)

    def drop(self) -> bool:
        """Forget the proposal; return whether there was one."""
        job, there = self._job, self._held is not None or self._job is not None
        self._held, self._job, self._volume = None, None, None
        self._waiting.clear()
        if job is not None:
            job.cancel()
        if there:
            self._working_changed(False)
            self._layers.preview = None
            self._outlines.lay()
            self._forget_marks()
            self._host.room.tell_hint(_("The proposal was dropped: nothing was kept."))
        return there

    def _start(self, mark: Mark) -> None:
        volume, before, case = self._outlines.volume(), self._held, self._host.case
        if before is not None and volume is not self._volume:
            self.drop()
            raise UserError(_("The images changed: the proposal was dropped."), _("Click again."))
        ends = mark.sides
        if before is None and case is not None and not ends:
            ends = measured_ends(case, volume, mark.point)

        def work(reporter: Reporter) -> Proposal:
            if before is None:
                return propose(volume, mark.point, ends, reporter)
            return correct(volume, before, Click(mark.point, mark.belongs), reporter)

        def finished(got: Proposal) -> None:
            if self._job is job:
                self._job = None
                self._show(got, volume)

        def failed(sentence: str) -> None:
            if self._job is job:
                self._job = None
                self._waiting.clear()
                if self._held is None:
                    self._working_changed(False)
                    self._forget_marks()
                self._outlines.refuse(sentence)

        self._volume = volume
        job = self._host.jobs.start("propose", work, finished=finished, failed=failed)
        self._job = job
        self._working_changed(True)

    def _show(self, got: Proposal, volume: Volume) -> None:
        self._held, self._volume = got, volume
        self._layers.preview = mask_layer(got.mask)
        self._outlines.lay()
        said = " ".join((got.leaked and f"{_LEAKED} {got.leaked}", *got.unsure)).strip()
        proposed = _("Proposed: {volume}.", volume=volume_text(got.mask.volume_ml))
        text = f"{proposed} {said}".strip()
        room = self._host.room
        if got.leaked:
            self._outlines.refuse(_("{text} Ctrl+click into what is too much.", text=text))
        room.tell_hint(
            _("{text} Click: missing. Ctrl+click: too much. Enter keeps, Esc drops it.", text=text)
        )
        if self._waiting:
            mark = self._waiting.pop(0)
            self._host.attempt(lambda: self._start(mark))

    def _accept(self) -> None:
        held, volume = self._held, self._outlines.volume()
        if self._job is not None or held is None:
            self._keep_marks()
            raise UserError(_NOT_YET, _("Press Enter again when it shows."))
        if held.leaked:
            self._keep_marks()
            raise UserError(
                f"{_LEAKED} {held.leaked}",
                _("Mark what is too much, or press Esc."),
            )
        if volume is not self._volume:
            self.drop()
            raise UserError(_("The images changed: the proposal was dropped."), _("Click again."))
        self._held, self._volume = None, None
        self._layers.preview = None
        self._working_changed(False)
        record = self._outlines.working_on(volume)
        before = self._outlines.current(record, volume)
        mask = held.mask if before is None else union(before, held.mask)
        record = proposed_record(record, held)
        self._outlines.keep(record, mask, N_("Propose outline"), caveats=held.caveats)

    def _keep_marks(self) -> None:
        """Let the tool know that its marks still stand, though Enter was pressed."""
        room = self._host.room
        if room.tool is not None and room.tool.name == "mask_propose" and self._held is not None:
            room.tool_state = Marking(None, len(self._held.clicks))

    def _forget_marks(self) -> None:
        room = self._host.room
        if room.tool is not None and room.tool.name == "mask_propose":
            room.tool_state = room.tool.start()
