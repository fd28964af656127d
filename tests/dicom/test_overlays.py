"""Segmentations and structure sets over their series; documents and reports as they read."""

import copy
from collections.abc import Sequence
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileDataset
from pydicom.sr.codedict import codes
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    RLELossless,
    generate_uid,
)

from tests.dicom.make import ct_slice, ramp, write, write_slices
from tests.shared_data import shared_data
from tumorboard.dicom.overlays import (
    can_overlay,
    open_document,
    open_report,
    overlay_series,
    read_overlay,
)
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.overlay import OverlaySet
from tumorboard.progress import Reporter

SHAPE = (12, 16)


def segmentation(
    folder: Path,
    masks: np.ndarray,
    kind: str = "BINARY",
    syntax: str = ExplicitVRLittleEndian,
) -> list[FileDataset]:
    """Write CT slices and a segmentation of masks, shape (slices, rows, columns, segments)."""
    count = masks.shape[0]
    files = write_slices(
        folder, count, shape=masks.shape[1:3], values=ramp(count, masks.shape[1:3])
    )
    sources = [pydicom.dcmread(f) for f in files]
    for ds in sources:
        for name in ("StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"):
            setattr(ds, name, "")
    described = [
        hd.seg.SegmentDescription(
            segment_number=n + 1,
            segment_label=f"part {n + 1}",
            segmented_property_category=codes.SCT.Organ,
            segmented_property_type=codes.SCT.Liver,
            algorithm_type="MANUAL",
            display_color=hd.color.CIELabColor(50.0, 20.0 * n, -30.0),
        )
        for n in range(masks.shape[3])
    ]
    deflated = syntax == DeflatedExplicitVRLittleEndian
    seg = hd.seg.Segmentation(
        source_images=sources,
        pixel_array=masks,
        segmentation_type=kind,
        segment_descriptions=described,
        series_instance_uid="1.2.3.9",
        series_number=9,
        sop_instance_uid=generate_uid(entropy_srcs=["seg"]),
        instance_number=1,
        manufacturer="T",
        manufacturer_model_name="T",
        software_versions="1",
        device_serial_number="1",
        transfer_syntax_uid=ExplicitVRLittleEndian if deflated else syntax,
        omit_empty_frames=True,
        content_label="PARTS",
        series_description="parts",
    )
    seg.file_meta.TransferSyntaxUID = syntax
    seg.save_as(folder / "seg.dcm")
    return sources


def parts(folder: Path) -> tuple[Series, list[Series], OverlaySet]:
    found = scan([folder]).series
    (series,) = [s for s in found if can_overlay(s)]
    (overlays,) = read_overlay(series)
    return series, [s for s in found if s is not series], overlays


def random_masks(seed: int, segments: int = 2, slices: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    masks = rng.integers(0, 2, (slices, *SHAPE, segments)).astype(np.uint8)
    masks[0, ..., 0] = 0  # the first segment does not reach the first slice
    return masks


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_binary_segments_lie_on_the_slices_they_were_drawn_on(tmp_path: Path, syntax: str) -> None:
    masks = random_masks(1)
    segmentation(tmp_path, masks, syntax=syntax)
    series, others, found = parts(tmp_path)
    assert found.label == "PARTS"
    assert found.omitted == ()
    assert [s.name for s in found.segments] == ["part 1", "part 2"]
    (target,) = overlay_series(series, [found], others)
    assert target.stack is not None
    for n, segment in enumerate(found.segments):
        np.testing.assert_array_equal(segment.on(target.stack), masks[..., n].astype(bool))
    assert found.segments[0].mask.shape[0] == 3
    assert all(0 <= c <= 255 for s in found.segments for c in s.colour)


def test_segments_of_one_slice_may_share_its_position(tmp_path: Path) -> None:
    masks = random_masks(6, segments=3, slices=1)
    masks[0, 2:5, 3:7, 0] = 1
    segmentation(tmp_path, masks)
    ds = pydicom.dcmread(tmp_path / "seg.dcm")
    for group in ds.PerFrameFunctionalGroupsSequence:
        shared = group.PlanePositionSequence
        del group.PlanePositionSequence
    ds.SharedFunctionalGroupsSequence[0].PlanePositionSequence = shared
    ds.save_as(tmp_path / "seg.dcm")
    _, (target,), found = parts(tmp_path)
    assert (found.omitted, len(found.segments)) == ((), 3)
    assert target.stack is not None
    for n, segment in enumerate(found.segments):
        np.testing.assert_array_equal(segment.on(target.stack), masks[..., n].astype(bool))


@pytest.mark.parametrize("what", ["turned", "larger", "the same"])
def test_frames_say_for_themselves_how_they_lie(tmp_path: Path, what: str) -> None:
    masks = random_masks(7, segments=1)
    segmentation(tmp_path, masks)
    ds = pydicom.dcmread(tmp_path / "seg.dcm")
    shared = ds.SharedFunctionalGroupsSequence[0]
    for name in ("PlaneOrientationSequence", "PixelMeasuresSequence"):
        for group in ds.PerFrameFunctionalGroupsSequence:
            setattr(group, name, copy.deepcopy(shared[name].value))
        del shared[name]
    second = ds.PerFrameFunctionalGroupsSequence[1]
    if what == "turned":
        second.PlaneOrientationSequence[0].ImageOrientationPatient = [-1, 0, 0, 0, -1, 0]
    if what == "larger":
        second.PixelMeasuresSequence[0].PixelSpacing = [3, 3]
    ds.save_as(tmp_path / "seg.dcm")
    _, (target,), found = parts(tmp_path)
    if what != "the same":
        assert found.segments == ()
        assert "differ in orientation or pixel size" in found.omitted[0]
        return
    assert target.stack is not None
    (segment,) = found.segments
    np.testing.assert_array_equal(segment.on(target.stack), masks[..., 0].astype(bool))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
def test_fractions_count_from_one_half(tmp_path: Path, syntax: str) -> None:
    values = np.random.default_rng(2).random((3, 36, 40, 1))
    values[np.abs(values - 0.5) < 0.01] = 0.3
    segmentation(tmp_path, values, "FRACTIONAL", syntax)
    series, others, found = parts(tmp_path)
    (target,) = overlay_series(series, [found], others)
    assert target.stack is not None
    (segment,) = found.segments
    assert segment.fractional
    np.testing.assert_array_equal(segment.on(target.stack), values[..., 0] > 0.5)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31), rows=st.integers(3, 9), columns=st.integers(3, 9))
