"""The elements of the file behind a picture of the case."""

from __future__ import annotations

from tumorboard.app.series_record import Record, series_of
from tumorboard.dicom.gate import RefusedError
from tumorboard.dicom.tags import TagRow, TagSheet, read_tags
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter

__all__ = ["TagRow", "TagSheet", "tags_of"]


def tags_of(record: Record, sop_instance_uid: str, reporter: Reporter) -> TagSheet:
    """Read the file of one picture of a series; for a worker thread.

    Raises
    ------
    UserError
        When its file is gone, broken, or holds another picture by now.
    CancelledError
        When another picture was asked for meanwhile.

    """
    series = series_of(record)
    found = (i for i in series.instances if i.sop_instance_uid == sop_instance_uid)
    instance = next(found, None)
    if instance is None:
        raise UserError(
            _("No file of this case is known for this picture."), _("Import the folder again.")
        )
    try:
        sheet = read_tags(instance.path, reporter)
    except RefusedError as error:
        raise UserError(_("The elements cannot be shown. {error}", error=error)) from error
    # A file without a UID of its own goes by one that was made of its content.
    if sheet.sop_instance_uid and sheet.sop_instance_uid != sop_instance_uid:
        raise UserError(
            _("The file of this picture holds another one by now."), _("Import the folder again.")
        )
    return sheet
