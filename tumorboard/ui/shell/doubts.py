"""Tells a person once what nobody can tell for certain of what older versions stored."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tumorboard.app.doubts import doubts_to_tell, doubts_told
from tumorboard.language import _, ngettext
from tumorboard.ui.shell.table_dialog import TableDialog

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_SENTENCE = _(
    "What is drawn now belongs to the very pictures it was drawn on. Of the following an older "
    "version did not note enough to be certain. Nothing of it was changed: look at each once. "
    "The command verify lists them again."
)


def tell_doubts(host: Host) -> None:
    """Say that some things want a look, until somebody has opened the list."""
    found = doubts_to_tell(host.session)
    if found:
        host.say(
            ngettext(
                "{count} thing that an older version stored should be looked at.",
                "{count} things that an older version stored should be looked at.",
                len(found),
            ),
            state="warning",
            more=partial(_show, host, found),
        )


def _show(host: Host, found: tuple[tuple[str, str], ...]) -> None:
    title, heads = _("To be looked at"), (_("Case"), _("What"))
    TableDialog(title, _SENTENCE, heads, found, host.parent_widget).open()
    host.attempt(lambda: doubts_told(host.session))
