"""What this board decided in like cases: looked for in the background, told on the cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tumorboard.case.definitions import value_text
from tumorboard.case.facts import FactSheet
from tumorboard.language import _, ngettext
from tumorboard.progress import Reporter
from tumorboard.ui.assessment.rows import BoardBefore
from tumorboard.ui.shell.provenance import local_time

if TYPE_CHECKING:
    from tumorboard.app.like_cases import LikeDecision, LikeDecisions
    from tumorboard.guidelines.assessment import Assessment
    from tumorboard.ui.assessment.panel import AssessmentPanel
    from tumorboard.ui.shell.host import Host

_SCRATCH = _("Only stored cases are looked through; this one is not stored.")
_NO_HISTOLOGY = _("No histology is recorded, so there is no like case to look for.")


@dataclass(frozen=True)
class Likeness:
    """What makes cases alike: category and histology, by name and in words."""

    category: str
    category_words: str
    histology: str

    @property
    def words(self) -> str:
        """Return "category Resectable, leiomyosarcoma": what cases share, not what one is."""
        return _(
            "category {category}, {histology}",
            category=self.category_words,
            histology=value_text("histology", self.histology),
        )


def before_words(
    option: str, found: LikeDecisions, likeness: Likeness, titles: Mapping[str, str]
) -> BoardBefore:
    """Return what stands on the card of an option; "no like case yet" where there is none."""
    count = len(found.found)
    if not count:
        return BoardBefore(_("No like case yet ({words}).", words=likeness.words))
    recommended = found.recommended()
    told = [f"{titles.get(o, o)} {n}" for o, n in recommended.most_common() if o != option]
    told += [_("deferred {count}", count=found.deferred)] if found.deferred else []
    text = ngettext(
        "{count} like case ({words}) since {since}: this was recommended in {recommended}.",
        "{count} like cases ({words}) since {since}: this was recommended in {recommended}.",
        count,
        words=likeness.words,
        since=found.since,
        recommended=recommended[option],
    )
    if told:
        text += " " + _("Also: {options}.", options=", ".join(told))
    return BoardBefore(
        text,
        tuple(
            (d.case_uid, d.label, f"{local_time(d.signed_utc)} · {_decided(d, titles)}")
            for d in found.found
        ),
    )


def _decided(like: LikeDecision, titles: Mapping[str, str]) -> str:
    """Return what was decided, and what stood behind the category then."""
    decision = like.decision
    told = [*(titles.get(o, o) for o in decision.options), decision.recommendation.strip()]
    said = "; ".join(part for part in told if part)
    if decision.is_deferred:
        said = _("Deferred: {reason}", reason=decision.deferred_because)
    return (
        _("{decision} (category {marks})", decision=said, marks="; ".join(like.qualifiers))
        if like.qualifiers
        else said
    )


class BoardBeforeSearch:
    """Keeps the cards told what this board decided in cases like the one on show."""

    def __init__(self, host: Host, panel: AssessmentPanel) -> None:
        self._host, self._panel = host, panel
        self._asked: tuple[str, Likeness] | None = None

    def show(self, assessment: Assessment, facts: FactSheet) -> None:
        """Look for like cases, unless that was done for the same case already."""
        host, panel = self._host, self._panel
        histology = facts.value("histology")
        if host.workspace.is_scratch or histology is None:
            self._asked = None
            text = _SCRATCH if host.workspace.is_scratch else _NO_HISTOLOGY
            panel.set_before(lambda _option: BoardBefore(text))
            return
        case = host.case
        likeness = Likeness(assessment.category, assessment.category_text, histology)
        wanted = (case.uid if case is not None else "", likeness)
        if wanted != self._asked:
            self._asked = wanted
            panel.set_before(lambda _option: BoardBefore(_("Like cases are being looked for.")))
            self._look(wanted)

    def forget(self) -> None:
        """Look again the next time: another case is open, or somebody signed."""
        self._asked = None

    def _look(self, wanted: tuple[str, Likeness]) -> None:
        host, panel = self._host, self._panel
        uid, likeness = wanted
        folder, guideline = host.workspace.folder, host.workspace.guidance.guideline
        titles = {key: option.title for key, option in guideline.options.items()}

        def work(_reporter: Reporter) -> LikeDecisions:
            from tumorboard.app.like_cases import like_decisions

            return like_decisions(folder, likeness.category, likeness.histology, uid)

        def show(found: LikeDecisions) -> None:
            if self._asked == wanted:
                panel.set_before(lambda option: before_words(option, found, likeness, titles))

        def tell(problem: str) -> None:
            if self._asked == wanted:
                panel.set_before(
                    lambda _option: BoardBefore(_("Not looked through: {problem}", problem=problem))
                )

        host.jobs.start("like cases", work, finished=show).failed.connect(tell)
