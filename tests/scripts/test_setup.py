"""The set-up installs what the locks name, whatever else an index offers by then."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.scripts.local_index import LocalIndex

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the test writes locks of Linux")

#: Builds an editable wheel with the standard library; a real project needs one that is locked.
_BACKEND = """
import pathlib, zipfile
import builder_tool  # comes from the lock of what builds
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("thing.pth", str(pathlib.Path.cwd()))
        info = "thing-1.0.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: thing\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""

#: Sets up with a copy of a builder that was made before: to make one takes half of the time,
#: and it is the same each time.
_WITH_BUILDER = """
import shutil, sys
sys.path.insert(0, "scripts")
import setup
setup.make_builder = lambda pip: shutil.copytree({builder!r}, setup.BUILDER, symlinks=True)
sys.exit(setup.main())
"""


class Project:
    """A project that is set up by the real script; ``small``: one of two files."""

    #: An environment with pip to use in place of one made for each set-up.
    builder: Path | None = None

    def __init__(self, folder: Path, index: LocalIndex, *, small: bool = True) -> None:
        self.folder, self.index = folder, index
        if not small:
            return
        for name in (
            "scripts/setup.py",
            "tumorboard/system_libraries.py",
            "tumorboard/__init__.py",
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        (folder / "backend.py").write_text(_BACKEND)
        (folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        )

    def lock(self, name: str, *pins: tuple[str, str, str]) -> None:
        lines = (f"{n}=={v} \\\n    --hash=sha256:{digest}\n" for n, v, digest in pins)
        place = self.folder / "requirements" / name / "linux.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("".join(lines))

    def set_up(
        self, environment: dict[str, str], *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        script = ["scripts/setup.py"]
        if self.builder is not None:
            script = ["-c", _WITH_BUILDER.format(builder=str(self.builder))]
        return subprocess.run(
            [sys.executable, *script, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )

    def versions(self) -> dict[str, str]:
        program = (
            "import json, importlib.metadata as m;"
            "print(json.dumps({d.name: d.version for d in m.distributions()}))"
        )
        python = self.folder / ".venv/bin/python"
        return json.loads(subprocess.check_output([python, "-c", program], text=True))


def make_project(folder: Path) -> Project:
    index = LocalIndex(folder / "index")
    project = Project(folder / "project", index)
    alpha = index.make("alpha", "1.0", "beta[more]")
    beta = index.make("beta", "1.0", 'gamma; extra == "more"', extra="more")
    gamma = index.make("gamma", "1.0")
    delta = index.make("delta", "1.0", "beta[more]")
    project.lock("run", ("beta", "1.0", beta), ("gamma", "1.0", gamma))
    project.lock("development", ("alpha", "1.0", alpha), ("delta", "1.0", delta))
    project.lock("build", ("builder_tool", "1.0", index.make("builder_tool", "1.0")))
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the pip that Python brings, as each set-up makes one."""
    folder = tmp_path_factory.mktemp("builder") / "environment"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def quick(project: Project, builder: Path) -> Project:
    """The project, to be set up with a builder that is there already."""
    project.builder = builder
    return project


@pytest.fixture(scope="module")
def set_up_once(builder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    """A project that was set up for running, and a copy of its folder."""
    folder = tmp_path_factory.mktemp("set-up")
    project = make_project(folder)
    project.builder = builder
    with project.index.served() as environment:
        assert project.set_up(environment).returncode == 0
    return project, shutil.copytree(project.folder, folder / "copy", symlinks=True)


@pytest.fixture
def ready(set_up_once: tuple[Project, Path]) -> Project:
    """That project as the set-up left it: an environment works in its own place alone."""
    project, copy = set_up_once
    shutil.rmtree(project.folder)
    shutil.copytree(copy, project.folder, symlinks=True)
    return project


LOCKED = {"alpha": "1.0", "beta": "1.0", "gamma": "1.0", "delta": "1.0", "thing": "1.0"}


def test_what_appears_on_an_index_later_changes_nothing(project):
    for name in ("alpha", "gamma", "delta", "builder_tool"):
        project.index.make(name, "2.0")
    project.index.make("beta", "2.0", 'gamma>=2; extra == "more"', extra="more")
    with project.index.served() as environment:
        done = project.set_up(environment, "--development")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.versions() == LOCKED
    assert not (project.folder / ".venv-builder").exists()


def test_running_needs_no_development_package_and_a_second_run_asks_nobody(ready):
    assert ready.versions() == {k: LOCKED[k] for k in ("beta", "gamma", "thing")}
    with ready.index.served() as environment:
        pass
    done = ready.set_up(environment)  # nobody serves any more
    assert (done.returncode, done.stdout) == (0, "")


def _damaged_wheel(project: Project) -> None:
    project.lock("run", ("beta", "1.0", "0" * 64))


def _unknown_release(project: Project) -> None:
    project.lock("run", ("beta", "7.0", "0" * 64))


def _contradiction(project: Project) -> None:
    lonely = project.index.make("lonely", "1.0", "nowhere")
    project.lock("run", ("lonely", "1.0", lonely))


def _no_build(project: Project) -> None:
    (project.folder / "backend.py").write_text("raise ImportError('broken on purpose')")
    _release_of_gamma(project)


def _release_of_gamma(project: Project) -> None:
    project.lock("run", ("gamma", "3.0", project.index.make("gamma", "3.0")))


DAMAGES: tuple[tuple[Callable[[Project], None], str], ...] = (
    (_damaged_wheel, "beta==1.0 is not the file that the lock names"),
    (_unknown_release, "beta==7.0"),
    (_contradiction, "nowhere"),
    (_no_build, "building the program"),
)


def test_a_failed_set_up_says_why_and_keeps_what_works(ready):
    with ready.index.served() as environment:
        before = ready.versions()
        for damage, words in DAMAGES:
            damage(ready)
            done = ready.set_up(environment)
            assert done.returncode == 1
            assert words in done.stderr
            assert "the environment that was there still works. See setup.log." in done.stderr
            assert len(done.stderr.splitlines()) == 1
            assert ready.versions() == before


def test_failing_development_packages_leave_the_program(quick):
    quick.lock("development", ("alpha", "1.0", "0" * 64))
    with quick.index.served() as environment:
        assert quick.set_up(environment, "--development").returncode == 1
    assert quick.set_up(environment).returncode == 0  # nobody serves: it is there
    assert quick.versions()["beta"] == "1.0"


def test_what_a_killed_set_up_left_is_put_back(ready):
    with ready.index.served() as environment:
        pass
    (ready.folder / ".venv").rename(ready.folder / ".venv-former")
    (ready.folder / ".venv/bin").mkdir(parents=True)  # as far as the killed one came
    done = ready.set_up(environment)  # nobody serves any more
    assert done.returncode == 0, done.stderr
    assert ready.versions()["beta"] == "1.0"
    assert not (ready.folder / ".venv-former").exists()


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_up_script", ROOT / "scripts/setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("machine", "library", "word"),
    [
        ("x86_64", "glibc 2.31", "glibc 2.34"),
        ("aarch64", "glibc 2.36", "Debian 13"),
        ("x86_64", "", "another C library"),
        ("riscv64", "glibc 2.41", "riscv64"),
    ],
)
def test_a_system_without_packages_is_refused_in_a_sentence(
    script, monkeypatch, machine, library, word
):
    monkeypatch.setattr(script.platform, "machine", lambda: machine)
    monkeypatch.setattr(script, "_confstr", lambda _: library)
    with pytest.raises(script.SetupError, match=word):
        script.refuse_unsupported()


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 15, 0)])
def test_a_python_without_packages_is_refused(script, monkeypatch, version):
    monkeypatch.setattr(script.sys, "version_info", version)
    with pytest.raises(script.SetupError, match=r"Python 3\.11 to 3\.14"):
        script.refuse_unsupported()
