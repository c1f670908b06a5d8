"""Who has seen some days of a thing takes it for one of the others."""

import numpy as np
import pytest

from benchmarks.seen_days import chance_by_days

OFTEN = np.array([1] * 8 + [0] * 2)
SELDOM = np.array([1] * 2 + [0] * 8)


def used(days: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """Return the share of days with a use."""
    return float((days > 0).mean())


@pytest.mark.parametrize(
    ("own", "odds"),
    [
        # Two days of no use: 8 and a bit of 11 squared, against 2 and a bit.
        ([0, 0, 0, 0], (2.0125 / 8.0125) ** 2),
        ([1, 1, 1, 1], (8.0125 / 2.0125) ** 2),
        ([0, 1, 1, 0], 1.0),
        # Of three stretches the one in the middle.
        ([0, 0, 0, 1, 1, 1], 1.0),
    ],
)
def test_it_is_one_of_the_others(own: list[int], odds: float) -> None:
    """One is used on eight of ten days, one on two; the odds are those of the first."""
    found = chance_by_days(np.array(own), [OFTEN, SELDOM], used, 2)
    assert found == pytest.approx((0.8 * odds + 0.2) / (odds + 1))


def test_days_that_are_left_over_are_not_seen() -> None:
    """Five days are two stretches of two."""
    odd = chance_by_days(np.array([0, 0, 0, 0, 1]), [OFTEN, SELDOM], used, 2)
    assert odd == chance_by_days(np.zeros(4, np.int64), [OFTEN, SELDOM], used, 2)


def test_more_than_can_be_told_apart_is_as_much_as_that() -> None:
    """A hundred uses and a thousand are both many."""
    busy = np.full(10, 100)
    found = chance_by_days(np.full(4, 1000), [busy, SELDOM], used, 2)
    assert found > 0.999
