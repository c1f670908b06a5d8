"""One history in two places: each day is read where most is known of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from custom_components.pattern_intelligence.engine.rawday import (
    NO_COUNTS,
    Counts,
    RawDay,
)
from custom_components.pattern_intelligence.sources.base import Meter
from custom_components.pattern_intelligence.sources.succession import Succession

HOUR = 3_600_000


class Listed:
    """A source of listed days, whose rows tell which source they are of."""

    def __init__(
        self,
        name: str,
        extent: tuple[int, int] | None,
        silent: Collection[int] = (),
    ) -> None:
        """Take the days of a month."""
        self._name, self._extent, self._silent = name, extent, silent
        self.read_days: list[int] = []

    def extent(self) -> tuple[date, date] | None:
        """Return the first and the last day."""
        return (june(self._extent[0]), june(self._extent[1])) if self._extent else None

    def silent(self) -> Collection[date]:
        """Return the silent days."""
        return [june(day) for day in self._silent]

    def read(self, day: date, carried: Mapping[str, str] = {}) -> RawDay:
        """Return a day on which nothing happened, of a state named like the source."""
        self.read_days.append(day.day)
        nothing = np.zeros(0, np.int32)
        return RawDay(
            *(day, 0, 24 * HOUR, (), (self._name,), nothing, nothing),
            *(np.zeros(0, np.int64), np.zeros(0, np.int16), nothing, ("",), ()),
        )


class Meters:
    """What two meters counted, one of them nothing."""

    def meters(self) -> Sequence[Meter]:
        """Return the meters."""
        return [Meter(7, "sensor.water", "L"), Meter(8, "sensor.energy", "kWh")]

    def begun(self, meters: Sequence[Meter]) -> date | None:
        """Return the first day."""
        return june(1)

    def counted(self, meter: Meter, first: date, before: date) -> Counts:
        """Return so many thousandths as the day has in June."""
        assert before == first + timedelta(days=1)
        return Counts(
            ((meter.entity_id, meter.unit),),
            np.zeros(1, np.int32),
            np.array([meter.number * HOUR]),
            np.array([first.day]),
        )


class NoMeters(Meters):
    """Nothing is metered."""

    def meters(self) -> Sequence[Meter]:
        """Return no meter."""
        return []


def june(day: int) -> date:
    """Return a day of a June."""
    return date(2026, 6, day)


def both(past: Listed, recent: Listed) -> Succession:
    """Return a succession without meters."""
    return Succession(past, recent, NoMeters())


def test_days_are_read_where_most_is_known() -> None:
    """From the first day of the recent one on, there."""
    source = both(Listed("old", (1, 20)), Listed("new", (15, 25)))
    assert source.extent() == (june(1), june(25))
    found = {day: source.read(june(day)).states for day in (1, 14, 15, 25)}
    assert found == {1: ("old",), 14: ("old",), 15: ("new",), 25: ("new",)}
    assert source.since == june(15)


def test_it_need_not_be_asked_for_its_extent_first() -> None:
    """A day says the same."""
    source = both(Listed("old", (1, 20)), Listed("new", (15, 25)))
    assert source.read(june(20)).states == ("new",)


def test_only_one_of_them() -> None:
    """The other one has no complete day, or neither has."""
    assert both(Listed("old", (1, 20)), Listed("new", None)).extent() == (
        june(1),
        june(20),
    )
    assert both(Listed("old", None), Listed("new", (15, 25))).extent() == (
        june(15),
        june(25),
    )
    assert both(Listed("old", None), Listed("new", None)).extent() is None
    source = both(Listed("old", (1, 20)), Listed("new", None))
    assert source.read(june(20)).states == ("old",)


def test_days_that_nobody_tells_of() -> None:
    """Between both, and those on which the one that is read was silent."""
    source = both(Listed("old", (1, 10), [3, 4, 16]), Listed("new", (14, 25), [5, 20]))
    assert sorted(source.silent()) == [june(n) for n in (3, 4, 11, 12, 13, 20)]


def test_what_meters_counted() -> None:
    """Is added to days of the past, by meter."""
    source = Succession(Listed("old", (1, 20)), Listed("new", (15, 25)), Meters())
    counts = source.read(june(9)).counts
    assert counts.meters == (("sensor.energy", "kWh"), ("sensor.water", "L"))
    # The water meter, 7, comes first, and is the second of the names.
    assert counts.meter.tolist() == [1, 0]
    assert counts.instant.tolist() == [7 * HOUR, 8 * HOUR]
    assert counts.amount.tolist() == [9, 9]
    assert source.read(june(20)).counts == NO_COUNTS
    plain = both(Listed("old", (1, 20)), Listed("new", (15, 25)))
    assert plain.read(june(9)).counts == NO_COUNTS
