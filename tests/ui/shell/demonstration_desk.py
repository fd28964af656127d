"""A window on the demonstration cases, in which something is shown everywhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.demo.phantom.small import demonstration_store_in
from tests.ui.desk import Desk


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first demonstration cases on small series."""
    return demonstration_store_in(tmp_path_factory.mktemp("board") / "store", count=2)


@pytest.fixture
def board(open_desk, demonstration: Path, tmp_path: Path) -> Desk:
    """A window on the demonstration, with its first case open."""
    desk = open_desk(shutil.copytree(demonstration, tmp_path / "store"))
    desk.window.controller.open_case(desk.workspace.session.cases()[0].uid)
    desk.settle()
    return desk
