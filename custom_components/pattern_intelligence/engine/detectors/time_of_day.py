"""Habits that keep a time of day: what happens around then, on which weekdays.

Each happening is looked at, and apart from it the first and the last of a waking
day. A window of the clock is a habit when it is met on more days than the unit's
own rhythm explains (:mod:`..time_of_day.rhythm`, :mod:`..time_of_day.spacing`), tested exactly by days, and
corrected for every window, weekday mask and anchor that was looked at. What
automations do to a key is a unit of its own, and reported as theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, circular_minutes
from ..claim import Claim
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Floats,
    Tally,
    false_discovery_q,
)
from ..home import Home
from ..occasions import all_occasions
from ..pattern import Evidence, Finding, PatternType, Provenance
from ..provenance import AUTOMATION, USER
from ..sentence import Sentence
from ..tables import Numbers
from ..time_of_day.claims import Times
from ..time_of_day.grid import Candidate
from ..time_of_day.rhythm import fit_rhythms
from ..time_of_day.search import FEWEST_DAYS, KEPT_WORTH, LEAST_LIFT, search
from ..time_of_day.spans import EACH, Spans
from ..time_of_day.trial import Passed, Trials
from ..time_of_day.units import units_of
from ..time_of_day.walls import Met, Walls
from ..time_of_day.weekday_mask import (
    KINDS_OF_MASKS,
    MASK_SHARES,
    PLAIN,
    SHARED_DAYS,
    DaySorts,
)
from ..window import Window

CLEARLY: Final = 0.15
"""Share of days by which a habit is kept more often than by chance, at the least.

Every rhythm has corners that a smooth one has not: with enough days they are beyond
chance, and still nobody's habit. What is seen is a little too good, since it is picked
for that: so it has to be sure of what is left.
"""

UNSURE: Final = 0.025
"""Probability of seeing as much of a habit that is kept just so little more often.

