"""What was drawn in talks and is not stored yet: held until it is kept or thrown away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tumorboard.app.presented import Presentation
from tumorboard.app.talk import Question
from tumorboard.errors import UserError
from tumorboard.language import ngettext
from tumorboard.ui.presenter.questions import DrawnQuestion

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


class Drawn:
    """Asks after a talk what becomes of what was drawn in it.

    What the store refuses stays in ``held``, in memory, and is offered again: in the same
    question, by the notice that tells of it, after the next talk, and when the program ends.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.held: tuple[Question, ...] = ()

    def ask(self, questions: Iterable[Question], then: Callable[[], object] | None = None) -> None:
        """Ask about these and about what is held from before.

        ``then`` is called once all is answered and nothing is held any more.
        """
        self.held = joined((*self.held, *questions))
        if not self.held:
            return
        dialog = DrawnQuestion(self.held, self.answer, self._host.parent_widget)
        dialog.finished.connect(partial(self._asked, then))
        dialog.open()

    def _asked(self, then: Callable[[], object] | None, _result: int) -> None:
        self._tell()
        if then is not None and not self.held:
            then()

    def answer(self, question: Question, keep: bool) -> str:
        """Keep what was drawn or throw it away; return why it cannot be kept, else nothing."""
        try:
            if keep:
                source = Presentation(self._host.workspace)
                source.keep_drawn(question.case_uid, question.annotations)
        except UserError as error:
            return str(error)
        self.held = tuple(q for q in self.held if q.case_uid != question.case_uid)
        return ""

    def keep_all(self) -> None:
        """Keep all that can be kept: the program ends."""
        for question in self.held:
            self.answer(question, True)

    def _tell(self) -> None:
        """Say what is still not stored, with a way back to the question."""
        count = sum(len(question.annotations) for question in self.held)
        if not count:
            return
        self._host.say(
            ngettext(
                "{count} measurement of the talk could not be stored and will be lost when the "
                "program ends. Make room on the disk or bring it back, then try again.",
                "{count} measurements of the talk could not be stored and will be lost when the "
                "program ends. Make room on the disk or bring it back, then try again.",
                count,
            ),
            state="warning",
            more=lambda: self.ask(()),
        )


def joined(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Return one question a case; of two selves of an annotation the later one stands."""
    found: dict[str, Question] = {}
    for question in questions:
        held = found.get(question.case_uid, replace(question, annotations=()))
        every = {a.uid: a for a in (*held.annotations, *question.annotations)}
        found[question.case_uid] = replace(question, annotations=tuple(every.values()))
    return tuple(found.values())
