"""What is told of a room's use and of a move: confidence, figures and details."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES
from ..co_occurrence.crossday import ByDay
from ..co_occurrence.links import spread_of
from ..evidence import decay, posterior_since_change, share_bounds
from ..home import Home
from ..pattern import Evidence, Finding, Json, PatternType, Provenance, When
from ..provenance import USER
from ..time_of_day.drift import expected_next
from .moves import ALIKE_IN_A_DAY, Moves, MoveTrial, Occasions
from .rhythm import RoomRhythms
from .stays import RECENT_MATCHES, Stays, first_of_days, in_use, window_of_use
from .use import Use

DAYS_OF_CHANCE: Final = 1.0
"""How many days a move starts with on which it went as chance has it, as a link."""

PRIOR_DAYS: Final = 2.0
"""Days that chance counts for in a use's confidence, as in that of a time of day."""

CHANGE_RATE: Final = 0.003
"""Share of days before which a use begins, ends or changes: about once a year."""

_TINY: Final = 1e-9


@dataclass(frozen=True, eq=False)
class ToldUse:
    """A use of a room and what is told of it.

    Attributes:
        rhythms: of all rooms.
        use: the use.
    """

    rhythms: RoomRhythms
    use: Use

    @cached_property
    def stays(self) -> Stays:
        """Return the visits that began in it on the days that matched."""
        use = self.use
        return Stays.of(self.rhythms.rooms, use.room, use.span, use.matched)

    @cached_property
    def when(self) -> When:
        """Return the window that is told."""
        use = self.use
        days, begin, _ = first_of_days(self.stays)
        told = window_of_use(self.rhythms.rooms, use.room, use.span, self.stays)
        last_day = int(self.rhythms.rooms.home.days[-1])
        time = expected_next(days, begin, last_day + 1, RECENT_MATCHES)
        weekdays, kind = use.sorts.told(use.mask)
        return When(
            float(np.clip(time, told.low, told.high)) % DAY_MINUTES,
            told.low % DAY_MINUTES,
            told.high % DAY_MINUTES,
            weekdays=weekdays,
            day_kind=kind,
        )

    @cached_property
    def confidence(self) -> float:
        """Return the probability that the room is in use then on the next such day."""
        days, kept, span = in_use(self.rhythms.rooms, self.use.room, self.when)
        chances = self.rhythms.chances(self.use.room, span, days)
        expected = float(chances.sum()) / max(days.size, 1)
        return posterior_since_change(kept, expected, PRIOR_DAYS, CHANGE_RATE)

    def finding(
        self, home: Home, p_value: float, q_value: float, devices: list[Json]
    ) -> Finding:
        """Return the finding.

        Args:
            home: tells the floor.
            p_value: of the days matched, by chance.
            q_value: after control of the false discovery rate.
            devices: what belongs to the use, as the JSON tells entities.
        """
        use, rooms = self.use, self.rhythms.rooms
        area = rooms.area_ids[use.room]
        _, begin, _ = first_of_days(self.stays)
        floor = home.areas[area].floor_id if area in home.areas else None
        return Finding(
            type=PatternType.ROOM_BASED,
            entities=(),
            area_ids=(area,),
            confidence=self.confidence,
            evidence=Evidence(
                use.eligible.size,
                use.matched.size,
                self.stays.row.size,
                use.expected,
                use.matched.size / max(use.expected, _TINY),
                p_value,
                q_value,
            ),
            provenance=_provenance(rooms.visits.cause[self.stays.row]),
            eligible=use.eligible,
            matched=use.matched,
            times=begin - use.span.center,
            when=self.when,
            details={
                **({"floor_id": floor} if floor else {}),
                **({"devices": devices} if devices else {}),
            },
        )


@dataclass(frozen=True, eq=False)
class ToldMove:
    """A move and what is told of it.

    Attributes:
        moves: all moves.
        second: the room that is next.
        own: the occasions of the room before.
        trial: the test's terms.
        p_value: of the days matched, by chance.
    """

    moves: Moves
    second: int
    own: Occasions
    trial: MoveTrial
    p_value: float

    @property
    def lift_bound(self) -> float:
        """Return the lower bound of how many times chance is exceeded."""
        days = float(self.trial.day.size)
        matched = np.array([float(self.trial.matched.sum())])
        lower, _ = share_bounds(matched, np.array([days]))
        return float(lower[0]) * days / float(self.trial.chance.sum())

    @cached_property
    def confidence(self) -> float:
        """Return the probability that the second room is next after the first.

        Occasions of one day hang together, so a day with many counts for less than as
        many days: by the design effect of its size (L. Kish, Survey Sampling, 1965).
        """
        days = ByDay.of(self.own.day)
        weights = decay(days.day, self.moves.days.count - 1)
        weights *= days.sizes / (1 + (days.sizes - 1) * ALIKE_IN_A_DAY)
        happened = float(days.sums(self.trial.followed) / days.sizes @ weights)
        return (happened + DAYS_OF_CHANCE * self.trial.share) / (
            float(weights.sum()) + DAYS_OF_CHANCE
        )

    def finding(self, home: Home, q_value: float) -> Finding:
        """Return the finding.

        Args:
            home: tells the floors.
            q_value: after control of the false discovery rate.
        """
        trial, rooms = self.trial, self.moves.rooms
        eligible = trial.day + self.moves.days.first
        matched = eligible[trial.matched]
        expected = float(trial.chance.sum())
        areas = rooms.area_ids[self.own.room], rooms.area_ids[self.second]
        floors = [home.areas[a].floor_id if a in home.areas else None for a in areas]
        followed = trial.followed
        return Finding(
            type=PatternType.ROOM_BASED,
            entities=(),
            area_ids=areas,
            confidence=self.confidence,
            evidence=Evidence(
                eligible.size,
                matched.size,
                int(followed.sum()),
                expected,
                matched.size / expected,
                self.p_value,
                q_value,
            ),
            provenance=_provenance(rooms.home.cause[self.own.told[followed]]),
            eligible=eligible,
            matched=matched,
            times=np.zeros(0),
            lag_s=spread_of(self.own.lag[followed]),
            details={"floor_ids": floors} if any(floors) else {},
        )


def _provenance(cause: NDArray[np.int16]) -> Provenance:
    user = float((cause == USER).mean())
    return Provenance(user, 1 - user, 0.0)
