"""How long a run spent on what: a stopwatch with one hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from time import perf_counter
from typing import Concatenate, Protocol


class Phase(StrEnum):
    """What a run spends its time on."""

    READ = "read"
    AGGREGATE = "aggregate"
    STORE = "store"
    DETECT = "detect"


class Phases:
    """Adds up seconds by phase; a phase within another one takes over its time.

    Attributes:
        seconds: what each phase took so far.
    """

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self.seconds = dict.fromkeys(Phase, 0.0)
        self._running: list[Phase] = []
        self._since = 0.0

    @contextmanager
    def of(self, phase: Phase) -> Iterator[None]:
        """Count the time until the block is left as the phase's."""
        self._lap()
        self._running.append(phase)
        try:
            yield
        finally:
            self._lap()
            self._running.pop()

    def _lap(self) -> None:
        now = perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


class _Timed(Protocol):
    @property
    def phases(self) -> Phases:
        """Return where time is added up."""


def counted_as[S: _Timed, **P, R](
    phase: Phase,
) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Count the time a method takes as a phase's, in its object's ``phases``."""

    def decorate(
        method: Callable[Concatenate[S, P], R],
    ) -> Callable[Concatenate[S, P], R]:
        @wraps(method)
        def timed(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            with self.phases.of(phase):
                return method(self, *args, **kwargs)

        return timed

    return decorate
