"""What those hear of a view who do not see it: the series, the plane and where the cut lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tumorboard.imaging.view_cut import cut_words
from tumorboard.language import _
from tumorboard.ui.viewer import painting

if TYPE_CHECKING:
    from tumorboard.ui.viewer.image_view import ImageView


def tell_place(view: ImageView, frame: painting.Frame) -> None:
    """Name a view by its series and plane, and describe it by slice, window and reservations.

    Who it is stays out: a name is read aloud.
    """
    volume, spec, title = frame.volume, frame.spec, view.display.title
    plane = cut_words(volume, spec) if volume.is_placed else ""
    parts = (title.description, title.modality, title.date, plane)
    name = _("Image: {series}", series=", ".join(part for part in parts if part))
    told = (
        painting.where_words(volume, spec, view.display.point),
        painting.window_said(view.display),
        *painting.reservations(view, frame),
    )
    description = ", ".join(part for part in told if part)
    if (name, description) != (view.accessibleName(), view.accessibleDescription()):
        view.setAccessibleName(name)
        view.setAccessibleDescription(description)
