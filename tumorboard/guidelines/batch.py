"""Many cases at once: one JSON object of facts a line, one result a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tumorboard import strict_json
from tumorboard.case.facts import Provenance, sheet_from_json
from tumorboard.errors import UserError
from tumorboard.guidelines.evaluate import assess
from tumorboard.guidelines.loader import load_guideline
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.parameters import Settings
from tumorboard.language import _


def assess_lines(
    lines: Iterable[str], guideline: Guideline | None = None, settings: Settings | None = None
) -> Iterator[str]:
    """Assess each line and yield one line of JSON for it, in order; empty lines are left out.

    A line that cannot be used gives ``{"line": 3, "error": "..."}`` and the rest goes on.
    Lines are read as they are needed, so a file of any length takes little memory.
    """
    chosen = guideline or load_guideline()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield json.dumps(_result(number, line, chosen, settings), ensure_ascii=False)


def is_error(answer: str) -> bool:
    """Whether a line that `assess_lines` gave says that its line could not be used."""
    return answer.startswith('{"line": ')


def _result(
    number: int, line: str, guideline: Guideline, settings: Settings | None
) -> dict[str, Any]:
    try:
        sheet = sheet_from_json(_facts(line), Provenance("entered", note=_("from the file")))
        return assess(sheet, guideline, settings).to_json()
    except UserError as error:
        return {"line": number, "error": str(error)}


def _facts(line: str) -> dict[str, Any]:
    try:
        values = strict_json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(
            _("This line is not valid JSON."), _("Write one object a line, each name once.")
        ) from error
    if not isinstance(values, dict):
        raise UserError(_("This line is not a JSON object."), _('Write {"site": "...", ...}.'))
    return values
