"""What others drew: reports and presentation states written by highdicom, read by us."""

from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from tests.dicom.make import write_slices
from tumorboard.annotations.foreign import adopted, belongs_to, shown_on
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind
from tumorboard.dicom.gate import RefusedError
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.places import Places
from tumorboard.dicom.presentation import read_presentation
from tumorboard.dicom.scan import scan
from tumorboard.dicom.structured_report import read_report
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut
from tumorboard.imaging.volume import Window

SPACING = (0.8, 0.7)
MADE = {
    "manufacturer": "Acme",
    "manufacturer_model_name": "Acme Reader",
    "software_versions": "1",
    "device_serial_number": "7",
}


@pytest.fixture
def images(tmp_path: Path):
    files = write_slices(tmp_path / "ct", 5, shape=(60, 70), spacing=SPACING)
    sources = [pydicom.dcmread(f) for f in files]
    for ds in sources:
        for name in ("StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"):
            setattr(ds, name, "")
        ds.SoftwareVersions = "1"
    series = scan([tmp_path / "ct"]).series
    return sources, series


def coordinates(kind: str, points, image) -> hd.sr.ImageRegion:
    return hd.sr.ImageRegion(
        graphic_type=hd.sr.GraphicTypeValues[kind],
        graphic_data=np.array(points, dtype=np.float64),
        source_image=hd.sr.SourceImageForRegion(
            referenced_sop_class_uid=image.SOPClassUID,
            referenced_sop_instance_uid=image.SOPInstanceUID,
        ),
    )


def measurement(name, value: float, unit, line=None, image=None) -> hd.sr.Measurement:
    more = {}
    if line is not None:
        graphic = hd.sr.CoordinatesForMeasurement(
            graphic_type=hd.sr.GraphicTypeValues.POLYLINE,
            graphic_data=np.array(line, dtype=np.float64),
            source_image=hd.sr.SourceImageForMeasurement.from_source_image(image),
        )
        more["referenced_coordinates"] = [graphic]
    return hd.sr.Measurement(name=name, value=value, unit=unit, **more)


def report(folder: Path, sources, groups) -> Path:
    person = hd.sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(name="Elder^Ann"),
    )
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_person_context=person),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=groups,
    )
    sr = hd.sr.Comprehensive3DSR(
        evidence=sources,
        content=content,
        series_number=50,
        series_instance_uid=generate_uid(),
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="Acme",
        is_complete=True,
    )
    sr.save_as(folder / "report.dcm")
    return folder / "report.dcm"


def tracking(name: str) -> hd.sr.TrackingIdentifier:
    return hd.sr.TrackingIdentifier(uid="1.2.3.77", identifier=name)


def planar(region, name="T1", **more):
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking(name),
        referenced_region=region,
        finding_type=codes.SCT.Neoplasm,
        finding_sites=[hd.sr.FindingSite(codes.SCT.Kidney)],
        **more,
    )


def lps(sources, k: int, column: float, row: float) -> np.ndarray:
    """Return the place of (column, row) with the outer corner of the first pixel at (0, 0)."""
    origin = np.array(sources[k].ImagePositionPatient, dtype=float)
    return origin + [(column - 0.5) * SPACING[1], (row - 0.5) * SPACING[0], 0.0]


def test_an_outline_of_a_report_lies_where_it_was_drawn(tmp_path, images):
    sources, series = images
    corners = [(10, 12), (40, 12), (40, 32), (10, 32), (10, 12)]
    area = measurement(codes.SCT.Area, 336.0, codes.UCUM.SquareMillimeter)
    region = coordinates("POLYLINE", corners, sources[2])
    path = report(tmp_path, sources, [planar(region, measurements=[area])])
    (mark,) = read_report(path, Places(series)).marks
    assert mark.by == "Ann Elder"
    assert (mark.site, mark.tracking_uid) == ("Kidney", "1.2.3.77")
    assert mark.text == "T1 · Neoplasm · Kidney · Area 336.0 mm²"
    (line,) = mark.lines
    assert line.closed
    np.testing.assert_allclose(line.points, [lps(sources, 2, *c) for c in corners[:-1]], atol=1e-9)
    drawn = mark.annotation
    assert drawn.kind is Kind.POLYGON
    assert measure(drawn).quantities[0].value == pytest.approx(30 * 0.7 * 20 * 0.8)