def test_segments_whose_frames_end_within_a_byte(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rows: int, columns: int
) -> None:
    folder = tmp_path_factory.mktemp("seg")
    rng = np.random.default_rng(seed)
    masks = rng.integers(0, 2, (3, rows, columns, 1)).astype(np.uint8)
    masks[:, 0, 0] = 1
    segmentation(folder, masks)
    _, _, found = parts(folder)
    np.testing.assert_array_equal(found.segments[0].mask, masks[..., 0].astype(bool))


def test_a_mask_on_a_finer_grid_keeps_its_place_and_volume(tmp_path: Path) -> None:
    masks = np.zeros((4, *SHAPE, 1), np.uint8)
    masks[1:3, 4:8, 5:11] = 1
    segmentation(tmp_path / "a", masks)
    _, _, found = parts(tmp_path / "a")
    fine = write_slices(
        tmp_path / "b", 7, step=1.0, shape=(24, 32), spacing=(0.4, 0.35), series_uid="1.2.3.1.7"
    )
    (series,) = scan(fine).series
    assert series.stack is not None
    on = found.segments[0].on(series.stack)
    points = series.stack.to_lps(np.argwhere(on))
    low = found.segments[0].stack.to_lps([0, 4, 5])
    high = found.segments[0].stack.to_lps([1, 7, 10])
    assert (points >= np.minimum(low, high) - [0.36, 0.41, 1.01]).all()
    assert (points <= np.maximum(low, high) + [0.36, 0.41, 1.01]).all()
    assert on.any()
    assert not on[0].any()


def test_an_empty_segment_is_named(tmp_path: Path) -> None:
    masks = random_masks(3)
    masks[..., 1] = 0
    segmentation(tmp_path, masks)
    _, _, found = parts(tmp_path)
    assert [s.number for s in found.segments] == [1]
    assert found.omitted == ("“part 2” is empty.",)


def test_reading_segments_can_be_cancelled(tmp_path: Path) -> None:
    segmentation(tmp_path, random_masks(4))
    (series,) = [s for s in scan([tmp_path]).series if can_overlay(s)]
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        read_overlay(series, reporter)


def test_a_broken_segmentation_is_one_sentence(tmp_path: Path) -> None:
    segmentation(tmp_path, random_masks(5))
    path = tmp_path / "seg.dcm"
    path.write_bytes(path.read_bytes()[:-200])
    (series,) = [s for s in scan([tmp_path]).series if can_overlay(s)]
    with pytest.raises(UserError, match=r"“seg\.dcm” cannot be opened: It holds no picture"):
        read_overlay(series)


