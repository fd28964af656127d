"""Write small DICOM CT slices for tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.tag import Tag
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
Change = Callable[[Dataset, int], None]


@dataclass(frozen=True)
class Person:
    patient_id: str = "T-1"
    name: str = "TEST^ONE"
    birth_date: str = "19600102"
    sex: str = "F"


def ramp(count: int, shape: tuple[int, int], seed: int = 0) -> NDArray[np.int16]:
    """Smooth signed values with noise, shape (count, rows, columns), of all 16 bits' signs."""
    rng = np.random.default_rng(seed)
    k, i, j = np.indices((count, *shape))
    return (40 * k + 7 * i - 5 * j - 300 + rng.integers(0, 20, (count, *shape))).astype(np.int16)


def slice_positions(
    count: int,
    step: float = 2.0,
    orientation: Sequence[float] = AXIAL,
    origin: Sequence[float] = (-10.0, -20.0, 30.0),
) -> NDArray[np.float64]:
    """Positions, shape (count, 3), along the normal of an orientation."""
    normal = np.cross(orientation[:3], orientation[3:])
    return np.asarray(origin) + np.arange(count)[:, None] * step * normal


def ct_slice(
    values: NDArray[Any],
    position: Sequence[float],
    *,
    number: int = 1,
    orientation: Sequence[float] = AXIAL,
    spacing: tuple[float, float] = (0.8, 0.7),
    patient: Person | None = None,
    study_uid: str = "1.2.3.1",
    series_uid: str = "1.2.3.1.1",
    transfer_syntax: str = ExplicitVRLittleEndian,
    thickness: float = 2.0,
) -> FileDataset:
    """Return one CT slice with 16-bit pixels in the given transfer syntax."""
    person = patient or Person()
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(
        entropy_srcs=[study_uid, series_uid, str(number), person.name, str(list(position))]
    )
    meta.TransferSyntaxUID = transfer_syntax
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    ds.PatientName, ds.PatientID = person.name, person.patient_id
    ds.PatientBirthDate, ds.PatientSex = person.birth_date, person.sex
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study_uid, series_uid
    ds.FrameOfReferenceUID = f"{study_uid}.9"
    ds.StudyDate, ds.Modality, ds.SeriesNumber = "20260302", "CT", 2
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.InstanceNumber, ds.SliceThickness = number, thickness
    ds.ImagePositionPatient = [f"{v:.10g}" for v in position]
    ds.ImageOrientationPatient = [f"{v:.10g}" for v in orientation]
    ds.PixelSpacing = list(spacing)
    ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
    ds.WindowCenter, ds.WindowWidth = 40, 400
    set_pixels(ds, values)
    return ds


def set_pixels(ds: Dataset, values: NDArray[Any], syntax: str | None = None) -> None:
    """Store grey values, shape (rows, columns), in the syntax of the dataset."""
    syntax = syntax or ds.file_meta.TransferSyntaxUID
    ds.Rows, ds.Columns = values.shape[:2]
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 8 * values.dtype.itemsize
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(values.dtype.kind == "i")
    if syntax in NATIVE:
        order = ">" if syntax == ExplicitVRBigEndian else "<"
        data = values.astype(values.dtype.newbyteorder(order)).tobytes()
        ds.PixelData = data + b"\0" * (len(data) % 2)
    elif syntax == RLELossless:
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.PixelData = values.tobytes()
        uid = ds.SOPInstanceUID
        ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
        assert uid == ds.SOPInstanceUID
    else:
        ds.PixelData = encapsulate([codestream(values, syntax)])
    ds["PixelData"].VR = "OB" if syntax not in NATIVE else "OW"


NATIVE = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    "1.2.840.10008.1.2.1.99",
)


def codestream(values: NDArray[Any], syntax: str) -> bytes:
    """Compress a picture without loss; JPEG and JPEG-LS see the bit pattern."""
    unsigned = values.view(np.dtype(f"u{values.dtype.itemsize}"))
    if syntax == JPEGLSLossless:
        return bytes(imagecodecs.jpegls_encode(unsigned))
    if syntax == JPEGLosslessSV1:
        return bytes(imagecodecs.ljpeg_encode(unsigned))
    if syntax == JPEG2000Lossless:
        return bytes(imagecodecs.jpeg2k_encode(values, codecformat="j2k", reversible=True))
    if syntax == HTJ2KLossless:
        return bytes(imagecodecs.htj2k_encode(values, reversible=True))
    raise ValueError(syntax)


def raw(ds: Dataset, keyword: str | int, text: str, vr: str = "DS") -> None:
    """Put text into an element that pydicom would not let pass."""
    data = text.encode("latin-1")
    data += b" " * (len(data) % 2)
    tag = Tag(keyword)
    ds._dict[tag] = RawDataElement(tag, vr, len(data), data, 0, False, True)


def write(ds: FileDataset, path: Path) -> Path:
    """Write a dataset with what a DICOM file needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    syntax = ds.file_meta.TransferSyntaxUID
    pydicom.dcmwrite(
        path,
        ds,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=syntax != ExplicitVRBigEndian,
        enforce_file_format=True,
    )
    return path


def write_slices(
    folder: Path,
    count: int = 5,
    *,
    shape: tuple[int, int] = (12, 16),
    spacing: tuple[float, float] = (0.8, 0.7),
    step: float = 2.0,
    positions: NDArray[np.float64] | None = None,
    orientation: Sequence[float] = AXIAL,
    patient: Person | None = None,
    transfer_syntax: str = ExplicitVRLittleEndian,
    values: NDArray[Any] | None = None,
    study_uid: str = "1.2.3.1",
    series_uid: str = "1.2.3.1.1",
    prefix: str = "IM",
    change: Change | None = None,
) -> list[Path]:
    """Write ``count`` CT slices to a folder and return their files in the order of position.

    ``change`` is called with each dataset and its number before it is written.
    """
    if positions is None:
        positions = slice_positions(count, step, orientation)
    if values is None:
        values = ramp(count, shape)
    files = []
    for k in range(count):
        ds = ct_slice(
            values[k],
            positions[k],
            number=count - k,  # against the order of position, as many scanners do
            orientation=orientation,
            spacing=spacing,
            patient=patient,
            study_uid=study_uid,
            series_uid=series_uid,
            transfer_syntax=transfer_syntax,
            thickness=step,
        )
        if change is not None:
            change(ds, k)
        files.append(write(ds, folder / f"{prefix}{k:04d}.dcm"))
    return files
