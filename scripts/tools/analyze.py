"""The entry of ``scripts/analyze``."""

import sys

from .offline import without_home_assistant

if __name__ == "__main__":
    without_home_assistant()

    from .analysis import main

    sys.exit(main())
