"""Whether a case is ready to be discussed: one light for each thing that is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tumorboard.case.facts import FactSheet
from tumorboard.case.model import Case, SeriesRef
from tumorboard.language import _, ngettext

#: The remark that a named person confirmed the reading of the images.
READ: Final = "read"
#: The six criteria of resectability, as facts.
CRITERIA: Final = (
    "peritoneal_implants",
    "bilateral_renal_involvement",
    "extensive_spine_involvement",
    "extensive_mesenteric_root_involvement",
    "extensive_liver_hilar_involvement",
    "extensive_major_vessel_involvement",
)
#: The kinds of series that are images.
IMAGES: Final = ("volume", "stack", "image")
#: The phase of the disease of a first presentation: earlier images are not missed.
FIRST: Final = "primary_unresected"
#: Phases of the disease before which there were images.
TREATED: Final = {"post_resection": _("it was resected"), "recurrence": _("it is a recurrence")}

#: So begins the key of a remark that tells of an operation.
OPERATION: Final = "event:operation:"


@dataclass(frozen=True)
class Light:
    """One thing that a case needs.

    ``state`` is True when it is there, False when it is not, None when nobody can tell.
    ``goes_to`` is where to mend it: a fact, "images", "question" or "read". What is not
    ``expected`` keeps no case from being ready.
    """

    key: str
    label: str
    state: bool | None
    words: str
    goes_to: str
    expected: bool = True

    @property
    def is_missing(self) -> bool:
        """Whether it is not there though it is needed."""
        return self.state is False

    @property
    def is_open(self) -> bool:
        """Whether nobody can tell though it is needed."""
        return self.state is None and self.expected


def lights(
    case: Case, facts: FactSheet, loadable: Callable[[str], bool | None]
) -> tuple[Light, ...]:
    """Return the lights of a case, in the order in which they are shown.

    ``loadable`` tells of the key of a series whether its files are there, None when that was
    not looked at yet.
    """
    newest = newest_series(case)
    value = facts.value("histology")
    words = _("recorded") if value is not None else _("not recorded")
    return (
        _current(newest, loadable),
        _dated(newest),
        _prior(case, facts),
        _read(case),
        Light("histology", _("Histology"), value is not None, words, "histology"),
        _criteria(facts),
        Light(
            "question",
            _("Question to the board"),
            bool(case.question.strip()),
            case.question.strip() or _("not written"),
            "question",
        ),
    )


def newest_series(case: Case) -> list[SeriesRef]:
    """Return the image series of the newest date; all without a date when none has one."""
    images = _images(case)
    newest = max((s.study_date for s in images), default="")
    return [s for s in images if s.study_date == newest]


def _images(case: Case) -> list[SeriesRef]:
    return [series for series in case.series if series.kind in IMAGES]


def _current(newest: list[SeriesRef], loadable: Callable[[str], bool | None]) -> Light:
    label = _("Current images")
    if not newest:
        return Light("current", label, False, _("no images"), "images")
    states = [loadable(series.series_instance_uid) for series in newest]
    if False in states:
        gone = states.count(False)
        return Light(
            "current",
            label,
            False,
            ngettext(
                "files of {count} series are not there",
                "files of {count} series are not there",
                gone,
            ),
            "images",
        )
    state = None if None in states else True
    return Light(
        "current", label, state, ngettext("{count} series", "{count} series", len(newest)), "images"
    )


def _prior(case: Case, facts: FactSheet) -> Light:
    """Earlier images are missed where something says that there must be some, and only there."""
    label = _("Earlier images")
    dates = {s.study_date for s in _images(case)}
    if len(dates) > 1:
        return Light("prior", label, True, _("{count} dates", count=len(dates)), "images")
    there = _("only one date") if dates else _("no images")
    phase = facts.value("disease_phase")
    if phase == FIRST:
        return Light(
            "prior", label, None, _("{there}; a primary in place", there=there), "images", False
        )
    if reason := TREATED.get(str(phase)) or _operated(case):
        return Light(
            "prior",
            label,
            False,
            _("{there}, though {reason}", there=there, reason=reason),
            "images",
        )
    return Light(
        "prior",
        label,
        None,
        _("{there}; nothing tells of earlier ones", there=there),
        "images",
        False,
    )


def _operated(case: Case) -> str:
    """Return that an operation is among the events of the course; empty without one."""
    noted = any(remark.key.startswith(OPERATION) for remark in case.remarks)
    return _("an operation is recorded") if noted else ""


def _dated(newest: list[SeriesRef]) -> Light:
    label = _("Date and phase")
    if not newest:
        return Light("dated", label, False, _("no images"), "images")
    undated = not newest[0].study_date
    phases = sorted({series.phase for series in newest if series.phase})
    if undated:
        return Light("dated", label, False, _("no date in the images"), "images")
    if not phases:
        return Light("dated", label, None, _("phase of contrast not known"), "images")
    return Light("dated", label, True, ", ".join(map(_, phases)), "images")


def _read(case: Case) -> Light:
    remark = case.remark(READ)
    words = _("by {author}", author=remark.author) if remark is not None else _("not confirmed")
    return Light("read", _("Reading confirmed"), remark is not None, words, READ)


def _criteria(facts: FactSheet) -> Light:
    missing = [name for name in CRITERIA if facts.value(name) is None]
    known = len(CRITERIA) - len(missing)
    words = _("{known} of {count} assessed", known=known, count=len(CRITERIA))
    return Light(
        "criteria", _("Criteria assessed"), not missing, words, (missing or [*CRITERIA])[0]
    )
