"""A model of others in a process of its own: a small one, and some that go wrong."""

import sys
import threading

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, ellipsoid, volume_of
from tumorboard.app.proposal_model import ModelProcess
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.segmentation.proposal import Click
from tumorboard.progress import Reporter

READ = """
import json, struct, sys, array
from pathlib import Path
folder = Path(sys.argv[1])
request = json.loads((folder / "request.json").read_text())
values = array.array("f", (folder / "voxels.raw").read_bytes())
mask = bytes(1 if v > 0 else 0 for v in values)
answer = {"version": 1, "shape": request["shape"]}
"""
WRITE = """
(folder / "mask.raw").write_bytes(mask)
(folder / "answer.json").write_text(json.dumps(answer))
"""


@pytest.fixture(scope="module")
def volume():
    stack = axial_stack()
    return volume_of(stack, ellipsoid(stack, stack.centre, (8.0, 7.0, 15.0)))


def model(tmp_path, text: str, seconds: float = 20.0) -> ModelProcess:
    program = tmp_path / "model.py"
    program.write_text(text)
    return ModelProcess((sys.executable, str(program)), seconds)


def inside(volume) -> Click:
    return Click(tuple(volume.stack.centre))


def test_a_model_answers_with_a_mask_on_the_grid(volume, tmp_path):
    got = model(tmp_path, READ + WRITE).propose(volume, [inside(volume)], Reporter())
    assert np.array_equal(got.dense(), volume.voxels > 0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import os; os.abort()", "ended with an error"),
        ("raise SystemExit(3)", "ended with an error \\(3\\)"),
        ("", "no mask of these images"),
        (READ + "mask = mask[1:]" + WRITE, "no mask of these images"),
        (READ + "mask = bytes(len(mask))" + WRITE, "found no mass"),
        (READ + "mask = bytes([7]) * len(mask)" + WRITE, "no mask of these images"),
        (READ + "answer['version'] = 2" + WRITE, "no mask of these images"),
        (READ + "answer['shape'].reverse()" + WRITE, "no mask of these images"),
        (READ + "mask = bytes(1 - b for b in mask)" + WRITE, "contradicts"),
        (READ + "answer = [1]" + WRITE, "no mask of these images"),
    ],
)
def test_what_goes_wrong_is_one_sentence(volume, tmp_path, text, sentence):
    with pytest.raises(UserError, match=sentence):
        model(tmp_path, text).propose(volume, [inside(volume)], Reporter())


def test_one_that_is_silent_is_ended(volume, tmp_path):
    silent = model(tmp_path, "import time; time.sleep(60)", 0.5)
    with pytest.raises(UserError, match=r"did not answer within 0\.5 s"):
        silent.propose(volume, [inside(volume)], Reporter())


def test_one_that_is_not_there(volume, tmp_path):
    with pytest.raises(UserError, match="cannot be started"):
        ModelProcess((str(tmp_path / "none"),)).propose(volume, [inside(volume)], Reporter())


def test_it_can_be_cancelled(volume, tmp_path):
    reporter = Reporter()
    threading.Timer(0.3, reporter.cancel).start()
    with pytest.raises(CancelledError):
        model(tmp_path, "import time; time.sleep(60)").propose(volume, [inside(volume)], reporter)
