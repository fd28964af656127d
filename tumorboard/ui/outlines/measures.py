"""Measures outlines in three dimensions when the hand rests, and what follows for the case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QObject, QTimer

from tumorboard.app import outlining
from tumorboard.app.measure import tissue_ranges
from tumorboard.app.outlining import ToMeasure
from tumorboard.case.measured import index_mass, state_of
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.imaging.mask_diameters import Convention
from tumorboard.imaging.mask_mass import MassMeasures, solid_share
from tumorboard.imaging.mask_model import laid_on
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.ui.outlines.layers import OutlineLayers
from tumorboard.ui.outlines.rows import share_lines, volume_text

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: Outlines are measured when the hand has rested so long (ms).
_MEASURE_MS = 400

#: From this volume on it is said that a solid part reaches beyond its mass.
_SEEN_ML = 0.05


class OutlineMeasures(QObject):
    """Keeps what was measured on each state of each outline; ``changed`` is told of more."""

    #: The name of the job that measures.
    JOB: ClassVar[str] = "measure outlines"

    def __init__(self, host: Host, layers: OutlineLayers, changed: Callable[[], None]) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._layers = layers
        self._changed = changed
        self.found: dict[tuple[str, str, str], MassMeasures] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_MEASURE_MS)
        self._later.timeout.connect(self._measure)

    def stop(self) -> None:
        """Measure nothing more."""
        self._later.stop()

    @property
    def is_idle(self) -> bool:
        """Whether no measuring waits; one under way is a job of the window."""
        return not self._later.isActive()

    def soon(self) -> None:
        """Measure what is new when the hand has rested."""
        self._later.start()

    def of(self, record: Segmentation | None) -> MassMeasures | None:
        """Return what was measured on an outline as it is now, None while that is not known."""
        return None if record is None else self.found.get(_state(record))

    def _measure(self) -> None:
        """Measure the outlines whose images are on show and that changed."""
        items = []
        for record, volume in self._on_show():
            if record.is_empty or _state(record) in self.found:
                continue
            mask = self._layers.mask(record)
            laid = None if mask is None else laid_on(mask, volume.stack)
            if laid is not None:
                items.append(ToMeasure(record, laid, volume))
        if not items:
            self._state_facts()
            return
        settings = self._host.settings
        convention = Convention.CENTRES if settings["measure.centres"] else Convention.OUTER_EDGES
        self._host.jobs.start(
            self.JOB,
            outlining.measured(tuple(items), convention, tissue_ranges(settings)),
            finished=partial(self._measured, {i.record.uid: _state(i.record) for i in items}),
            failed=lambda text: self._host.say(text, state="warning"),
        )

    def _on_show(self) -> list[tuple[Segmentation, Volume]]:
        case = self._host.case
        volumes = [d.volume for d in self._host.room.displays if d.volume is not None]
        slices = {} if case is None else {s.series_instance_uid: s.slices for s in case.series}
        by_series = {
            v.series_instance_uid: v
            for v in volumes
            # One that has grown is measured when all its slices are on show.
            if v.loaded.all() and slices.get(v.series_instance_uid) == len(v.loaded)
        }
        return [
            (s, by_series[s.series_instance_uid])
            for s in (case.segmentations if case is not None else ())
            if s.series_instance_uid in by_series
        ]

    def _measured(
        self, states: dict[str, tuple[str, str, str]], found: dict[str, MassMeasures]
    ) -> None:
        for uid, measures in found.items():
            self.found[states[uid]] = measures
        self._state_facts()
        self._changed()

    def _state_facts(self) -> None:
        case = self._host.case
        if case is None:
            return
        known = {
            s.uid: self.found[_state(s)]
            for s in case.segmentations
            if _state(s) in self.found and state_of(case, s.uid) is not None
        }
        facts = outlining.index_facts(case, known)
        if facts is not None:
            names = ("diameters_cm",)
            self._host.attempt(lambda: self._host.session.set_measured(facts, names))

    def component_sentences(self) -> tuple[str, ...]:
        """Return what the index mass of the open case consists of; empty while not measured."""
        case = self._host.session.case
        record = None if case is None else index_mass(case)
        measures = self.of(record)
        if measures is None:
            return ()
        limits = [c.text for c in measures.caveats]
        return ("; ".join(text.rstrip(".") for text in (*share_lines(measures.shares), *limits)),)

    def solid_words(self, case: Case, record: Segmentation | None) -> str:
        """Return how much of its mass a solid component is."""
        if record is None or record.role is not Role.SOLID or record.is_empty:
            return ""
        parents = [
            s
            for s in case.segmentations
            if s.role is Role.MASS and s.grid_digest == record.grid_digest and not s.is_empty
        ]
        parent = next((s for s in parents if s.uid == record.parent_uid), None)
        parent = parent or max(parents, key=lambda s: s.volume_mm3 or 0.0, default=None)
        if parent is None:
            return ""
        one, other = self._layers.mask(parent), self._layers.mask(record)
        if one is None or other is None:
            return ""
        share = solid_share(one, other)
        whole = _(
            "{percent:.0f} % of {outline} ({volume})",
            percent=100 * share.share,
            outline=parent.label,
            volume=volume_text(share.parent_ml),
        )
        outside = share.outside_ml
        return (
            _("{share}; {volume} of it outside", share=whole, volume=volume_text(outside))
            if outside >= _SEEN_ML
            else whole
        )


def _state(record: Segmentation) -> tuple[str, str, str]:
    """Return what its measures depend on: its voxels and where the slices lie."""
    return record.uid, record.digest, record.grid_digest