def test_it_shows_on_its_slice_and_is_adopted_with_its_origin(tmp_path, images):
    sources, series = images
    region = coordinates("POLYLINE", [(10, 12), (40, 12), (40, 32), (10, 12)], sources[2])
    (mark,) = read_report(report(tmp_path, sources, [planar(region)]), Places(series)).marks
    loader = VolumeLoader(series[0])
    loader.run()
    volume = loader.volume
    assert belongs_to(mark, volume)
    for k in range(5):
        here = cut(volume, Plane.AXIAL, volume.stack.to_lps([k, 20, 20]))
        assert shown_on([mark], volume, here) == ((mark,) if k == 2 else ())
    mine = adopted(mark, "1.9", "Dr Test", "2026-01-01T00:00:00Z")
    assert (mine.author, mine.label, mine.uid) == ("Dr Test", "T1", "1.9")
    assert mine.origin == "Adopted from a structured report by Ann Elder"
    assert mine.image.sop_instance_uids == (sources[2].SOPInstanceUID,)


def test_two_axes_make_one_mark_and_a_length_another(tmp_path, images):
    sources, series = images
    long, short = [(10, 10), (50, 10)], [(30, 5), (30, 20)]
    axes = hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking("Node"),
        measurements=[
            measurement(codes.SCT.LongAxis, 28.0, codes.UCUM.Millimeter, long, sources[1]),
            measurement(codes.SCT.ShortAxis, 12.0, codes.UCUM.Millimeter, short, sources[1]),
        ],
    )
    alone = hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking("Width"),
        measurements=[measurement(codes.SCT.Length, 28.0, codes.UCUM.Millimeter, long, sources[3])],
    )
    path = report(tmp_path, sources, [axes, alone])
    first, second = read_report(path, Places(series)).marks
    assert first.annotation.kind is Kind.BIDIRECTIONAL
    values = [q.value for q in measure(first.annotation).quantities]
    assert values == pytest.approx([28.0, 12.0])
    assert first.value == "28.0 mm × 12.0 mm"
    assert second.annotation.kind is Kind.LENGTH
    assert second.text == "Width · Length 28.0 mm"
    assert second.annotation.image.sop_instance_uids == (sources[3].SOPInstanceUID,)


def test_regions_in_the_patient_and_circles(tmp_path, images):
    sources, series = images
    points = np.array([lps(sources, 3, c, r) for c, r in ((5, 5), (25, 5), (25, 25), (5, 5))])
    region = hd.sr.ImageRegion3D(
        graphic_type=hd.sr.GraphicTypeValues3D.POLYGON,
        graphic_data=points,
        frame_of_reference_uid=sources[0].FrameOfReferenceUID,
    )
    circle = coordinates("CIRCLE", [(30, 30), (37, 30)], sources[0])
    path = report(tmp_path, sources, [planar(region), planar(circle, "T2")])
    solid, round_one = read_report(path, Places(series)).marks
    np.testing.assert_allclose(solid.lines[0].points, points[:-1], atol=1e-6)
    assert solid.annotation.image.sop_instance_uids == (sources[3].SOPInstanceUID,)
    assert round_one.annotation.kind is Kind.CIRCLE
    assert measure(round_one.annotation).quantities[0].value == pytest.approx(2 * 7 * 0.7)
    away = np.linalg.norm(np.array(round_one.lines[0].points) - lps(sources, 0, 30, 30), axis=1)
    np.testing.assert_allclose(away, 7 * 0.7)


def arc_pixels(count: int) -> list[tuple[float, float]]:
    """Corners on an arc of 20 mm about the middle of the picture, in pixels."""
    t = np.linspace(0, 2.5, count)
    return [(35 + 20 / SPACING[1] * np.cos(a), 30 + 20 / SPACING[0] * np.sin(a)) for a in t]


