"""Entry point of ``python -m tumorboard`` and of a bundle, for the program and its children."""

import os
import sys

from tumorboard.children import CHILD, is_frozen


def main() -> int:
    """Run the program, or be one of its children."""
    if is_frozen():
        import multiprocessing

        multiprocessing.freeze_support()  # for pools of the standard library
    if sys.argv[1:2] == [CHILD]:
        from tumorboard.children import run

        run(sys.argv[2:])
        return 0
    _choose_language()
    from tumorboard.cli import main as command_line

    return command_line()


def _choose_language() -> None:
    """Speak what the settings say, before modules look their words up; a variable goes first."""
    from tumorboard import language

    if language.VARIABLE in os.environ:
        return
    from tumorboard.app.settings import Settings

    chosen = str(Settings()["language"])
    language.choose(language.of_the_system() if chosen == "system" else chosen)


if __name__ == "__main__":
    sys.exit(main())
