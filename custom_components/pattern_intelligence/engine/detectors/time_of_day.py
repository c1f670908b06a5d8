"""Habits that keep a time of day: what happens around then, on which weekdays.

Each happening is looked at, and apart from it the first and the last of a waking
day. A window of the clock is a habit when it is met on more days than the unit's
own rhythm explains (:mod:`..rhythm`, :mod:`..spacing`), tested exactly by days, and
corrected for every window, weekday mask and anchor that was looked at. What
automations do to a key is a unit of its own, and reported as theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS, circular_minutes
from ..claim import Claim
from ..drift import expected_next
from ..eligibility import habit_day
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Floats,
    Tally,
    false_discovery_q,
    posterior_since_change,
)
from ..home import Home
from ..occasions import member_of, occasions, span_of
from ..pattern import Evidence, Finding, PatternType, Provenance, When
from ..provenance import AUTOMATION, UNNAMED_AUTOMATION, USER
from ..rhythm import Rhythms, fit_rhythms
from ..tables import Numbers
from ..time_grid import Candidate
from ..time_search import FEWEST_DAYS, KEPT_WORTH, LEAST_LIFT, search
from ..time_trial import Tested, chances_of, examine, p_values
from ..time_units import Units, units_of
from ..weekday_mask import MASKS, SHARED_DAYS
from ..window import Key, Window

RECENT_MATCHES: Final = 28
"""Matched habit-days that the stated percentiles look back on."""

PRIOR_DAYS: Final = 2.0
"""Days that the rhythm's own chance counts for in confidence.

Windows are chosen where habits look best, so that what is seen there is a little too
good; fitted to what simulated homes did next after 14 to 60 days.
"""

CHANGE_RATE: Final = 0.003
"""Share of occasions before which a habit begins, ends or changes: about once a year."""

_TINY: Final = 1e-9
_PLAINER: Final = 3.0
"""Log likelihood by which a first or last has to tell more than each happening does."""


@dataclass(frozen=True, slots=True)
class _Searched:
    """What is searched.

    Attributes:
        window: the window.
        keys: shape (units,), the position of each unit's key.
        automated: shape (units,), whether it is what automations do.
        units: their happenings.
        rhythms: of the units.
    """

    window: Window
    keys: Numbers
    automated: NDArray[np.bool_]
    units: Units
    rhythms: Rhythms

    @classmethod
    def of(cls, window: Window) -> _Searched:
        keys, automated, units = units_of(window, FEWEST_DAYS)
        rhythms = fit_rhythms(units.profile(), units.days)
        return cls(window, keys, automated, units, rhythms)

    def key_of(self, own: Tested) -> Key:
        """Return whose window it is."""
        return self.window.keys[int(self.keys[own.candidate.unit])]

    def examined(self) -> Iterator[Tested]:
        """Yield the windows that were worth an exact test, each peak's best."""
        for candidate in search(self.units, self.rhythms):
            key = self.window.keys[int(self.keys[candidate.unit])]
            yield examine(
                self.window, key.entity_id, self.units, self.rhythms, candidate
            )


