"""Reads a case bundle: everything is checked before anything is believed, nothing is unpacked.

Names inside the archive come from a closed list and are never paths; every file is read into
memory up to its declared size, compared with its digest, and data with its schema.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tumorboard.app.bundle_format import (
    ALLOWED,
    ASSESSMENT,
    CASE,
    DATA,
    FACTS,
    FORMAT,
    MANIFEST,
    MOST_BYTES,
    MOST_DATA,
    MOST_MEMBERS,
    MOST_PAPER,
    MOST_VOXELS,
    VERSION,
    check,
    damaged,
    parse,
    voxels_name,
)
from tumorboard.app.bundle_identity import digest_of_record
from tumorboard.app.bundle_places import Space, check_places, drawings_of, wrong_identifier
from tumorboard.app.case_repository import Arrival, ArrivingDecision, read_decision
from tumorboard.case.codec import Part, decode
from tumorboard.case.definitions import normalise
from tumorboard.case.model import Patient, SeriesRef
from tumorboard.case.segmentation import Segmentation
from tumorboard.errors import UserError
from tumorboard.imaging.mask_codec import Packed, unpack_grid
from tumorboard.language import _, ngettext
from tumorboard.progress import Reporter
from tumorboard.reports.words import local_time
from tumorboard.text import all_lines, line

_PIECE: Final = 1 << 20
_MOST_MANIFEST: Final = 4 << 20
#: The plain bytes of a mask: word, origin and shape of its box, bits; of a grid: word, shape,
#: numbers (see `tumorboard.imaging.mask_codec`).
_MASK, _GRID = b"mask1", b"grid1"
_BOX, _SIZE = struct.Struct("<6q"), struct.Struct("<3q")
_FAMILIES: Final = {
    "series": "series",
    "lesions": "lesion",
    "annotations": "annotation",
    "remarks": "remark",
    "views": "view",
    "segmentations": "segmentation",
    "vessels": "vessel",
}


@dataclass(frozen=True)
class Bundle:
    """A bundle that has passed every check."""

    arrival: Arrival
    with_identity: bool


def is_bundle(path: Path) -> bool:
    """Whether a file is an archive that says of itself that it is a case bundle."""
    try:
        if not path.is_file() or not zipfile.is_zipfile(path):
            # Whether a file that is cut off began as a bundle: its manifest comes first.
            if not path.is_file():
                return False
            with path.open("rb") as file:
                head = file.read(64)
            return head.startswith(b"PK\x03\x04") and head[30:].startswith(MANIFEST.encode())
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist() and CASE in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


def read_bundle(path: Path, reporter: Reporter | None = None) -> Bundle:
    """Read and check a bundle; stores nothing.

    Raises
    ------
    UserError
        When it is not whole, was changed, is from a newer version, or holds what does not
        belong there.
    CancelledError
        When the reporter was asked to stop.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            # The files of the archive; a strange name, a double or too much is refused.
            infos = archive.infolist()
            if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > MOST_BYTES:
                raise damaged(_("it is larger than a bundle can be"))
            strange = [
                i for i in infos if i.filename != MANIFEST and not ALLOWED.fullmatch(i.filename)
            ]
            if strange:
                raise damaged(_("it holds files that do not belong there"))
            if any(info.flag_bits & 0x1 for info in infos):
                raise damaged(_("it is encrypted"))
            found = {info.filename: info for info in infos}
            if len(found) != len(infos):
                raise damaged(_("it holds a file twice"))
            if MANIFEST not in found:
                raise damaged(_("it has no list of its files"))
            members = found
            manifest = _manifest(archive, members)
            data = _contents(archive, members, manifest, reporter or Reporter())
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error) as error:
        raise damaged(_("the file is not complete"), type(error).__name__) from error
    except (NotImplementedError, RuntimeError, ValueError) as error:
        raise damaged(_("the file is packed in a way that is not known"), error) from error
    except OSError as error:
        raise UserError(
            _("“{name}” cannot be read.", name=path.name),
            _("Check the file and repeat."),
            str(error.errno),
        ) from error
    return _bundle(manifest, data)


