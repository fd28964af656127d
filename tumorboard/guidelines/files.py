"""Reads the files of a guideline and checks each against the schema beside them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tumorboard.case.terms import Document, Place, data_error, read_yaml
from tumorboard.errors import UserError
from tumorboard.language import _

#: The files every guideline has, besides those of its rules.
FIXED = ("guideline", "options", "settings", "tables", "derived", "facts", "sources")
EVIDENCE = ("references", "conflicts", "gaps")
#: Files that a guideline may have: which lines carry a conflict, and what stands for and
#: against each option.
OPTIONAL = ("carried", "evidence")
#: The folder of what an institution adds: a file brings rules of one group together with the
#: evidence they rest on, and is found by lying there. By key, which file its entries join.
ADDITIONS = "additions"
_JOINS = {"sources": "sources", "topics": "facts", "references": "references", "options": "options"}
_OF_RULES = ("group", "sections")
#: What the groups decide in one order, and what ends the others; no added rule may.
_DECIDED = ("category", "follow_up", "prognosis", "stop")
#: In which language the texts of a guideline are; en where it does not say.
_LANGUAGE = "language"
_CODE = re.compile(r"[a-z]{2}")
_READS_MERGED = re.compile(r"\b(?:status|offered)\(")


#: What the schema says of a text: kind, digests of the schema and of the text; the last ones.
#: A guideline that is examined is read twice, and most files of two of its states are the same.
_JUDGED: dict[tuple[str, str, str], tuple[tuple[Place, str], ...]] = {}
_MOST_JUDGED = 128


@dataclass(frozen=True)
class _Schema:
    """The definitions that files are checked against, and the digest of their text."""

    definitions: dict[str, Any]
    digest: str


def read_files(folder: Path) -> tuple[dict[str, Document], list[Document]]:
    """Return the fixed files by name and the rule files in their order, with what is added.

    Evidence of `ADDITIONS` stands behind that of the fixed files, rules behind those of their
    group; rules of options come before the files that read what the others merged.

    Raises
    ------
    UserError
        When a file is missing, malformed or against the schema; with file and line.

    """
    fixed = {name: read_document(folder / f"{name}.yaml") for name in fixed_names(folder)}
    schema = _schema(folder)
    for name, document in fixed.items():
        _check(document, name, schema)
    rules = [read_document(folder / name) for name in fixed["guideline"].data["order"]]
    for document in rules:
        _check(document, "rules", schema)
    added = [_addition(folder, name) for name in _addition_names(folder)]
    for document in added:
        for error in _addition_problems(document, schema, rules):
            raise error
    for key, name in _JOINS.items():
        fixed[name] = _joined(fixed[name], key, added)
    for document in added:
        if "sections" in document.data:
            rules.insert(_position(document, rules), document)
    return fixed, rules


def fixed_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the files besides those of the rules, without their ending."""
    chosen = (name for name in OPTIONAL if (folder / f"{name}.yaml").exists())
    return (*FIXED, *EVIDENCE, *chosen)


def read_document(path: Path, name: str = "") -> Document:
    """Read a YAML file; one that contains itself or nests without end is refused too."""
    try:
        return read_yaml(path, name)
    except RecursionError as error:
        text = _("{name}, line 1: it contains itself or nests too deeply.", name=name or path.name)
        raise data_error(text) from error


def _addition_names(folder: Path) -> list[str]:
    """Return the names of the files of `ADDITIONS`; one that would be passed over is refused."""
    place = folder / ADDITIONS
    if not place.exists():
        return []
    try:
        names = sorted(p.name for p in place.iterdir() if not p.name.startswith("."))
    except OSError as error:
        raise data_error(_("the folder {folder} cannot be read.", folder=ADDITIONS)) from error
    for name in names:
        if not name.endswith((".yaml", ".md", "~")) or not (place / name).is_file():
            text = _(
                "{file}, line 1: only files that end in .yaml are read here.",
                file=f"{ADDITIONS}/{name}",
            )
            raise data_error(text)
    return [name for name in names if name.endswith(".yaml")]


def _addition(folder: Path, name: str) -> Document:
    return read_document(folder / ADDITIONS / name, f"{ADDITIONS}/{name}")


def _addition_problems(
    document: Document, schema: _Schema, rules: Sequence[Document]
) -> Iterator[UserError]:
    """Yield what is wrong with an added file, against the schema or what it may decide."""
    data, known = document.data, {*_OF_RULES, *_JOINS}
    if not isinstance(data, dict) or not data or set(data) - known:
        strange = [k for k in data if k not in known] if isinstance(data, dict) else []
        place: Place = (str(strange[0]),) if strange else ()
        yield document.error(
            place, _("{known} are expected, nothing else.", known=", ".join(sorted(known)))
        )
        return
    for key, name in _JOINS.items():
        if key in data:
            yield from _against(document, f"{name}/properties/{key}", schema, (key,))
    if set(data) & set(_OF_RULES):
        found = list(_against(document, "rules", schema, only=_OF_RULES))
        yield from found or _out_of_place(document, rules)


