"""A case with something of every kind in it, and bundles of it, whole and hostile."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.store import samples
from tumorboard.app import edits
from tumorboard.app.board import Board
from tumorboard.app.bundle import data_members, write_bundle
from tumorboard.app.bundle_format import MANIFEST
from tumorboard.app.edits import Edit
from tumorboard.app.guidance import Guidance
from tumorboard.app.session import Session
from tumorboard.app.shared_case import CaseReader
from tumorboard.case.annotation_facts import derive
from tumorboard.case.decision import Agreement, Decision, RejectedOption
from tumorboard.case.model import Lesion, Patient
from tumorboard.case.vessel import VesselPath
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.store.database import Store

FRIEDA = Patient("", "QUIXFICT^FRIEDA-MARIA", "PID-77-31", "19590412", "F")
#: Identifiers as the program makes them.
A1, A2, L1, P1, S1, S2, S3, V1, V2 = (f"2.25.{number}" for number in range(101, 110))
#: A line through the slices of `samples.uneven_stack`.
LINE = ((0.0, 0.0, 0.1), (0.5, 0.5, 9.0), (0.0, 1.0, 17.0))
#: Every way in which the patient must not show.
SECRETS = ("quixfict", "frieda", "maria", "pid-77-31", "19590412", "12.04.1959", "12 apr 1959")
NAMED = "Frieda Quixfict (PID-77-31, born 12.04.1959)"
#: As long as the real ones.
DECIDED = Decision(
    options=("O-RESECT",),
    recommendation=f"Resection of the mass of {NAMED}",
    rejected=(RejectedOption("O-RT", f"Bowel of {NAMED}"),),
    agreement=Agreement.DISSENTS,
    dissent_reason=f"The vein of {NAMED}",
    responsible="Dr Bone",
)


def planted(session: Session, words: str = NAMED) -> str:
    """Make a case with everything, and these words wherever a person can write; its UID."""
    case = session.new_case(f"RP-1 {words}"[:40], FRIEDA, f"Resectable, {words}?", words)
    for number in (4, 6):
        session.add_series([samples.incoming(number, FRIEDA, 3)], case.uid)
    session.put_lesion(Lesion(L1, f"Mass of {words}", words, is_index=True))
    session.put_annotation(samples.annotation(A1, label=words, lesion_uid=L1))
    session.put_annotation(samples.annotation(A2, 7.25))
    session.set_fact("site", "retroperitoneum", note=words)
    session.set_fact("peritoneal_implants", "absent")
    session.set_remark("event:biopsy:2026-02-20", words, words)
    session.set_remark("alignment|1.2.9|1.2.10", "1.000 -2.500 3.000")
    put(session, edits.put_view(session.case, samples.view(V1, caption=words)))
    said = samples.curve(vessel_uid=P1, line=LINE, said=(words,), measured_from=((S1, "d" * 64),))
    put(session, edits.put_view(session.case, samples.curved_view(V2, caption=words, curve=said)))
    packed = PackedMask.of(samples.blob())
    outline = samples.segmentation(S1, lesion_uid=L1, label=words).filled_with(packed)
    put(session, edits.put_segmentation(session.case, outline, packed))
    put(session, edits.put_vessel(session.case, vessel()))
    board = Board(session)
    board.sign(DECIDED if words == NAMED else Decision(("O-RT",), "Go on", responsible="Dr B"))
    board.sign(Decision(deferred_because="MRI first"))
    return str(case.uid)


def vessel() -> VesselPath:
    """A vena cava through the outlined block."""
    held = samples.vessel(P1, lumen_uid=S2, mass_uids=(S1, S3))
    return replace(held, anchors=(LINE[0], LINE[-1]), pieces=(LINE,))


def put(session: Session, edit: Edit) -> None:
    """Make an edit."""
    session.apply(edit)


def session_on(store: Store, guidance: Guidance) -> Session:
    """A session that derives and assesses as the program does."""
    return Session(store, "Dr Sample", derive, guidance.assess)


def written(folder: Path, guidance: Guidance, uid: str, path: Path, *, with_identity: bool) -> Path:
    """Write the data of a case as a bundle without pages."""
    with CaseReader(folder, guidance, "Dr Sender") as reader:
        data = data_members(reader.store, reader.read(uid), with_identity=with_identity)
    write_bundle(path, data, "Dr Sender", with_identity=with_identity)
    return path


def members_of(path: Path) -> dict[str, bytes]:
    """Every file of an archive, unpacked."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(path: Path, to: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write a bundle anew with its files changed and a manifest that fits them."""
    members = members_of(path)
    manifest = json.loads(members.pop(MANIFEST))
    change(members)
    manifest["members"] = [entry(name, data) for name, data in members.items()]
    return packed(to, manifest, members)


def entry(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def packed(to: Path, manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        for name, data in members.items():
            archive.writestr(name, data)
    return to


def changed(members: dict[str, bytes], name: str, change: Callable[[Any], None]) -> None:
    """Change the JSON of a file."""
    value = json.loads(members[name])
    change(value)
    members[name] = json.dumps(value).encode()
