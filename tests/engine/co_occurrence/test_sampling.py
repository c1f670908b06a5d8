"""A sample is as the whole, whatever recurs in it."""

import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    HOUR_MS,
    Instants,
)
from custom_components.pattern_intelligence.engine.co_occurrence.sampling import (
    SAMPLE,
    sampled,
    slack,
)


def asked(instants: Instants) -> NDArray[np.intp]:
    """Return which of the happenings of a single kind are asked."""
    return sampled(instants, np.zeros(instants.size, np.int64))


def test_each_kind_is_asked_by_itself() -> None:
    """As if there were no others, before it or after it."""
    many = np.arange(1000) * 7919
    kind = np.repeat([0, 1, 2, 3], [5, 1000, SAMPLE, 1000])
    instants = np.concatenate([many[:5], many, many[:SAMPLE], many * 3])
    found = [
        (sampled(instants, kind)[kind[sampled(instants, kind)] == k]) for k in range(4)
    ]
    assert found[0].tolist() == list(range(5))
    assert found[1].tolist() == (asked(many) + 5).tolist()
    assert found[2].size == SAMPLE
    assert found[3].tolist() == (asked(many * 3) + 1005 + SAMPLE).tolist()


def test_few_are_all_asked() -> None:
    """And then nothing is left to luck."""
    assert sampled(np.arange(SAMPLE), np.zeros(SAMPLE, np.int64)).tolist() == list(
        range(SAMPLE)
    )
    assert slack(SAMPLE, 0.3) == 0
    assert slack(SAMPLE + 1, 0.3) == pytest.approx(3 * (0.3 * 0.7 / SAMPLE) ** 0.5)


@pytest.mark.parametrize("period", range(2, 9))
def test_whatever_recurs_is_asked_as_often_as_it_happens(period: int) -> None:
    """Within four standard errors of the share, for each place in each rhythm."""
    instants = np.arange(63 * 24) * HOUR_MS + 1_767_571_200_000
    places = asked(instants)
    assert places.size == np.unique(places).size == SAMPLE
    shares = np.bincount(places % period, minlength=period) / SAMPLE
    error = (1 / period * (1 - 1 / period) / SAMPLE) ** 0.5
    assert np.abs(shares - 1 / period).max() < 4 * error


def test_the_same_are_asked_tomorrow() -> None:
    """But for those that the day more takes the place of."""
    instants = np.arange(62 * 24) * HOUR_MS
    today = set(instants[asked(instants)].tolist())
    longer = np.arange(63 * 24) * HOUR_MS
    tomorrow = set(longer[asked(longer)].tolist())
    assert {at for at in tomorrow if at < 62 * DAY_MS} <= today


def test_as_many_are_asked_where_hashes_happen_to_be_large() -> None:
    """Those that were not asked, asked again: the least of what is left."""
    every = np.arange(4000) * HOUR_MS
    left = np.delete(every, asked(every))
    assert asked(left).size == SAMPLE
