"""Writes a phantom as DICOM CT images, as a scanner would send them."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, JPEGLSLossless

from tumorboard import __version__
from tumorboard.demo.phantom.generate import LOWEST_HU, Phantom
from tumorboard.demo.phantom.spec import PhantomSpec
from tumorboard.demo.phantom.truth import Truth, truth_of
from tumorboard.errors import UserError
from tumorboard.progress import Reporter

LABEL = "Making demonstration images"
DESCRIPTION = "Portal venous 2 mm"
#: Slices that a worker makes at once.
_SHARE = 8
#: Ours among UIDs that are derived from UUIDs (PS3.5 section B.2).
_IMPLEMENTATION_UID = "2.25.318264872643918260982746102934857610294"


def write_case(
    spec: PhantomSpec, folder: Path, reporter: Reporter | None = None, pool: Executor | None = None
) -> Truth:
    """Write one series, one file a slice, with its truth beside it; return the truth.

    The same specification gives the same bytes, UIDs and file times each time. With a
    ``pool`` of processes (see `worker_pool`) the slices are shared out, otherwise they are
    made one after the other.

    Raises
    ------
    UserError
        When the folder cannot be written.
    CancelledError
        When the reporter was asked to stop; what was written stays.

    """
    reporter = reporter or Reporter()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_slices(spec, folder, reporter, pool)
        truth = truth_of(spec, series_uids(spec))
        truth.save(folder)
    except OSError as error:
        raise UserError(
            f"The demonstration images cannot be written: {error.strerror or 'disk error'}.",
            "Free some space or name another folder with --store.",
        ) from error
    return truth


def worker_pool() -> Executor:
    """Return processes that make slices; use it as a context manager."""
    return ProcessPoolExecutor(
        max(2, os.cpu_count() or 2),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_settle_worker,
    )


def _settle_worker() -> None:
    """Leave an interrupt of the terminal to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write_slices(
    spec: PhantomSpec, folder: Path, reporter: Reporter, pool: Executor | None
) -> None:
    count, label = spec.sampling.slices, f"{LABEL} ({spec.identity.accession})"
    parts = [range(k, min(k + _SHARE, count)) for k in range(0, count, _SHARE)]
    reporter.step(label, 0, count)
    done = 0
    if pool is None:
        for part in parts:
            done += write_part(spec, folder, part)
            reporter.step(label, done, count)
        return
    jobs = [pool.submit(write_part, spec, folder, part) for part in parts]
    try:
        for job in as_completed(jobs):
            done += job.result()
            reporter.step(label, done, count)
    finally:
        for job in jobs:
            job.cancel()


_last: tuple[str, Phantom] | None = None


def write_part(spec: PhantomSpec, folder: Path, indices: range) -> int:
    """Write some slices of a series; return how many."""
    phantom, header = _phantom(spec), _header(spec)
    for index in indices:
        path = folder / f"CT{index + 1:04d}.dcm"
        image(header, phantom.slice(index), index, spec).save_as(path, enforce_file_format=True)
        os.utime(path, (_file_time(spec),) * 2)
    return len(indices)


def _phantom(spec: PhantomSpec) -> Phantom:
    """Return the phantom, kept from the part before."""
    global _last  # noqa: PLW0603 - one per worker process, which lives for one set of series
    if _last is None or _last[0] != spec.content_hash:
        _last = (spec.content_hash, Phantom(spec))
    return _last[1]


def _uid(*parts: object) -> str:
    """Return a UID derived from a name, as PS3.5 section B.2 derives one from a UUID."""
    digest = hashlib.sha256("/".join(str(p) for p in parts).encode()).digest()[:16]
    return f"2.25.{int.from_bytes(digest, 'big')}"


def series_uids(spec: PhantomSpec) -> tuple[str, str, str]:
    """Return the UIDs of study, series and frame of reference."""
    key = spec.content_hash
    return _uid(key, "study"), _uid(key, "series"), _uid(key, "frame of reference")


def _file_time(spec: PhantomSpec) -> float:
    identity = spec.identity
    return datetime.strptime(
        identity.study_date + identity.study_time + "+0000", "%Y%m%d%H%M%S%z"
    ).timestamp()


def _header(spec: PhantomSpec) -> Dataset:
    """Return what all images of the series share."""
    header = Dataset()
    for part in (_patient_and_study(spec), _series_and_equipment(spec), _plane(spec), _PIXELS):
        for keyword, value in part.items():
            setattr(header, keyword, value)
    return header