@pytest.mark.parametrize("count", [3, 9, 40])
def test_an_open_line_of_a_report_is_as_long_as_it_was_drawn(tmp_path, images, count):
    sources, series = images
    length = 2 * 20 * np.sin(2.5 / (count - 1) / 2) * (count - 1)
    group = hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking("Course of the vein"),
        measurements=[
            measurement(
                codes.DCM.PathLength, length, codes.UCUM.Millimeter, arc_pixels(count), sources[2]
            )
        ],
    )
    (mark,) = read_report(report(tmp_path, sources, [group]), Places(series)).marks
    assert not mark.lines[0].closed
    assert mark.value == f"Path length {length:.1f} mm"
    assert mark.annotation.kind is Kind.PATH
    assert measure(mark.annotation).quantities[0].value == pytest.approx(length, rel=1e-6)
    assert mark.annotation.image.sop_instance_uids == (sources[2].SOPInstanceUID,)
    mine = adopted(mark, "1.9", "Dr Test", "2026-01-01T00:00:00Z")
    assert (mine.kind, mine.label, mine.author) == (Kind.PATH, "Course of the vein", "Dr Test")


def in_patient(sources, kind: str, points) -> hd.sr.ImageRegion3D:
    return hd.sr.ImageRegion3D(
        graphic_type=hd.sr.GraphicTypeValues3D[kind],
        graphic_data=np.array(points, dtype=np.float64),
        frame_of_reference_uid=sources[0].FrameOfReferenceUID,
    )


def test_an_open_line_through_slices_is_shown_but_lies_on_none(tmp_path, images):
    sources, series = images
    flat = [lps(sources, 3, c, r) for c, r in ((5, 5), (25, 5), (25, 25))]
    through = [lps(sources, k, 5 + 9 * k, 9) for k in range(5)]
    regions = [in_patient(sources, "POLYLINE", p) for p in (flat, through)]
    path = report(tmp_path, sources, [planar(r, f"T{n}") for n, r in enumerate(regions)])
    first, second = read_report(path, Places(series)).marks
    assert first.annotation.kind is Kind.PATH
    assert measure(first.annotation).quantities[0].value == pytest.approx(20 * 0.7 + 20 * 0.8)
    assert second.annotation is None
    np.testing.assert_allclose(second.lines[0].points, through, atol=1e-6)


# -- values of segments -------------------------------------------------------------------------


def segmentation(sources, parts: int = 2) -> hd.seg.Segmentation:
    """Write blocks: segment 1 on slices 1 to 3, segment 2 on slice 4."""
    masks = np.zeros((len(sources), 60, 70, parts), np.uint8)
    masks[1:4, 10:20, 30:50, 0] = 1
    masks[4, 40:50, 5:9, 1:] = 1
    described = [
        hd.seg.SegmentDescription(
            segment_number=n + 1,
            segment_label=f"Part {n + 1}",
            segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
            segmented_property_type=codes.SCT.Neoplasm,
            algorithm_type="MANUAL",
        )
        for n in range(parts)
    ]
    return hd.seg.Segmentation(
        source_images=sources,
        pixel_array=masks,
        segmentation_type="BINARY",
        segment_descriptions=described,
        series_instance_uid=generate_uid(),
        series_number=70,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        omit_empty_frames=True,
        series_description="Lesions",
        **MADE,
    )


def of_segment(seg, sources, number: int, name: str, **more):
    """Return a group of measurements that names a segment and no coordinates (TID 1411)."""
    return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking(name),
        referenced_segment=hd.sr.ReferencedSegment(
            sop_class_uid=seg.SOPClassUID,
            sop_instance_uid=seg.SOPInstanceUID,
            segment_number=number,
            source_series=hd.sr.SourceSeriesForSegmentation(sources[0].SeriesInstanceUID),
        ),
        finding_type=codes.SCT.Neoplasm,
        **more,
    )


