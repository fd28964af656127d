"""Makes a program that needs no Python: one folder, and what this system installs it by.

    python scripts/bundle/make.py

Writes to `dist/`: `tumorboard/` (the folder), with licences and a bill of materials inside; on
Linux also `tumorboard_VERSION_ARCH.deb`, on Windows `tumorboard-VERSION.exe` where Inno Setup
is there, on macOS `Tumorboard-VERSION.dmg`. An environment of its own, from the locks alone, so
that nothing of a developer's gets in.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

import setup  # noqa: E402 - the set-up beside this folder

DIST, WORK = ROOT / "dist", ROOT / "build" / "bundle"
ENVIRONMENT = WORK / "environment"
FOLDER = DIST / "tumorboard"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

#: What a Linux system brings itself: the C library, the screen and the fonts.
_DEPENDS = (
    *("libc6 (>= 2.34)", "libgl1", "libegl1", "libglib2.0-0t64 | libglib2.0-0", "libfontconfig1"),
    *("libdbus-1-3", "libxkbcommon0", "libxkbcommon-x11-0", "libx11-xcb1", "libxcb-cursor0"),
    *("libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0"),
    *("libxcb-render-util0", "libxcb-shape0", "libxcb-sync1", "libxcb-xfixes0", "libxcb-xkb1"),
    *("fonts-dejavu-core | fonts-liberation | fonts-noto-core",),
)


def main() -> int:
    """Make the folder and the installer of this system."""
    try:
        setup.refuse_unsupported()
        make_environment()
        freeze()
    except setup.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(setup.BUILDER, ignore_errors=True)
    tell_parts()
    makers = {"linux": make_deb, "darwin": make_dmg, "win32": make_installer}
    made = makers[sys.platform]()
    size = sum(f.stat().st_size for f in FOLDER.rglob("*") if f.is_file() and not f.is_symlink())
    print(f"{FOLDER.relative_to(ROOT)}: {size / 1e6:.0f} MB")
    for file in made:
        print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1e6:.0f} MB")
    return 0


def make_environment() -> None:
    """Install what the program runs on and what bundles it, as locked."""
    setup.LOG.write_text("")
    setup.make_builder(None)
    setup.make_environment(ENVIRONMENT, "--without-pip")
    setup.install("run", ENVIRONMENT)
    setup.install("bundle", ENVIRONMENT)
    setup.install_project(ENVIRONMENT, editable=False)


def freeze() -> None:
    """Have PyInstaller make the folder."""
    entry = WORK / "tumorboard_start.py"
    entry.write_text("import sys\nfrom tumorboard.__main__ import main\nsys.exit(main())\n")
    told = {
        "TUMORBOARD_VERSION": VERSION,
        "TUMORBOARD_ENTRY": str(entry),
        "TUMORBOARD_ICON": str(icon()),
        "PYTHONHASHSEED": "0",
    }
    shutil.rmtree(FOLDER, ignore_errors=True)
    python = str(setup.python_of(ENVIRONMENT))
    command = [python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(DIST), "--workpath", str(WORK / "pyinstaller")]
    # Elsewhere than in the sources: they would be found before what is installed.
    command.append(str(HERE / "tumorboard.spec"))
    setup.run(command, "Making the folder", environment=told, folder=WORK)
    # The interpreter's library may carry its symbols; those of wheels must not be touched: their
    # loaders were moved by tools whose layout stripping breaks.
    if sys.platform == "linux" and shutil.which("strip"):
        for library in (FOLDER / "_internal").glob("libpython*.so*"):
            subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)


def icon() -> str:
    """Paint the icon as this system wants it; empty where a program carries none (Linux)."""
    kind = {"win32": "ico", "darwin": "icns"}.get(sys.platform, "")
    if not kind:
        return ""
    return str(paint_icon(WORK / f"tumorboard.{kind}", 256))


def paint_icon(file: Path, size: int) -> Path:
    """Write the icon as a picture of ``size`` pixels, in the format of the file's ending."""
    program = (
        "import sys; from PySide6.QtGui import QGuiApplication, QIcon;"
        "app = QGuiApplication([]); size = int(sys.argv[3]);"
        "ok = QIcon(sys.argv[1]).pixmap(size, size).save(sys.argv[2]); sys.exit(not ok)"
    )
    svg = ROOT / "resources" / "icons" / "tumorboard.svg"
    subprocess.run(
        [str(setup.python_of(ENVIRONMENT)), "-c", program, str(svg), str(file), str(size)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
    )
    return file


def tell_parts() -> None:
    """Lay the licences of all parts and a bill of materials (CycloneDX) into the folder."""
    shutil.copy(ROOT / "LICENSE", FOLDER)
    for name in ("INTENDED_USE.md", "HAZARDS.md"):
        shutil.copy(ROOT / name, FOLDER)
    subprocess.run(
        [str(setup.python_of(ENVIRONMENT)), str(HERE / "parts.py"), str(FOLDER)], check=True
    )


def make_deb() -> list[Path]:
    """Make a Debian package of the folder; nothing where there is no dpkg-deb."""
    if shutil.which("dpkg-deb") is None:
        print("No dpkg-deb here: the folder alone was made.")
        return []
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    root = WORK / "deb"
    shutil.rmtree(root, ignore_errors=True)
    places = {
        "program": root / "opt/tumorboard",
        "entry": root / "usr/share/applications/tumorboard.desktop",
        "picture": root / "usr/share/icons/hicolor/scalable/apps/tumorboard.svg",
        "small": root / "usr/share/icons/hicolor/256x256/apps/tumorboard.png",
        "command": root / "usr/bin/tumorboard",
        "rights": root / "usr/share/doc/tumorboard/copyright",
        "control": root / "DEBIAN/control",
    }
    for place in places.values():
        place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(FOLDER, places["program"], symlinks=True)
    shutil.copy(HERE / "tumorboard.desktop", places["entry"])
    shutil.copy(ROOT / "resources/icons/tumorboard.svg", places["picture"])
    paint_icon(places["small"], 256)
    places["command"].symlink_to("/opt/tumorboard/tumorboard")
    shutil.copy(FOLDER / "LICENCES.txt", places["rights"])
    size = sum(f.stat().st_size for f in places["program"].rglob("*") if not f.is_symlink())
    places["control"].write_text(
        f"Package: tumorboard\nVersion: {VERSION}\nArchitecture: {machine}\n"
        f"Installed-Size: {size // 1024}\nDepends: {', '.join(_DEPENDS)}\n"
        "Recommends: libcups2t64 | libcups2\n"
        "Section: science\nPriority: optional\n"
        "Maintainer: The Tumorboard authors <tumorboard@example.org>\n"
        "Description: case viewer for sarcoma tumour boards\n"
        " Measures the mass, marks the vessels, shows what the literature says about them.\n"
        " Supports the board, decides nothing. Not a medical device.\n"
    )
    made = DIST / f"tumorboard_{VERSION}_{machine}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z10", "--build", str(root), str(made)]
    setup.run(command, "Making the Debian package")
    return [made]


def make_dmg() -> list[Path]:
    """Make a disk image; signing and notarising are described in docs/bundles.md."""
    made = DIST / f"Tumorboard-{VERSION}.dmg"
    app = DIST / "Tumorboard.app"
    identity = os.environ.get("CODESIGN_IDENTITY")
    if identity:
        sign = ["codesign", "--deep", "--options", "runtime", "--timestamp", "--sign", identity]
        setup.run([*sign, str(app)], "Signing")
    command = ["hdiutil", "create", "-ov", "-volname", "Tumorboard", "-srcfolder", str(app)]
    setup.run([*command, str(made)], "Making the disk image")
    return [made]


def make_installer() -> list[Path]:
    """Make an installer by Inno Setup; nothing where that is not there."""
    compiler = shutil.which("iscc")
    if compiler is None:
        print("No Inno Setup (iscc) here: the folder alone was made.")
        return []
    command = [compiler, f"/DVersion={VERSION}", f"/O{DIST}", str(HERE / "tumorboard.iss")]
    setup.run(command, "Making the installer")
    return sorted(DIST.glob(f"tumorboard-{VERSION}*.exe"))


if __name__ == "__main__":
    sys.exit(main())
