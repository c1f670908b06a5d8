"""Habits that keep a time of day: what happens around then, on which weekdays.

Each happening is looked at, and apart from it the first and the last of a waking
day. A window of the clock is a habit when it is met on more days than the unit's
own rhythm explains (:mod:`..rhythm`), tested exactly by days and corrected for
every window, weekday mask and anchor that was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..bursts import Bursts, find_bursts
from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS, WAKING_DAY_STARTS_MS
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
from ..home import Home
from ..occasions import occasions, span_of, weekday_of
from ..pattern import Evidence, Finding, PatternType, Provenance, When
from ..provenance import AUTOMATION, USER
from ..rhythm import BINS, STEP_MINUTES, Rhythms, fit_rhythms
from ..tables import Numbers
from ..time_search import (
    FEWEST_DAYS,
    STEP_MS,
    Candidate,
    Days,
    log_risk,
    search,
    waking_cdf,
)
from ..weekday_mask import MASKS, best_mask
from ..window import Window

RECENT_MATCHES: Final = 28
"""Matched habit-days that the stated percentiles look back on."""

FEWEST_OF_ONE_WEEKDAY: Final = 6
"""Matches that a habit of a single weekday needs."""

_PEAKS: Final = 4
"""Habits of one unit and anchor that are looked at closely."""


@dataclass(frozen=True, slots=True)
class _Units:
    """What is tested: keys, and apart from them what automations do to them.

    Attributes:
        key: shape (units,), index into the window's keys.
        automated: shape (units,), whether only automations' happenings count.
        bursts: their bursts.
    """

    key: NDArray[np.int64]
    automated: NDArray[np.bool_]
    bursts: Bursts


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
        units = _units(window)
        if not units.key.size or not window.days.size:
            return ()
        days = _days(window, units)
        starts = fit_rhythms(
            _profile(units.bursts.unit, units.bursts.start, units, days)
        )
        ends = fit_rhythms(_profile(units.bursts.unit, units.bursts.end, units, days))
        tested = [
            _test(window, units, candidate, ends if anchor == "last" else starts)
            for (_, anchor), group in groupby(
                search(units.bursts, starts, ends, days),
                lambda candidate: (candidate.unit, candidate.anchor),
            )
            for candidate in _separate(group)
        ]
        return _listed(window, home, units, tested)

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


def _units(window: Window) -> _Units:
    """Return the units whose marginal totals allow a habit."""
    automated = (window.cause >= AUTOMATION).astype(np.int64)
    unit = 2 * window.key.astype(np.int64) + automated
    days = np.unique(np.stack((unit, window.wall // DAY_MS)), axis=1)[0]
    kept = np.flatnonzero(
        np.bincount(days, minlength=2 * len(window.keys)) >= FEWEST_DAYS
    )
    place = np.full(2 * len(window.keys), -1, np.int64)
    place[kept] = np.arange(kept.size)
    chosen = place[unit] >= 0
    bursts = find_bursts(place[unit[chosen]], window.wall[chosen], kept.size)
    return _Units(kept // 2, kept % 2 == 1, bursts)


def _days(window: Window, units: _Units) -> Days:
    """Return the days without holes, and on which of them each unit was there."""
    first, last = int(window.days[0]), int(window.days[-1])
    number = np.arange(first, last + 1)
    known = np.isin(number, window.days)
    at = np.minimum(np.searchsorted(window.days, number), window.days.size - 1)
    needed = 24 * NEEDED_SHARE
    recorded = window.recorded.sum(axis=1)
    eligible = np.empty((units.key.size, number.size), bool)
    for row, key in enumerate(units.key.tolist()):
        entity = window.entity_at.get(window.keys[key].entity_id)
        share = recorded if entity is None else window.available[entity].sum(axis=1)
        eligible[row] = known & (share[at] >= needed) & window.occupied[at]
    return Days(first, weekday_of(number), eligible)


def _profile(
    unit: NDArray[np.int64], wall: Numbers, units: _Units, days: Days
) -> Floats:
    """Return how often each bin of the day was met on eligible days."""
    day = wall // DAY_MS - days.first
    inside = (day >= 0) & (day < days.weekday.size)
    unit, wall, day = unit[inside], wall[inside], day[inside]
    kept = days.eligible[unit, day]
    flat = unit[kept] * BINS + wall[kept] % DAY_MS // STEP_MS
    counts = np.bincount(flat, minlength=units.key.size * BINS)
    return counts.reshape(-1, BINS).astype(float)


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
    middle_one, middle_other = _center(one), _center(other)
    apart = abs((middle_one - middle_other + BINS / 2) % BINS - BINS / 2)
    return apart < (one.high - one.low + other.high - other.low) / 2


def _center(candidate: Candidate) -> float:
    shift = 0 if candidate.anchor == "each" else WAKING_DAY_STARTS_MS // STEP_MS
    return (candidate.low + candidate.high) / 2 + shift


def _test(
    window: Window, units: _Units, candidate: Candidate, rhythms: Rhythms
) -> _Tested:
    """Return a window's days, matches and chances, with the mask that fits best."""
    begins = 0 if candidate.anchor == "each" else WAKING_DAY_STARTS_MS
    low, high = candidate.low, candidate.high
    if candidate.anchor != "each":
        low, high = max(low, 0), min(high, BINS)
    low_ms, high_ms = begins + low * STEP_MS, begins + high * STEP_MS
    center = (low_ms + high_ms) / 2 / MINUTE_MS
    key = window.keys[units.key[candidate.unit]]
    eligible = window.days[
        eligible_days(
            window,
            key.entity_id,
            low_ms / MINUTE_MS,
            high_ms / MINUTE_MS,
            candidate.anchor,
            center,
        )
    ]
    own = units.bursts.of(candidate.unit)
    wall = (units.bursts.end if candidate.anchor == "last" else units.bursts.start)[own]
    number = habit_day(wall, center, candidate.anchor)
    since = wall - number * DAY_MS
    inside = (since >= low_ms) & (since < high_ms)
    if candidate.anchor == "first":
        inside[1:] &= number[1:] != number[:-1]
    elif candidate.anchor == "last":
        inside[:-1] &= number[1:] != number[:-1]
    inside &= np.isin(number, eligible)
    day, minutes = number[inside], since[inside] / MINUTE_MS
    order = np.lexsort((np.abs(minutes - center), day))
    matched, nearest = np.unique(day[order], return_index=True)
    times = minutes[order][nearest]

    mask = best_mask(
        np.bincount(weekday_of(matched), minlength=7).astype(float),
        np.bincount(weekday_of(eligible), minlength=7).astype(float),
    )
    eligible = eligible[np.isin(weekday_of(eligible), MASKS[mask])]
    kept = np.isin(weekday_of(matched), MASKS[mask])
    number_of = np.searchsorted(np.sort(number), eligible, "right") - np.searchsorted(
        np.sort(number), eligible, "left"
    )
    return _Tested(
        Candidate(
            candidate.unit,
            candidate.anchor,
            low,
            high,
            mask,
            candidate.gain,
        ),
        eligible,
        matched[kept],
        times[kept],
        _chances(candidate, low, high, rhythms, number_of),
    )


