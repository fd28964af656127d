"""Text that acts where it is not taken as text, planted wherever a stranger can write."""

from __future__ import annotations

import ast
import json
import sqlite3
import unicodedata
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset

import tumorboard
from tests.app.bundles import changed, forged, written
from tests.dicom import pet_ct
from tests.dicom.test_foreign import of_segment, presentation, report, values_of_block
from tumorboard.annotations.model import Annotation, ImageReference, Kind, new_uid
from tumorboard.app import edits
from tumorboard.app.board import Board
from tumorboard.app.bundle_format import ASSESSMENT, CASE, FACTS
from tumorboard.app.bundle_intake import take_in_bundle
from tumorboard.app.bundle_reader import read_bundle
from tumorboard.app.guidance import Guidance
from tumorboard.app.imports import find, take_in
from tumorboard.app.series_record import series_of
from tumorboard.app.session import Session
from tumorboard.app.workspace import Workspace
from tumorboard.case.decision import Agreement, Decision, Intent, RejectedOption
from tumorboard.case.meeting import AgendaItem, Attendee
from tumorboard.case.model import Lesion
from tumorboard.case.saved_view import Extent, SavedPicture, SavedView
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.mask_codec import PackedMask
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.imaging.volume import Window
from tumorboard.progress import Reporter
from tumorboard.store.backup import DATABASE_NAME

#: Markup that fetches a file, a turned line, an escape sequence in both of its forms, a tag
#: that is already escaped, an ampersand, isolates without an end, marks, a line separator.
HOSTILE = '<img src="file:///x.png"><b>Z</b>&lt;A&B\u202eR\x1b[31mE\x9b31mD\u2067\u200fQ\u2028\x07'
#: Words in its place where it is put in later.
MARK = "Plantedwords"
DAY = "2026-11-27"

_FREE = {"LO", "PN", "SH", "ST", "LT", "UT", "UC"}
#: Without these a file is another thing, or none.
_NEEDED = {"CodeValue", "CodingSchemeDesignator", "ContextGroupExtensionFlag"}


# -- what acts ----------------------------------------------------------------------------


@cache  # the same words stand on most screens
def acting(text: str) -> str:
    """Return what in a text could act on a line or a terminal; isolates in pairs do not."""
    open_, found = 0, ""
    for character in text:
        open_ += {"\u2068": 1, "\u2069": -1}.get(character, 0)
        if character in "\n\t" or (character in "\u2068\u2069" and 0 <= open_ <= 1):
            continue
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            found += f"U+{ord(character):04X} "
    return found + ("open isolate" if open_ else "")


# -- files --------------------------------------------------------------------------------


@cache
def keywords_read() -> tuple[str, ...]:
    """Every attribute that the program names and that holds free text."""
    found = set()
    for path in (Path(tumorboard.__file__).parent / "dicom").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                tag = tag_for_keyword(node.value) if node.value.isidentifier() else None
                if tag is not None and dictionary_VR(tag) in _FREE and node.value not in _NEEDED:
                    found.add(node.value)
    return tuple(sorted(found))


