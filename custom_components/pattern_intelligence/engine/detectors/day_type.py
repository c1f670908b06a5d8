"""Kinds of days: what is done on workdays, what on free days, and not on the others.

Whether a habit depends on the kind of day is asked of every thing by itself: does it
happen at all, within a window of the clock, as the first or last of the day, on more
days of the one kind than of the other? The rest of the home tells how much more is done
on such days anyway; what that explains is no news (:mod:`..day_type.split`). What keeps a
time of its own is asked about that one time as well (:mod:`..day_type.times`). What one
device does on the same days is told once: that a lamp goes off again is no second habit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..absorption import COVERED
from ..civil import DAY_MINUTES, DAY_MS, WAKING_DAY_STARTS_MS
from ..claim import Claim
from ..day_type.counted import Counted
from ..day_type.search import Suspects, suspects
from ..day_type.times import kept_times
from ..day_type.trial import KindTrials
from ..eligibility import eligible_days
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Floats,
    Tally,
    false_discovery_q,
    posterior_since_change,
)
from ..home import Home
from ..occasions import member_of, occasions, span_of, walls_of
from ..pattern import DayKind, Evidence, Finding, PatternType, Provenance, When
from ..provenance import AUTOMATION, USER
from ..sentence import Sentence
from ..tables import Numbers
from ..time_of_day.claims import CHANGE_RATE, PRIOR_DAYS, RECENT_MATCHES
from ..time_of_day.drift import expected_next
from ..time_of_day.search import FEWEST_DAYS
from ..time_of_day.spans import ANCHORS, WAKING_MINUTE
from ..time_of_day.units import units_of
from ..time_of_day.walls import Met, Walls
from ..time_of_day.weekday_mask import EVERY_DAY
from ..tying import tie
from ..window import Key, Window

USUAL_DAYS: Final = 21
"""Days after which most of what kinds of days tell is there: three weekends."""


class DayType:
    """Finds habits that depend on the kind of day."""

    type = PatternType.DAY_TYPE

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return what is found, workdays first, by entity and state."""
        keys, automated, units = units_of(window, FEWEST_DAYS)
        if not units.size:
            return ()
        number = np.arange(units.first, units.first + units.days)
        counted = Counted.of(units, window.calendar.free(number))
        searched, asked = suspects(counted)
        found = Suspects.join([searched, kept_times(units, counted)])
        found = found.take(~automated[found.unit])
        names = [window.keys[keys[unit]].entity_id for unit in found.unit.tolist()]
        trials = KindTrials.of(window, units.walls, names, found)
        false = trials.by_chance(int(asked[:, ~automated].sum()))
        rows = _best_of_each(found, false)
        q_values = np.ones(false.size)
        q_values[rows] = false_discovery_q(false[rows], 1)
        sure = q_values <= FALSE_DISCOVERY_RATE
        told = [
            _finding(
                window, home, trials, row, keys[found.unit[row]], float(q_values[row])
            )
            for row in _each_once(window, home, trials, np.flatnonzero(sure), names)
        ]
        listed = [
            each
            for each in told
            if each.confidence >= LISTED_FROM and each.provenance.automation <= 0.5
        ]
        return tuple(tie(listed, window, home))

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return on how many later days of the kind a habit was kept."""
        assert claim.context is not None
        key, kind = claim.entities[0], claim.context["day_type"]
        if claim.when is None:
            days, kept = _at_all(window, key, free=kind == "free")
            early = False
        else:
            days, kept = occasions(window, key, claim.when)
            center = span_of(claim.when).center % DAY_MINUTES
            # A habit-day that is centered before noon is over by the end of its date.
            early = claim.when.anchor == "each" and center < DAY_MINUTES / 2
        later = days >= (since if early else since - 1)
        return Tally(int(later.sum()), int(kept[later].sum()))

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        lived = int(window.occupied.sum())
        if lived < USUAL_DAYS:
            return Sentence.of("waits.lived", needed=USUAL_DAYS, days=lived)
        return Sentence.of("day_type.waits.nothing")


def _best_of_each(found: Suspects, false: Floats) -> NDArray[np.intp]:
    """Return of each unit and kind of day the row that chance explains least.

    Args:
        found: what was examined.
        false: shape (n,), the claims by chance, were such as each one told.
    """
    order = np.lexsort((false, found.free, found.unit))
    unit, free = found.unit[order], found.free[order]
    new = (unit[1:] != unit[:-1]) | (free[1:] != free[:-1])
    return np.sort(order[np.append(True, new)[: order.size]])


def _each_once(
    window: Window,
    home: Home,
    trials: KindTrials,
    rows: NDArray[np.intp],
    entity_ids: Sequence[str],
) -> list[int]:
    """Return the rows to tell: of a device's, on the same days, what comes first.

    Args:
        window: the window of days.
        home: tells which entities are of one device.
        trials: of all rows.
        rows: those beyond chance.
        entity_ids: of all rows.
    """
    begun = np.array(
        [np.median(trials.times[row, trials.matched(row)]) for row in rows]
    )
    since = (begun - WAKING_MINUTE) % DAY_MINUTES
    led: dict[tuple[str, bool], list[int]] = {}
    for row in rows[np.argsort(since, kind="stable")].tolist():
        entity_id = entity_ids[row]
        device = home.unit(entity_id)
        leaders = led.setdefault((device, bool(trials.suspects.free[row])), [])
        own = trials.matched(row)
        shares = [np.isin(own, trials.matched(leader)).mean() for leader in leaders]
        if max(shares, default=0.0) < COVERED:
            leaders.append(row)
    return sorted(row for leaders in led.values() for row in leaders)


def _at_all(
    window: Window, key: Key, *, free: bool
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the eligible waking days of a kind, and on which anything happened."""
    begin, end = WAKING_MINUTE, WAKING_MINUTE + DAY_MINUTES
    eligible = eligible_days(window, key.entity_id, begin, end, "first")
    days = window.days[eligible & (window.calendar.free(window.days) == free)]
    seen = np.unique((walls_of(window, key) - WAKING_DAY_STARTS_MS) // DAY_MS)
    return days, member_of(seen, days)


def _finding(
    window: Window, home: Home, trials: KindTrials, row: int, at: int, q_value: float
) -> Finding:
    """Return what is reported of one thing and kind of day."""
    key, free = window.keys[at], bool(trials.suspects.free[row])
    eligible, matched = trials.days(row, own=True), trials.matched(row)
    others = trials.days(row, own=False)
    when, times = _when(window, trials, row)
    if when is None:
        _, kept = _at_all(window, key, free=free)
    else:
        _, kept = occasions(window, key, when)
    causes = _causes(window, trials, row, at)
    expected = float(trials.expected[row])
    # Begins from what the other days give: it was picked since it looked best.
    confidence = posterior_since_change(
        kept, expected / eligible.size, PRIOR_DAYS, CHANGE_RATE
    )
    automation = float((causes >= AUTOMATION).mean())
    user = float((causes == USER).mean())
    return Finding(
        type=PatternType.DAY_TYPE,
        entities=(key,),
        area_ids=home.area_ids(key.entity_id),
        confidence=confidence,
        evidence=Evidence(
            eligible.size,
            matched.size,
            causes.size,
            expected,
            matched.size / expected,
            float(trials.p_values[row]),
            q_value,
        ),
        provenance=Provenance(user, max(1 - user - automation, 0.0), automation),
        eligible=window.days[eligible],
        matched=window.days[matched],
        times=times,
        when=when,
        context={"kind": "day_type", "day_type": "free" if free else "workday"},
        details={
            "other_days": {
                "days_eligible": others.size,
                "days_matched": int(trials.kept[row, others].sum()),
            }
        },
    )


def _when(
    window: Window, trials: KindTrials, row: int
) -> tuple[When | None, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return the time stated, if any, and how far each match was from its middle."""
    spans = trials.suspects.spans.take(np.array([row]))
    if not trials.suspects.timed[row]:
        return None, np.zeros(0)
    matched = trials.matched(row)
    times = trials.times[row, matched]
    earliest, latest = np.percentile(times[-RECENT_MATCHES:], [10, 90]).tolist()
    expected = expected_next(
        window.days[matched], times, int(window.days[-1]) + 1, RECENT_MATCHES
    )
    free = bool(trials.suspects.free[row])
    weekend = window.calendar.weekend
    kind: DayKind = "free" if free else "workday"
    when = When(
        float(np.clip(expected, earliest, latest)) % DAY_MINUTES,
        earliest % DAY_MINUTES,
        latest % DAY_MINUTES,
        ANCHORS[spans.anchor[0]],
        tuple(day for day in EVERY_DAY if (day in weekend) == free),
        kind,
    )
    return when, times - float(spans.center[0])


def _causes(window: Window, trials: KindTrials, row: int, at: int) -> Numbers:
    """Return who caused what happened in the window on the days that matched."""
    rows = window.of_key(at)
    order = np.argsort(window.wall[rows], kind="stable")
    walls = Walls(np.zeros(order.size, np.int64), window.wall[rows][order])
    matched = trials.matched(row)
    spans = trials.suspects.spans.take(np.array([row]))
    met = Met(walls, np.zeros(1, np.int64), spans, window.days[matched])
    cause = window.cause[rows][order].astype(np.int64)
    inside = zip(met.low[0].tolist(), met.high[0].tolist(), strict=True)
    return np.concatenate([cause[low:high] for low, high in inside])
