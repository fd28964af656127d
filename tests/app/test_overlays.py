"""All that came with the images of a case, read in one job."""

from dataclasses import replace
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import EncapsulatedPDFStorage

from tests.dicom.make import ct_slice, write, write_slices
from tests.dicom.pet_ct import CT, RADIUS, sources, write_all, write_ct, write_structures
from tests.dicom.test_foreign import (
    images,
    of_segment,
    presentation,
    report,
    segmentation,
    values_of_block,
)
from tumorboard.app.overlays import Foreign, open_outside, placement, reading
from tumorboard.app.segment_values import bound, place_of
from tumorboard.app.series_record import series_ref
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter


def read(folder: Path) -> tuple[Foreign, dict[str, Volume], dict[str, dict]]:
    found = scan([folder]).series
    refs = [series_ref(s) for s in found]
    records = dict(
        zip([r.series_instance_uid for r in refs], [s.to_json() for s in found], strict=True)
    )
    volumes = {
        r.series_instance_uid: VolumeLoader(s).volume
        for r, s in zip(refs, found, strict=True)
        if s.has_pixels
    }
    return reading(refs, records.get)(Reporter()), volumes, records


def within(a: str, b: str):
    return np.zeros(3) if a == b and a else None


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    write_all(folder)
    images = sources(sorted((folder / "ct").glob("*")))
    window = {"window_center": 60.0, "window_width": 350.0}
    voi = hd.pr.SoftcopyVOILUTTransformation(**window)
    (folder / "pr").mkdir()
    presentation(folder / "pr", images, voi_lut_transformations=[voi])
    pdf = ct_slice(
        np.zeros((2, 2), np.int16), [0, 0, 0], study_uid="1.2.88.1", series_uid="1.2.88.9"
    )
    for name in ("PixelData", "Rows", "Columns", "PixelSpacing", "ImagePositionPatient"):
        delattr(pdf, name)
    pdf.SOPClassUID = pdf.file_meta.MediaStorageSOPClassUID = EncapsulatedPDFStorage
    pdf.Modality, pdf.SeriesDescription = "DOC", "Letter"
    pdf.MIMETypeOfEncapsulatedDocument, pdf.EncapsulatedDocument = "application/pdf", b"%PDF-1.4\n%"
    write(pdf, folder / "pdf" / "letter.dcm")
    return read(folder)


def test_masks_marks_states_and_documents_are_listed(study):
    found, _, records = study
    assert found.problems == ()
    assert [(o.name, o.source) for o in found.objects] == [
        ("Margin", "Structure set"),
        ("Hot ball", "Segmentation"),
    ]
    assert found.objects[1].by == "Acme Segmenter"
    assert found.objects[0].layer.volume_ml == pytest.approx(
        4 / 3 * np.pi * (2 * RADIUS) ** 3 / 1000, rel=0.02
    )
    assert [m.site for m in found.marks] == ["Kidney"]
    (state,) = found.states
    assert (state.window.centre, state.series_instance_uid) == (60.0, CT)
    texts = {d.title: d.text for d in found.documents}
    assert texts["Letter"] is None
    assert "Target 1" in texts["Structured report"]
    letter = next(d.key for d in found.documents if d.title == "Letter")
    assert open_outside(records[letter]) == (".pdf", b"%PDF-1.4\n%")


def test_an_object_lies_on_what_shares_its_frame_and_says_why_not_elsewhere(study):
    found, volumes, _ = study
    for volume in volumes.values():
        for item in found.objects:
            assert placement(item, volume, within) == ((0.0, 0.0, 0.0), "")
    ct = volumes[CT]
    other = {"series_instance_uid": "9", "part_of": "9", "frame_of_reference_uid": "9"}
    apart = replace(ct, **other)
    offset, why = placement(found.objects[1], apart, within)
    assert offset is None
    assert "another frame of reference" in why
    part = replace(ct, series_instance_uid="another phase")
    offset, why = placement(found.objects[1], part, within)
    assert offset is None
    assert "another part of this series" in why
    far = replace(ct.stack, origins=ct.stack.origins + [900.0, 0, 0])
    offset, why = placement(found.objects[1], replace(ct, stack=far), within)
    assert offset is None
    assert "outside" in why


__all__ = ["images"]  # a fixture of another module


