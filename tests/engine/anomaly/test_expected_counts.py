"""How many uses were to be expected on a day, as all other days have it."""

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.anomaly.count_model import CountModel
from custom_components.pattern_intelligence.engine.anomaly.expected_counts import (
    expected_counts,
)
from custom_components.pattern_intelligence.engine.evidence import Floats


def expected(counts: list[int], free: list[bool] | None = None) -> Floats:
    """Return what is expected of one lamp's days, of which the last is judged."""
    number = len(counts)
    known = np.ones((1, number), bool)
    known[0, -1] = False
    found: Floats = expected_counts(
        np.array([counts]),
        known,
        np.ones((1, number)),
        np.zeros(number, np.int64),
        np.array(free or [False] * number),
        ["light.a"],
    )[0]
    return found


def test_a_past_day_is_told_by_the_others() -> None:
    """21 uses on seven days: three a day, with one more on a third of a day for it.

    Without the day of nine it is 13 on six and a third, without one of two it is 20.
    """
    found = expected([2, 2, 2, 9, 2, 2, 2, 0])
    assert found[3] == pytest.approx(13 / (19 / 3))
    assert np.delete(found, 3)[:-1] == pytest.approx(20 / (19 / 3))
    assert found[-1] == pytest.approx(3.0)


def test_a_weekend_of_its_own_does_not_explain_itself() -> None:
    """Once on workdays, six times on free days but one: that had thirty.

    With it free days have twelve on average; of itself it is not to be expected so.
    """
    week = [1, 1, 1, 1, 1, 6, 6]
    counts = [*week * 4, 0]
    free = [*([False] * 5 + [True] * 2) * 4, True]
    counts[26] = 30
    found = expected(counts, free)
    others = [at for at, off in enumerate(free[:-1]) if off and at != 26]
    assert found[26] < 7.5
    assert found[others].min() > 8.5


def test_a_thing_says_nothing_of_its_own_prior() -> None:
    """Forty uses on every tenth day: alone in a home nothing else is known of it."""
    counts = np.array([[40 if day % 10 == 0 else 0 for day in range(60)]])
    known = np.ones(counts.shape, bool)
    model = CountModel.fitted(counts, known, np.full(counts.shape, 4.0), ["light.a"])
    prior = np.exp(model.log_prior[0])
    assert prior == pytest.approx(np.full(prior.size, prior[0]))
