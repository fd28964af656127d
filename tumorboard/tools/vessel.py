"""IVC: one click per level and per end of the tumour inside the vein."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from tumorboard.annotations.kinds import MARKS as KINDS_OF_MARKS
from tumorboard.annotations.kinds import kind_of_role
from tumorboard.annotations.model import Annotation, Landmark, TumourEnd
from tumorboard.language import _
from tumorboard.tools.gesture import Phase, Pointer, Step, draw

#: The order in which marks are asked for.
MARKS: Final[tuple[Landmark | TumourEnd, ...]] = (
    TumourEnd.CAUDAL,
    TumourEnd.CRANIAL,
    Landmark.ILIAC_CONFLUENCE,
    Landmark.RENAL_VEINS,
    Landmark.LIVER_ENTRY,
    Landmark.HEPATIC_VEINS,
    Landmark.CAVOATRIAL_JUNCTION,
)

MARK_LABELS: Final[dict[str, str]] = {
    TumourEnd.CAUDAL: _("Tumour in the vein, lower end"),
    TumourEnd.CRANIAL: _("Tumour in the vein, upper end"),
    Landmark.ILIAC_CONFLUENCE: _("Iliac confluence"),
    Landmark.RENAL_VEINS: _("Renal veins"),
    Landmark.LIVER_ENTRY: _("IVC enters the liver"),
    Landmark.HEPATIC_VEINS: _("Hepatic veins"),
    Landmark.CAVOATRIAL_JUNCTION: _("Cavo-atrial junction"),
}

#: The same on the images, where room is short.
MARK_SHORT_LABELS: Final[dict[str, str]] = {
    **MARK_LABELS,
    TumourEnd.CAUDAL: _("Lower end"),
    TumourEnd.CRANIAL: _("Upper end"),
    Landmark.LIVER_ENTRY: _("Liver entry"),
}


def short_label(mark: Annotation) -> str:
    """Return the name of a mark on the images; of one that is only proposed with a "?"."""
    name = MARK_SHORT_LABELS[mark.role]
    return f"{name}?" if mark.proposed else name


def next_mark(existing: Sequence[Annotation], after: str = "") -> str:
    """Return the first mark that is not set yet, looking from ``after`` on; "" when all are."""
    marked = {a.role for a in existing if a.kind in KINDS_OF_MARKS}
    names = [str(mark) for mark in MARKS]
    begin = names.index(after) + 1 if after in names else 0
    return next((n for n in names[begin:] + names[:begin] if n not in marked), "")


class VesselTool:
    """Marks the levels along the inferior vena cava and the tumour's extent in it.

    The state is the mark that the next click sets; empty: the first that is missing.
    """

    name: ClassVar[str] = "vessel"
    label: ClassVar[str] = _("IVC levels and tumour ends")
    key: ClassVar[str] = "V"
    cursor: ClassVar[str] = "cross"

    def start(self) -> str:
        """Ask for the first missing mark."""
        return ""

    def claims_handles(self, state: str) -> bool:
        """Take every press while a mark is asked for: levels often lie on one another."""
        return bool(state)

    def hint(self, state: str) -> str:
        """Name the mark that the next click sets."""
        label = MARK_LABELS.get(state)
        if label is None:
            return _("IVC: click the level, or choose another one in the Lesions tab.")
        return _("IVC: click on “{label}”. Choose another level in the Lesions tab.", label=label)

    def step(self, state: str, pointer: Pointer) -> Step:
        """Set the mark where the pointer is pressed."""
        if pointer.phase is not Phase.PRESS:
            return Step(state)
        if not pointer.scene.is_placed:
            return Step(
                state, message=_("These pictures do not say where they lie: no levels here.")
            )
        role = state or next_mark(pointer.scene.existing)
        if not role:
            return Step(state, message=_("All levels are marked. Drag a mark to correct it."))
        kind = kind_of_role(role)
        old = next((a for a in pointer.scene.existing if a.kind is kind and a.role == role), None)
        uid = old.uid if old else ""
        drawn = draw(kind, (pointer.point,), pointer.scene, role=role, uid=uid)
        return Step(next_mark((*pointer.scene.existing, drawn), role), commit=(drawn,))
