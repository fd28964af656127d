"""Writes what a bundle is made of: licence texts and a bill of materials (CycloneDX 1.6).

Run by the interpreter whose packages were bundled:

    python scripts/bundle/parts.py FOLDER

Writes FOLDER/LICENCES.txt, FOLDER/sbom.cdx.json. Fails when a package has no licence text and
none is known here.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

_TEXT = re.compile(r"(licen[cs]e|copying|notice|copyright)", re.IGNORECASE)

#: Build tools, which are not in the bundle.
_TOOLS = {"pip", "setuptools", "pyinstaller-hooks-contrib", "altgraph", "packaging", "pefile"}

#: Licences that a package's metadata do not state, from the text that it ships.
_UNSTATED = {"sqlcipher3": "Zlib"}

#: Packages that ship no text; theirs stands in the folder beside this file, by SPDX name.
_TEXT_OF = {"PySide6_Essentials": "LGPL-3.0-only", "shiboken6": "LGPL-3.0-only"}

#: What lies inside wheels besides the package itself: name, version, licence.
_INSIDE = {
    "sqlcipher3": (("SQLCipher", "", "BSD-3-Clause"), ("OpenSSL", "", "Apache-2.0")),
    "PySide6_Essentials": (("Qt", "", "LGPL-3.0-only"),),
    "lxml": (("libxml2", "", "MIT"), ("libxslt", "", "MIT")),
    "pillow": (
        ("libjpeg-turbo", "", "IJG AND BSD-3-Clause"),
        ("OpenJPEG", "", "BSD-2-Clause"),
        ("libtiff", "", "libtiff"),
        ("libwebp", "", "BSD-3-Clause"),
        ("FreeType", "", "FTL"),
        ("HarfBuzz", "", "MIT"),
        ("Little CMS", "", "MIT"),
        ("libavif", "", "BSD-2-Clause"),
    ),
}

_OWN = Path(__file__).resolve().parent / "licences"


def main(folder: Path) -> int:
    """Write both files; return 1 with a line each for packages without a licence."""
    parts = sorted(bundled(), key=lambda d: d.name.lower())
    texts, components, problems = [], [], []
    for part in parts:
        licence, found = licence_of(part), licence_texts(part)
        if not licence or not found:
            problems.append(f"{part.name}: no licence {'text' if licence else 'stated'}")
        texts.append(f"{'=' * 78}\n{part.name} {part.version}: {licence}\n{'=' * 78}\n\n{found}\n")
        components += component(part, licence)
    (folder / "LICENCES.txt").write_text("\n".join(texts), encoding="utf-8")
    (folder / "sbom.cdx.json").write_text(json.dumps(bill(components), indent=1), encoding="utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(parts)} parts with their licences: LICENCES.txt, sbom.cdx.json")
    return 1 if problems else 0


def bundled() -> Iterator[Distribution]:
    """Yield the installed packages that a bundle holds."""
    seen = set()
    for part in importlib.metadata.distributions():
        name = part.name.lower()
        if name not in _TOOLS | seen and name != "tumorboard":
            seen.add(name)
            yield part


def licence_of(part: Distribution) -> str:
    """Return the licence as the package states it, in SPDX's words where it does."""
    stated = part.metadata.get("License-Expression") or part.metadata.get("License") or ""
    classified = [
        line.rpartition(" :: ")[2]
        for line in part.metadata.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    short = stated if stated and "\n" not in stated and len(stated) < 80 else ""
    return short or ", ".join(classified) or _UNSTATED.get(part.name, "")


def licence_texts(part: Distribution) -> str:
    """Return all licence texts that the package ships, or the one kept here for it."""
    texts = []
    for file in part.files or ():
        if _TEXT.search(file.name) and file.suffix not in (".py", ".pyc", ".so", ".json"):
            path = Path(str(part.locate_file(file)))
            if path.is_file():
                texts.append(f"--- {file}\n{path.read_text(encoding='utf-8', errors='replace')}")
    kept = _OWN / f"{_TEXT_OF.get(part.name, '')}.txt"
    if not texts and kept.is_file():
        texts.append(kept.read_text(encoding="utf-8"))
    return "\n".join(texts)


def component(part: Distribution, licence: str) -> list[dict[str, object]]:
    """Return a package and what lies inside it as components of the bill."""
    purl = f"pkg:pypi/{part.name.lower().replace('_', '-')}@{part.version}"
    found: list[dict[str, object]] = [
        {
            "type": "library",
            "bom-ref": purl,
            "name": part.name,
            "version": part.version,
            "purl": purl,
            "licenses": [{"license": {"name": licence}}],
        }
    ]
    for name, version, its in (*_INSIDE.get(part.name, ()), *shipped_libraries(part)):
        entry: dict[str, object] = {"type": "library", "bom-ref": f"{purl}#{name}", "name": name}
        entry |= {"version": version} if version else {}
        entry |= {"licenses": [{"license": {"name": its}}]} if its else {}
        entry["description"] = f"inside the wheel of {part.name}"
        found.append(entry)
    return found


def shipped_libraries(part: Distribution) -> list[tuple[str, str, str]]:
    """Return the shared libraries of others that a wheel ships (``*.libs``), with versions."""
    found = []
    for file in part.files or ():
        if file.parts and file.parts[0].endswith((".libs", ".dylibs")):
            name = re.sub(r"-[0-9a-f]{8}", "", file.name)
            stem, _, version = name.partition(".so.")
            found.append((stem.partition(".")[0], version or file.name, ""))
    return found


def bill(components: list[dict[str, object]]) -> dict[str, object]:
    """Return a CycloneDX document."""
    version = importlib.metadata.version("tumorboard")
    program = {"type": "application", "name": "tumorboard", "version": version}
    program |= {"licenses": [{"license": {"id": "Apache-2.0"}}]}
    interpreter = {"type": "platform", "name": "CPython", "version": platform.python_version()}
    interpreter |= {"licenses": [{"license": {"id": "Python-2.0"}}]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": program},
        "components": [interpreter, *components],
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
