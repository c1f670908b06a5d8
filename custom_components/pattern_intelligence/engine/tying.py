"""One habit, one pattern: what a larger pattern explains is tied to it.

Nothing is lost: the pattern that stands for others names them as its companions.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MS, MINUTE_MS, circular_minutes
from .evidence import Floats
from .happenings import BOUT_GAP_MS
from .home import Home
from .pattern import Finding, PatternType
from .presence import waking_days
from .provenance import AUTOMATION
from .window import Key, Window

COVERED: Final = 0.7
"""Share of a habit's days that a pattern must have in common to stand for it."""

EXPLAINED: Final = 0.5
"""Spread that is left of a time, given the household's, when that explains it."""

AT_ONCE_MINUTES: Final = BOUT_GAP_MS / MINUTE_MS
"""How far one event's two faces lie apart; expected times may err by as much."""

SAME_MINUTE: Final = 1.0
"""What a schedule or a scene sets off comes within so many minutes."""

LOOSE_MINUTES: Final = 15.0
"""Spread from which a time may follow another; a sharper one follows the clock."""


type Thing = tuple[str, str]
"""A device, or an entity without one, and the state it enters."""


def tie(findings: Sequence[Finding], window: Window, home: Home) -> list[Finding]:
    """Return the findings that stand for themselves, in their order.

    Args:
        findings: of all detectors.
        window: the days they were found in.
        home: tells which entities are of one device.
    """
    if not findings:
        return []
    echoes = _echoes(window, {key for found in findings for key in found.entities})
    entities = [
        tuple(thing_of(echoes.get(key, key), home) for key in found.entities)
        for found in findings
    ]
    order = sorted(
        range(len(findings)),
        key=lambda index: _precedence(findings[index], echoes, home),
    )
    days = _Days.of(findings)
    follows = _follow_the_household(findings, window)
    number: dict[tuple[Thing, ...], int] = {}
    about = np.array([number.setdefault(own, len(number)) for own in entities])
    rivals: dict[Hashable, _Leaders] = {}
    companions: dict[int, list[Finding]] = {}
    for index in order:
        kind = _kind(findings[index], entities[index])
        told = rivals.setdefault(kind, _Leaders(len(findings)))
        leaders = told.rows
        explaining = np.flatnonzero(
            days.explaining(
                leaders,
                index,
                about[leaders] == about[index],
                follows[leaders] & follows[index],
            )
        )
        if explaining.size:
            leader = int(leaders[explaining[0]])
            companions.setdefault(leader, []).append(findings[index])
        else:
            told.add(index)
    return [
        _with_companions(findings[index], companions.get(index, ()))
        for index in sorted(at for told in rivals.values() for at in told.rows.tolist())
    ]


class _Leaders:
    """The rows of patterns that stand for themselves so far.

    Args:
        most: how many there are at the most.
    """

    def __init__(self, most: int) -> None:
        """Begin with none."""
        self._rows = np.empty(min(most, 16), np.intp)
        self._size = 0

    @property
    def rows(self) -> NDArray[np.intp]:
        """Return them in the order in which they came."""
        return self._rows[: self._size]

    def add(self, row: int) -> None:
        """Add one."""
        if self._size == self._rows.size:
            self._rows = np.resize(self._rows, 2 * self._size)
        self._rows[self._size] = row
        self._size += 1


def _echoes(window: Window, keys: set[Key]) -> dict[Key, Key]:
    """Return the ends that mostly come within minutes of their beginning.

    A cupboard that closes after it was opened, the end of a bout of motion.
    """
    index_of = {key: index for index, key in enumerate(window.keys)}
    echoes: dict[Key, Key] = {}
    for key in sorted(keys):
        begin = Key(key.entity_id, "on")
        if key.state != "off" or not {key, begin} <= index_of.keys():
            continue
        ends = window.instant[window.of_key(index_of[key])]
        starts = window.instant[window.of_key(index_of[begin])]
        at = np.searchsorted(starts, ends, "right") - 1
        lasted = np.where(at >= 0, ends - starts[np.maximum(at, 0)], BOUT_GAP_MS)
        if (lasted < BOUT_GAP_MS).mean() >= COVERED:
            echoes[key] = begin
    return echoes


def thing_of(key: Key, home: Home) -> Thing:
    """Return the device, or the entity without one, and the state."""
    return home.unit(key.entity_id), key.state


def _precedence(
    found: Finding, echoes: dict[Key, Key], home: Home
) -> tuple[int, int, float, int]:
    """Return by what patterns are asked first to stand for others.

    What people do stands for what sees them do it.
    """
    echoing = sum(key in echoes for key in found.entities)
    seeing = sum(home.sees_people(key.entity_id) for key in found.entities)
    return echoing, seeing, -found.confidence, -int(found.matched.size)


