"""A sample is as the whole, whatever recurs in it."""

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import DAY_MS, HOUR_MS
from custom_components.pattern_intelligence.engine.co_occurrence.sampling import (
    SAMPLE,
    sampled,
    slack,
)


def test_few_are_all_asked() -> None:
    """And then nothing is left to luck."""
    assert sampled(np.arange(SAMPLE)).tolist() == list(range(SAMPLE))
    assert slack(SAMPLE, 0.3) == 0
    assert slack(SAMPLE + 1, 0.3) == pytest.approx(3 * (0.3 * 0.7 / SAMPLE) ** 0.5)


@pytest.mark.parametrize("period", range(2, 9))
def test_whatever_recurs_is_asked_as_often_as_it_happens(period: int) -> None:
    """Within four standard errors of the share, for each place in each rhythm."""
    instants = np.arange(63 * 24) * HOUR_MS + 1_767_571_200_000
    places = sampled(instants)
    assert places.size == np.unique(places).size == SAMPLE
    asked = np.bincount(places % period, minlength=period) / SAMPLE
    error = (1 / period * (1 - 1 / period) / SAMPLE) ** 0.5
    assert np.abs(asked - 1 / period).max() < 4 * error


def test_the_same_are_asked_tomorrow() -> None:
    """But for those that the day more takes the place of."""
    instants = np.arange(62 * 24) * HOUR_MS
    today = set(instants[sampled(instants)].tolist())
    longer = np.arange(63 * 24) * HOUR_MS
    tomorrow = set(longer[sampled(longer)].tolist())
    assert {at for at in tomorrow if at < 62 * DAY_MS} <= today