class TimeOfDay:
    """Finds habits that keep a time of day."""

    type = PatternType.TIME_OF_DAY

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return what is found as of the window's last day, in a fixed order."""
        searched = _Searched.of(window)
        tested = [own for own in searched.examined() if _is_news(own)]
        p = p_values(tested)
        q = _q_values(tested, p, searched.units.size)
        listed: list[tuple[Tested, Finding]] = []
        told: dict[Key, list[Candidate]] = {}
        for i in _most_telling_first(tested):
            own = tested[i]
            others = told.setdefault(searched.key_of(own), [])
            if q[i] > FALSE_DISCOVERY_RATE or any(
                _same(own.candidate, other) for other in others
            ):
                continue
            finding = _finding(searched, home, own, float(p[i]), float(q[i]))
            # What is automated by something without a name tells nobody anything.
            unnamed = finding.provenance.automation > 0.5 and not finding.automated_by
            if finding.confidence >= LISTED_FROM and not unnamed:
                listed.append((own, finding))
                others.append(own.candidate)
        listed.sort(key=lambda pair: _place(pair[0]))
        return tuple(finding for _, finding in listed)

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return on how many later habit-days a stated time was kept."""
        assert claim.when is not None
        days, kept = occasions(window, claim.entities[0], claim.when)
        center = span_of(claim.when).center % DAY_MINUTES
        # A habit-day that is centered before noon is over by the end of its date.
        early = claim.when.anchor == "each" and center < DAY_MINUTES / 2
        later = days >= (since if early else since - 1)
        return Tally(int(later.sum()), int(kept[later].sum()))

    def waits_for(self, window: Window, home: Home) -> str:
        """Return why nothing is found."""
        lived = int(window.occupied.sum())
        if lived < 2 * FEWEST_DAYS:
            return f"needs {2 * FEWEST_DAYS} days with somebody home, {lived} so far"
        return "nothing keeps a time of day more closely than the day's rhythm explains"


def _is_news(own: Tested) -> bool:
    """Tell whether a window is met on enough days, and clearly more than by chance."""
    matched = own.matched.size
    return matched >= max(FEWEST_DAYS, LEAST_LIFT * own.expected)


def _same(one: Candidate, other: Candidate) -> bool:
    """Tell whether two windows of a key state the same, if only on some weekdays."""
    if not SHARED_DAYS[one.mask, other.mask]:
        return False
    if one.anchor == other.anchor != "each":
        return True
    apart = abs(circular_minutes(one.span.center - other.span.center))
    return apart < (one.span.length + other.span.length) / 2


def _q_values(tested: Sequence[Tested], p: Floats, units: int) -> Floats:
    """Return each window's p after control of the false discovery rate over units.

    A unit counts by its best window; each further one by its own p, at its place in
    the order of the units.
    """
    corrected = np.array([own / t.risk for own, t in zip(p, tested, strict=True)])
    corrected = corrected.clip(max=1.0)
    unit = np.array([own.candidate.unit for own in tested], np.int64)
    least = np.ones(units)
    np.minimum.at(least, unit, corrected)
    of_units = false_discovery_q(least, units)
    place = np.searchsorted(np.sort(least), corrected, "right").clip(1)
    alone = (corrected * units / place).clip(max=1.0)
    q: Floats = np.maximum(of_units[unit], alone)
    return q


def _most_telling_first(tested: Sequence[Tested]) -> list[int]:
    """Return the order in which windows are listed: those that tell most first."""
    gains = [
        own.gain
        + np.log(own.risk)
        + KEPT_WORTH * own.matched.size
        + _PLAINER * (own.candidate.anchor == "each")
        for own in tested
    ]
    return sorted(range(len(gains)), key=lambda i: -gains[i])


def _place(own: Tested) -> tuple[int, str, int, int]:
    found = own.candidate
    return found.unit, found.anchor, found.low, found.mask


def _finding(
    searched: _Searched, home: Home, own: Tested, p_value: float, q_value: float
) -> Finding:
    """Return what is reported of a window."""
    window, key = searched.window, searched.key_of(own)
    last_day = int(window.days[-1])
    earliest, latest = np.percentile(own.times[-RECENT_MATCHES:], [10, 90]).tolist()
    # However steep a drift looks, the next time is among the recent ones.
    time = np.clip(
        expected_next(own.matched, own.times, last_day + 1, RECENT_MATCHES),
        earliest,
        latest,
    )
    when = When(
        float(time) % DAY_MINUTES,
        earliest % DAY_MINUTES,
        latest % DAY_MINUTES,
        own.candidate.anchor,
        MASKS[own.candidate.mask],
    )
    cause = _causes(searched, own)
    provenance = _provenance(cause)
    return Finding(
        PatternType.TIME_OF_DAY,
        (key,),
        home.area_ids(key.entity_id),
        _confidence(searched, own, key, when),
        Evidence(
            own.eligible.size,
            own.matched.size,
            cause.size,
            own.expected,
            own.matched.size / max(own.expected, _TINY),
            p_value,
            q_value,
        ),
        provenance,
        own.eligible,
        own.matched,
        own.times - own.candidate.span.center,
        when,
        automated_by=_automations(window, cause) if provenance.automation > 0.5 else (),
    )


def _confidence(searched: _Searched, own: Tested, key: Key, when: When) -> float:
    """Return the probability of the claim on the next eligible day."""
    days, kept = occasions(searched.window, key, when)
    chances = chances_of(
        searched.units,
        searched.rhythms,
        own.candidate.unit,
        when.anchor,
        span_of(when),
        days,
    )
    expected = float(chances.sum()) / max(days.size, 1)
    return posterior_since_change(kept, expected, PRIOR_DAYS, CHANGE_RATE)


def _causes(searched: _Searched, own: Tested) -> NDArray[np.int16]:
    """Return who caused what happened in a window on the days that matched."""
    window, span = searched.window, own.candidate.span
    rows = window.of_key(int(searched.keys[own.candidate.unit]))
    wall = window.wall[rows]
    number = habit_day(wall, span.center, own.candidate.anchor)
    minutes = (wall - number * DAY_MS) / MINUTE_MS
    inside = (minutes >= span.low) & (minutes < span.high)
    return window.cause[rows][inside & member_of(own.matched, number)]


def _provenance(cause: NDArray[np.int16]) -> Provenance:
    automation = float((cause >= AUTOMATION).mean())
    user = float((cause == USER).mean())
    return Provenance(user, max(1 - user - automation, 0.0), automation)


def _automations(window: Window, cause: NDArray[np.int16]) -> tuple[str, ...]:
    codes = np.unique(cause[cause >= AUTOMATION]) - AUTOMATION
    named = {window.automations[code] for code in codes.tolist()}
    return tuple(sorted(named - {UNNAMED_AUTOMATION}))
