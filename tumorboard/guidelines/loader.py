"""Builds a guideline from its files. Anything wrong is an error with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tumorboard.case.facts import fact_definitions
from tumorboard.case.terms import Document, Place
from tumorboard.errors import UserError
from tumorboard.guidelines.catalogue import (
    Catalogue,
    Conflict,
    Evidence,
    Gap,
    PublicReference,
    Source,
    evidence_from_data,
)
from tumorboard.guidelines.derived import FUNCTIONS
from tumorboard.guidelines.expression import NameInfo, Vocabulary
from tumorboard.guidelines.files import file_problems, read_files, rule_entries
from tumorboard.guidelines.model import DerivedInfo, Guideline, OptionInfo, RuleGroup
from tumorboard.guidelines.parameters import SettingDefinition, Settings, setting_from_data
from tumorboard.guidelines.rulebuilder import RuleBuilder, asks
from tumorboard.resources import resource_path


def load_guideline(version: str = "1.0.0", name: str = "rps") -> Guideline:
    """Load a shipped guideline; cached.

    Raises
    ------
    UserError
        When its data cannot be used.
    FileNotFoundError
        When this version does not ship.

    """
    return _load(name, version)


@lru_cache(maxsize=4)
def _load(name: str, version: str) -> Guideline:
    return load_folder(resource_path("guidelines", name, version))


def load_folder(folder: Path) -> Guideline:
    """Load a guideline from a folder.

    Raises
    ------
    UserError
        With file and line, for a malformed file, a name that does not exist, a citation
        that does not exist, or a conclusion without a source.

    """
    return _built(_parts(folder))


def _built(parts: _Parts) -> Guideline:
    fixed, rule_files, head = parts.fixed, parts.rule_files, parts.head
    vocabulary, builder = parts.vocabulary, parts.builder
    return Guideline(
        id=head["id"],
        title=head["title"],
        version=head["version"],
        fact_base=head["fact_base"],
        intended_use=head["intended_use"],
        groups=tuple(_group(document, builder) for document in rule_files),
        lists=vocabulary.lists,
        categories=head["categories"],
        statuses=head["statuses"],
        severities=head["severities"],
        follow_up_keys=head["follow_up_keys"],
        prognosis_keys=head["prognosis_keys"],
        options=parts.options,
        derived=_derived(fixed["derived"], vocabulary),
        tables={k: v["value"] for k, v in fixed["tables"].data["tables"].items()},
        settings=parts.settings,
        schedules=_extra(rule_files, "schedules"),
        prognosis={k: _extra(rule_files, k) for k in ("label", "figures", "relative_risks")},
        catalogue=parts.catalogue,
    )


@dataclass(frozen=True)
class Examined:
    """The outcome of loading with every problem named: a guideline, or ``problems``."""

    problems: tuple[UserError, ...]
    guideline: Guideline | None = None
    fixed: Mapping[str, Document] = field(default_factory=dict)


def examine(folder: Path) -> Examined:
    """Load a guideline, going on after a problem where that makes sense."""
    found = file_problems(folder)
    if found:
        return Examined(tuple(found))
    try:
        parts = _parts(folder)
        found = [e for d in parts.rule_files for e in parts.builder.problems(d)]
        guideline = None if found else _built(parts)
    except UserError as error:
        return Examined((error,))
    return Examined(tuple(found), guideline, parts.fixed)


@dataclass(frozen=True)
class _Parts:
    """What the rules are built from."""

    fixed: Mapping[str, Document]
    rule_files: list[Document]
    head: Mapping[str, Any]
    catalogue: Catalogue
    settings: Settings
    options: Mapping[str, OptionInfo]
    vocabulary: Vocabulary
    builder: RuleBuilder


def _parts(folder: Path) -> _Parts:
    fixed, rule_files = read_files(folder)
    catalogue = _catalogue(fixed)
    head = fixed["guideline"].data
    settings = _settings(fixed["settings"])
    options = {
        entry["id"]: OptionInfo(entry["id"], entry["title"], entry.get("universal", False))
        for entry in fixed["options"].data["options"]
    }
    names = _names(fixed)
    vocabulary = Vocabulary(
        names=names,
        lists=_lists(fixed["guideline"], names),
        settings=settings.references(),
        options=frozenset(options),
        statuses=frozenset(head["statuses"]),
        rules=frozenset(e["id"] for d in rule_files for _, _, e in rule_entries(d)),
    )
    _check_citations(fixed, catalogue)
    return _Parts(
        fixed=fixed,
        rule_files=rule_files,
        head=head,
        catalogue=catalogue,
        settings=settings,
        options=options,
        vocabulary=vocabulary,
        builder=RuleBuilder(vocabulary, catalogue, head),
    )


def _group(document: Document, builder: RuleBuilder) -> RuleGroup:
    return RuleGroup(
        name=document.data["group"],
        first_match=document.data.get("match") == "first",
        rules=builder.rules(document),
    )


def _extra(documents: Iterable[Document], key: str) -> Any:
    return next((d.data[key] for d in documents if key in d.data), {})


def _settings(document: Document) -> Settings:
    definitions: dict[str, SettingDefinition] = {}
    for i, entry in enumerate(document.data["settings"]):
        try:
            definitions[entry["id"]] = setting_from_data(entry)
        except UserError as error:
            raise document.error(("settings", i), error.message) from error
    return Settings(definitions, {})


def _catalogue(fixed: Mapping[str, Document]) -> Catalogue:
    facts: dict[str, Evidence] = {}
    for t, topic in enumerate(fixed["facts"].data["topics"]):
        for f, entry in enumerate(topic["facts"]):
            place: Place = ("topics", t, "facts", f)
            evidence = evidence_from_data(topic["topic"], entry)
            if evidence.id in facts:
                raise fixed["facts"].error(place, f"{evidence.id} stands here twice.")
            facts[evidence.id] = evidence
    return Catalogue(
        sources={e["id"]: Source(**e) for e in fixed["sources"].data["sources"]},
        scopes=fixed["facts"].data["scopes"],
        facts=facts,
        references={e["id"]: PublicReference(**e) for e in fixed["references"].data["references"]},
        conflicts={
            e["id"]: Conflict(e["id"], e["title"], tuple(e["sides"]), tuple(e["governs"]), e["why"])
            for e in fixed["conflicts"].data["conflicts"]
        },
        gaps={e["id"]: Gap(**e) for e in fixed["gaps"].data["gaps"]},
    )


def _check_citations(fixed: Mapping[str, Document], catalogue: Catalogue) -> None:
    """Refuse a citation of something that does not exist, in any of the fixed files."""
    facts = fixed["facts"]
    for t, topic in enumerate(facts.data["topics"]):
        for f, entry in enumerate(topic["facts"]):
            _check_fact(facts, ("topics", t, "facts", f), entry, catalogue)
    for name in ("conflicts", "settings", "derived"):
        for i, entry in enumerate(fixed[name].data[name]):
            for cited in _cited(entry):
                if cited not in catalogue:
                    raise fixed[name].error((name, i), f"{cited} does not exist.")


def _cited(entry: Mapping[str, Any]) -> tuple[str, ...]:
    keys = ("sides", "governs", "references", "sources")
    return tuple(cited for key in keys for cited in entry.get(key, ()))


def _check_fact(
    document: Document, place: Place, entry: Mapping[str, Any], catalogue: Catalogue
) -> None:
    for cite in catalogue.facts[entry["id"]].cites:
        if cite.source not in catalogue.sources:
            raise document.error(place, f"there is no source {cite.source}.")
    if entry["scope"] not in catalogue.scopes:
        raise document.error(place, f'there is no scope "{entry["scope"]}".')


def _names(fixed: Mapping[str, Document]) -> dict[str, NameInfo]:
    """Return every name a condition may use: facts, derived values, and conclusions."""
    names = {
        name: NameInfo(d.kind, tuple(c.value for c in d.choices) if d.kind == "choice" else ())
        for name, d in fact_definitions().items()
    }
    document = fixed["derived"]
    for i, entry in enumerate(document.data["derived"]):
        _check_derived(document, i, entry, names)
        names[entry["name"]] = NameInfo(entry["kind"], tuple(entry.get("choices", ())))
    head = fixed["guideline"].data
    names["category"] = NameInfo("choice", tuple(head["categories"]))
    names["follow_up"] = NameInfo("choice", tuple(head["follow_up_keys"]))
    names["prognosis"] = NameInfo("choice", tuple(head["prognosis_keys"]))
    return names


def _check_derived(
    document: Document, index: int, entry: Mapping[str, Any], names: Mapping[str, NameInfo]
) -> None:
    place: Place = ("derived", index)
    if entry["name"] in names:
        raise document.error(place, f'"{entry["name"]}" stands here twice.')
    if entry["name"] not in FUNCTIONS:
        raise document.error(place, f'there is no arithmetic for "{entry["name"]}".')
    for name in entry["reads"]:
        if name not in names:
            raise document.error(place, f'"{name}" is not known at this point.')


def _derived(document: Document, vocabulary: Vocabulary) -> dict[str, DerivedInfo]:
    result: dict[str, DerivedInfo] = {}
    for i, entry in enumerate(document.data["derived"]):
        result[entry["name"]] = DerivedInfo(
            name=entry["name"],
            id=entry["id"],
            label=entry["label"],
            kind=entry["kind"],
            labels=entry.get("choices", {}),
            unit=entry.get("unit", ""),
            unknown=entry.get("unknown", "unknown"),
            reads=tuple(entry["reads"]),
            ask=asks(document, ("derived", i, "ask"), entry.get("ask", ()), vocabulary),
            sources=tuple(entry["sources"]),
            settings=tuple(entry.get("settings", ())),
        )
    return result


def _lists(document: Document, names: Mapping[str, NameInfo]) -> dict[str, tuple[str, ...]]:
    for key, members in document.data["lists"].items():
        for name in members:
            if name not in names:
                raise document.error(("lists", key), f'unknown name "{name}".')
    return {key: tuple(members) for key, members in document.data["lists"].items()}
