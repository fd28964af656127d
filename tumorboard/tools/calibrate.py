"""Calibration: drag along something of known length and type the length."""

from __future__ import annotations

from typing import ClassVar

from tumorboard.annotations.calibration import REPLACEABLE, calibration_of
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.quantity import parse_quantity
from tumorboard.tools.gesture import Ask, Pointer, Scene, Step, draw
from tumorboard.tools.two_points import Drag, DraggedTool, follow

#: Longest length that can be meant (mm): a body lies within it.
_LONGEST_MM = 3000.0
_HOW = _("Nothing was calibrated: drag again and type millimetres, such as 25, or 2.5 cm.")


class CalibrationTool(DraggedTool):
    """States the length of a line on images whose file gives none, for their whole series."""

    name: ClassVar[str] = "calibration"
    label: ClassVar[str] = _("Calibrate by a known length")
    key: ClassVar[str] = "D"
    words: ClassVar[str] = _(
        "Calibrate: drag along something of known length, then type the length."
    )

    def step(self, state: Drag | None, pointer: Pointer) -> Step:
        """Follow the drag; on release ask for the length, where the images need one."""
        drag = follow(state, pointer)
        if drag is None:
            return Step(None)
        if not drag.finished:
            return Step(drag, preview=(_line(drag, pointer.scene, 0.0),))
        source = pointer.scene.reference((drag.start, drag.end)).calibration
        if source not in REPLACEABLE:
            return Step(
                None,
                message=_("These images are calibrated already ({source}).", source=source.words),
            )

        def finish(typed: str) -> Step:
            return Step(None, commit=(_line(drag, pointer.scene, known_length_mm(typed)),))

        return Step(None, ask=Ask(_("Calibrate"), _("Length in mm (or with cm)"), finish))


def _line(drag: Drag, scene: Scene, known_mm: float) -> Annotation:
    """Draw the line; a known length replaces the one that its picture had."""
    points = (drag.start, drag.end)
    old = calibration_of(scene.existing, scene.reference(points))
    uid = old.uid if old is not None and known_mm else ""
    kind = Kind.CALIBRATION if known_mm else Kind.LENGTH
    return draw(kind, points, scene, uid=uid, known_mm=known_mm)


def known_length_mm(typed: str) -> float:
    """Return a typed length in mm: "25", "25.4 mm", "2,5 cm".

    Raises
    ------
    UserError
        When it is no length above zero and within a body.

    """
    if not typed.strip():
        raise UserError(_("No length was typed."), _HOW)
    try:
        value = parse_quantity(typed, "mm")
    except ValueError as error:
        raise UserError(str(error), _HOW) from None
    if value <= 0:
        raise UserError(_("A length is more than zero."), _HOW)
    if value > _LONGEST_MM:
        raise UserError(
            _("No body is longer than {metres:.0f} m.", metres=_LONGEST_MM / 1000), _HOW
        )
    return value