def values_of_block() -> list[hd.sr.Measurement]:
    mean = hd.sr.Measurement(
        name=codes.DCM.AttenuationCoefficient,
        value=41.25,
        unit=codes.UCUM.HounsfieldUnit,
        derivation=codes.SCT.Mean,
    )
    return [
        measurement(codes.SCT.Volume, 4200.0, codes.UCUM.CubicMillimeter),
        mean,
        measurement(
            pydicom.sr.coding.Code("SPH", "99TEST", "Sphericity"), 0.7346, codes.UCUM.NoUnits
        ),
    ]


def test_values_of_a_segment_are_told_with_its_name(tmp_path, images):
    sources, series = images
    seg = segmentation(sources)
    groups = [
        of_segment(seg, sources, 1, "T1", measurements=values_of_block()),
        of_segment(seg, sources, 2, "T2"),
        planar(coordinates("CIRCLE", [(30, 30), (37, 30)], sources[0]), "T3"),
    ]
    found = read_report(report(tmp_path, [*sources, seg], groups), Places(series))
    first, second = found.segments
    assert (first.sop_instance_uid, first.numbers) == (seg.SOPInstanceUID, (1,))
    assert (first.words, first.by) == ("T1 · Neoplasm", "Ann Elder")
    assert first.values == (
        "Volume 4200.0 mm³",
        "Attenuation Coefficient (Mean) 41.2 HU",
        "Sphericity 0.735",
    )
    assert (second.numbers, second.values) == ((2,), ())
    assert [m.words for m in found.marks] == ["T3 · Neoplasm · Kidney"]
    assert len({first.uid, second.uid, *(m.uid for m in found.marks)}) == 3


def test_values_of_a_frame_of_a_segmentation_say_that_they_are_of_a_slice(tmp_path, images):
    sources, series = images
    seg = segmentation(sources)
    frame = hd.sr.ReferencedSegmentationFrame(
        seg.SOPClassUID,
        seg.SOPInstanceUID,
        2,
        1,
        hd.sr.SourceImageForSegmentation.from_source_image(sources[2]),
    )
    group = hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking("T1"),
        referenced_segment=frame,
        measurements=[measurement(codes.SCT.Area, 110.0, codes.UCUM.SquareMillimeter)],
    )
    (found,) = read_report(report(tmp_path, [*sources, seg], [group]), Places(series)).segments
    assert (found.numbers, found.frames, found.values) == ((1,), (2,), ("Area 110.0 mm²",))
    assert not found.is_surface


def judgements() -> list[hd.sr.QualitativeEvaluation]:
    made = pydicom.sr.coding.Code
    margin = made("MAR", "99TEST", "Margin"), made("SPI", "99TEST", "Spiculated")
    enhances = made("ENH", "99TEST", "Enhancement"), codes.SCT.Yes
    return [hd.sr.QualitativeEvaluation(*each) for each in (enhances, margin)]


def test_what_others_judged_stands_with_the_mark_and_with_the_segment(tmp_path, images):
    sources, series = images
    seg = segmentation(sources)
    category = pydicom.sr.coding.Code("49755003", "SCT", "Morphologically abnormal structure")
    more = {"qualitative_evaluations": judgements(), "finding_category": category}
    region = coordinates("CIRCLE", [(30, 30), (37, 30)], sources[0])
    groups = [planar(region, **more), of_segment(seg, sources, 1, "T2", **more), planar(region)]
    found = read_report(report(tmp_path, [*sources, seg], groups), Places(series))
    said = ("Enhancement: Yes", "Margin: Spiculated")
    assert [m.said for m in found.marks] == [said, ()]
    assert [s.said for s in found.segments] == [said]
    assert found.marks[0].text == "T1 · Neoplasm · Kidney"  # nothing of it covers the picture


def test_images_that_are_not_there_are_passed_over(tmp_path, images):
    sources, series = images
    region = coordinates("POLYLINE", [(10, 12), (40, 12), (40, 32), (10, 12)], sources[2])
    path = report(tmp_path, sources, [planar(region)])
    assert read_report(path, Places([])).marks == ()
    assert len(read_report(path, Places(series)).marks) == 1


