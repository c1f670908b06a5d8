"""What a recorded home would have been told is what the integration tells it."""

from datetime import timedelta

from benchmarks.learned import chosen, days_of, lived_with
from benchmarks.lives import told_on
from benchmarks.simulator import simulate

TYPES = ("time_of_day", "co_occurrence", "day_type")


def test_it_is_told_what_the_runner_tells() -> None:
    """To the last figure, on a Sunday as on a weekday, corrections included."""
    home = simulate(3, 31, rows_per_day=0)
    dates = [home.first_day + timedelta(days=number - 1) for number in (24, 31)]
    told = told_on(days_of(home), chosen(TYPES), set(dates))
    assert [told[day] for day in dates] == lived_with(home, (24, 31), TYPES)
    assert any(told.values())