def _out_of_place(document: Document, rules: Sequence[Document]) -> Iterator[UserError]:
    group = document.data["group"]
    tables = [d.file for d in rules if d.data["group"] == group and d.data.get("match") == "first"]
    if tables:
        text = _(
            "the rules of {group} decide in their order; this one belongs into {file}.",
            group=group,
            file=tables[0],
        )
        yield document.error(("group",), text)
    for place, __, entry in rule_entries(document):
        parts = {"then": entry["then"]} if "then" in entry else entry["outcomes"]
        for effect in (e for effects in parts.values() for e in effects):
            for kind in (k for k in _DECIDED if k in effect):
                text = _(
                    "{id}: an added rule cannot state {kind}.",
                    id=entry["id"],
                    kind=kind.replace("_", "-"),
                )
                yield document.error(place, text)


def _position(document: Document, rules: Sequence[Document]) -> int:
    """Return where the rules of an added file stand among the rule files."""
    group = [i for i, d in enumerate(rules) if d.data["group"] == document.data["group"]]
    if not group:
        return len(rules)
    if not _reads_merged(document):
        for i in group:
            if _reads_merged(rules[i]):
                return i
    return group[-1] + 1


def _reads_merged(document: Document) -> bool:
    if document.data["group"] != "options":
        return False
    texts = (str(part) for _, section, entry in rule_entries(document) for part in (section, entry))
    return any(_READS_MERGED.search(text) for text in texts)


def _joined(base: Document, key: str, others: Sequence[Document]) -> Document:
    """Return a document whose list under ``key`` goes on with those of others."""
    entries, lines, files = [*base.data[key]], dict(base.lines), dict(base.files)
    for other in others:
        start = len(entries)
        for i, entry in enumerate(other.data.get(key, ())):
            entries.append(entry)
            files[key, start + i] = other.file
        for place, line in other.lines.items():
            if len(place) > 1 and place[0] == key and isinstance(place[1], int):
                lines[key, start + place[1], *place[2:]] = line
    return replace(base, data={**base.data, key: entries}, lines=lines, files=files)


def _schema(folder: Path) -> _Schema:
    path = folder / "schema.json"
    try:
        text = path.read_text(encoding="utf-8")
        definitions = json.loads(text)["$defs"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise data_error(_("{name} of the guideline cannot be read.", name=path.name)) from error
    return _Schema(definitions, hashlib.sha256(text.encode()).hexdigest())


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
    kinds = {f"{name}.yaml": name for name in fixed_names(folder)}
    for file in (*kinds, *head.data["order"]):
        try:
            found += _against(read_document(folder / file), kinds.get(file, "rules"), schema)
        except UserError as error:
            found.append(error)
    return found or _problems_of_additions(folder, schema, head.data["order"])


def _problems_of_additions(folder: Path, schema: _Schema, order: Sequence[str]) -> list[UserError]:
    found: list[UserError] = []
    try:
        names = _addition_names(folder)
    except UserError as error:
        return [error]
    rules = [read_document(folder / file) for file in order] if names else []
    for name in names:
        try:
            found += _addition_problems(_addition(folder, name), schema, rules)
        except UserError as error:
            found.append(error)
    return found


def _check(document: Document, kind: str, schema: _Schema) -> None:
    """Refuse a document that does not fit; the first problem is named."""
    for error in _against(document, kind, schema):
        raise error


def _against(
    document: Document,
    kind: str,
    schema: _Schema,
    at: Place = (),
    only: Sequence[str] = (),
) -> Iterator[UserError]:
    """Yield what the schema has against a document, the part ``at`` a place, or some keys."""
    if kind == "guideline" and isinstance(document.data, dict):
        # Schemas of released versions do not know the key, which has one form for all.
        only = [key for key in document.data if key != _LANGUAGE]
        if not _CODE.fullmatch(str(document.data.get(_LANGUAGE, "en"))):
            yield document.error((_LANGUAGE,), _("a language is two letters, such as en."))
    key = (kind, schema.digest, document.digest)
    judged = _JUDGED.pop(key, None)
    if judged is None:
        data = document.data
        for step in at:
            data = data[step]
        if only:
            data = {name: data[name] for name in only if name in data}
        judged = tuple(((*at, *p), text) for p, text in _judged(data, kind, schema))
    _JUDGED[key] = judged
    while len(_JUDGED) > _MOST_JUDGED:
        _JUDGED.pop(next(iter(list(_JUDGED))), None)
    for place, message in judged:
        yield document.error(place, message)


def _judged(data: Any, kind: str, schema: _Schema) -> Iterator[tuple[Place, str]]:
    """Yield place and words of the innermost problem of each failed alternative."""
    from jsonschema import Draft202012Validator  # here: its import costs 0.1 s

    validator = Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema.definitions})
    for error in validator.iter_errors(data):
        innermost: Any = error
        while innermost.context:
            innermost = max(innermost.context, key=lambda e: len(e.absolute_path))
        yield tuple(innermost.absolute_path), f"{innermost.message}."


def rule_entries(document: Document) -> Iterator[tuple[Place, dict[str, Any], dict[str, Any]]]:
    """Yield place, section and entry of each rule of a rule file, in order."""
    for s, section in enumerate(document.data["sections"]):
        for r, entry in enumerate(section["rules"]):
            yield ("sections", s, "rules", r), section, entry
