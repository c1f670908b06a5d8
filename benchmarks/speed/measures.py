"""What is measured, on which data, and against which budget."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from .big_home import Size
from .data import Data, in_own_process

#: Households of the home that has about 400 entities, and of the one that tracks so
#: many.
_HOUSES: Final = 3
_TRACKING_400: Final = 6

#: Days recorded. The last is a Wednesday, an ordinary night; on the Sunday before it
#: a week completes and the life of patterns is told.
_DAYS: Final = 91
_WEDNESDAY: Final = 90
_SUNDAY: Final = 87

_BATCH_DAYS: Final = 30
_YEAR_DAYS: Final = 365
_LIVED_DAYS: Final = 28
USUAL: Final = Size(_HOUSES, _DAYS, 100_000, 31)
TRACKING: Final = Size(_TRACKING_400, _DAYS, 100_000, 1)
WATCHED: Final = Size(_HOUSES, _DAYS, 100_000, 1, watched=True)
MILLION: Final = Size(_HOUSES, _DAYS, 1_000_000, 1)

#: The rows and the households whose nights tell how the cost grows.
_MORE_ROWS: Final = (10_000, 30_000, 100_000, 300_000)
_MORE_HOUSES: Final = (1, 3, 12, 37)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out, each figure the median of several processes.

    Attributes:
        title: what was done, on what.
        result: seconds and MB above idle by phase, and facts.
        seconds: the budget, if there is one.
        memory: the budget in MB above idle, if there is one.
    """

    title: str
    result: dict[str, Any]
    seconds: float | None = None
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """Measures, each time in a fresh process.

    Attributes:
        data: what is measured on.
        repeat: how often each thing is measured.
        say: told what is being measured.
    """

    data: Data
    repeat: int
    say: Callable[[str], None]

    def nights(self) -> Iterator[Measured]:
        """Learn one more day and report, as it is done every night."""
        yield self._night(USUAL, _WEDNESDAY, "an ordinary night", 2.0, 60.0)
        yield self._night(USUAL, _SUNDAY, "a Sunday night: a week completes", 2.0, 60.0)
        yield self._night(TRACKING, _WEDNESDAY, "twice the home", None, None)
        yield self._night(
            WATCHED, _WEDNESDAY, "most rows are of tracked entities", None, None
        )

    def batch(self) -> Iterator[Measured]:
        """Do it from the raw events of 30 days, as it would be done every night."""
        order = {
            "probe": "batch",
            "recording": str(self.data.recording(USUAL)),
            "day": _WEDNESDAY,
            "days": _BATCH_DAYS,
        }
        title = f"the batch way: {_BATCH_DAYS} days of raw events"
        yield Measured(title, self._median(order, title))

    def million(self) -> Iterator[Measured]:
        """Learn a day of a million rows."""
        yield self._night(MILLION, _WEDNESDAY, "a day of 1 000 000 rows", 10.0, 200.0)

    def first(self) -> Iterator[Measured]:
        """Learn 30 days at once, as on set-up."""
        order = {
            "probe": "first",
            "recording": str(self.data.recording(USUAL)),
            "day": _WEDNESDAY,
            "days": _BATCH_DAYS,
        }
        title = f"first learning of {_BATCH_DAYS} such days"
        yield Measured(title, self._median(order, title), 60.0)

    def year(self) -> Iterator[Measured]:
        """Learn a year at once, as where the recorder keeps one: once, for it is long.

        The last four weeks are lived through again and again: a year of such days
        would be a database of several GB.
        """
        order = {
            "probe": "first",
            "recording": str(self.data.recording(USUAL)),
            "day": _WEDNESDAY,
            "days": _YEAR_DAYS,
            "lived": _LIVED_DAYS,
        }
        title = "first learning of a year of such days"
        self.say(title)
        result = in_own_process("benchmarks.speed.probe", order)
        yield Measured(title, result, 300.0)

    def scaling(self) -> Iterator[Measured]:
        """Learn nights of more and more rows, then of more and more entities."""
        for rows in _MORE_ROWS:
            size = Size(_HOUSES, _DAYS, rows, 1)
            yield self._night(size, _WEDNESDAY, f"{rows:,} rows".replace(",", " "))
        for houses in _MORE_HOUSES:
            size = Size(houses, _DAYS, 0, 1)
            yield self._night(size, _WEDNESDAY, f"{houses} households")

    def plain(self) -> dict[str, Any]:
        """Return what Python's own sqlite3 needs for all rows of the ordinary night."""
        order = {
            "probe": "sqlite",
            "recording": str(self.data.recording(USUAL)),
            "day": _WEDNESDAY,
        }
        return self._median(order, "plain sqlite3")

    def reading(self) -> Measured:
        """Return what reading 30 days of 400 tracked entities from the store takes."""
        order = {
            "probe": "read",
            "store": str(self.data.store(TRACKING, _WEDNESDAY)),
            "days": _BATCH_DAYS,
        }
        title = f"reading {_BATCH_DAYS} days of 400 tracked entities from the store"
        return Measured(title, self._median(order, title), 0.5)

    def sizes(self, size: Size) -> dict[str, Any]:
        """Return the bytes of a home's store by layer, after 90 days."""
        store = str(self.data.store(size, _WEDNESDAY))
        found: dict[str, Any] = in_own_process(
            "benchmarks.speed.probe", {"probe": "size", "store": store}
        )
        return found

    def _night(
        self,
        size: Size,
        day: int,
        title: str,
        seconds: float | None = None,
        memory: float | None = None,
    ) -> Measured:
        # What fills a day beyond its happenings leaves no aggregates: one store is
        # that of all homes of as many households.
        alike = USUAL if size.houses == USUAL.houses else size
        order = {
            "probe": "night",
            "recording": str(self.data.recording(size)),
            "store": str(self.data.store(alike, day)),
            "day": day,
        }
        return Measured(title, self._median(order, title), seconds, memory)

    def _median(self, order: dict[str, Any], title: str) -> dict[str, Any]:
        self.say(title)
        # The first reading fills the system's cache of the file, as writing it does.
        results = [
            in_own_process("benchmarks.speed.probe", order)
            for _ in range(self.repeat + 1)
        ]
        medians: dict[str, Any] = _medians(results[1:])
        return medians


def _medians(results: list[Any]) -> Any:
    """Return the median of every number, within dictionaries too."""
    if isinstance(results[0], dict):
        return {key: _medians([r.get(key, 0.0) for r in results]) for key in results[0]}
    return None if results[0] is None else median(results)
