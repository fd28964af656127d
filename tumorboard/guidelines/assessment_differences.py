"""What differs between two assessments of one case, from their plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tumorboard.guidelines.category_words import qualified_category
from tumorboard.guidelines.model import Guideline
from tumorboard.language import _


@dataclass(frozen=True)
class Difference:
    """One conclusion that differs.

    ``about`` is category, option, alert, follow_up or prognosis; ``id`` the option or
    alert. Empty words in ``before`` or ``after`` mean that it was not shown.
    """

    about: str
    id: str
    title: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """One line, such as "Surgery: Suggested, now Deferred"."""
        title = self.title.removesuffix(".")
        return _(
            "{title}: {before}, now {after}",
            title=title,
            before=self.before or _("not shown"),
            after=self.after or _("not shown"),
        )


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], guideline: Guideline
) -> tuple[Difference, ...]:
    """Compare two results as `Assessment.to_json` gives them, perhaps of other versions.

    The category comes first, with what qualifies it, then options, alerts, follow-up and
    prognosis. Words that this guideline does not know stay as they are.
    """
    return tuple(d for d in _all(before, after, guideline) if d.before != d.after)


def _all(
    before: Mapping[str, Any], after: Mapping[str, Any], guideline: Guideline
) -> Iterator[Difference]:
    def words(result: Mapping[str, Any], key: str, table: Mapping[str, str]) -> str:
        return table.get(str(result.get(key, "")), str(result.get(key, "")))

    # One table for both: two versions that word a category differently say the same.
    bare = ({**r, "category_text": ""} for r in (before, after))
    category = (qualified_category(r, guideline.categories) for r in bare)
    yield Difference("category", "", _("Category"), *category)
    yield from _options(before, after, guideline)
    yield from _alerts(before, after, guideline)
    for key, title, table in (
        ("follow_up", _("Follow-up"), guideline.follow_up_keys),
        ("prognosis", _("Prognosis"), guideline.prognosis_keys),
    ):
        yield Difference(key, "", title, *(words(r, key, table) for r in (before, after)))
    months = [", ".join(map(str, r.get("follow_up_months", ()))) for r in (before, after)]
    yield Difference("follow_up", "", _("Months of follow-up"), *months)


def _options(
    before: Mapping[str, Any], after: Mapping[str, Any], guideline: Guideline
) -> Iterator[Difference]:
    def status(result: Mapping[str, Any], option: str) -> str:
        word = result.get("options", {}).get(option, {}).get("status", "")
        return guideline.statuses.get(word, word)

    options = dict.fromkeys((*before.get("options", {}), *after.get("options", {})))
    for option in options:
        known = guideline.options.get(option)
        title = known.title if known else option
        yield Difference("option", option, title, status(before, option), status(after, option))


def _alerts(
    before: Mapping[str, Any], after: Mapping[str, Any], guideline: Guideline
) -> Iterator[Difference]:
    def severity(result: Mapping[str, Any], rule: str) -> str:
        detail = result.get("alert_details", {}).get(rule, {})
        word = detail.get("severity", "")
        return str(detail.get("severity_text") or guideline.severities.get(word, word))

    for rule in sorted({*before.get("alert_details", {}), *after.get("alert_details", {})}):
        details = [r.get("alert_details", {}).get(rule, {}) for r in (after, before)]
        title = next((str(d["text"]) for d in details if d.get("text")), rule)
        yield Difference("alert", rule, title, severity(before, rule), severity(after, rule))
