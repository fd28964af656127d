"""Compiles the kernels of `tumorboard/imaging/native` into one shared library.

A hook of the build: an editable install lays the library beside its sources, a wheel carries
it and is tagged for its system. By hand:

    python scripts/native_library.py                    # for this computer, beside the sources
    python scripts/native_library.py aarch64-linux out  # for another one, into a folder

The compiler is that of the package ziglang, which brings the headers and libraries of all
systems, so that no computer needs a compiler of its own and each can build for all. A build for
another system than this one is asked for by the environment variable TUMORBOARD_TARGET.
"""

from __future__ import annotations

import os
import platform
import runpy
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
NATIVE = Path("tumorboard", "imaging", "native")
TARGET_VARIABLE = "TUMORBOARD_TARGET"

#: No fusing of products with sums: the same numbers at each level and on each system.
FLAGS = (
    *("-std=c++17", "-O3", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden"),
    *("-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-Wall", "-Wextra", "-Werror"),
)
#: What is not compiled for each level: it tells which one to take.
COMMON = "library.cpp"


class Target(NamedTuple):
    """A system: its name for the compiler and for wheels, and levels of its processors.

    The levels are (name, processor) pairs, the first for all processors of the kind.
    """

    triple: str
    tag: str
    file: str
    levels: tuple[tuple[str, str], ...] = (("baseline", "baseline"),)


_INTEL = (("baseline", "baseline"), ("v3", "x86_64_v3"))
TARGETS = {
    "x86_64-linux": Target("x86_64-linux-gnu.2.28", "manylinux_2_28_x86_64", "kernels.so", _INTEL),
    "aarch64-linux": Target("aarch64-linux-gnu.2.28", "manylinux_2_28_aarch64", "kernels.so"),
    "x86_64-windows": Target("x86_64-windows-gnu", "win_amd64", "kernels.dll", _INTEL),
    "x86_64-macos": Target("x86_64-macos.11.0", "macosx_11_0_x86_64", "kernels.dylib", _INTEL),
    "aarch64-macos": Target("aarch64-macos.11.0", "macosx_11_0_arm64", "kernels.dylib"),
}


def host() -> str:
    """Return the name of this system among `TARGETS`."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    name = platform.machine().lower()
    found = f"{machine.get(name, name)}-{system}"
    if found not in TARGETS:
        raise SystemExit(f"The kernels are not built for {found}; there are {', '.join(TARGETS)}.")
    return found


def build(root: Path, name: str, folder: Path) -> Path:
    """Return the library for a target in a folder, compiled anew when it is not up to date."""
    target, library = TARGETS[name], folder / TARGETS[name].file
    # By its path: the package itself needs what may not be installed yet.
    provenance = runpy.run_path(str(root / NATIVE / "provenance.py"))
    sources, digest = provenance["sources"](root / NATIVE), provenance["digest"]
    stamp = f"{digest(sources)} {digest([Path(__file__)])} {name}"
    if library.is_file() and stamp.encode() in library.read_bytes():
        return library
    print(f"Compiling the kernels for {name} ...", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".kernels-") as work:
        made = _compiled(Path(work), target, sources, stamp)
        made.replace(library)
    return library


def _compiled(work: Path, target: Target, sources: list[Path], stamp: str) -> Path:
    place = () if "windows" in target.triple else ("-fPIC",)
    calls = []
    for source in (s for s in sources if s.suffix == ".cpp"):
        for level, cpu in target.levels if source.name != COMMON else target.levels[:1]:
            made = work / f"{source.stem}-{level}.o"
            defines = (f"-DLEVEL={level}", f'-DPROVENANCE="{stamp}"', "-c", str(source))
            calls.append((made, *FLAGS, *place, f"-mcpu={cpu}", *defines))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda call: _zig(work, target, *call), calls))
    library = work / target.file
    _zig(work, target, library, "-shared", "-nostdlib++", "-s", *(str(call[0]) for call in calls))
    return library


def _zig(work: Path, target: Target, made: Path, *arguments: str) -> None:
    """Make a file by the compiler; what it keeps for later goes with the work folder."""
    caches = {f"ZIG_{kind}_CACHE_DIR": str(work / "cache") for kind in ("GLOBAL", "LOCAL")}
    compiler = [sys.executable, "-m", "ziglang", "c++", "-target", target.triple]
    done = subprocess.run(
        [*compiler, *arguments, "-o", str(made)],
        cwd=work,
        env={**os.environ, **caches},
        check=False,
    )
    if done.returncode:
        raise SystemExit("The kernels could not be compiled; the lines above say why.")


class NativeLibrary(BuildHookInterface):  # type: ignore[misc,type-arg]
    """Puts the library into what hatchling builds."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile it, and say for which system the wheel is; called by hatchling."""
        root, here = Path(self.root), host()
        name = os.environ.get(TARGET_VARIABLE) or here
        if name not in TARGETS:
            raise SystemExit(f"{TARGET_VARIABLE} is none of {', '.join(TARGETS)}.")
        folder = root / NATIVE if name == here else root / "out" / "native" / name
        library = build(root, name, folder)
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{TARGETS[name].tag}"
        if version != "editable":
            build_data["force_include"][str(library)] = (NATIVE / library.name).as_posix()


def main() -> int:
    """Build for this computer, or for the target and into the folder that are named."""
    name = sys.argv[1] if len(sys.argv) > 1 else host()
    if name not in TARGETS:
        print(f"{name} is none of {', '.join(TARGETS)}.")
        return 1
    folder = Path(sys.argv[2]) / name if len(sys.argv) > 2 else ROOT / NATIVE
    library = build(ROOT, name, folder.resolve())
    print(f"{library.name}: {library.stat().st_size // 1024} kB for {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
