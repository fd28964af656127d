"""Open what lies over a series: segmentations and structure sets, from a listed series."""

from __future__ import annotations

from collections.abc import Sequence

from tumorboard.dicom.contours import read_contours
from tumorboard.dicom.documents import Document, read_document, report_text
from tumorboard.dicom.frame_data import check_unchanged, failure_text
from tumorboard.dicom.segmentation import read_segmentation
from tumorboard.dicom.series import Series
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.overlay import OverlaySet, Picture
from tumorboard.language import _
from tumorboard.progress import Reporter

_READABLE = {"SEG", "RTSTRUCT"}


def can_overlay(series: Series) -> bool:
    """Whether `read_overlay` can open this series."""
    return series.kind == "overlay" and series.modality in _READABLE


def read_overlay(series: Series, reporter: Reporter | None = None) -> tuple[OverlaySet, ...]:
    """Return what each file of an overlay series says; for a worker thread.

    Raises
    ------
    UserError
        When a file cannot be read as what it says it is.
    CancelledError
        When the reporter was asked to stop.

    """
    if not can_overlay(series):
        raise UserError(_("This series cannot be laid over images."), _("Choose a segmentation."))
    found = []
    for instance in series.instances:
        try:
            check_unchanged(instance)
            if series.modality == "SEG":
                found.append(read_segmentation(instance.path, reporter))
            else:
                found.append(read_contours(instance.path))
        except CancelledError:
            raise
        except Exception as error:
            raise _user_error(instance.path.name, error) from error
    return tuple(found)


def overlay_series(
    series: Series, overlays: Sequence[OverlaySet], candidates: Sequence[Series]
) -> list[Series]:
    """Return the series, of ``candidates``, that overlays lie on.

    Those that they name, and of these the parts with images that they name; else those of the
    same frame of reference and study.
    """
    named = {uid for o in overlays for uid in o.series_instance_uids}
    frames = {o.frame_of_reference_uid for o in overlays if o.frame_of_reference_uid}
    images = [c for c in candidates if c.has_pixels and c.patient.may_be(series.patient)]
    found = [c for c in images if c.series_instance_uid in named]
    pictures = frozenset[Picture]().union(*(o.pictures for o in overlays))
    drawn_on = [c for c in found if c.holds_any(pictures)]
    return drawn_on or found or [c for c in images if c.frame_of_reference_uid in frames]


def open_document(series: Series) -> Document:
    """Return the document of a listed series, only when somebody asks for it.

    Raises
    ------
    UserError
        When there is none.

    """
    instance = series.instances[0]
    try:
        check_unchanged(instance)
        return read_document(instance.path)
    except Exception as error:
        raise _user_error(instance.path.name, error) from error


def open_report(series: Series) -> str:
    """Return the structured reports of a listed series as plain text.

    Raises
    ------
    UserError
        When one cannot be read.

    """
    texts = []
    for instance in series.instances:
        try:
            check_unchanged(instance)
            texts.append(report_text(instance.path))
        except Exception as error:
            raise _user_error(instance.path.name, error) from error
    return "\n\n".join(texts)


def _user_error(name: str, error: Exception) -> UserError:
    return UserError(
        _("“{name}” cannot be opened: {failure_text}", name=name, failure_text=failure_text(error)),
        _("Import it again."),
    )