def test_a_segmentation_that_ends_early_says_so(tmp_path: Path) -> None:
    segmentation(tmp_path, random_masks(5))
    path = tmp_path / "seg.dcm"
    path.write_bytes(path.read_bytes()[:-30])
    (series,) = [s for s in scan([tmp_path]).series if can_overlay(s)]
    (found,) = read_overlay(series)
    assert found.omitted == ("The file ends early: slices are missing.",)
    assert sum(len(s.mask) for s in found.segments) == 5


def square(z: float, size: float = 5.0) -> list[float]:
    corners = [(0, 0), (size, 0), (size, size), (0, size)]
    return [v for x, y in corners for v in (x, y, z)]


def contour(data: Sequence[float] | None, shape: str = "CLOSED_PLANAR") -> Dataset:
    item = Dataset()
    item.ContourGeometricType = shape
    if data is not None:
        item.NumberOfContourPoints = len(data) // 3
        item.ContourData = [f"{v:.6g}" for v in data]
    return item


def structure_set(folder: Path, rois: dict[str, list[Dataset]]) -> Series:
    ds = ct_slice(np.zeros((2, 2), np.int16), (0, 0, 0), series_uid="1.2.3.8")
    for name in ("PixelData", "Rows", "Columns", "BitsAllocated"):
        delattr(ds, name)
    ds.Modality = "RTSTRUCT"
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.3"
    ds.StructureSetLabel = "SET"
    ds.StructureSetROISequence, ds.ROIContourSequence = [], []
    ds.RTROIObservationsSequence = []
    for number, (name, contours) in enumerate(rois.items(), 1):
        roi, drawn, observed = Dataset(), Dataset(), Dataset()
        roi.ROINumber, roi.ROIName = number, name
        roi.ReferencedFrameOfReferenceUID = "1.2.3.1.9"
        drawn.ReferencedROINumber, drawn.ROIDisplayColor = number, [10, 20, 30 * number]
        drawn.ContourSequence = contours
        observed.ReferencedROINumber, observed.RTROIInterpretedType = number, "GTV"
        ds.StructureSetROISequence.append(roi)
        ds.ROIContourSequence.append(drawn)
        ds.RTROIObservationsSequence.append(observed)
    write(ds, folder / "rs.dcm")
    (series,) = [s for s in scan([folder]).series if can_overlay(s)]
    return series


def test_contours_are_points_in_the_patient(tmp_path: Path) -> None:
    write_slices(tmp_path, 3)
    series = structure_set(
        tmp_path, {"mass": [contour(square(30)), contour(square(32)), contour([1, 2, 3], "POINT")]}
    )
    (found,) = read_overlay(series)
    (region,) = found.regions
    assert (region.name, region.kind, region.colour) == ("mass", "GTV", (10, 20, 30))
    np.testing.assert_allclose(region.contours[1].points, np.reshape(square(32), (4, 3)))
    assert [c.closed for c in region.contours] == [True, True, False]
    (target,) = overlay_series(series, [found], scan([tmp_path]).series)
    assert target.modality == "CT"  # by the frame of reference


def test_contours_that_are_not_valid_are_counted(tmp_path: Path) -> None:
    series = structure_set(
        tmp_path,
        {
            "mass": [
                contour(square(0)),
                contour([1, 2]),
                contour(None),
                contour([1, 2, 3], "BLOB"),
            ],
            "node": [],
        },
    )
    (found,) = read_overlay(series)
    assert [len(r.contours) for r in found.regions] == [1]
    assert found.omitted == ("3 contours of “mass” are not valid.", "“node” holds no contours.")


def test_a_contour_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    corners = np.reshape(square(30), (4, 3))
    again = [np.roll(corners, 1, axis=0), corners[::-1], np.vstack([corners, corners[:1]])]
    series = structure_set(
        tmp_path,
        {"mass": [contour(square(30)), *(contour(a.ravel().tolist()) for a in again)]},
    )
    (found,) = read_overlay(series)
    assert [len(r.contours) for r in found.regions] == [1]
    assert found.omitted == ("“mass”: 3 contours are there twice; each counts once.",)


def test_a_region_in_another_frame_of_reference_is_not_drawn_in_the_first(tmp_path: Path) -> None:
    squares = {name: [contour(square(30))] for name in ("mass", "node", "elsewhere")}
    series = structure_set(tmp_path, squares)
    ds = pydicom.dcmread(tmp_path / "rs.dcm")
    ds.StructureSetROISequence[2].ReferencedFrameOfReferenceUID = "1.2.3.1.10"
    ds.save_as(tmp_path / "rs.dcm")
    (series,) = [s for s in scan([tmp_path]).series if can_overlay(s)]
    (found,) = read_overlay(series)
    assert [r.name for r in found.regions] == ["mass", "node"]
    assert found.frame_of_reference_uid == "1.2.3.1.9"
    assert found.omitted == ("“elsewhere” was drawn in another frame of reference.",)


