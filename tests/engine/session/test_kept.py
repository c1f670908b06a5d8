"""What is said of when a session starts, with and without one of its sittings."""

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.session.kept import (
    RARE,
    RECENT_SITTINGS,
    stated_by_others,
    stated_by_recent,
)

MINUTE_MS = 60_000


def inside(begin: list[float], begun: list[float] | None = None) -> list[bool]:
    """Tell which recent sittings begin when all the others would say."""
    first, all_begun = np.array(begin), np.array(begun or begin)
    low, high = stated_by_others(first, all_begun)
    at = np.rint(first[-low.size :] * MINUTE_MS)
    found: list[bool] = ((low <= at) & (at <= high)).tolist()
    return found


def test_all_but_one_in_twenty_on_either_side_are_within_what_is_said() -> None:
    """Of 21, one a minute, the second and the one before the last are the ends."""
    minutes = np.array([1200.0 + minute for minute in range(21)])
    assert stated_by_recent(minutes, minutes) == pytest.approx((1201, 1219))
    # Five minutes later all have begun.
    assert stated_by_recent(
        minutes, np.array([1205.0 + m for m in range(21)])
    ) == pytest.approx((1201, 1224))


def test_what_is_said_suits_the_sittings_it_is_made_of_too_well() -> None:
    """Of 21 it has 19; without itself each of the outer two on either side is out.

    The other twenty of the second one are 0, 2, 3, ...: a twentieth of the way from
    the first to the last of them, 0.95 places on, is at 1.9, which is after 1. For the
    third they are 0, 1, 3, ...: at 0.95.
    """
    order = np.random.default_rng(1).permutation(21)
    kept = dict(zip(order.tolist(), inside((1200.0 + order).tolist()), strict=True))
    assert [place for place in range(21) if not kept[place]] == [0, 1, 19, 20]


def test_the_one_before_takes_the_place_of_one_that_is_left_out() -> None:
    """Of 40, the last 28 are held against 28 others, those before against none."""
    rng = np.random.default_rng(2)
    begin = rng.normal(1200, 30, 40)
    begun = begin + rng.uniform(0, 20, 40)
    low, high = stated_by_others(begin, begun)
    assert low.size == high.size == RECENT_SITTINGS
    for place in range(RECENT_SITTINGS):
        own = 40 - RECENT_SITTINGS + place
        others = [at for at in range(40) if at != own][-RECENT_SITTINGS:]
        earliest = np.percentile(begin[others], RARE)
        latest = np.percentile(begun[others], 100 - RARE)
        assert low[place] == round(earliest * MINUTE_MS)
        assert high[place] == round(latest * MINUTE_MS)


def test_what_is_said_never_ends_before_it_begins() -> None:
    """Where all begin at once it is a moment."""
    low, high = stated_by_others(np.full(6, 1200.0), np.full(6, 1200.0))
    assert set((high - low).tolist()) == {0}
