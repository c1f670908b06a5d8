"""Sessions: stretches of connected activity, an evening in the living room.

Two devices of a room that are begun together on more days than their own rhythms
explain (:mod:`..session.pairs`) tell of sittings; what else of the room is begun at
those belongs to the session (:mod:`..session.groups`). How many of its days had a
sitting is held against the same starts with their days dealt anew
(:mod:`..session.sittings`). What automations begin is no member.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from ..civil import DAY_MINUTES, circular_minutes
from ..claim import Claim
from ..co_occurrence.crossday import MAX_DAYS
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Tally,
    false_discovery_q,
    poisson_binomial_tail,
)
from ..home import Home
from ..pattern import Finding, PatternType, When
from ..sentence import Sentence
from ..session.groups import apart, grown
from ..session.kept import begun_within
from ..session.pairs import count_of_pairs, reaches_of, searched_pairs, worth
from ..session.sittings import Group, chances_of_sittings, needs_of
from ..session.starts import Starts, widened
from ..session.told import ToldSession
from ..window import Window

FEWEST_DEVICES: Final = 3
"""Things with an area that begin something; two are a link."""

USUAL_DAYS: Final = 21
"""Days after which most sessions are there."""


class Sessions:
    """Finds what is done in one sitting."""

    type = PatternType.SESSION

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return the sessions by room, then by the time of day."""
        if not window.key.size:
            return ()
        starts = Starts.of(window, home)
        if not starts.thing.size:
            return ()
        told = _surest(_told(starts))
        return tuple(
            own.finding(home, p_value, q_value)
            for own, p_value, q_value in sorted(
                told, key=lambda each: (each[0].group.things, each[0].group.low)
            )
        )

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return on how many later days half of the members were begun when stated."""
        assert claim.when is not None
        days, kept = begun_within(window, claim.entities, claim.when)
        # A habit-day that is centered before noon is over by the end of its date.
        early = _middle(claim.when) % DAY_MINUTES < DAY_MINUTES / 2
        later = days >= (since if early else since - 1)
        return Tally(int(later.sum()), int(kept[later].sum()))

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        lived = int(window.occupied.sum())
        if lived < USUAL_DAYS:
            return Sentence.of("waits.lived", needed=USUAL_DAYS, days=lived)
        starts = Starts.of(window, home) if window.key.size else None
        rooms = starts.room[~starts.witness] if starts else np.zeros(0, np.int64)
        if np.bincount(rooms, minlength=1).max() < FEWEST_DEVICES:
            return Sentence.of("session.waits.devices")
        return Sentence.of("session.waits.nothing")


type _Told = tuple[ToldSession, float, float]


def _told(starts: Starts) -> list[_Told]:
    """Return what is surely a session, with its p and q."""
    pairs = searched_pairs(starts)
    if not pairs:
        return []
    q_pairs = false_discovery_q(
        np.array([pair.p_value for pair in pairs]),
        max(count_of_pairs(starts), len(pairs)),
    )
    sure = sorted(
        (pair.p_value, at)
        for at, pair in enumerate(pairs)
        if q_pairs[at] <= FALSE_DISCOVERY_RATE
    )
    near = {reach: widened(starts.begun, reach) for reach in reaches_of(starts)}
    rooms: defaultdict[int, list[Group]] = defaultdict(list)
    found: list[tuple[ToldSession, float, float]] = []
    for _, at in sure:
        groups = rooms[int(starts.room[pairs[at].first])]
        if apart(groups, pairs[at]) and (ways := grown(starts, pairs[at], near)):
            groups.append(ways[0])
            chances = chances_of_sittings(starts, ways[0], near)
            told = [
                ToldSession(starts, way, chances[way.gap, way.need]) for way in ways
            ]
            if best := _fullest(told, len(sure)):
                found.append((*best, float(q_pairs[at])))
    # Pairs that led to nothing were looked at, too.
    tried = np.array([len(_ways(own)) for own, _, _ in found], np.int64)
    p_values = np.array([p_value for _, p_value, _ in found])
    q_values = false_discovery_q((p_values * tried).clip(max=1.0), len(sure))
    return [
        (own, p_value, max(q_value, q_pair))
        for (own, p_value, q_pair), q_value in zip(
            found, q_values.tolist(), strict=True
        )
        if own.lasts and own.confidence >= LISTED_FROM
    ]


def _ways(own: ToldSession) -> list[tuple[int, int]]:
    """Return the gaps and numbers of members by which a sitting may be told."""
    needs = needs_of(len(own.group.things))
    return [(gap, need) for gap in reaches_of(own.starts) for need in needs]


def _fullest(
    ways: Sequence[ToldSession], asked: int
) -> tuple[ToldSession, float] | None:
    """Return the way of telling a session that has most days, of those that are sure.

    Args:
        ways: the same things, each with its own idea of a sitting.
        asked: how many pairs are looked at, to each of which an equal share of the
            risk belongs.

    Returns:
        It and its p, or None where there is none.
    """
    chances = np.zeros((len(ways), MAX_DAYS))
    for row, own in enumerate(ways):
        chances[row, : own.chances.size] = own.chances
    days = np.array([own.eligible.size for own in ways], np.int64)
    matched = np.array([own.matched.size for own in ways], np.int64)
    p_values = poisson_binomial_tail(chances, matched)
    sure = worth(matched, days, chances.sum(axis=1))
    sure &= p_values * len(ways) * asked <= FALSE_DISCOVERY_RATE
    if not sure.any():
        return None
    best = min(np.flatnonzero(sure).tolist(), key=lambda at: (-matched[at], at))
    return ways[best], float(p_values[best])


def _surest(told: Sequence[_Told]) -> list[_Told]:
    """Return each session once: of two that share members and a time, the larger."""
    kept: list[_Told] = []
    rooms: defaultdict[int, list[ToldSession]] = defaultdict(list)
    for own in sorted(
        told, key=lambda each: (-len(each[0].keys) * each[0].matched.size, each[1])
    ):
        others = rooms[own[0].room]
        if not any(_same(own[0], other) for other in others):
            kept.append(own)
            others.append(own[0])
    return kept


def _same(one: ToldSession, other: ToldSession) -> bool:
    """Tell whether two sessions share half of the smaller, and their time."""
    shared = len(set(one.keys) & set(other.keys))
    if 2 * shared < min(len(one.keys), len(other.keys)):
        return False
    apart_by = abs(circular_minutes(_middle(one.when) - _middle(other.when)))
    return apart_by <= (_length(one.when) + _length(other.when)) / 2


def _length(when: When) -> float:
    return (when.latest - when.earliest) % DAY_MINUTES


def _middle(when: When) -> float:
    return when.earliest + _length(when) / 2
