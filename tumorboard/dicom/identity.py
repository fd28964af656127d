"""Whose and which series a file is of, and whether it is a picture at all."""

from __future__ import annotations

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.instance import PatientIdentity, SeriesInfo, derived_uid
from tumorboard.dicom.moment import date_of
from tumorboard.dicom.rescale import rescale_of, unit_of
from tumorboard.dicom.suv import Uptake, uptake
from tumorboard.imaging.geometry import BURNED_IN
from tumorboard.language import _

#: Modalities of objects without a picture of their own, with what they are.
DOCUMENT_MODALITIES = {
    "SR": _("a structured report"),
    "DOC": _("a document"),
    "KO": _("a selection of key images"),
    "M3D": _("a three-dimensional model"),
    "PLAN": _("a plan"),
    "RTPLAN": _("a radiotherapy plan"),
    "RWV": _("a real world value map"),
    "REG": _("a registration"),
    "FID": _("a list of fiducials"),
    "ECG": _("a recording"),
}
OVERLAY_MODALITIES = {
    "SEG": _("a segmentation"),
    "RTSTRUCT": _("a set of contours"),
    "RTDOSE": _("a dose distribution"),
    "PR": _("a presentation state"),
}
_DOCUMENT_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.104.",
    "1.2.840.10008.5.1.4.1.1.88.",
    "1.2.840.10008.5.1.4.1.1.9.",
)


def kind_without_pixels(modality: str, sop_class_uid: str) -> str | None:
    """Return "document" or "overlay" for objects that are listed but not shown, else None."""
    if modality in OVERLAY_MODALITIES or sop_class_uid.startswith("1.2.840.10008.5.1.4.1.1.11."):
        return "overlay"
    if modality in DOCUMENT_MODALITIES or sop_class_uid.startswith(_DOCUMENT_CLASSES):
        return "document"
    return None


def series_info(dataset: Dataset) -> tuple[SeriesInfo, list[str]]:
    """Return what the file says of its patient, study and series, and the flaws in it.

    A missing study or series UID is made from the values around it, the same each time.
    """
    patient = PatientIdentity(
        at.text(dataset, "PatientID"),
        at.text(dataset, "PatientName"),
        at.text(dataset, "PatientBirthDate"),
        at.text(dataset, "PatientSex"),
        at.text(dataset, "IssuerOfPatientID"),
    )
    modality = at.text(dataset, "Modality").upper() or "OT"
    number = at.integer(dataset, "SeriesNumber")
    described = [date_of(dataset, "StudyDate")]
    described += [at.text(dataset, k) for k in ("StudyID", "StudyDescription")]
    study = at.uid(dataset, "StudyInstanceUID")
    series = at.uid(dataset, "SeriesInstanceUID")
    flaws = [] if study and series else ["missing-uid"]
    if at.text(dataset, "StudyDate") and not described[0]:
        flaws.append("bad-date")
    if at.text(dataset, "BurnedInAnnotation").strip().upper() == "YES":
        flaws.append(BURNED_IN)
    study = study or derived_uid("study", *patient.key, *described)
    description = at.text(dataset, "SeriesDescription")
    taken = uptake(dataset) if modality == "PT" else Uptake()
    flaws += taken.flaws
    values = rescale_of(dataset, modality)
    info = SeriesInfo(
        patient=patient,
        study_instance_uid=study,
        series_instance_uid=series
        or derived_uid("series", study, modality, str(number), description),
        modality=modality,
        study_date=described[0],
        study_time=at.text(dataset, "StudyTime"),
        study_id=described[1],
        study_description=described[2],
        accession_number=at.text(dataset, "AccessionNumber"),
        series_description=description,
        series_number=number,
        series_date=date_of(dataset, "SeriesDate"),
        series_time=at.text(dataset, "SeriesTime"),
        body_part=at.text(dataset, "BodyPartExamined"),
        kernel=at.text(dataset, "ConvolutionKernel"),
        unit=unit_of(dataset, [dataset], modality, values),
        suv_factor=taken.factor,
        suv_reason=taken.reason,
        protocol=at.text(dataset, "ProtocolName"),
        contrast_agent=at.text(dataset, "ContrastBolusAgent"),
        contrast_start=at.text(dataset, "ContrastBolusStartTime"),
        acquisition_time=at.text(dataset, "AcquisitionTime"),
        frame_ms=_frame_ms(dataset),
    )
    return info, flaws


def _frame_ms(dataset: Dataset) -> float | None:
    """Return the time from picture to picture in ms (PS3.3 section C.7.6.5), if it is stated.

    The rate that the maker recommends for display goes before the one of the recording.
    """
    for keyword in ("RecommendedDisplayFrameRate", "CineRate"):
        rate = at.number(dataset, keyword)
        if rate is not None and rate > 0:
            return 1000.0 / rate
    taken = at.number(dataset, "FrameTime")
    return taken if taken is not None and taken > 0 else None
