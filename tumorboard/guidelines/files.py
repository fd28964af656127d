"""Reads the files of a guideline and checks each against the schema beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tumorboard.case.terms import Document, Place, data_error, read_yaml
from tumorboard.errors import UserError

#: The files every guideline has, besides those of its rules.
FIXED = ("guideline", "options", "settings", "tables", "derived", "facts", "sources")
EVIDENCE = ("references", "conflicts", "gaps")


def read_files(folder: Path) -> tuple[dict[str, Document], list[Document]]:
    """Return the fixed files by name and the rule files in their order.

    Raises
    ------
    UserError
        When a file is missing, malformed or against the schema; with file and line.

    """
    fixed = {name: read_document(folder / f"{name}.yaml") for name in (*FIXED, *EVIDENCE)}
    schema = _schema(folder)
    for name, document in fixed.items():
        _check(document, name, schema)
    rules = [read_document(folder / name) for name in fixed["guideline"].data["order"]]
    for document in rules:
        _check(document, "rules", schema)
    return fixed, rules


def read_document(path: Path) -> Document:
    """Read a YAML file; one that contains itself or nests without end is refused too."""
    try:
        return read_yaml(path)
    except RecursionError as error:
        raise data_error(f"{path.name}, line 1: it contains itself or nests too deeply.") from error


def _schema(folder: Path) -> dict[str, Any]:
    path = folder / "schema.json"
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
        defined: dict[str, Any] = {"$defs": schema["$defs"]}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise data_error(f"{path.name} of the guideline cannot be read.") from error
    return defined


def file_problems(folder: Path) -> list[UserError]:
    """Return everything that is malformed or against the schema, in all files."""
    try:
        schema = _schema(folder)
        head = read_document(folder / "guideline.yaml")
    except UserError as error:
        return [error]
    found = list(_against(head, "guideline", schema))
    if found:
        return found
    kinds = {f"{name}.yaml": name for name in (*FIXED, *EVIDENCE)}
    for file in (*kinds, *head.data["order"]):
        try:
            found += _against(read_document(folder / file), kinds.get(file, "rules"), schema)
        except UserError as error:
            found.append(error)
    return found


def _check(document: Document, kind: str, schema: dict[str, Any]) -> None:
    """Refuse a document that does not fit; the first problem is named."""
    for error in _against(document, kind, schema):
        raise error


def _against(document: Document, kind: str, schema: dict[str, Any]) -> Iterator[UserError]:
    from jsonschema import Draft202012Validator  # here: its import costs 0.1 s

    validator = Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
    for error in validator.iter_errors(document.data):
        yield _schema_error(document, error)


def _schema_error(document: Document, error: Any) -> UserError:
    """Name the innermost problem of a failed alternative."""
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    place: Place = tuple(error.absolute_path)
    return document.error(place, f"{error.message}.")


def rule_entries(document: Document) -> Iterator[tuple[Place, dict[str, Any], dict[str, Any]]]:
    """Yield place, section and entry of each rule of a rule file, in order."""
    for s, section in enumerate(document.data["sections"]):
        for r, entry in enumerate(section["rules"]):
            yield ("sections", s, "rules", r), section, entry
