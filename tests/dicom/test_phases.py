"""What was taken more than once under one series is told apart; what is one volume stays one.

Each table names the public report that its condition follows.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.dicom.make import slice_positions, write_slices
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.parting import canonical, parts_of
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series

Change = Callable[[Dataset, int, int], None]


def nothing(_ds: Dataset, _phase: int, _k: int) -> None:
    """Change nothing."""


def write_phases(
    folder: Path,
    starts: Sequence[float],
    change: Change = nothing,
    count: int = 6,
    step: float = 2.0,
    leave_out: Sequence[tuple[int, int]] = (),
) -> None:
    """Write phases of one series; the value of every pixel is the number of its phase."""
    for phase, start in enumerate(starts):

        def stamp(ds: Dataset, k: int, phase: int = phase) -> None:
            ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{phase}.{k}"
            ds.InstanceNumber = phase * count + k + 1
            ds.AcquisitionNumber, ds.AcquisitionTime = 1, "102000"
            change(ds, phase, k)

        files = write_slices(
            folder,
            count,
            prefix=f"P{phase}-",
            positions=slice_positions(count, step) + (0.0, 0.0, start),
            values=np.full((count, 12, 16), phase, np.int16),
            change=stamp,
        )
        for k in (k for p, k in leave_out if p == phase):
            files[k].unlink()


def pure(series: Series) -> bool:
    """Whether all pictures are of one phase."""
    return len({i.path.name.split("-")[0] for i in series.instances}) == 1


def of(keyword: str, *values: object) -> Change:
    def change(ds: Dataset, phase: int, _k: int) -> None:
        setattr(ds, keyword, values[phase % len(values)])

    return change


def timed(*starts: int, step: int = 0) -> Change:
    """Times of acquisition in seconds after ten, each phase from its start."""

    def change(ds: Dataset, phase: int, k: int) -> None:
        at = starts[phase] + k * step
        ds.AcquisitionTime = f"10{at // 60:02d}{at % 60:02d}"

    return change


def mr(change: Change) -> Change:
    def both(ds: Dataset, phase: int, k: int) -> None:
        ds.Modality = "MR"
        change(ds, phase, k)

    return both


SLICER_4801 = "https://github.com/Slicer/Slicer/pull/4801"
SLICER_595 = "https://github.com/Slicer/Slicer/issues/595"
HOROS_184 = "https://github.com/horosproject/horos/issues/184"
DCM2NIIX_721 = "https://github.com/rordenlab/dcm2niix/issues/721"
OHIF_5876 = "https://github.com/OHIF/Viewers/issues/5876"

TOLD_APART = [
    (SLICER_4801, (0, 1.0), of("AcquisitionNumber", 1, 2), "another acquisition"),
    (SLICER_4801, (0, 0.4), of("AcquisitionNumber", 1, 2), "another acquisition"),
    (SLICER_4801, (0, 6.7), of("AcquisitionNumber", 1, 2), "another acquisition"),
    (DCM2NIIX_721, (0, 0.4, 0.9), of("AcquisitionNumber", 3, 4, 5), "another acquisition"),
    (SLICER_4801, (0, 0.4), timed(0, 60), "another point in time"),
    (SLICER_4801, (0, 1.0), timed(0, 60), "another point in time"),
    (SLICER_4801, (0, 0.4), timed(0, 20, step=1), "another point in time"),
    (SLICER_4801, (0, 0.4), mr(timed(0, 60)), "another point in time"),
    (SLICER_4801, (0, 1.0), mr(timed(0, 60)), "another point in time"),
    (SLICER_4801, (0, 1.0), mr(nothing), "numbered"),
    (SLICER_4801, (0, 0.4), nothing, "numbered"),
    (SLICER_4801, (0, 1.0), nothing, "numbered"),
    (SLICER_4801, (0, 0.4), of("ContentTime", "102000", "102500"), "another point in time"),
    (SLICER_4801, (0, 1.0), of("TemporalPositionIdentifier", 1, 2), "another point in time"),
    (SLICER_4801, (0, 0.05), mr(of("EchoTime", "10", "80")), "another echo time"),
    (SLICER_4801, (0, 1.0), mr(of("EchoNumbers", 1, 2)), "another echo"),
    (OHIF_5876, (0, 0.0), mr(of("DiffusionBValue", 0.0, 800.0)), "diffusion"),
    (OHIF_5876, (0, 1.0), mr(of("DiffusionBValue", 50.0, 800.0)), "diffusion"),
    (OHIF_5876, (0, 0.0), mr(of("SequenceName", "ep_b50", "ep_b800")), "another sequence"),
    (SLICER_595, (0, 0.3), of("ConvolutionKernel", "B70f", "B30f"), "kernel"),
    (SLICER_595, (0, 1.0), of("SliceThickness", "1", "5"), "slice thickness"),
    (
        HOROS_184,
        (0, 0.3, 0.6, 0.9),
        mr(of("ImageType", *(["DERIVED", "PRIMARY", c] for c in "WFIO"))),
        "another type of image",
    ),
]


@pytest.mark.parametrize(("report", "starts", "change", "words"), TOLD_APART)
def test_phases_between_each_other_are_told_apart(
    tmp_path: Path, report: str, starts: Sequence[float], change: Change, words: str
) -> None:
    write_phases(tmp_path, starts, change)
    found = scan([tmp_path]).series
    assert [s.slices for s in found] == [6] * len(starts), report
    assert all(pure(s) and s.kind == "volume" for s in found)
    reasons = [c.text for s in found for c in s.caveats if c.code == "split"]
    assert len(reasons) == len(starts) - 1
    assert all(words in r for r in reasons), reasons


@pytest.mark.parametrize(
    "change",
    [timed(0, 6, step=1), timed(0, 60), of("AcquisitionNumber", 1, 2)],
    ids=["a time a slice", "a time a phase", "numbers"],
)
@pytest.mark.parametrize("shift", [0.0, 0.4])
@pytest.mark.parametrize("hole", [1, 3])
def test_no_hole_is_filled_from_another_phase(
    tmp_path: Path, change: Change, shift: float, hole: int
) -> None:
    """https://github.com/nroduit/Weasis/issues/701"""
    write_phases(tmp_path, (0, shift), change, leave_out=[(0, hole)])
    found = scan([tmp_path]).series
    assert sorted(s.slices for s in found) == [5, 6]
    assert all(pure(s) for s in found)
    short = next(s for s in found if s.slices == 5)
    assert "missing-slices" in {c.code for c in short.caveats}


