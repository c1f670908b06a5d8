"""Links: after A, B follows, by more than their rhythms share.

The test is that of the days: on how many did B follow A, and on how many would it
have, had B kept to the clock of other days (:mod:`..co_occurrence.crossday`). What a stronger link
explains is not told beside it (:mod:`..co_occurrence.common_cause`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS
from ..claim import Claim
from ..co_occurrence.beyond import beyond_chance
from ..co_occurrence.candidates import Asking, candidates
from ..co_occurrence.common_cause import shadows
from ..co_occurrence.crossday import Days
from ..co_occurrence.edge import Edge
from ..co_occurrence.links import (
    EFFECT_FLOOR,
    MIN_LIFT,
    Cause,
    Link,
    in_time,
    tested,
    within_ms,
)
from ..co_occurrence.manners import MANNERS
from ..co_occurrence.stream import MIN_DAYS, Stream
from ..evidence import FALSE_DISCOVERY_RATE, LISTED_FROM, Tally, false_discovery_q
from ..home import Home
from ..pattern import Evidence, Finding, PatternType, Provenance
from ..provenance import AUTOMATION, USER
from ..sentence import Sentence
from ..tables import Numbers
from ..window import Window
from . import Check

MOVEMENT: Final = frozenset({"motion", "moving"})
"""Device classes that see people about: whatever is done, they see it being done."""

MOVEMENT_OR_SEAT: Final = frozenset({"occupancy", "presence", "vibration"})
"""Device classes of the same, but also of beds and sofas, which somebody chooses."""

SEAT_PER_DAY: Final = 24
"""A bed or a sofa is taken less often than this: once an hour."""

SENSING: Final = frozenset({"binary_sensor", "device_tracker", "person"})
"""Domains that tell where people are; what movement is seen next is no accident."""

USUAL_DAYS: Final = 14
"""Days after which the links of most homes are there."""


class CoOccurrence:
    """Finds pairs of which the second follows the first."""

    type = PatternType.CO_OCCURRENCE

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return the links, ordered by cause, then by effect."""
        if not window.key.size:
            return ()
        days = Days.of(window)
        streams = [Stream(days)]
        if (window.cause > AUTOMATION).any():
            streams.append(Stream(days, automated=True))
        asking = Asking.of(streams[0])
        links = [
            (stream, link)
            for stream in streams
            for link in compared_pairs(stream, home, asking)
        ]
        q_values = false_discovery_q(
            # Corrected for the manners of following, all of which were tried.
            np.minimum(
                np.array([link.p_value for _, link in links]) * MANNERS,
                1.0,
            ),
            sum(count_of_pairs(stream, home) for stream in streams),
        )
        found: dict[tuple[int, int], Finding] = {}
        for stream in streams:
            sure = [
                (link, q)
                for (owner, link), q in zip(links, q_values.tolist(), strict=True)
                if owner is stream
                and q <= FALSE_DISCOVERY_RATE
                and link.lift_bound >= MIN_LIFT
            ]
            shadow = _shadows(stream, home, [link for link, _ in sure])
            for position, (link, q) in enumerate(sure):
                if position not in shadow and link.confidence >= LISTED_FROM:
                    # What people mostly do themselves is told as theirs.
                    found.setdefault(
                        (link.cause, link.effect), _finding(stream, home, link, q)
                    )
        return tuple(found[pair] for pair in sorted(found))

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return how often the effect followed in time after the cause."""
        return self.checker(window, home)(claim, since)

    def checker(self, window: Window, home: Home) -> Check:
        """Return what does so for any number of links."""
        days = Days.of(window)
        streams = Stream(days), Stream(days, automated=True)

        def check(claim: Claim | Finding, since: int) -> Tally:
            if not set(claim.entities) <= window.key_at.keys() or claim.lag_s is None:
                return Tally(0, 0)
            cause, effect = (window.key_at[key] for key in claim.entities)
            stream = streams[claim.automated]
            within = within_ms(claim.lag_s)
            occasions = stream.occasions(cause, within)
            # Those whose time was not over when that day began were not asked about
            # yet.
            occasions = occasions[window.wall[occasions] + within > since * DAY_MS]
            lags = stream.lags(occasions, effect)
            return Tally(lags.size, int(in_time(lags, claim.lag_s).sum()))

        return check

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        days = window.days.size
        if days < USUAL_DAYS:
            return Sentence.of("waits.days", needed=USUAL_DAYS, days=days)
        causes = Stream(Days.of(window)).causes
        if np.count_nonzero(causes) < 2:
            return Sentence.of("co_occurrence.waits.things", needed=MIN_DAYS)
        return Sentence.of("co_occurrence.waits.nothing")


def compared_pairs(
    stream: Stream, home: Home, asking: Asking | None = None
) -> list[Link]:
    """Return the pairs that are worth a test, each in its best manner.

    Args:
        stream: the happenings.
        home: tells devices and what sensors see.
        asking: the occasions that are asked first, where they are known.
    """
    pairs = _Pairs.of(stream, home)
    links: list[Link] = []
    cause: Cause | None = None
    found = candidates(stream, EFFECT_FLOOR, pairs.ever, asking)
    found = found[pairs.may_link(*found.T)]
    for key, effect in found[beyond_chance(stream, found)].tolist():
        if cause is None or cause.key != key:
            cause = Cause(stream, key)
        links.extend(cause.links(effect))
    return tested(links)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """From which links a person could learn anything.

    Attributes:
        sees: shape (keys,), whether each sees movement.
        rests: shape (keys,), whether each ends something.
        senses: shape (keys,), whether each tells where people are.
        unit: shape (keys,), the number of each one's device or lone entity.
    """

    sees: NDArray[np.bool_]
    rests: NDArray[np.bool_]
    senses: NDArray[np.bool_]
    unit: NDArray[np.intp]

    @classmethod
    def of(cls, stream: Stream, home: Home) -> _Pairs:
        """Return it for the happenings of a home."""
        window = stream.window
        infos = [home.entity(key.entity_id) for key in window.keys]
        per_day = np.diff(window.key_edges) / window.days.size
        moves = np.array([own.device_class in MOVEMENT for own in infos], bool)
        seats = np.array([own.device_class in MOVEMENT_OR_SEAT for own in infos], bool)
        return cls(
            moves | (seats & (per_day > SEAT_PER_DAY)),
            ~stream.begins,
            np.array([own.domain in SENSING for own in infos], bool),
            _units(stream, home),
        )

    @property
    def ever(self) -> NDArray[np.bool_]:
        """Return which keys may be an effect of any, shape (keys,)."""
        return ~(self.sees & self.rests)

    def may_link(self, cause: Numbers, effect: Numbers) -> NDArray[np.bool_]:
        """Tell which pairs of keys may be linked, shape (n,)."""
        seen = self.sees[effect] & (self.rests[effect] | ~self.senses[cause])
        may: NDArray[np.bool_] = ~seen & (self.unit[cause] != self.unit[effect])
        return may


def _units(stream: Stream, home: Home) -> NDArray[np.intp]:
    """Return the number of each key's device or lone entity, shape (keys,)."""
    units = [home.unit(key.entity_id) for key in stream.window.keys]
    found: NDArray[np.intp] = np.unique(units, return_inverse=True)[1]
    return found