def plant_files(folder: Path, words: str) -> None:
    """Fill every free text of all files, and every one that the program would read."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with silent_pydicom():
            ds = pydicom.dcmread(path)
            ds.SpecificCharacterSet = "ISO_IR 192"
            _plant(ds, words)
            for keyword in keywords_read():
                if tag_for_keyword(keyword) not in ds:
                    setattr(ds, keyword, words)
            ds.save_as(path)


def _plant(ds: Dataset, words: str) -> None:
    for element in ds:
        if element.VR == "SQ":
            for item in element.value:
                _plant(item, words)
        elif element.VR in _FREE and element.keyword not in _NEEDED and element.value:
            element.value = words


@contextmanager
def silent_pydicom() -> Iterator[None]:
    """Let pydicom write what it would not let pass."""
    held = pydicom.config.settings
    modes = held.reading_validation_mode, held.writing_validation_mode
    held.reading_validation_mode = held.writing_validation_mode = pydicom.config.IGNORE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    held.reading_validation_mode, held.writing_validation_mode = modes


def write_study(folder: Path, words: str) -> Path:
    """A CT with a segmentation, a report and a presentation state, all their texts planted."""
    images = pet_ct.sources(pet_ct.write_ct(folder / "ct"))
    seg = pet_ct.write_segmentation(folder / "seg", images)
    group = of_segment(seg, images, 1, "T1", measurements=values_of_block())
    for name in ("sr", "pr"):
        (folder / name).mkdir()
    report(folder / "sr", [*images, seg], [group])
    presentation(folder / "pr", images, **_drawn(images))
    plant_files(folder, words)
    return folder


def _drawn(images) -> dict[str, object]:
    line = hd.pr.GraphicObject(
        graphic_type="POLYLINE", graphic_data=np.array([(10.5, 10.5), (30.5, 10.5)]), units="PIXEL"
    )
    words = hd.pr.TextObject(text_value="here", units="PIXEL", anchor_point=(20.0, 8.0))
    layer = hd.pr.GraphicLayer("BOARD", 1)
    middle = images[len(images) // 2]
    marks = hd.pr.GraphicAnnotation([middle], layer, graphic_objects=[line], text_objects=[words])
    return {"graphic_layers": [layer], "graphic_annotations": [marks]}


# -- people ---------------------------------------------------------------------------------


def plant_case(session: Session, words: str) -> None:
    """Write in the open case, a meeting and a decision wherever a person can."""
    case = session.case
    ref = next(r for r in case.series if r.kind == "volume")
    series = session_series(session, ref.series_instance_uid)
    stack, middle = series.stack, series.instances[len(series.instances) // 2]
    centre = tuple(map(float, stack.to_lps([stack.nearest_slice(pet_ct.HOT), 40, 50])))
    image = ImageReference(
        ref.study_instance_uid,
        ref.series_instance_uid,
        (middle.sop_instance_uid,),
        middle.frame_of_reference_uid,
        Plane.AXIAL,
    )
    for name, text in (("label", f"RP-1 {words}"[:60]), ("question", words), ("summary", words)):
        session.set_detail(name, text)
    lesion = Lesion(new_uid(), words, words, is_index=True)
    session.put_lesion(lesion)
    for kind, count in ((Kind.LENGTH, 2), (Kind.TEXT, 1)):
        points = tuple((centre[0] + 9.0 * n, *centre[1:]) for n in range(count))
        drawn = Annotation(new_uid(), kind, points, (0, 0, 1), image, words, "2026-01-02T03:04:05Z")
        session.put_annotation(edits.replace(drawn, label=words, lesion_uid=lesion.uid))
    session.set_fact("site", "retroperitoneum", note=words)
    session.set_fact("histology", "LMS", note=words)
    for key in (
        "event:biopsy:2026-02-20",
        "notes",
        "ivc-report",
        "radiology-report",
        "organ|liver",
        "read",
        "x",
    ):
        session.set_remark(key, words, words, words)
    session.apply(edits.put_view(session.case, _view(words, ref.series_instance_uid, centre)))
    session.apply(_outline(session.case, words, image, stack, lesion.uid))
    vessel = VesselPath(
        *(new_uid(), "IVC", image.study_instance_uid, image.series_instance_uid),
        image.frame_of_reference_uid,
        anchors=(centre, (centre[0], centre[1], centre[2] + 12.0)),
        author=words,
    )
    session.apply(edits.put_vessel(session.case, vessel))
    _plant_board(session, words)


def session_series(session: Session, name: str):
    return series_of(session.series_record(name))


def _view(words: str, key: str, centre) -> SavedView:
    picture = SavedPicture(
        *(0, "axial", key, CutSpec(Plane.AXIAL), centre, Extent(centre, 120, 100)),
        Window(40, 400),
        window_name=words,
    )
    return SavedView(new_uid(), words, "1", (picture,), author=words)


def _outline(case, words: str, image: ImageReference, stack, lesion: str):
    voxels = np.zeros(stack.shape, bool)
    voxels[10:16, 35:50, 45:60] = True
    packed = PackedMask.of(Mask.of(voxels, stack))
    record = Segmentation(
        *(new_uid(), words, Role.MASS, image.study_instance_uid, image.series_instance_uid),
        image.frame_of_reference_uid,
        lesion_uid=lesion,
        method=words,
        author=words,
    )
    return edits.put_segmentation(case, record.filled_with(packed), packed)


def _plant_board(session: Session, words: str) -> None:
    board, uid = Board(session), session.case.uid
    meeting = board.new_meeting(DAY, "14:30", words)
    meeting = edits.replace(meeting, attendees=(Attendee(words, words),))
    meeting = board.keep(meeting.with_item(AgendaItem(uid, 3, words, words)))
    said = Decision(
        ("O-RESECT",),
        words,
        Intent.NOT_STATED,
        (RejectedOption("O-RT", words),),
        Agreement.DISSENTS,
        words,
        words,
        words,
        responsible=words,
    )
    board.sign(said, meeting.uid)
    board.follow_up(words, as_recommended=False, differs_because=words)


# -- stores of other programs -----------------------------------------------------------------


def plant_store(folder: Path, words: str) -> int:
    """Put words in place of `MARK` in all rows, behind the back of the program; how many."""
    connection = sqlite3.connect(folder / DATABASE_NAME)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f'DROP TRIGGER "{name}"')
    changed = 0
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        if not table.startswith(("sqlite_", "case_text")):
            changed += _plant_rows(connection, table, words)
    connection.commit()
    connection.close()
    return changed


def _plant_rows(connection: sqlite3.Connection, table: str, words: str) -> int:
    told = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    columns = [row[1] for row in told]
    keys = [row[1] for row in told if row[5]] or ["rowid"]
    names = ", ".join(f'"{name}"' for name in (*keys, *columns))
    where = " AND ".join(f'"{key}" IS ?' for key in keys)
    changed = 0
    select = f'SELECT {names} FROM "{table}"'  # noqa: S608 - names out of the store itself
    for row in connection.execute(select).fetchall():
        for column, value in zip(columns, row[len(keys) :], strict=True):
            planted = _planted(value, words)
            if planted != value:
                update = f'UPDATE "{table}" SET "{column}" = ? WHERE {where}'  # noqa: S608
                connection.execute(update, (planted, *row[: len(keys)]))
                changed += 1
    return changed


def _planted(value: object, words: str) -> object:
    if isinstance(value, bytes):
        try:
            text = zlib.decompress(value).decode("ascii")
        except (zlib.error, UnicodeDecodeError):
            return value
        return zlib.compress(str(_planted(text, words)).encode()) if MARK in text else value
    if not isinstance(value, str) or MARK not in value:
        return value
    quoted = value[:1] in tuple('{["')
    return value.replace(MARK, json.dumps(words)[1:-1] if quoted else words)


# -- the three ways in ------------------------------------------------------------------


def store_with(folder: Path, files: Path, words: str) -> Path:
    """A store with the study, in which these words stand wherever a person can write."""
    workspace = Workspace(folder, f"Dr {words}")
    session = workspace.session
    take_in(session, find([files], Reporter()))
    session.open_case(session.cases()[0].uid)
    plant_case(session, words)
    workspace.close()
    return folder


def arrived(folder: Path, bundle: Path, files: Path) -> Path:
    """A store that took in the bundle with the text in all its fields, and then its images."""

    def plant(members):
        for name in (CASE, FACTS, ASSESSMENT):
            text = members[name].decode()
            members[name] = text.replace(MARK, json.dumps(HOSTILE)[1:-1]).encode()
        changed(
            members, CASE, lambda c: [d.update(record={}, signed=False) for d in c["decisions"]]
        )

    path = forged(bundle, folder.parent / "hostile.zip", plant)
    workspace = Workspace(folder, "Dr Test")
    take_in_bundle(workspace.session, read_bundle(path))
    take_in(workspace.session, find([files], Reporter()))
    workspace.close()
    return folder


ROOMS = ("files and fields", "a case bundle", "a store of others")


def stores_in(place: Path) -> dict[str, Path]:
    """Stores into which the text came in three ways, by the name of the way."""
    plain = write_study(place / "plain", MARK)
    hostile = write_study(place / "hostile", HOSTILE)
    marked = store_with(place / "marked", plain, MARK)
    workspace = Workspace(marked, "Dr Test")
    uid = workspace.session.cases()[0].uid
    workspace.close()
    bundle = written(marked, Guidance(place), uid, place / "b.zip", with_identity=True)
    assert plant_store(marked, HOSTILE) > 60
    return {
        "files and fields": store_with(place / "typed", hostile, HOSTILE),
        "a case bundle": arrived(place / "arrived", bundle, hostile),
        "a store of others": marked,
    }


def texts(value: object) -> Iterator[str]:
    """Yield every text in JSON values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (str(key), *texts(item))
    elif isinstance(value, list | tuple):
        yield from (t for item in value for t in texts(item))


def all_inert(found: Iterable[str]) -> list[tuple[str, str]]:
    """Return texts that act, each with what acts in it."""
    return [(what, text[:120]) for text in found if (what := acting(text))]
