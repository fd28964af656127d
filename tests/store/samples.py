"""Small records for the tests of the store and the session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.case.model import Patient, SeriesRef
from tumorboard.case.saved_view import Extent, FusedWith, SavedPicture, SavedView
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.imaging.volume import Window
from tumorboard.store.audit import Stamp
from tumorboard.store.intake import Incoming

STAMP = Stamp("Dr Sample", "2026-01-02T03:04:05Z")

ANNA = Patient(uid="", name="ZZTEST^ANNA", patient_id="Z-1", birth_date="19600101", sex="F")
BERT = Patient(uid="", name="ZZTEST^BERT", patient_id="Z-2", birth_date="19610101", sex="M")
NOBODY = Patient(uid="")


def annotation(uid: str, x: float = 0.1, **changes: Any) -> Annotation:
    """An axial length from (x, 2, 3) to (x + 10, 2, 3) mm."""
    image = ImageReference("1.2.3", "1.2.3.4", ("1.2.3.4.5",), "1.2.9", Plane.AXIAL)
    drawn = Annotation(
        uid=uid,
        kind=Kind.LENGTH,
        points=((x, 2.0, 3.0), (x + 10, 2.0, 3.0)),
        normal=(0.0, 0.0, 1.0),
        image=image,
        author="Dr Sample",
        created_utc="2026-01-02T03:04:05Z",
    )
    return replace(drawn, **changes)


def view(uid: str, **changes: Any) -> SavedView:
    """A turned slab of a fused series beside a prior one, zoomed and flipped."""
    spec = CutSpec(Plane.CORONAL, (1.0, 0.0, 0.0), (0.0, 0.6, -0.8), 10.0, SlabMode.MEAN, 3)
    extent = Extent((0.1, 0.2, 0.3), 123.4, 98.7, flip_horizontal=True)
    first = SavedPicture(
        *(0, "coronal", "1.2.3.4", spec, (1.0, 2.0, 3.0), extent, Window(40.5, 400, "SIGMOID")),
        window_name="liver",
        inverted=True,
        overlays=("1.2.9|1",),
        fused=FusedWith("1.2.3.5", "hot iron", 0.4, 3.5, 7.0),
    )
    plain = CutSpec(Plane.AXIAL)
    second = SavedPicture(
        1, "", "1.2.3.6", plain, (0, 0, 0.5), Extent((0, 0, 0), 9, 9), Window(0, 1)
    )
    held = SavedView(
        uid, "Mass", "pair", (first, second), 1, True, False, False, "Dr Sample", STAMP.utc
    )
    return replace(held, **changes)


def incoming(
    number: int, patient: Patient = ANNA, study: int = 1, slices: int = 10, where: str = "a"
) -> Incoming:
    """A series ``number`` of study ``study``, its files lying in ``where``."""
    ref = SeriesRef(
        series_instance_uid=f"1.2.{study}.{number}",
        study_instance_uid=f"1.2.{study}",
        modality="CT",
        description="Abdomen",
        study_date="20260101",
        slices=slices,
        rows=512,
        columns=512,
        kind="volume",
        caveats=("uneven-spacing",),
    )
    files = [{"file": f"{where}/{n}.dcm", "offset": 1000 + n} for n in range(slices)]
    return Incoming(ref, {"files": files}, patient)
