"""Vertebrae: each click names the next one, above or below the nearest that is named."""

from __future__ import annotations

from typing import ClassVar

from tumorboard.annotations.model import Kind
from tumorboard.annotations.spine import named_among, next_vertebra, vertebra_named
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.tools.gesture import Ask, Phase, Pointer, Step, draw


class SpineTool:
    """Names vertebrae. The first is typed; where the next click lies says which way it goes."""

    name: ClassVar[str] = "spine"
    label: ClassVar[str] = _("Vertebrae")
    key: ClassVar[str] = "Shift+B"
    cursor: ClassVar[str] = "cross"

    def start(self) -> None:
        """Nothing drawn."""
        return

    def claims_handles(self, state: None) -> bool:
        """Leave a press on a handle to that handle."""
        return False

    def hint(self, state: None) -> str:
        """Say what comes next."""
        return _(
            "Vertebrae: click the first and type its name, then the next up or down. F2 renames."
        )

    def step(self, state: None, pointer: Pointer) -> Step:
        """Name a vertebra when the button is let go; ask for the name of the first."""
        if pointer.phase is not Phase.RELEASE:
            return Step(None)
        if not pointer.scene.is_placed:
            return Step(
                None, message=_("These pictures do not say where they lie: no vertebrae here.")
            )
        named = named_among(pointer.scene.existing)
        name = next_vertebra(pointer.point, named)
        if named and not name:
            return Step(None, message=_("The spine ends here: no vertebra follows."))
        if name and name in {known for known, _place in named}:
            return Step(
                None,
                message=_("{name} is named already. Drag it, or rename it by F2.", name=name),
            )
        if name:
            return self._named(name, pointer)

        def finish(typed: str) -> Step:
            first = vertebra_named(typed)
            if not first:
                raise UserError(
                    _("“{typed}” is no vertebra.", typed=typed.strip()),
                    _("Type C1 to C7, T1 to T13, L1 to L6 or S1 to S5."),
                )
            return self._named(first, pointer)

        return Step(None, ask=Ask(_("Vertebrae"), _("Which vertebra is it?"), finish, "L5"))

    def _named(self, name: str, pointer: Pointer) -> Step:
        drawn = draw(Kind.VERTEBRA, (pointer.point,), pointer.scene, label=name)
        return Step(None, commit=(drawn,))
