"""What an option opens to, in words: what speaks for it and against it, figures, departures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tumorboard.ui.assessment.rows import EvidenceRow, OptionCard

if TYPE_CHECKING:
    from tumorboard.case.facts import FactSheet
    from tumorboard.guidelines.assessment import Assessment, OptionResult
    from tumorboard.guidelines.evidence import EvidenceLine
    from tumorboard.guidelines.model import Guideline
    from tumorboard.guidelines.parameters import Settings


def card_of(
    option: OptionResult,
    assessment: Assessment,
    facts: FactSheet | None = None,
    guideline: Guideline | None = None,
    settings: Settings | None = None,
) -> OptionCard:
    """Return the card of an option; without facts and guideline one without statements."""
    holding = [r for r in option.reasons if not r.lost]
    partner = assessment.partner(option)
    # Advice of the institution does not borrow the grade of the source.
    graded = [] if option.departure else holding
    words = OptionCard(
        strength=_joined(r.strength for r in graded),
        direction=_joined(r.direction for r in holding),
        quality=_joined(r.quality for r in graded),
    )
    equal = ("", "") if partner is None else (partner.id, partner.title)
    if facts is None or guideline is None:
        return replace(words, equal=equal)
    from tumorboard.guidelines.evidence import option_evidence

    found = option_evidence(option.id, facts, guideline, settings)
    told = {line.id for line in (*found.supporting, *found.limiting)}
    return replace(
        words,
        equal=equal,
        supporting=_rows(found.supporting),
        limiting=_rows(found.limiting),
        figures=_rows(line for line in found.figures if line.id not in told),
        outside=_rows(found.outside),
    )


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _rows(lines: Iterable[EvidenceLine]) -> tuple[EvidenceRow, ...]:
    return tuple(
        EvidenceRow(e.id, e.text, e.scope, e.source, e.grade, e.mark, e.effect) for e in lines
    )
