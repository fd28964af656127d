"""A small CT and PET taken together, with what others made of them, for tests."""

from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import PositronEmissionTomographyImageStorage, RTStructureSetStorage, generate_uid

from tests.dicom.make import ct_slice, write, write_slices
from tests.dicom.test_foreign import coordinates, planar, report

#: Centre (LPS mm), radius (mm) and value of the hot ball; the rest has a tenth of it.
HOT, RADIUS, UPTAKE = np.array([12.0, -8.0, 40.0]), 14.0, 10000.0
STUDY, CT, PET = "1.2.88.1", "1.2.88.1.1", "1.2.88.1.2"
CT_SPACING, CT_STEP, CT_COUNT, CT_SHAPE = (1.2, 1.2), 3.0, 28, (96, 110)
CT_ORIGIN = np.array([-60.0, -62.0, 0.0])
PET_SPACING, PET_STEP, PET_COUNT, PET_SHAPE = (4.0, 4.0), 4.0, 21, (32, 34)
PET_ORIGIN = np.array([-64.0, -66.0, 0.0])


def _distance(origin, spacing, step, count, shape) -> np.ndarray:
    k, i, j = np.indices((count, *shape)).astype(float)
    x = origin[0] + j * spacing[1] - HOT[0]
    y = origin[1] + i * spacing[0] - HOT[1]
    return np.sqrt(x**2 + y**2 + (origin[2] + k * step - HOT[2]) ** 2)


def ct_ball() -> np.ndarray:
    """Whether CT voxels lie in the ball, shape (slices, rows, columns)."""
    return _distance(CT_ORIGIN, CT_SPACING, CT_STEP, CT_COUNT, CT_SHAPE) <= RADIUS


def write_ct(folder: Path) -> list[Path]:
    positions = CT_ORIGIN + np.outer(np.arange(CT_COUNT) * CT_STEP, [0, 0, 1.0])
    values = np.where(ct_ball(), 1024 + 60, 1024 - 100).astype(np.int16)
    return write_slices(
        folder,
        CT_COUNT,
        spacing=CT_SPACING,
        positions=positions,
        values=values,
        study_uid=STUDY,
        series_uid=CT,
        change=lambda ds, _: setattr(ds, "SeriesDescription", "CT"),
    )


def write_pet(folder: Path, frame_of_reference: str = f"{STUDY}.9") -> None:
    """A PET in Bq/mL with all that SUV by body weight needs: 10 kBq/mL are SUV 5 here."""
    away = _distance(PET_ORIGIN, PET_SPACING, PET_STEP, PET_COUNT, PET_SHAPE)
    values = np.where(away <= RADIUS, UPTAKE, UPTAKE / 10).astype(np.uint16)
    for k in range(PET_COUNT):
        position = PET_ORIGIN + [0, 0, k * PET_STEP]
        ds = ct_slice(
            values[k],
            position,
            number=k + 1,
            spacing=PET_SPACING,
            study_uid=STUDY,
            series_uid=PET,
            thickness=PET_STEP,
        )
        _as_pet(ds, frame_of_reference)
        write(ds, folder / f"PT{k:03d}.dcm")


def _as_pet(ds: Dataset, frame_of_reference: str) -> None:
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = PositronEmissionTomographyImageStorage
    ds.Modality, ds.SeriesDescription, ds.Units = "PT", "PET corrected", "BQML"
    ds.RescaleIntercept = 0
    ds.FrameOfReferenceUID = frame_of_reference
    del ds.WindowCenter, ds.WindowWidth
    ds.CorrectedImage, ds.DecayCorrection = ["ATTN", "DECY"], "START"
    ds.PatientWeight = 70.0
    ds.SeriesDate = ds.AcquisitionDate = "20260302"
    ds.SeriesTime = ds.AcquisitionTime = "100000"
    tracer = Dataset()
    tracer.RadiopharmaceuticalStartTime = "100000"
    tracer.RadionuclideTotalDose = 140e6
    tracer.RadionuclideHalfLife = 6586.2
    ds.RadiopharmaceuticalInformationSequence = [tracer]


