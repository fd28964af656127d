from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.phantom.small import small
from tumorboard.demo.phantom.cases import demonstrations
from tumorboard.demo.phantom.dicom_writer import write_case
from tumorboard.demo.phantom.spec import PhantomSpec


@pytest.fixture(scope="session")
def spec() -> PhantomSpec:
    """The patient of the first case, small."""
    return small(demonstrations()[0].studies[0].spec, slices=48, pixels=120, slice_mm=8.0)


@pytest.fixture(scope="session")
def series_folder(spec: PhantomSpec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That patient's series on the disk."""
    folder = tmp_path_factory.mktemp("phantom") / "series"
    write_case(spec, folder)
    return folder
