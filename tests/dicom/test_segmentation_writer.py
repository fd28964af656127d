"""What is written is read back alike: by our own reader, by highdicom, and by pydicom."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import highdicom as hd
import numpy as np
import pydicom
import pytest

from tests.dicom.make import write_slices
from tumorboard.coding import Code
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.segmentation import read_segmentation
from tumorboard.dicom.segmentation_writer import (
    SegmentToWrite,
    SourceImages,
    write_segmentation,
)
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask

MASS = Code("4147007", "SCT", "Mass")
ABNORMAL = Code("49755003", "SCT", "Morphologically Abnormal Structure")


@pytest.fixture
def images(tmp_path):
    """A series of 9 slices of 20 x 23 pixels (an odd number of bits a frame), and its volume."""
    folder = tmp_path / "ct"
    values = np.zeros((9, 20, 23), np.int16)
    write_slices(folder, 9, spacing=(0.7, 0.9), step=2.5, values=values)
    (series,) = scan([folder]).series
    return series, VolumeLoader(series).volume


def blob(stack, low):
    voxels = np.zeros(stack.shape, bool)
    voxels[2:6, low : low + 7, 5:14] = True
    voxels[3, low, 5:8] = False
    return Mask.of(voxels, stack)


def source_of(series, volume):
    uids = (volume.series_instance_uid, volume.frame_of_reference_uid, volume.sop_instance_uids)
    return SourceImages(series.instances[0].path, *uids, tuple(volume.frames))


@pytest.fixture
def written(images, tmp_path):
    series, volume = images
    masks = [blob(volume.stack, 4), blob(volume.stack, 10)]
    segments = [
        SegmentToWrite("Mass 1", masks[0], (255, 200, 87), ABNORMAL, MASS, "2.25.7", "brush"),
        SegmentToWrite("Mass 2", masks[1], (86, 204, 242), ABNORMAL, MASS),
    ]
    path = tmp_path / "seg.dcm"
    write_segmentation(path, source_of(series, volume), segments, "Dr Sample")
    return path, volume, masks


def test_our_reader_finds_the_same_voxels_and_colours(written):
    path, volume, masks = written
    found = read_segmentation(path)
    assert found.omitted == ()
    assert [s.name for s in found.segments] == ["Mass 1", "Mass 2"]
    for segment, mask in zip(found.segments, masks, strict=True):
        kept = mask.dense()[list(mask.slices)]
        assert np.array_equal(segment.mask, kept)
        assert np.allclose(segment.stack.origins, volume.stack.origins[list(mask.slices)])
    colours = [s.colour for s in found.segments]
    assert np.abs(np.array(colours) - [(255, 200, 87), (86, 204, 242)]).max() <= 2


def test_highdicom_reads_it(written):
    path, volume, masks = written
    seg = hd.seg.segread(path)
    assert seg.segmentation_type is hd.seg.SegmentationTypeValues.BINARY
    assert seg.number_of_segments == 2
    described = seg.get_segment_description(1)
    assert described.segmented_property_type.meaning == "Mass"
    assert described.tracking_uid == "2.25.7"
    uids = [volume.sop_instance_uids[k] for k in range(9)]
    pixels = seg.get_pixels_by_source_instance(
        source_sop_instance_uids=uids, assert_missing_frames_are_empty=True
    )
    for n, mask in enumerate(masks):
        assert np.array_equal(pixels[..., n].astype(bool), mask.dense())


def test_it_belongs_to_the_patient_and_study_of_the_images(written, images):
    path, _, _ = written
    series, _ = images
    image = pydicom.dcmread(series.instances[0].path)
    seg = pydicom.dcmread(path)
    for name in ("PatientID", "PatientName", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert getattr(seg, name) == getattr(image, name)
    assert seg.SeriesInstanceUID != image.SeriesInstanceUID
    assert seg.pixel_array.sum() == sum(m.count for m in written[2])


def test_nothing_and_a_place_that_cannot_be_written_are_told(images, tmp_path):
    series, volume = images
    empty = Mask.of(np.zeros(volume.stack.shape), volume.stack)
    segment = SegmentToWrite("Mass", empty, (0, 0, 0), ABNORMAL, MASS)
    with pytest.raises(UserError, match="no outline"):
        write_segmentation(tmp_path / "a.dcm", source_of(series, volume), [segment], "")
    full = SegmentToWrite("Mass", blob(volume.stack, 4), (0, 0, 0), ABNORMAL, MASS)
    with pytest.raises(UserError, match="cannot be written"):
        write_segmentation(tmp_path / "no" / "a.dcm", source_of(series, volume), [full], "")


@pytest.fixture
def clock(monkeypatch):
    """The clock of the program where it runs, in a zone of its own."""

    def set_zone(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


def written_moment(path):
    ds = pydicom.dcmread(path)
    assert (ds.ContentDate, ds.ContentTime) == (ds.SeriesDate, ds.SeriesTime)
    return ds, datetime.strptime(ds.ContentDate + ds.ContentTime, "%Y%m%d%H%M%S")


@pytest.mark.parametrize("name", ["UTC", "Asia/Tokyo", "America/Los_Angeles", "Asia/Kathmandu"])
def test_it_is_dated_by_the_clock_of_the_place(images, tmp_path, clock, name):
    series, volume = images
    clock(name)
    segments = [SegmentToWrite("Mass", blob(volume.stack, 4), (255, 0, 0), ABNORMAL, MASS)]
    write_segmentation(tmp_path / "seg.dcm", source_of(series, volume), segments, "Dr Sample")
    ds, moment = written_moment(tmp_path / "seg.dcm")
    there = datetime.now(ZoneInfo(name)).replace(tzinfo=None)
    assert abs(there - moment) < timedelta(minutes=1)
    assert "TimezoneOffsetFromUTC" not in ds


def test_it_is_dated_in_the_zone_that_its_images_state(tmp_path, clock):
    clock("Asia/Tokyo")

    def west(ds, _):
        ds.TimezoneOffsetFromUTC = "-0500"

    write_slices(tmp_path / "ct", 9, change=west, values=np.zeros((9, 20, 23), np.int16))
    (series,) = scan([tmp_path / "ct"]).series
    volume = VolumeLoader(series).volume
    segments = [SegmentToWrite("Mass", blob(volume.stack, 4), (255, 0, 0), ABNORMAL, MASS)]
    write_segmentation(tmp_path / "seg.dcm", source_of(series, volume), segments, "Dr Sample")
    ds, moment = written_moment(tmp_path / "seg.dcm")
    assert ds.TimezoneOffsetFromUTC == "-0500"
    there = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=5)
    assert abs(there - moment) < timedelta(minutes=1)


def test_a_slice_of_an_object_of_many_is_named_by_its_frame(images, tmp_path):
    series, volume = images
    source = SourceImages(
        *(series.instances[0].path, series.series_instance_uid, "1.2.3"),
        *(("2.25.9",) * 9, tuple(range(9, 0, -1))),
    )
    segments = [SegmentToWrite("Mass", blob(volume.stack, 4), (255, 0, 0), ABNORMAL, MASS)]
    write_segmentation(tmp_path / "seg.dcm", source, segments, "Dr Sample")
    ds = pydicom.dcmread(tmp_path / "seg.dcm")
    named = [
        (r.ReferencedSOPInstanceUID, r.ReferencedFrameNumber)
        for g in ds.PerFrameFunctionalGroupsSequence
        for r in g.DerivationImageSequence[0].SourceImageSequence
    ]
    assert named == [("2.25.9", 9 - k) for k in (2, 3, 4, 5)]
    (listed,) = ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    assert listed.ReferencedSOPInstanceUID == "2.25.9"
