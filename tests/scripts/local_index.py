"""A package index in a folder, served on 127.0.0.1, and wheels made on the spot."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class LocalIndex:
    """Wheels by project, as PEP 503 pages in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""

    def add(self, wheel: Path) -> str:
        """Link a wheel into the pages; return its SHA-256."""
        project = wheel.name.split("-")[0].lower().replace("_", "-").replace(".", "-")
        place = self.folder / "simple" / project
        place.mkdir(parents=True, exist_ok=True)
        if not (place / wheel.name).exists():
            os.link(wheel, place / wheel.name)
        lines = (f'<a href="{f.name}">{f.name}</a>' for f in sorted(place.glob("*.whl")))
        (place / "index.html").write_text("<!DOCTYPE html><html><body>" + "\n".join(lines))
        return hashlib.sha256(wheel.read_bytes()).hexdigest()

    def make(self, name: str, version: str, *wants: str, extra: str = "") -> str:
        """Make a wheel of nothing and add it; return its SHA-256.

        ``wants`` are its requirements, those of an extra with their marker.
        """
        made = self.folder / "made"
        made.mkdir(parents=True, exist_ok=True)
        info = f"{name}-{version}.dist-info"
        lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
        lines += [f"Provides-Extra: {extra}"] if extra else []
        lines += [f"Requires-Dist: {want}" for want in wants]
        files = {
            f"{name}.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": "\n".join(lines) + "\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
            "Tag: py3-none-any\n",
        }
        record = "".join(
            f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items()
        )
        wheel = made / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
                archive.writestr(path, text)
        return self.add(wheel)

    @contextlib.contextmanager
    def served(self) -> Iterator[dict[str, str]]:
        """Serve the pages; yields the environment in which pip asks here and nowhere else."""
        handler = partial(_Quiet, directory=str(self.folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
        url = f"http://127.0.0.1:{server.server_port}/simple"
        try:
            yield {**kept, "PIP_INDEX_URL": url, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
