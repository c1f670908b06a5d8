"""How long things usually last: a washing program, an evening's television, a nap.

A day matches when more than half of what was completed on it lasted about as long as
usual (:mod:`..duration.lengths`). A length is told when the robust coefficient of variation is
surely below a quarter, and so many days would hardly match by chance: had each length
been blurred by twice as much. A state may have several usual lengths, such as two
programs; each is then told of the runs that lasted long enough, and not too long, to be
of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, isinf
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, MINUTE_MS, SECOND_MS, Instants, circular_minutes, date_of
from ..claim import Claim
from ..co_occurrence.edge import AT_ONCE_MS
from ..duration.length_units import LengthUnit, LengthUnits, shortest_ms
from ..duration.lengths import (
    FEWEST_DAYS,
    Lengths,
    Mode,
    modes_of,
    near_by_chance,
    predicted,
)
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Floats,
    Tally,
    decay,
    false_discovery_q,
    posterior_mean,
)
from ..home import Home
from ..occasions import member_of
from ..pattern import Context, Evidence, Finding, PatternType, Provenance, Spread, When
from ..presence import waking_days
from ..provenance import AUTOMATION, USER
from ..sentence import Sentence
from ..time_of_day.usual_start import usual_starts
from ..window import Window

LASTING: Final = "lasting"
"""Kind of the context of a length that holds only of runs of about its own size."""

CLOCKWORK_MS: Final = SECOND_MS
"""Half of the runs within this: a device's own timer. Nothing people do repeats so."""


type _Found = tuple[Finding, NDArray[np.intp]]
"""What is reported, and the runs that it rests on."""


@dataclass(frozen=True, eq=False)
class _Told:
    """A usual length that is sure.

    Attributes:
        unit: whose runs.
        mode: the length.
        expected: the days that would match by chance.
        p_value: of so many matching days.
        q_value: after control of the false discovery rate.
    """

    unit: LengthUnit
    mode: Mode
    expected: float
    p_value: float
    q_value: float = 1.0

    @property
    def rows(self) -> NDArray[np.intp]:
        """Return the completed runs that belong to it, rows in the window's."""
        return self.unit.rows[self.mode.cluster(self.unit.lengths.log)]


