"""What is known of a series without its files: its record in the store, and how a case lists it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tumorboard.app.case_repository import AWAITED, open_body
from tumorboard.case.model import SeriesRef
from tumorboard.errors import UserError
from tumorboard.language import _

if TYPE_CHECKING:
    from tumorboard.dicom.series import Series

#: How a series is known: its record as it lies in the store, or its body.
Record = bytes | Mapping[str, Any]


def series_of(record: Record) -> Series:
    """Return the series that a record describes; parses no file.

    Raises
    ------
    UserError
        When the record is damaged, or the images have not come yet.

    """
    from tumorboard.dicom.series import Series

    body = open_body(record) if isinstance(record, bytes) else dict(record)
    if body == AWAITED:
        raise UserError(
            _("The images of this series are not here yet."),
            _("Import their folder; everything that was drawn on them is kept."),
        )
    try:
        return Series.from_json(body)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            _("The record of this series in the store is damaged."),
            _("Import the folder of the series again."),
            details=type(error).__name__,
        ) from error


def series_ref(series: Series) -> SeriesRef:
    """Return what lists a series.

    A DICOM series that had to be split is listed as several, each under a name of its own.
    """
    from tumorboard.dicom.describe import describe

    seems = describe(series)
    # Name the first, the middle and the last picture.
    count = series.slices
    some = (series.instances[k] for k in sorted({0, count // 2, count - 1}))
    return SeriesRef(
        series_instance_uid=series.uid,
        part_of="" if series.uid == series.series_instance_uid else series.series_instance_uid,
        study_instance_uid=series.study_instance_uid,
        modality=series.modality,
        description=series.info.series_description or series.info.study_description,
        study_date=series.info.study_date,
        slices=series.slices,
        rows=series.rows,
        columns=series.columns,
        kind=series.kind,
        plane=series.plane,
        body_part=seems.body_part.value,
        caveats=tuple(c.text for c in series.caveats),
        phase=seems.phase.value,
        phase_evidence=seems.phase.evidence,
        kernel=seems.kernel,
        thickness_mm=seems.thickness,
        samples=tuple(f"{i.sop_instance_uid} {i.frame}" for i in some),
    )
