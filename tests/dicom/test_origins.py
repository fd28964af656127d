"""One Series Instance UID over pictures of several examinations, scanners or postures."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import slice_positions, write_slices
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series

Edit = Callable[[Dataset], None]
COUNT = 8


def all_of(**values: object) -> Edit:
    def edit(ds: Dataset) -> None:
        for keyword, value in values.items():
            setattr(ds, keyword, value)

    return edit


SAME = all_of(
    StudyDate="20260302",
    SeriesDate="20260302",
    AcquisitionDate="20260302",
    AcquisitionTime="102000",
    PatientPosition="HFS",
    Manufacturer="Acme",
    ManufacturerModelName="One",
    KVP="120",
    ContrastBolusAgent="IOHEXOL",
)


def written(folder: Path, edits: dict[int, Edit], before: Edit = SAME) -> list[Series]:
    """Return the series of slices, each after ``before`` and its own change."""

    def change(ds: Dataset, k: int) -> None:
        before(ds)
        if k in edits:
            edits[k](ds)

    write_slices(folder, COUNT, values=np.zeros((COUNT, 12, 16), np.int16), change=change)
    return list(scan([folder]).series)


def half(edit: Edit) -> dict[int, Edit]:
    return dict.fromkeys(range(4, COUNT), edit)


def split_reason(series: Series) -> str:
    return next((c.text for c in series.caveats if c.code == "split"), "")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (all_of(StudyDate="20240302"), "another date"),
        (all_of(SeriesDate="20260305"), "another date"),
        (all_of(AcquisitionDate="20260401"), "hours"),
        (all_of(AcquisitionDateTime="20260302150000"), "hours"),
        (all_of(AcquisitionTime="142000"), "hours"),
        (all_of(PatientPosition="FFP"), "position of the patient"),
        (all_of(PatientPosition="HFP"), "position of the patient"),
        (all_of(Manufacturer="Other"), "another scanner"),
        (all_of(ManufacturerModelName="Two"), "another scanner"),
        (all_of(KVP="80"), "tube voltage"),
    ],
)
@pytest.mark.parametrize("where", [half, lambda e: {3: e}, lambda e: dict.fromkeys((1, 3, 5), e)])
def test_what_is_of_another_examination_is_no_part_of_the_volume(
    tmp_path: Path, edit: Edit, words: str, where: Callable[[Edit], dict[int, Edit]]
) -> None:
    edits = where(edit)
    found = written(tmp_path, edits)
    places = [tuple(p) for p in slice_positions(COUNT)]
    parted = [{places.index(i.position) for i in s.instances} for s in found]
    assert set(edits) in parted
    assert sum(len(p) for p in parted) == COUNT
    assert any(words in split_reason(s) for s in found)


@pytest.mark.parametrize(
    "edits",
    [
        half(all_of(SeriesDate="20260303")),
        half(all_of(AcquisitionDate="20260303", AcquisitionTime="000100")),
        half(all_of(AcquisitionTime="111500")),
        half(all_of(Manufacturer="ACME ")),
        half(all_of(KVP="120.0")),
        half(all_of(PatientPosition="", Manufacturer="", KVP="", SeriesDate="")),
        {2: all_of(StudyDate=""), 5: all_of(PatientPosition="", KVP="0")},
        {k: all_of(ContentDate=f"2026{k + 1:02d}01") for k in range(COUNT)},
    ],
)
def test_one_examination_stays_one_volume_without_a_word(
    tmp_path: Path, edits: dict[int, Edit]
) -> None:
    late = all_of(AcquisitionTime="235900") if "000100" in _times(edits) else all_of()

    def before(ds: Dataset) -> None:
        SAME(ds)
        late(ds)

    (series,) = written(tmp_path, edits, before)
    assert (series.kind, series.slices) == ("volume", COUNT)
    assert {c.code for c in series.caveats} <= {"non-square"}


def _times(edits: dict[int, Edit]) -> set[str]:
    found = set()
    for edit in edits.values():
        ds = Dataset()
        edit(ds)
        found.add(str(ds.get("AcquisitionTime", "")))
    return found


def test_a_time_without_a_date_goes_on_past_midnight(tmp_path: Path) -> None:
    edits = {k: all_of(AcquisitionTime="235930" if k < 4 else "000010") for k in range(COUNT)}
    assert [s.slices for s in written(tmp_path, edits, all_of())] == [COUNT]


def test_each_part_stands_under_its_own_date(tmp_path: Path) -> None:
    later = all_of(StudyDate="20280302", AcquisitionDate="20280302", ContrastBolusAgent="")
    old, new = written(tmp_path, half(later))
    assert (old.info.study_date, new.info.study_date) == ("20260302", "20280302")
    assert (old.info.contrast_agent, new.info.contrast_agent) == ("IOHEXOL", "")
    assert "two-dates" not in {c.code for s in (old, new) for c in s.caveats}


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (all_of(StudyDate="20260303"), "two-dates"),
        (all_of(ContrastBolusAgent=""), "mixed-contrast"),
        (all_of(ContrastBolusAgent="GADOBUTROL"), "mixed-contrast"),
    ],
)
def test_what_may_be_of_one_examination_is_told(tmp_path: Path, edit: Edit, code: str) -> None:
    (series,) = written(tmp_path, half(edit))
    assert (series.kind, series.slices) == ("volume", COUNT)
    assert code in {c.code for c in series.caveats}


def test_a_series_of_an_older_store_says_nothing_of_its_origin(tmp_path: Path) -> None:
    (series,) = written(tmp_path, {})
    data = series.to_json()
    del data["common"]["origin"]
    assert {i.origin for i in Series.from_json(data).instances} == {()}


@pytest.mark.parametrize("count", [1, 3])
def test_another_picture_of_one_identifier_is_no_copy(tmp_path: Path, count: int) -> None:
    values = np.zeros((3, 12, 16), np.int16)
    write_slices(tmp_path / "a", 3, values=values)
    other = values.copy()
    other[:count, 4, 5] = 300
    write_slices(tmp_path / "b", 3, values=other, positions=slice_positions(3))
    result = scan([tmp_path / "a", tmp_path / "b"])
    (series,) = result.series
    assert series.slices == 3
    assert {i.path.parent.name for i in series.instances} == {"a"}
    assert "rival-picture" in {c.code for c in series.caveats}
    reasons = [r.reason for r in result.refused]
    assert sum("another picture" in r for r in reasons) == count
    assert sum("It is a copy of" in r for r in reasons) == 3 - count


@pytest.mark.parametrize(("said", "is_copy"), [("the same", True), ("another", False)])
def test_another_document_of_one_identifier_is_no_copy(
    tmp_path: Path, said: str, is_copy: bool
) -> None:
    for folder, text in (("a", "the same"), ("b", said)):

        def document(ds: Dataset, _: int, text: str = text) -> None:
            ds.Modality, ds.SOPClassUID = "SR", "1.2.840.10008.5.1.4.1.1.88.11"
            ds.CompletionFlag, ds.ContentLabel = "COMPLETE", "X"
            ds.ImageComments = text
            del ds.PixelData, ds.Rows, ds.Columns

        write_slices(tmp_path / folder, 1, change=document)
    result = scan([tmp_path / "a", tmp_path / "b"])
    (refusal,) = result.refused
    assert ("copy" in refusal.reason) is is_copy
    assert ("another object" in refusal.reason) is not is_copy
    (series,) = result.series
    assert ("rival-picture" in {c.code for c in series.caveats}) is not is_copy
