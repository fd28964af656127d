"""Damage anywhere in a file gives a picture, a reason, or a refusal; never an exception."""

from pathlib import Path

import pytest

from tests.dicom.fuzzing import MOST_SECONDS, fuzz_apart


def check(folder: Path, inputs: int, seed: int) -> None:
    outcome = fuzz_apart(folder, inputs, seed)
    assert outcome.findings == {}
    assert sum(outcome.counts.values()) == inputs
    assert outcome.slowest < MOST_SECONDS
    for kind in ("shown", "failed", "refused"):
        assert outcome.counts[kind] > inputs // 50, outcome.counts


def test_damaged_files_do_no_harm(tmp_path: Path) -> None:
    check(tmp_path, 800, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_twenty_thousand_damaged_files_do_no_harm(tmp_path: Path) -> None:
    check(tmp_path, 20_000, seed=2)
