"""Habits that keep a time of day: what happens around then, on which weekdays.

Each happening is looked at, and apart from it the first and the last of a waking
day. A window of the clock is a habit when it is met on more days than the unit's
own rhythm explains (:mod:`..rhythm`), tested exactly by days and corrected for
every window, weekday mask and anchor that was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS, circular_minutes
from ..claim import Claim
from ..drift import expected_next
from ..eligibility import NEEDED_SHARE, eligible_days, habit_day
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Floats,
    Tally,
    decay,
    false_discovery_q,
    poisson_binomial_tail,
    posterior_mean,
)
from ..happenings import BOUT_GAP_MS
from ..home import Home
from ..occasions import WAKING_MINUTE, Span, occasions, span_of, weekday_of
from ..pattern import Anchor, Evidence, Finding, PatternType, Provenance, When
from ..provenance import AUTOMATION, USER
from ..rhythm import BINS, STEP_MINUTES, Rhythms, fit_rhythms
from ..spacing import gaps_of, met_within, stretches
from ..tables import Numbers
from ..time_search import FEWEST_DAYS, STEP_MS, Candidate, Units, log_risk, search
from ..weekday_mask import MASKS, best_mask
from ..window import Key, Window

RECENT_MATCHES: Final = 28
"""Matched habit-days that the stated percentiles look back on."""

FEWEST_OF_ONE_WEEKDAY: Final = 6
"""Matches that a habit of a single weekday needs."""

_PEAKS: Final = 4
"""Habits of one unit and anchor that are looked at closely."""


@dataclass(frozen=True, eq=False)
class _Tested:
    """A window that was tested exactly.

    Attributes:
        candidate: the window, with the mask that tells best when it is kept.
        eligible: numbers of the eligible habit-days.
        matched: those of them that matched.
        times: minutes after midnight of the habit-day, one for each match.
        chances: shape (eligible,), the chance of a match on each.
    """

    candidate: Candidate
    eligible: Numbers
    matched: Numbers
    times: Floats
    chances: Floats


class TimeOfDay:
    """Finds habits that keep a time of day."""

    type = PatternType.TIME_OF_DAY

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return what is found as of the window's last day, in a fixed order."""
        keys, units = _units(window)
        if not keys.size:
            return ()
        rhythms = fit_rhythms(_profile(units))
        tested = [
            _test(window, window.keys[keys[candidate.unit]], units, candidate, rhythms)
            for _, group in groupby(
                search(units, rhythms), lambda found: (found.unit, found.anchor)
            )
            for candidate in _separate(group)
        ]
        return _listed(window, home, keys, tested)

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return on how many later habit-days a stated time was kept."""
        assert claim.when is not None
        days, kept = occasions(window, claim.entities[0], claim.when)
        center = span_of(claim.when).center % DAY_MINUTES
        # A habit-day that begins before noon of the day before is over by midnight.
        early = claim.when.anchor == "each" and center < DAY_MINUTES / 2
        later = days >= (since if early else since - 1)
        return Tally(int(later.sum()), int(kept[later].sum()))

    def waits_for(self, window: Window, home: Home) -> str:
        """Return why nothing is found."""
        active = int(window.occupied.sum())
        if active < 2 * FEWEST_DAYS:
            return f"needs 10 days with somebody home, {active} so far"
        return "nothing happens at a time of day more often than its rhythm explains"


def _units(window: Window) -> tuple[Numbers, Units]:
    """Return the units whose marginal totals allow a habit.

    A unit is a key; what automations do to it is one apart.

    Returns:
        The position of each unit's key, and the units.
    """
    unit = 2 * window.key.astype(np.int64) + (window.cause >= AUTOMATION)
    days = np.unique(np.stack((unit, window.wall // DAY_MS)), axis=1)[0]
    kept = np.flatnonzero(
        np.bincount(days, minlength=2 * len(window.keys)) >= FEWEST_DAYS
    )
    place = np.full(2 * len(window.keys), -1, np.int64)
    place[kept] = np.arange(kept.size)
    chosen = np.flatnonzero(place[unit] >= 0)
    unit, wall = place[unit[chosen]], window.wall[chosen]
    order = np.lexsort((wall, unit))
    first, last = int(window.days[0]), int(window.days[-1])
    number = np.arange(first, last + 1)
    return kept // 2, Units(
        unit[order],
        wall[order],
        first,
        weekday_of(number),
        _eligible(window, kept // 2, number),
    )


def _eligible(window: Window, keys: Numbers, number: Numbers) -> NDArray[np.bool_]:
    """Return on which days the entity of each key was there, shape (keys, days)."""
    known = np.isin(number, window.days)
    at = np.minimum(np.searchsorted(window.days, number), window.days.size - 1)
    here = known & window.occupied[at]
    recorded = window.recorded.sum(axis=1)
    rows = []
    for key in keys.tolist():
        entity = window.entity_at.get(window.keys[key].entity_id)
        hours = recorded if entity is None else window.available[entity].sum(axis=1)
        rows.append(here & (hours[at] >= 24 * NEEDED_SHARE))
    return np.array(rows, bool).reshape(keys.size, number.size)


def _profile(units: Units) -> Floats:
    """Return how often each bin of the day was met; what repeats at once counts once."""
    begins = np.ones(units.unit.size, bool)
    begins[1:] = (units.unit[1:] != units.unit[:-1]) | (
        units.wall[1:] - units.wall[:-1] >= BOUT_GAP_MS
    )
    unit, wall = units.unit[begins], units.wall[begins]
    day = wall // DAY_MS - units.first
    kept = units.eligible[unit, day]
    flat = unit[kept] * BINS + wall[kept] % DAY_MS // STEP_MS
    number = units.eligible.shape[0]
    return np.bincount(flat, minlength=number * BINS).reshape(-1, BINS).astype(float)


def _separate(candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    """Yield the best window of each peak; those that overlap it are the same one."""
    taken: list[Candidate] = []
    for candidate in candidates:
        if len(taken) == _PEAKS:
            return
        if not any(_collide(candidate, other) for other in taken):
            taken.append(candidate)
            yield candidate


def _collide(one: Candidate, other: Candidate) -> bool:
    """Tell whether two windows of a unit state the same, in part."""
    if not set(MASKS[one.mask]) & set(MASKS[other.mask]):
        return False
    if one.anchor == other.anchor != "each":
        return True
    return _overlap(one, other)


def _overlap(one: Candidate, other: Candidate) -> bool:
    apart = abs(circular_minutes(one.center - other.center))
    return apart < (one.high - one.low + other.high - other.low) / 2 * STEP_MINUTES


def _test(
    window: Window, key: Key, units: Units, candidate: Candidate, rhythms: Rhythms
) -> _Tested:
    """Return a window's days, matches and chances, with the mask that fits best."""
    anchor, center = candidate.anchor, candidate.center
    low, high = candidate.low * STEP_MS, candidate.high * STEP_MS
    eligible = window.days[
        eligible_days(
            window, key.entity_id, low / MINUTE_MS, high / MINUTE_MS, anchor, center
        )
    ]
    wall = units.of(candidate.unit)
    number = habit_day(wall, center, anchor)
    since = wall - number * DAY_MS
    inside = (since >= low) & (since < high) & np.isin(number, eligible)
    if anchor == "first":
        inside[1:] &= number[1:] != number[:-1]
    elif anchor == "last":
        inside[:-1] &= number[1:] != number[:-1]
    matched, times = _nearest(number[inside], since[inside] / MINUTE_MS, center)
    mask = best_mask(_by_weekday(matched), _by_weekday(eligible))
    eligible = eligible[np.isin(weekday_of(eligible), MASKS[mask])]
    kept = np.isin(weekday_of(matched), MASKS[mask])
    return _Tested(
        replace(candidate, mask=mask),
        eligible,
        matched[kept],
        times[kept],
        _chances(units, rhythms, candidate.unit, anchor, candidate.span, eligible),
    )


