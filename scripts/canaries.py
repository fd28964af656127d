"""Plants who a patient is wherever it can stand, writes every paper, and counts what came out.

    python scripts/canaries.py [FOLDER]

Prints the attributes and fields that were planted, the papers that were written, what was found
in them in any spelling, and how many lines about one case changed for the names of other patients
on its agenda. Papers stay in FOLDER if one is named. Exits 1 unless both counts are 0.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pydicom.datadict import DicomDictionary
from pydicom.dataset import FileDataset
from pypdf import PdfReader

from tests.app import bundles
from tests.dicom.make import Person, ct_slice, ramp, slice_positions
from tumorboard.app.board import Board
from tumorboard.app.calendar_file import follow_up_ics
from tumorboard.app.guidance import Guidance
from tumorboard.app.headless import import_paths
from tumorboard.app.meeting_papers import Request, meeting_papers
from tumorboard.app.presented import Presentation
from tumorboard.app.radiology_text import radiology_text
from tumorboard.app.shared_case import CaseReader
from tumorboard.app.told import told_case, withholding_of
from tumorboard.app.workspace import Workspace
from tumorboard.case.measurement_list import measurement_list, told_rows
from tumorboard.case.meeting import AgendaItem
from tumorboard.case.model import Patient
from tumorboard.progress import Reporter
from tumorboard.reports.agenda import agenda_bytes
from tumorboard.reports.decisions_csv import decisions_csv
from tumorboard.reports.html import render_html
from tumorboard.reports.identity import Choice
from tumorboard.reports.measurement_table import measurements_csv, measurements_html
from tumorboard.reports.meeting_content import MeetingPapers
from tumorboard.reports.minutes import minutes_bytes
from tumorboard.reports.pdf import pdf_bytes
from tumorboard.reports.slides import slides_bytes
from tumorboard.reports.written import written_texts
from tumorboard.resources import resource_path
from tumorboard.ui.sharing.board_report import build_report
from tumorboard.ui.sharing.bundle_work import write_case_bundle
from tumorboard.ui.sharing.slides import meeting_deck, stored_inputs
from tumorboard.ui.shell.application import start_qt

ANNA = Patient("", "Hüpfeldt-Quixfict^Frieda Marie", "PID-47112", "19480317", "F")
WORDS = (
    "Frieda Hüpfeldt-Quixfict (PID-47112, born 17.03.1948)",
    "HUEPFELDT QUIXFICT, Ms Hupfeldt-Quixfict, the Quixficts, Hüpfeldtsche Anamnese",
    "47112, 47 112, pid 47112, 0047112, *17.III.1948, 17 Mar 1948, 1948-03-17, 19480317",
)
#: What may stand nowhere, in small letters; spaces and hyphens do not count.
SPELLINGS = (
    *("hüpfeldt", "hupfeldt", "huepfeldt", "quixfict", "frieda", "47112", "17.03.1948"),
    *("17.iii.1948", "17mar1948", "1948-03-17", "19480317", "17march1948"),
)
#: Said of another case by people; no name on the agenda may change it.
OTHERS_WORDS = (
    "No spread on CT. Extensive major vessel involvement, seen again on 12 May 2025; long segment, "
    "may be resected. Keine Fernmetastasen, klein, jung. Ewing sarcoma, grade 3."
)
_DAY = date(2026, 3, 2)
_TEXT_VRS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})


def planted_slice(words: str, number: int, position: list[float]) -> tuple[FileDataset, int]:
    """Return a slice with words in every attribute that holds text, and how many hold it."""
    person = Person(ANNA.patient_id, ANNA.name, ANNA.birth_date, "F")
    made = ct_slice(ramp(3, (32, 32))[number - 1], position, number=number, patient=person)
    made.SpecificCharacterSet = "ISO_IR 192"
    count = 0
    for tag, (vr, _multiple, _name, retired, keyword) in DicomDictionary.items():
        if vr in _TEXT_VRS and not retired and keyword and tag >> 16 > 0x0007 and tag not in made:
            setattr(made, keyword, words[:60] if vr in ("LO", "PN", "UC", "UT") else words[:16])
            count += 1
    return made, count


def planted_store(folder: Path, images: Path) -> int:
    """Make a store with a case that is planted all over, on a meeting; return the attributes."""
    images.mkdir(parents=True)
    attributes = 0
    for number, position in enumerate(slice_positions(3, 2.0), start=1):
        made, attributes = planted_slice(" ".join(WORDS), number, list(position))
        made.save_as(images / f"{number}.dcm", enforce_file_format=True)
    workspace = Workspace(folder, "Dr Sample")
    try:
        session = workspace.session
        planted = bundles.planted
        bundles.FRIEDA = ANNA
        uid = planted(session, "; ".join(WORDS))
        session.open_case(uid)
        drawn = session.case.annotations[0]
        session.put_annotation(replace(drawn, origin=f"Adopted from a report by {WORDS[0]}"))
        board = Board(session)
        meeting = board.new_meeting("2026-11-27", "14:30", "Room 3")
        asked = AgendaItem(uid, 5, " ".join(WORDS))  # who presents works here
        board.keep(meeting.with_item(asked))
    finally:
        workspace.close()
    import_paths(folder, [images], Reporter())
    return attributes


def papers_of(folder: Path, scratch: Path) -> Iterator[tuple[str, str]]:
    """Yield every output about the cases of a store by name, as text."""
    guidance = Guidance(folder)
    with CaseReader(folder, guidance, "Dr Sample", Choice.BLANK) as reader:
        store = reader.store
        (meeting,) = store.meetings.all()
        titles = {option.id: option.title for option in guidance.guideline.options.values()}
        papers = meeting_papers(store, meeting, Request(titles, "Dr Sample"))
        yield from meeting_texts(papers)
        yield "slides.pdf", pdf_text(slides_bytes(meeting_deck(reader, meeting.uid, Reporter())))
        for summary in store.cases.summaries():
            shared = reader.read(summary.uid)
            report = build_report(stored_inputs(reader, shared), Reporter())
            yield f"report {summary.uid}.pdf", pdf_text(pdf_bytes(report))
            yield f"report {summary.uid}.html", render_html(report)
            path = scratch / "bundle.zip"
            write_case_bundle(reader, summary.uid, path, Reporter(), with_identity=False)
            for name, text in archive_texts(path):
                yield f"bundle {summary.uid}/{name}", text
            case = store.cases.load(summary.uid)
            told = told_case(store, case, withholding_of(store, case, answers=Choice.BLANK))
            rows = told_rows(measurement_list(case, lambda _key: None), told)
            yield f"measurements {summary.uid}.csv", measurements_csv(rows).decode()
            yield f"measurements {summary.uid}.html", measurements_html(rows)
            visits = shared.assessment.follow_up.visits
            if visits:
                ics = follow_up_ics(visits, _DAY, case_uid=case.uid, title=told.label)
                yield f"calendar {summary.uid}.ics", ics
            label = summary.label
            text = radiology_text(folder, label, answers=Choice.BLANK)
            yield f"radiology {summary.uid}.txt", text
    yield from audience_texts(folder)


def meeting_texts(papers: MeetingPapers) -> Iterator[tuple[str, str]]:
    """Yield the papers of a meeting."""
    yield "minutes.pdf", pdf_text(minutes_bytes(papers))
    yield "agenda.pdf", pdf_text(agenda_bytes(papers))
    yield "decisions.csv", decisions_csv(papers).decode("utf-8-sig")


def audience_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what people wrote of each case as an audience sees it, with the words of its course."""
    workspace = Workspace(folder, "Dr Sample")
    try:
        (meeting,) = workspace.session.store.meetings.all()
        source = Presentation(workspace)
        for slot in source.slots(meeting.items):
            shown = source.told(slot.case_uid)
            said = [text for _field, text in written_texts(shown.case)]
            said += [event.words for event in shown.timeline.events]
            yield f"audience {slot.case_uid}", "\n".join([source.told_question(slot), *said])
    finally:
        workspace.close()


