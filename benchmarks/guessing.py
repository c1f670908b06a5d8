"""The next happening of the home, guessed from published patterns and otherwise.

The end of a sensor's bout is left out of what is guessed: that a door which opened
will close is no news, and would drown all else.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MINUTES,
    DAY_MS,
    MINUTE_MS,
)
from custom_components.pattern_intelligence.engine.happenings import domain_of
from custom_components.pattern_intelligence.engine.pattern import Finding, PatternType
from custom_components.pattern_intelligence.engine.window import Key, Window

AMONG = 3
SLACK_MINUTES = 5
"""How far from its window a habit is still guessed."""


type Guess = Callable[[Key, int], Sequence[Key]]
"""From what happened last and its wall time to guesses, best first."""


@dataclass(frozen=True)
class Guesses:
    """Shares of happenings that were guessed: at once, and among three.

    Attributes:
        patterns: from the published patterns alone.
        frequency: from how often everything happens.
        chain: from what followed the last happening (first-order Markov).
    """

    patterns: tuple[float, float]
    frequency: tuple[float, float]
    chain: tuple[float, float]

    @classmethod
    def mean(cls, homes: Sequence[Guesses]) -> Guesses:
        """Return the mean over homes, each counting alike."""
        figures = np.mean(
            [[home.patterns, home.frequency, home.chain] for home in homes], axis=0
        )
        patterns, frequency, chain = ((float(a), float(b)) for a, b in figures)
        return cls(patterns, frequency, chain)

    def __str__(self) -> str:
        """Return the figures in a line."""
        return "  ".join(
            f"{name} {100 * first:.0f}/{100 * three:.0f}"
            for name, (first, three) in (
                ("patterns", self.patterns),
                ("frequency", self.frequency),
                ("chain", self.chain),
            )
        )


def guess_rates(
    learned: Window, held_out: Window, findings: Sequence[Finding]
) -> Guesses:
    """Return how often the next happening of the days held out is guessed.

    Args:
        learned: what frequency and chain are counted in.
        held_out: the days guessed.
        findings: what was published at the end of the days learned.
    """
    before = [key for key, _ in _begun(learned)]
    frequency = [key for key, _ in Counter(before).most_common(AMONG)]
    followers: dict[Key, Counter[Key]] = defaultdict(Counter)
    for key, following in pairwise(before):
        followers[key][following] += 1
    chains = {key: [k for k, _ in c.most_common(AMONG)] for key, c in followers.items()}
    after = _begun(held_out)
    return Guesses(
        _rate(after, from_patterns(findings)),
        _rate(after, lambda key, wall: frequency),
        _rate(after, lambda key, wall: [*chains.get(key, ()), *frequency]),
    )


def _begun(window: Window) -> list[tuple[Key, int]]:
    """Return what began, in order, with its wall time in milliseconds."""
    order = np.lexsort((window.key, window.instant))
    return [
        (window.keys[key], wall)
        for key, wall in zip(
            window.key[order].tolist(), window.wall[order].tolist(), strict=True
        )
        if not _ends_a_bout(window.keys[key])
    ]


def _ends_a_bout(key: Key) -> bool:
    return domain_of(key.entity_id) == "binary_sensor" and key.state == "off"


def _rate(happened: Sequence[tuple[Key, int]], guess: Guess) -> tuple[float, float]:
    first = three = 0
    for (key, wall), (following, _) in pairwise(happened):
        guesses = list(dict.fromkeys(guess(key, wall)))[:AMONG]
        first += guesses[:1] == [following]
        three += following in guesses
    pairs = max(len(happened) - 1, 1)
    return first / pairs, three / pairs


def from_patterns(findings: Sequence[Finding]) -> Guess:
    """Return a guess that knows the published patterns and nothing else.

    Whatever is linked to what just happened counts by how often it is the very next
    thing, what is due around this time and was not seen in it by its confidence,
    shared with all else that is due, and the rest by how often patterns say it
    happens. It is to be asked about each happening in turn.
    """
    links: dict[Key, list[tuple[float, Key]]] = defaultdict(list)
    told: dict[Key, float] = {}
    for finding in findings:
        if finding.type is PatternType.CO_OCCURRENCE:
            share = float(finding.details.get("next", finding.confidence))
            if not _ends_a_bout(finding.entities[1]):
                links[finding.entities[0]].append((share, finding.entities[1]))
        rate = finding.evidence.occurrences / max(finding.evidence.days_eligible, 1)
        for key in finding.entities:
            told[key] = max(told.get(key, 0.0), rate)
    beginning = {key: rate for key, rate in told.items() if not _ends_a_bout(key)}
    total = sum(beginning.values())
    usual = {key: rate / total for key, rate in beginning.items()}
    timed = [f for f in findings if f.type is PatternType.TIME_OF_DAY]
    seen: dict[Key, int] = {}

    def guess(key: Key, wall: int) -> Sequence[Key]:
        seen[key] = wall
        chances = dict(usual)
        due = _due(timed, wall, seen)
        for other, confidence in due.items():
            chances[other] = max(chances.get(other, 0.0), confidence / len(due))
        for share, effect in links.get(key, ()):
            chances[effect] = max(chances.get(effect, 0.0), share)
        return sorted(chances, key=lambda other: -chances[other])

    return guess


def _due(timed: Sequence[Finding], wall: int, seen: dict[Key, int]) -> dict[Key, float]:
    """Return what usually happens around a wall time and has not yet, and how surely."""
    minute = wall % DAY_MS / MINUTE_MS
    due: dict[Key, float] = {}
    for finding in timed:
        when, key = finding.when, finding.entities[0]
        assert when is not None
        since = (minute - when.earliest + SLACK_MINUTES) % DAY_MINUTES
        width = (when.latest - when.earliest) % DAY_MINUTES + 2 * SLACK_MINUTES
        done = wall - seen.get(key, -DAY_MS) <= since * MINUTE_MS
        today = wall // DAY_MS % 7 in _days(when.weekdays)
        if since <= width and today and not done and not _ends_a_bout(key):
            due[key] = max(due.get(key, 0.0), finding.confidence)
    return due


def _days(weekdays: Iterable[int]) -> set[int]:
    """Return weekdays, Monday is 0, counted from 1970-01-01: that was a Thursday."""
    return {(day - 3) % 7 for day in weekdays}