class Duration:
    """Finds how long states usually last."""

    type = PatternType.DURATION

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return what is found as of the window's last day, by key and length."""
        found = [
            finding
            for told in _told(window)
            if (finding := _finding(window, home, told))
        ]
        found = _once(window, home, found)
        times = usual_starts(
            window,
            [finding.entities[0].entity_id for finding, _ in found],
            [np.sort(window.runs.begin[own]) for _, own in found],
        )
        return tuple(
            _at(window, finding, own, when)
            for (finding, own), when in zip(found, times, strict=True)
        )

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return how many later runs were completed, and lasted as stated."""
        assert claim.duration_s is not None
        runs, spread = window.runs, claim.duration_s
        at = runs.key_at.get(claim.entities[0])
        if at is None:
            return Tally(0, 0)
        rows = runs.of_key(at)
        done = runs.begun[rows] & runs.ended[rows]
        done &= runs.end[rows] >= window.civil.start_of(date_of(since))
        lasted = (runs.end[rows] - runs.begin[rows])[done] / SECOND_MS
        above, below = _bounds(claim.context)
        lasted = lasted[(lasted >= above) & (lasted < below)]
        kept = (lasted >= spread.p10) & (lasted <= spread.p90)
        return Tally(int(lasted.size), int(kept.sum()))

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        days = int(LengthUnits.of(window).days.max(initial=0))
        if days < FEWEST_DAYS:
            return Sentence.of("duration.waits.days", needed=FEWEST_DAYS, days=days)
        return Sentence.of("duration.waits.nothing")


def _told(window: Window) -> list[_Told]:
    """Return the usual lengths that are no luck, by key and length."""
    units = LengthUnits.of(window)
    tested = 0
    sure: list[_Told] = []
    for unit in units.promising():
        modes = modes_of(unit.lengths)
        # What is not surely narrow counts as tested, and as nothing found.
        tested += max(len(modes) - 1, 0)
        for mode in modes:
            if mode.sure:
                near = near_by_chance(unit.lengths, mode)
                expected = float(mode.chances(near).sum())
                told = _Told(unit, mode, expected, mode.p_value(near))
                sure.append(told)
    p_values = np.array([own.p_value for own in sure])
    q_values = false_discovery_q(p_values, units.size + tested)
    return [
        replace(own, q_value=q)
        for own, q in zip(sure, q_values.tolist(), strict=True)
        if q <= FALSE_DISCOVERY_RATE
        and own.mode.matched.size >= FEWEST_DAYS
        and _is_lived(window, own)
    ]


def _is_lived(window: Window, own: _Told) -> bool:
    """Tell whether it is people who let something last so long, not a device."""
    lasted = (window.runs.end - window.runs.begin)[own.rows]
    middle = float(np.median(lasted))
    off = float(np.median(np.abs(lasted - middle)))
    return middle >= shortest_ms(own.unit.key) and off > CLOCKWORK_MS


def _finding(window: Window, home: Home, own: _Told) -> _Found | None:
    """Return what is reported of a length, and its runs; None where it is not sure."""
    mode, lengths, key = own.mode, own.unit.lengths, own.unit.key
    rows = own.rows
    cause = window.runs.ended_by[rows]
    automation = float((cause >= AUTOMATION).mean())
    user = float((cause == USER).mean())
    names = window.automations_among(cause) if automation > 0.5 else ()
    ahead = predicted(lengths, mode)
    confidence = ahead.chance * _share(lengths, mode, int(window.days[-1]))
    # What is ended by something without a name tells nobody anything.
    if confidence < LISTED_FROM or (automation > 0.5 and not names):
        return None
    return Finding(
        PatternType.DURATION,
        (key,),
        home.area_ids(key.entity_id),
        confidence,
        Evidence(
            mode.eligible.size,
            mode.matched.size,
            rows.size,
            own.expected,
            None,
            own.p_value,
            own.q_value,
        ),
        Provenance(user, max(1 - user - automation, 0.0), automation),
        mode.eligible,
        mode.matched,
        np.zeros(0),
        duration_s=Spread(exp(ahead.middle), exp(ahead.low), exp(ahead.high)),
        context=_context(mode),
        automated_by=names,
    ), rows


def _share(lengths: Lengths, mode: Mode, last_day: int) -> float:
    """Return the probability that the next run of a mode's reach belongs to it.

    A day counts by its runs for what is expected, and as one for how sure that is.
    """
    own = mode.reach(lengths.log)
    days, where, runs = np.unique(
        lengths.day[own], return_inverse=True, return_counts=True
    )
    belong = np.bincount(where, mode.cluster(lengths.log)[own], days.size)
    weights = decay(days, last_day)
    share = float(weights @ belong) / float(weights @ runs)
    return posterior_mean(np.full(days.size, share), weights)


def _once(window: Window, home: Home, found: list[_Found]) -> list[_Found]:
    """Return what is found, of siblings on a device that go together only the first."""
    told: dict[str, list[Instants]] = {}
    kept: list[_Found] = []
    for finding, rows in found:
        device = home.entity(finding.entities[0].entity_id).device_id
        begins = np.sort(window.runs.begin[rows])
        others = told.setdefault(device, []) if device else []
        if not any(_together(begins, other) for other in others):
            kept.append((finding, rows))
            others.append(begins)
    return kept


def _together(one: Instants, other: Instants) -> bool:
    """Tell whether most of some instants are at once with others."""
    close = np.searchsorted(other, one + AT_ONCE_MS, "right") > np.searchsorted(
        other, one - AT_ONCE_MS
    )
    return 2 * int(close.sum()) > one.size


def _at(
    window: Window, found: Finding, rows: NDArray[np.intp], when: When | None
) -> Finding:
    """Return a finding with the time at which it usually begins, if it has one."""
    if when is None:
        return found
    wall = np.sort(window.civil.wall(window.runs.begin[rows]))
    day, first = np.unique(waking_days(wall), return_index=True)
    minutes = wall[first] % DAY_MS / MINUTE_MS - when.time
    times: Floats = circular_minutes(minutes[member_of(found.matched, day)])
    return replace(found, when=when, times=times)


def _context(mode: Mode) -> Context | None:
    """Return of which runs a length holds, seconds; None where it is all."""
    if isinf(mode.above) and isinf(mode.below):
        return None
    return {
        "kind": LASTING,
        "above_s": None if isinf(mode.above) else exp(mode.above),
        "below_s": None if isinf(mode.below) else exp(mode.below),
    }


def _bounds(context: Context | None) -> tuple[float, float]:
    """Return from how many seconds on, and below how many, a length holds."""
    given: dict[str, Any] = dict(context or {})
    above, below = given.get("above_s"), given.get("below_s")
    return (
        0.0 if above is None else float(above),
        float("inf") if below is None else float(below),
    )
