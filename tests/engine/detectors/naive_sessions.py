"""Sessions by slow and obvious counting, day by day and start by start."""

from dataclasses import dataclass, field
from itertools import product
from math import prod

DAY = 1440
BIN = 5
PARTS = [range(3 * part, 3 * part + 6) for part in range(7)]
"""Parts of the day: hours since 04:00."""


@dataclass
class NaiveRoom:
    """One room, in which every day somebody is home and everything is there.

    Attributes:
        days: how many days there are.
        free: those that are free.
        starts: by thing and waking day, minutes since 04:00.
    """

    days: int
    free: set[int]
    starts: dict[str, dict[int, list[float]]] = field(default_factory=dict)

    def bins(self, thing: str, day: int) -> list[int]:
        """Return when a thing was begun on a day, in bins of five minutes."""
        return sorted({int(at // BIN) for at in self.starts[thing].get(day, [])})

    def alive(self, part: int, day: int) -> bool:
        """Tell whether anything was begun in a part of a day."""
        return any(
            at * BIN // 60 in PARTS[part]
            for thing in self.starts
            for at in self.bins(thing, day)
        )

    def alike(self, day: int) -> list[int]:
        """Return the other days of a day's kind."""
        return [
            other
            for other in range(self.days)
            if other != day and (other in self.free) == (day in self.free)
        ]

    def near(
        self, first: str, day: int, second: str, other: int, part: int, reach: int
    ) -> bool:
        """Tell whether a second thing of one day is near a first one of another."""
        return any(
            abs(one - two) <= reach
            for one in self.bins(first, day)
            if one * BIN // 60 in PARTS[part]
            for two in self.bins(second, other)
        )

    def trial(
        self, first: str, second: str, part: int, reach: int, *, only_free: bool
    ) -> tuple[int, list[float]]:
        """Return how many days of a first thing matched, and each one's chance."""
        matched, chances = 0, []
        for day in range(self.days):
            begun = any(at * BIN // 60 in PARTS[part] for at in self.bins(first, day))
            compared = [o for o in self.alike(day) if self.alive(part, o)]
            if not begun or len(compared) < 5 or (only_free and day not in self.free):
                continue
            met = self.near(first, day, second, day, part, reach)
            would = sum(
                self.near(first, day, second, other, part, reach) for other in compared
            )
            matched += met
            chances.append((would + met) / (len(compared) + 1))
        return matched, chances

    def sitting(
        self, days: dict[str, int], low: int, high: int, gap: int
    ) -> list[tuple[int, set[str], dict[str, int]]]:
        """Return the stretches without a gap, each thing taken from a day of its own.

        Each with its first bin, who takes part, and when each did first.
        """
        begun = sorted(
            (at, thing)
            for thing, day in days.items()
            for at in self.bins(thing, day)
            if low <= at <= high
        )
        found: list[tuple[int, set[str], dict[str, int]]] = []
        last = None
        for at, thing in begun:
            if last is None or at - last > gap:
                found.append((at, set(), {}))
            found[-1][1].add(thing)
            found[-1][2].setdefault(thing, at)
            last = at
        return found


def tail(chances: list[float], matched: int) -> float:
    """Return the chance of so many or more, over all outcomes, one by one."""
    mass = {0: 1.0}
    for chance in chances:
        mass = {
            hits: mass.get(hits, 0.0) * (1 - chance) + mass.get(hits - 1, 0.0) * chance
            for hits in range(max(mass) + 2)
        }
    return sum(share for hits, share in mass.items() if hits >= matched)


def tail_of_all_outcomes(chances: list[float], matched: int) -> float:
    """Return the same for a handful of days, by listing what may happen."""
    return sum(
        prod(c if hit else 1 - c for c, hit in zip(chances, hits, strict=True))
        for hits in product((False, True), repeat=len(chances))
        if sum(hits) >= matched
    )
