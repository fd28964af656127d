"""Whether what an edit puts into a case lies on images of that case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tumorboard.annotations.model import Annotation
from tumorboard.app.edits import Edit
from tumorboard.case.codec import Part
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.errors import UserError
from tumorboard.language import _


def series_drawn_on(edit: Edit) -> frozenset[str]:
    """Return the names of the series that an edit newly draws something on.

    What stays on its series, such as a changed label, is none of them.
    """
    pairs = ((_series_of(c.before), _series_of(c.after)) for c in edit.changes)
    return frozenset(after for before, after in pairs if after and after != before)


def _series_of(part: Part | None) -> str:
    if isinstance(part, Annotation):
        return part.image.series_instance_uid
    return part.series_instance_uid if isinstance(part, Segmentation | VesselPath) else ""


def check_belongs(
    case: Case, edit: Edit, body_of: Callable[[str], Mapping[str, Any] | None]
) -> None:
    """Refuse an edit that draws in a case on series of another one.

    ``body_of`` gives what the store holds of a listed series, None where it has none. Series
    that the store does not hold at all are let pass: nobody can have drawn on them here.

    Raises
    ------
    UserError
        When one of the series is not of the case.

    """
    listed = {uid for r in case.series for uid in (r.series_instance_uid, r.whole_uid)}
    if any(body_of(uid) is not None for uid in series_drawn_on(edit) - listed):
        raise UserError(
            _("What was drawn lies on images of another case; it was not stored."),
            _("Open the case that these images belong to and draw it there."),
        )
