"""As strong as an alarm is what a month expects as many of, whatever its kind."""

import pytest

from custom_components.pattern_intelligence.engine.anomaly.alarms import First, together

PAID = [First((), 0.2, 0.2), First((), 0.3, 0.2)]
"""Two tenths for what is watched first, one more for what comes after."""


@pytest.mark.parametrize(
    ("measured", "often"),
    [(0.0, 0.0), (0.05, 0.05), (0.19, 0.19), (0.2, 0.5), (0.25, 0.55)],
)
def test_a_measured_alarm_counts_what_is_as_strong(
    measured: float, often: float
) -> None:
    """Below 0.2 only what is measured; from there on all that never was before."""
    assert together(PAID, measured) == pytest.approx(often)


def test_without_anything_that_never_was_there_is_what_is_measured() -> None:
    """All of the budget is left for it."""
    assert together([], 0.5) == 0.5
