"""Several frames in one file: functional groups, offset tables, fragments."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate, encapsulate_extended, fragment_frame, itemize_fragment
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from tests.dicom.make import AXIAL, codestream, ct_slice, ramp, write
from tumorboard.app.images import ImageService
from tumorboard.dicom import header
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter
from tumorboard.store.series import PackedBody

Z = [4.0, 0.0, 6.0, 2.0]  # the frames are not in the order of position
VALUES = ramp(len(Z), (12, 16))
SORTED = VALUES[[1, 3, 0, 2]]


def item(**values: object) -> Dataset:
    ds = Dataset()
    for name, value in values.items():
        setattr(ds, name, value)
    return ds


def enhanced(pixel_data: bytes, syntax: str) -> FileDataset:
    """Return an enhanced CT of four frames with geometry and rescale in functional groups."""
    ds = ct_slice(VALUES[0], (0, 0, 0), transfer_syntax=ExplicitVRLittleEndian)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(ds, name)
    for name in ("RescaleSlope", "RescaleIntercept", "SliceThickness", "WindowCenter"):
        delattr(ds, name)
    measures = item(PixelSpacing=[0.8, 0.8], SliceThickness=2)
    rescale = item(RescaleSlope=2, RescaleIntercept=-7)
    shared = item(
        PixelMeasuresSequence=[measures],
        PlaneOrientationSequence=[item(ImageOrientationPatient=list(AXIAL))],
        PixelValueTransformationSequence=[rescale],
        FrameVOILUTSequence=[item(WindowCenter=35, WindowWidth=350)],
    )
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [
        item(PlanePositionSequence=[item(ImagePositionPatient=[1, 2, z])]) for z in Z
    ]
    ds.NumberOfFrames = len(Z)
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = pixel_data
    ds["PixelData"].VR = "OW" if syntax == ExplicitVRLittleEndian else "OB"
    return ds


def load(folder: Path) -> Volume:
    (series,) = scan([folder]).series
    loader = VolumeLoader(series)
    loader.run()
    assert loader.failures == {}
    return loader.volume


def frames() -> list[bytes]:
    return [codestream(v, JPEGLSLossless) for v in VALUES]


def table(*, with_offsets: bool, pieces: int) -> bytes:
    return encapsulate(frames(), fragments_per_frame=pieces, has_bot=with_offsets)


@pytest.mark.parametrize(
    ("data", "syntax"),
    [
        (VALUES.tobytes(), ExplicitVRLittleEndian),
        (table(with_offsets=True, pieces=1), JPEGLSLossless),
        (table(with_offsets=True, pieces=3), JPEGLSLossless),
        (table(with_offsets=False, pieces=1), JPEGLSLossless),
        (table(with_offsets=False, pieces=3), JPEGLSLossless),
    ],
    ids=["native", "table", "table and fragments", "no table", "fragments without table"],
)
def test_enhanced_ct(tmp_path: Path, data: bytes, syntax: str) -> None:
    write(enhanced(data, syntax), tmp_path / "a.dcm")
    volume = load(tmp_path)
    np.testing.assert_array_equal(volume.voxels, SORTED)
    np.testing.assert_allclose(volume.stack.origins, [(1, 2, z) for z in sorted(Z)])
    assert (volume.rescale_slope, volume.rescale_intercept) == (2.0, -7.0)
    assert volume.window is not None
    assert (volume.window.centre, volume.window.width) == (35, 350)
    assert len(set(volume.sop_instance_uids)) == 1


def test_extended_offset_table(tmp_path: Path) -> None:
    data, offsets, lengths = encapsulate_extended(frames())
    ds = enhanced(data, JPEGLSLossless)
    ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = offsets, lengths
    write(ds, tmp_path / "a.dcm")
    np.testing.assert_array_equal(load(tmp_path).voxels, SORTED)


def pieces_without_end() -> bytes:
    """Return six fragments for four frames with no sign of where a frame ends."""
    blank = b"\0" * 20
    return b"".join([itemize_fragment(b""), *(itemize_fragment(blank) for _ in range(6))])


def test_fragments_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    write(enhanced(pieces_without_end(), JPEGLSLossless), tmp_path / "a.dcm")
    result = scan([tmp_path])
    assert result.series == ()
    assert "which frame" in result.refused[0].reason


def test_a_truncated_file_keeps_its_whole_frames(tmp_path: Path) -> None:
    path = write(enhanced(VALUES.tobytes(), ExplicitVRLittleEndian), tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[: -VALUES[0].nbytes - 10])
    (series,) = scan([tmp_path]).series
    assert series.slices == 2
    assert "truncated" in {c.code for c in series.caveats}


def test_one_frame_in_many_fragments(tmp_path: Path) -> None:
    ds = ct_slice(VALUES[0], (0, 0, 0), transfer_syntax=JPEGLSLossless)
    parts = fragment_frame(codestream(VALUES[0], JPEGLSLossless), 5)
    ds.PixelData = b"".join([itemize_fragment(b""), *(itemize_fragment(p) for p in parts)])
    write(ds, tmp_path / "a.dcm")
    np.testing.assert_array_equal(load(tmp_path).voxels[0], VALUES[0])


def test_cines_stay_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        ds = enhanced(VALUES.tobytes(), ExplicitVRLittleEndian)
        del ds.PerFrameFunctionalGroupsSequence
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{ord(name)}"
        write(ds, tmp_path / f"{name}.dcm")
    found = scan([tmp_path]).series
    assert [(s.kind, s.slices) for s in found] == [("stack", 4), ("stack", 4)]
    assert [i.frame for i in found[0].instances] == [1, 2, 3, 4]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEGLSLossless])
def test_a_known_multi_frame_series_opens_without_parsing_a_header(tmp_path, monkeypatch, syntax):
    if syntax == JPEGLSLossless:
        frames = encapsulate([codestream(v, syntax) for v in VALUES])
    else:
        frames = VALUES.tobytes()
    write(enhanced(frames, syntax), tmp_path / "multi.dcm")
    (series,) = scan([tmp_path]).series
    record = PackedBody.of(series.to_json()).blob

    def parsed(*_arguments, **_more):
        raise AssertionError("a header was parsed")

    monkeypatch.setattr(header, "_parse", parsed)
    monkeypatch.setattr("pydicom.dcmread", parsed)
    monkeypatch.setattr("pydicom.filereader.read_partial", parsed)
    opened = ImageService({"k": record}.get).open("k")
    opened.load(Reporter())
    assert opened.is_complete
    assert not opened.failures
    assert np.array_equal(opened.volume.voxels, SORTED)
    assert opened.volume.sop_instance_uids == (series.instances[0].sop_instance_uid,) * len(Z)
