"""Which oddities of a simulated home can be told at all: by who knows its law.

What chance does as often as false alarms are allowed, nobody can tell from chance. So
a home lives on for thousands of days, its habits as they stood at the end and nothing
odd among them: that is its law, of which a detector has seen 63 days. A test that knows
it has the same budget, one false alarm a month over everything that is watched and one
threshold for all of it. An oddity can be told if that test tells it, and if its day was
recorded.
"""

from dataclasses import replace
from datetime import date
from functools import cached_property

import numpy as np

from custom_components.pattern_intelligence.engine.eligibility import NEEDED_SHARE

from .simulator import Home
from .simulator.clock import Ints, LocalClock
from .simulator.life import live_days
from .simulator.model import Runs
from .simulator.oddities import AT_NIGHT, LEFT_ON_SECONDS, MISSED_WITHIN
from .simulator.simulate import plan_of
from .simulator.truth import PlantedOddity

#: Days of the law, lived in so many parts that memory stays small.
_DAYS, _PARTS = 500, 4
#: False alarms a month, of all that is watched.
_BUDGET = 1.0
_MONTH_DAYS = 365.25 / 12
#: What begins again within so many seconds is the same use.
_SAME_USE = 300.0
#: Minutes around a night's uses that are the same hour.
_NEAR = 30.0
#: The days with most uses that a tail is fitted to.
_LARGEST = 60


class Law:
    """What a simulated home does on usual days."""

    def __init__(self, home: Home, days: int = _DAYS, parts: int = _PARTS) -> None:
        """Take a simulated home; nothing is lived until something is asked.

        Args:
            home: What `simulate` returned.
            days: Length of a part.
            parts: How many are lived.
        """
        self._home = home
        self._days, self._parts = days, parts
        self._plan = plan_of(home)
        self._ids = [entity.entity_id for entity in home.entities]

    def tells(self, oddity: PlantedOddity) -> bool:
        """Tell whether who knows the law would tell of an oddity of the home."""
        recorded = self._recorded(oddity.day) >= NEEDED_SHARE
        return recorded and self.chance(oddity) <= self.threshold

    def chance(self, oddity: PlantedOddity) -> float:
        """Return the share of usual days that are at least as odd."""
        mine = self._runs.take(self._runs.entity == self._ids.index(oddity.entity_id))
        day, minute = self._clock.local(mine.start)
        match oddity.kind:
            case "many":
                own = self._home.runs
                own = own.take(own.entity == self._ids.index(oddity.entity_id))
                seen = _daily(own, self._home.clock)[oddity.day]
                return tail(_daily(mine, self._clock), int(seen))
            case "none" | "silent":
                return 1.0 - self._share(day)
            case "hour":
                near = minute > AT_NIGHT[0] - _NEAR
                near &= minute < AT_NIGHT[-1] + _NEAR
                uses = _daily(mine.take(near), self._clock)
                return float((uses >= len(AT_NIGHT)).mean())
            case "left_on":
                return self._share(day[mine.end - mine.start >= LEFT_ON_SECONDS])
            case "missed":
                rule = next(
                    rule
                    for rule in self._plan.timed
                    if rule.step.entity_id == oddity.entity_id
                )
                return 1.0 - self._share(
                    day[np.abs(minute - rule.minute) < MISSED_WITHIN]
                )

    @cached_property
    def threshold(self) -> float:
        """Return the chance from which on a test may not come out.

        Of everything somebody may use it is asked whether it is used too often, at an
        odd hour, or left on; of what is used every day whether it is used too rarely,
        or is silent since some hour. What only mirrors something is not asked again.
        """
        own = [n for n, one in enumerate(self._home.entities) if one.mirrors is None]
        used = [self._runs.take(self._runs.entity == n) for n in own]
        shares = [self._share(self._clock.local(one.start)[0]) for one in used]
        tests = 3 * sum(share > 0 for share in shares)
        tests += 2 * sum(share == 1 for share in shares)
        return _BUDGET / (_MONTH_DAYS * max(tests, 1))

    @cached_property
    def _clock(self) -> LocalClock:
        return LocalClock.of("UTC", date(2001, 1, 1), self._days * self._parts)

    @cached_property
    def _runs(self) -> Runs:
        """Return the uses of usual days, one part after the other."""
        clock = LocalClock.of("UTC", date(2001, 1, 1), self._days)
        begin, end = clock.utc(0, 0.0), clock.utc(self._days, 0.0)
        parts = []
        for part in range(self._parts):
            rng = np.random.default_rng([self._home.seed, 9, part])
            life = live_days(self._plan, clock, clock.weekdays >= 5, rng, frozen=True)
            uses = _uses(life.runs)
            uses = uses.take((uses.start >= begin) & (uses.start < end))
            late = part * (end - begin)
            parts.append(replace(uses, start=uses.start + late, end=uses.end + late))
        return Runs.join(parts)

    def _share(self, days: Ints) -> float:
        """Return the share of all days that are among some."""
        return np.unique(days).size / self._clock.days

    def _recorded(self, day: int) -> float:
        """Return the share of a day that was recorded."""
        begin, end = self._home.clock.utc(np.array([day, day + 1]), 0.0).tolist()
        kept = sum(
            max(min(run.end, end) - max(run.start, begin), 0.0)
            for run in self._home.recorder_runs
        )
        return float(kept / (end - begin))


def tail(counts: Ints, seen: int) -> float:
    """Return how probable a count at least so large is.

    Beyond the largest that there were many of it falls geometrically.

    Args:
        counts: Of many days.
        seen: The count that is asked about.
    """
    edge = int(np.sort(counts)[-min(_LARGEST, counts.size)])
    if seen <= edge:
        return float((counts >= seen).mean())
    beyond = counts[counts >= edge] - edge
    going = float(beyond.mean()) / (1 + float(beyond.mean()))
    return float((counts >= edge).mean() * going ** (seen - edge))


def _uses(runs: Runs) -> Runs:
    """Return runs of which those that begin again within minutes are one."""
    runs = runs.take(np.lexsort((runs.start, runs.entity)))
    new = np.ones(len(runs), np.bool_)
    new[1:] = runs.entity[1:] != runs.entity[:-1]
    new[1:] |= np.diff(runs.start) >= _SAME_USE
    return runs.take(new)


def _daily(runs: Runs, clock: LocalClock) -> Ints:
    """Return how many uses of one entity begin on each day."""
    day, _ = clock.local(_uses(runs).start)
    return np.bincount(day[(day >= 0) & (day < clock.days)], minlength=clock.days)
