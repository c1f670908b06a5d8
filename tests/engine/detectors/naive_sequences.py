"""Sequences as their definition reads, from happenings one by one: slow and obvious."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

from custom_components.pattern_intelligence.engine.window import Key, Window

SECOND = 1_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
FOUR = 4 * HOUR
LAGS = (20 * SECOND, 60 * SECOND, 240 * SECOND, 900 * SECOND)
RESTING = {"closed", "docked", "idle", "locked", "not_home", "off", "standby"}


@dataclass(frozen=True)
class Event:
    """A happening.

    Attributes:
        key: what happened.
        instant: UTC milliseconds.
        wall: wall milliseconds.
        by_hand: no automation caused it.
        ends: it ends what began within a quarter of an hour.
    """

    key: Key
    instant: int
    wall: int
    by_hand: bool
    ends: bool

    @property
    def day(self) -> int:
        """Return the number of its waking day."""
        return (self.wall - FOUR) // DAY


type Episode = tuple[Event | None, ...]


@dataclass(frozen=True)
class Trial:
    """The test of one step.

    Attributes:
        chances: of each eligible day, to match.
        share: of occasions that would be followed.
    """

    chances: tuple[float, ...]
    share: float


@dataclass(frozen=True)
class NaiveChain:
    """A chain with all that is known of it.

    Attributes:
        keys: its steps.
        lags: the longest lag of each step but the first.
        episodes: for each occasion its steps, as far as they followed.
        eligible: days with an occasion.
        matched: days on which at least half of them were completed.
    """

    keys: tuple[Key, ...]
    lags: tuple[int, ...]
    episodes: tuple[Episode, ...]
    eligible: tuple[int, ...]
    matched: tuple[int, ...]

    @property
    def took(self) -> list[int]:
        """Return how long each complete episode took."""
        return [e[-1].instant - e[0].instant for e in self.episodes if e[0] and e[-1]]


def tail(chances: Sequence[float], matches: int) -> float:
    """Return the probability of so many matches or more, by enumerating them."""
    distribution = {0: 1.0}
    for chance in chances:
        later: dict[int, float] = {}
        for hits, mass in distribution.items():
            later[hits] = later.get(hits, 0.0) + mass * (1 - chance)
            later[hits + 1] = later.get(hits + 1, 0.0) + mass * chance
        distribution = later
    return sum(mass for hits, mass in distribution.items() if hits >= matches)


class NaiveSequences:
    """The chains of a window in which every entity is a device of its own."""

    def __init__(self, window: Window) -> None:
        """Take the happenings of a window."""
        self.window = window
        rows = sorted(
            zip(window.instant, window.wall, window.key, window.cause, strict=True)
        )
        self.events: list[Event] = []
        began: dict[str, int] = {}
        for instant, wall, key_at, cause in rows:
            key = window.keys[key_at]
            resting = key.state in RESTING
            since = int(instant) - began.get(key.entity_id, -DAY)
            ends = resting and since < LAGS[-1]
            event = Event(key, int(instant), int(wall), bool(cause < 2), ends)
            self.events.append(event)
            if not resting:
                began[key.entity_id] = int(instant)
        numbers, occupied = window.days.tolist(), window.occupied.tolist()
        self.counted = [d for d, yes in zip(numbers, occupied, strict=True) if yes]
        self.end = window.civil.bounds(window.last_day)[1]
        self.steps = [key for key in window.keys if self._tells(key)]
        self.tested = 0

    def _tells(self, key: Key) -> bool:
        own = [e for e in self.events if e.key == key]
        return sum(e.ends for e in own) < 0.7 * len(own)

    def leads(self, key: Key) -> bool:
        """Tell whether a key happens on enough days to begin anything."""
        days = {e.day for e in self.events if e.key == key}
        return key in self.steps and len(days & set(self.counted)) >= 5

    def follows(self, key: Key) -> bool:
        """Tell whether it does so by hand."""
        days = {e.day for e in self.events if e.key == key and e.by_hand}
        return key in self.steps and len(days & set(self.counted)) >= 5

    def others(self, chain: Sequence[Key]) -> int:
        """Return how many keys of other entities could follow."""
        entities = {key.entity_id for key in chain}
        return sum(
            self.follows(key) and key.entity_id not in entities
            for key in self.window.keys
        )

    def chains(self) -> list[NaiveChain]:
        """Return all chains, each first step's longer ones before their parts."""
        found: list[NaiveChain] = []
        self.tested = sum(
            self.others([key]) for key in self.window.keys if self.leads(key)
        )
        for key in self.window.keys:
            if self.leads(key):
                occasions = tuple(
                    (e,)
                    for e in self.events
                    if e.key == key
                    and e.day in self.counted
                    and e.instant + 5 * LAGS[-1] <= self.end
                )
                found += self._grown(NaiveChain((key,), (), occasions, (), ()))
        return found

    def _grown(self, chain: NaiveChain) -> list[NaiveChain]:
        found: list[NaiveChain] = []
        entities = {key.entity_id for key in chain.keys}
        longer = [
            one
            for key in self.window.keys
            if self.follows(key) and key.entity_id not in entities
            for one in [self._longer(chain, key)]
            if one
        ]
        for one in sorted(longer, key=self._soonest):
            if any(
                other.keys[-1] == one.keys[-1]
                and len(set(other.matched) & set(one.matched)) >= 0.7 * len(one.matched)
                for other in found
            ):
                continue
            if len(one.keys) < 6:
                self.tested += self.others(one.keys)
                found += self._grown(one)
            found.append(one)
        return found

    def _soonest(self, chain: NaiveChain) -> tuple[float, tuple[Key, ...]]:
        lags = sorted(
            e[-1].instant - e[-2].instant for e in chain.episodes if e[-1] and e[-2]
        )
        middle = len(lags) // 2
        median = (
            lags[middle] if len(lags) % 2 else sum(lags[middle - 1 : middle + 1]) / 2
        )
        return median, chain.keys

    def _longer(self, chain: NaiveChain, key: Key) -> NaiveChain | None:
        """Return a chain with a step more, within the lag that goes most beyond chance."""
        best, found = 0.0, None
        for lag in LAGS:
            longer = self._with(chain, key, lag)
            count, n = len(longer.took), len(chain.episodes)
            if not n or count < max(0.3 * n, 1):
                continue
            share = self.trial(longer, len(chain.keys)).share
            if count / n - 2 * share > best:
                best, found = count / n - 2 * share, longer
        if found is None or len(found.matched) < 5:
            return None
        expected = sum(self.trial(found, len(chain.keys)).chances)
        told = _gained(len(found.matched), expected, len(found.eligible))
        return found if exp(-told) * self.others(chain.keys) * 4 <= 0.02 else None

    def _with(self, chain: NaiveChain, key: Key, lag: int) -> NaiveChain:
        episodes = tuple((*e, self._next(e[-1], key, lag)) for e in chain.episodes)
        days: dict[int, list[bool]] = {}
        for episode in episodes:
            assert episode[0]
            days.setdefault(episode[0].day, []).append(episode[-1] is not None)
        matched = tuple(d for d, own in days.items() if 2 * sum(own) >= len(own))
        lags = (*chain.lags, lag)
        return NaiveChain((*chain.keys, key), lags, episodes, tuple(days), matched)

    def _next(self, before: Event | None, key: Key, lag: int) -> Event | None:
        """Return the first step of a key that comes after another one, if in time."""
        if before is None:
            return None
        for event in self.events:
            if (
                event.key == key
                and event.by_hand
                and not event.ends
                and event.instant > before.instant
            ):
                late = event.instant - before.instant
                return event if 2 * SECOND < late <= lag else None
        return None

    def trial(self, chain: NaiveChain, step: int) -> Trial:
        """Return what chance gives, if one step kept to the clock of other days."""
        key, lag = chain.keys[step], chain.lags[step - 1]
        asked: dict[int, list[Event | None]] = {}
        for episode in chain.episodes:
            assert episode[0]
            asked.setdefault(episode[0].day, []).append(episode[step - 1])
        known = would = 0
        chances = []
        for day, events in asked.items():
            usable = matches = 0
            for other in self._alike(day):
                # Without the steps before, nothing would have followed.
                able = [
                    e for e in events if e is None or self._available(key, e, other)
                ]
                hits = sum(
                    e is not None and self._would(key, e, other, lag) for e in able
                )
                known += len(able)
                would += hits
                if able and 2 * len(able) >= len(events):
                    usable += 1
                    matches += 2 * hits >= len(able)
            chances.append((matches + (day in chain.matched)) / (usable + 1))
        count = len(chain.took)
        share = (count + would) / (len(chain.episodes) + known)
        return Trial(tuple(chances), share)

    def _alike(self, day: int) -> list[int]:
        return [
            d
            for d in self.counted
            if d != day and ((d + 3) % 7 >= 5) == ((day + 3) % 7 >= 5)
        ]

    def _available(self, key: Key, event: Event, other: int) -> bool:
        wall = event.wall + (other - event.day) * DAY
        days = self.window.days.tolist()
        if wall // DAY not in days:
            return False
        entity = self.window.entity_at[key.entity_id]
        share = self.window.available[
            entity, days.index(wall // DAY), wall % DAY // HOUR
        ]
        return bool(share >= 0.8)

    def _would(self, key: Key, event: Event, other: int, lag: int) -> bool:
        wall = event.wall + (other - event.day) * DAY
        return any(
            e.key == key and e.by_hand and 0 < e.wall - wall <= lag for e in self.events
        )

    def in_time(self, keys: Sequence[Key], occasion: Event, within: float) -> bool:
        """Tell whether all other steps follow in order and in time, ends among them."""
        at = occasion.instant
        for key in keys[1:]:
            later = [
                e.instant
                for e in self.events
                if e.key == key and e.by_hand and e.instant > at
            ]
            if not later:
                return False
            at = min(later)
        return at - occasion.instant <= within


def _gained(matched: float, expected: float, trials: int) -> float:
    """Return minus the log of Hoeffding's bound."""
    if matched <= expected:
        return 0.0
    told = matched * log(matched / expected)
    if matched < trials:
        told += (trials - matched) * log((trials - matched) / (trials - expected))
    return told


def since_change(
    shares: Sequence[float], weights: Sequence[float], chance: float, rate: float
) -> float:
    """Return what is to be expected next, by going through all ways it may have changed.

    Each way says after which days it changed; between changes a share is unknown, and
    starts from two days on which it went as chance has it.
    """
    n = len(shares)
    total = expected = 0.0
    for way in range(2**n):
        edges = [0, *(day + 1 for day in range(n) if way >> day & 1)]
        likely = rate ** (len(edges) - 1) * (1 - rate) ** (n - len(edges) + 1)
        mean = 0.0
        for begin, end in pairwise([*edges, n]) if edges[-1] <= n else ():
            hits = max(chance, 0.02) * 2
            misses = max(1 - chance, 0.02) * 2
            for share, weight in zip(
                shares[begin:end], weights[begin:end], strict=True
            ):
                mean = hits / (hits + misses)
                likely *= mean ** (weight * share) * (1 - mean) ** (
                    weight * (1 - share)
                )
                hits += weight * share
                misses += weight * (1 - share)
            mean = hits / (hits + misses)
        total += likely
        expected += likely * mean
    return expected / total