def count_of_pairs(stream: Stream, home: Home) -> int:
    """Return how many ordered pairs could have been tested: all on two devices."""
    number = _units(stream, home)
    causes = np.bincount(number[stream.causes], minlength=number.max() + 1)
    effects = np.bincount(number[stream.effects], minlength=number.max() + 1)
    return int(causes.sum() * effects.sum() - causes @ effects)


def _shadows(stream: Stream, home: Home, links: Sequence[Link]) -> set[int]:
    """Return the positions of the links that another one explains."""
    window = stream.window
    order = sorted(
        range(len(links)), key=lambda at: (links[at].p_value, links[at].lag.median)
    )
    rank = {position: place for place, position in enumerate(order)}
    edges = [
        Edge(
            cause=link.cause,
            effect=link.effect,
            instant=window.instant[link.occasions],
            effect_at=window.instant[link.occasions] + link.lags,
            followed=link.followed,
            chance=link.chance,
            within_ms=within_ms(link.lag),
            rank=rank[position],
            listed=link.confidence >= LISTED_FROM,
        )
        for position, link in enumerate(links)
    ]
    units = [home.unit(key.entity_id) for key in window.keys]
    return shadows(
        edges,
        lambda key: window.instant[window.of_key(key)],
        units,
        stream.begins,
        stream.shut,
    )


def _finding(stream: Stream, home: Home, link: Link, q_value: float) -> Finding:
    window = stream.window
    keys = window.keys[link.cause], window.keys[link.effect]
    eligible = link.trial.day + stream.days.first
    matched = eligible[link.trial.matched]
    expected = float(link.trial.chance.sum())
    effects = stream.first_after(link.occasions[link.followed], link.effect)
    cause = window.cause[effects]
    user = float((cause == USER).mean())
    if stream.automated:
        provenance, details = Provenance(0.0, 0.0, 1.0), {}
    else:
        following = stream.next_share(link.occasions, link.effect)
        provenance = Provenance(user, 1 - user, 0.0)
        details = {"next": round(following, 3)}
    return Finding(
        type=PatternType.CO_OCCURRENCE,
        entities=keys,
        area_ids=home.area_ids(*(key.entity_id for key in keys)),
        confidence=link.confidence,
        evidence=Evidence(
            days_eligible=eligible.size,
            days_matched=matched.size,
            occurrences=int(link.followed.sum()),
            expected=expected,
            lift=matched.size / expected,
            p_value=link.p_value,
            q_value=q_value,
        ),
        provenance=provenance,
        eligible=eligible,
        matched=matched,
        times=np.zeros(0),
        lag_s=link.lag,
        automated_by=window.automations_among(cause) if stream.automated else (),
        details=details,
    )
