"""Whether a person has said why an alert may stand, and whether that still holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tumorboard.case.model import Remark

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import AlertResult


def remark_key(rule: str) -> str:
    """Return the key of the remark that acknowledges the alert of a rule."""
    return f"alert:{rule}"


def stands_for(alert: AlertResult) -> str:
    """Return what an acknowledgement refers to: the words and the severity.

    For a contradiction also the values that it read, so that it ends when one is changed.
    """
    told = f"{alert.severity}: {alert.text}"
    if not alert.contradiction:
        return told
    return f"{told} [{'; '.join(f'{i.label}: {i.text}' for i in alert.reason.inputs)}]"


def acknowledgement(alert: AlertResult, remarks: Iterable[Remark]) -> Remark | None:
    """Return the remark with the reason why an alert may stand, None while there is none.

    One that was made while the alert said something else, or about other values, does not count.
    """
    key, wanted = remark_key(alert.rule), stands_for(alert)
    return next((r for r in remarks if r.key == key and r.value == wanted), None)
