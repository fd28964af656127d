"""The library is found, fits its sources and each processor, and is missed in one sentence."""

import ctypes
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.project import ROOT
from tumorboard.errors import UserError
from tumorboard.imaging import native
from tumorboard.imaging.native.library import LEVEL_VARIABLE, library_path, load
from tumorboard.imaging.native.provenance import digest, sources

FOLDER = Path(native.__file__).parent

#: Does some work of every kind and prints a digest of all that came out.
WORK = """
import hashlib, numpy as np
from tests.imaging.native import test_masks, test_rows, test_vessels
from tumorboard.imaging import isolines, kernels, mask_kernels, polygons, resize
from tumorboard.imaging.vessel import kernels as vessels

rng, found = np.random.default_rng(1), hashlib.sha256()
voxels = rng.integers(-1000, 1000, (20, 40, 50)).astype(np.int16)
for kind in (np.int16, np.float32):
    for padding in ((1.0, 0.0), (-10.0, 10.0)):
        for table in (None, np.column_stack([np.arange(22.0), rng.random((22, 2))])):
            lines = test_rows.some_lines(rng, voxels.shape, table, 30)
            slab = (np.array([-1.0, 0.0, 1.5]), np.full(3, 1 / 3), 0)
            image = np.empty((30, 200), kind)
            sampler = kernels.row_sampler
            sampler(voxels.astype(kind), table, lines, slab, padding, 0.0, image)(0, 30)
            found.update(image.tobytes())
found.update(test_masks.filled_from(voxels, (5, 5, 5), (-700.0, 700.0))[0].tobytes())
flipped = np.zeros(voxels.shape, bool)
mask_kernels.stroke(flipped, voxels > 0, rng.random((20, 3)) * 9, tuple(rng.random((2, 3))),
                    tuple(rng.random((2, 3)) * 9), rng.random(3), (6.0, 3.0, True))
found.update(flipped.tobytes())
field = np.full((60, 70), np.inf)
mask_kernels.distance_to_outline(rng.random((9, 2)) * 50, field, (0.8, 0.7))
found.update(field.tobytes())
hull = mask_kernels.hulls_of_slices(voxels > 900, (0.8, 0.7), 0.5)[0]
found.update(hull.tobytes() + repr(mask_kernels.farthest_in(hull)).encode())
found.update(isolines.trace(np.pad(rng.integers(0, 255, (50, 60)).astype(np.uint8), 1), 127.5)[0])
for kind in resize.PIXELS:
    picture = (voxels[:, 7] if kind != np.uint8 else voxels[:, 7] & 255).astype(kind)
    for shape in ((15, 33), (43, 177), (20, 201)):
        for between in resize.Between:
            found.update(resize.resized(picture[:, ::-1], shape, between).tobytes())
    found.update(kernels.even_lines(picture, rng.random(9) * 22 - 1, rng.normal(size=9) * 9))
levels = resize.Levels(rng.integers(0, 256, 65536).astype(np.uint8), np.dtype(np.int16))
found.update(resize.resized_grey(voxels[3], (77, 222), resize.Between.CUBIC, levels))
found.update(resize.resized_colours(picture.astype(np.uint8)[..., None].repeat(3, 2), (70, 90),
                                    resize.Between.LINEAR))
line = rng.random((30, 2)) * 60
shares = polygons.coverage([line, polygons.fewer_corners(line, 9.0)], (50, 70))
polygons.lay_colour(flat := np.zeros((50, 70, 4), np.uint8), shares, (9, 80, 200, 255))
found.update(polygons.line_coverage([(line, True)], 2.0, (50, 70)).tobytes() + flat.tobytes())
cost = rng.random((9, 10, 11)).astype(np.float32)
found.update(vessels.cheapest_ways(cost, np.array([5]), np.ones(3), -1)[0].tobytes())
rays = rng.integers(0, 200, (9, 60, 61)).astype(np.int16)
costs, soft = np.empty(rays.shape, np.float32), np.empty(rays.shape, np.float32)
radii, result = np.empty((9, 60)), np.empty((9, 4))
vessels.wall_costs(rays, np.ones(2), rng.random(9) * 90, rng.random(9) + 5, 3, costs)
vessels.smooth_costs(costs, 3, (0, 9), soft)
vessels.closed_walls(soft, radii)
vessels.section_measures(rays, radii / 2, 0.5, 2, 100.0, result)
found.update(costs.tobytes() + soft.tobytes() + radii.tobytes() + result.tobytes())
points = np.cumsum(rng.normal(size=(50, 3)), axis=0)
found.update(kernels.carry_frames(points, points / 9, np.array([1.0, 0, 0])).tobytes())
print(found.hexdigest())
"""


def digest_of_work(**environment):
    done = subprocess.run(
        [sys.executable, "-c", WORK],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_every_processor_gives_the_same_numbers():
    assert digest_of_work() == digest_of_work(**{LEVEL_VARIABLE: "baseline"})


def test_a_level_that_there_is_not_is_said():
    code = "from tumorboard.imaging.isolines import borders, np; borders(np.ones((2, 2)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, LEVEL_VARIABLE: "v9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "UserError: The compiled part of the program has no level “v9”." in done.stderr


def test_the_library_was_made_from_these_sources():
    found = load(library_path())
    assert digest(sources(FOLDER)).encode() in found.provenance()
    assert isinstance(found, ctypes.CDLL)


def test_a_missing_library_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="compiled part of the program is missing") as caught:
        load(library_path(tmp_path))
    assert "make setup" in caught.value.hint
    assert str(tmp_path) not in str(caught.value) + caught.value.details


@pytest.mark.parametrize("content", [b"", b"\x7fELF, but no more", b"text" * 500])
def test_a_file_that_is_no_library_is_the_same_sentence(tmp_path, content):
    library_path(tmp_path).write_bytes(content)
    with pytest.raises(UserError, match="compiled part of the program is missing"):
        load(library_path(tmp_path))


def test_a_library_of_other_sources_is_refused(tmp_path):
    """A call whose arguments changed since would read memory that is not its own."""
    for path in sources(FOLDER):
        shutil.copy(path, tmp_path)
    library = shutil.copy(library_path(), tmp_path)
    load(Path(library))
    with (tmp_path / "flood.cpp").open("a") as changed:
        changed.write("\n// another state\n")
    with pytest.raises(UserError, match="older than its sources"):
        load(Path(library))


def test_without_sources_beside_it_a_library_is_taken_as_it_is(tmp_path):
    assert load(Path(shutil.copy(library_path(), tmp_path))).level()


def test_a_wheel_carries_the_library_and_not_its_sources(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    assert "-py3-none-" in wheel.name
    assert not wheel.stem.endswith("-any")
    with zipfile.ZipFile(wheel) as archive:
        inside = [n for n in archive.namelist() if n.startswith("tumorboard/imaging/native/")]
        whole = archive.read(f"tumorboard/imaging/native/{library_path().name}")
    assert whole == library_path().read_bytes()
    assert not [n for n in inside if n.endswith((".cpp", ".hpp"))]
    assert "tumorboard/imaging/native/library.py" in inside
