"""One habit, one pattern: what a larger pattern explains is tied to it.

Nothing is lost: the pattern that stands for others names them as its companions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from .happenings import BOUT_GAP_MS
from .pattern import Finding, PatternType
from .window import Key, Window

COVERED: Final = 0.7
"""Share of a habit's days that a pattern must have in common to stand for it."""

EXPLAINED: Final = 0.5
"""Spread that is left of a habit's time, given the other's, when that explains it."""

LOOSE_MINUTES: Final = 15.0
"""Spread from which a time may follow another; a sharper one follows the clock."""


def tie(findings: Sequence[Finding], window: Window) -> list[Finding]:
    """Return the findings that stand for themselves, in their order.

    Args:
        findings: of all detectors.
        window: the days they were found in.
    """
    echoes = _echoes(window, {key for found in findings for key in found.entities})
    order = sorted(
        range(len(findings)), key=lambda index: _precedence(findings[index], echoes)
    )
    leaders: list[int] = []
    companions: dict[int, list[Finding]] = {}
    for index in order:
        found = findings[index]
        leader = next(
            (at for at in leaders if _stands_for(findings[at], found, echoes)), None
        )
        if leader is None:
            leaders.append(index)
        else:
            companions.setdefault(leader, []).append(found)
    return [
        _with_companions(findings[index], companions.get(index, ()))
        for index in sorted(leaders)
    ]


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


def _precedence(found: Finding, echoes: dict[Key, Key]) -> tuple[int, float, int]:
    """Return by what patterns are asked first to stand for others."""
    echoing = sum(key in echoes for key in found.entities)
    return echoing, -found.confidence, -int(found.matched.size)


def _stands_for(leader: Finding, found: Finding, echoes: dict[Key, Key]) -> bool:
    """Tell whether one pattern explains another."""
    if leader.type is not found.type or _covered(leader, found) < COVERED:
        return False
    one = [echoes.get(key, key) for key in leader.entities]
    other = [echoes.get(key, key) for key in found.entities]
    if found.type is PatternType.CO_OCCURRENCE:
        return set(one) == set(other)
    if found.type is not PatternType.TIME_OF_DAY or not (leader.when and found.when):
        return False
    if leader.when.anchor != found.when.anchor:
        return False
    if one == other:
        return _spread_between(leader, found) < BOUT_GAP_MS / 60_000
    return found.when.anchor != "each" and _follows(leader, found)


def _covered(leader: Finding, found: Finding) -> float:
    return float(np.isin(found.matched, leader.matched).mean())


def _spread_between(leader: Finding, found: Finding) -> float:
    """Return the typical deviation of the time between two, in minutes."""
    _, one, other = np.intersect1d(leader.matched, found.matched, return_indices=True)
    return _spread(found.times[other] - leader.times[one])


def _follows(leader: Finding, found: Finding) -> bool:
    """Tell whether a first or last mostly moves with another one."""
    own = _spread(found.times)
    return own >= LOOSE_MINUTES and _spread_between(leader, found) <= EXPLAINED * own


def _spread(minutes: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return a standard deviation that a few stray days do not move."""
    deviation = np.median(np.abs(minutes - np.median(minutes)))
    return 1.4826 * float(deviation)


def _with_companions(leader: Finding, companions: Sequence[Finding]) -> Finding:
    if not companions:
        return leader
    named = dict.fromkeys(
        key
        for found in companions
        for key in found.entities
        if key not in leader.entities
    )
    return replace(
        leader,
        details={
            **leader.details,
            "companions": [
                {"entity_id": key.entity_id, "state": key.state} for key in named
            ],
        },
    )
