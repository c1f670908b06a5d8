"""What is stated of habits by the sun, and on which days it was kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS
from ..claim import Claim
from ..evidence import posterior_since_change
from ..home import Home
from ..occasions import LEAST_MARGIN, walls_of
from ..pattern import Evidence, Finding, PatternType, Provenance, When
from ..provenance import USER
from ..sun import SunEvent, sun_times
from ..tables import Numbers
from ..time_of_day.claims import CHANGE_RATE, PRIOR_DAYS, RECENT_MATCHES
from ..window import Key, Window
from .sun_days import SunDays, by_hand
from .sun_trial import SunTrials

SUN: Final = "sun"
"""The kind of context."""


def stated_offsets(when: When, offset: float) -> tuple[float, float]:
    """Return between which minutes after its event a habit counts as kept.

    Both ends are widened by max(10 min, half their distance), as times of day are.

    Args:
        when: the local time stated for one day.
        offset: minutes after the event that stand for its ``time``.
    """
    before = (when.time - when.earliest) % DAY_MINUTES
    after = (when.latest - when.time) % DAY_MINUTES
    margin = max(LEAST_MARGIN, (before + after) / 2)
    return offset - before - margin, offset + after + margin


def sun_occasions(
    window: Window, home: Home, claim: Claim | Finding
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return when a habit by the sun could be kept, and where it was.

    Args:
        window: the window of days.
        home: tells where it is.
        claim: what is stated.

    Returns:
        Of each occasion the number of the day on which it was over, ascending, and
        whether it was kept.
    """
    assert claim.context is not None
    assert claim.when is not None
    if home.position is None:
        return np.zeros(0, np.int64), np.zeros(0, bool)
    event = SunEvent(claim.context["anchor"])
    sun = SunDays.of(window, home, home.position, event)
    low, high = stated_offsets(claim.when, claim.context["offset_min"])
    days, kept = _kept(window, sun, claim.entities[0], low, high)
    return days + (sun.minutes(days) + high >= DAY_MINUTES), kept


def _kept(
    window: Window, sun: SunDays, key: Key, low: float, high: float
) -> tuple[Numbers, NDArray[np.bool_]]:
    eligible = sun.eligible(window, key.entity_id, low, high)
    place, offset = sun.since(walls_of(window, key))
    inside = (offset >= low) & (offset <= high)
    met = np.bincount(place[inside], minlength=sun.days) > 0
    days = window.days[eligible]
    return days, met[days - sun.first]


def as_of(finding: Finding, home: Home, day: int) -> Finding:
    """Return a finding with the local time that is expected on a day.

    What a month's end has found is told for weeks, and the sun goes on.

    Args:
        finding: of any type.
        home: tells where it is.
        day: the number of the day.
    """
    context, when = finding.context, finding.when
    if not context or not when or context["kind"] != SUN or home.position is None:
        return finding
    time = _expected(home, SunEvent(context["anchor"]), day) + context["offset_min"]
    if np.isnan(time):
        return finding
    before, after = when.time - when.earliest, when.latest - when.time
    return replace(
        finding,
        when=replace(
            when,
            time=time % DAY_MINUTES,
            earliest=(time - before % DAY_MINUTES) % DAY_MINUTES,
            latest=(time + after % DAY_MINUTES) % DAY_MINUTES,
        ),
    )


def hours_of(finding: Finding, home: Home) -> tuple[float, float]:
    """Return from when to when a habit was kept by the clock, minutes after midnight.

    By the sun that is a longer time: it has moved meanwhile.

    Args:
        finding: of this type.
        home: tells where it is.
    """
    context, when = finding.context, finding.when
    assert context is not None
    assert when is not None
    if context["kind"] != SUN or home.position is None:
        return when.earliest, when.latest
    event = SunEvent(context["anchor"])
    times = sun_times(home.position, home.civil, event, finding.matched)
    times = (times - finding.matched * DAY_MS) / MINUTE_MS + context["offset_min"]
    low, high = float(np.nanmin(times)), float(np.nanmax(times))
    before = (when.time - when.earliest) % DAY_MINUTES
    after = (when.latest - when.time) % DAY_MINUTES
    return low - before, high + after


def _expected(home: Home, event: SunEvent, day: int) -> float:
    """Return the minutes after a day's midnight at which the event is."""
    assert home.position is not None
    (at,) = sun_times(home.position, home.civil, event, np.array([day], np.int64))
    return float(at - day * DAY_MS) / MINUTE_MS


def finding_of(
    window: Window, home: Home, key: Key, trials: SunTrials, row: int, q_value: float
) -> Finding:
    """Return what is reported of one habit by the sun.

    Args:
        window: the window of days.
        home: the context.
        key: what is entered.
        trials: of all habits by the event.
        row: which of them.
        q_value: after control of the false discovery rate.
    """
    sun, found = trials.sun, trials.suspects
    low, high = float(found.low[row]), float(found.high[row])
    eligible, matched = trials.eligible[row], trials.matched[row]
    wall, cause = by_hand(window, key)
    place, offset = sun.since(wall)
    kept = window.days[matched]
    inside = (offset >= low) & (offset < high) & np.isin(place + sun.first, kept)
    # Of a day's happenings the one nearest to the middle is its match.
    apart = np.abs(offset - (low + high) / 2)
    order = np.flatnonzero(inside)[np.lexsort((apart[inside], place[inside]))]
    first = np.append(True, np.diff(place[order]) > 0)[: order.size]
    times = offset[order[first]]
    recent = times[-RECENT_MATCHES:]
    earliest, middle, latest = np.percentile(recent, [10, 50, 90]).tolist()
    middle = float(round(middle))
    earliest, latest = min(earliest, middle), max(latest, middle)
    event = _expected(home, sun.event, int(window.days[-1]) + 1)
    if np.isnan(event):
        event = sun.usual / MINUTE_MS
    when = When(
        (event + middle) % DAY_MINUTES,
        (event + earliest) % DAY_MINUTES,
        (event + latest) % DAY_MINUTES,
    )
    expected = float(trials.chances[row].sum())
    _, did = _kept(window, sun, key, *stated_offsets(when, middle))
    user = float((cause[inside] == USER).mean())
    return Finding(
        type=PatternType.CONTEXTUAL,
        entities=(key,),
        area_ids=home.area_ids(key.entity_id),
        # Begins from what the rhythm gives: it was picked since it looked best.
        confidence=posterior_since_change(
            did, expected / max(int(eligible.sum()), 1), PRIOR_DAYS, CHANGE_RATE
        ),
        evidence=Evidence(
            int(eligible.sum()),
            kept.size,
            int(inside.sum()),
            expected,
            kept.size / max(expected, 1e-9),
            float(trials.p_values[row]),
            q_value,
        ),
        provenance=Provenance(user, 1 - user, 0.0),
        eligible=window.days[eligible],
        matched=kept,
        times=times - middle,
        when=when,
        context={
            "kind": SUN,
            "anchor": sun.event.value,
            "offset_min": int(middle),
        },
    )