def sources(files: list[Path]) -> list[Dataset]:
    found = [pydicom.dcmread(f) for f in files]
    for ds in found:
        for name in ("StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"):
            setattr(ds, name, "")
        ds.SoftwareVersions = "1"
    return found


def write_segmentation(folder: Path, images: list[Dataset]) -> Dataset:
    described = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label="Hot ball",
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Neoplasm,
        algorithm_type="MANUAL",
        display_color=hd.color.CIELabColor(70.0, -50.0, 40.0),
    )
    seg = hd.seg.Segmentation(
        source_images=images,
        pixel_array=ct_ball().astype(np.uint8),
        segmentation_type="BINARY",
        segment_descriptions=[described],
        series_instance_uid="1.2.88.1.3",
        series_number=3,
        sop_instance_uid=generate_uid(entropy_srcs=["seg88"]),
        instance_number=1,
        manufacturer="Acme",
        manufacturer_model_name="Segmenter",
        software_versions="1",
        device_serial_number="1",
        omit_empty_frames=True,
        series_description="Lesions",
    )
    folder.mkdir(parents=True, exist_ok=True)
    seg.save_as(folder / "seg.dcm")
    return seg


def write_structures(folder: Path, images: list[Dataset], frame_of_reference: str = "") -> None:
    """Circles of twice the radius on each CT slice of the ball."""
    ds = ct_slice(np.zeros((2, 2), np.int16), CT_ORIGIN, study_uid=STUDY, series_uid="1.2.88.1.4")
    del ds.PixelData, ds.Rows, ds.Columns, ds.PixelSpacing, ds.ImagePositionPatient
    del ds.ImageOrientationPatient
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    ds.Modality, ds.StructureSetLabel, ds.Manufacturer = "RTSTRUCT", "PLAN", "Acme"
    ds.SeriesDescription = "Plan"
    frame = frame_of_reference or images[0].FrameOfReferenceUID
    roi, drawn = Dataset(), Dataset()
    roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID = 1, "Margin", frame
    drawn.ReferencedROINumber, drawn.ROIDisplayColor = 1, [255, 120, 0]
    drawn.ContourSequence = []
    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    for image in images:
        z = float(image.ImagePositionPatient[2])
        half = 4 * RADIUS**2 - (z - HOT[2]) ** 2
        if half > 1:
            line = np.stack([np.cos(t), np.sin(t), 0 * t], 1) * np.sqrt(half) + [*HOT[:2], z]
            contour = Dataset()
            contour.ContourGeometricType = "CLOSED_PLANAR"
            contour.NumberOfContourPoints = len(line)
            contour.ContourData = [f"{v:.4f}" for v in line.ravel()]
            drawn.ContourSequence.append(contour)
    ds.StructureSetROISequence, ds.ROIContourSequence = [roi], [drawn]
    write(ds, folder / "rtstruct.dcm")


def write_report(folder: Path, images: list[Dataset]) -> Path:
    """An outline of the ball on the slice through its middle, in a structured report."""
    k = int(np.argmin([abs(float(d.ImagePositionPatient[2]) - HOT[2]) for d in images]))
    column = (HOT[0] - CT_ORIGIN[0]) / CT_SPACING[1] + 0.5
    row = (HOT[1] - CT_ORIGIN[1]) / CT_SPACING[0] + 0.5
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    r = RADIUS / CT_SPACING[0]
    corners = [(column + r * np.cos(a), row + r * np.sin(a)) for a in t]
    region = coordinates("POLYLINE", [*corners, corners[0]], images[k])
    folder.mkdir(parents=True, exist_ok=True)
    return report(folder, images, [planar(region, "Target 1")])


def write_all(folder: Path) -> None:
    """CT, PET, segmentation, structure set and report of one study."""
    images = sources(write_ct(folder / "ct"))
    write_pet(folder / "pet")
    write_segmentation(folder / "seg", images)
    write_structures(folder / "rt", images)
    write_report(folder / "sr", images)
