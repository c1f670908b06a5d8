"""The exact test of windows of the clock: days matched against chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, MINUTE_MS
from ..eligibility import eligible_spans
from ..evidence import Floats, poisson_binomial_tail
from ..occasions import Span
from ..pattern import Anchor
from ..tables import Numbers
from ..window import Window
from .grid import Candidate, Candidates, log_risk
from .rhythm import Rhythms
from .search import gain
from .spacing import gaps_of, met_within, stretches
from .spans import ANCHORS, EACH, Spans
from .units import Units
from .walls import Met
from .weekday_mask import DaySorts

_AT_ONCE: Final = 256
"""Windows tested together, to bound the memory."""

_HAPPENINGS_AT_ONCE: Final = 50_000
"""Of all of them together, about; a window's own are never parted."""


@dataclass(frozen=True, eq=False)
class Trials:
    """Windows that were tested exactly.

    Attributes:
        windows: n of them, with the masks that tell best when they are kept.
        eligible: shape (n, days), the eligible habit-days.
        matched: shape (n, days), those of them that matched.
        times: shape (n, days), minutes after midnight of the habit-day, of each match
            the one nearest to the window's middle; nan where there is none.
        chances: shape (n, days), the chance of a match on each eligible day.
        days: shape (n,), eligible habit-days of all weekdays together.
    """

    windows: Candidates
    eligible: NDArray[np.bool_]
    matched: NDArray[np.bool_]
    times: Floats
    chances: Floats
    days: Numbers

    @cached_property
    def expected(self) -> Floats:
        """Return the days matched by chance, shape (n,)."""
        expected: Floats = self.chances.sum(axis=1)
        return expected

    @cached_property
    def kept(self) -> Numbers:
        """Return on how many days each was matched, shape (n,)."""
        kept: Numbers = self.matched.sum(axis=1)
        return kept

    @cached_property
    def log_risk(self) -> Floats:
        """Return the log of the share of the risk spent on each window, shape (n,)."""
        found = self.windows
        return log_risk(found.half, found.mask, self.days.astype(float))

    @cached_property
    def gain(self) -> Floats:
        """Return the log likelihood gained over chance, shape (n,)."""
        days = np.maximum(self.eligible.sum(axis=1), 1).astype(float)
        return gain(self.kept.astype(float), self.expected, days)

    @cached_property
    def p_values(self) -> Floats:
        """Return the exact p of each window's matches, shape (n,)."""
        return poisson_binomial_tail(self.chances.clip(0.0, 1.0), self.kept)

    def surely_more(self, share: float) -> Floats:
        """Return the p of each window's matches, were chance that much more, shape (n,).

        A test of a least effect (K. R. Murphy, B. Myors, Testing the hypothesis that
        treatments have negligible effects, J. Appl. Psychol. 84, 1999).

        Args:
            share: of days, by which chance is raised on each.
        """
        raised = np.where(self.eligible, self.chances + share, 0.0).clip(0.0, 1.0)
        return poisson_binomial_tail(raised, self.kept)

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Trials:
        """Return some of them."""
        return Trials(
            self.windows.take(which),
            self.eligible[which],
            self.matched[which],
            self.times[which],
            self.chances[which],
            self.days[which],
        )

    @classmethod
    def of(
        cls,
        window: Window,
        entity_ids: Sequence[str],
        passed: Passed,
        windows: Candidates,
    ) -> Trials:
        """Test windows of the clock, each with the mask that fits best.

        Args:
            window: the window of days.
            entity_ids: whose availability counts, for each unit.
            passed: the happenings of all units, measured by their rhythms.
            windows: of the clock.
        """
        parts: list[Trials] = []
        for begin in range(0, max(windows.size, 1), _AT_ONCE):
            some = windows.take(slice(begin, begin + _AT_ONCE))
            own = [entity_ids[unit] for unit in some.unit.tolist()]
            parts.append(_examined(window, own, passed, some))
        return cls(
            Candidates.join([part.windows for part in parts]),
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("eligible", "matched", "times", "chances", "days")
            ),
        )


@dataclass(frozen=True, eq=False)
class Tested:
    """One window that was tested exactly.

    Attributes:
        candidate: the window, with the mask that tells best when it is kept.
        eligible: numbers of the eligible habit-days.
        matched: those of them that matched.
        times: minutes after midnight of the habit-day, one for each match.
        chances: shape (eligible,), the chance of a match on each.
        days: eligible habit-days of all weekdays together.
    """

    candidate: Candidate
    eligible: Numbers
    matched: Numbers
    times: Floats
    chances: Floats
    days: int

    @property
    def expected(self) -> float:
        """Return the days matched by chance."""
        return float(self.chances.sum())

    @property
    def risk(self) -> float:
        """Return the share of the risk spent on the window."""
        found = Candidates.of(self.candidate)
        days = np.array([float(self.days)])
        return float(np.exp(log_risk(found.half, found.mask, days))[0])