def _nearest(days: Numbers, times: Floats, center: float) -> tuple[Numbers, Floats]:
    """Return the days, each once, and of each the time nearest to the center."""
    order = np.lexsort((np.abs(times - center), days))
    own, at = np.unique(days[order], return_index=True)
    return own, times[order][at]


def _by_weekday(days: Numbers) -> Floats:
    return np.bincount(weekday_of(days), minlength=7).astype(float)


def _chances(
    units: Units, rhythms: Rhythms, unit: int, anchor: Anchor, span: Span, days: Numbers
) -> Floats:
    """Return the chance of a match on each day, if the rhythm were all there is.

    Args:
        units: what is searched.
        rhythms: of all units.
        unit: which one.
        anchor: which happenings of a day count.
        span: the window.
        days: shape (days,), ascending habit-days.
    """
    wall = units.of(unit)
    number = habit_day(wall, span.center, anchor)
    kept = np.isin(number, days)
    number, wall = number[kept], wall[kept]
    begin = span.center - DAY_MINUTES / 2 if anchor == "each" else WAKING_MINUTE
    edges = rhythms.upto(np.array([begin, span.low, span.high]), np.full(3, unit))
    passed = rhythms.upto(wall % DAY_MS / MINUTE_MS, np.full(wall.size, unit))
    gaps = gaps_of(number, (passed - edges[0]) % 1.0)
    trial = np.searchsorted(days, number)
    low, high = np.clip(edges[1:] - edges[0], 0.0, 1.0).tolist()
    longer, shorter = stretches(anchor, low, high)
    return met_within(gaps, trial, days.size, longer) - met_within(
        gaps, trial, days.size, shorter
    )


