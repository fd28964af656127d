"""What a series seems to be, in words, each guess with what it rests on.

A guess helps to choose a series. It is shown as a guess and never enters a fact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tumorboard.dicom.series import Series
from tumorboard.language import N_, _

#: The phase before any injection, and one of which no more is known.
NATIVE, WITH = N_("native"), N_("with contrast")

#: Seconds from the start of the contrast injection to the scan, and the phase of the
#: abdomen that is usual then: upper end of each, and its name.
_PHASE_TIMES = (
    (15.0, ""),
    (50.0, N_("arterial")),
    (110.0, N_("portal venous")),
    (1200.0, N_("delayed")),
)

#: An injection with its scan without one before it, and organs that are called native.
_BOTH = (
    r"w(?:ith)?[ /&+]*(?:and|und|or|&|\+)?[ /&+]*(?:w[ /]?o|without)\b|"
    r"(?:w[ /]?o|without)[ /&+]*(?:and|und|&|\+)?[ /&+]*with\b"
)
_NATIVE_ORGAN = r"nativ\w* (?:kidney|liver|lung|heart|valve|vessel|arter|organ|niere|leber)\w*"

#: Words in descriptions and the phase they stand for; what stands before hides what is in it.
_PHASE_WORDS = (
    (
        r"non[ -]?contrast|without (?:iv )?contrast|unenhanced|nativ\w*|w[ /]?o (?:iv )?contrast|"
        r"non[ -]?con|ohne (?:km|kontrast\w*)",
        NATIVE,
    ),
    (r"late arterial|spat ?art\w*", N_("late arterial")),
    (r"arteri\w*|\bart\b", "arterial"),
    (r"porto?[ -]?venous|portal\w*|\bpv\b|porto\w*", "portal venous"),
    (r"nephro\w*", N_("nephrographic")),
    (r"excret\w*|urogra\w*", N_("excretory")),
    (r"delay\w*|\blate\b|equilibrium", "delayed"),
    (r"venous|\bven\b|venös", N_("venous")),
    (r"(?:post|with|mit|nach)[ -]?(?:iv )?(?:contrast|km|kontrast\w*)|contrast|\bkm\b", WITH),
)

_BODY_WORDS = (
    (
        r"chest[ /]*abd\w*[ /]*pel\w*|\bcap\b|thorax[ /-]*abdomen\w*",
        N_("chest, abdomen and pelvis"),
    ),
    (r"abd\w*[ /&+]*(and )?pel\w*|\bap\b.*pelvis", N_("abdomen and pelvis")),
    (r"whole ?body|ganzkörper|\bwb\b|skull base to mid[- ]?thigh", N_("whole body")),
    (r"abdom\w*|\babd\b|liver|hepat\w*|renal|kidney\w*", N_("abdomen")),
    (r"pelvi\w*|becken", N_("pelvis")),
    (r"chest|thora\w*|lung\w*", N_("chest")),
    (r"head|brain|skull|kopf|cran\w*", N_("head")),
    (r"neck|hals", N_("neck")),
    (r"thigh|leg|knee|femur|extremit\w*|calf|foot|ankle", N_("leg")),
    (r"shoulder|arm|elbow|hand|wrist|humerus", N_("arm")),
)


@dataclass(frozen=True)
class Guess:
    """A guess and its ``evidence`` in words; both empty where nothing is known."""

    value: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class SeriesDescription:
    """What a list of series shows. ``thickness`` is in mm: the usual one, or None."""

    modality: str
    plane: str
    phase: Guess
    body_part: Guess
    kernel: str
    thickness: float | None


def describe(series: Series) -> SeriesDescription:
    """Return what a series seems to be."""
    known = sorted(i.thickness for i in series.instances if i.thickness)
    return SeriesDescription(
        series.modality,
        series.plane,
        _phase(series),
        _body_part(series),
        series.info.kernel,
        known[len(known) // 2] if known else None,
    )


def _phase(series: Series) -> Guess:
    """Guess the contrast phase: from words, from the time since the injection, from the agent.

    The description of the study is of all its phases and says nothing of one. Where words and
    injection contradict each other, there is no guess.
    """
    if series.modality not in {"CT", "MR"}:
        return Guess()
    info = series.info
    said = next((g for text, where in _texts(series)[:2] if (g := _said_phase(text, where))), None)
    waited = _seconds_between(info.contrast_start, info.acquisition_time)
    name = "" if waited is None else next((n for end, n in _PHASE_TIMES if waited < end), "")
    timed = (
        Guess(name, _("scanned {seconds:.0f} s after the injection began", seconds=waited))
        if name
        else None
    )
    injected = timed or (
        Guess(WITH, _("a contrast agent is named")) if info.contrast_agent else None
    )
    if said is None or not said.value:
        return injected or said or Guess()
    if said.value == NATIVE and injected is not None:
        return Guess("", _("{said}, but {other}", said=said.evidence, other=injected.evidence))
    return injected if said.value == WITH and injected is not None else said


def _said_phase(text: str, where: str) -> Guess | None:
    """Return the phase that the words of one text name; no value where they name several."""
    words = re.sub(_NATIVE_ORGAN, " ", text.lower().replace("_", " "))
    if re.search(rf"(?<![a-z])(?:{_BOTH})", words):
        return None
    found: list[tuple[str, str]] = []
    for pattern, value in _PHASE_WORDS:
        match = re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", words)
        if match:
            found.append((value, match.group(0)))
            words = words.replace(match.group(0), " ")
    if not found:
        return None
    value, word = found[0]
    if value == NATIVE and len(found) > 1:
        return Guess(
            "", _("“{word}” and “{other}” in {where}", word=word, other=found[1][1], where=where)
        )
    return Guess(value, _("“{word}” in {where}", word=word, where=where))


def _body_part(series: Series) -> Guess:
    if series.info.body_part:
        words = series.info.body_part.replace("_", " ").strip().lower()
        return Guess(words, _("stated as the body part examined"))
    texts = _texts(series)
    for text, where in texts:
        for pattern, value in _BODY_WORDS:
            found = re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", text.lower().replace("_", " "))
            if found:
                return Guess(value, _("“{word}” in {where}", word=found.group(0), where=where))
    return Guess()


def _texts(series: Series) -> list[tuple[str, str]]:
    info = series.info
    return [
        (info.series_description, _("the series description")),
        (info.protocol, _("the protocol")),
        (info.study_description, _("the study description")),
    ]


def _seconds_between(start: str, end: str) -> float | None:
    """Return the seconds between two DICOM times of one day; None when one is not valid."""
    try:
        first, last = (datetime.strptime(t.split(".")[0], "%H%M%S") for t in (start, end))
    except ValueError:
        return None
    seconds = (last - first).total_seconds()
    return seconds if seconds >= 0 else None