def presentation(folder: Path, sources, **more) -> Path:
    state = hd.pr.GrayscaleSoftcopyPresentationState(
        referenced_images=sources,
        series_instance_uid=generate_uid(),
        series_number=60,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        content_label="MARKED",
        content_description="Marked for the board",
        content_creator_name="Elder^Ann",
        concept_name=codes.DCM.PresentationState,
        **MADE,
        **more,
    )
    state.save_as(folder / "state.dcm")
    return folder / "state.dcm"


def test_a_presentation_state_with_drawings_words_and_window(tmp_path, images):
    sources, series = images
    line = hd.pr.GraphicObject(
        graphic_type="POLYLINE", graphic_data=np.array([(10.5, 10.5), (30.5, 10.5)]), units="PIXEL"
    )
    words = hd.pr.TextObject(text_value="measured\nhere", units="PIXEL", anchor_point=(20.0, 8.0))
    ring = hd.pr.GraphicObject(
        graphic_type="CIRCLE", graphic_data=np.array([(0.5, 0.5), (0.6, 0.5)]), units="DISPLAY"
    )
    layer = hd.pr.GraphicLayer("BOARD", 1)
    path = presentation(
        tmp_path,
        sources,
        graphic_layers=[layer],
        graphic_annotations=[
            hd.pr.GraphicAnnotation(
                [sources[1]], layer, graphic_objects=[line], text_objects=[words]
            ),
            hd.pr.GraphicAnnotation([sources[4]], layer, graphic_objects=[ring]),
        ],
        voi_lut_transformations=[
            hd.pr.SoftcopyVOILUTTransformation(window_center=60.0, window_width=350.0)
        ],
    )
    found = read_presentation(path, Places(series))
    assert (found.label, found.window) == ("Marked for the board", Window(60.0, 350.0))
    assert found.by == "Ann Elder · Acme Reader"
    assert found.series_instance_uid == sources[0].SeriesInstanceUID
    first, second = found.marks
    assert first.words == "measured here"
    assert first.annotation.kind is Kind.LENGTH
    np.testing.assert_allclose(
        first.lines[0].points, [lps(sources, 1, 10.5, 10.5), lps(sources, 1, 30.5, 10.5)]
    )
    assert second.annotation.kind is Kind.CIRCLE
    # Shares of the displayed area, which is the whole picture.
    middle = np.mean(second.annotation.points, axis=0)
    np.testing.assert_allclose(middle, lps(sources, 4, 35, 30), atol=1e-6)
    corner, other = found.area
    np.testing.assert_allclose(corner, lps(sources, 0, 0, 0), atol=1e-6)
    np.testing.assert_allclose(other, lps(sources, 0, 70, 60), atol=1e-6)


@pytest.mark.parametrize("kind", ["POLYLINE", "INTERPOLATED"])
def test_open_lines_of_a_presentation_state_are_measured_along_their_points(tmp_path, images, kind):
    sources, series = images
    corners = np.array([(10.5, 10.5), (30.5, 10.5), (30.5, 40.5), (10.5, 40.5)])
    drawing = hd.pr.GraphicObject(graphic_type=kind, graphic_data=corners, units="PIXEL")
    layer = hd.pr.GraphicLayer("BOARD", 1)
    path = presentation(
        tmp_path,
        sources,
        graphic_layers=[layer],
        graphic_annotations=[
            hd.pr.GraphicAnnotation([sources[1]], layer, graphic_objects=[drawing])
        ],
    )
    (mark,) = read_presentation(path, Places(series)).marks
    found = measure(mark.annotation)
    assert mark.annotation.kind is Kind.PATH
    assert found.quantities[0].value == pytest.approx(20 * 0.7 + 30 * 0.8 + 20 * 0.7)
    assert [c.code for c in found.caveats] == (["smooth-curve"] if kind == "INTERPOLATED" else [])


