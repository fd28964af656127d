"""The figures by which a board is judged, counted from what it did; every count says of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tumorboard.app.board_record import (
    SEVERITIES,
    BoardRecord,
    Decided,
    Planned,
    Stance,
    alerts_standing,
    asked_for,
    deviations,
    stance,
)
from tumorboard.case.decision import Agreement
from tumorboard.language import _
from tumorboard.reports.figures import BoardFigures, CaseLine, Figure, FiguresPart
from tumorboard.reports.words import iso_date

_NO_REASON: Final = _("no reason stated")
_AGENDA: Final = _("cases on the agendas of meetings that took place in the period")
_RECOMMENDED: Final = _("signed recommendations of the period")
_SIGNED: Final = _("decisions signed in the period, deferrals included")
_ASSESSED: Final = _("decisions signed in the period, deferrals included, on an assessment")
_COMPARED: Final = _(
    "signed recommendations whose options can be compared with what the assessment offered"
)
_SECONDS: Final = 60


@dataclass(frozen=True)
class FigureWords:
    """How names are put into words.

    ``free`` blanks who a case is about in what a person wrote of it, ``label`` is what a case is
    called, both by its UID; ``option`` gives the title of an
    option of the catalogue that a record does not name, ``input`` the label of an input.
    """

    free: Callable[[str, str], str] = lambda _uid, text: text
    label: Callable[[str, str], str] = lambda _uid, label: label
    option: Callable[[str], str] = str
    input: Callable[[str], str] = str


def board_figures(
    record: BoardRecord, words: FigureWords | None = None, created: str = ""
) -> BoardFigures:
    """Return all figures of a record; ``created`` says when it was read."""
    words = words or FigureWords()
    advised = [made for made in record.decided if not made.decision.is_deferred]
    found = [
        _(
            "A decision counts on the day of its meeting, without one on the day of its first "
            "signature, once a meeting; what is signed later for the same meeting, or without one, "
            "corrects or follows it up: a correction counts in its place."
        )
    ]
    if record.outside:
        found.append(
            _(
                "Signatures of the period that correct or follow up what counts on another day: "
                "{outside}.",
                outside=record.outside,
            )
        )
    if record.elsewhere:
        found.append(
            _(
                "Signed decisions that came with case bundles: {elsewhere}. They were made "
                "elsewhere and count nowhere here.",
                elsewhere=record.elsewhere,
            )
        )
    return BoardFigures(
        *(record.first_day.isoformat(), record.last_day.isoformat(), created),
        is_empty=not any(
            (
                *(record.meetings, record.decided, record.outside),
                *(record.elsewhere, record.acknowledged),
            )
        ),
        parts=(
            _cases(record),
            _agreement(advised),
            _deviations(advised, words),
            _completeness(record.decided, words),
            _alerts(record, words),
            _times(record),
        ),
        notes=tuple(found),
    )


# -- the cases -----------------------------------------------------------------------------


def _cases(record: BoardRecord) -> FiguresPart:
    deferred = {(d.case_uid, d.meeting_uid): d.decision.is_deferred for d in record.decided}
    states = Counter(_state(place, deferred, record.drafted) for place in record.planned)
    total = len(record.planned)
    on_agenda = {(place.case_uid, place.meeting_uid) for place in record.planned}
    beside = sum((d.case_uid, d.meeting_uid) not in on_agenda for d in record.decided)
    counted = {
        _("Recommendation signed"): _("those with a signed recommendation of that meeting"),
        _("Deferred"): _("those whose deferral that meeting signed"),
        _("Draft, not signed"): _("those with a decision of that meeting that nobody signed"),
        _("No decision"): _("those on which that meeting wrote no decision"),
    }
    return FiguresPart(
        _("Cases"),
        (
            Figure(
                _("Meetings held"), record.meetings, None, _("meetings that were not cancelled")
            ),
            *(Figure(n, states[n], total, text, _AGENDA) for n, text in counted.items()),
            Figure(
                *(_("Signed beside these agendas"), beside, len(record.decided)),
                _("those whose case is not on the agenda of such a meeting"),
                _SIGNED,
            ),
        ),
    )


def _state(
    place: Planned,
    deferred: Mapping[tuple[str, str], bool],
    drafted: frozenset[tuple[str, str]],
) -> str:
    key = (place.case_uid, place.meeting_uid)
    if key in deferred:
        return _("Deferred") if deferred[key] else _("Recommendation signed")
    return _("Draft, not signed") if key in drafted else _("No decision")


# -- agreement and deviation ---------------------------------------------------------------


#: Recommendations that are not compared: how each is named, and which they are.
_APART: Final = {
    Stance.NO_ASSESSMENT: (_("no assessment"), _("those signed without an assessment")),
    Stance.OWN_WORDS: (_("own words"), _("those in free words alone, without an option")),
    Stance.NOTHING_OFFERED: (
        _("nothing offered"),
        _("those on an assessment that offered no option and spoke against none that was chosen"),
    ),
}


def _agreement(advised: Sequence[Decided]) -> FiguresPart:
    stances = Counter(map(stance, advised))
    agrees, deviates = stances[Stance.AGREES], stances[Stance.DEVIATES]
    compared, total = agrees + deviates, len(advised)
    stated = Counter(made.decision.agreement for made in advised)
    contrary = sum(
        made.decision.agreement is Agreement.DISSENTS and stance(made) is Stance.AGREES
        for made in advised
    )
    return FiguresPart(
        _("Agreement with the assessment"),
        (
            Figure(
                *(_("In agreement"), agrees, compared),
                _(
                    "those whose every option was suggested or to be considered, or is the equal "
                    "alternative of one that was"
                ),
                _COMPARED,
                total - compared,
            ),
            Figure(
                *(_("Deviating"), deviates, compared),
                _("those with an option that the assessment discouraged or did not offer"),
                _COMPARED,
                total - compared,
            ),
            *(
                Figure(
                    _("Not to be compared: {name}", name=name),
                    stances[key],
                    total,
                    text,
                    _RECOMMENDED,
                )
                for key, (name, text) in _APART.items()
            ),
            *(Figure(name, stated[key], total, text, _RECOMMENDED) for key, name, text in _STATED),
            Figure(
                *(_("States that it differs, though all was offered"), contrary, agrees),
                _("those in which the board states that it differs"),
                _("signed recommendations in agreement, as counted above"),
            ),
        ),
        _(
            "Each is compared with the assessment that was frozen when its options were first "
            "signed, not with a later one."
        ),
    )


_STATED: Final = (
    (
        Agreement.AGREES,
        _("The board states: agrees"),
        _("those in which the board states that it agrees"),
    ),
    (
        Agreement.DISSENTS,
        _("The board states: differs"),
        _("those in which the board states that it differs"),
    ),
    (
        Agreement.NOT_STATED,
        _("The board states: nothing"),
        _("those in which the board states neither"),
    ),
)


def _deviations(advised: Sequence[Decided], words: FigureWords) -> FiguresPart:
    deviating = [made for made in advised if stance(made) is Stance.DEVIATES]
    told = [made for made in advised if stance(made) is Stance.DEVIATES or _dissents(made)]
    return FiguresPart(
        _("Reasons for deviation"),
        (
            Figure(
                *(_("With a reason"), sum(bool(_reason(made)) for made in deviating)),
                len(deviating),
                _("those in which the board states that it differs, and why"),
                _("deviating recommendations, as counted above"),
            ),
        ),
        lines_title=_("Reason"),
        lines=_sorted(
            CaseLine(
                *(
                    made.day.isoformat(),
                    words.label(made.case_uid, made.label),
                    _deviation_words(made, words),
                ),
                words.free(made.case_uid, _reason(made)) or _NO_REASON,
            )
            for made in told
        ),
    )


def _dissents(made: Decided) -> bool:
    return made.decision.agreement is Agreement.DISSENTS


def _reason(made: Decided) -> str:
    return made.decision.dissent_reason.strip() if _dissents(made) else ""


def _deviation_words(made: Decided, words: FigureWords) -> str:
    """Return "Resection (Discouraged)" for each option that was not offered."""
    if stance(made) is not Stance.DEVIATES:
        return _("no option that was not offered; the board states that it differs")
    return "; ".join(
        f"{d.title or words.option(d.option)} ({d.words or _('not mentioned')})"
        for d in deviations(made)
    )


def _sorted(lines: Iterable[CaseLine]) -> tuple[CaseLine, ...]:
    return tuple(sorted(lines, key=lambda x: (x.day, x.case, x.what)))


# -- completeness --------------------------------------------------------------------------


def _completeness(decided: Sequence[Decided], words: FigureWords) -> FiguresPart:
    asked = [found for made in decided if (found := asked_for(made)) is not None]
    unknown = len(decided) - len(asked)
    complete = sum(not found for found in asked)
    lacking = Counter(name for found in asked for name in found)
    among = _ASSESSED
    return FiguresPart(
        _("Completeness at presentation"),
        (
            Figure(
                *(_("Complete"), complete, len(asked)),
                _(
                    "those for which the assessment listed no missing input and no criterion that "
                    "was "
                    "not assessed"
                ),
                *(among, unknown),
            ),
            *(
                Figure(
                    *(_("Asked for: {input}", input=words.input(name)), count, len(asked)),
                    _("those that were first signed without it"),
                    *(among, unknown),
                )
                for name, count in sorted(lacking.items(), key=lambda x: (-x[1], x[0]))
            ),
        ),
        _(
            "As it stood when the case was first signed at that meeting; what was stated later "
            "counts for nothing here."
        ),
    )


# -- alerts --------------------------------------------------------------------------------


def _alerts(record: BoardRecord, words: FigureWords) -> FiguresPart:
    known = [
        (made, found) for made in record.decided if (found := alerts_standing(made)) is not None
    ]
    standing = [(made, alert) for made, found in known for alert in found]
    told = [(made, alert) for made, alert in standing if alert.reason is not None]
    figures = [
        Figure(
            *(_("Decisions whose alerts are known"), len(known), len(record.decided)),
            _("those with an assessment in their record"),
            _SIGNED,
        )
    ]
    for severity in SEVERITIES.values():
        of_it = [alert for __, alert in told if alert.severity == severity]
        figures.append(
            Figure(
                _("Overridden, {severity}", severity=_(severity)),
                *(sum(bool(a.reason) for a in of_it), len(of_it)),
                _("those that somebody had acknowledged with a reason and that still stood"),
                _(
                    "alerts of the severity {severity} that stood when a decision was signed",
                    severity=_(severity),
                ),
            )
        )
    figures += [
        Figure(
            *(_("Overridden, all"), sum(bool(a.reason) for __, a in told), len(told)),
            _("those that somebody had acknowledged with a reason and that still stood"),
            _("alerts that stood when a decision was signed"),
            len(standing) - len(told),
        ),
        Figure(
            *(_("Acknowledgements made"), record.acknowledged, None),
            _(
                "acknowledgements of alerts with a day in the period, on any case, those taken "
                "back "
                "since included"
            ),
        ),
    ]
    return FiguresPart(
        _("Alerts"),
        tuple(figures),
        lines_title=_("Overridden"),
        lines=_sorted(
            CaseLine(
                *(made.day.isoformat(), words.label(made.case_uid, made.label)),
                f"{_(alert.severity)}: {alert.text}",
                words.free(made.case_uid, alert.reason),
            )
            for made, alert in told
            if alert.reason
        ),
    )


# -- time ----------------------------------------------------------------------------------


def _times(record: BoardRecord) -> FiguresPart:
    known = [
        (place.minutes, place.seconds) for place in record.planned if place.seconds is not None
    ]
    seconds = sorted(spent for __, spent in known)
    total, unknown = len(record.planned), len(record.planned) - len(known)
    since = _("No time of a case is stored yet: presenting a meeting on its day (F5) stores them.")
    if record.timed_since is not None:
        since = _(
            "Times are stored since {day}; those of cases before it are not known.",
            day=iso_date(record.timed_since.isoformat()),
        )

    def figure(name: str, value: float | None, counted: str) -> Figure:
        text = "" if value is None else f"{value:.1f}"
        return Figure(name, len(known), total, counted, _AGENDA, unknown, text, _("min"))

    def minutes(value: float) -> float | None:
        return value / _SECONDS if known else None

    return FiguresPart(
        _("Time per case"),
        (
            figure(
                *(_("Median"), minutes(median(seconds) if seconds else 0)),
                _(
                    "minutes from coming to a case until leaving it, on screen before the "
                    "audience on "
                    "the day of the meeting, several visits added up; less than 5 seconds is no "
                    "visit"
                ),
            ),
            figure(
                _("Shortest"), minutes(min(seconds, default=0)), _("the shortest of these times")
            ),
            figure(_("Longest"), minutes(max(seconds, default=0)), _("the longest of these times")),
            figure(_("Spent in all"), minutes(sum(seconds)), _("the sum of these times")),
            figure(
                *(_("Planned for the same cases"), sum(m for m, __ in known) if known else None),
                _("the sum of the minutes planned on the agenda for the cases with a time"),
            ),
        ),
        since,
    )
