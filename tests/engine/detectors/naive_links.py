"""Links as their definition reads, from happenings one by one: slow and obvious."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from custom_components.pattern_intelligence.engine.window import Key, Window

SECOND = 1_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
FOUR = 4 * HOUR
LAGS = (20 * SECOND, 60 * SECOND, 240 * SECOND, 900 * SECOND)
NEXT = "next"
RESTING = {"closed", "docked", "idle", "locked", "not_home", "off", "standby"}


@dataclass(frozen=True)
class Event:
    """A happening.

    Attributes:
        key: what happened.
        instant: UTC milliseconds.
        wall: wall milliseconds.
        follows: no automation caused it.
    """

    key: Key
    instant: int
    wall: int
    follows: bool

    @property
    def day(self) -> int:
        """Return the number of its waking day."""
        return (self.wall - FOUR) // DAY


@dataclass(frozen=True)
class Naive:
    """What is known of a pair in a manner.

    Attributes:
        eligible: numbers of the days with an occasion, ascending.
        matched: those on which at least half of the occasions were followed.
        chances: for each eligible day, its chance to match.
        lags: of the occasions that were followed, in milliseconds.
    """

    eligible: tuple[int, ...]
    matched: tuple[int, ...]
    chances: tuple[float, ...]
    lags: tuple[int, ...]

    @property
    def p_value(self) -> float:
        """Return the probability of so many matches, by enumerating them."""
        distribution = {0: 1.0}
        for chance in self.chances:
            later: dict[int, float] = {}
            for hits, mass in distribution.items():
                later[hits] = later.get(hits, 0.0) + mass * (1 - chance)
                later[hits + 1] = later.get(hits + 1, 0.0) + mass * chance
            distribution = later
        return sum(m for hits, m in distribution.items() if hits >= len(self.matched))


class NaiveLinks:
    """The pairs of a window that pass what is asked of each before the tests."""

    def __init__(self, window: Window, *, automated: bool = False) -> None:
        """Take the happenings of a window.

        Args:
            window: the window.
            automated: what automations with a name do may follow, instead of what
                none does.
        """
        self.window = window
        self.automated = automated
        self.events = [
            Event(window.keys[k], int(i), int(w), c > 2 if automated else c < 2)
            for k, i, w, c in zip(
                window.key, window.instant, window.wall, window.cause, strict=True
            )
        ]
        numbers = window.days.tolist()
        occupied = window.occupied.tolist()
        self.counted = [d for d, yes in zip(numbers, occupied, strict=True) if yes]
        limit = 100 * len(numbers)
        self.often = {
            key for key in window.keys if sum(e.key == key for e in self.events) > limit
        }
        self.end = window.civil.bounds(window.last_day)[1]

    def pairs(self) -> dict[tuple[Key, Key], dict[int | str, Naive]]:
        """Return every pair with the manners in which chance is not enough."""
        found = {}
        for cause, effect in product(self.window.keys, self.window.keys):
            if cause.entity_id == effect.entity_id or not self.enough(cause, effect):
                continue
            manners: dict[int | str, Naive] = {}
            for manner in (*LAGS, NEXT):
                if naive := self._manner(cause, effect, manner):
                    manners[manner] = naive
            if manners:
                found[cause, effect] = manners
        return found

    def enough(self, cause: Key, effect: Key) -> bool:
        """Tell whether both happen on five days, the effect by hand and not always."""
        leading = {e.day for e in self.events if e.key == cause}
        following = {e.day for e in self.events if e.key == effect and e.follows}
        return (
            len(leading & set(self.counted)) >= 5
            and len(following & set(self.counted)) >= 5
            and effect not in self.often
        )

    def _manner(self, cause: Key, effect: Key, manner: int | str) -> Naive | None:
        if manner == NEXT and (self.automated or effect.state in RESTING):
            return None
        occasions = [
            e
            for e in self.events
            if e.key == cause
            and e.day in self.counted
            and e.instant + LAGS[-1] <= self.end
        ]
        effects = [e for e in self.events if e.key == effect and e.follows]
        lags = [self._lag(e, effects, manner) for e in occasions]
        hits = [lag for lag in lags if lag is not None]
        if len(hits) < 0.3 * len(occasions):
            return None
        if isinstance(manner, int) and len(hits) < self._by_the_hour(
            occasions, effects, manner
        ):
            return None
        known = would = 0
        days: dict[int, list[tuple[Event, bool]]] = {}
        for event, lag in zip(occasions, lags, strict=True):
            days.setdefault(event.day, []).append((event, lag is not None))
            for other in self._alike(event.day):
                if self._available(effect, event, other):
                    known += 1
                    would += self._would(event, other, effects, manner)
        chance = (would + len(hits)) / (known + len(occasions))
        if len(hits) < 2 * chance * len(occasions):
            return None
        trial = [self._day(d, own, effects, manner, effect) for d, own in days.items()]
        matched = tuple(d for d, hit, _ in trial if hit)
        if len(matched) < 5:
            return None
        return Naive(tuple(days), matched, tuple(c for _, _, c in trial), tuple(hits))

    def _lag(self, event: Event, effects: list[Event], manner: int | str) -> int | None:
        """Return how soon the effect followed, if it did in this manner."""
        later = [
            e.instant - event.instant for e in effects if e.instant > event.instant
        ]
        if not later:
            return None
        if isinstance(manner, int):
            return min(later) if min(later) <= manner else None
        others = [
            e.instant - event.instant
            for e in self._elsewhere(event.key)
            if e.instant > event.instant
        ]
        soonest = min(others)
        return soonest if soonest == min(later) and soonest <= 12 * HOUR else None

    def _elsewhere(self, cause: Key) -> list[Event]:
        """Return what begins by hand and is not the cause's own entity's doing."""
        return [
            e
            for e in self.events
            if e.follows
            and e.key.state not in RESTING
            and e.key not in self.often
            and e.key.entity_id != cause.entity_id
        ]

    def _alike(self, day: int) -> list[int]:
        """Return the other counted days of the same kind: weekend or not."""
        return [
            d
            for d in self.counted
            if d != day and ((d + 3) % 7 >= 5) == ((day + 3) % 7 >= 5)
        ]

    def _available(self, effect: Key, event: Event, other: int) -> bool:
        """Tell whether the effect was there at the event's clock time of a day."""
        wall = event.wall + (other - event.day) * DAY
        days = self.window.days.tolist()
        if wall // DAY not in days:
            return False
        entity = self.window.entity_at[effect.entity_id]
        hour = wall % DAY // HOUR
        return bool(self.window.available[entity, days.index(wall // DAY), hour] >= 0.8)

    def _would(
        self, event: Event, other: int, effects: list[Event], manner: int | str
    ) -> bool:
        """Tell whether the effect would have followed at that clock time of a day."""
        wall = event.wall + (other - event.day) * DAY
        if isinstance(manner, int):
            return any(0 < e.wall - wall <= manner for e in effects)
        for effect in effects:
            before = [
                e.wall for e in self._elsewhere(event.key) if e.instant < effect.instant
            ]
            since = max(max(before, default=0), effect.wall - 12 * HOUR)
            if since <= wall < effect.wall:
                return True
        return False

    def _by_the_hour(
        self, occasions: list[Event], effects: list[Event], lag: int
    ) -> float:
        """Return the follows that the effect's rate in each hour asks to be beaten."""
        covered = [0.0] * 24
        ordered = [e for e in effects if e.day in self.counted]
        last = None
        for event in ordered:
            free = lag if last is None else min(lag, event.instant - last.instant)
            covered[(event.wall - FOUR) % DAY // HOUR] += free
            last = event
        share = [c / (len(self.counted) * HOUR) for c in covered]
        return 1.5 * sum(share[(e.wall - FOUR) % DAY // HOUR] for e in occasions)

    def _day(
        self,
        day: int,
        own: list[tuple[Event, bool]],
        effects: list[Event],
        manner: int | str,
        effect: Key,
    ) -> tuple[int, bool, float]:
        """Return a day, whether it matched, and its chance."""
        matched = 2 * sum(hit for _, hit in own) >= len(own)
        usable = matches = 0
        for other in self._alike(day):
            known = [e for e, _ in own if self._available(effect, e, other)]
            if not known or 2 * len(known) < len(own):
                continue
            usable += 1
            hits = sum(self._would(e, other, effects, manner) for e in known)
            matches += 2 * hits >= len(known)
        return day, matched, (matches + matched) / (usable + 1)
