"""The log of faults: a small file of the user's, without patient data."""

from __future__ import annotations

import logging
import logging.handlers
import traceback
from pathlib import Path
from types import TracebackType

import platformdirs

ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _PlaceOnly(logging.Formatter):
    """Formats exceptions as type and place in our code: their texts may quote a file."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - a name of logging
        """Return "KeyError at controller.py:120 < main_window.py:60"."""
        kind, __, trace = ei
        frames = traceback.extract_tb(trace)[::-1]
        places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in frames[:12])
        return f"{kind.__name__ if kind else 'fault'} at {places}"


def log_path() -> Path:
    """Return where the log is."""
    return Path(platformdirs.user_log_dir("tumorboard", appauthor=False)) / "tumorboard.log"


def start_log() -> None:
    """Send warnings and faults of the program to its log; without one, nowhere."""
    logger = logging.getLogger("tumorboard")
    if logger.handlers:
        return
    logger.propagate = False
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            log_path(), maxBytes=500_000, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_PlaceOnly(_FORMAT))
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