def test_an_empty_structure_set_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"rs\.dcm.*holds no contours"):
        read_overlay(structure_set(tmp_path, {}))


def document(folder: Path, data: bytes, mime: str = "application/pdf") -> Series:
    ds = ct_slice(np.zeros((2, 2), np.int16), (0, 0, 0))
    del ds.PixelData
    ds.Modality = "DOC"
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
    ds.DocumentTitle, ds.MIMETypeOfEncapsulatedDocument = "Letter", mime
    ds.EncapsulatedDocument = data + b"\0" * (len(data) % 2)
    ds.EncapsulatedDocumentLength = len(data)
    write(ds, folder / "doc.dcm")
    (series,) = scan([folder]).series
    return series


def test_a_document_is_listed_and_opened_on_request(tmp_path: Path) -> None:
    series = document(tmp_path, b"%PDF-1.7 some text")
    assert (series.kind, series.has_pixels) == ("document", False)
    found = open_document(series)
    assert (found.title, found.mime_type, found.data) == (
        "Letter",
        "application/pdf",
        b"%PDF-1.7 some text",
    )


def test_a_document_of_another_type_than_it_says(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="says that it holds a PDF"):
        open_document(document(tmp_path, b"MZ this is a program"))


def test_a_document_that_changed_since_is_not_opened(tmp_path: Path) -> None:
    series = document(tmp_path, b"%PDF-1.7 some text")
    path = series.instances[0].path
    path.write_bytes(path.read_bytes() + b"\0\0")
    with pytest.raises(UserError, match="has changed"):
        open_document(series)


def test_a_segmentation_is_not_opened_as_pictures(tmp_path: Path) -> None:
    write_slices(tmp_path, 2)
    (series,) = scan([tmp_path]).series
    with pytest.raises(UserError, match="cannot be laid over"):
        read_overlay(series)


@pytest.mark.data
@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("series/ct-liver-3slice-seg", "seg_partial_overlaps.dcm"),
        ("series/ct-abdomen-totalseg20", "seg/organs_seg.dcm"),
        ("series/petct-acrin-nsclc042", "seg/pt-segmentation.dcm"),
    ],
)
def test_real_segmentations_agree_with_highdicom(folder: str, name: str) -> None:
    path = shared_data(f"{folder}/{name}")
    (series,) = scan([path]).series
    (found,) = read_overlay(series)
    peer = hd.seg.segread(path)
    ds = pydicom.dcmread(path)
    pixels = peer.pixel_array
    counts: dict[int, int] = {}
    for k, group in enumerate(ds.PerFrameFunctionalGroupsSequence):
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        counts[number] = counts.get(number, 0) + int(pixels[k].sum())
    assert {s.number: int(s.mask.sum()) for s in found.segments} == {
        n: c for n, c in counts.items() if c
    }
    for segment in found.segments:
        z = sorted({round(float(p), 3) for p in segment.stack.origins[:, 2]})
        assert all(
            any(
                abs(float(g.PlanePositionSequence[0].ImagePositionPatient[2]) - v) < 0.01
                for g in ds.PerFrameFunctionalGroupsSequence
            )
            for v in z
        )


@pytest.mark.data
@pytest.mark.parametrize("modality", ["CT", "MR_T1", "PET"])
def test_real_contours_lie_on_their_series(modality: str) -> None:
    folder = shared_data("series/sts042-ct-mr-pet-rtstruct")
    everything = scan([folder]).series
    (series,) = [
        s for s in everything if can_overlay(s) and s.instances[0].path.parent.name == modality
    ]
    (found,) = read_overlay(series)
    (region,) = found.regions
    (target,) = overlay_series(series, [found], everything)
    assert target.stack is not None
    for contour_ in region.contours:
        index = target.stack.to_index(contour_.points)
        assert np.abs(index[:, 0] - np.rint(index[:, 0])).max() < 0.02
        assert (index[:, 1:] > -0.5).all()
        assert (index[:, 1:] < np.array(target.stack.shape[1:]) - 0.5).all()


@pytest.mark.data
def test_a_real_report_reads_as_text() -> None:
    path = shared_data("series/ct-abdomen-totalseg20/derived/sr_tid1500_aorta_circle.dcm")
    (series,) = scan([path]).series
    lines = open_report(series).splitlines()
    assert lines[0] == "Imaging Measurement Report (complete, unverified)"
    assert any("Aorta ROI" in line for line in lines)
    assert all(len(line) - len(line.lstrip()) <= 64 for line in lines)
