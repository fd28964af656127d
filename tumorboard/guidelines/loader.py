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
from tumorboard.guidelines.derived_values import FUNCTIONS
from tumorboard.guidelines.expression import NameInfo, Vocabulary
from tumorboard.guidelines.files import file_problems, read_files, rule_entries
from tumorboard.guidelines.model import (
    Carried,
    DerivedInfo,
    EvidenceLists,
    Guideline,
    OptionInfo,
    RuleGroup,
    ScopeMarks,
)
from tumorboard.guidelines.parameters import SettingDefinition, Settings, setting_from_data
from tumorboard.guidelines.rulebuilder import RuleBuilder, asks, condition
from tumorboard.guidelines.translation import Spoken, in_language
from tumorboard.guidelines.tree import Node
from tumorboard.language import _, code
from tumorboard.resources import resource_path

#: The version that is in force where none is chosen.
NEWEST = "1.1.0"


def load_guideline(version: str = NEWEST, name: str = "rps") -> Guideline:
    """Load a shipped guideline; cached.

    Raises
    ------
    UserError
        When its data cannot be used.
    FileNotFoundError
        When this version does not ship.

    """
    return _load(name, version, code())


@lru_cache(maxsize=4)
def _load(name: str, version: str, _language: str) -> Guideline:
    return load_folder(resource_path("guidelines", name, version))


def load_folder(folder: Path) -> Guideline:
    """Load a guideline from a folder, with the reviewed translation that lies there.

    Raises
    ------
    UserError
        With file and line, for a malformed file, a name that does not exist, a citation
        that does not exist, or a conclusion without a source.

    """
    return _built(_parts(folder, code()))


def _built(parts: _Parts) -> Guideline:
    fixed, rule_files, head = parts.fixed, parts.rule_files, parts.head
    vocabulary, builder = parts.vocabulary, parts.builder
    data = fixed["evidence"].data["places"] if "evidence" in fixed else {}
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
        qualifiers=builder.marks(fixed["guideline"], "qualifiers"),
        contradicted=head.get("contradicted", ""),
        equal_words=head.get("equal_words", ""),
        states=head.get("states", {}),
        scope_marks=_scope_marks(fixed["guideline"], parts),
        carried=_carried(fixed, parts),
        against_source={
            entry["id"]: builder.marks(fixed["settings"], "settings", i, "against_source")
            for i, entry in enumerate(fixed["settings"].data["settings"])
            if "against_source" in entry
        },
        governing=_governing(fixed["conflicts"], parts),
        evidence=_evidence(fixed, parts),
        places={place: tuple(identifiers) for place, identifiers in data.items()},
        catalogue=parts.catalogue,
        spoken=parts.spoken,
    )


@dataclass(frozen=True)
class Examined:
    """The outcome of loading with every problem named: a guideline, or ``problems``."""

    problems: tuple[UserError, ...]
    guideline: Guideline | None = None
    fixed: Mapping[str, Document] = field(default_factory=dict)
    rules: tuple[Document, ...] = ()


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
    return Examined(tuple(found), guideline, parts.fixed, tuple(parts.rule_files))


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
    spoken: Spoken


def _parts(folder: Path, language: str = "") -> _Parts:
    """Read the files of a guideline; without a ``language`` as they stand."""
    fixed: Mapping[str, Document]
    fixed, rule_files = read_files(folder)
    _refuse_twice(fixed)
    spoken = Spoken()
    if language:
        fixed, rule_files, spoken = in_language(folder, fixed, rule_files, language)
    catalogue = _catalogue(fixed)
    head = fixed["guideline"].data
    document = fixed["settings"]
    definitions: dict[str, SettingDefinition] = {}
    for i, entry in enumerate(document.data["settings"]):
        try:
            definitions[entry["id"]] = setting_from_data(entry)
        except UserError as error:
            raise document.error(("settings", i), error.message) from error
    settings = Settings(definitions, {})
    options = {
        entry["id"]: OptionInfo(entry["id"], entry["title"], entry.get("universal", False))
        for entry in fixed["options"].data["options"]
    }
    names = _names(fixed)
    document = fixed["guideline"]
    for key, members in document.data["lists"].items():
        for name in members:
            if name not in names:
                raise document.error(("lists", key), _('unknown name "{name}".', name=name))
    vocabulary = Vocabulary(
        names=names,
        lists={key: tuple(members) for key, members in document.data["lists"].items()},
        settings=settings.references(),
        options=frozenset(options),
        statuses=frozenset(head["statuses"]),
        rules=frozenset(e["id"] for d in rule_files for _file, _place, e in rule_entries(d)),
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
        spoken=spoken,
    )


