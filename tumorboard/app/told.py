"""A case as it may be told: who it is about is withheld where its words enter a paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from tumorboard.annotations.model import utc_now
from tumorboard.app import edits
from tumorboard.app.identity import names_of
from tumorboard.app.open_case import OpenCase
from tumorboard.case.annotation_facts import derive
from tumorboard.case.model import Case, Patient, Remark
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.reports.identity import Choice, Withholding, sentence_digest
from tumorboard.reports.written import in_words, written_texts

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository
    from tumorboard.app.session import Session

T = TypeVar("T")

#: The remarks that hold what a person said of a sentence in which a word may be a name.
WORD: Final = "word:"


@dataclass(frozen=True)
class Doubt:
    """A sentence of a case in which a word may be a name of its patient.

    ``field`` is what the text is called that it stands in.
    """

    case_uid: str
    case_label: str
    field: str
    sentence: str

    @property
    def digest(self) -> str:
        """What names the sentence without telling it."""
        return sentence_digest(self.sentence)


def withholding_of(
    store: CaseRepository,
    case: Case,
    others: Iterable[Patient] = (),
    answers: Choice | None = None,
) -> Withholding:
    """Return what blanks the names of a case, and those of others where they are distinctive.

    ``answers`` is what holds for every sentence in doubt, as the command line says it.
    """
    own = names_of(store, case)
    kept: Mapping[str, Choice] = choices_of(case) if answers is None else _Always(answers)
    return Withholding(own, [who for who in others if who not in own], kept)


class _Always(dict[str, Choice]):
    """One answer for every sentence."""

    def __init__(self, answer: Choice) -> None:
        super().__init__()
        self._answer = answer

    def get(self, _digest: object, _default: object = None) -> Choice:
        return self._answer

    def __contains__(self, _digest: object) -> bool:
        return True


def choices_of(case: Case) -> dict[str, Choice]:
    """Return what people said of sentences of a case, by their digest."""
    found = {
        remark.key.removeprefix(WORD): remark.value
        for remark in case.remarks
        if remark.key.startswith(WORD)
    }
    return {digest: Choice(value) for digest, value in found.items() if value in set(Choice)}


def told(value: T, withheld: Withholding) -> T:
    """Return records with what people wrote in them blanked; see `tumorboard.reports.written`."""
    return value if withheld.is_idle else in_words(value, withheld)


def told_case(store: CaseRepository, case: Case, withheld: Withholding) -> Case:
    """Return a case as it may be told; of a label that names somebody stands a neutral one."""
    if withheld.is_idle:
        return case
    return replace(told(case, withheld), label=told_label(store, case, withheld))


def told_label(store: CaseRepository, case: Case, withheld: Withholding) -> str:
    """Return the label of a case, a neutral one that says so where it names somebody."""
    if withheld(case.label) == case.label:
        return case.label
    return neutral_label(store.cases.number_of(case.uid))


def neutral_label(number: int) -> str:
    """Return what a case is called that cannot be told by its label, by its running number."""
    return _("Case {number} (label withheld)", number=number)


# -- sentences that a person decides on -------------------------------------------------------


def doubts_of(store: CaseRepository, case: Case, more: Sequence[object] = ()) -> tuple[Doubt, ...]:
    """Return the sentences of a case that nobody has decided on yet, each once.

    Its decisions count, and ``more`` records, such as its item on an agenda.
    """
    withheld = withholding_of(store, case)
    decisions = tuple(stored.decision for stored in store.decisions.of_case(case.uid))
    found: dict[str, Doubt] = {}
    for field, text in written_texts((case, decisions, tuple(more))):
        for sentence in withheld.undecided(text):
            doubt = Doubt(case.uid, case.label, field, sentence)
            found.setdefault(doubt.digest, doubt)
    return tuple(found.values())


def refuse_doubts(
    store: CaseRepository,
    uids: Iterable[str],
    answers: Choice | None,
    more: Sequence[object] = (),
) -> None:
    """Refuse to write about cases with sentences that nobody has decided on, unless it is answered.

    Raises
    ------
    UserError
        With the sentences, and where they stand.

    """
    if answers is not None:
        return
    doubts = [d for uid in uids for d in doubts_of(store, store.cases.load(uid), more)]
    if doubts:
        named = "; ".join(f"{d.case_label}, {d.field}: “{d.sentence.strip()}”" for d in doubts)
        raise UserError(
            _("A word in these sentences may be a name of the patient: {named}.", named=named),
            _("Say what to do with them: --words-that-are-names blank, or keep."),
        )


def keep_choice(session: Session, doubt: Doubt, choice: Choice) -> None:
    """Keep with its case what a person said of a sentence.

    Raises
    ------
    UserError
        When it cannot be stored.

    """
    key, label = f"{WORD}{doubt.digest}", _("Decide on a word that may be a name")
    if session.case is not None and session.case.uid == doubt.case_uid:
        session.set_remark(key, choice.value, label=label)
        return
    opened = OpenCase(session.store, doubt.case_uid, derive)
    remark = Remark(key, choice.value, "", session.author, utc_now())
    opened.commit("edit", edits.put_remark(opened.case, remark, label), session.author)
    session.cases_changed.emit()
