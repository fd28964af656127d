import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.dicom.make import write_slices
from tests.ui.desk import Desk
from tumorboard.app.headless import import_paths
from tumorboard.progress import Reporter
from tumorboard.ui.assessment import what_if
from tumorboard.ui.outlines import measures as outline_measures
from tumorboard.ui.vessel import measures

#: An ellipsoid of 60 HU in fat: centre and semi-axes in mm, LPS.
CENTRE = np.array([10.0, -5.0, 60.0])
SEMI_AXES = np.array([48.0, 30.0, 40.0])
SPACING = (1.5, 1.5)
STEP = 4.0
COUNT, ROWS, COLUMNS = 40, 128, 140

#: Work that begins when the hand has rested, as (module, name of the time in ms): what it
#: gives is the same after a shorter rest, which each test of it would wait for many times.
RESTS = ((outline_measures, "_MEASURE_MS"), (measures, "_REST_MS"), (what_if, "_PAUSE_MS"))
SHORT_REST_MS = 20


def _positions() -> np.ndarray:
    start = np.array([-95.0, -100.0, -20.0])
    return start + np.outer(np.arange(COUNT) * STEP, [0, 0, 1.0])


def _values(positions: np.ndarray) -> np.ndarray:
    k, i, j = np.indices((COUNT, ROWS, COLUMNS)).astype(float)
    x = positions[0, 0] + j * SPACING[1]
    y = positions[0, 1] + i * SPACING[0]
    z = positions[0, 2] + k * STEP
    inside = sum(((a - c) / r) ** 2 for a, c, r in zip((x, y, z), CENTRE, SEMI_AXES, strict=True))
    return np.where(inside <= 1, 60 + 1024, -100 + 1024).astype(np.int16)  # stored from -1024 HU


@pytest.fixture(scope="session")
def ellipsoid_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CT of one ellipsoid with known axes."""
    folder = tmp_path_factory.mktemp("ellipsoid")
    positions = _positions()
    write_slices(
        folder,
        COUNT,
        spacing=SPACING,
        step=STEP,
        positions=positions,
        values=_values(positions),
        study_uid="1.2.77.1",
        series_uid="1.2.77.1.1",
    )
    return folder


@pytest.fixture
def open_desk(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Desk]]:
    """Open windows that are closed, with all they hold, at the end of the test."""
    for module, name in RESTS:
        monkeypatch.setattr(module, name, SHORT_REST_MS)
    desks: list[Desk] = []

    def build(folder: Path | None = None, *, scratch: bool = False) -> Desk:
        desks.append(Desk(qtbot, folder or tmp_path / "store", scratch=scratch))
        return desks[-1]

    yield build
    for desk in desks:
        desk.close()


@pytest.fixture(scope="session")
def ellipsoid_store(ellipsoid_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that the ellipsoid was imported to, to be copied: most tests begin there."""
    folder = tmp_path_factory.mktemp("ellipsoid-store")
    import_paths(folder, [ellipsoid_folder], Reporter())
    return folder


@pytest.fixture
def desk(open_desk: Callable[..., Desk], ellipsoid_store: Path, tmp_path: Path) -> Desk:
    """A window that shows the ellipsoid."""
    shutil.copytree(ellipsoid_store, tmp_path / "store")
    built = open_desk()
    (case,) = built.workspace.session.cases()
    built.window.controller.open_case(case.uid)
    built.settle()
    built.look_at(CENTRE)
    return built