def _chances(
    candidate: Candidate, low: int, high: int, rhythms: Rhythms, bursts: Numbers
) -> Floats:
    """Return the chance that bursts thrown into the day by rhythm alone match.

    Args:
        candidate: whose anchor and unit count.
        low: first bin edge.
        high: last bin edge.
        rhythms: of the units.
        bursts: shape (days,), how many there were on each day.
    """
    number = bursts.astype(float)
    if candidate.anchor == "each":
        missed = 1 - rhythms.mass(low, high, candidate.unit)
        return np.asarray(1 - missed**number)
    cdf = waking_cdf(rhythms, np.array([candidate.unit]))[0]
    if candidate.anchor == "first":
        return np.asarray((1 - cdf[low]) ** number - (1 - cdf[high]) ** number)
    return np.where(bursts > 0, cdf[high] ** number - cdf[low] ** number, 0.0)


def _listed(
    window: Window, home: Home, units: _Units, tested: Sequence[_Tested]
) -> Sequence[Finding]:
    """Return the findings that are sure enough, one for each habit."""
    tested = [t for t in tested if t.matched.size >= _fewest(t.candidate.mask)]
    if not tested:
        return ()
    p_values = _p_values(tested)
    risks = np.array(
        [
            log_risk((t.candidate.high - t.candidate.low) // 2, t.candidate.mask)
            for t in tested
        ]
    )
    corrected = np.minimum(p_values / np.exp(risks), 1.0)
    unit = np.array([t.candidate.unit for t in tested])
    least = np.full(units.key.size, 1.0)
    np.minimum.at(least, unit, corrected)
    q_units = false_discovery_q(least, units.key.size)
    # Of a unit's further windows, each counts by its own p at its place in the order.
    order = np.sort(least)
    places = np.maximum(np.searchsorted(order, corrected, "right"), 1)
    q_values = np.maximum(
        q_units[unit], np.minimum(corrected * units.key.size / places, 1.0)
    )
    found: list[tuple[_Tested, Finding]] = []
    ranking = np.argsort([-t.candidate.gain for t in tested], kind="stable")
    for i in ranking.tolist():
        own = tested[i]
        if q_values[i] > FALSE_DISCOVERY_RATE:
            continue
        key = units.key[own.candidate.unit]
        if any(
            units.key[other.candidate.unit] == key
            and _collide(own.candidate, other.candidate)
            for other, _ in found
        ):
            continue
        finding = _finding(
            window, home, units, own, float(p_values[i]), float(q_values[i])
        )
        if finding.confidence >= LISTED_FROM:
            found.append((own, finding))
    found.sort(
        key=lambda pair: (
            units.key[pair[0].candidate.unit],
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
    units: _Units,
    own: _Tested,
    p_value: float,
    q_value: float,
) -> Finding:
    """Return what is reported of a window."""
    key = window.keys[units.key[own.candidate.unit]]
    earliest, latest = np.percentile(own.times[-RECENT_MATCHES:], [10, 90]).tolist()
    center = _center(own.candidate) * STEP_MINUTES
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
    occurrences, provenance, automated_by = _causes(window, units, own)
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
    window: Window, units: _Units, own: _Tested
) -> tuple[int, Provenance, tuple[str, ...]]:
    """Return how often a window was met on matched days, and who did it."""
    rows = window.of_key(int(units.key[own.candidate.unit]))
    center = _center(own.candidate) * STEP_MINUTES
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
