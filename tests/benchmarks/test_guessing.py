"""Guessing the next happening: from patterns alone, from frequency, from a chain."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from benchmarks.guessing import Guesses, guess_rates
from custom_components.pattern_intelligence.engine.pattern import PatternType, Spread
from custom_components.pattern_intelligence.engine.window import Key, Window
from tests.engine.builders import Row, raw_days, window_of
from tests.engine.test_life import finding

FIRST = date(2026, 3, 2)


def _window(first: date, days: int) -> Window:
    """Return days on which a door opens and closes, a light follows, then a fan."""
    rows = []
    for number in range(days):
        day = first + timedelta(days=number)
        for hour in (8, 18):
            rows += [
                Row(f"{day}T{hour:02d}:00", "binary_sensor.door", "on"),
                Row(f"{day}T{hour:02d}:01", "binary_sensor.door", "off"),
                Row(f"{day}T{hour:02d}:02", "script.light", "on"),
                Row(f"{day}T{hour:02d}:03", "script.light", "off"),
            ]
        rows.append(Row(f"{day}T20:00", "script.fan", "on"))
        rows.append(Row(f"{day}T20:01", "script.fan", "off"))
    return window_of(raw_days(first, first + timedelta(days=days - 1), rows))


LEARNED = _window(FIRST, 10)
HELD_OUT = _window(FIRST + timedelta(days=10), 4)
"""Twenty things begin, so nineteen are guessed: 8 lights, 4 fans, 7 doors."""

LINK = replace(
    finding(0),
    type=PatternType.CO_OCCURRENCE,
    entities=(Key("binary_sensor.door", "on"), Key("script.light", "on")),
    when=None,
    lag_s=Spread(120, 120, 120),
    times=np.zeros(0),
    details={"next": 1.0},
)


def test_rates_are_counted_by_hand() -> None:
    """Frequency guesses one of the two common things, the chain all but fans."""
    rates = guess_rates(LEARNED, HELD_OUT, [LINK])
    # After each door comes its light; otherwise the door, which patterns name most
    # next to the light, is guessed first or second.
    assert rates.patterns[0] >= 8 / 19
    assert rates.patterns[1] == pytest.approx(15 / 19)
    assert rates.frequency[0] in (pytest.approx(8 / 19), pytest.approx(7 / 19))
    assert rates.frequency[1] == 1.0
    # After a light: once a door, once a fan; the chain takes one, and all else is sure.
    assert rates.chain[0] == pytest.approx(15 / 19)


def test_a_time_that_was_seen_is_not_due_again() -> None:
    """The fan at 20:00 is guessed after the evening's light, and not after itself."""
    evening = finding(20 * 60)
    assert evening.when is not None
    fan = replace(evening, entities=(Key("script.fan", "on"),))
    late = _window(FIRST + timedelta(days=10), 1)
    assert guess_rates(LEARNED, late, [LINK]).patterns[1] < 1.0
    assert guess_rates(LEARNED, late, [LINK, fan]).patterns[1] == 1.0


def test_without_patterns_nothing_is_guessed() -> None:
    """What was not published is not known."""
    assert guess_rates(LEARNED, HELD_OUT, []).patterns == (0.0, 0.0)


def test_homes_count_alike() -> None:
    """The mean over homes, however much happens in them."""
    one, other = ((0.2, 0.4),) * 3, ((0.4, 0.8),) * 3
    mean = Guesses.mean([Guesses(*one), Guesses(*other)])
    assert mean.chain == pytest.approx((0.3, 0.6))
    assert "chain 30/60" in str(mean)
