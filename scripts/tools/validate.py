"""The entry of ``scripts/validate``."""

import sys

from .offline import without_home_assistant

if __name__ == "__main__":
    without_home_assistant()

    from .validating import main

    sys.exit(main())
