"""What is told of a session: when it begins, how long it lasts, how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS, SECOND_MS, WAKING_DAY_STARTS_MS
from ..day_kinds import weekday_of
from ..evidence import Floats, posterior_since_change
from ..happenings import domain_of
from ..home import Home
from ..occasions import Span, member_of
from ..pattern import Evidence, Finding, PatternType, Provenance, Spread, When
from ..provenance import USER
from ..room_based.rooms import SENSES
from ..tables import Numbers
from ..time_of_day.drift import expected_next
from ..time_of_day.weekday_mask import MASK_ROWS, MASKS, best_mask
from ..window import Key
from .kept import (
    RECENT_SITTINGS,
    Clock,
    begun_between,
    begun_within,
    eligible_for,
    stated_by_others,
    stated_by_recent,
)
from .sittings import Group, Sittings, rows_of, sittings
from .starts import BIN_MS, Starts

UNKNOWN: Final = 0.5
"""What is believed of a session before its first day, and after a change."""

PRIOR_DAYS: Final = 2.0
"""Days that this counts for: any share is as likely as any other (P.-S. Laplace)."""

CHANGE_RATE: Final = 0.003
"""Share of days before which a session begins, ends or changes: once a year."""

LONGEST_MS: Final = 12 * 60 * MINUTE_MS
"""What is on for longer was left on."""

LINKED: Final = 2
LASTING_S: Final = 15 * 60.0
"""What two devices do while people are seen is no stretch of activity below this."""

_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Sat:
    """Sittings in minutes after midnight of their habit-days, each shape (n,)."""

    begin: Clock
    begun: Clock
    end: Clock


@dataclass(frozen=True, eq=False)
class ToldSession:
    """A group, the days it sat on, and what is told of that.

    Attributes:
        starts: what was begun.
        group: the group.
        chance: shape (days,), of a sitting on each of the days compared.
    """

    starts: Starts
    group: Group
    chance: Floats

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Return the members, sorted."""
        return tuple(sorted(self.starts.name(thing) for thing in self.group.things))

    @property
    def room(self) -> int:
        """Return the index of the room that all members are of."""
        return int(self.starts.room[self.group.things[0]])

    @cached_property
    def _span(self) -> Span:
        """Return the part of the day in minutes after midnight of the habit-day."""
        begin = WAKING_DAY_STARTS_MS / MINUTE_MS
        step = BIN_MS / MINUTE_MS
        low = begin + self.group.low * step
        high = begin + (self.group.high + 1) * step
        return Span(low - self._turn * DAY_MINUTES, high - self._turn * DAY_MINUTES)

    @cached_property
    def _turn(self) -> int:
        """Return how many days after the waking day the habit-day is numbered."""
        begin = WAKING_DAY_STARTS_MS / MINUTE_MS
        middle = (self.group.low + self.group.high + 1) / 2 * BIN_MS / MINUTE_MS
        return int((begin + middle) // DAY_MINUTES)

    @cached_property
    def _rows(self) -> tuple[NDArray[np.intp], Sittings]:
        rows, member = rows_of(self.starts, self.group)
        day, bins = self.starts.day[rows], self.starts.bin[rows]
        return rows, sittings(day, bins, member, self.group)

    @cached_property
    def _days(self) -> Numbers:
        """Return the habit-days sat on."""
        return self._rows[1].day + self.starts.days.first + self._turn

    @cached_property
    def _sat(self) -> _Sat:
        """Return when each of the matched sittings began, all had begun, it was over.

        Minutes after midnight of the habit-day.
        """
        rows, found = self._rows
        kept = np.flatnonzero(member_of(self.matched, self._days))
        midnight = self._days[kept] * DAY_MS
        wall = self.starts.wall[rows]
        over = _over(self, rows, found.first[kept], found.last[kept])
        return _Sat(
            (wall[found.first[kept]] - midnight) / MINUTE_MS,
            (wall[found.begun[kept]] - midnight) / MINUTE_MS,
            (over - midnight) / MINUTE_MS,
        )

    @cached_property
    def _held(self) -> tuple[Numbers, Numbers, int, Floats]:
        """Return the eligible days, the matched ones, the weekdays, the chances."""
        window = self.starts.window
        ids = [key.entity_id for key in self.keys]
        eligible = window.days[eligible_for(window, ids, self._span)]
        index = eligible - self._turn - self.starts.days.first
        inside = (index >= 0) & (index < self.starts.days.count)
        inside[inside] &= self.starts.days.counted[index[inside]]
        eligible = eligible[inside]
        matched = eligible[member_of(self._days, eligible)]
        counts = [
            np.bincount(weekday_of(own), minlength=7).astype(float)
            for own in (matched, eligible)
        ]
        mask = best_mask(*counts)
        eligible, matched = (
            own[MASK_ROWS[mask, weekday_of(own)] > 0] for own in (eligible, matched)
        )
        index = eligible - self._turn - self.starts.days.first
        return eligible, matched, mask, self.chance[index]

    @property
    def eligible(self) -> Numbers:
        """Return the habit-days on which it could have taken place."""
        return self._held[0]

    @property
    def matched(self) -> Numbers:
        """Return those of them on which it did."""
        return self._held[1]

    @property
    def chances(self) -> Floats:
        """Return the chance of each eligible day."""
        return self._held[3]

    @cached_property
    def when(self) -> When:
        """Return when it begins: from its first member to the last that takes part."""
        sat = self._sat
        earliest, latest = stated_by_recent(sat.begin, sat.begun)
        last_day = int(self.starts.window.days[-1])
        time = expected_next(self.matched, sat.begin, last_day + 1, RECENT_SITTINGS)
        return When(
            float(np.clip(time, earliest, latest)) % DAY_MINUTES,
            earliest % DAY_MINUTES,
            latest % DAY_MINUTES,
            weekdays=MASKS[self._held[2]],
        )

    @cached_property
    def duration_s(self) -> Spread:
        """Return how long it lasts."""
        lasted = (self._sat.end - self._sat.begin)[-RECENT_SITTINGS:]
        p10, median, p90 = np.percentile(
            lasted * MINUTE_MS / SECOND_MS, [10, 50, 90]
        ).tolist()
        return Spread(median, p10, p90)

    @property
    def lasts(self) -> bool:
        """Tell whether it is more than two devices that are linked, and a witness."""
        devices = (~self.starts.witness[list(self.group.things)]).sum()
        return bool(devices > LINKED or self.duration_s.median >= LASTING_S)

    @cached_property
    def confidence(self) -> float:
        """Return the probability that half of it starts then on the next such day."""
        kept = self._kept
        return posterior_since_change(kept, UNKNOWN, PRIOR_DAYS, CHANGE_RATE)

    @cached_property
    def _kept(self) -> NDArray[np.bool_]:
        """Tell on which days that count the time was kept that all others would state.

        The time stated suits the sittings it is made of better than those to come, so
        each is held against what is stated without it (M. Stone, Cross-validatory
        choice and assessment of statistical predictions, JRSS B 36, 1974).
        """
        window, sat = self.starts.window, self._sat
        days, kept = begun_within(window, self.keys, self.when)
        low, high = stated_by_others(sat.begin, sat.begun)
        own = self.matched[-low.size :]
        midnight = own * DAY_MS
        alone = begun_between(window, self.keys, midnight + low, midnight + high)
        # The time stated may be nearer to the midnight after, and of the day after.
        turn = int(sum(stated_by_recent(sat.begin, sat.begun)) / 2 // DAY_MINUTES)
        known = member_of(days, own + turn)
        kept[np.searchsorted(days, own[known] + turn)] = alone[known]
        return kept

    def finding(self, home: Home, p_value: float, q_value: float) -> Finding:
        """Return the finding.

        Args:
            home: tells the areas.
            p_value: of the days matched, by chance.
            q_value: after control of the false discovery rate.
        """
        expected = float(self.chances.sum())
        return Finding(
            type=PatternType.SESSION,
            entities=self.keys,
            area_ids=home.area_ids(*(key.entity_id for key in self.keys)),
            confidence=self.confidence,
            evidence=Evidence(
                self.eligible.size,
                self.matched.size,
                self.matched.size,
                expected,
                self.matched.size / max(expected, _TINY),
                p_value,
                q_value,
            ),
            provenance=self._provenance(),
            eligible=self.eligible,
            matched=self.matched,
            times=self._sat.begin - self._span.center,
            when=self.when,
            duration_s=self.duration_s,
        )

    def _provenance(self) -> Provenance:
        """Return who began the members that are told; no automation did."""
        window = self.starts.window
        keys = self.starts.key[list(self.group.things)].tolist()
        cause = np.concatenate([window.cause[window.of_key(key)] for key in keys])
        cause = cause[cause <= USER]
        user = float((cause == USER).mean()) if cause.size else 0.0
        return Provenance(user, 1 - user, 0.0)


def _over(
    told: ToldSession,
    rows: NDArray[np.intp],
    first: NDArray[np.intp],
    last: NDArray[np.intp],
) -> Numbers:
    """Return when sittings were over: when half of what was begun had ended.

    Not before the last start. What only takes a moment, and what sees people, does
    not last.
    """
    starts = told.starts
    ends = starts.wall[rows].copy()
    lasts = np.zeros(rows.size, bool)
    for thing in told.group.things:
        key = starts.name(thing)
        at = starts.window.runs.key_at.get(key)
        if at is None or domain_of(key.entity_id) == SENSES:
            continue
        own = starts.window.runs.of_key(at)
        runs = starts.window.runs
        begin = starts.window.civil.wall(runs.begin[own])
        end = begin + np.minimum(runs.end[own] - runs.begin[own], LONGEST_MS)
        mine = np.flatnonzero(starts.thing[rows] == thing)
        place = np.searchsorted(begin, starts.wall[rows[mine]], "right") - 1
        known = (place >= 0) & runs.begun[own][place.clip(0)]
        ends[mine[known]] = np.maximum(end[place[known]], ends[mine[known]])
        lasts[mine] = known
    over = starts.wall[rows[last]].copy()
    for at, (low, high) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        own = ends[low : high + 1][lasts[low : high + 1]]
        if own.size:
            over[at] = max(over[at], int(np.median(own)))
    return over
