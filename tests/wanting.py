"""Tests that want a part which a machine may not have: skipped, and counted."""

from collections import Counter
from collections.abc import Iterable
import re
from typing import NoReturn

import pytest

_REASON = re.compile(r"for want of (?P<what>.+?): ")


def skip_for_want_of(what: str, why: str) -> NoReturn:
    """Skip the test that runs.

    Args:
        what: what there is none of, as the last lines of the run name it.
        why: why there is none, and what would help.
    """
    pytest.skip(f"for want of {what}: {why}")


def wanting(reports: Iterable[pytest.TestReport]) -> Counter[str]:
    """Return how many of the tests that were skipped were so for want of what."""
    return Counter(
        found["what"]
        for report in reports
        if isinstance(report.longrepr, tuple)
        and (found := _REASON.search(report.longrepr[2]))
    )
