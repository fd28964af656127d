"""Writes a case as one file that any browser opens and another installation takes in.

The bundle is a ZIP archive: pages for people, and all of the case but its images as JSON with
schemas. Images are named by their UIDs and found again where they are imported.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tumorboard import __version__
from tumorboard.annotations.model import utc_now
from tumorboard.app.bundle_format import (
    ASSESSMENT,
    CASE,
    FACTS,
    FORMAT,
    MANIFEST,
    VERSION,
    as_json,
    schema_members,
    voxels_name,
)
from tumorboard.app.bundle_identity import (
    blanked_record,
)
from tumorboard.app.bundle_places import space_here, wrong_identifier
from tumorboard.app.case_repository import CAME_FROM, FORMER_PATIENT
from tumorboard.app.shared_case import SharedCase
from tumorboard.app.told import WORD
from tumorboard.case.codec import encode
from tumorboard.case.fact_codes import fact_codes
from tumorboard.case.facts import Fact
from tumorboard.case.model import Case, Remark, SeriesRef
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.identity import Withholding
from tumorboard.reports.written import in_words
from tumorboard.whole_file import write_whole

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository

#: Remarks that mean something in this store alone.
_OURS: Final = (FORMER_PATIENT, CAME_FROM)
#: Already compressed: packing them again costs time and saves nothing.
_PACKED: Final = (".png", ".pdf")


def data_members(
    store: CaseRepository, shared: SharedCase, *, with_identity: bool
) -> dict[str, bytes]:
    """Return a case as the data files of a bundle, by name; without identity unless asked for.

    Raises
    ------
    UserError
        When voxels that an outline names are not in the store, or an identifier is none: no
        installation would take such a bundle in.

    """
    blank = Withholding(()) if with_identity else shared.withheld
    shared = shared.told(with_identity=with_identity)
    case, facts = _case(store, shared, blank, with_identity), _facts(shared)
    if wrong := wrong_identifier(case, facts):
        raise UserError(
            _("The case cannot be written as a bundle: {wrong}.", wrong=wrong),
            _("No installation takes in what may be mistaken for something else."),
        )
    found = {
        CASE: as_json(case),
        FACTS: as_json(facts),
        ASSESSMENT: as_json(shared.assessment.to_json()),
    }
    for digest in sorted({d for s in shared.case.segmentations for d in s.digests}):
        found[voxels_name(digest)] = zlib.decompress(store.masks.body_of(digest))
    return {**found, **schema_members()}


def write_bundle(
    path: Path,
    members: Mapping[str, bytes],
    author: str,
    reporter: Reporter | None = None,
    *,
    with_identity: bool,
) -> None:
    """Write a bundle, whole or not at all.

    Raises
    ------
    UserError
        When the file cannot be written.
    CancelledError
        When the reporter was asked to stop.

    """
    manifest = as_json(_manifest(members, author, with_identity=with_identity))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, manifest)
        for done, (name, content) in enumerate(members.items(), start=1):
            if reporter is not None:
                reporter.step(_("Packing the bundle"), done, len(members))
            kind = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, kind)
    write_whole(path, data.getvalue())


def _manifest(members: Mapping[str, bytes], author: str, *, with_identity: bool) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": __version__,
        "written_utc": utc_now(),
        "author": author,
        "with_identity": with_identity,
        "members": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in members.items()
        ],
    }


def _case(
    store: CaseRepository, shared: SharedCase, blank: Withholding, with_identity: bool
) -> dict[str, Any]:
    case = shared.case
    return {
        "uid": case.uid,
        "label": case.label,
        "question": case.question,
        "summary": case.summary,
        "created_utc": case.created_utc,
        "audit_head": shared.audit_head,
        "patient": _patient(case) if with_identity else None,
        "series": [_series(store, ref) for ref in case.series],
        "lesions": [encode(part) for part in case.lesions],
        "annotations": [encode(part) for part in case.annotations],
        "remarks": [encode(part) for part in case.remarks if not _is_ours(part)],
        "views": [encode(part) for part in case.views],
        "segmentations": [encode(part) for part in case.segmentations],
        "vessels": [encode(part) for part in case.vessels],
        "decisions": _decisions(store, case.uid, blank),
        "history": _history(store, case.uid, blank),
    }


def _is_ours(remark: Remark) -> bool:
    return remark.key in _OURS or remark.key.startswith(WORD)


def _series(store: CaseRepository, ref: SeriesRef) -> dict[str, Any]:
    """Return a listed series, and where its images lie when they are here."""
    space = space_here(store, ref.series_instance_uid)
    told = {} if space is None else {"space": space.to_json()}
    return {**encode(ref), **told}


def _patient(case: Case) -> dict[str, str]:
    who = case.patient
    return {
        "name": who.name,
        "patient_id": who.patient_id,
        "birth_date": who.birth_date,
        "sex": who.sex,
    }


def _facts(shared: SharedCase) -> dict[str, Any]:
    def lines(facts: Iterable[Fact]) -> list[Any]:
        return [{**encode(fact), "codes": fact_codes(fact.name, fact.value)} for fact in facts]

    return {"stated": lines(shared.case.facts), "derived": lines(shared.derived)}


def _decisions(store: CaseRepository, case_uid: str, blank: Withholding) -> list[dict[str, Any]]:
    digests: dict[str, str] = {}
    return [
        {
            "meeting_uid": d.meeting_uid,
            "signed": d.signed,
            "decision": asdict(in_words(d.decision, blank)),
            "record": blanked_record(d.record, blank, digests) if d.signed else {},
            "author": blank.of_staff(d.author),
            "utc": d.utc,
        }
        for d in store.decisions.of_case(case_uid)
    ]


def _history(store: CaseRepository, case_uid: str, blank: Withholding) -> list[dict[str, str]]:
    """Return who did what and when; the values before and after stay where they are."""
    return [
        {
            "kind": s.kind,
            "label": blank.of_staff(s.label),
            "author": blank.of_staff(s.author),
            "utc": s.utc,
        }
        for s in store.steps.of_case(case_uid)
    ]
