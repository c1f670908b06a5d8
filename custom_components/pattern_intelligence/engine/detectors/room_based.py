"""Rooms: when each is in use, and which is in use after which.

A use of a room is a time of the clock at which it comes into use on more days than
its own rhythm and those of all other rooms explain (:mod:`..room_based.use`), told with the
devices that are used in it, unless it is one device alone
(:mod:`..room_based.devices`). A move is a room that is in use next after another more
often than the occupancy of both and the frequency of all moves explain
(:mod:`..room_based.moves`). Rooms are all that a finding is about: it names no
entities, and its areas in order, one for a use and two for a move.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..civil import DAY_MINUTES, DAY_MS, circular_minutes
from ..claim import Claim
from ..co_occurrence.crossday import Days
from ..co_occurrence.stream import MIN_DAYS
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Floats,
    Tally,
    false_discovery_q,
    poisson_binomial_tail,
)
from ..home import Home
from ..pattern import Finding, Json, PatternType, When
from ..room_based.devices import Member, members, of_one_device
from ..room_based.findings import ToldMove, ToldUse
from ..room_based.moves import LEAST_LIFT, Moves
from ..room_based.rhythm import RoomRhythms
from ..room_based.rooms import Rooms
from ..room_based.stays import in_use
from ..room_based.use import Use, enough_days, searched_uses
from ..sentence import Sentence
from ..tables import Numbers
from ..time_of_day.weekday_mask import SHARED_DAYS
from ..window import Window
from . import Check

MOVE_FLOOR: Final = 0.3
"""Share of times after which a room must be next, or nobody would notice."""

FEWEST_ROOMS: Final = 2
"""Rooms without which there is nothing to hold a room's use against."""

USUAL_DAYS: Final = 14
"""Days after which most of what rooms tell is there."""


class RoomBased:
    """Finds when rooms are in use, and moves from one to the next."""

    type = PatternType.ROOM_BASED

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return the uses by room and time, then the moves by their rooms."""
        if not window.key.size:
            return ()
        rooms = Rooms.of(window, home)
        moves = Moves.of(rooms)
        if len(rooms.area_ids) < FEWEST_ROOMS:
            return ()
        rhythms = RoomRhythms.of(rooms)
        uses, walks = list(searched_uses(rhythms)), compared_moves(moves)
        p_uses = p_values([use.chances for use in uses], [u.matched.size for u in uses])
        q_uses, q_walks = _q_values(rooms, moves, uses, p_uses, walks)
        told = [
            (ToldUse(rhythms, use), p, q)
            for use, p, q in zip(uses, p_uses.tolist(), q_uses.tolist(), strict=True)
            if q <= FALSE_DISCOVERY_RATE
        ]
        names = [home.unit(key.entity_id) for key in window.keys]
        units = np.unique(names, return_inverse=True)[1]
        told = _each_once(
            [one for one in told if not of_one_device(rooms, home, units, one[0])]
        )
        devices = _devices(rooms, home, units, [use for use, _, _ in told])
        return (
            *(
                use.finding(home, p, q, own)
                for (use, p, q), own in zip(told, devices, strict=True)
            ),
            *(
                walk.finding(home, q)
                for walk, q in zip(walks, q_walks.tolist(), strict=True)
                if q <= FALSE_DISCOVERY_RATE
                and walk.lift_bound >= LEAST_LIFT
                and walk.confidence >= LISTED_FROM
            ),
        )

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return how often a room was in use when stated, or the next one."""
        return self.checker(window, home)(claim, since)

    def checker(self, window: Window, home: Home) -> Check:
        """Return what does so for any number of rooms and moves."""
        rooms = Rooms.of(window, home)
        moves = Moves.of(rooms)

        def check(claim: Claim | Finding, since: int) -> Tally:
            if not set(claim.area_ids) <= set(rooms.area_ids):
                return Tally(0, 0)
            first = rooms.area_ids.index(claim.area_ids[0])
            if claim.when:
                days, kept, span = in_use(rooms, first, claim.when)
                # A habit-day centered before noon is over by the end of its date.
                early = span.center % DAY_MINUTES < DAY_MINUTES / 2
                later = days >= (since if early else since - 1)
                return Tally(int(later.sum()), int(kept[later].sum()))
            own = moves.occasions[first]
            # Those whose time was not over when that day began were not asked about
            # yet.
            later = own.wall + own.until - own.at > since * DAY_MS
            second = rooms.area_ids.index(claim.area_ids[1])
            return Tally(int(later.sum()), int((own.next[later] == second).sum()))

        return check

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        rooms = Rooms.of(window, home)
        if len(rooms.area_ids) < FEWEST_ROOMS:
            return Sentence.of("room_based.waits.rooms")
        lived = int(window.occupied.sum())
        if lived < USUAL_DAYS:
            return Sentence.of("waits.lived", needed=USUAL_DAYS, days=lived)
        return Sentence.of("room_based.waits.nothing")


