"""Measuring from files: the same answers from SEG, NIfTI and NRRD, and sentences for bad ones."""

import json
import re
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from tests.dicom.make import write_slices
from tests.dicom.test_phases import of, write_phases
from tests.imaging.phantoms import VesselPhantom
from tests.shared_data import shared_data
from tumorboard import cli
from tumorboard.app.guidance import Guidance
from tumorboard.app.measure import ivc_level, measure, measure_words
from tumorboard.app.measure_files import load_volume
from tumorboard.app.settings import Settings
from tumorboard.errors import UserError
from tumorboard.guidelines import SettingChange
from tumorboard.progress import Reporter

PHANTOM = VesselPhantom(8.0, 80.0, 0.0, 150.0, 0.4)
STACK = PHANTOM.stack((1.0, 1.0, 2.0), (0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    count, *shape = STACK.shape
    write_slices(
        folder,
        count,
        shape=(shape[0], shape[1]),
        spacing=STACK.pixel_spacing,
        positions=STACK.origins,
        values=PHANTOM.volume(STACK).voxels + 1024,
    )
    return folder


@pytest.fixture(scope="module")
def masks(images: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The vessel (1) and the tumour (2) as NIfTI and NRRD, the tumour alone as SEG."""
    folder = tmp_path_factory.mktemp("masks")
    vessel, tumour = PHANTOM.masks(STACK)
    labels = vessel.dense().astype(np.uint8)
    labels[tumour.dense()] = 2
    image = sitk.GetImageFromArray(labels)
    image.SetOrigin(STACK.origins[0].tolist())
    image.SetSpacing((1.0, 1.0, 2.0))
    found = {}
    for end in ("nii.gz", "nrrd"):
        found[end] = folder / f"parts.{end}"
        sitk.WriteImage(image, str(found[end]))
        found[f"tumour.{end}"] = folder / f"tumour.{end}"
        sitk.WriteImage(sitk.Cast(image == 2, sitk.sitkUInt8), str(found[f"tumour.{end}"]))
    turned = sitk.Flip(sitk.Cast(image == 2, sitk.sitkUInt8), [False, True, True])
    found["turned"] = folder / "tumour.turned.nrrd"
    sitk.WriteImage(turned, str(found["turned"]))
    found["seg"] = folder / "tumour.dcm"
    _write_seg(images, tumour.dense(), found["seg"])
    return found


def _write_seg(images: Path, mask, path: Path, prefix: str = "") -> None:
    sources = [pydicom.dcmread(p) for p in images.glob(f"{prefix}*")]
    sources.sort(key=lambda ds: float(ds.ImagePositionPatient[2]))
    for ds in sources:
        for name in ("StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"):
            setattr(ds, name, "")
    described = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label="tumour",
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Neoplasm,
        algorithm_type="MANUAL",
    )
    hd.seg.Segmentation(
        source_images=sources,
        pixel_array=mask.astype(np.uint8),
        segmentation_type="BINARY",
        segment_descriptions=[described],
        series_instance_uid="1.2.3.9",
        series_number=9,
        sop_instance_uid=generate_uid(entropy_srcs=["seg"]),
        instance_number=1,
        manufacturer="T",
        manufacturer_model_name="T",
        software_versions="1",
        device_serial_number="1",
    ).save_as(path)


@pytest.fixture
def points(tmp_path: Path) -> Path:
    return _points(
        tmp_path,
        lines={"across": [[0, 0, 0], [20.0, 0, 0]]},
        vessels=[
            {
                "name": "IVC",
                "points": [[0, 0, -39], [0, 0, 0], [0, 0, 39]],
                "landmarks": {"renal veins": [0, 0, -18.0]},
            }
        ],
    )


def _points(folder: Path, **content) -> Path:
    file = folder / "points.json"
    file.write_text(json.dumps(content))
    return file


def run(images: Path, mask: Path | None, points: Path | None = None) -> dict:
    return measure(images, mask, points, Reporter())


def test_seg_nifti_and_nrrd_give_the_same_mass(images, masks):
    found = [
        run(images, masks[n])["masses"] for n in ("seg", "tumour.nii.gz", "tumour.nrrd", "turned")
    ]
    assert [len(f) for f in found] == [1, 1, 1, 1]
    for mass in found:
        assert mass[0]["volume_ml"] == pytest.approx(PHANTOM.masks(STACK)[1].volume_ml, abs=0.01)
        assert mass[0]["calipers"] == found[0][0]["calipers"]
        assert mass[0]["values"]["mean"] == pytest.approx(60)


def test_a_vessel_is_measured_along_its_points(images, masks, points):
    result = run(images, masks["tumour.nrrd"], points)
    assert result["lines"]["across"]["length_mm"] == 20.0
    (vessel,) = result["vessels"]
    assert vessel["length_mm"] == pytest.approx(78.0, abs=0.5)
    assert vessel["landmarks_mm"]["renal veins"] == pytest.approx(21.0, abs=0.3)
    assert vessel["contact_from_to_mm"] == pytest.approx([19.0, 59.0], abs=3.0)
    assert set(result["facts"]) >= {"diameters_cm", "vessel_contacts"}
    text = measure_words(result)
    assert "IVC: contact up to" in text
    assert "renal veins" in text


def test_a_part_of_the_mask_file_is_the_lumen(images, masks, tmp_path):
    whole = sitk.ReadImage(str(masks["nrrd"]))
    both = tmp_path / "both.nrrd"
    sitk.WriteImage(whole, str(both))
    vessels = [
        {"name": "IVC", "points": [[0, 0, -39], [0, 0, 39]], "mask": "both 1", "trace": True}
    ]
    result = run(images, both, _points(tmp_path, vessels=vessels))
    assert [m["name"] for m in result["masses"]] == ["both 2"]
    assert result["vessels"][0]["length_mm"] == pytest.approx(78.0, abs=2.0)
    vessels[0]["mask"] = "both 7"
    with pytest.raises(UserError, match="no part “both 7”"):
        run(images, both, _points(tmp_path, vessels=vessels))


def test_the_end_in_the_vein_is_named_by_the_scheme_of_the_guideline():
    facts = {"ivc_involvement": "present", "ivc_cranial_extent": "intrahepatic"}
    assert ivc_level(facts) == "II"
    assert ivc_level({**facts, "ivc_cranial_extent": "right_atrium"}) == "III"
    assert ivc_level({"ivc_involvement": "present"}) is None


def test_the_command_prints_json_without_identity_or_paths(images, masks, points, capsys):
    arguments = ["measure", str(images), "--mask", str(masks["seg"]), "--points", str(points)]
    assert cli.main([*arguments, "--json"]) == 0
    text = capsys.readouterr().out
    result = json.loads(text)
    assert result["convention"] == "outer voxel edges"
    assert str(images) not in text
    assert cli.main([*arguments, "--centres"]) == 0
    assert "voxel centres" in capsys.readouterr().out


def test_ranges_and_tolerance_are_those_of_the_institution(images, masks, points, tmp_path):
    file = tmp_path / "settings.yaml"
    settings = Settings(file)
    settings.set("measure.fat_from", 50)
    settings.set("measure.fat_to", 70)
    settings.set("measure.ranges_reference", "Our own series")
    settings.set("measure.contact_tolerance_mm", 6)
    found = measure(images, masks["seg"], points, Reporter(), settings=Settings(file))
    plain = run(images, masks["seg"], points)
    shares = found["masses"][0]["shares"]
    assert shares["fat"] == 1.0
    assert shares["reference"] == "Our own series"
    assert plain["masses"][0]["shares"]["fat"] == 0.0

    def degrees(result: dict) -> float:
        return result["vessels"][0]["most_contact_degrees"]["value"]

    assert degrees(found) >= degrees(plain) > 100


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not as needed"),
        ("[]", "not as needed"),
        ("{}", "names no line"),
        ('{"lines": {"a": [[1, 2, 3]]}}', "not as needed"),
        ('{"lines": {"a": [[1, 2], [3, 4]]}}', "not as needed"),
        ('{"vessels": [{"points": [[1, 2, 3]]}]}', "not as needed"),
        ('{"vessels": [{"name": "IVC", "points": [[0, 0, 0]]}]}', "One point makes no line"),
        ('{"vessels": [{"name": "IVC", "points": [[0, 0, 0], [0, 0, 900]]}]}', "leaves the images"),
        ('{"lines": {"a": [[0, 0, 0], [0, 0, 900]]}}', "leaves the images"),
    ],
)
def test_points_that_cannot_be_used_are_refused_with_a_sentence(images, tmp_path, content, words):
    file = tmp_path / "p.json"
    file.write_text(content)
    with pytest.raises(UserError, match=words):
        run(images, None, file)


def test_masks_that_cannot_be_used_are_refused_with_a_sentence(images, tmp_path):
    with pytest.raises(UserError, match=r"Nothing to measure"):
        run(images, None)
    with pytest.raises(UserError, match=r"“none.nrrd” does not exist"):
        run(images, tmp_path / "none.nrrd")
    broken = tmp_path / "broken.nii.gz"
    broken.write_bytes(b"nothing of the kind")
    with pytest.raises(UserError, match="cannot be read"):
        run(images, broken)
    other = tmp_path / "other.dcm"
    other.write_bytes(b"nothing of the kind")
    with pytest.raises(UserError, match="no mask"):
        run(images, other)
    far = sitk.GetImageFromArray(np.ones((3, 4, 5), np.uint8))
    for origin, values, words in (
        ((5000.0, 0, 0), far, "lies on these images"),
        ((0.0, 0, 0), far * 0, "is empty"),
    ):
        values.SetOrigin(origin)
        sitk.WriteImage(values, str(tmp_path / "far.nrrd"))
        with pytest.raises(UserError, match=words):
            run(images, tmp_path / "far.nrrd")
    grey = np.arange(3 * 20 * 20, dtype=np.int16).reshape(3, 20, 20)
    sitk.WriteImage(sitk.GetImageFromArray(grey), str(tmp_path / "grey.nrrd"))
    with pytest.raises(UserError, match="values, not labels"):
        run(images, tmp_path / "grey.nrrd")
    with pytest.raises(UserError, match="no such series"):
        measure(images, tmp_path / "far.nrrd", None, Reporter(), series_uid="9.9")


@pytest.mark.data
def test_seg_and_nifti_of_a_real_series_agree():
    folder = shared_data("series/ct-abdomen-totalseg20")
    images = folder / "dicom" if (folder / "dicom").exists() else folder
    seg = {m["name"]: m for m in run(images, folder / "seg" / "organs_seg.dcm")["masses"]}
    nifti = run(images, folder / "seg" / "totalsegmentator_117.nii.gz")["masses"]
    volumes = {m["name"].rsplit(" ", 1)[-1]: m["volume_ml"] for m in nifti}
    liver = next(m for name, m in seg.items() if "liver" in name.lower())
    assert liver["volume_ml"] == pytest.approx(volumes["5"], rel=1e-3)


def test_the_result_names_what_mask_and_images_are_of(images, masks):
    found = run(images, masks["seg"])
    assert found["series"]["series_instance_uid"] == "1.2.3.1.1"
    assert found["series"]["study_instance_uid"] == found["mask"]["study_instance_uid"] == "1.2.3.1"
    frames = {found[k]["frame_of_reference_uid"] for k in ("series", "mask")}
    assert frames == {"1.2.3.1.9"}
    assert found["mask"]["referenced_series_uids"] == ["1.2.3.1.1"]
    assert found["caveats"] == []
    (said,) = run(images, masks["nii.gz"])["caveats"]
    assert "does not say" in said
    assert f"note: {said}" in measure_words(run(images, masks["nii.gz"]))


OTHERS = {
    "another frame of reference": ({"FrameOfReferenceUID": "1.2.7"}, "frame of reference", True),
    "another study": ({"StudyInstanceUID": "1.2.7", "series": "1.2.7.1"}, "another study", False),
    "another study without a frame": (
        {"StudyInstanceUID": "1.2.7", "FrameOfReferenceUID": "", "series": "1.2.7.1"},
        "another study",
        True,
    ),
    "another series": ({"series": "1.2.3.1.5"}, "another series", False),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_mask_of_other_images_is_refused_or_said(images, masks, tmp_path, name):
    """https://github.com/QIICR/dcmqi/issues/449 and what follows when it is the wrong study."""
    changes, words, refused = OTHERS[name]
    ds = pydicom.dcmread(masks["seg"])
    for keyword, value in changes.items():
        if keyword == "series":
            ds.ReferencedSeriesSequence[0].SeriesInstanceUID = value
        else:
            setattr(ds, keyword, value)
    ds.save_as(tmp_path / "mask.dcm")
    if refused:
        with pytest.raises(UserError, match=words):
            run(images, tmp_path / "mask.dcm")
    else:
        (said,) = run(images, tmp_path / "mask.dcm")["caveats"]
        assert words in said


def test_of_several_series_the_mask_chooses_its_own(images, masks, tmp_path):
    count, *shape = STACK.shape
    both = tmp_path / "both"
    for path in images.iterdir():
        (both / "a").mkdir(parents=True, exist_ok=True)
        (both / "a" / path.name).write_bytes(path.read_bytes())
    write_slices(both / "b", count + 5, shape=(shape[0], shape[1]), series_uid="1.2.3.1.6")
    assert run(both, masks["seg"])["series"]["series_instance_uid"] == "1.2.3.1.1"


def test_phases_of_one_series_are_not_chosen_among_in_silence(tmp_path):
    write_phases(tmp_path, (0, 0), of("AcquisitionNumber", 1, 2))
    with pytest.raises(UserError, match="several parts of one series") as caught:
        load_volume(tmp_path, Reporter())
    for phase, uid in enumerate(re.findall(r"[0-9.]{5,}", caught.value.hint)):
        volume = load_volume(tmp_path, Reporter(), uid.rstrip("."))
        assert set(volume.voxels.ravel()) == {phase}


@pytest.fixture
def phase_masks(tmp_path: Path) -> tuple[Path, list[Path]]:
    """Two phases of one series at the same places, and a mask made on each."""
    write_phases(tmp_path / "images", (0, 0), of("AcquisitionNumber", 1, 2))
    mask = np.zeros((6, 12, 16), np.uint8)
    mask[1:4, 4:8, 5:11] = 1
    files = [tmp_path / f"mask{phase}.dcm" for phase in (0, 1)]
    for phase, file in enumerate(files):
        _write_seg(tmp_path / "images", mask, file, f"P{phase}-")
    return tmp_path / "images", files


@pytest.mark.parametrize("keep", ["all", "frames only", "series only"])
def test_a_mask_chooses_the_phase_whose_pictures_it_names(phase_masks, keep):
    images, files = phase_masks
    for phase, file in enumerate(files):
        ds = pydicom.dcmread(file)
        if keep == "frames only":
            del ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence
        if keep == "series only":
            for group in ds.PerFrameFunctionalGroupsSequence:
                del group.DerivationImageSequence
        ds.save_as(file)
        found = run(images, file)
        assert found["masses"][0]["values"]["mean"] == phase - 1024
        assert found["caveats"] == []


def test_a_mask_of_another_phase_says_so(phase_masks):
    images, files = phase_masks
    with pytest.raises(UserError) as caught:
        load_volume(images, Reporter())
    uids = [uid.rstrip(".") for uid in re.findall(r"[0-9.]{5,}", caught.value.hint)]
    said = {uid: measure(images, files[0], None, Reporter(), series_uid=uid) for uid in uids}
    for found in said.values():
        other = found["masses"][0]["values"]["mean"] != -1024
        assert [("other pictures" in c) for c in found["caveats"]] == ([True] if other else [])


def test_slices_that_a_mask_has_twice_are_refused_where_they_differ(phase_masks):
    images, (file, _) = phase_masks
    ds = pydicom.dcmread(file)
    frames = ds.PerFrameFunctionalGroupsSequence
    frames[1].PlanePositionSequence = frames[0].PlanePositionSequence
    pixels = np.unpackbits(np.frombuffer(ds.PixelData, np.uint8), bitorder="little")
    pixels = pixels[: ds.NumberOfFrames * 12 * 16].reshape(-1, 12, 16).copy()
    ds.PixelData = np.packbits(pixels, bitorder="little").tobytes()
    ds.save_as(file.with_name("twice.dcm"))
    mass = run(images, file.with_name("twice.dcm"))["masses"][0]
    assert mass["slices"][1] - mass["slices"][0] + 1 == 3  # of two that say the same one counts
    pixels[1, 0, 0] = 1
    ds.PixelData = np.packbits(pixels, bitorder="little").tobytes()
    ds.save_as(file.with_name("differ.dcm"))
    with pytest.raises(UserError, match="two slices at one place"):
        run(images, file.with_name("differ.dcm"))


def test_a_mask_that_goes_beyond_the_images_says_so(images, masks, tmp_path):
    whole = run(images, masks["seg"])["masses"][0]
    assert "edge" not in " ".join(whole["caveats"])
    first, last = whole["slices"]
    fewer = tmp_path / "fewer"
    fewer.mkdir()
    for path in images.iterdir():
        height = float(pydicom.dcmread(path).ImagePositionPatient[2])
        if height < STACK.origins[(first + last) // 2][2]:
            (fewer / path.name).write_bytes(path.read_bytes())
    for end in ("seg", "tumour.nii.gz"):
        part = run(fewer, masks[end])["masses"][0]
        assert part["volume_ml"] < 0.7 * whole["volume_ml"]
        assert "edge of the images" in " ".join(part["caveats"])


def test_fractions_are_cut_at_one_half_and_it_is_said(images, tmp_path):
    share = np.zeros(STACK.shape, np.float32)
    share[4:8, 10:20, 10:20] = 0.75
    share[4:8, 20:22, 10:20] = 0.25
    file = tmp_path / "share.nii.gz"

    def save(values):
        image = sitk.GetImageFromArray(values)
        image.SetOrigin(STACK.origins[0].tolist())
        image.SetSpacing((1.0, 1.0, 2.0))
        sitk.WriteImage(image, str(file))

    save(share)
    found = run(images, file)
    assert found["masses"][0]["volume_ml"] == pytest.approx(0.8)
    assert any("cut at one half" in text for text in found["caveats"])
    save(share * 100.5)
    with pytest.raises(UserError, match="values, not labels"):
        run(images, file)


@pytest.mark.parametrize("rows", [(4,), (2, 6), (2, 3, 4)])
def test_slices_of_a_mask_on_overlapping_images_are_as_thick_as_the_step(tmp_path, rows):
    """Images of 5 mm every 2 mm; the mask tells its thickness and no spacing."""
    images = tmp_path / "images"
    write_slices(images, 8, step=2.0, change=lambda ds, _: setattr(ds, "SliceThickness", 5.0))
    mask = np.zeros((8, 12, 16), np.uint8)
    mask[rows, 4:8, 5:11] = 1
    _write_seg(images, mask, tmp_path / "mask.dcm")
    ds = pydicom.dcmread(tmp_path / "mask.dcm")
    (measures,) = ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    measures.SliceThickness = 5.0
    if "SpacingBetweenSlices" in measures:
        del measures.SpacingBetweenSlices
    ds.save_as(tmp_path / "mask.dcm")
    row, column = measures.PixelSpacing
    found = run(images, tmp_path / "mask.dcm")["masses"][0]
    assert found["volume_ml"] == pytest.approx(len(rows) * 24 * row * column * 2 / 1000, abs=0.01)


def test_the_scheme_is_the_one_that_the_store_goes_by(tmp_path):
    facts = {"ivc_involvement": "present", "ivc_cranial_extent": "intrahepatic"}
    guidance = Guidance(tmp_path)
    table = {**guidance.in_force.settings.value("S-03"), "intrahepatic": "III"}
    guidance.change(SettingChange("S-03", table, "Dr Lead", "2026-01-05", "Our scheme"))
    assert (ivc_level(facts, tmp_path), ivc_level(facts)) == ("III", "II")
