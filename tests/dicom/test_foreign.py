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
from tumorboard.dicom.structured_report import read_measurements
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
    (mark,) = read_measurements(path, Places(series))
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
    (mark,) = read_measurements(report(tmp_path, sources, [planar(region)]), Places(series))
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
    first, second = read_measurements(path, Places(series))
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
    solid, round_one = read_measurements(path, Places(series))
    np.testing.assert_allclose(solid.lines[0].points, points[:-1], atol=1e-6)
    assert solid.annotation.image.sop_instance_uids == (sources[3].SOPInstanceUID,)
    assert round_one.annotation.kind is Kind.CIRCLE
    assert measure(round_one.annotation).quantities[0].value == pytest.approx(2 * 7 * 0.7)
    away = np.linalg.norm(np.array(round_one.lines[0].points) - lps(sources, 0, 30, 30), axis=1)
    np.testing.assert_allclose(away, 7 * 0.7)


def test_images_that_are_not_there_are_passed_over(tmp_path, images):
    sources, series = images
    region = coordinates("POLYLINE", [(10, 12), (40, 12), (40, 32), (10, 12)], sources[2])
    path = report(tmp_path, sources, [planar(region)])
    assert read_measurements(path, Places([])) == ()
    assert len(read_measurements(path, Places(series))) == 1


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


def test_a_state_of_other_images_is_refused_with_a_reason(tmp_path, images):
    path = presentation(tmp_path, images[0])
    with pytest.raises(RefusedError, match="not in this case"):
        read_presentation(path, Places([]))
