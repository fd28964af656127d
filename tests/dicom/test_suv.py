"""Uptake: when a PET can be given in SUV by body weight, and when and why it cannot."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import ramp, raw, write_slices
from tests.shared_data import shared_data
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.dicom.suv import uptake
from tumorboard.imaging.volume import Window

Edit = Callable[[Dataset], None]


def pet(ds: Dataset, _: int = 0) -> None:
    """Two half-lives after 400 MBq for 80 kg: 100 MBq are left, 0.8 g/mL a kBq/mL."""
    ds.Modality, ds.Units = "PT", "BQML"
    ds.CorrectedImage = ["ATTN", "DECY", "SCAT"]
    ds.DecayCorrection, ds.PatientWeight = "START", 80
    ds.SeriesDate = ds.AcquisitionDate = "20260302"
    ds.SeriesTime, ds.AcquisitionTime = "120000", "120130.5"
    ds.RescaleIntercept = 0
    tracer = Dataset()
    tracer.RadiopharmaceuticalStartTime = "082027.60"
    tracer.RadionuclideTotalDose, tracer.RadionuclideHalfLife = 4e8, 6586.2
    ds.RadiopharmaceuticalInformationSequence = [tracer]


def series_with(folder: Path, edit: Edit | None = None, count: int = 3) -> Series:
    def change(ds: Dataset, k: int) -> None:
        pet(ds)
        if edit is not None:
            edit(ds)

    write_slices(folder, count, values=np.abs(ramp(count, (6, 8))), change=change)
    (series,) = scan([folder]).series
    return series


def tracer_of(ds: Dataset) -> Dataset:
    item: Dataset = ds.RadiopharmaceuticalInformationSequence[0]
    return item


def test_uptake_by_body_weight(tmp_path: Path) -> None:
    series = series_with(tmp_path)
    assert series.info.suv_factor == pytest.approx(80_000 / 1e8)
    assert series.unit == "SUVbw"
    loader = VolumeLoader(series)
    loader.run()
    volume = loader.volume
    expected = np.abs(ramp(3, (6, 8))) * 8e-4
    np.testing.assert_allclose(volume.values(volume.voxels), expected, rtol=1e-6)
    assert volume.unit == "SUVbw"
    assert volume.window is not None
    assert (volume.window.centre, volume.window.width) == pytest.approx((40 * 8e-4, 400 * 8e-4))
    assert "no-suv" not in {c.code for c in volume.caveats}


def test_slices_scaled_differently_become_uptake_too(tmp_path: Path) -> None:
    def change(ds: Dataset, k: int) -> None:
        pet(ds)
        ds.RescaleSlope = 1 + k

    values = np.abs(ramp(3, (6, 8)))
    write_slices(tmp_path, 3, values=values, change=change)
    (series,) = scan([tmp_path]).series
    loader = VolumeLoader(series)
    loader.run()
    expected = values * np.array([1, 2, 3])[:, None, None] * 8e-4
    np.testing.assert_allclose(loader.volume.voxels, expected, rtol=1e-6)


ALLOWED: dict[str, tuple[Edit, float]] = {
    "corrected to the injection": (lambda ds: setattr(ds, "DecayCorrection", "ADMIN"), 2e-4),
    "full date of the injection": (
        lambda ds: setattr(tracer_of(ds), "RadiopharmaceuticalStartDateTime", "20260302082027.6"),
        8e-4,
    ),
    "injected before midnight": (
        lambda ds: (
            setattr(ds, "SeriesTime", "003000"),
            setattr(ds, "AcquisitionTime", "003100"),
            setattr(tracer_of(ds), "RadiopharmaceuticalStartTime", "205027.6"),
        )[0],
        8e-4,
    ),
}


def stamped(stamp: str, zone: str = "", time: str | None = "082027.60") -> Edit:
    """State the injection with a date and time, and the zone of all other times."""

    def edit(ds: Dataset) -> None:
        tracer_of(ds).RadiopharmaceuticalStartDateTime = stamp
        if zone:
            ds.TimezoneOffsetFromUTC = zone
        if time is None:
            del tracer_of(ds).RadiopharmaceuticalStartTime
        else:
            tracer_of(ds).RadiopharmaceuticalStartTime = time

    return edit


def counts(ds: Dataset, **factors: str) -> None:
    """Philips: counts, and beside them what makes more of them."""
    ds.Units = "CNTS"
    block = ds.private_block(0x7053, "Philips PET Private Group", create=True)
    for name, value in factors.items():
        block.add_new({"suv": 0x00, "activity": 0x09}[name], "DS", value)


#: After https://github.com/nroduit/Weasis/issues/635 (zones), the golden headers of
#: https://github.com/cornerstonejs/calculate-suv, and https://github.com/medical-physics-usz/
#: z-rad/pull/282 (midnight).
ALLOWED |= {
    "the zone of the injection is that of the scan": (
        stamped("20260302082027.6+0100", "+0100"),
        8e-4,
    ),
    "injected in the time of Greenwich": (stamped("20260302072027.600000+0000", "+0100"), 8e-4),
    "scanned west of Greenwich": (stamped("20260302132027.6+0000", "-0500"), 8e-4),
    "a zone of three quarters": (stamped("20260302023527.6+0000", "+0545"), 8e-4),
    "a zone that crosses the day": (
        lambda ds: (
            stamped("20260302152027.6+0000", "+1300", None)(ds),
            setattr(ds, "SeriesDate", "20260303"),
            setattr(ds, "AcquisitionDate", "20260303"),
            setattr(ds, "SeriesTime", "080000"),
            setattr(ds, "AcquisitionTime", "080100"),
        )[0],
        8e-4,
    ),
    "a time rounded to the minute": (stamped("20260302082027.6", time="0820"), 8e-4),
    "a zone that the plain time agrees with": (stamped("20260302082027.600000+0100"), 8e-4),
    "five microseconds after the acquisition": (
        lambda ds: setattr(ds, "AcquisitionTime", "115959.999995"),
        8e-4,
    ),
    "a factor of Philips": (lambda ds: counts(ds, suv="0.000551"), 5.51e-4),
    "an activity of Philips": (lambda ds: counts(ds, suv="0", activity="2.5"), 2e-3),
    "dates of the old form": (lambda ds: raw(ds, "SeriesDate", "2026.03.02", "DA"), 8e-4),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_other_ways_to_say_the_same(tmp_path: Path, name: str) -> None:
    edit, factor = ALLOWED[name]
    assert series_with(tmp_path, edit).info.suv_factor == pytest.approx(factor)


def drop(name: str) -> Edit:
    return lambda ds: delattr(ds, name)


def drop_tracer(name: str) -> Edit:
    return lambda ds: delattr(tracer_of(ds), name)


REFUSED: dict[str, tuple[Edit, str]] = {
    "counts": (lambda ds: setattr(ds, "Units", "CNTS"), "not in Bq/mL"),
    "no unit": (drop("Units"), "not in Bq/mL"),
    "not attenuation": (lambda ds: setattr(ds, "CorrectedImage", ["DECY"]), "attenuation"),
    "not decay": (lambda ds: setattr(ds, "CorrectedImage", ["ATTN"]), "decay"),
    "decay NONE": (lambda ds: setattr(ds, "DecayCorrection", "NONE"), "decay"),
    "no weight": (drop("PatientWeight"), "weight"),
    "weight 0": (lambda ds: setattr(ds, "PatientWeight", 0), "weight"),
    "no tracer": (drop("RadiopharmaceuticalInformationSequence"), "dose"),
    "no dose": (drop_tracer("RadionuclideTotalDose"), "dose"),
    "negative dose": (lambda ds: setattr(tracer_of(ds), "RadionuclideTotalDose", -1), "dose"),
    "no half-life": (drop_tracer("RadionuclideHalfLife"), "half-life"),
    "no injection": (drop_tracer("RadiopharmaceuticalStartTime"), "injection is missing"),
    "no scan time": (drop("SeriesTime"), "scan is missing"),
    "made later": (lambda ds: setattr(ds, "SeriesTime", "160000"), "made anew"),
    "injected a week before": (
        lambda ds: setattr(tracer_of(ds), "RadiopharmaceuticalStartDateTime", "20260223083000"),
        "contradict",
    ),
    "injected after": (
        lambda ds: setattr(tracer_of(ds), "RadiopharmaceuticalStartDateTime", "20260302130000"),
        "contradict",
    ),
}


#: After https://github.com/innolitics/dicom-standard/issues/91: other units than DICOM's.
REFUSED |= {
    "dose in MBq": (lambda ds: setattr(tracer_of(ds), "RadionuclideTotalDose", 400), "dose"),
    "dose in kBq": (lambda ds: setattr(tracer_of(ds), "RadionuclideTotalDose", 4e5), "dose"),
    "dose in mCi": (lambda ds: setattr(tracer_of(ds), "RadionuclideTotalDose", 10.8), "dose"),
    "dose in mBq": (lambda ds: setattr(tracer_of(ds), "RadionuclideTotalDose", 4e11), "dose"),
    "weight in grams": (lambda ds: setattr(ds, "PatientWeight", 80000), "weight"),
    "weight in tons": (lambda ds: setattr(ds, "PatientWeight", 0.08), "weight"),
    "half-life in minutes": (
        lambda ds: setattr(tracer_of(ds), "RadionuclideHalfLife", 109.77),
        "half-life",
    ),
    "half-life in hours": (
        lambda ds: setattr(tracer_of(ds), "RadionuclideHalfLife", 1.83),
        "half-life",
    ),
    "half-life of another nuclide": (
        lambda ds: (
            setattr(tracer_of(ds), "Radiopharmaceutical", "FDG -- fluorodeoxyglucose"),
            setattr(tracer_of(ds), "RadionuclideHalfLife", 4062.6),
        )[0],
        "half-life",
    ),
    "an hour between two times of the injection": (stamped("20260302092027.6"), "two times"),
    "another hour after its zone": (stamped("20260302082027.6+0000", "+0100"), "two times"),
    "two times on both sides of midnight": (
        stamped("20260302235900", time="000100"),
        "two times",
    ),
    "seven half-lives": (stamped("20260301215900"), "contradict"),
    "a zone, and nothing to compare it with": (stamped("20260302082027+0000", "", None), "zone"),
    "a zone that the plain time denies": (stamped("20260302072027+0000"), "zone"),
    "a zone that is none": (stamped("20260302082027+0000", "UTC", None), "zone"),
    "no slope": (
        lambda ds: setattr(ds, "RescaleSlope", None),
        "slope",
    ),
    "two injections": (
        lambda ds: setattr(
            ds,
            "RadiopharmaceuticalInformationSequence",
            [tracer_of(ds), tracer_of(ds)],
        ),
        "several injections",
    ),
    "counts of somebody else": (lambda ds: setattr(ds, "Units", "CNTS"), "not in Bq/mL"),
    "counts with a factor of 0": (lambda ds: counts(ds, suv="0"), "not in Bq/mL"),
    "a factor that is no number": (
        lambda ds: (counts(ds, suv="0.5"), raw(ds, 0x70531000, "0,5"))[0],
        "not in Bq/mL",
    ),
}


def body(weight: float, *, height: float | str = "", age: str = "", born: str = "") -> Edit:
    """State a body, and a dose of 5 MBq for each of its kilograms."""

    def edit(ds: Dataset) -> None:
        ds.PatientWeight, ds.PatientSize = weight, height
        ds.PatientAge, ds.PatientBirthDate = age, born
        tracer_of(ds).RadionuclideTotalDose = weight * 5e6

    return edit


def coded(code: str, meaning: str = "", name: str = "") -> Edit:
    """State the nuclide by a code, and the tracer by a name."""

    def edit(ds: Dataset) -> None:
        nuclide = Dataset()
        nuclide.CodeValue, nuclide.CodeMeaning = code, meaning
        tracer_of(ds).RadionuclideCodeSequence = [nuclide]
        tracer_of(ds).Radiopharmaceutical = name

    return edit


F18 = "77004003"

#: Slips of the keyboard, which height, age or the other words of the header deny.
REFUSED |= {
    "7 kg of a man of 1.75 m": (body(7, height="1.75"), "does not fit the height of 1.75 m"),
    "21 kg at 175 cm": (body(21, height="175"), "does not fit the height of 1.75 m"),
    "420 kg at 1.6 m": (body(420, height="1.60"), "does not fit the height"),
    "7 kg at 66 years": (body(7, age="066Y"), "does not fit the age of 66 years"),
    "7 kg of who was born in 1960": (body(7, born="19600102"), "does not fit the age of 66"),
    "150 kg at 9 years": (body(150, age="009Y"), "does not fit the age of 9 years"),
    "3 kg at 9 years": (body(3, age="009Y"), "does not fit the age of 9 years"),
    "80 kg at 10 months": (body(80, age="010M"), "does not fit the age of 10 months"),
    "3700 MBq": (lambda ds: setattr(tracer_of(ds), "RadionuclideTotalDose", 3.7e9), "more than"),
    "a factor of Philips for 7 kg of an adult": (
        lambda ds: (counts(ds, suv="0.000551"), body(7, height="1.75")(ds))[0],
        "does not fit the height",
    ),
    **{
        f"F-18 by code and {name} by name": (coded(F18, name=name), "contradict each other")
        for name in ("Ga-68 DOTATOC", "68Ga-PSMA-11", "[64Cu]DOTATATE", "Gallium 68", "C11 choline")
    },
    "F-18 by code that means another": (coded(F18, "^68^Gallium"), "contradict each other"),
    "Ga-68 by code and FDG by name": (
        lambda ds: (
            coded("35337001", name="FDG")(ds),
            setattr(tracer_of(ds), "RadionuclideHalfLife", 4070),
        )[0],
        "contradict each other",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_missing_is_said_and_the_values_stay(tmp_path: Path, name: str) -> None:
    edit, words = REFUSED[name]
    series = series_with(tmp_path, edit)
    assert series.info.suv_factor is None
    (said,) = [c.text for c in series.caveats if c.code == "no-suv"]
    assert words in said
    assert series.unit in {"Bq/mL", "counts", ""}
    assert series.window == (Window(40, 400) if series.is_rescaled else None)


@pytest.mark.parametrize(
    "edit",
    [
        body(3.2, height=0.5, age="003D"),
        body(9, height=0.74, age="011M", born="20250401"),
        body(14, height=0.95, age="003Y"),
        body(32, height=1.4, age="010Y"),
        body(31, height="1.62", age="071Y"),
        body(190, height="1.68", age="045Y"),
        body(80, height="175", age="066Y"),
        body(80, height="0", age="000Y", born="20260302"),
        coded(F18, "^18^Fluorine", "FDG -- fluorodeoxyglucose"),
        coded(F18, "F-18", "18F-PSMA-1007"),
        coded(F18, "Fluorine-18", "Solution 1960"),
        coded("C-111A1", "^18^Fluorine", "[18F]fluciclovine"),
    ],
)
def test_bodies_and_tracers_of_practice_have_an_uptake_and_no_reservation(
    tmp_path: Path, edit: Edit
) -> None:
    series = series_with(tmp_path, edit)
    assert series.info.suv_factor is not None
    assert {c.code for c in series.caveats} <= {"non-square"}


@pytest.mark.parametrize(("dose", "weight"), [(37e6, 80), (400e6, 20), (1.4e9, 70)])
def test_an_unusual_dose_is_told(tmp_path: Path, dose: float, weight: float) -> None:
    def edit(ds: Dataset) -> None:
        body(weight)(ds)
        tracer_of(ds).RadionuclideTotalDose = dose

    series = series_with(tmp_path, edit)
    assert series.info.suv_factor == pytest.approx(weight * 1000 / (dose / 4))
    assert "unusual-dose" in {c.code for c in series.caveats}


def test_uptake_that_was_sent_for_a_weight_that_cannot_be_is_doubtful(tmp_path: Path) -> None:
    def edit(ds: Dataset) -> None:
        body(7, height=1.75)(ds)
        ds.Units, ds.SUVType = "GML", "BW"

    assert "doubtful-weight" in {c.code for c in series_with(tmp_path, edit).caveats}


def test_pictures_that_contradict_each_other(tmp_path: Path) -> None:
    def change(ds: Dataset, k: int) -> None:
        pet(ds)
        ds.PatientWeight = 80 + k

    write_slices(tmp_path, 3, change=change)
    (series,) = scan([tmp_path]).series
    assert "contradict each other" in series.info.suv_reason


def test_values_that_are_uptake_already_need_no_excuse(tmp_path: Path) -> None:
    series = series_with(tmp_path, lambda ds: setattr(ds, "Units", "GML"))
    assert series.unit == "g/mL"
    assert "no-suv" not in {c.code for c in series.caveats}


@pytest.mark.parametrize(
    ("kind", "unit"), [("BW", "SUVbw"), ("LBM", "SUVlbm"), ("BSA", "SUVbsa"), ("IBW", "SUVibw")]
)
def test_uptake_that_was_sent_says_what_the_body_was_measured_by(
    tmp_path: Path, kind: str, unit: str
) -> None:
    def edit(ds: Dataset) -> None:
        ds.Units, ds.SUVType = "GML", kind

    assert series_with(tmp_path, edit).unit == unit


@pytest.mark.parametrize(
    ("code", "half_life"), [("C-111A1", 6588), ("35337001", 4080), ("C-159A2", 76.2)]
)
def test_half_lives_as_they_are_written(tmp_path: Path, code: str, half_life: float) -> None:
    def edit(ds: Dataset) -> None:
        nuclide = Dataset()
        nuclide.CodeValue = code
        tracer_of(ds).RadionuclideCodeSequence = [nuclide]
        tracer_of(ds).RadionuclideHalfLife = half_life
        ds.DecayCorrection = "ADMIN"

    assert series_with(tmp_path, edit).info.suv_factor == pytest.approx(2e-4)


def test_a_ct_has_no_uptake(tmp_path: Path) -> None:
    write_slices(tmp_path, 2)
    (series,) = scan([tmp_path]).series
    assert (series.info.suv_factor, series.info.suv_reason) == (None, "")


def test_a_series_from_the_store_keeps_its_factor(tmp_path: Path) -> None:
    series = series_with(tmp_path)
    again = Series.from_json(series.to_json())
    assert again.info.suv_factor == series.info.suv_factor
    old = series.to_json()
    del old["info"]["suv_factor"], old["info"]["suv_reason"]
    assert Series.from_json(old).unit == "Bq/mL"


@pytest.mark.data
def test_a_real_pet() -> None:
    """588.8 MBq at 07:21:00, 91 kg, scan at 09:59:47, half-life 6588 s."""
    series = scan([shared_data("series/petct-acrin-nsclc042")]).series
    (found,) = [s for s in series if s.modality == "PT" and s.has_pixels]
    left = 588802304.0 * 0.5 ** (9527 / 6588.0)
    assert found.info.suv_factor == pytest.approx(91000 / left, rel=1e-9)


@pytest.mark.parametrize(
    ("weight", "dose", "words"),
    [
        (0.5, 1e7, ""),  # a premature child
        (0.39, 5e6, "weight"),
        (449.0, 1e9, ""),
        (451.0, 1e9, "weight"),
        (80.0, 1.49e9, ""),
        (80.0, 1.51e9, "more than is given"),
        (80.0, 9e9, "more than is given"),
        (80.0, 1.1e10, "dose"),
        (10.0, 1.1e6, ""),
        (10.0, 0.9e6, "dose"),
        (100.0, 2.1e6, ""),  # 21 kBq for each kg
        (100.0, 1.9e6, "does not fit the patient's weight"),
        (10.0, 1.9e9, "more than is given"),
        (10.0, 2.1e9, "does not fit the patient's weight"),
    ],
)
def test_weight_and_dose_are_taken_as_far_as_they_can_be(
    weight: float, dose: float, words: str
) -> None:
    ds = Dataset()
    pet(ds)
    ds.RescaleSlope = 1
    ds.PatientWeight, tracer_of(ds).RadionuclideTotalDose = weight, dose
    found = uptake(ds)
    if words:
        assert found.factor is None
        assert words in found.reason
    else:
        # Two half-lives after the injection a quarter is left.
        assert found.factor == pytest.approx(weight * 1000 / (dose / 4))
        assert found.flaws == (() if 1e6 <= dose / weight <= 15e6 else ("unusual-dose",))


@pytest.mark.parametrize(
    ("injected", "words"),
    [
        ("120000", ""),
        ("120000.9", ""),  # by rounding
        ("120001.2", "contradict"),
        ("231200", ""),  # of the day before: 7.0 half-lives are 12.81 h
        ("225000", "contradict"),
    ],
)
def test_the_injection_lies_before_the_scan_and_not_too_long(injected: str, words: str) -> None:
    ds = Dataset()
    pet(ds)
    ds.RescaleSlope = 1
    tracer_of(ds).RadiopharmaceuticalStartTime = injected
    if injected.startswith("120001"):
        tracer_of(ds).RadiopharmaceuticalStartDateTime = f"20260302{injected}"
    found = uptake(ds)
    assert (words in found.reason) if words else found.factor is not None


@pytest.mark.parametrize(("acquired", "words"), [("115959", ""), ("115958.9", "made anew")])
def test_a_series_that_was_made_after_the_scan_says_nothing_of_decay(
    acquired: str, words: str
) -> None:
    ds = Dataset()
    pet(ds)
    ds.RescaleSlope, ds.AcquisitionTime = 1, acquired
    found = uptake(ds)
    assert (words in found.reason) if words else found.factor is not None


@pytest.mark.parametrize(
    "group", ["PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"]
)
@pytest.mark.parametrize(("slope", "given"), [("2.5", True), (None, False)])
def test_the_slope_of_a_frame_counts_where_frames_have_their_own(
    group: str, slope: str | None, given: bool
) -> None:
    ds = Dataset()
    pet(ds)
    ds.RescaleSlope = None if given else 1
    transformation, groups = Dataset(), Dataset()
    transformation.RescaleSlope, transformation.RescaleIntercept = slope, 0
    groups.PixelValueTransformationSequence = [transformation]
    setattr(ds, group, [groups])
    assert (uptake(ds).factor is not None) is given


def test_an_activity_by_counts_multiplies_and_units_may_be_in_small_letters() -> None:
    ds = Dataset()
    pet(ds)
    ds.RescaleSlope = 1
    raw(ds, "Units", "bqml", "CS")
    raw(ds, "DecayCorrection", "start", "CS")
    plain = uptake(ds).factor
    assert plain == pytest.approx(80_000 / 1e8)
    counts(ds, activity="3")
    assert uptake(ds).factor == pytest.approx(3 * plain)
    ds.PatientWeight = None
    assert uptake(ds).factor is None


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (drop_tracer("RadionuclideTotalDose"), "the injected dose is missing or no number"),
        (
            lambda ds: setattr(tracer_of(ds), "RadionuclideTotalDose", 0),
            "the injected dose is missing or no number",
        ),
        (
            lambda ds: setattr(tracer_of(ds), "RadionuclideTotalDose", 400),
            "the injected dose of 0.0004 MBq cannot be",
        ),
        (drop_tracer("RadionuclideHalfLife"), "the half-life is missing or no number"),
        (
            lambda ds: setattr(tracer_of(ds), "RadionuclideHalfLife", 0),
            "the half-life is missing or no number",
        ),
        (drop("PatientWeight"), "the patient's weight is missing or no number"),
        (
            lambda ds: setattr(ds, "PatientWeight", 0),
            "the patient's weight is missing or no number",
        ),
        (
            lambda ds: setattr(ds, "PatientWeight", 80000),
            "the patient's weight of 80000 kg cannot be",
        ),
        (lambda ds: setattr(ds, "Units", "GML"), ""),
        (lambda ds: setattr(ds, "Units", "PROPCNTS"), "the values are not in Bq/mL"),
        (lambda ds: setattr(ds, "Units", ""), "the values are not in Bq/mL"),
    ],
)
def test_the_reason_names_what_is_missing_or_cannot_be(edit: Edit, said: str) -> None:
    ds = Dataset()
    pet(ds)
    ds.RescaleSlope = 1
    assert uptake(ds).factor == pytest.approx(8e-4)
    edit(ds)
    assert uptake(ds).reason == said
    assert uptake(ds).factor is None