def archive_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the files of an archive that hold words."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith(".pdf"):
                yield name, pdf_text(data)
            elif name.endswith((".json", ".html")) and "schema" not in name:
                yield name, data.decode()


def pdf_text(data: bytes) -> str:
    """Return the words of a PDF with those of its metadata."""
    reader = PdfReader(io.BytesIO(data))
    pages = "\n".join(page.extract_text() for page in reader.pages)
    return f"{pages}\n{dict(reader.metadata or {})}"


def found_in(papers: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the spellings that stand in papers, by paper."""
    found = {}
    for name, text in papers.items():
        tight = "".join(c for c in text.casefold() if not c.isspace() and c not in "-‐")
        there = [s for s in SPELLINGS if s.casefold().replace("-", "") in tight]
        if there:
            found[name] = there
    return found


def words_store(folder: Path, names: list[str]) -> None:
    """Make a store with a meeting: one case with words of its own, the others under names."""
    workspace = Workspace(folder, "Dr Sample")
    try:
        session, board = workspace.session, Board(workspace.session)
        meeting = board.new_meeting("2026-11-27", "14:30", "Room 3")
        anna = Patient("", "Quitzow^Annabel", "PID-77121", "19610417", "F")
        first = session.new_case("RP-0", anna, OTHERS_WORDS, OTHERS_WORDS).uid
        meeting = meeting.with_item(AgendaItem(first, 5, OTHERS_WORDS))
        for number, name in enumerate(names):
            who = Patient("", f"{name}^{names[-number - 1]}", f"PID-9{number:04d}", "19000101")
            made = session.new_case(f"RP-{number + 1}", who, "Resectable?")
            meeting = meeting.with_item(AgendaItem(made.uid))
        board.keep(meeting)
    finally:
        workspace.close()


def changed_words(scratch: Path) -> int:
    """Return how many lines of meeting papers differ by the names of those on the agenda."""
    listed = resource_path("terms", "names_that_are_words.txt").read_text("utf-8").splitlines()
    names = [row.title() for row in listed if row and not row.startswith("#")][::6]
    told = []
    for folder, people in ((scratch / "words", names), (scratch / "plain", ["Zzq"] * len(names))):
        words_store(folder, people)
        with CaseReader(folder, Guidance(folder), "Dr Sample") as reader:
            (meeting,) = reader.store.meetings.all()
            papers = meeting_papers(reader.store, meeting, Request({}, "Dr Sample"))
            told.append(replace(papers, created="", audit_head=""))
    pairs = zip(told[0].cases, told[1].cases, strict=True)
    changed = sum(one != other for one, other in pairs)
    print(f"Names that are words on the agenda: {len(names)}; cases told otherwise: {changed}")
    return changed + sum(case.question != OTHERS_WORDS for case in told[0].cases[:1])


def main() -> int:
    """Plant, write, count."""
    start_qt(offscreen=True)
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        attributes = planted_store(scratch / "store", scratch / "images")
        papers = dict(papers_of(scratch / "store", scratch))
        if len(sys.argv) > 1:
            for name, text in papers.items():
                path = Path(sys.argv[1]) / f"{name.replace('/', ' ')}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        found, changed = found_in(papers), changed_words(scratch)
    print(f"Planted in {attributes} attributes of images; outputs: {len(papers)}")
    for name, spellings in found.items():
        print(f"  found in {name}: {', '.join(spellings)}")
    print(f"Found: {len(found)}; words of the program changed: {changed}")
    return 1 if found or changed else 0


if __name__ == "__main__":
    sys.exit(main())
