"""Starts processes that draw without end and tell what was acknowledged; killed from outside.

The program is loaded once; each drawing process is forked from there. ``start``, the folder of a
store and a file, divided by tabs, prints the number of a new process; ``end`` and that number
waits for its end and prints how it came. A process writes a line to its file for each step that
was acknowledged: ``put UID``, ``cut UID``, ``undo`` or ``fact N``.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from tests.store.samples import ANNA, annotation
from tumorboard.annotations.model import new_uid
from tumorboard.app.session import Session
from tumorboard.store.database import Store


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def work(folder: Path) -> None:
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


def fork(folder: str, told: str) -> int:
    """Start a process that draws; return its number."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), sys.stdout.fileno())
        work(Path(folder))
    finally:  # it never comes here unless something went wrong
        traceback.print_exc()
        os._exit(1)


def serve() -> None:
    for line in sys.stdin:
        verb, *words = line.rstrip("\n").split("\t")
        if verb == "start":
            say(str(fork(*words)))
        else:
            _, status = os.waitpid(int(words[0]), 0)
            say(str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    serve()
