"""Habits that follow the sun, a number or a state, rather than the clock.

By the sun: what is done at a distance from sunrise or sunset on more days than the
rhythm of a key explains, and in such a way that the sun's clock explains it better than
the one on the wall (:mod:`..contextual.clocks`). Under a condition: what is done about
a time of day when a sensor is below or above a number, or something is in a state, more
often than on days like it when that is not so (:mod:`..contextual.condition_trial`).
What automations do is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..claim import Claim
from ..co_occurrence.stream import RESTING
from ..contextual.condition_claims import condition_occasions
from ..contextual.conditions import Conditions
from ..contextual.likely import by_the_sun, told, under_conditions
from ..contextual.sun_claims import SUN, sun_occasions
from ..evidence import LISTED_FROM, Tally
from ..history import History
from ..home import Home
from ..pattern import Finding, PatternType
from ..sentence import Sentence
from ..tables import Numbers
from ..time_of_day.search import FEWEST_DAYS
from ..time_of_day.units import Units, units_of
from ..tying import COVERED
from ..window import Window

USUAL_DAYS: Final = 28
"""Days after which the sun has moved, and the weather changed, for most homes."""


class Contextual:
    """Finds habits that depend on something else than the clock."""

    type = PatternType.CONTEXTUAL

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return what the window alone tells, in a fixed order."""
        return self.detect_long(window, History(), home)

    def detect_long(
        self, window: Window, history: History, home: Home
    ) -> Sequence[Finding]:
        """Return what is found as of the window's last day, in a fixed order.

        That of the sun first, then that of conditions; each by entity and state.
        """
        numbers, units = units_by_hand(window)
        if not units.size:
            return ()
        keys = [window.keys[number] for number in numbers.tolist()]
        of_sun, events = by_the_sun(window, history, home, keys, units)
        of_others, pairs = under_conditions(window, home, keys, units)
        found = _each_once(told([*of_sun, *of_others], {**events, **pairs}), home)
        return tuple(one for one in found if one.confidence >= LISTED_FROM)

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return on how many later occasions what was stated happened.

        An occasion is a day, for conditions one on which it held in the hours stated.
        """
        assert claim.context is not None
        if claim.context["kind"] == SUN:
            over, kept = sun_occasions(window, home, claim)
        else:
            over, kept = condition_occasions(Conditions(window), claim)
        later = over >= since
        return Tally(int(later.sum()), int(kept[later].sum()))

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        lived = int(window.occupied.sum())
        if lived < USUAL_DAYS:
            return Sentence.of("waits.lived", needed=USUAL_DAYS, days=lived)
        return Sentence.of("contextual.waits.nothing")


def units_by_hand(window: Window) -> tuple[Numbers, Units]:
    """Return the keys that enough was done to by anybody but automations.

    Args:
        window: the window of days.

    Returns:
        Positions of the keys, and the units.
    """
    keys, automated, units = units_of(window, FEWEST_DAYS)
    hand = np.flatnonzero(~automated)
    place = np.full(keys.size, -1, np.int64)
    place[hand] = np.arange(hand.size)
    unit = place[units.unit]
    rows = unit >= 0
    own = Units(
        unit[rows], units.wall[rows], units.first, units.sorts, units.eligible[hand]
    )
    return keys[hand], own


def _each_once(found: Sequence[Finding], home: Home) -> Sequence[Finding]:
    """Return what is told: of a device's, on the same days, its begin or the surest.

    That a lamp goes off again is no second habit, and what goes with the weather goes
    with whatever else the weather brings; the sun explains all of these.
    """
    order = sorted(range(len(found)), key=lambda at: (*_rank(found[at]), at))
    led: dict[str, list[int]] = {}
    for at in order:
        leaders = led.setdefault(home.unit(found[at].entities[0].entity_id), [])
        own = found[at].matched
        shares = [np.isin(own, found[other].matched).mean() for other in leaders]
        if max(shares, default=0.0) < COVERED:
            leaders.append(at)
    kept = sorted(at for leaders in led.values() for at in leaders)
    return tuple(found[at] for at in kept)


def _rank(found: Finding) -> tuple[bool, bool, float]:
    assert found.context is not None
    ends = found.entities[0].state in RESTING
    return found.context["kind"] != SUN, ends, found.evidence.p_value
