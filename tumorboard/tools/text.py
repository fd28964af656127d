"""Text: click where the words belong, then type them."""

from __future__ import annotations

from typing import ClassVar

from tumorboard.annotations.model import Kind
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.tools.gesture import Ask, Phase, Pointer, Step, draw

#: Words on an image are short; a report has room for more.
MOST_LETTERS = 120


class TextTool:
    """Words at a place on a cut."""

    name: ClassVar[str] = "text"
    label: ClassVar[str] = _("Text")
    key: ClassVar[str] = "T"
    cursor: ClassVar[str] = "text"

    def start(self) -> None:
        """Nothing drawn."""
        return

    def claims_handles(self, state: None) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: None) -> str:
        """Say what comes next."""
        return _("Text: click where the words belong, then type them.")

    def step(self, state: None, pointer: Pointer) -> Step:
        """Ask for the words when the button is let go."""
        if pointer.phase is not Phase.RELEASE:
            return Step(None)

        def finish(typed: str) -> Step:
            words = " ".join(typed.split())[:MOST_LETTERS]
            if not words:
                raise UserError(_("No text was typed."), _("Type some words, or press Esc."))
            return Step(
                None, commit=(draw(Kind.TEXT, (pointer.point,), pointer.scene, label=words),)
            )

        return Step(None, ask=Ask(_("Text on the image"), _("Text"), finish))
