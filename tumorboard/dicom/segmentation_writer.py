"""Write own outlines as a DICOM segmentation (PS3.3 section A.51), one bit a pixel."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timezone
from pathlib import Path
from typing import Final

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, SegmentationStorage

from tumorboard import __version__
from tumorboard.annotations.model import new_uid
from tumorboard.coding import Code
from tumorboard.dicom import attributes as at
from tumorboard.dicom.colours import lab_of_colour
from tumorboard.dicom.gate import LIMITS
from tumorboard.dicom.header import read_header
from tumorboard.dicom.moment import zone_of
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.overlay import Colour
from tumorboard.language import _
from tumorboard.whole_file import write_whole

#: What is taken from the images: who, which study, which frame of reference.
_OF_PATIENT: Final = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")
_OF_STUDY: Final = (
    *("StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber"),
    *("ReferringPhysicianName", "SpecificCharacterSet", "SOPClassUID"),
    "TimezoneOffsetFromUTC",
)
_SERIES_NUMBER: Final = 9001
_IMPLEMENTATION_UID: Final = "2.25.217362816930347283946103841096523174551"


@dataclass(frozen=True, eq=False)
class SegmentToWrite:
    """A mask with its words. ``category`` and ``kind`` are coded terms of PS3.16 CID 7150.

    ``tracking_uid`` stays the same for a lesion over time points; "" leaves it out.
    """

    label: str
    mask: Mask
    colour: Colour
    category: Code
    kind: Code
    tracking_uid: str = ""
    method: str = ""


@dataclass(frozen=True)
class SourceImages:
    """The images that were outlined: a file of theirs, and their UIDs, one a slice.

    ``frames`` are the frame numbers, one a slice, where one object holds several pictures, else
    empty.
    """

    path: Path
    series_instance_uid: str
    frame_of_reference_uid: str
    sop_instance_uids: tuple[str, ...]
    frames: tuple[int, ...]


def write_segmentation(
    path: Path, source: SourceImages, segments: Sequence[SegmentToWrite], author: str
) -> None:
    """Write segments that lie on the grid of one series.

    Raises
    ------
    UserError
        When there is nothing to write, the images say nothing of where they lie, or the file
        cannot be written.

    """
    kept = [s for s in segments if not s.mask.is_empty]
    if not kept:
        raise UserError(_("There is no outline to export."), _("Outline something first."))
    dataset = segmentation(_header_of(source.path), source, kept, author)
    content = io.BytesIO()
    dataset.save_as(content, enforce_file_format=True)
    write_whole(path, content.getvalue())


def segmentation(
    header: Dataset, source: SourceImages, segments: Sequence[SegmentToWrite], author: str
) -> FileDataset:
    """Return the segmentation as a dataset; ``header`` is that of one of the images."""
    zone, uid = zone_of(header), new_uid()
    # All dates and times of an object are in one zone (PS3.3 section C.12.1.1.8): that of the
    # images where they state it, else, as theirs, that of the place.
    now = datetime.now(UTC).astimezone(None if zone is None else timezone(zone))
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SegmentationStorage
    meta.MediaStorageSOPInstanceUID = uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION_UID
    meta.ImplementationVersionName = "TUMORBOARD"
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    for name in (*_OF_PATIENT, *_OF_STUDY):
        if name not in {"SOPClassUID", "TimezoneOffsetFromUTC"}:
            setattr(dataset, name, header.get(name, ""))
    if not dataset.SpecificCharacterSet:
        dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = SegmentationStorage, uid
    dataset.SeriesInstanceUID, dataset.SeriesNumber = new_uid(), _SERIES_NUMBER
    dataset.Modality, dataset.SeriesDescription = "SEG", "Outlines of Tumorboard"
    dataset.InstanceNumber = 1
    dataset.FrameOfReferenceUID = source.frame_of_reference_uid or new_uid()
    dataset.PositionReferenceIndicator = ""
    dataset.Manufacturer, dataset.ManufacturerModelName = "Tumorboard", "Tumorboard"
    dataset.DeviceSerialNumber, dataset.SoftwareVersions = "0", __version__
    if zone is not None:
        dataset.TimezoneOffsetFromUTC = header.TimezoneOffsetFromUTC
    dataset.ContentDate = dataset.SeriesDate = now.strftime("%Y%m%d")
    dataset.ContentTime = dataset.SeriesTime = now.strftime("%H%M%S")
    dataset.ContentLabel, dataset.ContentDescription = "OUTLINES", "Outlined by a reader"
    dataset.ContentCreatorName = author
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.SegmentationType, dataset.LossyImageCompression = "BINARY", "00"
    dataset.SegmentSequence = Items(
        _described(number, segment) for number, segment in enumerate(segments, 1)
    )
    _geometry(dataset, segments[0].mask)
    _frames(dataset, header, source, segments)
    return dataset


def _header_of(path: Path) -> Dataset:
    with at.quiet_pydicom():
        return read_header(path, LIMITS, (*_OF_PATIENT, *_OF_STUDY)).dataset


def _described(number: int, segment: SegmentToWrite) -> Dataset:
    item = Dataset()
    item.SegmentNumber, item.SegmentLabel = number, segment.label[:64]
    item.SegmentedPropertyCategoryCodeSequence = Items([_coded(segment.category)])
    item.SegmentedPropertyTypeCodeSequence = Items([_coded(segment.kind)])
    item.SegmentAlgorithmType = "SEMIAUTOMATIC"
    item.SegmentAlgorithmName = (segment.method or "drawn")[:64]
    item.RecommendedDisplayCIELabValue = list(lab_of_colour(segment.colour))
    if segment.tracking_uid:
        item.TrackingID, item.TrackingUID = segment.label[:64], segment.tracking_uid
    return item


def _coded(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = code.value, code.scheme
    item.CodeMeaning = code.meaning
    return item


def _geometry(dataset: Dataset, mask: Mask) -> None:
    """Describe what all frames share: size of pixels and slices, orientation, the bits."""
    stack = mask.stack
    dataset.Rows, dataset.Columns = stack.rows, stack.columns
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 1, 1, 0
    dataset.PixelRepresentation = 0
    measures, orientation, shared = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = [_number(v) for v in stack.pixel_spacing]
    measures.SliceThickness = _number(stack.slice_spacing)
    measures.SpacingBetweenSlices = _number(stack.slice_spacing)
    cosines = (*stack.row_direction, *stack.column_direction)
    orientation.ImageOrientationPatient = [_number(v) for v in cosines]
    shared.PixelMeasuresSequence = Items([measures])
    shared.PlaneOrientationSequence = Items([orientation])
    dataset.SharedFunctionalGroupsSequence = Items([shared])
    organization = Dataset()
    organization.DimensionOrganizationUID = new_uid()
    dataset.DimensionOrganizationSequence = Items([organization])
    dataset.DimensionIndexSequence = Items(
        _dimension(organization.DimensionOrganizationUID, *pair)
        for pair in (
            ("ReferencedSegmentNumber", "SegmentIdentificationSequence"),
            ("ImagePositionPatient", "PlanePositionSequence"),
        )
    )


def _dimension(uid: str, pointer: str, group: str) -> Dataset:
    item = Dataset()
    item.DimensionOrganizationUID = uid
    item.DimensionIndexPointer = Tag(pointer)
    item.FunctionalGroupPointer = Tag(group)
    item.DimensionDescriptionLabel = pointer
    return item


def _frames(
    dataset: Dataset, header: Dataset, source: SourceImages, segments: Sequence[SegmentToWrite]
) -> None:
    filled = sorted({k for s in segments for k in s.mask.slices})
    places = {k: n for n, k in enumerate(filled, 1)}
    groups, bits = [], []
    for number, segment in enumerate(segments, 1):
        mask = segment.mask
        size = (1, mask.stack.rows, mask.stack.columns)
        for k in mask.slices:
            # The reference to a slice: to its frame alone where its object holds several.
            item = _object(header, source.sop_instance_uids[k])
            if source.frames:
                item.ReferencedFrameNumber = source.frames[k]
            place = places[k]
            content, position, identity, group = Dataset(), Dataset(), Dataset(), Dataset()
            content.DimensionIndexValues = [number, place]
            position.ImagePositionPatient = [_number(v) for v in mask.stack.origins[k]]
            identity.ReferencedSegmentNumber = number
            item.SpatialLocationsPreserved = "YES"
            derivation = Dataset()
            item.PurposeOfReferenceCodeSequence = Items([_coded(_SOURCE)])
            derivation.SourceImageSequence = Items([item])
            derivation.DerivationCodeSequence = Items([_coded(_DERIVED)])
            group.FrameContentSequence = Items([content])
            group.PlanePositionSequence = Items([position])
            group.SegmentIdentificationSequence = Items([identity])
            group.DerivationImageSequence = Items([derivation])
            groups.append(group)
            bits.append(mask.cropped((k, 0, 0), (k + 1, *size[1:])).ravel())
    dataset.NumberOfFrames = len(groups)
    dataset.PerFrameFunctionalGroupsSequence = Items(groups)
    packed = np.packbits(np.concatenate(bits), bitorder="little").tobytes()
    dataset.PixelData = packed + b"\0" * (len(packed) % 2)
    dataset["PixelData"].VR = "OB"
    series = Dataset()
    series.SeriesInstanceUID = source.series_instance_uid
    objects = dict.fromkeys(source.sop_instance_uids[k] for k in filled)
    series.ReferencedInstanceSequence = Items(_object(header, uid) for uid in objects)
    dataset.ReferencedSeriesSequence = Items([series])


_SOURCE: Final = Code("121322", "DCM", "Source image for image processing operation")
_DERIVED: Final = Code("113076", "DCM", "Segmentation")


def _object(header: Dataset, uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = header.get("SOPClassUID", "")
    item.ReferencedSOPInstanceUID = uid
    return item


def _number(value: float) -> str:
    """Return a decimal string of at most 16 characters (PS3.5 section 6.2)."""
    for digits in range(16, 5, -1):
        text = f"{value:.{digits}g}"
        if len(text) <= 16:
            return text
    return f"{value:.6g}"
