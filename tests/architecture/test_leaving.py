"""Whatever leaves the program about a case goes through one door; a new way out is named here."""

import re

from tests.architecture.project import PACKAGE

#: What takes words or pictures out: files, the clipboard, a printer.
_WAYS_OUT = re.compile(
    r"write_whole\(|write_bytes\(|write_text\(|clipboard\(\)\.set|QPdfWriter\(|QPrinter\(|ZipFile\("
)
#: Where a case is made fit to be told before anything is written of it (`app/told.py`).
_DOOR = re.compile(r"\b(withholding_of|told_case|\.told\(|in_words|Withholding)\b")

#: Ways out that withhold by themselves: each passes the door in its own module.
AT_THE_DOOR = {
    "app/bundle.py",
    "app/board_report.py",
    "ui/layout/feature.py",
    "ui/measurements/list_feature.py",
    "ui/sharing/printout.py",
}
#: Writers of content that was told before it came to them, and the modules that hand it over.
HANDED_OVER = {
    "reports/paper.py": ("app/meeting_papers.py", "ui/sharing/board_report.py"),
    "reports/slides.py": ("ui/sharing/slides.py", "ui/sharing/reports.py"),
    "ui/sharing/command_line.py": ("ui/sharing/slides.py",),
    "reports/html.py": ("ui/sharing/board_report.py",),
    "reports/decisions_csv.py": ("app/meeting_papers.py",),
    "app/calendar_file.py": ("ui/assessment/feature.py",),
    "ui/radiology/dialog.py": ("ui/radiology/feature.py",),
}
#: Ways out that tell nothing of a case, or that a reader asks for by the name of what they tell.
NO_CASE = {
    "app/bundle_reader.py": "reads",
    "app/guideline_choice.py": "settings of the institution",
    "app/guideline_files.py": "settings of the institution",
    "app/guideline_change.py": "settings of the institution",
    "app/guideline_install.py": "a guideline",
    "app/guideline_tools.py": "settings of the institution",
    "app/hanging.py": "settings of the reader",
    "app/settings.py": "settings of the reader",
    "app/proposal_model.py": "a model on this computer, in a folder that goes with it",
    "app/thumbnails.py": "pictures beside the store, for this computer alone",
    "demo/demonstration.py": "the demonstration",
    "demo/phantom/truth.py": "the demonstration",
    "dicom/archive.py": "reads",
    "dicom/segmentation_writer.py": "an object of the patient's study, which DICOM has named",
    "store/backup_files.py": "a copy of the store",
    "ui/overview/feature.py": "surfaces alone, without a word",
    "ui/tags/dialog.py": "rows of the file as they are, marked by a reader",
    "whole_file.py": "the writer itself",
}


def _sources():
    return {
        path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def test_every_way_out_is_named():
    found = {name for name, text in _sources().items() if _WAYS_OUT.search(text)}
    known = AT_THE_DOOR | set(HANDED_OVER) | set(NO_CASE)
    assert found - known == set(), "a new way out: withhold at its source, and name it here"


def test_what_is_named_is_still_there():
    sources = _sources()
    gone = [n for n in (*AT_THE_DOOR, *HANDED_OVER, *NO_CASE) if n not in sources]
    assert gone == []


def test_each_passes_the_door():
    sources = _sources()
    through = {*AT_THE_DOOR, *(name for givers in HANDED_OVER.values() for name in givers)}
    assert [name for name in sorted(through) if not _DOOR.search(sources[name])] == []


def test_the_audience_is_given_what_may_be_told():
    """The room of the audience draws plain text; what it is given is told in one place."""
    sources = _sources()
    assert "Withholding" not in sources["ui/shell/discreet.py"]
    shown = sources["ui/presenter/talk.py"]
    assert not re.search(r"show_(page|series)\(\s*self\._presented", shown)
    assert "self._told()" in shown


def test_no_finished_words_are_searched():
    """Only where words enter is anything withheld: no writer and no painter does it."""
    writers = [n for n in _sources() if n.startswith(("reports/", "ui/viewer/", "ui/timeline/"))]
    allowed = {"reports/identity.py", "reports/context.py"}
    sources = _sources()
    assert [n for n in writers if n not in allowed and "Withholding" in sources[n]] == []
