"""Whether a person has said why an alert may stand, and whether that still holds."""

from __future__ import annotations

from collections.abc import Iterable

from tumorboard.case.model import Remark
from tumorboard.guidelines.assessment import AlertResult


def remark_key(rule: str) -> str:
    """Return the key of the remark that acknowledges the alert of a rule."""
    return f"alert:{rule}"


def acknowledgement(alert: AlertResult, remarks: Iterable[Remark]) -> Remark | None:
    """Return the remark with the reason why an alert may stand, None while there is none.

    One that was made while the alert said something else, or about other values, does not count.
    """
    key, wanted = remark_key(alert.rule), alert.stands_for
    return next((r for r in remarks if r.key == key and r.value == wanted), None)
