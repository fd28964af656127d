"""Entry point of ``python -m tumorboard``."""

import sys

from tumorboard.cli import main

if __name__ == "__main__":
    sys.exit(main())
