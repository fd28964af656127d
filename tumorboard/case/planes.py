"""Of which measurements a plane of the body can be told."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.model import Annotation
from tumorboard.case.model import Case, SeriesRef

#: Modalities whose pictures are projections, or lie nowhere in the patient.
_NO_CUTS: Final = frozenset({"CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG", "XC", "US"})
#: What the reservations of a scout view say.
_SCOUT: Final = "localizer"


def plane_words(case: Case, annotation: Annotation) -> str:
    """Return the plane of a measurement; empty where its pictures are no cuts of the patient."""
    uid = annotation.image.series_instance_uid
    series = next((s for s in case.series if s.series_instance_uid == uid), None)
    return annotation.image.plane.words if series is None or is_cut(series) else ""


def is_cut(series: SeriesRef) -> bool:
    """Whether the pictures of a series are cuts at known places, no projections or scouts."""
    scout = any(_SCOUT in caveat.lower() for caveat in series.caveats)
    lies = bool(series.plane) or series.kind == "volume"
    return lies and series.modality not in _NO_CUTS and not scout
