"""Units: HU only where an object says so, and stored values where it does not say what they are.

After https://github.com/fo-dicom/fo-dicom/issues/1975 (numbers with commas, units, spaces),
https://github.com/pydicom/pydicom/issues/1615 (nothing there),
https://github.com/didymo/OnkoDICOM/pull/172 (dual-energy maps) and
https://github.com/nroduit/Weasis/issues/624 (screenshots of a CT).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedCTImageStorage, SecondaryCaptureImageStorage

from tests.dicom.make import ct_slice, ramp, raw, slice_positions, write, write_slices
from tumorboard.annotations.caveats import caveats_for
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import OLD_READING, Series
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.volume import Volume

Edit = Callable[[Dataset], object]
VALUES = np.abs(ramp(3, (8, 9)))


def drop(*keywords: str) -> Edit:
    return lambda ds: [delattr(ds, k) for k in keywords if k in ds]


def put(**values: object) -> Edit:
    return lambda ds: [setattr(ds, k, v) for k, v in values.items()]


def ct(folder: Path, edit: Edit, only: int | None = None) -> Series:
    def change(ds: Dataset, k: int) -> None:
        if only is None or only == k:
            edit(ds)

    write_slices(folder, 3, values=VALUES, change=change)
    (series,) = scan([folder]).series
    return series


def loaded(series: Series) -> Volume:
    loader = VolumeLoader(series)
    loader.run()
    assert not loader.failures
    return loader.volume


def codes(series: Series) -> set[str]:
    return {c.code for c in series.caveats} - {"non-square"}


NO_NUMBERS = [
    "- 1024",
    "-1024 HU",
    "nan",
    "inf",
    "-1,024",
    "-1.024,0",
    "1_024",
    "１０２４",
    "0x400",
]


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.parametrize("keyword", ["RescaleIntercept", "RescaleSlope"])
def test_what_is_no_number_is_no_transformation(tmp_path: Path, keyword: str, text: str) -> None:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        text = text.encode("utf-8").decode("latin-1")
    series = ct(tmp_path, lambda ds: raw(ds, keyword, text))
    volume = loaded(series)
    assert series.unit == volume.unit == ""
    assert "rescale-unreadable" in codes(series)
    np.testing.assert_array_equal(volume.values(volume.voxels), VALUES)
    assert volume.window is None  # it is told in values after the transformation


@pytest.mark.parametrize("vr", ["LO", "UN", "SH"])
@pytest.mark.parametrize("text", ["1_024", "-1024 HU"])
def test_other_representations_are_no_way_round(tmp_path: Path, vr: str, text: str) -> None:
    series = ct(tmp_path, lambda ds: raw(ds, "RescaleIntercept", text, vr))
    assert (series.unit, "rescale-unreadable" in codes(series)) == ("", True)


@pytest.mark.parametrize(
    ("slope", "intercept", "factor", "offset"),
    [("1", "-1024,0", 1, -1024), ("0,5", "-512", 0.5, -512), ("0,125", "+3,25", 0.125, 3.25)],
)
def test_a_decimal_comma_that_can_be_nothing_else_is_read_and_said(
    tmp_path: Path, slope: str, intercept: str, factor: float, offset: float
) -> None:
    def edit(ds: Dataset) -> None:
        raw(ds, "RescaleSlope", slope)
        raw(ds, "RescaleIntercept", intercept)

    series = ct(tmp_path, edit)
    volume = loaded(series)
    assert (series.unit, codes(series)) == ("HU", {"rescale-comma"})
    np.testing.assert_allclose(volume.values(volume.voxels), VALUES * factor + offset)


MISSING: dict[str, tuple[Edit, str]] = {
    "both": (drop("RescaleSlope", "RescaleIntercept"), "rescale-missing"),
    "intercept": (drop("RescaleIntercept"), "rescale-incomplete"),
    "slope": (drop("RescaleSlope"), "rescale-incomplete"),
    "slope 0": (put(RescaleSlope=0), "bad-rescale"),
    "two slopes": (put(RescaleSlope=[1, 2]), "rescale-unreadable"),
    "empty": (put(RescaleIntercept=None), "rescale-incomplete"),
}


@pytest.mark.parametrize("name", MISSING)
def test_half_a_transformation_is_none(tmp_path: Path, name: str) -> None:
    edit, code = MISSING[name]
    series = ct(tmp_path, lambda ds: (edit(ds), put(RescaleType="HU")(ds)))
    volume = loaded(series)
    assert series.unit == ""
    assert code in codes(series)
    np.testing.assert_array_equal(volume.values(volume.voxels), VALUES)


def test_one_bad_slice_takes_the_unit_of_all(tmp_path: Path) -> None:
    series = ct(tmp_path, lambda ds: raw(ds, "RescaleIntercept", "-1024 HU"), only=1)
    volume = loaded(series)
    assert series.unit == ""
    np.testing.assert_array_equal(volume.values(volume.voxels), VALUES)


def test_the_reservation_goes_with_what_is_measured(tmp_path: Path) -> None:
    volume = loaded(ct(tmp_path, drop("RescaleIntercept")))
    point = tuple(float(v) for v in volume.stack.centre)
    found = {c.code for c in caveats_for(volume, [point], Plane.AXIAL)}
    assert "rescale-incomplete" in found


TYPES = {
    "HU": "HU",
    "MGML": "mg/mL",
    "Z_EFF": "effective Z",
    "ED": "10²³ electrons/mL",
    "EDW": "electron density, relative to water",
    "HU_MOD": "modified HU",
    "PCT": "%",
    "US": "",
    "Hounsfield Unit": "HU",
    "Houndsfield Unit": "HU",
    "something": "something",
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("modality", ["CT", "OT"])
def test_the_rescale_type_gives_the_unit(tmp_path: Path, kind: str, modality: str) -> None:
    series = ct(tmp_path, put(RescaleType=kind, Modality=modality))
    assert series.unit == TYPES[kind]
    assert ("no-unit" in codes(series)) == (modality == "CT" and not TYPES[kind])


NOT_CT: dict[str, Edit] = {
    "secondary capture": put(SOPClassUID=SecondaryCaptureImageStorage),
    "secondary capture that says HU": put(
        SOPClassUID=SecondaryCaptureImageStorage, RescaleType="HU"
    ),
    "an effective number without a type": put(
        ImageType=["DERIVED", "PRIMARY", "AXIAL", "EFF_ATOMIC_NUM"]
    ),
    "a map of iodine without a type": put(ImageType=["DERIVED", "SECONDARY", "AXIAL", "IODINE"]),
    "a map of blood flow without a type": put(ImageType=["DERIVED", "SECONDARY", "CBF"]),
    "a difference without a type": put(ImageType=["DERIVED", "PRIMARY", "AXIAL", "SUBTRACTION"]),
    "word capture that says HU": put(SOPClassUID="1.2.840.10008.5.1.4.1.1.7.3", RescaleType="HU"),
    "a conversion": put(ConversionType="WSD"),
    "a screen save": put(ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"]),
    "several energies without a type": put(MultienergyCTAcquisition="YES"),
    "another class": put(SOPClassUID="1.2.840.10008.5.1.4.1.1.4"),
}


@pytest.mark.parametrize("name", NOT_CT)
def test_what_is_no_ct_image_has_no_hu(tmp_path: Path, name: str) -> None:
    series = ct(tmp_path, NOT_CT[name])
    assert series.unit == ""
    assert "no-unit" in codes(series)


def test_eight_bits_are_no_ct_image(tmp_path: Path) -> None:
    ds = ct_slice(VALUES[0].astype(np.uint8), slice_positions(1)[0])
    write(ds, tmp_path / "IM.dcm")
    (series,) = scan([tmp_path]).series
    assert (series.unit, "no-unit" in codes(series)) == ("", True)


def enhanced(folder: Path, groups: list[Dataset | None]) -> Series:
    """An Enhanced CT whose frames each have a transformation of their own, or none."""
    positions = slice_positions(len(groups))
    ds = ct_slice(VALUES[0], positions[0])
    for keyword in ("RescaleSlope", "RescaleIntercept", "ImagePositionPatient"):
        delattr(ds, keyword)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    ds.NumberOfFrames, ds.PixelData = len(groups), VALUES[: len(groups)].tobytes()
    frames = []
    for position, values in zip(positions, groups, strict=True):
        place, frame = Dataset(), Dataset()
        place.ImagePositionPatient = list(map(float, position))
        frame.PlanePositionSequence = [place]
        if values is not None:
            frame.PixelValueTransformationSequence = [values]
        frames.append(frame)
    ds.SharedFunctionalGroupsSequence = [Dataset()]
    ds.PerFrameFunctionalGroupsSequence = frames
    write(ds, folder / "IM.dcm")
    (series,) = scan([folder]).series
    return series


def transformation(slope: str = "1", intercept: str = "-1024", kind: str = "HU") -> Dataset:
    ds = Dataset()
    raw(ds, "RescaleSlope", slope)
    raw(ds, "RescaleIntercept", intercept)
    ds.RescaleType = kind
    return ds


def test_functional_groups_are_judged_alike(tmp_path: Path) -> None:
    good = enhanced(tmp_path / "good", [transformation() for _ in range(3)])
    assert (good.unit, codes(good)) == ("HU", set())
    comma = enhanced(tmp_path / "comma", [transformation("0,5") for _ in range(3)])
    assert (comma.unit, codes(comma)) == ("HU", {"rescale-comma"})
    none = enhanced(tmp_path / "none", [None, None, None])
    assert (none.unit, "rescale-missing" in codes(none)) == ("", True)
    one = enhanced(tmp_path / "one", [transformation(), transformation("x"), transformation()])
    assert (one.unit, "rescale-unreadable" in codes(one)) == ("", True)
    iodine = enhanced(tmp_path / "iodine", [transformation("0.1", "0", "MGML") for _ in range(3)])
    assert iodine.unit == "mg/mL"
    kinds = ["HU", "MGML", "HU"]
    mixed = enhanced(tmp_path / "mixed", [transformation("1", "0", k) for k in kinds])
    assert (mixed.unit, "mixed-units" in codes(mixed)) == ("", True)


def test_a_record_of_an_older_program_says_that_it_is_one(tmp_path: Path) -> None:
    series = ct(tmp_path, put(RescaleType="HU"))
    assert OLD_READING not in codes(Series.from_json(series.to_json()))
    old = series.to_json()
    del old["common"]["unit"]
    assert OLD_READING in codes(Series.from_json(old))


#: Words of Image Type (PS3.3 sections C.7.6.1.1.2 and C.8.16.1.3) for what is no slice of tissue.
NO_SLICES = {
    "MIP": ("slab-extremes", "volume"),
    "MINIP": ("slab-extremes", "volume"),
    "SUBTRACTION": ("computed-values", "volume"),
    "CPR": ("curved", "stack"),
    "LOCALIZER": ("localizer", "stack"),
}


@pytest.mark.parametrize("word", NO_SLICES)
def test_what_is_no_slice_of_tissue_says_so(tmp_path: Path, word: str) -> None:
    code, kind = NO_SLICES[word]
    series = ct(tmp_path, put(ImageType=["DERIVED", "SECONDARY", word], RescaleType="HU"))
    assert code in codes(series)
    assert series.kind == kind
