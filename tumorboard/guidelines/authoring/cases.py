"""Cases with the answers that a guideline has to give, kept beside its rules.

A file of cases is a list of objects with ``id``, ``inputs`` (facts by name) and ``expected``:
category, category_rule, options (all but the universal ones), alerts, derived, conflicts,
follow_up, prognosis, and from 1.1.0 on qualifiers, silences, notes, and by option or rule
missing, state, departure, equal_with, carried, severity and marks. Only what is named is
compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tumorboard import strict_json
from tumorboard.case.facts import FactSheet, Provenance, sheet_from_json
from tumorboard.errors import UserError
from tumorboard.guidelines.evaluate import assess
from tumorboard.guidelines.model import Guideline

FILE = "cases.json"
_WHOLE = ("category", "category_rule", "follow_up", "prognosis", "conflicts")
_SORTED = ("alerts", "qualifiers", "silences", "notes")
_OF_OPTION = ("state", "departure", "equal_with", "carried")
_KNOWN = {*_WHOLE, *_SORTED, *_OF_OPTION, "options", "missing", "derived", "severity", "marks"}


@dataclass(frozen=True)
class ExpectedCase:
    """A case and the answers that it has to get."""

    id: str
    facts: FactSheet
    expected: Mapping[str, Any]


@dataclass(frozen=True)
class Deviation:
    """An answer that is not the one expected, both as they would stand in a file."""

    case: str
    about: str
    expected: Any
    found: Any

    @property
    def text(self) -> str:
        """One line, such as "V-05, category: resectable was expected, unresectable found"."""
        return f"{self.case}, {self.about}: {self.expected} was expected, {self.found} found"


def read_cases(path: Path) -> tuple[ExpectedCase, ...]:
    """Read a file of cases.

    Raises
    ------
    UserError
        When the file is missing or malformed, or a fact or a value is not on the list; the
        case is named.

    """
    hint = "Correct the file of cases."
    try:
        entries = strict_json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name} cannot be read as JSON.", hint) from error
    if not isinstance(entries, list):
        raise UserError(f"{path.name} is not a list of cases.", hint)
    return tuple(_case(path.name, number, entry) for number, entry in enumerate(entries, start=1))


def _case(file: str, number: int, entry: Any) -> ExpectedCase:
    hint = "A case has id, inputs and expected."
    whole = isinstance(entry, dict) and {"id", "inputs", "expected"} <= set(entry)
    if not whole or not all(isinstance(entry[k], dict) for k in ("inputs", "expected")):
        raise UserError(f"{file}, case {number}: it is not complete.", hint)
    strange = set(entry["expected"]) - _KNOWN
    if strange:
        raise UserError(f'{file}, {entry["id"]}: "{min(strange)}" is no answer.', hint)
    try:
        facts = sheet_from_json(entry["inputs"], Provenance("entered", note="from the cases"))
    except UserError as error:
        raise UserError(f"{file}, {entry['id']}: {error.message}", error.hint) from error
    return ExpectedCase(str(entry["id"]), facts, entry["expected"])


def deviations(guideline: Guideline, cases: tuple[ExpectedCase, ...]) -> Iterator[Deviation]:
    """Yield every answer of a guideline that is not the one expected."""
    for case in cases:
        result = assess(case.facts, guideline).to_json()
        for about, wanted, found in _compared(guideline, case.expected, result):
            if wanted != found:
                yield Deviation(case.id, about, wanted, found)


def _compared(
    guideline: Guideline, expected: Mapping[str, Any], result: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what each answer is about, what was expected and what was found."""
    for key in _WHOLE:
        if key in expected:
            yield key, expected[key], result[key]
    for key in _SORTED:
        if key in expected:
            yield key, sorted(expected[key]), sorted(result[key])
    if "options" in expected:
        shown = {
            option: found["status"]
            for option, found in result["options"].items()
            if not guideline.options[option].universal
        }
        yield "options", expected["options"], shown
    for name, wanted in expected.get("derived", {}).items():
        yield name, wanted, result["derived"].get(name)
    yield from _of_lines(expected, result)


def _of_lines(
    expected: Mapping[str, Any], result: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what single options and rules say beside their status."""
    for key in _OF_OPTION:
        for option, wanted in expected.get(key, {}).items():
            found = result["options"].get(option, {}).get(key)
            yield f"{key} of {option}", wanted, found
    for option, wanted in expected.get("missing", {}).items():
        found = result["options"].get(option, {}).get("missing", ())
        yield f"missing of {option}", sorted(wanted), sorted(found)
    for rule, wanted in expected.get("severity", {}).items():
        yield f"severity of {rule}", wanted, result["alert_details"].get(rule, {}).get("severity")
    for rule, wanted in expected.get("marks", {}).items():
        yield f"mark of {rule}", wanted, result["marks"].get(rule)
