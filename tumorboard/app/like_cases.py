"""What this board decided before in like cases: same category and histology when it was signed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tumorboard.app.case_repository import CAME_FROM, CaseRepository
from tumorboard.app.decision_state import stands
from tumorboard.case.decision import Decision
from tumorboard.guidelines.category_words import qualifiers


@dataclass(frozen=True)
class LikeDecision:
    """The signed decision that stands on a like case; ``signed_utc`` is an ISO time.

    ``qualifiers`` are what stood behind its category when it was signed.
    """

    case_uid: str
    label: str
    signed_utc: str
    decision: Decision
    qualifiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class LikeDecisions:
    """The decisions on like cases, the newest first."""

    found: tuple[LikeDecision, ...]

    @property
    def since(self) -> str:
        """The year of the oldest one, empty without any."""
        return min((d.signed_utc[:4] for d in self.found), default="")

    @property
    def deferred(self) -> int:
        """How many were put off."""
        return sum(d.decision.is_deferred for d in self.found)

    def recommended(self) -> Counter[str]:
        """Return how often each option of the catalogue was recommended."""
        return Counter(o for d in self.found for o in dict.fromkeys(d.decision.options))


def like_decisions(folder: Path, category: str, histology: str, but: str) -> LikeDecisions:
    """Return what was decided in cases of one category and histology, ``but`` the case at hand.

    What counts is the signed decision that stands, and the category and histology that its
    record froze. Cases that came here from elsewhere were not decided by this board. Opens the
    store anew, for a worker thread.

    Raises
    ------
    UserError
        When the store cannot be read.

    """
    found = []
    with CaseRepository.beside(folder) as store:
        for uid in store.decisions.signed_in(category, histology):
            signed = stands(store.decisions.of_case(uid)).signed
            if uid == but or signed is None or store.cases.remark_of(uid, CAME_FROM):
                continue
            record = signed.record
            held = (record["assessment"].get("category"), record["facts"].get("histology"))
            if held == (category, histology):
                label = store.cases.label_of(uid)
                told = qualifiers(record["assessment"])
                found.append(LikeDecision(uid, label, signed.utc, signed.decision, told))
    return LikeDecisions(tuple(sorted(found, key=lambda d: d.signed_utc, reverse=True)))
