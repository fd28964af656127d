"""Reads cases from a repository of their own, for a worker that writes about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tumorboard.app.case_repository import CaseRepository
from tumorboard.app.decision_state import stands
from tumorboard.app.identity import names_of
from tumorboard.app.images import ImageService
from tumorboard.app.meeting_papers import Request, meeting_papers
from tumorboard.app.meeting_words import Words, decided_words
from tumorboard.app.told import told, told_label, withholding_of
from tumorboard.case.annotation_facts import derive
from tumorboard.case.facts import FactSheet
from tumorboard.case.meeting import Meeting
from tumorboard.case.model import Case, Patient
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.reports.identity import Choice, Withholding
from tumorboard.reports.meeting_content import Decided, MeetingPapers

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository
    from tumorboard.app.guidance import Guidance
    from tumorboard.guidelines.assessment import Assessment

#: What the volumes of one case may take in memory, in megabytes; larger ones lie on the disk.
_MEMORY_MB = 1024


@dataclass(frozen=True, eq=False)
class SharedCase:
    """A stored case with what follows from it; ``people`` is everybody that it may name."""

    case: Case
    facts: FactSheet
    assessment: Assessment
    people: tuple[Patient, ...]
    audit_head: str
    author: str
    derived: FactSheet = field(default_factory=FactSheet)
    withheld: Withholding = field(default_factory=lambda: Withholding(()))
    label: str = ""

    def told(self, *, with_identity: bool) -> SharedCase:
        """Return it as it may be told: without identity all that people wrote is blanked.

        ``label`` is then the label, a neutral one where that would name somebody.
        """
        if with_identity:
            return self
        return replace(
            self,
            case=replace(told(self.case, self.withheld), label=self.label),
            facts=told(self.facts, self.withheld),
            assessment=told(self.assessment, self.withheld),
            derived=told(self.derived, self.withheld),
        )


class CaseReader:
    """Reads cases of the store in a folder; belongs to the thread that makes it.

    ``answers`` is what holds for every word that may be a name, where nobody can be asked.

    Raises
    ------
    UserError
        When the store cannot be opened.

    """

    def __init__(
        self, folder: Path, guidance: Guidance, author: str, answers: Choice | None = None
    ) -> None:
        self.store = CaseRepository.beside(folder)
        self.author = author
        self.answers = answers
        self._guidance = guidance
        self.images = ImageService(self.store.series.packed_of, _MEMORY_MB, folder / "paged")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.images.forget()
        self.store.close()

    def read(self, uid: str, others: Sequence[Patient] = ()) -> SharedCase:
        """Return a case; ``others`` are further people whom its words may not name.

        Raises
        ------
        UserError
            When it is not in the store or cannot be read.

        """
        store = self.store
        case = store.cases.load(uid)
        derived = derive(case, measured=store.cases.load_derived(uid).values())
        facts = FactSheet({**derived, **case.facts.facts})
        people = tuple(dict.fromkeys((*names_of(store, case), *others)))
        withheld = withholding_of(store, case, others, self.answers)
        return SharedCase(
            *(case, facts, self._guidance.assess(facts), people),
            *(self.store.head, self.author, FactSheet(derived)),
            *(withheld, told_label(store, case, withheld)),
        )

    @property
    def titles(self) -> Mapping[str, str]:
        """The options of the catalogue by identifier."""
        return {o.id: o.title for o in self._guidance.guideline.options.values()}

    def decided(self, shared: SharedCase, *, with_identity: bool) -> Decided | None:
        """Return the decision on a case in words, None without one."""
        withheld = Withholding(()) if with_identity else shared.withheld
        return decided_of(self.store, shared.case, withheld, self.titles)

    def meeting(self, uid: str, *, with_identity: bool) -> tuple[Meeting, MeetingPapers]:
        """Return a meeting and what its papers say.

        Raises
        ------
        UserError
            When it is not in the store, or a case of it cannot be read.

        """
        meeting = self.store.meetings.find(uid)
        if meeting is None:
            raise UserError(_("This meeting is not in the store."), _("Choose one from the list."))
        request = Request(self.titles, self.author, with_identity, self.answers)
        return meeting, meeting_papers(self.store, meeting, request)

    def people_of(self, meeting: Meeting) -> tuple[Patient, ...]:
        """Return everybody that the cases of a meeting are about."""
        store = self.store
        found = (store.cases.load(item.case_uid) for item in meeting.items)
        return tuple(dict.fromkeys(who for case in found for who in names_of(store, case)))


def case_named(store: CaseRepository, label: str) -> str:
    """Return the UID of the case with a label.

    Raises
    ------
    UserError
        When there is none, or more than one.

    """
    known = store.cases.summaries()
    found = [s.uid for s in known if s.label == label]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            _("{count} cases are called “{label}”.", count=len(found), label=label),
            _("Rename one of them first."),
        )
    labels = ", ".join(s.label for s in known[:8]) or _("none")
    raise UserError(
        _("There is no case “{label}” in the store.", label=label),
        _("Cases: {labels}.", labels=labels),
    )


def decided_of(
    store: CaseRepository, case: Case, withheld: Withholding, titles: Mapping[str, str]
) -> Decided | None:
    """Return the decision that stands on a case in words, as ``withheld`` blanks them."""
    saving = stands(store.decisions.of_case(case.uid)).shown
    words = Words(withheld, frozenset(), titles)
    return None if saving is None else decided_words(saving, words)