def _follow_the_household(
    findings: Sequence[Finding], window: Window
) -> NDArray[np.bool_]:
    """Tell which firsts and lasts move with the household's own.

    A home has a dozen entities that are used when its people get up, and one morning.
    """
    by_hand = window.wall[window.cause < AUTOMATION]
    of = waking_days(by_hand)
    low, high = (int(of.min()), int(of.max())) if of.size else (0, 0)
    first = np.full(high - low + 1, np.iinfo(np.int64).max)
    last = np.full(high - low + 1, np.iinfo(np.int64).min)
    np.minimum.at(first, of - low, by_hand)
    np.maximum.at(last, of - low, by_hand)
    lived = np.flatnonzero(first <= last)
    day = low + lived
    edge = {
        anchor: (of_day[lived] - day * DAY_MS) / MINUTE_MS
        for anchor, of_day in (("first", first), ("last", last))
    }
    follows = []
    for found in findings:
        anchor = found.when.anchor if found.when else "each"
        if anchor == "each":
            follows.append(False)
            continue
        _, own, at = np.intersect1d(found.matched, day, return_indices=True)
        if not own.size:
            follows.append(False)
            continue
        alone, left = _spreads(
            np.stack((found.times[own], found.times[own] - edge[anchor][at]))
        ).tolist()
        follows.append(alone >= LOOSE_MINUTES and left <= EXPLAINED * alone)
    return np.array(follows, bool)


def _kind(found: Finding, entities: tuple[Thing, ...]) -> Hashable:
    """Return what a pattern has in common with all that may explain it."""
    if found.type is PatternType.CO_OCCURRENCE:
        return found.type, frozenset(entities)
    if found.type is PatternType.TIME_OF_DAY and found.when:
        return found.type, found.when.anchor
    if found.type is PatternType.DAY_TYPE and found.when and found.context:
        return found.type, found.when.anchor, found.context["day_type"]
    return id(found)


@dataclass(frozen=True, eq=False)
class _Days:
    """On which days each pattern held, and when.

    Attributes:
        met: shape (patterns, days).
        time: shape (patterns, days), minutes from the day's begin; NaN where the
            pattern did not hold, or keeps no time.
        clock: shape (patterns,), minutes after midnight expected next, or NaN.
    """

    met: NDArray[np.bool_]
    time: Floats
    clock: Floats

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> _Days:
        """Return the days of some patterns, at least one."""
        first = min(int(found.matched[0]) for found in findings)
        last = max(int(found.matched[-1]) for found in findings)
        met = np.zeros((len(findings), last - first + 1), bool)
        time = np.full(met.shape, np.nan)
        for row, found in enumerate(findings):
            met[row, found.matched - first] = True
            if found.times.size:
                time[row, found.matched - first] = found.times
        clock = [found.when.time if found.when else np.nan for found in findings]
        return cls(met, time, np.array(clock))

    def explaining(
        self,
        leaders: NDArray[np.intp],
        found: int,
        same: NDArray[np.bool_],
        follow: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Tell which patterns explain another one of their kind.

        Most of its days are days of theirs, too. One of the same entities has to be
        at the same time, one of others within the same minute; what follows the
        household need not be.

        Args:
            leaders: shape (n,), rows of the patterns.
            found: row of the other one.
            same: shape (n,), whether their entities are the same.
            follow: shape (n,), whether both follow the household.

        Returns:
            Shape (n,).
        """
        own = self.met[found]
        if np.isnan(self.time[found]).all():
            return self._cover(leaders, own)
        apart = np.abs(circular_minutes(self.clock[leaders] - self.clock[found]))
        close = same & (apart < 2 * AT_ONCE_MINUTES) | (apart < 2 * SAME_MINUTE)
        explaining = follow & ~same
        # Days are compared of those alone whose time allows it.
        asked = np.flatnonzero(close | explaining)
        explaining[asked] &= (covering := self._cover(leaders[asked], own))
        near = asked[covering & close[asked]]
        between = self.time[found] - self.time[leaders[near]]
        alike = _spreads(between) < AT_ONCE_MINUTES
        in_step = np.abs(between - _medians(between)[:, None]) < SAME_MINUTE
        together = in_step.sum(axis=1) / own.sum() >= COVERED
        explaining[near] |= (same[near] & alike) | (
            together & (apart[near] < 2 * SAME_MINUTE)
        )
        return explaining

    def _cover(
        self, leaders: NDArray[np.intp], own: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Tell whether most of a pattern's days are days of others, shape (n,)."""
        common = (self.met[leaders] & own).sum(axis=1)
        found: NDArray[np.bool_] = common / own.sum() >= COVERED
        return found


def _spreads(minutes: Floats) -> Floats:
    """Return standard deviations that a few stray days do not move.

    Args:
        minutes: shape (n, days), NaN where there is none.

    Returns:
        Shape (n,); NaN where there is none at all.
    """
    deviations = np.abs(minutes - _medians(minutes)[:, None])
    return 1.4826 * _medians(deviations)


def _medians(values: Floats) -> Floats:
    """Return the median of each row of what is not NaN."""
    ordered = np.sort(values, axis=1)
    count = np.count_nonzero(~np.isnan(values), axis=1)
    row = np.arange(len(values))
    medians: Floats = (
        ordered[row, np.maximum(count - 1, 0) // 2] + ordered[row, count // 2]
    ) / 2
    return medians


def _with_companions(leader: Finding, companions: Sequence[Finding]) -> Finding:
    named = dict.fromkeys(
        key
        for found in companions
        for key in found.entities
        if key not in leader.entities
    )
    if not named:
        return leader
    return replace(
        leader,
        details={
            **leader.details,
            "companions": [
                *leader.details.get("companions", ()),
                *(
                    {"entity_id": key.entity_id, "state": key.state or None}
                    for key in named
                ),
            ],
        },
    )
