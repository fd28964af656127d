from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import UID, JPEGLSLossless

from tumorboard.demo.phantom.dicom_writer import series_uids, worker_pool, write_case
from tumorboard.demo.phantom.generate import Phantom
from tumorboard.demo.phantom.spec import PhantomSpec
from tumorboard.demo.phantom.truth import load_truth
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Progress, Reporter

#: Type 1 of the modules of the CT Image IOD (PS3.3 table A.3-1) for an original axial image.
REQUIRED = (
    "StudyInstanceUID",
    "Modality",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "PixelSpacing",
    "ImageType",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "RescaleIntercept",
    "RescaleSlope",
    "SOPClassUID",
    "SOPInstanceUID",
    "PixelData",
    "PatientPosition",
)
#: Type 2: present, perhaps empty.
PRESENT = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "ReferringPhysicianName",
    "AccessionNumber",
    "SeriesNumber",
    "PositionReferenceIndicator",
    "Manufacturer",
    "SliceThickness",
    "InstanceNumber",
    "KVP",
    "AcquisitionNumber",
    "ContrastBolusAgent",
)


def test_a_scan_finds_one_volume_without_reservations(
    series_folder: Path, spec: PhantomSpec
) -> None:
    (series,) = scan([series_folder]).series
    assert (series.kind, series.modality, series.plane) == ("volume", "CT", "axial")
    assert series.slices == spec.sampling.slices
    assert series.caveats == ()
    assert series.pixel_spacing == pytest.approx((spec.sampling.pixel_mm,) * 2)
    assert series.transfer_syntax == JPEGLSLossless
    assert not series.lossy
    assert series.info.body_part == "ABDOMENPELVIS"
    truth = load_truth(series_folder)
    assert series.series_instance_uid == truth.series_instance_uid
    assert series.study_instance_uid == truth.study_instance_uid
    assert series.frame_of_reference_uid == truth.frame_of_reference_uid


def test_the_volume_is_what_was_made_and_stands_where_another_reader_puts_it(
    series_folder: Path, spec: PhantomSpec
) -> None:
    loader = VolumeLoader(scan([series_folder]).series[0])
    loader.run()
    volume = loader.volume
    assert loader.failures == {}
    phantom = Phantom(spec)
    for k in range(0, spec.sampling.slices, 9):
        np.testing.assert_array_equal(volume.values(volume.voxels[k]), phantom.slice(k))
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(series_folder)))
    image = reader.Execute()
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), volume.values(volume.voxels))
    size = image.GetSize()
    for index in ((0, 0, 0), (size[0] - 1, 0, 0), (5, size[1] - 1, size[2] - 1)):
        oracle = image.TransformIndexToPhysicalPoint(index)
        k, i, j = index[2], index[1], index[0]
        ours = volume.stack.origins[k] + np.array([j, i, 0]) * spec.sampling.pixel_mm
        np.testing.assert_allclose(ours, oracle, atol=1e-4)
        expected = (spec.sampling.x[j], spec.sampling.y[i], spec.sampling.z[k])
        np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_each_image_has_what_the_standard_demands(series_folder: Path, spec: PhantomSpec) -> None:
    files = sorted(series_folder.glob("*.dcm"))
    datasets = [pydicom.dcmread(f) for f in files]
    for dataset in datasets:
        for keyword in REQUIRED:
            assert dataset.get(keyword) not in (None, "", []), keyword
        for keyword in PRESENT:
            assert keyword in dataset, keyword
        assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
        assert UID(dataset.SOPInstanceUID).is_valid
    assert len({d.SOPInstanceUID for d in datasets}) == spec.sampling.slices
    assert len({d.InstanceNumber for d in datasets}) == spec.sampling.slices
    first = datasets[0]
    assert (first.SeriesDescription, first.Manufacturer, first.PatientPosition) == (
        "Portal venous 2 mm",
        "Tumorboard phantom",
        "HFS",
    )
    assert (first.WindowCenter, first.WindowWidth) == (40, 400)
    assert str(first.PatientName) == "Phantom^Ada"


def test_an_independent_library_takes_it_for_a_ct_volume(
    series_folder: Path, spec: PhantomSpec
) -> None:
    datasets = [pydicom.dcmread(f) for f in sorted(series_folder.glob("*.dcm"))]
    volume = highdicom.get_volume_from_series(datasets)
    assert volume.spacing == pytest.approx((8.0, spec.sampling.pixel_mm, spec.sampling.pixel_mm))
    assert volume.frame_of_reference_uid == series_uids(spec)[2]


def test_processes_write_the_same_bytes(
    series_folder: Path, spec: PhantomSpec, tmp_path: Path
) -> None:
    with worker_pool() as pool:
        truth = write_case(spec, tmp_path / "again", None, pool)
    assert truth == load_truth(series_folder)
    for file in series_folder.iterdir():
        again = tmp_path / "again" / file.name
        assert again.read_bytes() == file.read_bytes(), file.name
        if file.suffix == ".dcm":
            assert again.stat().st_mtime_ns == file.stat().st_mtime_ns


def test_progress_is_told_and_cancelling_stops(spec: PhantomSpec, tmp_path: Path) -> None:
    steps: list[Progress] = []

    def listen(progress: Progress) -> None:
        steps.append(progress)
        if progress.done > 10:
            reporter.cancel()

    reporter = Reporter(listen)
    with pytest.raises(CancelledError):
        write_case(spec, tmp_path / "s", reporter)
    assert steps[0].done == 0
    assert {p.total for p in steps} == {spec.sampling.slices}
    assert len(list((tmp_path / "s").glob("*.dcm"))) < spec.sampling.slices
    assert not (tmp_path / "s" / "truth.json").exists()


def test_a_place_that_cannot_be_written_is_said(spec: PhantomSpec, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    few = replace(spec, sampling=replace(spec.sampling, slices=21))
    with pytest.raises(UserError, match="cannot be written"):
        write_case(few, tmp_path / "file" / "series")
