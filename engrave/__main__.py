"""`python -m engrave`: the same as the command `engrave`."""

import sys

from engrave.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