def _listed(
    window: Window, home: Home, keys: Numbers, tested: Sequence[_Tested]
) -> Sequence[Finding]:
    """Return the findings that are sure enough, one for each habit."""
    tested = [t for t in tested if t.matched.size >= _fewest(t.candidate.mask)]
    if not tested:
        return ()
    p_values = _p_values(tested)
    risks = log_risk(
        np.array([(t.candidate.high - t.candidate.low + 1) // 2 for t in tested]),
        np.array([t.candidate.mask for t in tested]),
        np.array([float(t.eligible.size) for t in tested]),
    )
    corrected = np.minimum(p_values / np.exp(risks), 1.0)
    unit = np.array([t.candidate.unit for t in tested])
    least = np.full(keys.size, 1.0)
    np.minimum.at(least, unit, corrected)
    q_units = false_discovery_q(least, keys.size)
    # Of a unit's further windows, each counts by its own p at its place in the order.
    order = np.sort(least)
    places = np.maximum(np.searchsorted(order, corrected, "right"), 1)
    q_values = np.maximum(
        q_units[unit], np.minimum(corrected * keys.size / places, 1.0)
    )
    found: list[tuple[_Tested, Finding]] = []
    ranking = np.argsort([-t.candidate.gain for t in tested], kind="stable")
    for i in ranking.tolist():
        own = tested[i]
        if q_values[i] > FALSE_DISCOVERY_RATE:
            continue
        key = keys[own.candidate.unit]
        if any(
            keys[other.candidate.unit] == key
            and _collide(own.candidate, other.candidate)
            for other, _ in found
        ):
            continue
        finding = _finding(
            window, home, keys, own, float(p_values[i]), float(q_values[i])
        )
        if finding.confidence >= LISTED_FROM:
            found.append((own, finding))
    found.sort(
        key=lambda pair: (
            keys[pair[0].candidate.unit],
            pair[0].candidate.anchor,
            pair[0].candidate.low,
        )
    )
    return tuple(finding for _, finding in found)


def _fewest(mask: int) -> int:
    return FEWEST_OF_ONE_WEEKDAY if len(MASKS[mask]) == 1 else FEWEST_DAYS


def _p_values(tested: Sequence[_Tested]) -> Floats:
    """Return the exact p of each window's matches."""
    longest = max(t.chances.size for t in tested)
    chances = np.zeros((len(tested), longest))
    for row, own in enumerate(tested):
        chances[row, : own.chances.size] = own.chances
    return poisson_binomial_tail(
        chances, np.array([t.matched.size for t in tested], np.int64)
    )


def _finding(
    window: Window,
    home: Home,
    keys: Numbers,
    own: _Tested,
    p_value: float,
    q_value: float,
) -> Finding:
    """Return what is reported of a window."""
    key = window.keys[keys[own.candidate.unit]]
    earliest, latest = np.percentile(own.times[-RECENT_MATCHES:], [10, 90]).tolist()
    center = own.candidate.center
    expected_time = expected_next(
        own.matched, own.times, int(window.days[-1]) + 1, RECENT_MATCHES
    )
    when = When(
        expected_time % DAY_MINUTES,
        earliest % DAY_MINUTES,
        latest % DAY_MINUTES,
        own.candidate.anchor,
        MASKS[own.candidate.mask],
    )
    days, kept = occasions(window, key, when)
    confidence = posterior_mean(kept.astype(float), decay(days, int(window.days[-1])))
    expected = float(own.chances.sum())
    occurrences, provenance, automated_by = _causes(window, keys, own)
    return Finding(
        PatternType.TIME_OF_DAY,
        (key,),
        home.area_ids(key.entity_id),
        confidence,
        Evidence(
            own.eligible.size,
            own.matched.size,
            occurrences,
            expected,
            own.matched.size / max(expected, 1e-9),
            p_value,
            q_value,
        ),
        provenance,
        own.eligible,
        own.matched,
        own.times - center,
        when,
        automated_by=automated_by,
    )


def _causes(
    window: Window, keys: Numbers, own: _Tested
) -> tuple[int, Provenance, tuple[str, ...]]:
    """Return how often a window was met on matched days, and who did it."""
    rows = window.of_key(int(keys[own.candidate.unit]))
    center = own.candidate.center
    reach = (own.candidate.high - own.candidate.low) * STEP_MS / 2
    wall, cause = window.wall[rows], window.cause[rows]
    number = habit_day(wall, center, "each")
    inside = np.abs(wall - number * DAY_MS - center * MINUTE_MS) <= reach
    cause = cause[inside & np.isin(number, own.matched)]
    total = max(cause.size, 1)
    automation = float((cause >= AUTOMATION).sum()) / total
    user = float((cause == USER).sum()) / total
    names = {window.automations[i - AUTOMATION] for i in cause[cause >= AUTOMATION]}
    automated_by = tuple(sorted(names - {""})) if automation > 0.5 else ()
    return (
        int(cause.size),
        Provenance(user, 1 - user - automation if cause.size else 1.0, automation),
        automated_by,
    )
