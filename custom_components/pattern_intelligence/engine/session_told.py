"""What is told of a session: when it begins, how long it lasts, how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MINUTES, DAY_MS, MINUTE_MS, SECOND_MS, WAKING_DAY_STARTS_MS
from .drift import expected_next
from .eligibility import eligible_spans
from .evidence import Floats, posterior_since_change
from .happenings import domain_of
from .home import Home
from .occasions import Span, member_of, walls_of, weekday_of
from .pattern import Evidence, Finding, PatternType, Provenance, Spread, When
from .provenance import USER
from .rooms import SENSES
from .session_sittings import Group, chance_of_sitting, half_of, rows_of, sittings
from .session_starts import BIN_MS, Starts
from .spans import EACH, Spans
from .tables import Numbers
from .weekday_mask import MASK_ROWS, MASKS, best_mask
from .window import Key, Window

RECENT_SITTINGS: Final = 28
"""Matched days that the stated figures look back on."""

PRIOR_DAYS: Final = 2.0
"""Days that chance counts for in the confidence, as in that of a time of day."""

CHANGE_RATE: Final = 0.003
"""Share of days before which a session begins, ends or changes: once a year."""

LONGEST_MS: Final = 12 * 60 * MINUTE_MS
"""What is on for longer was left on."""

_TINY: Final = 1e-9


@dataclass(frozen=True, eq=False)
class ToldSession:
    """A group, the days it sat on, and what is told of that.

    Attributes:
        starts: what was begun.
        group: the group.
    """

    starts: Starts
    group: Group

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Return the members, sorted."""
        return tuple(sorted(self.starts.name(thing) for thing in self.group.things))

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
    def _sat(self) -> tuple[Numbers, Floats, Floats, Floats]:
        """Return the days sat on, when each began, was half, and was over.

        Habit-days, and minutes after midnight of them.
        """
        starts = self.starts
        rows, member = rows_of(starts, self.group)
        found = sittings(starts.day[rows], starts.bin[rows], member, self.group)
        day = found.day + starts.days.first + self._turn
        wall = starts.wall[rows]
        over = _over(self, rows, found.first, found.last)
        begin, half, end = (
            (own - day * DAY_MS) / MINUTE_MS
            for own in (wall[found.first], wall[found.half], over)
        )
        return day, begin, half, end

    @cached_property
    def _held(self) -> tuple[Numbers, Numbers, int, Floats]:
        """Return the eligible days, the matched ones, the weekdays, the chances."""
        window = self.starts.window
        ids = [key.entity_id for key in self.keys]
        eligible = window.days[_eligible(window, ids, self._span)]
        index = eligible - self._turn - self.starts.days.first
        inside = (index >= 0) & (index < self.starts.days.count)
        inside[inside] &= self.starts.days.counted[index[inside]]
        eligible = eligible[inside]
        matched = eligible[np.isin(eligible, self._sat[0])]
        counts = [
            np.bincount(weekday_of(own), minlength=7).astype(float)
            for own in (matched, eligible)
        ]
        mask = best_mask(*counts)
        eligible, matched = (
            own[MASK_ROWS[mask, weekday_of(own)] > 0] for own in (eligible, matched)
        )
        chance = chance_of_sitting(self.starts, self.group)
        index = eligible - self._turn - self.starts.days.first
        return eligible, matched, mask, chance[index]

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
    def _matched_rows(self) -> NDArray[np.bool_]:
        return member_of(self.matched, self._sat[0])

    @cached_property
    def when(self) -> When:
        """Return when it begins: from its first member to that which makes it half.

        The 10th percentile of the one and the 90th of the other.
        """
        day, begin, half, _ = (own[self._matched_rows] for own in self._sat)
        earliest = float(np.percentile(begin[-RECENT_SITTINGS:], 10))
        latest = float(np.percentile(half[-RECENT_SITTINGS:], 90))
        last_day = int(self.starts.window.days[-1])
        time = expected_next(day, begin, last_day + 1, RECENT_SITTINGS)
        return When(
            float(np.clip(time, earliest, max(latest, earliest))) % DAY_MINUTES,
            earliest % DAY_MINUTES,
            max(latest, earliest) % DAY_MINUTES,
            weekdays=MASKS[self._held[2]],
        )

    @cached_property
    def duration_s(self) -> Spread:
        """Return how long it lasts."""
        _, begin, _, end = (own[self._matched_rows] for own in self._sat)
        lasted = (end - begin)[-RECENT_SITTINGS:] * MINUTE_MS / SECOND_MS
        p10, median, p90 = np.percentile(lasted, [10, 50, 90]).tolist()
        return Spread(median, p10, p90)

    @cached_property
    def confidence(self) -> float:
        """Return the probability that half of it starts then on the next such day."""
        _, kept = begun_within(self.starts.window, self.keys, self.when)
        expected = float(self.chances.sum()) / max(self.chances.size, 1)
        return posterior_since_change(kept, expected, PRIOR_DAYS, CHANGE_RATE)

    def finding(self, home: Home, p_value: float, q_value: float) -> Finding:
        """Return the finding.

        Args:
            home: tells the areas.
            p_value: of the days matched, by chance.
            q_value: after control of the false discovery rate.
        """
        day, begin, _, _ = (own[self._matched_rows] for own in self._sat)
        expected = float(self.chances.sum())
        return Finding(
            type=PatternType.SESSION,
            entities=self.keys,
            area_ids=home.area_ids(*(key.entity_id for key in self.keys)),
            confidence=self.confidence,
            evidence=Evidence(
                self.eligible.size,
                self.matched.size,
                day.size,
                expected,
                self.matched.size / max(expected, _TINY),
                p_value,
                q_value,
            ),
            provenance=self._provenance(),
            eligible=self.eligible,
            matched=self.matched,
            times=begin - self._span.center,
            when=self.when,
            duration_s=self.duration_s,
        )

    def _provenance(self) -> Provenance:
        """Return who began the members that are told; no automation did."""
        window = self.starts.window
        own = np.isin(window.key, self.starts.key[list(self.group.things)])
        cause = window.cause[own & (window.cause <= USER)]
        user = float((cause == USER).mean()) if cause.size else 0.0
        return Provenance(user, 1 - user, 0.0)