def test_one_slice_of_another_acquisition_fills_no_hole(tmp_path: Path) -> None:
    one = [(1, k) for k in range(6) if k != 3]
    write_phases(tmp_path, (0, 0), of("AcquisitionNumber", 1, 2), leave_out=[(0, 3), *one])
    assert sorted(s.slices for s in scan([tmp_path]).series) == [1, 5]


def test_thick_and_thin_pictures_have_their_own_kernels(tmp_path: Path) -> None:
    """https://github.com/Slicer/Slicer/issues/595"""

    def change(ds: Dataset, phase: int, _k: int) -> None:
        ds.ConvolutionKernel, ds.SliceThickness = ("B70f", "1") if phase == 0 else ("B30f", "5")

    write_phases(tmp_path / "thin", (0,), change, count=12, step=1.0)
    thick: Change = lambda ds, _phase, k: change(ds, 1, k)  # noqa: E731

    def other(ds: Dataset, phase: int, k: int) -> None:
        thick(ds, phase, k)
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.7.{k}"

    write_phases(tmp_path / "thick", (0,), other, count=3, step=5.0)
    thin, rest = scan([tmp_path]).series
    assert [(s.slices, s.info.kernel) for s in (thin, rest)] == [(12, "B70f"), (3, "B30f")]


def blocks(keyword: str, *values: object, size: int = 3) -> Change:
    def change(ds: Dataset, _phase: int, k: int) -> None:
        setattr(ds, keyword, values[k // size % len(values)])

    return change


def each(keyword: str, first: float, step: float) -> Change:
    def change(ds: Dataset, _phase: int, k: int) -> None:
        setattr(ds, keyword, f"{first + k * step:.6g}")

    return change


def every_other(ds: Dataset, _phase: int, k: int) -> None:
    """Take slices of an MR every other one: times and numbers as they were taken."""
    ds.Modality = "MR"
    ds.AcquisitionTime = f"1020{k // 2 + 20 * (k % 2):02d}"
    ds.InstanceNumber = k // 2 + 6 * (k % 2) + 1


def missing_number(ds: Dataset, _phase: int, k: int) -> None:
    ds.AcquisitionNumber = "" if k == 4 else 2


def by_slice(keyword: str, value: Callable[[int], object]) -> Change:
    def change(ds: Dataset, _phase: int, k: int) -> None:
        setattr(ds, keyword, value(k))

    return change


ONE_VOLUME: list[tuple[str, Change]] = [
    ("acquisition numbers along the patient", blocks("AcquisitionNumber", 1, 2, 3, 4, size=6)),
    ("an acquisition number a slice", by_slice("AcquisitionNumber", lambda k: k + 1)),
    ("one slice without its number", missing_number),
    ("a time a slice", timed(0, step=1)),
    ("a time a slice, backwards", timed(59, step=-1)),
    ("a pause", by_slice("AcquisitionTime", lambda k: "102000" if k < 6 else "102500")),
    ("MR slices taken every other one", every_other),
    ("echo times that differ by rounding", mr(each("EchoTime", 4.6, 0.001))),
    ("thickness along the patient", blocks("SliceThickness", "5", "3", size=12)),
    ("one thinner slice", by_slice("SliceThickness", lambda k: "1.9" if k == 3 else "2")),
    ("numbers in no order", by_slice("InstanceNumber", lambda k: (5 * k) % 24 + 1)),
    ("written in no order", by_slice("ContentTime", lambda k: f"1020{(5 * k) % 12:02d}")),
    ("written in turns", by_slice("ContentTime", lambda k: f"1020{k % 6:02d}")),
    (
        "interpolated slices",
        by_slice("ImageType", lambda k: [("ORIGINAL", "DERIVED")[k % 2], "PRIMARY", "AXIAL"]),
    ),
    ("trigger times a slice", mr(by_slice("TriggerTime", lambda k: str(500 + k % 3)))),
]


@pytest.mark.parametrize(("_what", "change"), ONE_VOLUME, ids=[w for w, _ in ONE_VOLUME])
def test_one_volume_stays_one(tmp_path: Path, _what: str, change: Change) -> None:
    """As https://github.com/rordenlab/dcm2niix/issues/786 and 427 have it fall apart."""
    write_phases(tmp_path, (0,), change, count=24)
    (series,) = scan([tmp_path]).series
    assert (series.kind, series.slices) == ("volume", 24)


@pytest.mark.parametrize(
    "change",
    [
        every_other,
        by_slice("AcquisitionTime", lambda k: f"1020{k // 2:02d}.{(7 * k) % 10}"),
        by_slice("AcquisitionNumber", lambda k: 2 if k % 3 else ""),
        by_slice("ContentTime", lambda k: "103000" if 6 < k < 10 else "102000"),
    ],
    ids=["every other one", "jitter", "blanks", "written again"],
)
def test_one_volume_with_a_hole_stays_one(tmp_path: Path, change: Change) -> None:
    write_phases(tmp_path, (0,), change, count=24, leave_out=[(0, 13)])
    (series,) = scan([tmp_path]).series
    assert (series.kind, series.slices) == ("volume", 23)


def test_two_passes_of_two_blocks_stay_with_their_own(tmp_path: Path) -> None:
    """Chest and abdomen, arterial and venous: four acquisitions are two phases."""

    def change(ds: Dataset, phase: int, k: int) -> None:
        ds.AcquisitionNumber = 2 * phase + k // 3 + 1

    write_phases(tmp_path, (0, 0.5), change)
    found = scan([tmp_path]).series
    assert [s.slices for s in found] == [6, 6]
    assert all(pure(s) for s in found)


def test_alternating_slices_without_any_evidence_make_no_volume(tmp_path: Path) -> None:
    def silent(ds: Dataset, phase: int, k: int) -> None:
        del ds.AcquisitionNumber, ds.AcquisitionTime
        ds.InstanceNumber = 2 * k + phase + 1

    write_phases(tmp_path, (0, 0.4), silent)
    (series,) = scan([tmp_path]).series
    assert (series.kind, series.slices) == ("stack", 12)
    assert any("part the series by hand" in c.text for c in series.caveats)


def test_monitoring_pictures_of_one_place_are_one_entry_in_time(tmp_path: Path) -> None:
    """https://github.com/nroduit/Weasis/issues/442"""
    order = [3, 0, 4, 1, 2]
    for n in range(5):

        def stamp(ds: Dataset, _: int, n: int = n) -> None:
            ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{n}"
            ds.AcquisitionNumber = ds.InstanceNumber = n + 1
            ds.AcquisitionTime = f"1020{order[n]:02d}"

        write_slices(tmp_path, 1, prefix=f"M{n}", change=stamp)
    (series,) = scan([tmp_path]).series
    assert (series.kind, series.slices) == ("stack", 5)
    times = [dict(i.marks)["AcquisitionTime"] for i in series.instances]
    assert times == sorted(times)
    assert series.stack is not None
    assert len(series.stack.origins) == 5
    assert Series.from_json(series.to_json()) == series
    assert not series.has_geometry


@pytest.mark.parametrize("count", [12, 36])
def test_pictures_around_the_patient_are_one_entry(tmp_path: Path, count: int) -> None:
    """https://github.com/nroduit/Weasis/issues/442"""
    for n in range(count):
        turn = np.radians(180.0 / count * n)
        across = (np.cos(turn), np.sin(turn), 0.0, 0.0, 0.0, -1.0)

        def stamp(ds: Dataset, _: int, n: int = n) -> None:
            ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{n}"
            ds.InstanceNumber = n + 1

        write_slices(tmp_path, 1, prefix=f"R{n:02d}", orientation=across, change=stamp)
    (series,) = scan([tmp_path]).series
    assert (series.kind, series.slices) == ("stack", count)
    assert [i.instance_number for i in series.instances] == list(range(1, count + 1))


def test_series_of_one_slice_each_are_one_entry(tmp_path: Path) -> None:
    """Scanners that begin a series at each slice, as https://github.com/nroduit/Weasis/issues/442"""

    def own(ds: Dataset, k: int) -> None:
        ds.SeriesInstanceUID, ds.SeriesNumber = f"1.2.3.1.{k + 1}", k + 1

    write_slices(tmp_path, 12, change=own)
    (series,) = scan([tmp_path]).series
    assert (series.kind, series.slices) == ("volume", 12)
    assert series.series_instance_uid == "1.2.3.1.1"
    assert any("12 series of one slice each" in c.text for c in series.caveats)


@pytest.mark.parametrize(
    "change",
    [
        lambda ds, k: setattr(ds, "SeriesDescription", f"Reformat {k}"),
        lambda ds, k: setattr(ds, "AcquisitionNumber", 1 + k % 2),
        lambda ds, k: setattr(ds, "ImagePositionPatient", [0, 0, [0, 2, 50, 52][k]]),
        lambda ds, k: setattr(ds, "StudyInstanceUID", f"1.2.3.{k}"),
        lambda ds, k: setattr(ds, "PatientID", f"P{k}"),
    ],
    ids=["words", "acquisitions", "holes", "studies", "patients"],
)
def test_single_slices_that_make_no_stack_stay_apart(
    tmp_path: Path, change: Callable[[Dataset, int], None]
) -> None:
    def own(ds: Dataset, k: int) -> None:
        ds.SeriesInstanceUID, ds.SeriesNumber = f"1.2.3.1.{k + 1}", k + 1
        change(ds, k)

    write_slices(tmp_path, 4, change=own)
    assert [s.slices for s in scan([tmp_path]).series] == [1] * 4


STATEMENTS = {
    "AcquisitionNumber": lambda n: str(n + 3),
    "TemporalPositionIdentifier": lambda n: str(n + 1),
    "EchoTime": lambda n: str(10 + 30 * n),
    "DiffusionBValue": lambda n: str((0, 50, 400, 800)[n]),
    "ConvolutionKernel": lambda n: f"B{n + 3}0f",
    "ImageType": lambda n: f"DERIVED\\PRIMARY\\{'WFIO'[n]}",
}


def made(phase: int, z: float, number: int, marks: tuple[tuple[str, str], ...]) -> Instance:
    return Instance(
        Path(str(phase)),
        *(1, 1, f"1.{phase}.{number}"),
        instance_number=number,
        rows=8,
        columns=8,
        chunks=((0, 1),),
        position=(0.0, 0.0, z),
        orientation=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        spacing=(1.0, 1.0),
        thickness=2.0,
        marks=marks,
    )


@given(data=st.data(), keyword=st.sampled_from(sorted(STATEMENTS)), seed=st.randoms())
def test_what_is_stated_parts_phases_however_they_lie(data, keyword, seed) -> None:
    """Any number, shift, order and holes of phases: none is lost, none is mixed."""
    phases = data.draw(st.integers(2, 4))
    count = data.draw(st.integers(6, 12))
    shift = data.draw(st.sampled_from([0.0, 0.05, 0.4, 1.0, 1.3]))
    holes = [data.draw(st.sets(st.integers(0, count - 1), max_size=2)) for _ in range(phases)]
    pictures = [
        made(n, shift * n + 2.0 * k, n * count + k, ((keyword, STATEMENTS[keyword](n)),))
        for n in range(phases)
        for k in range(count)
        if k not in holes[n]
    ]
    seed.shuffle(pictures)
    parts = parts_of(sorted(pictures, key=canonical), data.draw(st.sampled_from(["CT", "MR"])))
    assert len(parts) == phases
    assert all(len({i.path for i in p.pictures}) == 1 for p in parts)
    assert sum(len(p.pictures) for p in parts) == len(pictures)


@given(data=st.data(), modality=st.sampled_from(["CT", "MR", "PT"]))
def test_numbers_and_times_along_the_patient_part_nothing(data, modality) -> None:
    """One volume with holes: numbers, times and acquisitions run on in blocks of any length."""
    count = data.draw(st.integers(6, 40))
    lost = data.draw(st.sets(st.integers(1, count - 2), max_size=count // 8))
    ends = sorted(data.draw(st.sets(st.integers(1, count), max_size=5)))
    down = data.draw(st.booleans())

    def marks(k: int) -> tuple[tuple[str, str], ...]:
        block = sum(k >= e for e in ends)
        return (("AcquisitionNumber", str(block)), ("AcquisitionTime", f"10{20 + block:02d}00"))

    pictures = [
        made(0, 2.0 * k, count - k if down else k, marks(k)) for k in range(count) if k not in lost
    ]
    (part,) = parts_of(sorted(pictures, key=canonical), modality)
    assert not part.why_no_volume
    assert len(part.pictures) == len(pictures)
