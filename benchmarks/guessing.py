"""The next happening of the home, guessed from published patterns and otherwise.

The end of a sensor's bout is left out of what is guessed: that a door which opened
will close is no news, and would drown all else.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from custom_components.pattern_intelligence.engine.window import Key, Window

from .claims import Json
from .pattern_guess import PatternGuess, ends

AMONG = 3


class Guesser(Protocol):
    """Sees everything that happens, and guesses what begins next."""

    def see(self, key: Key, wall: int) -> None:
        """Take notice of a happening, at wall milliseconds."""

    def guess(self) -> Sequence[Key]:
        """Return guesses, the best first."""


@dataclass(frozen=True)
class Guesses:
    """Shares of happenings that were guessed: at once, and among three.

    Attributes:
        patterns: from the published patterns alone.
        blended: from the patterns, and how often everything happens.
        frequency: from how often everything happens.
        chain: from what followed the last happening (first-order Markov).
    """

    patterns: tuple[float, float]
    blended: tuple[float, float]
    frequency: tuple[float, float]
    chain: tuple[float, float]

    @classmethod
    def mean(cls, homes: Sequence[Guesses]) -> Guesses:
        """Return the mean over homes, each counting alike."""
        figures = np.mean([astuple(home) for home in homes], axis=0)
        return cls(*((float(first), float(three)) for first, three in figures))

    def __str__(self) -> str:
        """Return the figures in a line."""
        return "  ".join(
            f"{name} {100 * first:.0f}/{100 * three:.0f}"
            for name, (first, three) in (
                ("patterns", self.patterns),
                ("with frequency", self.blended),
                ("frequency", self.frequency),
                ("chain", self.chain),
            )
        )


class Frequency:
    """Guesses what happens most often."""

    def __init__(self, counts: Counter[Key]) -> None:
        """Take how often everything happened."""
        self._guesses = [key for key, _ in counts.most_common(AMONG)]

    def see(self, key: Key, wall: int) -> None:
        """Take no notice."""

    def guess(self) -> Sequence[Key]:
        """Return the most frequent."""
        return self._guesses


class Chain:
    """Guesses what mostly came after the last happening."""

    def __init__(self, before: Sequence[Key]) -> None:
        """Take what happened, in order."""
        followers: dict[Key, Counter[Key]] = defaultdict(Counter)
        for key, following in pairwise(before):
            followers[key][following] += 1
        usual = [key for key, _ in Counter(before).most_common(AMONG)]
        self._guesses = {
            key: [*(k for k, _ in own.most_common(AMONG)), *usual]
            for key, own in followers.items()
        }
        self._next: Sequence[Key] = usual
        self._usual = usual

    def see(self, key: Key, wall: int) -> None:
        """Remember it, but for the end of a bout."""
        if not ends(key):
            self._next = self._guesses.get(key, self._usual)

    def guess(self) -> Sequence[Key]:
        """Return what came after it."""
        return self._next


def guess_rates(learned: Window, held_out: Window, patterns: Sequence[Json]) -> Guesses:
    """Return how often the next happening of the days held out is guessed.

    Args:
        learned: what frequency and chain are counted in.
        held_out: the days guessed.
        patterns: the contract's objects, as published at the end of the days learned.
    """
    before = [key for key, _ in _stream(learned) if not ends(key)]
    counts = Counter(before)
    usual = {key: count / learned.days.size for key, count in counts.items()}
    guessers: Sequence[Guesser] = (
        PatternGuess(patterns),
        PatternGuess(patterns, usual),
        Frequency(counts),
        Chain(before),
    )
    after = list(_stream(held_out))
    return Guesses(*(_rate(after, guesser) for guesser in guessers))


def _stream(window: Window) -> Iterator[tuple[Key, int]]:
    """Yield what happened, in order, with its wall time in milliseconds."""
    order = np.lexsort((window.key, window.instant))
    for key, wall in zip(
        window.key[order].tolist(), window.wall[order].tolist(), strict=True
    ):
        yield window.keys[key], wall


def _rate(happened: Sequence[tuple[Key, int]], guesser: Guesser) -> tuple[float, float]:
    """Return how often what began was guessed when the one before had begun."""
    first = three = pairs = 0
    guesses: list[Key] | None = None
    for key, wall in happened:
        begins = not ends(key)
        if begins and guesses is not None:
            pairs += 1
            first += guesses[:1] == [key]
            three += key in guesses
        guesser.see(key, wall)
        if begins:
            guesses = list(dict.fromkeys(guesser.guess()))[:AMONG]
    return first / max(pairs, 1), three / max(pairs, 1)
