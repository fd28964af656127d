"""Draws without end and tells each thing that was acknowledged; killed from outside.

Prints ``ready`` once the program is loaded, then one line for each step that was
acknowledged: ``put UID``, ``cut UID``, ``undo`` or ``fact N``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.store.samples import ANNA, annotation
from tumorboard.annotations.model import new_uid
from tumorboard.app.session import Session
from tumorboard.store.database import Store


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def work(folder: Path) -> None:
    say("ready")
    with Store(folder) as store:
        session = Session(store, "Dr Sample")
        listed = session.cases()
        if listed:
            session.open_case(listed[0].uid)
        else:
            session.new_case("A", ANNA)
        number = 0
        while True:
            number += 1
            draw(session, number)


def draw(session: Session, number: int) -> None:
    """One acknowledged gesture; each seventh is taken away again, each fifth undone."""
    uid = new_uid()
    session.put_annotation(annotation(uid, x=number / 3))
    if number % 7 == 0:
        session.delete_annotation(uid)
        say(f"cut {uid}")
    elif number % 5 == 0:
        session.undo()
        say("undo")
    else:
        say(f"put {uid}")
    if number % 3 == 0:
        session.set_fact("metastasis_count", number)
        say(f"fact {number}")


if __name__ == "__main__":
    work(Path(sys.argv[1]))
