"""The figures of a board, read from a store and put into words that name nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.annotations.model import utc_now
from tumorboard.app.board_figures import FigureWords, board_figures
from tumorboard.app.board_reader import Period, read_board
from tumorboard.app.board_record import BoardRecord
from tumorboard.app.case_repository import CaseRepository
from tumorboard.app.file_names import check_name
from tumorboard.app.told import neutral_label, withholding_of
from tumorboard.case.dates import read_date
from tumorboard.case.definitions import fact_definitions
from tumorboard.case.model import Patient
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.figures import BoardFigures, figures_csv
from tumorboard.reports.identity import Withholding
from tumorboard.reports.words import local_time_with_zone, plain_all
from tumorboard.whole_file import write_whole

if TYPE_CHECKING:
    from tumorboard.app.guidance import Guidance
    from tumorboard.guidelines.model import Guideline

_FEBRUARY = 2


@dataclass(frozen=True)
class BoardReport:
    """The figures, and who their cases are about: no file may be named after one of them."""

    figures: BoardFigures
    people: tuple[Patient, ...] = ()

    def write_csv(self, path: Path) -> None:
        """Write the figures as a table, whole or not at all.

        Raises
        ------
        UserError
            When the name of the file tells who a patient is, or it cannot be written.

        """
        check_name(path, self.people, with_identity=False)
        write_whole(path, figures_csv(self.figures))


@dataclass(frozen=True)
class Catalogue:
    """The titles of options and the labels of inputs, by their names, as a guideline has them."""

    titles: Mapping[str, str]
    inputs: Mapping[str, str]

    @classmethod
    def of(cls, guideline: Guideline) -> Catalogue:
        """Return those of a guideline; a computed value is named by the input it asks for."""
        facts = {name: found.label for name, found in fact_definitions().items()}
        computed = {
            name: facts.get(info.asked_as, info.label) for name, info in guideline.derived.items()
        }
        titles = {option.id: option.title for option in guideline.options.values()}
        return cls(titles, {**computed, **facts})


def last_twelve_months(today: date) -> Period:
    """Return the period that ends today and begins the day after this day a year ago."""
    leaps = (today.month, today.day) == (_FEBRUARY, 29)
    before = today.replace(year=today.year - 1, day=28 if leaps else today.day)
    return Period(before + timedelta(days=1), today, today)


def period_of(first: str, last: str, today: date) -> Period:
    """Return the period between two days as typed; an empty one is that of the last year.

    Raises
    ------
    UserError
        When one is no date, or they are in the wrong order.

    """
    usual = last_twelve_months(today)
    begin = read_date(first) if first.strip() else usual.first
    end = read_date(last) if last.strip() else usual.last
    if end < begin:
        raise UserError(
            _("The period ends on {end} before it begins on {begin}.", end=end, begin=begin),
            _("Write the earlier day first."),
        )
    return Period(begin, end, today)


def board_report(
    store: CaseRepository, period: Period, catalogue: Catalogue, reporter: Reporter
) -> BoardReport:
    """Return the figures of a period.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.
    UserError
        When the store cannot be read.

    """
    record = read_board(store, period, reporter)
    people = _people(store, record, reporter)

    @cache
    def withheld(uid: str) -> Withholding:
        return withholding_of(store, store.cases.load(uid), people)

    def free(uid: str, text: str) -> str:
        return withheld(uid)(text)

    def called(uid: str, label: str) -> str:
        number = store.cases.number_of(uid)
        return label if free(uid, label) == label else neutral_label(number)

    def title(option: str) -> str:
        return catalogue.titles.get(option) or Withholding((), people)(option)

    def label(name: str) -> str:
        return catalogue.inputs.get(name) or name.replace("_", " ")

    words = FigureWords(free, called, title, label)
    found = board_figures(record, words, local_time_with_zone(utc_now()))
    return BoardReport(plain_all(found), people)


def report_of_folder(
    folder: Path, period: Period, guidance: Guidance, reporter: Reporter
) -> BoardReport:
    """Return the figures of the store in a folder; opens it anew, for a worker thread.

    The errors are those of `board_report`.
    """
    with CaseRepository.beside(folder) as store:
        return board_report(store, period, Catalogue.of(guidance.guideline), reporter)


def _people(store: CaseRepository, record: BoardRecord, reporter: Reporter) -> tuple[Patient, ...]:
    """Return who the decided cases are about, by all their names."""
    uids = list(dict.fromkeys(made.case_uid for made in record.decided))
    found: dict[Patient, None] = {}
    for done, case_uid in enumerate(uids):
        reporter.step(_("Withholding names"), done, len(uids))
        patient_uid = store.cases.patient_of(case_uid)
        patient = store.patients.get(patient_uid) if patient_uid is not None else None
        if patient is not None:
            found.update(dict.fromkeys((patient, *store.cases.former_patients(patient.uid))))
    return tuple(found)
