"""One habit, one pattern: what a larger pattern explains is tied to it."""

from __future__ import annotations

from collections.abc import Sequence

from .home import Home
from .pattern import Finding


def tie(findings: Sequence[Finding], home: Home) -> list[Finding]:
    """Return the findings that stand for themselves, in their order.

    Args:
        findings: of all detectors.
        home: the context.
    """
    return list(findings)
