"""Sequences: three to six steps in order, with other things in between.

Chains grow from a first step (:mod:`..sequence.growth`); every step must follow what leads to
it on more days than its own rhythm explains (:mod:`..sequence.sequences`). What automations do
is no step. A chain that is part of another, or the same devices seen otherwise, is
not told beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..civil import DAY_MS, MINUTE_MS, circular_minutes
from ..claim import Claim
from ..co_occurrence.crossday import Days
from ..co_occurrence.links import MIN_LIFT, in_time, within_ms
from ..co_occurrence.manners import LAGS_MS
from ..co_occurrence.stream import MIN_DAYS, Stream
from ..evidence import FALSE_DISCOVERY_RATE, LISTED_FROM, Tally, false_discovery_q
from ..home import Home
from ..pattern import Evidence, Finding, Json, PatternType, Provenance, When
from ..provenance import AUTOMATION, USER
from ..sentence import Sentence
from ..sequence.closure import leaders
from ..sequence.episodes import durations
from ..sequence.growth import Growth
from ..sequence.sequences import Routine, Weakest, weakest_steps
from ..sequence.steps import Alphabet
from ..time_of_day.usual_start import usual_starts
from ..window import Window
from . import Check

FEWEST_STEPS: Final = 3
"""Two steps are a link."""

USUAL_DAYS: Final = 14
"""Days after which the sequences of most homes begin to show."""


class Sequences:
    """Finds routines of several steps."""

    type = PatternType.SEQUENCE

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return the sequences, ordered by their steps."""
        if not window.key.size:
            return ()
        routines, tested = _worth_telling(window, home)
        weakest = weakest_steps(routines)
        q_values = false_discovery_q(
            # Corrected for the lags of following, all of which were tried.
            np.minimum(np.array([own.p_value for own in weakest]) * len(LAGS_MS), 1.0),
            tested,
        )
        kept = [
            at
            for at, q in enumerate(q_values.tolist())
            if q <= FALSE_DISCOVERY_RATE
            and weakest[at].lift_bound >= MIN_LIFT
            and routines[at].in_order
        ]
        led = leaders([routines[at] for at in kept])
        whens = usual_starts(
            window,
            [routines[kept[at]].first_entity for at in led],
            [routines[kept[at]].instants[0] for at in led],
        )
        found = [
            _finding(
                home,
                routines[kept[at]],
                weakest[kept[at]],
                float(q_values[kept[at]]),
                when,
                [routines[kept[other]] for other in others],
            )
            for (at, others), when in zip(led.items(), whens, strict=True)
        ]
        return tuple(sorted(found, key=lambda own: own.entities))

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return how often the other steps followed the first, in order and in time."""
        return self.checker(window, home)(claim, since)

    def checker(self, window: Window, home: Home) -> Check:
        """Return what does so for any number of sequences."""
        stream = Stream(Days.of(window))

        def check(claim: Claim | Finding, since: int) -> Tally:
            if not set(claim.entities) <= window.key_at.keys() or claim.lag_s is None:
                return Tally(0, 0)
            keys = [window.key_at[key] for key in claim.entities]
            within = within_ms(claim.lag_s)
            occasions = stream.occasions(keys[0], within)
            # Those whose time was not over when that day began were not asked about
            # yet.
            occasions = occasions[window.wall[occasions] + within > since * DAY_MS]
            took = durations(stream, occasions, keys)
            return Tally(took.size, int(in_time(took, claim.lag_s).sum()))

        return check

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        days = window.days.size
        if days < USUAL_DAYS:
            return Sentence.of("waits.days", needed=USUAL_DAYS, days=days)
        alphabet = Alphabet(Stream(Days.of(window)), home)
        if np.unique(alphabet.unit[alphabet.follows]).size < FEWEST_STEPS:
            return Sentence.of(
                "sequence.waits.devices", count=FEWEST_STEPS, needed=MIN_DAYS
            )
        return Sentence.of("sequence.waits.nothing")


def _worth_telling(window: Window, home: Home) -> tuple[list[Routine], int]:
    """Return the chains that are sure enough, and how many could have been tested."""
    alphabet = Alphabet(Stream(Days.of(window)), home)
    growth = Growth.of(alphabet)
    routines = [
        routine
        for lead, chain in growth.chains()
        if len(chain.keys) >= FEWEST_STEPS
        and (routine := Routine(lead, chain)).confidence >= LISTED_FROM
    ]
    return routines, growth.tested


def _finding(
    home: Home,
    routine: Routine,
    weakest: Weakest,
    q_value: float,
    when: When | None,
    explained: Sequence[Routine],
) -> Finding:
    stream = routine.lead.stream
    window = stream.window
    keys = tuple(window.keys[key] for key in routine.chain.keys)
    complete = routine.chain.complete
    rows = np.array(routine.chain.rows)[:, complete]
    cause = window.cause[rows]
    user, automation = (
        float((cause == USER).mean()),
        float((cause >= AUTOMATION).mean()),
    )
    matched = routine.days[routine.matched]
    return Finding(
        type=PatternType.SEQUENCE,
        entities=keys,
        area_ids=home.area_ids(*(key.entity_id for key in keys)),
        confidence=routine.confidence,
        evidence=Evidence(
            days_eligible=routine.days.size,
            days_matched=matched.size,
            occurrences=int(complete.sum()),
            expected=weakest.expected,
            lift=matched.size / weakest.expected,
            p_value=weakest.p_value,
            q_value=q_value,
        ),
        provenance=Provenance(user, max(1 - user - automation, 0.0), automation),
        eligible=routine.days,
        matched=matched,
        times=_times(routine, when),
        when=when,
        lag_s=routine.lag,
        details={
            "steps": [{"lag_s": lag.as_json()} for lag in routine.step_lags],
            **_companions(routine, explained),
        },
    )


def _companions(routine: Routine, explained: Sequence[Routine]) -> Json:
    """Return what devices go along with a routine and are none of its steps."""
    unit = routine.lead.alphabet.unit
    keys = dict.fromkeys(key for other in explained for key in other.chain.keys)
    others = [key for key in keys if unit[key] not in unit[list(routine.chain.keys)]]
    if not others:
        return {}
    named = [routine.lead.stream.window.keys[key] for key in sorted(others)]
    return {
        "companions": [
            {"entity_id": key.entity_id, "state": key.state or None} for key in named
        ]
    }


def _times(
    routine: Routine, when: When | None
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return how far from its usual time the first episode of each match began."""
    if when is None:
        return np.zeros(0)
    stream = routine.lead.stream
    rows = routine.lead.occasions[routine.chain.complete]
    days, first = np.unique(stream.day[rows], return_index=True)
    minutes = stream.window.wall[rows[first]] % DAY_MS / MINUTE_MS
    kept = np.isin(days, routine.lead.by_day.day[routine.matched])
    return circular_minutes(minutes[kept] - when.time)
