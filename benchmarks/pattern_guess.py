"""The next happening, guessed from published patterns and nothing else.

Of each thing that a pattern names it is asked how probably it is the next: since a
link or a step leads to it from what happened (an event tree), since its time has come
and it was not seen yet, since its room is where one goes next, or because it happens
often. What remains after links is shared by hazards, as of competing risks.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import erf, log, sqrt
from typing import Any

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MINUTES,
    DAY_MS,
    MINUTE_MS,
    SECOND_MS,
    WAKING_DAY_STARTS_MS,
)
from custom_components.pattern_intelligence.engine.happenings import RULES, domain_of
from custom_components.pattern_intelligence.engine.pattern import WEEKDAYS
from custom_components.pattern_intelligence.engine.window import Key

from .claims import Json

#: Types that tell when one thing happens, on whatever days.
_TIMED = {"time_of_day", "day_type"}
#: So many minutes back tell how much is going on in the home.
_LATELY = 60.0
#: Minutes by which a stated time may be off.
_SLACK = 5.0
#: Of what patterns explain, at least this share happens at any other time.
_ELSEWHERE = 0.1
#: Of what follows in time, the share that follows at once, where no pattern tells.
_AT_ONCE = 0.5
#: From the 10th to the 90th percentile, in sds of a normal.
_TENTHS = 2.563
#: The least sd of the log of a lag: no lag is exact.
_LEAST_SPREAD = 0.2


def ends(key: Key) -> bool:
    """Tell whether it is the end of a sensor's bout, which is no news."""
    return domain_of(key.entity_id) == "binary_sensor" and key.state == "off"


@dataclass(frozen=True)
class Lead:
    """What leads to something: `before`, all of them in order, the last at once.

    Attributes:
        before: what happened, the last of it less than a lag ago.
        after: what follows.
        sure: how probably it follows in time.
        at_once: how probably it is the very next thing.
        lag: median of the lag in seconds, and the sd of its log.
    """

    before: tuple[Key, ...]
    after: Key
    sure: float
    at_once: float
    lag: tuple[float, float]

    def within(self, elapsed: float, ahead: float) -> float:
        """Return how probably it follows soon, given that it did not yet.

        Args:
            elapsed: seconds since what leads to it.
            ahead: how many more seconds are meant.
        """
        done = self._done(elapsed)
        soon = self.sure * (self._done(elapsed + ahead) - done)
        return soon / max(1 - self.sure * done, 1e-9)

    def _done(self, seconds: float) -> float:
        median, spread = self.lag
        if seconds <= 0:
            return 0.0
        return 0.5 + 0.5 * erf(log(seconds / max(median, 1.0)) / spread / sqrt(2))