def _group(document: Document, builder: RuleBuilder) -> RuleGroup:
    return RuleGroup(
        name=document.data["group"],
        first_match=document.data.get("match") == "first",
        rules=builder.rules(document),
    )


def _extra(documents: Iterable[Document], key: str) -> Any:
    return next((d.data[key] for d in documents if key in d.data), {})


def _catalogue(fixed: Mapping[str, Document]) -> Catalogue:
    facts: dict[str, Evidence] = {}
    for t, topic in enumerate(fixed["facts"].data["topics"]):
        for f, entry in enumerate(topic["facts"]):
            place: Place = ("topics", t, "facts", f)
            evidence = evidence_from_data(topic["topic"], entry)
            if evidence.id in facts:
                raise fixed["facts"].error(place, _("{id} stands here twice.", id=evidence.id))
            facts[evidence.id] = evidence
    return Catalogue(
        sources={e["id"]: Source(**e) for e in fixed["sources"].data["sources"]},
        scopes=fixed["facts"].data["scopes"],
        facts=facts,
        references={
            e["id"]: PublicReference(**{**e, "figures": tuple(e.get("figures", ()))})
            for e in fixed["references"].data["references"]
        },
        conflicts={
            e["id"]: Conflict(e["id"], e["title"], tuple(e["sides"]), tuple(e["governs"]), e["why"])
            for e in fixed["conflicts"].data["conflicts"]
        },
        gaps={e["id"]: Gap(**e) for e in fixed["gaps"].data["gaps"]},
    )


def _refuse_twice(fixed: Mapping[str, Document]) -> None:
    """Refuse an identifier that two entries of a file have: the later would hide the other."""
    for name in ("sources", "references", "conflicts", "gaps", "options", "settings"):
        seen: set[str] = set()
        for i, entry in enumerate(fixed[name].data[name]):
            if entry["id"] in seen:
                raise fixed[name].error((name, i), _("{id} stands here twice.", id=entry["id"]))
            seen.add(entry["id"])


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
                    raise fixed[name].error(
                        (name, i), _("{identifier} does not exist.", identifier=cited)
                    )


def _cited(entry: Mapping[str, Any]) -> tuple[str, ...]:
    keys = ("sides", "governs", "references", "sources")
    return tuple(cited for key in keys for cited in entry.get(key, ()))


def _check_fact(
    document: Document, place: Place, entry: Mapping[str, Any], catalogue: Catalogue
) -> None:
    for cite in catalogue.facts[entry["id"]].cites:
        if cite.source not in catalogue.sources:
            raise document.error(place, _("there is no source {source}.", source=cite.source))
    if entry["scope"] not in catalogue.scopes:
        raise document.error(place, _('there is no scope "{scope}".', scope=entry["scope"]))


def _names(fixed: Mapping[str, Document]) -> dict[str, NameInfo]:
    """Return every name a condition may use: facts, derived values, and conclusions."""
    names = {
        name: NameInfo(d.kind, tuple(c.value for c in d.choices))
        for name, d in fact_definitions().items()
    }
    document = fixed["derived"]
    for i, entry in enumerate(document.data["derived"]):
        place: Place = ("derived", i)
        if entry["name"] in names:
            raise document.error(place, _('"{name}" stands here twice.', name=entry["name"]))
        if entry["name"] not in FUNCTIONS:
            raise document.error(
                place, _('there is no arithmetic for "{name}".', name=entry["name"])
            )
        for name in entry["reads"]:
            if name not in names:
                raise document.error(place, _('"{name}" is not known at this point.', name=name))
        names[entry["name"]] = NameInfo(entry["kind"], tuple(entry.get("choices", ())))
    head = fixed["guideline"].data
    names["category"] = NameInfo("choice", tuple(head["categories"]))
    names["follow_up"] = NameInfo("choice", tuple(head["follow_up_keys"]))
    names["prognosis"] = NameInfo("choice", tuple(head["prognosis_keys"]))
    return names


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
            asked_as=entry.get("asked_as", ""),
            sources=tuple(entry["sources"]),
            settings=tuple(entry.get("settings", ())),
        )
    return result


