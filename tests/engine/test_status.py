"""New, active, changed, fading: from the days alone."""

from dataclasses import replace

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.pattern import Status
from custom_components.pattern_intelligence.engine.status import status_of

from .test_life import finding

LAST = 1000
FIRST = LAST - 62


def _status(matched: list[int], times: list[float] | None = None) -> Status:
    """Return the status of a habit of which 63 days were eligible."""
    found = replace(
        finding(400),
        eligible=np.arange(FIRST, LAST + 1),
        matched=np.array(matched),
        times=np.array(times if times is not None else [0.0] * len(matched)),
    )
    return status_of(found, FIRST, LAST)


def test_it_is_new_for_four_weeks() -> None:
    """Whatever else it does."""
    assert status_of(finding(400), LAST - 27, LAST) is Status.NEW
    assert status_of(finding(400), LAST - 28, LAST) is Status.ACTIVE


@pytest.mark.parametrize(
    ("recent", "expected"),
    [(0, Status.FADING), (3, Status.FADING), (10, Status.ACTIVE), (18, Status.ACTIVE)],
)
def test_it_fades_when_it_is_surely_less_than_half(
    recent: int, expected: Status
) -> None:
    """Before, it was kept on 36 of 42 days."""
    earlier = list(range(FIRST, FIRST + 36))
    assert _status([*earlier, *range(LAST - recent + 1, LAST + 1)]) is expected


def test_it_changed_when_its_time_moved_beyond_its_spread() -> None:
    """Forty minutes later for three weeks, among a spread of ten."""
    days = list(range(FIRST, LAST + 1))
    spread = [(-5.0, 0.0, 5.0)[n % 3] for n in range(63)]
    moved = [time + (40 if n >= 42 else 0) for n, time in enumerate(spread)]
    assert _status(days, spread) is Status.ACTIVE
    assert _status(days, moved) is Status.CHANGED


def test_a_move_does_not_hide_itself() -> None:
    """An hour later from the day before the recent ones on: its spread is still ten."""
    days = list(range(FIRST, LAST + 1))
    moved = [(-5.0, 0.0, 5.0)[n % 3] + (60 if n >= 41 else 0) for n in range(63)]
    assert _status(days, moved) is Status.CHANGED


def test_a_move_within_its_spread_is_none() -> None:
    """Twenty minutes are nothing to a habit that spreads over two hours."""
    days = list(range(FIRST, LAST + 1))
    wide = [float((n * 37) % 120) + (20 if n >= 42 else 0) for n in range(63)]
    assert _status(days, wide) is Status.ACTIVE
