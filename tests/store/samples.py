"""Small records for the tests of the store and the session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.case.model import Patient, SeriesRef
from tumorboard.case.saved_curve import Level, SavedCurve
from tumorboard.case.saved_view import Extent, FusedWith, SavedPicture, SavedView
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.case.vessel import Correction, Stretch, VesselPath, Word
from tumorboard.imaging.curved import CurvedMode
from tumorboard.imaging.geometry import Caveat, Plane, SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.vessel.contact_profile import Extent as ProfileExtent
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


def curve(**changes: Any) -> SavedCurve:
    """The curved view of a short vena cava, turned, with a level and a stretch of contact."""
    held = SavedCurve(
        *("p1", "IVC", ((0.0, 0.0, 0.1), (0.0, 0.5, 25.0), (0.0, 1.0, 50.0))),
        *(CurvedMode.STRETCHED, -35.0, 12.5, (61.5, 50.25)),
        levels=(Level("Right renal vein", 25.0, short="RRV"), Level("Cranial end", 40, True)),
        contact=ProfileExtent(10.0, 20.0),
        said=("IVC: contact of 90° over 1.0 cm.",),
        measured_from=(("s1", "d" * 64),),
    )
    return replace(held, **changes)


def curved_view(uid: str, **changes: Any) -> SavedView:
    """A curved view of a vessel beside the axial plane."""
    axial, point = CutSpec(Plane.AXIAL), (0.0, 0.25, 12.5)
    flat, bent = Extent(point, 300, 300), Extent(point, 61.5, 50.25)
    pictures = (
        SavedPicture(0, "axial", "1.2.3.4", axial, point, flat, Window(40, 400)),
        SavedPicture(
            *(0, "curved", "1.2.3.4", axial, point, bent, Window(40, 400)),
            curve=changes.pop("curve", None) or curve(),
        ),
    )
    return replace(SavedView(uid, "Vein", "vessel", pictures, 1), **changes)


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


def uneven_stack() -> SliceStack:
    """Seven oblique slices with one missing, 20 x 24 pixels of 0.7 x 0.8 mm."""
    right, down = np.array([0.8, 0.6, 0.0]), np.array([-0.6, 0.8, 0.0])
    places = np.array([0.0, 2.5, 5.0, 7.5, 12.5, 15.0, 17.5])
    return SliceStack(places[:, None] * [0.0, 0.0, 1.0], right, down, (0.7, 0.8), 20, 24)


def blob(low: int = 4, high: int = 12, stack: SliceStack | None = None) -> Mask:
    """A block with a bite, on slices 1 to 5."""
    stack = stack or uneven_stack()
    voxels = np.zeros(stack.shape, bool)
    voxels[1:6, low:high, 5:15] = True
    voxels[2, low, 5:7] = False
    return Mask.of(voxels, stack)


def segmentation(uid: str, **changes: Any) -> Segmentation:
    """The record of a mass, without voxels yet."""
    record = Segmentation(
        *(uid, "Mass", Role.MASS, "1.2.3", "1.2.3.4", "1.2.9"),
        lesion_uid="L1",
        method="drawn",
        colour=2,
        author="Dr Sample",
        created_utc=STAMP.utc,
        caveats=(Caveat("missing-slices", "Slices are missing."),),
    )
    return replace(record, **changes)


def vessel(uid: str, **changes: Any) -> VesselPath:
    """A traced vena cava with a level, a correction and a word."""
    corner = ((0.1, 0.2, 0.3), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    path = VesselPath(
        *(uid, "IVC", "1.2.3", "1.2.3.4", "1.2.9"),
        anchors=((0.0, 0.0, 0.1), (0.0, 1.0, 50.0)),
        pieces=(((0.0, 0.0, 0.1), (0.5, 0.5, 20.0), (0.0, 1.0, 50.0)),),
        traced=True,
        landmarks=(("right renal vein", (0.0, 0.5, 25.0)),),
        lumen_uid="s2",
        mass_uids=("s1", "s3"),
        corrections=(
            Correction(12.5, 90.0, (), "Dr Sample", STAMP.utc),
            Correction(13.5, None, corner, "Dr Sample", STAMP.utc),
        ),
        words=(Stretch(10.0, 20.0, Word.TUMOUR, "Dr Sample", STAMP.utc),),
        author="Dr Sample",
        created_utc=STAMP.utc,
    )
    return replace(path, **changes)
