"""What leaves the program about a case: who it may name, and under which file name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tumorboard.case.model import Patient
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.reports.identity import UNDECIDED, WITHHELD, Withholding

#: What a file system, or a person reading a name, does not like.
_AWKWARD: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


def file_name(label: str, ending: str, people: Sequence[Patient], *, with_identity: bool) -> str:
    """Return the proposed name of a file about a case; without identity it names nobody."""
    told = label if with_identity else Withholding(people)(label).replace(WITHHELD, "")
    words = " ".join(_AWKWARD.sub(" ", told.replace(UNDECIDED, "")).split()).strip(". ")
    return f"{words or 'case'}.{ending}"


def tells(people: Sequence[Patient], name: str) -> bool:
    """Whether the name of a file names somebody.

    A word that is a name too is a word there, but not beside all other parts of that name.
    """
    said = set(_words(name))
    whole = (set(_words(patient.name)) for patient in people)
    return Withholding(people).of_staff(name) != name or any(
        len(parts) > 1 and parts <= said for parts in whole
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def check_name(path: Path, people: Sequence[Patient], *, with_identity: bool) -> None:
    """Refuse the name of a file that tells who a case is about when identity is not wanted.

    Raises
    ------
    UserError
        With what to do about it.

    """
    if not with_identity and tells(people, path.name):
        raise UserError(
            _("The name of the file tells who the patient is."),
            _("Choose another name, or have identity in it."),
        )
