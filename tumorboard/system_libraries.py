"""Qt's system libraries, looked for by name before Qt is imported.

A missing one would otherwise end the program with a linker's message. Runs with nothing
but the standard library, also before anything is installed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

#: Shared library, and the Debian or Ubuntu package that holds it.
LIBRARIES: Final[tuple[tuple[str, str], ...]] = (
    ("libGL.so.1", "libgl1"),
    ("libEGL.so.1", "libegl1"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-sync.so.1", "libxcb-sync1"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
)

_FONT_PACKAGE: Final = "fonts-dejavu-core"
_FONT_FOLDERS: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
)
_FONT_ENDINGS: Final = (".ttf", ".otf", ".ttc")


def missing_packages() -> list[str]:
    """Return the packages whose libraries or fonts this Linux machine lacks; else empty."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for library, package in LIBRARIES if not _is_there(library)]
    if not _has_font():
        missing.append(_FONT_PACKAGE)
    return missing


def install_command(packages: list[str]) -> str:
    """Return the one command that installs packages on Debian or Ubuntu."""
    names = " ".join(packages)
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"


def ensure_system_libraries() -> str:
    """Install what is missing when we may, and return what the user must do; empty when well.

    Installs as root on Debian and Ubuntu only; otherwise the sentence names the command.
    """
    packages = missing_packages()
    if packages and (os.geteuid() == 0 and shutil.which("apt-get") is not None):
        # Run apt-get; a failure shows in what is still missing afterwards.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        apt = shutil.which("apt-get") or "apt-get"
        update = [apt, "-qq", "update"]
        install = [apt, "-qq", "install", "-y", "--no-install-recommends", *packages]
        for command in (update, install):
            subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
        packages = missing_packages()
    if not packages:
        return ""
    return (
        "The window needs system libraries that are not on this machine. "
        f"Install them with:\n  {install_command(packages)}"
    )


def _is_there(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_font() -> bool:
    for folder in _FONT_FOLDERS:
        root = Path(folder).expanduser()
        if root.is_dir():
            for _, _, names in os.walk(root):
                if any(name.lower().endswith(_FONT_ENDINGS) for name in names):
                    return True
    return False
