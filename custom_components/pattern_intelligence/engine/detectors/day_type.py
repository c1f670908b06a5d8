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
from ..civil import DAY_MINUTES
from ..claim import Claim
from ..day_type.claims import at_all, confidences, whens
from ..day_type.counted import Counted
from ..day_type.search import Suspects, suspects
from ..day_type.times import kept_times
from ..day_type.trial import KindTrials
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Floats,
    Tally,
    false_discovery_q,
)
from ..home import Home
from ..occasions import occasions, span_of
from ..pattern import Evidence, Finding, PatternType, Provenance, When
from ..provenance import AUTOMATION, USER
from ..sentence import Sentence
from ..tables import Numbers
from ..time_of_day.search import FEWEST_DAYS
from ..time_of_day.spans import WAKING_MINUTE
from ..time_of_day.units import units_of
from ..time_of_day.walls import Met, Walls
from ..tying import tie
from ..window import Window

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
        searched = searched.take(np.flatnonzero(~automated[searched.unit]))
        found = Suspects.join([searched, kept_times(units, counted, ~automated)])
        names = [window.keys[keys[unit]].entity_id for unit in found.unit.tolist()]
        trials = KindTrials.of(window, units.walls, names, found)
        false = trials.by_chance(int(asked[:, ~automated].sum()))
        rows = _best_of_each(found, false)
        q_values = false_discovery_q(false[rows], 1)
        sure = q_values <= FALSE_DISCOVERY_RATE
        trials, q_values = trials.take(rows[sure]), q_values[sure]
        first = _each_once(window, home, trials, keys)
        told = _findings(window, home, trials.take(first), keys, q_values[first])
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
            days, kept = at_all(window, key, free=kind == "free")
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
    window: Window, home: Home, trials: KindTrials, keys: Numbers
) -> NDArray[np.intp]:
    """Return the rows to tell: of a device's, on the same days, what comes first.

    Args:
        window: the window of days.
        home: tells which entities are of one device.
        trials: of what is beyond chance.
        keys: the position of each unit's key.
    """
    matched = [trials.matched(row) for row in range(trials.size)]
    begun = np.array(
        [np.median(trials.times[row, own]) for row, own in enumerate(matched)]
    )
    since = (begun - WAKING_MINUTE) % DAY_MINUTES
    led: dict[tuple[str, bool], list[int]] = {}
    for row in np.argsort(since, kind="stable").tolist():
        entity_id = window.keys[keys[trials.suspects.unit[row]]].entity_id
        device = home.unit(entity_id)
        leaders = led.setdefault((device, bool(trials.suspects.free[row])), [])
        shares = [np.isin(matched[row], matched[one]).mean() for one in leaders]
        if max(shares, default=0.0) < COVERED:
            leaders.append(row)
    return np.sort(np.array([row for own in led.values() for row in own], np.intp))


def _findings(
    window: Window, home: Home, trials: KindTrials, keys: Numbers, q_values: Floats
) -> list[Finding]:
    """Return what is reported of things and kinds of days.

    Args:
        window: the window of days.
        home: tells the areas.
        trials: of what is told.
        keys: the position of each unit's key.
        q_values: of what is told.
    """
    places = keys[trials.suspects.unit].tolist()
    stated = whens(window, trials)
    sure = confidences(window, [window.keys[at] for at in places], trials, stated)
    return [
        _finding(window, home, trials, row, at, stated[row], float(sure[row]), q_value)
        for row, (at, q_value) in enumerate(zip(places, q_values.tolist(), strict=True))
    ]


def _finding(
    window: Window,
    home: Home,
    trials: KindTrials,
    row: int,
    at: int,
    when: When | None,
    confidence: float,
    q_value: float,
) -> Finding:
    """Return what is reported of one thing and kind of day."""
    key, free = window.keys[at], bool(trials.suspects.free[row])
    eligible, matched = trials.days(row, own=True), trials.matched(row)
    others = trials.days(row, own=False)
    causes = _causes(window, trials, row, at)
    expected = float(trials.expected[row])
    automation = float((causes >= AUTOMATION).mean())
    user = float((causes == USER).mean())
    center = trials.suspects.spans.center[row]
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
        times=trials.times[row, matched] - float(center) if when else np.zeros(0),
        when=when,
        context={"kind": "day_type", "day_type": "free" if free else "workday"},
        details={
            "other_days": {
                "days_eligible": others.size,
                "days_matched": int(trials.kept[row, others].sum()),
            }
        },
    )


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
