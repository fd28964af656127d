"""Entry point of ``python -m tumorboard`` and of a bundle, for the program and its children."""

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
    from tumorboard.cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
