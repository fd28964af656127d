"""The board report as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from tumorboard.language import _, code, inside
from tumorboard.reports.context import ReportContext
from tumorboard.reports.identity import confidentiality
from tumorboard.reports.meeting_content import Decided
from tumorboard.reports.words import iso_date
from tumorboard.resources import resource_path
from tumorboard.text import sided
from tumorboard.whole_file import write_whole


@dataclass(frozen=True)
class Linked:
    """A file that lies beside a page: its relative name and what it is."""

    name: str
    words: str


def render_html(
    context: ReportContext, files: Sequence[Linked] = (), decided: Decided | None = None
) -> str:
    """Return the report as HTML with its style and images inside.

    ``files`` lie beside it; ``decided`` is the decision of the board where it is to be told.
    """
    style = resource_path("report", "board.css").read_text(encoding="utf-8")
    return _template().render(
        r=context,
        style=style,
        confidentiality=confidentiality(context.with_identity),
        files=files,
        decided=decided,
    )


def write_html(context: ReportContext, path: Path) -> None:
    """Write the report as HTML, whole or not at all.

    Raises
    ------
    UserError
        When the file cannot be written.

    """
    write_whole(path, render_html(context).encode())


@lru_cache(maxsize=1)
def _template() -> Template:
    folder = resource_path("report")
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {"data_uri": _data_uri, "day": iso_date, "inside": inside}
    environment.globals |= {"_": _, "language": code()}
    return environment.get_template("board.html.j2")


def _shown(value: object) -> object:
    """Return what a place of the template shows: words from right to left turn nothing else."""
    return sided(value) if type(value) is str else value


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