def _manifest(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]
) -> Mapping[str, Any]:
    manifest = parse(_read(archive, members[MANIFEST], _MOST_MANIFEST), MANIFEST)
    head = manifest if isinstance(manifest, dict) else {}
    version = head.get("version")
    if head.get("format") == FORMAT and isinstance(version, int) and version > VERSION:
        raise UserError(
            _("The case bundle was written by a newer version of this program."),
            _("Install that version or a later one; nothing was stored."),
        )
    check(manifest, "manifest", MANIFEST)
    listed = Counter(member["name"] for member in manifest["members"])
    if max(listed.values(), default=0) > 1 or set(listed) | {MANIFEST} != set(members):
        raise damaged(_("its files are not those of its list"))
    if not set(DATA) <= set(members):
        raise damaged(_("a part of the case is missing"))
    return dict(manifest)


def _contents(
    archive: zipfile.ZipFile,
    members: Mapping[str, zipfile.ZipInfo],
    manifest: Mapping[str, Any],
    reporter: Reporter,
) -> dict[str, bytes]:
    """Read every file and compare it with its digest; return those that are data."""
    found = {}
    for done, entry in enumerate(manifest["members"]):
        reporter.step(_("Checking the bundle"), done, len(manifest["members"]))
        name = entry["name"]
        is_voxels = name.startswith("voxels/")
        limit = MOST_VOXELS if is_voxels else MOST_DATA if name in DATA else MOST_PAPER
        content = _read(archive, members[name], limit)
        if len(content) != entry["bytes"] or hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise damaged(_("its file {name} was changed", name=name))
        if name in DATA or is_voxels:
            found[name] = content
    return found


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """Read a file of the archive, never more than it declares."""
    if info.file_size > limit:
        raise damaged(_("its file {name} is too large", name=info.filename))
    pieces, left = [], info.file_size
    with archive.open(info) as file:
        while piece := file.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                raise damaged(_("its file {name} is larger than it says", name=info.filename))
            pieces.append(piece)
    if left:
        raise damaged(_("the file is not complete"))
    return b"".join(pieces)


def _bundle(manifest: Mapping[str, Any], data: Mapping[str, bytes]) -> Bundle:
    told = {name: parse(data[name], name) for name in DATA}
    for name, schema in DATA.items():
        check(told[name], schema, name)
    if wrong := wrong_identifier(told[CASE], told[FACTS]):
        raise damaged(wrong)
    decisions = _decisions(told[CASE].pop("decisions"))  # first: a record is signed as it is
    told, manifest = all_lines(told), all_lines(dict(manifest))
    case, facts = told[CASE], told[FACTS]
    if manifest["with_identity"] != (case["patient"] is not None):
        raise damaged(_("it does not say rightly whether it names the patient"))
    parts = {family: _parts(family, case[key]) for key, family in _FAMILIES.items()}
    parts["fact"], parts["derived"] = _facts(facts["stated"]), _facts(facts["derived"])
    outlines = [part for __, part in parts["segmentation"] if isinstance(part, Segmentation)]
    # The voxels that the outlines name, each checked to be what its record says.
    found: dict[str, Packed] = {}
    for outline in outlines:
        for digest, fits in ((outline.digest, _mask_fits), (outline.grid_digest, _grid_fits)):
            if not digest:
                continue
            plain = data.get(voxels_name(digest))
            if plain is None:
                raise damaged(_("voxels of an outline are missing"))
            if hashlib.sha256(plain).hexdigest() != digest or not fits(plain, outline):
                raise damaged(_("voxels of an outline are not those that its record names"))
            found[digest] = Packed(digest, zlib.compress(plain, 1))
    if {voxels_name(d) for d in found} != {n for n in data if n.startswith("voxels/")}:
        raise damaged(_("it holds voxels that belong to no outline"))
    arrival = Arrival(
        case["uid"],
        line(case["label"]),
        case["question"],
        case["summary"],
        None if case["patient"] is None else Patient("", **case["patient"]),
        parts,
        tuple(found.values()),
        decisions,
        told[ASSESSMENT],
        _origin(manifest, case),
    )
    _check_series(parts["series"])
    _check_places(arrival, case["series"])
    return Bundle(arrival, bool(manifest["with_identity"]))


def _parts(family: str, values: Iterable[Any]) -> list[tuple[str, Part]]:
    """Read the parts of one family; each has a name of its own."""
    try:
        read = [(_name(part), part) for part in (decode(family, value) for value in values)]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise damaged(
            _("a {family} in it cannot be read", family=family), type(error).__name__
        ) from error
    if len({name for name, __ in read}) != len(read):
        raise damaged(_("a {family} stands in it twice", family=family))
    return read


def _name(part: Any) -> str:
    if isinstance(part, SeriesRef):
        return part.series_instance_uid
    return str(part.name if not hasattr(part, "uid") else part.uid)