def begun_within(
    window: Window, keys: tuple[Key, ...], when: When
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the days on which a session could begin when stated, and where it did.

    Args:
        window: the window.
        keys: the members.
        when: the time stated, taken as it is.

    Returns:
        Ascending numbers of the eligible habit-days, and on which of them at least
        half of the members were begun from ``earliest`` to ``latest``.
    """
    length = (when.latest - when.earliest) % DAY_MINUTES
    middle = (when.earliest + length / 2) % DAY_MINUTES
    span = Span(middle - length / 2, middle + length / 2)
    eligible = _eligible(window, [key.entity_id for key in keys], span)
    eligible &= np.isin(weekday_of(window.days), when.weekdays)
    days = window.days[eligible]
    low = days * DAY_MS + round(span.low * MINUTE_MS)
    high = days * DAY_MS + round(span.high * MINUTE_MS)
    begun = np.zeros(days.size, np.int64)
    for key in keys:
        wall = walls_of(window, key)
        begun += np.searchsorted(wall, high, "right") > np.searchsorted(wall, low)
    return days, begun >= half_of(len(keys))


def _eligible(window: Window, ids: list[str], span: Span) -> NDArray[np.bool_]:
    """Tell on which habit-days a span could be kept by all of some entities."""
    size = len(ids)
    spans = Spans(
        np.full(size, EACH), np.full(size, span.low), np.full(size, span.high)
    )
    found: NDArray[np.bool_] = eligible_spans(window, ids, spans).all(axis=0)
    return found


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
