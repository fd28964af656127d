"""The list of what rests on less than a source's own words, for a clinician's sign-off."""

from __future__ import annotations

from collections.abc import Iterator

from tumorboard.guidelines.browser import (
    EXTRAPOLATED,
    INFERENCE,
    LAY_TEXT,
    ONE_CASE,
    PUBLIC_GUIDANCE,
    TO_BE_CONFIRMED,
    Browser,
    Entry,
)
from tumorboard.guidelines.model import Guideline

_SECTIONS = (
    (INFERENCE, "Inferences", "Drawn from the sources, not stated in them."),
    (EXTRAPOLATED, "Extrapolations", "Stated for another group of patients than the one shown."),
    (ONE_CASE, "One reported case", "Resting on one reported patient; no general statement."),
    (LAY_TEXT, "Lay text", "Resting on the lay overview, which names no references."),
    (TO_BE_CONFIRMED, "To be confirmed", "From general knowledge; no source states it."),
    (
        PUBLIC_GUIDANCE,
        "Public guidance",
        "Resting on a public reference where the texts are silent.",
    ),
)


def review_text(guideline: Guideline) -> str:
    """Return the sign-off list as Markdown, built from the data of the guideline."""
    browser = Browser(guideline)
    lines = [
        "# Clinical review",
        "",
        f"Points of the guideline {guideline.id} {guideline.version} that rest on less than the "
        "words of its sources. Each carries its mark wherever it shows. A clinician signs each "
        "line with name and date; this file is built from the data, and a test keeps it so.",
    ]
    for mark, title, text in _SECTIONS:
        lines += ["", f"## {title}", "", text, "", *_table(browser.marked(mark))]
    lines += ["", "## Labels of strength", "", _LABELS, "", *_table(_labelled(guideline, browser))]
    return "\n".join(lines) + "\n"


_LABELS = (
    "Printed as found. The sources do not explain the labels that begin with Grade or Category; "
    "what they mean is from general knowledge, to be confirmed."
)


def _labelled(guideline: Guideline, browser: Browser) -> list[Entry]:
    return [
        browser.entries[fact.id]
        for fact in guideline.catalogue.facts.values()
        if fact.grade.startswith(("Grade", "Category"))
    ]


def _table(entries: list[Entry] | tuple[Entry, ...]) -> Iterator[str]:
    yield "| No. | About | Says | Rests on | Signed |"
    yield "|---|---|---|---|---|"
    for e in entries:
        cells = (e.id, e.title, e.text, e.source)
        yield f"| {' | '.join(c.replace('|', '/') for c in cells)} | |"
