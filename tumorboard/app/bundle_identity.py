"""Blanks identity in signed records, and leaves alone what data needs to be read again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from tumorboard.canonical_json import dumps
from tumorboard.reports.written import STAFF, of_staff

#: Keys whose values are names of our own, UIDs, numbers or times; all others are words.
_STRUCTURE: Final = frozenset(
    {
        *("uid", "kind", "plane", "calibration", "role", "laterality", "mode", "layout"),
        *("palette", "vessel", "word", "code", "site_code", "key", "series_key", "overlays"),
        *("window", "origin", "landmarks", "modality", "study_date", "cut", "digest"),
        *("grid_digest", "input_hash", "audit_head", "format", "sha256", "utc"),
        *("sop_instance_uids", "annotation_uids", "mass_uids", "images", "version"),
        *("intent", "agreement", "trial", "options", "option", "due", "withheld_from"),
        *("measured_from", "part_of", "samples"),
    }
)
_UIDS: Final = ("_uid", "_utc")

Blank = Callable[[str], str]


def blanked(value: Any, blank: Blank, *, keep: frozenset[str] = frozenset()) -> Any:
    """Return JSON values with every word blanked but those under keys of structure.

    ``keep`` are further keys to leave alone.
    """
    if isinstance(value, str):
        return blank(value)
    if isinstance(value, list | tuple):
        return [blanked(item, blank, keep=keep) for item in value]
    if isinstance(value, Mapping):
        # Who made something works here: a word in that name is no name of a patient.
        staff = of_staff(blank)
        return {
            name: staff(item)
            if name == STAFF and isinstance(item, str)
            else item
            if (name in _STRUCTURE or name in keep or name.endswith(_UIDS))
            else blanked(item, blank, keep=keep)
            for name, item in value.items()
        }
    return value


#: The guideline's own words in an assessment, its names, and the values of closed lists.
_GUIDELINE: Final = frozenset(
    {
        *("id", "category", "category_rule", "category_text", "qualifiers", "rule", "text"),
        *("status", "severity", "title", "strength", "mark", "citations", "sources", "name"),
        *("value", "missing", "also_missing", "alerts", "conflicts", "criteria", "derived"),
        *("follow_up", "prognosis", "about", "settings", "guideline", "input"),
        *("category_words", "notes", "silences", "marks", "scope_mark", "status_text"),
        *("severity_text", "state", "equal_with", "departure", "carried", "evidence"),
        *("direction", "quality", "scopes", "stands_for", "settings_against_source"),
    }
)


def blanked_assessment(value: Mapping[str, Any], blank: Blank) -> dict[str, Any]:
    """Return an assessment with blanked what persons noted about the facts it rests on."""
    found = {**value, "options": dict(value.get("options", {}))}
    options = blanked(found.pop("options"), blank, keep=_GUIDELINE)
    return {**blanked(found, blank, keep=_GUIDELINE), "options": options}


def blanked_record(
    record: Mapping[str, Any], blank: Blank, digests: dict[str, str]
) -> dict[str, Any]:
    """Return a signed record without identity.

    One in which nothing had to be blanked stays as it was signed. Another has a digest of its
    own and names that of the signed one; ``digests`` maps these, and is added to, so that a
    record still names the one before it.
    """
    rest = {key: value for key, value in record.items() if key != "digest"}
    changed = blanked(rest, blank, keep=frozenset({"facts", "series", "assessment"}))
    changed["assessment"] = blanked_assessment(rest.get("assessment", {}), blank)
    follows = changed.get("follows")
    if isinstance(follows, dict) and follows.get("digest") in digests:
        changed["follows"] = {**follows, "digest": digests[follows["digest"]]}
    if changed == rest:
        return dict(record)
    signed = str(record.get("digest", ""))
    changed["withheld_from"] = signed
    digests[signed] = digest_of_record(changed)
    return {**changed, "digest": digests[signed]}


def digest_of_record(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 that a signed record should carry."""
    rest = {key: value for key, value in record.items() if key != "digest"}
    return hashlib.sha256(dumps(rest).encode()).hexdigest()