@dataclass(frozen=True)
class Due:
    """A time at which something happens: wall-clock minutes, weekdays as numbers.

    What is the `first` of a waking day is over once it was seen in that day.
    """

    key: Key
    earliest: float
    width: float
    weekdays: frozenset[int]
    sure: float
    first: bool = False

    def hazard(self, wall: int, seen: int) -> float:
        """Return how probably it happens in the next minute, not having yet.

        Args:
            wall: wall milliseconds.
            seen: when it was last seen.
        """
        since = (wall / MINUTE_MS - self.earliest + _SLACK) % DAY_MINUTES
        begin = wall - since * MINUTE_MS
        width = self.width + 2 * _SLACK
        # 1970-01-01 was a Thursday.
        weekday = int((begin + _SLACK * MINUTE_MS) // DAY_MS + 3) % 7
        over = _waking_day(wall) if self.first else begin
        if since > width or seen >= over or weekday not in self.weekdays:
            return 0.0
        passed = since / width
        return self.sure / width / max(1 - self.sure * passed, 0.05)


class PatternGuess:
    """Sees what happens and guesses what is next."""

    def __init__(
        self, patterns: Sequence[Json], usual: Mapping[Key, float] | None = None
    ) -> None:
        """Take the published patterns, as the contract's objects.

        Args:
            patterns: Everything that is known.
            usual: But for how often a day each thing happens, if that is known, too:
                then what no pattern explains of it is left for any other time.
        """
        self._leads: dict[Key, list[Lead]] = defaultdict(list)
        self._due: list[Due] = []
        self._rate: dict[Key, float] = {}
        self._explained: dict[Key, float] = {}
        self._seen: dict[Key, int] = {}
        self._state: dict[str, str] = {}
        self._begun: deque[int] = deque()
        self._now = 0
        for pattern in patterns:
            self._learn(pattern)
        explained = self._explained if usual is not None else {}
        if usual is not None:
            self._rate = dict(usual)
        self._base = {
            key: max(rate - explained.get(key, 0.0), _ELSEWHERE * rate)
            for key, rate in self._rate.items()
            if not ends(key)
        }

    def see(self, key: Key, wall: int) -> None:
        """Take notice of a happening, at wall milliseconds."""
        self._seen[key] = wall
        self._state[key.entity_id] = key.state
        self._now = wall
        if not ends(key):
            self._begun.append(wall)
            while self._begun[0] < wall - _LATELY * MINUTE_MS:
                self._begun.popleft()

    def guess(self) -> list[Key]:
        """Return what may happen next, the most probable first."""
        led = self._led()
        rest = max(1 - sum(led.values()), 0.05)
        pace = self._pace()
        usual = pace / max(sum(self._base.values()), 1e-9)
        hazards = {key: rate * usual for key, rate in self._base.items()}
        waiting: dict[Key, float] = {}
        for due in self._due:
            hazard = due.hazard(self._now, self._seen.get(due.key, -DAY_MS))
            if hazard:
                waiting[due.key] = max(waiting.get(due.key, 0.0), hazard)
        for key, hazard in waiting.items():
            hazards[key] = hazards.get(key, 0.0) + hazard
        total = sum(hazards.values())
        chances = {key: rest * hazard / total for key, hazard in hazards.items()}
        for key, share in led.items():
            chances[key] = chances.get(key, 0.0) + share
        possible = [key for key in chances if self._possible(key)]
        return sorted(possible, key=lambda key: (-chances[key], key))

    def _pace(self) -> float:
        """Return how much happens in a minute, as of late."""
        return (len(self._begun) + 1) / _LATELY

    def _possible(self, key: Key) -> bool:
        """Tell whether it can happen: what is on goes off before it goes on again."""
        rule = RULES.get(domain_of(key.entity_id))
        if rule is None or rule.bouts or rule.pressed or rule.counted == {key.state}:
            return True
        return self._state.get(key.entity_id) != key.state

    def _led(self) -> dict[Key, float]:
        """Return how probably each thing is next, since something leads to it."""
        ahead = 60 / self._pace()
        found: dict[Key, float] = {}
        for leads in self._leads.values():
            for lead in leads:
                chance = self._follows(lead, ahead)
                if chance:
                    found[lead.after] = max(found.get(lead.after, 0.0), chance)
        return found

    def _follows(self, lead: Lead, ahead: float) -> float:
        """Return how probably what is led to is the next thing."""
        times = [self._seen.get(key, -1) for key in lead.before]
        if min(times) < 0 or any(a > b for a, b in pairwise(times)):
            return 0.0
        begun, since = times[0], times[-1]
        if self._seen.get(lead.after, -1) > begun:
            return 0.0
        if not self._begun or since >= self._begun[-1]:
            # Nothing else has begun yet, however long that takes.
            return lead.at_once
        elapsed = (self._now - since) / SECOND_MS
        return lead.within(elapsed, ahead) * lead.at_once / max(lead.sure, 1e-9)

    def _learn(self, pattern: Json) -> None:
        keys = [_key(one) for one in pattern["entities"]]
        along = [_key(one) for one in pattern.get("companions", ())]
        sure = float(pattern["confidence"])
        evidence = pattern["evidence"]
        rate = evidence["occurrences"] / max(evidence["days_eligible"], 1)
        for place, key in enumerate((*keys, *along)):
            # What leads happens as often as it is followed, and when it is not.
            leads = place == 0 and len(keys) > 1
            own = rate / sure if leads else rate
            self._rate[key] = max(self._rate.get(key, 0.0), own)
            if not leads:
                self._explained[key] = max(self._explained.get(key, 0.0), rate)
        if pattern["type"] in _TIMED:
            for key in (*keys, *along):
                self._wait(key, pattern["when"], sure)
        elif pattern["type"] == "co_occurrence":
            self._follow(keys, sure, pattern.get("next"), pattern["lag_s"])
        elif pattern["type"] == "sequence":
            steps = pattern.get("steps") or [{}] * (len(keys) - 1)
            each = sure ** (1 / (len(keys) - 1))
            for place, step in enumerate(steps, start=1):
                lag = step.get("lag_s") or pattern["lag_s"]
                self._follow(keys[: place + 1], each, step.get("next"), lag)
            if pattern["when"]:
                self._wait(keys[0], pattern["when"], sure)
        for part in pattern.get("stands_for", ()):
            self._learn_part(part, pattern)

    def _learn_part(self, part: Json, whole: Json) -> None:
        """Learn what a pattern stands for; it is about as sure as the whole."""
        keys = [_key(one) for one in part["entities"]]
        sure = float(part.get("confidence", whole["confidence"]))
        evidence = whole["evidence"]
        rate = evidence["days_matched"] / max(evidence["days_eligible"], 1)
        for key in keys:
            self._rate.setdefault(key, rate)
        if part["type"] in _TIMED and part.get("when"):
            self._wait(keys[0], part["when"], sure)
        elif part["type"] == "co_occurrence" and part.get("lag_s"):
            self._follow(keys, sure, part.get("next"), part["lag_s"])

    def _wait(self, key: Key, when: Json, sure: float) -> None:
        earliest = _minute(when["earliest"])
        width = (_minute(when["latest"]) - earliest) % DAY_MINUTES
        weekdays = frozenset(WEEKDAYS.index(day) for day in when["weekdays"])
        if not ends(key):
            first = when["anchor"] == "first"
            self._due.append(Due(key, earliest, width, weekdays, sure, first))

    def _follow(
        self,
        keys: Sequence[Key],
        sure: float,
        following: float | None,
        lag: Mapping[str, Any],
    ) -> None:
        *before, after = keys
        if ends(after):
            return
        at_once = _AT_ONCE * sure if following is None else float(following)
        spread = log(max(lag["p90"], 1.0) / max(lag["p10"], 1.0)) / _TENTHS
        lag_of = (float(lag["median"]), max(spread, _LEAST_SPREAD))
        lead = Lead(tuple(before), after, sure, at_once, lag_of)
        self._leads[before[-1]].append(lead)


def _waking_day(wall: int) -> int:
    """Return when the waking day of a wall instant began."""
    return wall - (wall - WAKING_DAY_STARTS_MS) % DAY_MS


def _key(entity: Json) -> Key:
    return Key(entity["entity_id"], entity["state"] or "")


def _minute(text: str) -> float:
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60.0 + int(minutes)
