"""The form of facts: shows those in force or those of a trial, and keeps what is stated in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tumorboard.app.case_change import DERIVED, FACTS, REMARKS
from tumorboard.case.anatomy import beside_criteria, checklist
from tumorboard.case.definitions import definition
from tumorboard.case.facts import FactSheet, Place
from tumorboard.case.model import Case, Remark
from tumorboard.language import N_
from tumorboard.ui.facts.history import history_lines, organ_lines
from tumorboard.ui.facts.panel import FactsForm
from tumorboard.ui.shell.host import Feature

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: Sections of the form whose facts are read off images, and single findings of others: they
#: keep the slice on show.
_STATED_ON_PICTURES = ("criteria", "vessels")
_FINDINGS = ("distant_metastasis_read", "regional_nodes", "local_recurrence", "new_lesion")


class ShownFacts(Protocol):
    """Which facts are shown: those of the record, or those of a trial."""

    @property
    def is_trial(self) -> bool:
        """Whether values are tried."""

    @property
    def facts(self) -> FactSheet:
        """The facts that are shown."""


class FactsFeature(Feature):
    """Fills the form, and turns what is stated in it into steps of the case."""

    families = frozenset({DERIVED, FACTS, REMARKS})

    def __init__(self, host: Host, form: FactsForm, shown: ShownFacts) -> None:
        self._host = host
        self._form = form
        self._shown = shown
        self._said: tuple[str, tuple[Remark, ...]] = ("", ())

    def listen(self) -> None:
        """Listen to the form."""
        form = self._form
        form.history = self._history
        form.edited.connect(self.set_fact)
        form.overruled.connect(self._overrule)
        form.organ_stated.connect(self._state_organ)
        form.dated.connect(self.enter_date)

    def show_case(self, case: Case | None) -> None:
        """Show the facts of the open case or of the trial on it, or that none is open."""
        form, facts = self._form, self._shown.facts
        form.setEnabled(case is not None)
        derived = {} if self._shown.is_trial else dict(self._host.session.derived)
        form.set_facts(dict(facts.facts) if case is not None else {}, derived)
        remarks = case.remarks if case is not None else ()
        said = (case.uid if case is not None else "", remarks)
        if said != self._said:
            self._said = said
            form.set_remarks(remarks)
        form.set_beside(beside_criteria(facts, remarks) if case is not None else {})

    def show_again(self) -> None:
        """Show the facts anew: a trial began, changed or ended."""
        self.show_case(self._host.case)

    def go_to(self, name: str) -> None:
        """Show the field of a fact."""
        self._host.show_panel(self._form)
        self._form.go_to(name)

    # -- wishes ----------------------------------------------------------------------

    def set_fact(self, name: str, value: object) -> None:
        """Record what a person states."""
        host = self._host
        place = self._place_of(name)
        if host.case is not None and host.attempt(
            lambda: host.session.set_fact(name, value, place=place)
        ):
            host.keep_if_scratch()

    def _overrule(self, name: str, value: object, reason: str) -> None:
        session, place = self._host.session, self._place_of(name)
        self._host.attempt(lambda: session.set_fact(name, value, note=reason, place=place))

    def _place_of(self, name: str) -> Place | None:
        """Return the picture on show, for a fact that is read off images."""
        seen = name in _FINDINGS or definition(name).group in _STATED_ON_PICTURES
        return self._host.images.place() if seen else None

    def _state_organ(self, key: str, relation: str | None) -> None:
        """Note what the mass does to an organ, with the picture on show; None takes it back."""
        host = self._host
        session, label = host.session, N_("State what the mass does to an organ")
        place = host.images.place()
        if relation is None:
            done = host.attempt(lambda: session.clear_remark(key, label))
        else:
            done = host.attempt(lambda: session.set_remark(key, relation, label=label, place=place))
        if done:
            host.keep_if_scratch()

    def enter_date(self, key: str, text: str) -> None:
        """Keep a date of the case, or take it back when the text is empty."""
        from tumorboard.case.dates import read_date

        host = self._host

        def act() -> None:
            if not text.strip():
                host.session.clear_remark(key, N_("Clear a date"))
            else:
                iso = read_date(text).isoformat()
                host.session.set_remark(key, iso, "", N_("Enter a date"))

        if host.attempt(act):
            host.keep_if_scratch()

    def _history(self, name: str) -> tuple[str, ...]:
        session = self._host.session
        if session.case is None:
            return ()
        if name in checklist():
            return organ_lines(name, session.values_of("remark", name))
        return history_lines(name, session.values_of("fact", name))