def examine(
    window: Window, entity_id: str, units: Units, rhythms: Rhythms, candidate: Candidate
) -> Tested:
    """Return one window's days, matches and chances, as :class:`Trials` has them.

    Args:
        window: the window of days.
        entity_id: whose availability counts.
        units: what was searched.
        rhythms: of all units.
        candidate: the window of the clock.
    """
    passed = Passed.of(*_alone(units, rhythms, candidate.unit))
    alone = Candidates.of(replace(candidate, unit=0))
    own = _examined(window, [entity_id], passed, alone)
    eligible, matched = own.eligible[0], own.matched[0]
    return Tested(
        replace(candidate, mask=int(own.windows.mask[0])),
        window.days[eligible],
        window.days[matched],
        own.times[0, matched],
        own.chances[0, eligible],
        int(own.days[0]),
    )


def chances_of(
    units: Units, rhythms: Rhythms, unit: int, anchor: Anchor, span: Span, days: Numbers
) -> Floats:
    """Return the chance of a match on each day, if the rhythm were all there is.

    Args:
        units: what was searched.
        rhythms: of all units.
        unit: which one.
        anchor: which happenings of a day count.
        span: the window of the clock.
        days: shape (days,), ascending habit-days.
    """
    passed = Passed.of(*_alone(units, rhythms, unit))
    spans = Spans(
        np.array([ANCHORS.index(anchor)]), np.array([span.low]), np.array([span.high])
    )
    first = np.zeros(1, np.int64)
    met = Met(passed.units.walls, first, spans, days)
    chances: Floats = passed.chances(first, met, np.ones((1, days.size), bool))[0]
    return chances


def _alone(units: Units, rhythms: Rhythms, unit: int) -> tuple[Units, Rhythms]:
    return units.some(unit, unit + 1), Rhythms(rhythms.cdf[unit : unit + 1])


def p_values(tested: Sequence[Tested]) -> Floats:
    """Return the exact p of each window's matches, shape (tested,)."""
    longest = max((own.chances.size for own in tested), default=0)
    chances = np.zeros((len(tested), longest))
    for row, own in enumerate(tested):
        chances[row, : own.chances.size] = own.chances.clip(0.0, 1.0)
    matched = np.array([own.matched.size for own in tested], np.int64)
    return poisson_binomial_tail(chances, matched)


@dataclass(frozen=True, eq=False)
class Passed:
    """Happenings of units, measured by their rhythms.

    Attributes:
        units: what was searched.
        rhythms: of all units.
        since_midnight: shape (happenings,), how much of the rhythm had passed.
    """

    units: Units
    rhythms: Rhythms
    since_midnight: Floats

    @classmethod
    def of(cls, units: Units, rhythms: Rhythms) -> Passed:
        """Return those of all units."""
        passed = np.empty(units.wall.size)
        for begin in range(0, passed.size, _HAPPENINGS_AT_ONCE):
            some = slice(begin, begin + _HAPPENINGS_AT_ONCE)
            minutes = units.wall[some] % DAY_MS / MINUTE_MS
            passed[some] = rhythms.upto(minutes, units.unit[some])
        return cls(units, rhythms, passed)

    def chances(self, unit: Numbers, met: Met, eligible: NDArray[np.bool_]) -> Floats:
        """Return the chance of a match on each day, if the rhythm were all there is.

        Args:
            unit: shape (n,), whose.
            met: of n spans, on the same days.
            eligible: shape (n, days), days that are asked about; 0 on others.
        """
        spans = met.spans
        begin = self.rhythms.upto(spans.day_begins, unit)
        low, high = (
            (self.rhythms.upto(edge, unit) - begin).clip(0.0, 1.0)
            for edge in (spans.low, spans.high)
        )
        found = np.zeros(eligible.shape)
        sizes = np.where(eligible, met.day_high - met.day_low, 0)
        happenings = np.cumsum(sizes.sum(axis=1))
        for rows in np.split(
            np.arange(unit.size),
            np.flatnonzero(np.diff(happenings // _HAPPENINGS_AT_ONCE)) + 1,
        ):
            own = sizes[rows]
            trial = np.repeat(np.arange(own.size), own.ravel())
            skipped = met.day_low[rows].ravel() - (np.cumsum(own) - own.ravel())
            of_row = np.repeat(np.arange(rows.size), own.sum(axis=1))
            row = np.arange(trial.size) + skipped[trial]
            passed = self.since_midnight[row] - begin[rows][of_row]
            gaps = gaps_of(trial, passed - np.floor(passed))
            longer, shorter = stretches(spans.anchor[rows], low[rows], high[rows])
            met_days = met_within(gaps, trial, own.size, longer[of_row])
            if (spans.anchor[rows] != EACH).any():
                met_days -= met_within(gaps, trial, own.size, shorter[of_row])
            found[rows] = met_days.reshape(own.shape)
        return found


def _examined(
    window: Window, entity_ids: Sequence[str], passed: Passed, windows: Candidates
) -> Trials:
    """Test some windows of the clock, each of an entity."""
    spans = windows.spans
    eligible = eligible_spans(window, entity_ids, spans)
    met = Met(passed.units.walls, windows.unit, spans, window.days)
    matched = met.hits & eligible
    sorts = DaySorts.of(window.days, window.calendar)
    mask = sorts.best(matched, eligible)
    holds = sorts.held(mask)
    days = eligible.sum(axis=1)
    eligible, matched = eligible & holds, matched & holds
    times = np.where(matched, met.nearest(), np.nan)
    return Trials(
        replace(windows, mask=mask),
        eligible,
        matched,
        times,
        passed.chances(windows.unit, met, eligible),
        days,
    )