def _scope_marks(document: Document, parts: _Parts) -> ScopeMarks:
    """Return the marks; a scope of the facts without a condition is an error."""
    if "scope_marks" not in document.data:
        return ScopeMarks()
    entry, place = document.data["scope_marks"], ("scope_marks", "covers")
    without = parts.catalogue.scopes.keys() - entry["covers"]
    if without:
        raise document.error(place, _('nothing says what "{scope}" covers.', scope=min(without)))
    _refuse_unknown(document, ("scope_marks", "silences"), entry["silences"], parts.catalogue)
    return ScopeMarks(
        words=entry["words"],
        covers={
            scope: condition(document, (*place, scope), text, parts.vocabulary)
            for scope, text in entry["covers"].items()
        },
        silences=frozenset(entry["silences"]),
        lay=frozenset(entry["lay"]),
    )


def _carried(fixed: Mapping[str, Document], parts: _Parts) -> tuple[Carried, ...]:
    """Return which lines carry which conflict; a line that does not exist is an error."""
    if "carried" not in fixed:
        return ()
    document = fixed["carried"]
    lines = {*parts.options, *parts.vocabulary.rules, *parts.vocabulary.lists["criteria"]}
    found = []
    for i, entry in enumerate(document.data["carried"]):
        place: Place = ("carried", i)
        if entry["conflict"] not in parts.catalogue.conflicts:
            raise document.error(
                place, _("{identifier} does not exist.", identifier=entry["conflict"])
            )
        strange = [line for line in entry["on"] if line not in lines]
        if strange:
            raise document.error(
                place, _('there is no option, rule or criterion "{name}".', name=strange[0])
            )
        text = entry.get("if", "")
        node = condition(document, (*place, "if"), text, parts.vocabulary) if text else None
        found.append(Carried(entry["conflict"], tuple(entry["on"]), node))
    return tuple(found)


def _governing(
    document: Document, parts: _Parts
) -> dict[str, tuple[tuple[Node, tuple[str, ...]], ...]]:
    """Return the sides that govern in some cases only, by the conflict."""
    found: dict[str, tuple[tuple[Node, tuple[str, ...]], ...]] = {}
    for i, entry in enumerate(document.data["conflicts"]):
        cases = []
        for j, case in enumerate(entry.get("governs_if", ())):
            place: Place = ("conflicts", i, "governs_if", j)
            _refuse_unknown(document, place, case["governs"], parts.catalogue)
            node = condition(document, (*place, "if"), case["if"], parts.vocabulary)
            cases.append((node, tuple(case["governs"])))
        if cases:
            found[entry["id"]] = tuple(cases)
    return found


def _evidence(fixed: Mapping[str, Document], parts: _Parts) -> dict[str, EvidenceLists]:
    """Return what stands for and against each option."""
    if "evidence" not in fixed:
        return {}
    document = fixed["evidence"]
    found: dict[str, EvidenceLists] = {}
    for option, entry in document.data["options"].items():
        if option not in parts.options:
            raise document.error(
                ("options", option), _('there is no option "{option}".', option=option)
            )
        lists = EvidenceLists(
            *(tuple(entry.get(key, ())) for key in ("for", "against", "figures", "outside"))
        )
        _refuse_unknown(document, ("options", option), lists, parts.catalogue)
        found[option] = lists
    for place, identifiers in document.data["places"].items():
        _refuse_unknown(document, ("places", place), identifiers, parts.catalogue)
    return found


def _refuse_unknown(
    document: Document, place: Place, identifiers: Iterable[str], catalogue: Catalogue
) -> None:
    for identifier in identifiers:
        if identifier not in catalogue:
            raise document.error(place, _("{identifier} does not exist.", identifier=identifier))
