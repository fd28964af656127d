"""Measures vessels when the hand rests, and states what follows for the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QObject, QTimer

from tumorboard.app.measure import contact_settings
from tumorboard.app.vessel_measures import FACTS, Reading, ToFollow, follow, stated
from tumorboard.app.vessels import levels_of, tumours_of
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask, laid_on
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: Vessels are measured when the hand has rested so long (ms).
_REST_MS = 250

Key = tuple[Any, ...]
Outcome = Reading | str


class VesselMeasures(QObject):
    """Keeps the newest reading of each vessel; ``changed`` is told of more."""

    #: The name of the job that measures.
    JOB: ClassVar[str] = "measure vessels"

    def __init__(self, host: Host, changed: Callable[[], None]) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._changed = changed
        self._found: dict[str, tuple[Key, Outcome]] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REST_MS)
        self._later.timeout.connect(self._measure)

    @property
    def is_idle(self) -> bool:
        """Whether no measuring waits; one under way is a job of the window."""
        return not self._later.isActive()

    def stop(self) -> None:
        """Measure nothing more."""
        self._later.stop()

    def forget(self) -> None:
        """Let all readings go: another case is open."""
        self._found.clear()

    def soon(self) -> None:
        """Measure what is new when the hand has rested."""
        self._later.start()

    def readings(self) -> dict[str, Reading]:
        """Return the readings that hold for the vessels as they are, by their UID."""
        return {u: f for u, (_, f) in self._holding().items() if isinstance(f, Reading)}

    def problems(self) -> dict[str, str]:
        """Return why vessels could not be measured, by their UID."""
        return {u: f for u, (_, f) in self._holding().items() if isinstance(f, str)}

    def _holding(self) -> dict[str, tuple[Key, Outcome]]:
        case = self._host.case
        if case is None:
            return {}
        settings = self._settings()
        return {
            v.uid: self._found[v.uid]
            for v in case.vessels
            if v.uid in self._found and self._found[v.uid][0][:-1] == _key(case, v, settings)
        }

    def _settings(self) -> tuple[float, ...]:
        settings = self._host.settings
        tolerance = contact_settings(settings).tolerance_mm
        return tolerance, float(str(settings["vessel.hand_mm"]))

    def _on_show(self) -> dict[str, Volume]:
        case, displays = self._host.case, self._host.room.displays
        volumes = [d.volume for d in displays if d.volume is not None]
        slices = {} if case is None else {s.series_instance_uid: s.slices for s in case.series}
        return {
            v.series_instance_uid: v
            for v in volumes
            # One that has grown is measured when all its slices are on show.
            if v.loaded.all() and slices.get(v.series_instance_uid) == len(v.loaded)
        }

    def _measure(self) -> None:
        """Measure the vessels whose images are on show and that changed."""
        case, volumes = self._host.case, self._on_show()
        if case is None:
            return
        settings, items = self._settings(), []
        for vessel in case.vessels:
            volume = volumes.get(vessel.series_instance_uid)
            if volume is None:
                continue
            key = (*_key(case, vessel, settings), id(volume))
            held = self._found.get(vessel.uid)
            if held is None or held[0] != key:
                items.append((key, self._item(case, vessel, volume)))
        if not items:
            self._state()
            return

        def work(reporter: Reporter) -> list[tuple[str, Key, Outcome]]:
            return [(item.vessel.uid, key, _outcome(item, reporter)) for key, item in items]

        self._host.jobs.start(
            self.JOB,
            work,
            finished=self._measured,
            failed=lambda text: self._host.say(text, state="warning"),
        )

    def _item(self, case: Case, vessel: VesselPath, volume: Volume) -> ToFollow:
        levels, marks = levels_of(case, vessel)
        masses = {s: self._mask(s, volume) for s in tumours_of(case, vessel)}
        known = {s: m for s, m in masses.items() if m is not None}
        lumen = case.segmentation(vessel.lumen_uid) if vessel.lumen_uid else None
        inside = None if lumen is None or lumen.is_empty else self._mask(lumen, volume)
        used = [s.uid for s in known] + ([lumen.uid] if lumen is not None and inside else [])
        tolerance = contact_settings(self._host.settings)
        return ToFollow(
            vessel,
            volume,
            inside,
            {s.label: m for s, m in known.items() if s.role is Role.MASS},
            {s.label: m for s, m in known.items() if s.role is not Role.MASS},
            levels,
            (vessel.uid, *used, *marks),
            tolerance,
            self._settings()[1],
        )

    def _mask(self, record: Segmentation, volume: Volume) -> Mask | None:
        try:
            mask = self._host.session.mask_of(record)
            return laid_on(mask, volume.stack) or mask
        except UserError as error:
            self._host.say(str(error), state="warning")
            return None

    def _measured(self, found: list[tuple[str, Key, Outcome]]) -> None:
        for uid, key, outcome in found:
            self._found[uid] = key, outcome
        self._state()
        self._changed()

    def _state(self) -> None:
        session = self._host.session
        case = session.case
        if case is None:
            return
        measured = stated(case, list(self.readings().values()), session.measured)
        self._host.attempt(lambda: session.set_measured(measured, FACTS))


def _outcome(item: ToFollow, reporter: Reporter) -> Outcome:
    try:
        return follow(item)(reporter)
    except UserError as error:
        return str(error)


def _key(case: Case, vessel: VesselPath, settings: tuple[float, ...]) -> Key:
    """Return all that a reading depends on besides the images."""
    outlines = [*tumours_of(case, vessel)]
    lumen = case.segmentation(vessel.lumen_uid) if vessel.lumen_uid else None
    if lumen is not None:
        outlines.append(lumen)
    state = tuple((s.uid, s.digest, s.grid_digest, s.label) for s in outlines)
    levels = tuple(sorted(levels_of(case, vessel)[0].items()))
    series = (s for s in case.series if s.series_instance_uid == vessel.series_instance_uid)
    return vessel, state, levels, settings, tuple(s.slices for s in series)
