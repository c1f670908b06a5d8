"""Lets no entity be on twice at once: what was planned goes before what is random."""

from dataclasses import replace

import numpy as np

from .model import Runs

#: Two planned runs of an entity that begin this close (seconds) are one.
_SAME = 20.0
#: A random run keeps this distance (seconds) from a planned one.
_GUARD = 45.0


def settle(runs: Runs) -> Runs:
    """Return runs that do not overlap, entity by entity.

    Of two planned runs the moment that is meant (start or end) is kept and the
    other run gives way; random runs that would overlap with one kept are dropped.
    """
    order = np.lexsort((runs.start, runs.entity))
    runs = runs.take(order)
    start, end = runs.start.copy(), runs.end.copy()
    keep = np.ones(len(runs), np.bool_)
    edges = np.flatnonzero(np.diff(runs.entity)) + 1
    for group in np.split(np.arange(len(runs)), edges):
        planned = group[runs.habit[group]]
        _planned(planned, start, end, runs.by_end, keep)
        planned = planned[keep[planned]]
        _random(group[~runs.habit[group]], planned, start, end, keep)
    columns = {name: getattr(runs, name) for name in Runs.__slots__}
    settled = Runs(**(columns | {"start": start, "end": end})).take(keep)
    return settled.take(np.lexsort((settled.entity, settled.start)))


def give_way(runs: Runs) -> Runs:
    """Return runs of which each ends when its entity's next begins, at the latest.

    Unlike `settle` this drops nothing but what begins within a second of another.
    """
    runs = runs.take(np.lexsort((runs.start, runs.entity)))
    if not len(runs):
        return runs
    same = runs.entity[1:] == runs.entity[:-1]
    keep = np.append(True, ~same | (np.diff(runs.start) >= 1.0))
    runs = runs.take(keep)
    following = np.append(runs.start[1:], np.inf)
    following[:-1][runs.entity[1:] != runs.entity[:-1]] = np.inf
    return replace(runs, end=np.minimum(runs.end, following - 0.5))


def _planned(
    group: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    by_end: np.ndarray,
    keep: np.ndarray,
) -> None:
    """Make planned runs of one entity give way to each other, in place."""
    meant = np.where(by_end[group], end[group], start[group])
    group = group[np.argsort(meant, kind="stable")]
    last = -1
    for now in group.tolist():
        if last >= 0 and start[now] < end[last] + 1.0:
            if by_end[now] and end[now] > end[last] + _SAME:
                start[now] = end[last] + 0.4 * (end[now] - end[last])
            elif (
                not by_end[now]
                and not by_end[last]
                and (start[now] > start[last] + _SAME)
            ):
                end[last] = start[last] + 0.6 * (start[now] - start[last])
            else:
                keep[now] = False
                continue
        last = now


def _random(
    group: np.ndarray,
    planned: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    keep: np.ndarray,
) -> None:
    """Drop random runs of one entity that overlap with what stays, in place."""
    if len(planned) and len(group):
        begins, ends = np.sort(start[planned]), np.sort(end[planned])
        before = np.searchsorted(begins, end[group] + _GUARD)
        over = np.searchsorted(ends, start[group] - _GUARD)
        keep[group] &= before == over
    until = -np.inf
    for now in group[keep[group]].tolist():
        if start[now] < until + 5.0:
            keep[now] = False
        else:
            until = end[now]