def write_values(folder: Path, made: tuple, numbers=(1,), *, with_seg: bool = True) -> Foreign:
    """Write a report on segments, with their segmentation or without; return what is read."""
    pictures, _ = made
    seg = segmentation(pictures)
    if with_seg:
        seg.save_as(folder / "ct" / "seg.dcm")
    groups = [
        of_segment(seg, pictures, n, f"T{n}", measurements=values_of_block()) for n in numbers
    ]
    report(folder / "ct", [*pictures, seg], groups)
    return read(folder / "ct")[0]


def test_values_of_a_report_stand_with_the_segment_that_they_are_of(tmp_path, images):
    found = write_values(tmp_path, images, (2, 1))
    names = {o.key: o.name for o in found.objects}
    assert [[names[k] for k in v.keys] for v in found.values] == [["Part 2"], ["Part 1"]]
    assert [v.why_not for v in found.values] == ["", ""]
    assert found.values[0].values.values[0] == "Volume 4200.0 mm³"
    assert found.marks == ()
    assert found.problems == ()
    places = np.array([d.ImagePositionPatient for d in images[0]], dtype=float)
    objects = {o.name: o for o in found.objects}
    for name, k, row, column in (("Part 1", 2, 14.5, 39.5), ("Part 2", 4, 44.5, 6.5)):
        expected = places[k] + [column * 0.7, row * 0.8, 0.0]
        np.testing.assert_allclose(place_of(objects[name]), expected, atol=1e-6)


def test_values_of_frames_lead_to_their_slices(tmp_path, images):
    """Frames 1 to 3 are those of the first part, frame 4 that of the second."""
    found = write_values(tmp_path, images)
    first, second = found.objects
    written = pydicom.dcmread(tmp_path / "ct" / "seg.dcm").PerFrameFunctionalGroupsSequence
    lies = [float(f.PlanePositionSequence[0].ImagePositionPatient[2]) for f in written]
    for n in (1, 2, 3):
        assert place_of(first, (n,))[2] == pytest.approx(lies[n - 1])
    assert place_of(second, (4,))[2] == pytest.approx(lies[3])
    assert place_of(first, (1, 2, 3)) == place_of(first)
    assert place_of(first, (4,)) == place_of(first)  # not of this part: the middle of the part
    of_frame = replace(found.values[0].values, numbers=(), frames=(4,))
    assert bound([of_frame], found.objects)[0].keys == (second.key,)
    neither = replace(of_frame, frames=(3, 4))
    assert "which segment" in bound([neither], found.objects)[0].why_not


def test_values_without_their_segment_say_what_is_missing(tmp_path, images):
    alone = write_values(tmp_path, images, with_seg=False)
    (values,) = alone.values
    assert values.keys == ()
    assert "segmentation that it measures is not in this case" in values.why_not
    assert "import" in values.why_not
    assert not alone.is_empty
    other = write_values(tmp_path, images, (7,))
    assert "“Lesions” holds nothing as its segment 7" in [v.why_not for v in other.values]


def test_outlines_without_their_images_are_said(tmp_path):
    images = sources(write_ct(tmp_path / "ct"))
    write_structures(tmp_path / "rt", images, frame_of_reference="1.2.3.99")
    found, *_ = read(tmp_path / "rt")
    assert found.objects == ()
    assert "not here" in found.problems[0]


def test_bitmaps_of_the_images_lie_on_their_pixels(tmp_path):
    mask = np.zeros((12, 16), np.uint8)
    mask[3:8, 4:9] = 1

    def with_plane(ds: Dataset, k: int) -> None:
        if k == 2:
            ds.add_new(0x60000010, "US", 12)
            ds.add_new(0x60000011, "US", 16)
            ds.add_new(0x60000040, "CS", "G")
            ds.add_new(0x60000050, "SS", [1, 1])
            ds.add_new(0x60000100, "US", 1)
            ds.add_new(0x60000102, "US", 0)
            ds.add_new(0x60001500, "LO", "Marks")
            ds.add_new(0x60003000, "OW", np.packbits(mask.ravel(), bitorder="little").tobytes())

    files = write_slices(tmp_path, 5, change=with_plane)
    found, volumes, _ = read(tmp_path)
    (item,) = found.objects
    assert (item.name, item.source) == ("Marks", "Overlay plane")
    (volume,) = volumes.values()
    position = np.array(pydicom.dcmread(files[2]).ImagePositionPatient, dtype=float)
    grid = PlaneGrid(position, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.8, 0.7), (12, 16))
    ((line, _),) = item.layer.lines(grid)
    np.testing.assert_allclose([line.min(axis=0), line.max(axis=0)], [[2.5, 3.5], [7.5, 8.5]])
    assert placement(item, volume, within)[0] == (0.0, 0.0, 0.0)
