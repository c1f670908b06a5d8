"""One history in two places: each day is read where most is known of it."""

from datetime import date

import numpy as np

from custom_components.pattern_intelligence.engine.rawday import NO_COUNTS, Counts
from custom_components.pattern_intelligence.sources.succession import (
    Extent,
    Succession,
    joined,
)

HOUR = 3_600_000


def june(day: int) -> date:
    """Return a day of a June."""
    return date(2026, 6, day)


def span(first: int, last: int) -> Extent:
    """Return the days of a June from one to another."""
    return june(first), june(last)


def test_days_are_read_where_most_is_known() -> None:
    """From the first day of the recent one on, there."""
    both = Succession(span(1, 20), span(15, 25))
    assert both.extent == span(1, 25)
    assert both.since == june(15)
    found = {day: both.is_recent(june(day)) for day in (1, 14, 15, 25)}
    assert found == {1: False, 14: False, 15: True, 25: True}


def test_only_one_of_them() -> None:
    """The other one has no complete day, or neither has."""
    assert Succession(span(1, 20), None).extent == span(1, 20)
    assert Succession(None, span(15, 25)).extent == span(15, 25)
    assert Succession(None, None).extent is None
    assert not Succession(span(1, 20), None).is_recent(june(20))


def test_days_that_nobody_tells_of() -> None:
    """Between both, and those on which the one that is read was silent."""
    both = Succession(span(1, 10), span(14, 25))
    silent = both.silent([june(3), june(4), june(16)], [june(5), june(20)])
    assert sorted(silent) == [june(n) for n in (3, 4, 11, 12, 13, 20)]


def counted(entity_id: str, unit: str, amount: int) -> Counts:
    """Return what a meter counted in the hour that has as many thousandths."""
    return Counts(
        ((entity_id, unit),),
        np.zeros(1, np.int32),
        np.array([amount * HOUR]),
        np.array([amount]),
    )


def test_what_meters_counted() -> None:
    """Is one table of all of them."""
    counts = joined(
        [counted("sensor.water", "L", 7), counted("sensor.energy", "kWh", 8)]
    )
    assert counts.meters == (("sensor.energy", "kWh"), ("sensor.water", "L"))
    # The water meter comes first, and is the second of the names.
    assert counts.meter.tolist() == [1, 0]
    assert counts.instant.tolist() == [7 * HOUR, 8 * HOUR]
    assert counts.amount.tolist() == [7, 8]
    assert joined([]) == NO_COUNTS
    assert joined([NO_COUNTS]) == NO_COUNTS