The lower end of the usual interval of 95 %.
"""

_TINY: Final = 1e-9
_PLAINER: Final = 3.0
"""Log likelihood by which a first or last has to tell more than each happening does."""


class TimeOfDay:
    """Finds habits that keep a time of day."""

    type = PatternType.TIME_OF_DAY

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return what is found as of the window's last day, in a fixed order."""
        keys, automated, units = units_of(window, FEWEST_DAYS)
        if not units.size:
            return ()
        rhythms = fit_rhythms(units.profile(), units.days)
        passed = Passed.of(units, rhythms)
        names = [window.keys[key].entity_id for key in keys.tolist()]
        trials = Trials.of(window, names, passed, search(units, rhythms))
        trials = trials.take(_are_news(trials))
        q_values = _q_values(trials, units.size)
        likely = np.flatnonzero(q_values <= FALSE_DISCOVERY_RATE)
        likely = likely[trials.take(likely).surely_more(CLEARLY) <= UNSURE]
        trials = trials.take(likely)
        told = _Told.of(window, keys, passed, trials, q_values[likely])
        return told.findings(home, automated[trials.windows.unit])

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return on how many later habit-days a stated time was kept."""
        return self.tallies([claim], window, home, since)[0]

    def tallies(
        self,
        claims: Sequence[Claim | Finding],
        window: Window,
        home: Home,
        since: int,
    ) -> Sequence[Tally]:
        """Return the same of each of many."""
        whens = [claim.when for claim in claims if claim.when]
        keys = [claim.entities[0] for claim in claims]
        spans, eligible, kept = all_occasions(window, keys, whens)
        # A habit-day that is centered before noon is over by the end of its date.
        center = spans.center % DAY_MINUTES
        early = (spans.anchor == EACH) & (center < DAY_MINUTES / 2)
        later = window.days >= np.where(early, since, since - 1)[:, None]
        return [
            Tally(*counts)
            for counts in zip(
                (eligible & later).sum(axis=1).tolist(),
                (kept & later).sum(axis=1).tolist(),
                strict=True,
            )
        ]

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        lived = int(window.occupied.sum())
        if lived < 2 * FEWEST_DAYS:
            return Sentence.of("waits.lived", needed=2 * FEWEST_DAYS, days=lived)
        return Sentence.of("time_of_day.waits.nothing")


def _are_news(trials: Trials) -> NDArray[np.bool_]:
    """Tell which windows are met on enough days, and clearly more than by chance."""
    least = np.maximum(FEWEST_DAYS, LEAST_LIFT * trials.expected)
    return trials.kept >= least


def _same(one: Candidate, other: Candidate) -> bool:
    """Tell whether two windows of a key state the same, if only on some weekdays."""
    if not SHARED_DAYS[one.mask, other.mask]:
        return False
    if one.anchor == other.anchor != "each":
        return True
    apart = abs(circular_minutes(one.span.center - other.span.center))
    return apart < (one.span.length + other.span.length) / 2


def _q_values(trials: Trials, units: int) -> Floats:
    """Return each window's p after control of the false discovery rate over units.

    Also among the windows of as special weekdays by themselves, with all the risk:
    the many habits of every day would vouch for the few of a Tuesday (B. Efron,
    Simultaneous inference: when should hypothesis testing problems be combined?,
    Ann. Appl. Stat. 2, 2008).
    """
    corrected = (trials.p_values / np.exp(trials.log_risk)).clip(max=1.0)
    mask, unit = PLAIN[trials.windows.mask], trials.windows.unit
    q = _q_of_units(corrected, unit, units)
    for masks in KINDS_OF_MASKS:
        alike = np.isin(mask, masks)
        own = corrected[alike] * MASK_SHARES[list(masks)].sum()
        q[alike] = np.maximum(q[alike], _q_of_units(own, unit[alike], units))
    return q


def _q_of_units(corrected: Floats, unit: Numbers, units: int) -> Floats:
    """Return q-values of windows.

    A unit counts by its best window; each further one by its own p, at its place in
    the order of the units.

    Args:
        corrected: shape (n,), their p, corrected for all that was searched.
        unit: shape (n,), whose they are.
        units: how many units there are.
    """
    least = np.ones(units)
    np.minimum.at(least, unit, corrected)
    of_units = false_discovery_q(least, units)
    place = np.searchsorted(np.sort(least), corrected, "right").clip(1)
    alone = (corrected * units / place).clip(max=1.0)
    q: Floats = np.maximum(of_units[unit], alone)
    return q


@dataclass(frozen=True, eq=False)
class _Told:
    """Windows that chance does not explain, and what is said of them.

    Attributes:
        window: the window of days.
        trials: of the n windows.
        key: shape (n,), positions of their keys.
        q_values: shape (n,).
        times: what they state.
        confidence: shape (n,).
        likely: shape (n,), whether it will rather be than not, and by the unit's own.
        walls: all happenings by key.
        cause: shape (happenings,), who caused each.
    """

    window: Window
    trials: Trials
    key: Numbers
    q_values: Floats
    times: Times
    confidence: Floats
    likely: NDArray[np.bool_]
    walls: Walls
    cause: Numbers

    @classmethod
    def of(
        cls,
        window: Window,
        keys: Numbers,
        passed: Passed,
        trials: Trials,
        q_values: Floats,
    ) -> _Told:
        walls, rows = Walls.of_keys(window)
        key = keys[trials.windows.unit]
        names = [window.keys[own].entity_id for own in key.tolist()]
        sorts = DaySorts.of(window.days, window.calendar)
        times = Times.of(trials, window.days, sorts)
        confidence, own = times.confidence(window, names, passed, walls, key)
        cause = window.cause[rows].astype(np.int64)
        likely = np.minimum(confidence, own) >= LISTED_FROM
        return cls(
            window, trials, key, q_values, times, confidence, likely, walls, cause
        )

    def findings(self, home: Home, automated: NDArray[np.bool_]) -> Sequence[Finding]:
        """Return what is listed, in a fixed order.

        Args:
            home: the context.
            automated: shape (n,), whether a window is of what automations do.
        """
        windows = list(self.trials.windows)
        listed: list[tuple[Candidate, Finding]] = []
        told: dict[int, list[Candidate]] = {}
        for row in self._most_telling_first():
            own = windows[row]
            others = told.setdefault(int(self.key[row]), [])
            if not self.likely[row] or any(_same(own, other) for other in others):
                continue
            finding = self._finding(row, home)
            # What is automated by something without a name tells nobody anything, and
            # what people do while an automation mostly does it is no habit of theirs.
            theirs = automated[row] and finding.automated_by
            if finding.provenance.automation <= 0.5 or theirs:
                listed.append((own, finding))
                others.append(own)
        listed.sort(key=lambda pair: _place(pair[0]))
        return tuple(finding for _, finding in listed)

    def _most_telling_first(self) -> list[int]:
        """Return the order in which windows are listed: those that tell most first."""
        trials = self.trials
        worth = trials.gain + trials.log_risk + KEPT_WORTH * trials.kept
        worth += _PLAINER * (trials.windows.anchor == EACH)
        order: list[int] = np.argsort(-worth, kind="stable").tolist()
        return order

    def _finding(self, row: int, home: Home) -> Finding:
        """Return what is reported of a window."""
        trials, days = self.trials, self.window.days
        key = self.window.keys[int(self.key[row])]
        matched, eligible = trials.matched[row], trials.eligible[row]
        expected = float(trials.expected[row])
        cause = self._causes(row)
        provenance = _provenance(cause)
        automated = provenance.automation > 0.5
        return Finding(
            PatternType.TIME_OF_DAY,
            (key,),
            home.area_ids(key.entity_id),
            float(self.confidence[row]),
            Evidence(
                int(eligible.sum()),
                int(matched.sum()),
                cause.size,
                expected,
                int(matched.sum()) / max(expected, _TINY),
                float(trials.p_values[row]),
                float(self.q_values[row]),
            ),
            provenance,
            days[eligible],
            days[matched],
            trials.times[row, matched] - float(self._spans.center[row]),
            self.times.when(row),
            automated_by=self.window.automations_among(cause) if automated else (),
        )

    @cached_property
    def _spans(self) -> Spans:
        return self.trials.windows.spans

    @cached_property
    def _inside(self) -> Met:
        return Met(self.walls, self.key, self._spans, self.window.days)

    def _causes(self, row: int) -> Numbers:
        """Return who caused what happened in a window on the days that matched."""
        matched = self.trials.matched[row]
        low, high = self._inside.low[row, matched], self._inside.high[row, matched]
        sizes = high - low
        skipped = np.repeat(low - (np.cumsum(sizes) - sizes), sizes)
        found: Numbers = self.cause[np.arange(skipped.size) + skipped]
        return found


def _place(own: Candidate) -> tuple[int, str, int, int]:
    return own.unit, own.anchor, own.low, own.mask


def _provenance(cause: Numbers) -> Provenance:
    automation = int(np.count_nonzero(cause >= AUTOMATION)) / cause.size
    user = int(np.count_nonzero(cause == USER)) / cause.size
    return Provenance(user, max(1 - user - automation, 0.0), automation)
