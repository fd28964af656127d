"""The list of measurements with the numbers of their slices, which the store's records know."""

from __future__ import annotations

from collections.abc import Mapping

from tumorboard.app.series_record import series_of
from tumorboard.case.measurement_list import ListedMeasurement, Pictures, measurement_list
from tumorboard.case.model import Case
from tumorboard.errors import UserError

__all__ = ["listed"]


def listed(case: Case, records: Mapping[str, bytes]) -> tuple[ListedMeasurement, ...]:
    """Return all that was measured in a case; for a worker thread.

    ``records`` are those of the series that are measured on, by their key; of a series without
    one, or with a damaged one, no slice is numbered.
    """
    known = {key: _pictures(record) for key, record in records.items()}
    return measurement_list(case, known.get)


def _pictures(record: bytes) -> Pictures | None:
    try:
        series = series_of(record)
    except UserError:
        return None  # opening the series says why
    objects: dict[tuple[str, int], int] = {}
    for k, instance in enumerate(series.instances):
        objects[instance.sop_instance_uid, instance.frame] = k
        # An object of one picture is named without a frame.
        if instance.frames == 1:
            objects[instance.sop_instance_uid, 0] = k
    instances = {i.sop_instance_uid: i.instance_number or 0 for i in series.instances}
    return Pictures(series.stack, objects, instances)