def compared_moves(moves: Moves) -> list[ToldMove]:
    """Return the moves that are worth a test, by first and second room."""
    found = [
        (own, second, trial)
        for own in moves.occasions
        for second, trial in moves.trials(own.room, MOVE_FLOOR, MIN_DAYS)
    ]
    p = p_values(
        [trial.chance for _, _, trial in found],
        [int(trial.matched.sum()) for _, _, trial in found],
    )
    return [
        ToldMove(moves, second, own, trial, p_value)
        for (own, second, trial), p_value in zip(found, p.tolist(), strict=True)
    ]


def p_values(chances: Sequence[Floats], matched: Sequence[int]) -> Floats:
    """Return the exact p of days matched, each by its own days' chances."""
    table = np.zeros((len(chances), max((own.size for own in chances), default=0)))
    for row, own in enumerate(chances):
        table[row, : own.size] = own
    return poisson_binomial_tail(table, np.array(matched, np.int64))


def count_of_tests(rooms: Rooms, moves: Moves) -> int:
    """Return how many rooms and ordered pairs of rooms could have been tested."""
    uses = int(enough_days(rooms).sum())
    lived = sum(np.unique(own.day).size >= MIN_DAYS for own in moves.occasions)
    return (uses if uses >= FEWEST_ROOMS else 0) + lived * (lived - 1)


def _q_values(
    rooms: Rooms,
    moves: Moves,
    uses: Sequence[Use],
    p_uses: Floats,
    walks: Sequence[ToldMove],
) -> tuple[Floats, Floats]:
    """Return what is left of each p after control of the false discovery rate.

    A room counts by its best time of use; each further one by its own p, at its place
    among all.
    """
    corrected = np.array([p / use.risk for p, use in zip(p_uses, uses, strict=True)])
    corrected = corrected.clip(max=1.0)
    room = np.array([use.room for use in uses], np.int64)
    least = np.ones(len(rooms.area_ids))
    np.minimum.at(least, room, corrected)
    own = np.unique(room)
    every = np.concatenate([least[own], [walk.p_value for walk in walks]])
    tested = max(count_of_tests(rooms, moves), every.size)
    q = false_discovery_q(every, tested)
    place = np.searchsorted(np.sort(every), corrected, "right").clip(1)
    alone = (corrected * tested / place).clip(max=1.0)
    return np.maximum(q[np.searchsorted(own, room)], alone), q[own.size :]


type _Listed = tuple[ToldUse, float, float]


def _each_once(told: Sequence[_Listed]) -> list[_Listed]:
    """Return uses that are sure enough, each time once, by room and time."""
    kept: list[_Listed] = []
    for listed in sorted(told, key=lambda own: own[1] / own[0].use.risk):
        if listed[0].confidence >= LISTED_FROM and not any(
            _same(listed[0], other) for other, _, _ in kept
        ):
            kept.append(listed)
    return sorted(kept, key=lambda own: (own[0].use.room, own[0].use.span.low))


def _same(one: ToldUse, other: ToldUse) -> bool:
    """Tell whether two uses state the same, if only on some weekdays."""
    if one.use.room != other.use.room or not SHARED_DAYS[one.use.mask, other.use.mask]:
        return False
    (middle, reach), (others, theirs) = _reach(one.when), _reach(other.when)
    return abs(circular_minutes(middle - others)) < reach + theirs


def _reach(when: When) -> tuple[float, float]:
    """Return the middle of a window, and half of its length."""
    half = (when.latest - when.earliest) % DAY_MINUTES / 2
    return when.earliest + half, half


def _devices(
    rooms: Rooms, home: Home, units: Numbers, told: Sequence[ToldUse]
) -> list[list[Json]]:
    """Return what belongs to each use, tested for all together."""
    days = Days.of(rooms.home)
    found: list[tuple[int, Member]] = [
        (place, member)
        for place, own in enumerate(told)
        for member in members(rooms, home, units, days, own)
    ]
    q = false_discovery_q(
        p_values(
            [member.trial.chance for _, member in found],
            [int(member.trial.matched.sum()) for _, member in found],
        ),
        len(found),
    )
    # Of siblings on one device the first is named.
    listed: list[dict[str, Json]] = [{} for _ in told]
    for (place, member), own in zip(found, q.tolist(), strict=True):
        if own <= FALSE_DISCOVERY_RATE:
            key = rooms.home.keys[member.key]
            named = {"entity_id": key.entity_id, "state": key.state}
            listed[place].setdefault(home.unit(key.entity_id), named)
    return [list(own.values()) for own in listed]
