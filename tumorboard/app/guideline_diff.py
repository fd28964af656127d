"""What differs between two guidelines, with the vignettes and stored cases in which it shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tumorboard.app.case_repository import CaseRepository, holds_store
from tumorboard.app.guideline_change import carried_settings
from tumorboard.app.guideline_choice import guideline_in_force
from tumorboard.app.guideline_tools import CaseDifference, cases_between
from tumorboard.app.guideline_versions import named_guideline
from tumorboard.guidelines.authoring.cases import FILE, read_cases
from tumorboard.guidelines.authoring.version_diff import Change, answer_changes, guideline_changes
from tumorboard.guidelines.model import Guideline
from tumorboard.language import _
from tumorboard.progress import Reporter


@dataclass(frozen=True)
class Compared:
    """The differences: in the files, in the vignettes (name and words), in the stored cases."""

    before: str
    after: str
    changes: tuple[Change, ...]
    vignettes: tuple[tuple[str, str], ...]
    cases: tuple[CaseDifference, ...]

    @property
    def lines(self) -> list[str]:
        """The differences in lines of words."""
        count = (len(self.changes), len({v for v, __ in self.vignettes}), len(self.cases))
        return [
            *(change.text for change in self.changes),
            *(_("vignette {name}: {text}", name=name, text=text) for name, text in self.vignettes),
            *(
                _("case {label}: {text}", label=c.label, text=d.text)
                for c in self.cases
                for d in c.differences
            ),
            _(
                "{before} to {after}: {differences} differences; {vignettes} vignettes and "
                "{cases} stored cases change",
                before=self.before,
                after=self.after,
                differences=count[0],
                vignettes=count[1],
                cases=count[2],
            ),
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the differences as plain data; a case is named by its label."""
        return {
            "before": self.before,
            "after": self.after,
            "changes": [asdict(change) for change in self.changes],
            "vignettes": [{"id": name, "text": text} for name, text in self.vignettes],
            "cases": [
                {"label": c.label, "differences": [asdict(d) for d in c.differences]}
                for c in self.cases
            ],
        }


def compared(before: str, after: str, store: Path, reporter: Reporter) -> Compared:
    """Compare two guidelines, each a folder or a version, on what is stored in ``store``.

    The vignettes are those of the second, else of the first. Stored cases are judged under
    the settings of the institution, carried over to each of the two.

    Raises
    ------
    UserError
        When one cannot be found or used, or the settings or the store cannot be read.
    CancelledError
        When the user stops.

    """
    (old, old_folder), (new, new_folder) = (
        named_guideline(words, store) for words in (before, after)
    )
    file = next((f / FILE for f in (new_folder, old_folder) if (f / FILE).exists()), None)
    answers = answer_changes(old, new, read_cases(file)) if file is not None else ()
    return Compared(
        f"{old.id} {old.version}",
        f"{new.id} {new.version}",
        guideline_changes(old, new),
        tuple(answers),
        _stored(store, old, new, reporter),
    )


def _stored(
    store: Path, old: Guideline, new: Guideline, reporter: Reporter
) -> tuple[CaseDifference, ...]:
    if not holds_store(store):
        return ()
    now = guideline_in_force(store).guideline
    rules = [(g, carried_settings(store, now, g).settings) for g in (old, new)]
    with CaseRepository.beside(store) as opened:
        return cases_between(opened, rules[0], rules[1], reporter)
