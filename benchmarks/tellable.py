"""Which oddities of a simulated home can be told at all: by who knows its law.

What chance does as often as false alarms are allowed, nobody can tell from chance. So
a home lives on for thousands of days, its habits as they stood at the end and nothing
odd among them: that is its law, of which a detector has seen 63 days. A test that knows
it has the same budget, one false alarm a month over everything that is watched and one
threshold for all of it. An oddity can be told if that test tells it, and if its day was
recorded; by 63 days, if it still does when the law of that one thing has to be known
from so many of its days.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, partial

import numpy as np

from custom_components.pattern_intelligence.engine.eligibility import NEEDED_SHARE

from .seen_days import chance_by_days
from .simulator import Home
from .simulator.clock import Floats, Ints, LocalClock
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
#: The class of lengths at which something is left on.
_LEFT_ON = 20
#: The days with most uses that a tail is fitted to.
_LARGEST = 60

#: A thing by its number, and the minute of its habit where it is asked about that.
type _Watched = tuple[int, float | None]


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

    def tells_by_days(self, oddity: PlantedOddity) -> bool:
        """Tell whether 63 days of the thing suffice for who knows the rest of the home."""
        return self.tells(oddity) and self.chance_by_days(oddity) <= self.threshold

    def chance(self, oddity: PlantedOddity) -> float:
        """Return the share of usual days that are at least as odd."""
        of, watched, at = self._asked(oddity)
        return self._as_odd(oddity)(of(watched[at]))

    def chance_by_days(self, oddity: PlantedOddity) -> float:
        """Return what who has seen 63 days of the thing takes for that share."""
        of, watched, at = self._asked(oddity)
        others = [of(one) for number, one in enumerate(watched) if number != at]
        return chance_by_days(of(watched[at]), others, self._as_odd(oddity))

    def _as_odd(self, oddity: PlantedOddity) -> Callable[[Ints], float]:
        """Return what tells, by what comes of days, how probable so odd a day is."""
        match oddity.kind:
            case "many":
                own = self._home.runs
                own = own.take(own.entity == self._ids.index(oddity.entity_id))
                seen = _daily(own, self._home.clock)[oddity.day]
                return partial(tail, seen=int(seen))
            case "hour":
                return partial(_share_from, least=len(AT_NIGHT))
            case "left_on":
                return partial(_share_from, least=_LEFT_ON)
            case "none" | "silent" | "missed":
                return lambda days: float((days == 0).mean())

    def _asked(
        self, oddity: PlantedOddity
    ) -> tuple[Callable[[_Watched], Ints], Sequence[_Watched], int]:
        """Return what days are asked for, of all that is like it, and which it is of.

        That is its uses, those at night, the class of its longest, or whether a habit
        was kept.
        """
        watched: list[_Watched] = [(number, None) for number in self._used]
        at = self._used.index(self._ids.index(oddity.entity_id))
        match oddity.kind:
            case "hour":
                return self._at_night, watched, at
            case "left_on":
                return self._longest, watched, at
            case "missed":
                steps = [rule.step.entity_id for rule in self._plan.timed]
                rules: list[_Watched] = [
                    (self._ids.index(rule.step.entity_id), rule.minute)
                    for rule in self._plan.timed
                ]
                return self._kept, rules, steps.index(oddity.entity_id)
        return self._counts, watched, at

    def _mine(self, watched: _Watched) -> Runs:
        return self._runs.take(self._runs.entity == watched[0])

    def _counts(self, watched: _Watched) -> Ints:
        return _daily(self._mine(watched), self._clock)

    def _at_night(self, watched: _Watched) -> Ints:
        mine = self._mine(watched)
        _, minute = self._clock.local(mine.start)
        near = (minute > AT_NIGHT[0] - _NEAR) & (minute < AT_NIGHT[-1] + _NEAR)
        return _daily(mine.take(near), self._clock)

    def _longest(self, watched: _Watched) -> Ints:
        mine = self._mine(watched)
        found = np.zeros(self._clock.days, np.int64)
        day, _ = self._clock.local(mine.start)
        np.maximum.at(found, day, _class(mine.end - mine.start))
        return found

    def _kept(self, watched: _Watched) -> Ints:
        mine = self._mine(watched)
        day, minute = self._clock.local(mine.start)
        near = np.abs(minute - float(watched[1] or 0.0)) < MISSED_WITHIN
        return (np.bincount(day[near], minlength=self._clock.days) > 0).astype(np.int64)

    @cached_property
    def threshold(self) -> float:
        """Return the chance from which on a test may not come out.

        Of everything somebody may use it is asked whether it is used too often, at an
        odd hour, or left on; of what is used every day whether it is used too rarely,
        or is silent since some hour. What only mirrors something is not asked again.
        """
        used = [self._mine((number, None)) for number in self._used]
        shares = [self._share(self._clock.local(one.start)[0]) for one in used]
        tests = 3 * len(shares) + 2 * sum(share == 1 for share in shares)
        return _BUDGET / (_MONTH_DAYS * max(tests, 1))

    @cached_property
    def _used(self) -> list[int]:
        """Return what is used at all, and mirrors nothing."""
        there = np.unique(self._runs.entity).tolist()
        return [n for n in there if self._home.entities[n].mirrors is None]

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


def _class(lasted: Floats) -> Ints:
    """Return how long something lasts, in steps of a half more; what is left on as 20."""
    steps = np.log(np.maximum(lasted, 1.0) / LEFT_ON_SECONDS) / np.log(1.5)
    found: Ints = np.floor(_LEFT_ON + steps + 1e-9).astype(np.int64).clip(1)
    return found


def _share_from(days: Ints, least: int) -> float:
    """Return the share of days with so much, or more."""
    return float((days >= least).mean())


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
