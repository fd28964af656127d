"""What slides show: the cases of a meeting, or one, as they stand in its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.language import _
from tumorboard.reports.content import ReportContext
from tumorboard.reports.meeting_content import Decided

#: The slides of a case, unless all are asked for, and how that is asked.
MOST: Final = 6
SWITCH: Final = _("All pages, also where a case has more than {count}", count=MOST)
#: What slides can be written as, for a question for a file.
KINDS: Final = _("PDF (*.pdf);;PowerPoint (*.pptx)")


@dataclass(frozen=True)
class CaseSlides:
    """One case: its report, the decision of the board or None, its place on the agenda.

    ``question`` is the one of the agenda where that asks something else than the case.
    """

    report: ReportContext
    decided: Decided | None = None
    place: str = ""
    question: str = ""

    @property
    def asked(self) -> str:
        """What the board is asked."""
        return self.question or self.report.question

    @property
    def name(self) -> str:
        """Return "3  RP-0147", or the label alone."""
        return "  ".join(part for part in (self.place, self.report.label) if part)


@dataclass(frozen=True)
class Deck:
    """Slides of some cases. ``opening`` are the lines of the first page, none for one case.

    ``title`` is what the file says of itself: it names nobody. With ``all_pages`` a case has as
    many slides as it needs, else what a board needs most (`tumorboard.reports.slide_choice`).
    """

    title: str
    opening: tuple[str, ...]
    cases: tuple[CaseSlides, ...]
    program_version: str
    with_identity: bool
    all_pages: bool = False
