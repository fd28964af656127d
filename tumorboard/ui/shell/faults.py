"""Faults of the program inside the running window: logged, said in a sentence, survived."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable
from types import TracebackType

from tumorboard.language import _

_LOG = logging.getLogger(__name__)


ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def fault_sentence(fault: BaseException | ExceptionInfo) -> str:
    """Log a fault under a reference number and return the sentence that names it."""
    reference = secrets.token_hex(3).upper()
    _LOG.error("fault %s", reference, exc_info=fault)
    return _(
        "Something went wrong inside the program (reference {reference}). "
        "What was stored before is safe; go on working or open the case again.",
        reference=reference,
    )


def catch_faults(say: Callable[[str], object]) -> None:
    """Send every exception that nothing caught to the log and one sentence to ``say``.

    Qt calls our code from its event loop; an exception there reaches the hook set here.
    """

    def handle(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        say(fault_sentence((kind, error, trace)))

    sys.excepthook = handle