def turned(picture: np.ndarray, rotation: int, flip: str) -> np.ndarray:
    """Turn clockwise first and mirror then, as PS3.3 section C.10.6 says."""
    seen = np.rot90(picture, k=-rotation // 90)
    return seen[:, ::-1] if flip == "Y" else seen


def marked(folder: Path, sources, shares, *, rotation=0, flip="N", corners=None) -> Path:
    """Write a point and a text in shares of what was displayed."""
    point = hd.pr.GraphicObject(
        graphic_type="POINT", graphic_data=np.array([shares]), units="DISPLAY"
    )
    words = hd.pr.TextObject(text_value="here", units="DISPLAY", anchor_point=shares)
    layer = hd.pr.GraphicLayer("BOARD", 1)
    drawn = hd.pr.GraphicAnnotation(
        [sources[1]], layer, graphic_objects=[point], text_objects=[words]
    )
    path = presentation(folder, sources, graphic_layers=[layer], graphic_annotations=[drawn])
    ds = pydicom.dcmread(path)
    ds.ImageRotation, ds.ImageHorizontalFlip = rotation, flip
    if corners is None:
        del ds.DisplayedAreaSelectionSequence
    else:
        area = ds.DisplayedAreaSelectionSequence[0]
        area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = corners
    ds.save_as(path)
    return path


@pytest.mark.parametrize("flip", ["N", "Y"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("is_part", [False, True])
def test_what_was_drawn_on_a_turned_picture_lies_where_its_author_saw_it(
    tmp_path, images, rotation, flip, is_part
):
    sources, series = images
    row, column = np.mgrid[:60, :70]
    seen = turned(np.stack([column, row], axis=-1), rotation, flip)
    shown = seen[5:45, 10:50] if is_part else seen
    across, down = 7, 13
    shares = ((across + 0.5) / shown.shape[1], (down + 0.5) / shown.shape[0])
    ends = [[int(v) + 1 for v in pixel] for pixel in (shown[0, 0], shown[-1, -1])]
    path = marked(
        tmp_path,
        sources,
        shares,
        rotation=rotation,
        flip=flip,
        corners=ends if is_part else None,
    )
    found = read_presentation(path, Places(series))
    (mark,) = found.marks
    pixel = shown[down, across]
    expected = lps(sources, 1, pixel[0] + 0.5, pixel[1] + 0.5)
    np.testing.assert_allclose(mark.lines[0].points[0], expected, atol=1e-6)
    assert found.omitted == ()


@pytest.mark.parametrize(
    ("rotation", "flip", "corners", "words"),
    [
        (0, "Y", ([1, 1], [70, 60]), "contradict"),
        (0, "N", ([70, 1], [1, 60]), "contradict"),
        (90, "N", ([1, 1], [70, 60]), "contradict"),
        (180, "N", ([1, 1], [70, 60]), "contradict"),
        (45, "N", None, "turned is not valid"),
        (0, "X", None, "turned is not valid"),
    ],
)
def test_a_picture_turned_in_no_known_way_takes_no_drawing_of_the_screen(
    tmp_path, images, rotation, flip, corners, words
):
    sources, series = images
    path = marked(tmp_path, sources, (0.25, 0.5), rotation=rotation, flip=flip, corners=corners)
    found = read_presentation(path, Places(series))
    assert found.marks == ()
    assert len(found.omitted) == 2
    assert all(words in text for text in found.omitted)


def test_points_in_an_unknown_unit_are_not_laid_down(tmp_path, images):
    sources, series = images
    path = marked(tmp_path, sources, (0.25, 0.5))
    ds = pydicom.dcmread(path)
    ds.GraphicAnnotationSequence[0].GraphicObjectSequence[0].GraphicAnnotationUnits = "MATRIX"
    ds.save_as(path)
    found = read_presentation(path, Places(series))
    assert [m.words for m in found.marks] == ["here"]
    assert "unit is not known" in found.omitted[0]


def test_a_state_of_other_images_is_refused_with_a_reason(tmp_path, images):
    path = presentation(tmp_path, images[0])
    with pytest.raises(RefusedError, match="not in this case"):
        read_presentation(path, Places([]))
