"""What coverage says at the least is never more than the days there are."""

from datetime import date, timedelta

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.co_occurrence.crossday import Days
from custom_components.pattern_intelligence.engine.co_occurrence.manners import LAGS_MS
from custom_components.pattern_intelligence.engine.co_occurrence.stream import Stream
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, window_of

FIRST = date(2026, 3, 23)
"""Six days before the clock is put forward."""


def busy(seed: int) -> Window:
    """Return three weeks of two things that happen at any time, each a few times."""
    random = np.random.default_rng(seed)
    rows = [
        Row(str(midnight + np.timedelta64(int(second), "s")), entity_id, state)
        for day in range(21)
        for midnight in [np.datetime64((FIRST + timedelta(days=day)).isoformat(), "s")]
        for entity_id in ("select.a", "select.b")
        for second, state in zip(
            np.sort(random.integers(0, 86_400, 24)), "xyzw" * 6, strict=True
        )
    ]
    return window_of(raw_days(FIRST, FIRST + timedelta(days=20), rows))


@pytest.mark.parametrize("seed", range(4))
def test_a_bound_is_below_what_each_occasion_says_for_itself(seed: int) -> None:
    """And not by much: a cell is a sixth of the longest lag."""
    stream = Stream(Days.of(busy(seed)))
    coverage = stream.coverage
    keys = np.flatnonzero(stream.effects).tolist()
    bounds, exact = 0, 0
    for cause in keys:
        rows = stream.occasions(cause)
        day, offset = stream.day[rows], stream.offset[rows]
        least = coverage.would(keys, coverage.by_cell(day, offset), rows.size)
        for effect, bound in zip(keys, least, strict=True):
            would = stream.mask(cause, effect, len(LAGS_MS) - 1).at(offset)
            days = int(np.bitwise_count(would & stream.days.alike[day]).sum())
            assert bound <= days
            bounds, exact = bounds + bound + rows.size, exact + days
    assert bounds > 0.7 * exact