def _facts(values: Iterable[Any]) -> list[tuple[str, Part]]:
    read = _parts("fact", values)
    for name, fact in read:
        try:
            normalise(name, getattr(fact, "value", None))
        except UserError as error:
            raise damaged(_("a fact in it is not known here, or has another value")) from error
        except (TypeError, ValueError) as error:
            raise damaged(_("a fact in it cannot be read")) from error
    return read


def _check_series(parts: Iterable[tuple[str, Part]]) -> None:
    """Refuse a series that would belong to two studies."""
    for __, ref in parts:
        if isinstance(ref, SeriesRef) and not ref.study_instance_uid:
            raise damaged(_("a series in it belongs to no study"))


def _check_places(arrival: Arrival, told: Iterable[Mapping[str, Any]]) -> None:
    """Refuse what lies outside its series, as its writer tells it and as the outlines show it."""
    grids = {p.digest: p for p in arrival.voxels}
    series = [ref for __, ref in arrival.parts["series"] if isinstance(ref, SeriesRef)]
    stated, shown = {}, {}
    for entry in told:
        space = Space.from_json(entry["space"]) if entry.get("space") else None
        if space is not None:
            stated[entry["series_instance_uid"]] = space
    for __, part in arrival.parts["segmentation"]:
        if isinstance(part, Segmentation) and part.grid_digest in grids:
            try:
                stack = unpack_grid(grids[part.grid_digest].body)
            except ValueError as error:
                raise damaged(_("the grid of an outline in it is none")) from error
            shown[part.series_instance_uid] = Space.of(stack, part.frame_of_reference_uid)
    for spaces in (stated, shown):
        check_places(drawings_of(arrival.parts), series, spaces)


def _decisions(values: Iterable[Mapping[str, Any]]) -> tuple[ArrivingDecision, ...]:
    found = []
    for value in values:
        record = value["record"] if value["signed"] else None
        if record is not None and record.get("digest") != digest_of_record(record):
            raise damaged(_("a signed decision in it was changed"))
        try:
            made = read_decision(all_lines(value["decision"]))
        except (ValueError, TypeError, KeyError) as error:
            raise damaged(_("a decision in it cannot be read"), type(error).__name__) from error
        found.append(
            ArrivingDecision(
                value["meeting_uid"], made, record, line(value["author"]), line(value["utc"])
            )
        )
    return tuple(found)


def _mask_fits(plain: bytes, outline: Segmentation) -> bool:
    """Whether the bytes are a mask with the box of the record, inside its grid."""
    if not plain.startswith(_MASK) or len(plain) < len(_MASK) + _BOX.size:
        return False
    numbers = _BOX.unpack_from(plain, len(_MASK))
    origin, shape = numbers[:3], numbers[3:]
    bits = len(plain) - len(_MASK) - _BOX.size
    inside = all(
        o >= 0 and s >= 0 and o + s <= g
        for o, s, g in zip(origin, shape, outline.grid_shape, strict=True)
    )
    same = (origin, shape) == (tuple(outline.origin), tuple(outline.shape))
    return inside and same and bits == -(-shape[0] * shape[1] * shape[2] // 8)


def _grid_fits(plain: bytes, outline: Segmentation) -> bool:
    """Whether the bytes are a grid of the shape of the record, all of it finite numbers."""
    import numpy as np

    start = len(_GRID) + _SIZE.size
    if not plain.startswith(_GRID) or len(plain) < start:
        return False
    shape = _SIZE.unpack_from(plain, len(_GRID))
    if shape != tuple(outline.grid_shape) or min(shape) < 1:
        return False
    if len(plain) - start != 8 * (3 * shape[0] + 8):
        return False
    return bool(np.isfinite(np.frombuffer(plain, "<f8", offset=start)).all())


def _origin(manifest: Mapping[str, Any], case: Mapping[str, Any]) -> str:
    """Return in words where a case came from, and what was done there."""
    history = case.get("history", [])
    people = ", ".join(sorted({step["author"] for step in history if step["author"]})[:8])
    parts = (
        _("Case bundle of {label}", label=case["label"]),
        _("written {time}", time=local_time(str(manifest.get("written_utc", "")))),
        _("by {author}", author=manifest["author"]) if manifest.get("author") else "",
        ngettext("{count} step", "{count} steps", len(history)) if history else "",
        _("of {people}", people=people) if people else "",
        _("audit head {audit_head}", audit_head=str(case.get("audit_head", ""))[:12])
        if case.get("audit_head")
        else "",
    )
    return " · ".join(part for part in parts if part)