def _patient_and_study(spec: PhantomSpec) -> dict[str, Any]:
    who = spec.identity
    study, _, _ = series_uids(spec)
    age = int(who.study_date[:4]) - int(who.birth_date[:4])
    age -= who.study_date[4:] < who.birth_date[4:]
    return {
        "SpecificCharacterSet": "ISO_IR 192",
        "PatientName": who.name,
        "PatientID": who.patient_id,
        "PatientBirthDate": who.birth_date,
        "PatientSex": who.sex,
        "PatientAge": f"{age:03d}Y",
        "PatientPosition": "HFS",
        "StudyInstanceUID": study,
        "StudyDate": who.study_date,
        "StudyTime": who.study_time,
        "StudyID": who.accession,
        "AccessionNumber": who.accession,
        "StudyDescription": who.study_description,
        "ReferringPhysicianName": "",
    }


def _series_and_equipment(spec: PhantomSpec) -> dict[str, Any]:
    who = spec.identity
    _, series, frame = series_uids(spec)
    return {
        "SOPClassUID": CTImageStorage,
        "Modality": "CT",
        "SeriesInstanceUID": series,
        "SeriesNumber": 3,
        "SeriesDate": who.study_date,
        "SeriesTime": who.study_time,
        "SeriesDescription": DESCRIPTION,
        "ProtocolName": "Abdomen and pelvis, portal venous",
        "BodyPartExamined": "ABDOMENPELVIS",
        "FrameOfReferenceUID": frame,
        "PositionReferenceIndicator": "",
        "Manufacturer": "Tumorboard phantom",
        "ManufacturerModelName": "Parametric abdomen",
        "SoftwareVersions": __version__,
        "DeviceSerialNumber": "0",
        "InstitutionName": "Demonstration",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "AcquisitionNumber": 1,
        "AcquisitionDate": who.study_date,
        "AcquisitionTime": who.study_time,
        "ContentDate": who.study_date,
        "ContentTime": who.study_time,
        "KVP": "120",
        "XRayTubeCurrent": "220",
        "ExposureTime": "500",
        "Exposure": "110",
        "GantryDetectorTilt": "0",
        "ConvolutionKernel": "SOFT",
        "ContrastBolusAgent": "Simulated iodine",
        "ContrastBolusRoute": "IV",
        "LossyImageCompression": "00",
        "BurnedInAnnotation": "NO",
    }


def _plane(spec: PhantomSpec) -> dict[str, Any]:
    s = spec.sampling
    return {
        "PixelSpacing": [f"{s.pixel_mm:.10g}"] * 2,
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "SliceThickness": f"{s.slice_mm:g}",
        "SpacingBetweenSlices": f"{s.slice_mm:g}",
        "ReconstructionDiameter": f"{s.pixel_mm * s.columns:.10g}",
        "TableHeight": "150",
        "Rows": s.rows,
        "Columns": s.columns,
    }


#: 16 bits as JPEG-LS codes them; stored values begin at -1024 HU.
_PIXELS: dict[str, Any] = {
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "BitsAllocated": 16,
    "BitsStored": 16,
    "HighBit": 15,
    "PixelRepresentation": 0,
    "RescaleIntercept": str(LOWEST_HU),
    "RescaleSlope": "1",
    "RescaleType": "HU",
    "WindowCenter": "40",
    "WindowWidth": "400",
    "WindowCenterWidthExplanation": "ABDOMEN",
}


def image(header: Dataset, values: NDArray[np.int16], index: int, spec: PhantomSpec) -> FileDataset:
    """Return one slice as a DICOM file, JPEG-LS lossless.

    ``values`` are HU of shape (rows, columns); ``index`` counts from the caudal slice.
    """
    s = spec.sampling
    uid = _uid(spec.content_hash, "image", index)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = uid
    meta.TransferSyntaxUID = JPEGLSLossless
    meta.ImplementationClassUID = _IMPLEMENTATION_UID
    meta.ImplementationVersionName = "TUMORBOARD"
    dataset = FileDataset("", dict(header), file_meta=meta, preamble=b"\0" * 128)
    z = float(s.z[index])
    dataset.SOPInstanceUID = uid
    dataset.InstanceNumber = s.slices - index
    dataset.ImagePositionPatient = [f"{v:.10g}" for v in (s.x[0], s.y[0], z)]
    dataset.SliceLocation = f"{z:.10g}"
    stored = (values.astype(np.int32) - LOWEST_HU).astype(np.uint16)
    dataset.PixelData = encapsulate([imagecodecs.jpegls_encode(stored)])
    dataset["PixelData"].VR = "OB"
    return dataset
