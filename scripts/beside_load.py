"""Runs a command beside programs that keep the processor busy: BUSY COMMAND [ARGUMENT ...]."""

from __future__ import annotations

import os
import subprocess
import sys


def main() -> int:
    """Return what the command returns."""
    count, *command = sys.argv[1:]
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(int(count))]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": ""}
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        for program in busy:
            program.kill()
            program.wait()


if __name__ == "__main__":
    sys.exit(main())
