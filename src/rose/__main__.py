"""`python -m rose` is the command line."""

import sys

from rose.cli.command_line import main

if __name__ == "__main__":
    sys.exit(main())
